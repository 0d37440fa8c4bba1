//! What stands around the generated code: features, the record of what it is made from, the report of losses.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use heck::ToKebabCase;

use super::{
    api::Api,
    emit::{self, Files},
    load::Document,
    partition::map::ModuleMap,
    reserved::is_crate,
};
use crate::{fingerprint::fingerprints, markdown::code};

/// The lines around what is generated in a manifest.
const IN_MANIFEST: (&str, &str) = ("# <generated>\n", "# </generated>\n");
/// The lines around what is generated in Markdown.
const IN_MARKDOWN: (&str, &str) = ("<!-- <generated> -->\n", "<!-- </generated> -->\n");

/// Returns the files beside the generated code in the workspace at `root`; modules are listed in the order of `map`.
pub fn workspace(
    root: &Path,
    api: &Api,
    losses: &[(&str, &str)],
    map: &ModuleMap,
    description: &Document,
) -> Result<Files> {
    let mut files = Files::new();
    let mut fill = |path: &str, marks: (&str, &str), inside: &str| -> Result<()> {
        let text =
            fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))?;
        let text = filled(&text, marks, inside).with_context(|| format!("in {path}"))?;
        files.insert(path.into(), text);
        Ok(())
    };
    for (path, below) in [
        ("harness-api/Cargo.toml", None),
        ("harness-api-ext/Cargo.toml", Some("harness-api")),
        ("tests/Cargo.toml", Some("harness-api-ext")),
    ] {
        fill(path, IN_MANIFEST, &features(api, below))?;
    }
    fill("README.md", IN_MARKDOWN, &modules(api, map))?;
    files.insert(
        "harness-api/generated.toml".into(),
        record(root, description)?,
    );
    files.insert("openapi/losses.md".into(), losses_text(api, losses));
    Ok(files)
}

/// Returns the files of a standalone crate, apart from its generated code.
pub fn standalone(
    document: &Document,
    name: Option<&str>,
    support: &Path,
    api: &Api,
    losses: &[(&str, &str)],
) -> Result<Files> {
    let title = document
        .json
        .pointer("/info/title")
        .and_then(serde_json::Value::as_str)
        .unwrap_or("api");
    let name = match name {
        Some(name) => {
            ensure!(
                is_crate_name(name),
                "{name:?} cannot be the name of a crate beside its dependencies: it begins with a letter, has letters, digits, \
                 `-` and `_` only, 64 at most, and is no word of Rust or Cargo"
            );
            name.to_owned()
        }
        None => crate_name(title),
    };
    let mut files = Files::new();
    copy(support, support, &name.replace('-', "_"), &mut files)?;
    let manifest = format!(
        "{}[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.88\"\n\
         publish = false\n\n[features]\ndefault = [\"rustls\", \"full\"]\nrustls = [\"reqwest/rustls\"]\n\
         native-tls = [\"reqwest/native-tls\"]\n{}\n[dependencies]\n{}\n[workspace]\n",
        emit::head("#"),
        features(api, None),
        DEPENDENCIES,
    );
    files.insert("Cargo.toml".into(), manifest);
    if !losses.is_empty() {
        files.insert("losses.md".into(), losses_text(api, losses));
    }
    Ok(files)
}

/// Returns a name for the crate of a description with this title.
fn crate_name(title: &str) -> String {
    let ascii: String = title
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let mut name = ascii.to_kebab_case();
    name.truncate(40);
    let name = name.trim_end_matches('-');
    let named = [
        name.to_owned(),
        format!("{name}-api"),
        format!("api-{name}"),
    ];
    let usable = named.into_iter().find(|name| is_crate_name(name));
    usable.unwrap_or_else(|| "api".to_owned())
}

/// Returns whether a crate with the dependencies of a client can be called so.
fn is_crate_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && !is_crate(&name.replace('-', "_").to_ascii_lowercase())
}

const DEPENDENCIES: &str = r#"base64 = { version = "0.23", default-features = false, features = ["std"] }
bytes = "1"
futures-core = "0.3"
jiff = { version = "1.0", default-features = false, features = ["std"] }
percent-encoding = "2.3"
reqwest = { version = "0.13", default-features = false, features = ["multipart", "stream"] }
serde = "1"
serde_json = "1"
serde_path_to_error = "0.1"
tokio = { version = "1.50", features = ["fs", "rt", "time"] }
"#;

/// Copies the hand-written support code under a crate of another name.
fn copy(base: &Path, folder: &Path, name: &str, files: &mut Files) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.ends_with("generated") {
            continue;
        }
        if path.is_dir() {
            copy(base, &path, name, files)?;
        } else {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let inside = path.strip_prefix(base).unwrap_or(&path);
            files.insert(
                Path::new("src").join(inside),
                text.replace("harness_api", name),
            );
        }
    }
    Ok(())
}

fn features(api: &Api, dependency: Option<&str>) -> String {
    let modules: Vec<&str> = api
        .modules
        .iter()
        .map(|module| module.name.as_str())
        .collect();
    let mut text = format!(
        "full = [\n{}]\n",
        modules
            .iter()
            .map(|m| format!("    {m:?},\n"))
            .collect::<String>()
    );
    for module in modules {
        text += &match dependency {
            Some(dependency) => format!("{module} = [\"{dependency}/{module}\"]\n"),
            None => format!("{module} = []\n"),
        };
    }
    text
}

/// Returns the text with the part between the marks replaced.
fn filled(text: &str, (begin, end): (&str, &str), inside: &str) -> Result<String> {
    let parts = text.split_once(begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(end)?;
        Some((before, after))
    });
    let (before, after) = parts.with_context(|| {
        format!(
            "the lines `{}` and `{}` are needed around what is generated",
            begin.trim_end(),
            end.trim_end()
        )
    })?;
    Ok(format!("{before}{begin}{inside}{end}{after}"))
}

/// Returns a table of the modules for readers.
fn modules(api: &Api, map: &ModuleMap) -> String {
    let mut text = "\n| Module | What it is | Operations |\n|---|---|---:|\n".to_owned();
    let mut total = 0;
    for (name, title) in map.modules() {
        if let Some(module) = api.modules.iter().find(|module| module.name == name) {
            let count = module.operations.len();
            total += count;
            text += &format!("| `{name}` | {title} | {count} |\n");
        }
    }
    text + &format!("| `full` | All of them | {total} |\n\n")
}

fn record(root: &Path, description: &Document) -> Result<String> {
    let mut text = emit::head("#");
    text += &format!(
        "\n# What the client was generated from: the SHA-256 of the description, and fingerprints that the build script\n\
         # compares.\nsha256 = \"{}\"\n",
        description.sha256
    );
    for (name, hash) in fingerprints(root).context("cannot read what generation reads")? {
        text += &format!("{name} = \"{hash}\"\n");
    }
    Ok(text)
}

fn losses_text(api: &Api, losses: &[(&str, &str)]) -> String {
    let operations: usize = api
        .modules
        .iter()
        .map(|module| module.operations.len())
        .sum();
    let mut text = format!(
        "# What lowering could not keep\n\nGenerated by `cargo xtask generate`. Of {operations} operations, \
         {} lost something.\n",
        losses
            .iter()
            .map(|(id, _)| id)
            .collect::<std::collections::BTreeSet<_>>()
            .len()
    );
    if !losses.is_empty() {
        text += "\n| operation | what |\n| --- | --- |\n";
        for (id, loss) in losses {
            text += &format!("| {} | {loss} |\n", code(id));
        }
    }
    text
}
