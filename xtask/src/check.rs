//! `cargo xtask check`: whether everything that is made from something else is up to date.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    bench_compile,
    generate::{self, Generated, Progress, untyped},
    surface, write,
};

/// Where the snapshots of the surface are.
const SNAPSHOTS: &str = "tests/tests/snapshots/surface";

/// Lines of a failure shown before the rest is only counted.
const SHOWN: usize = 60;

/// One thing that has to be so.
pub struct Check {
    /// What it is about.
    pub name: &'static str,
    /// What is wrong, if anything is.
    pub outcome: Result<()>,
    /// What puts it right.
    pub command: &'static str,
}

impl Check {
    /// Returns `OK`, or `FAILED` with the command and the reason.
    pub fn text(&self) -> String {
        let Self {
            name,
            outcome,
            command,
        } = self;
        match outcome {
            Ok(()) => format!("{name:<20} OK\n"),
            Err(error) => {
                let text = format!("{error:#}");
                let mut lines: Vec<&str> = text.lines().take(SHOWN).collect();
                let more = format!(
                    "... and {} more lines",
                    text.lines().count().saturating_sub(SHOWN)
                );
                if text.lines().count() > SHOWN {
                    lines.push(&more);
                }
                format!(
                    "{name:<20} FAILED: {command}\n    {}\n",
                    lines.join("\n    ")
                )
            }
        }
    }
}

/// Checks all of it in the workspace at `root`. What needs the client to be generated fails with it.
pub fn run(root: &Path, progress: Progress<'_>) -> Vec<Check> {
    let locked = generate::locked_description(root).map(|_| ());
    let made = generate::workspace(root, progress);
    let with = |check: &dyn Fn(&Generated) -> Result<()>| match &made {
        Ok(made) => check(made),
        Err(_) => bail!("nothing to compare with: generation stops"),
    };
    progress("compare");
    let reports = ["openapi/losses.md", untyped::PATH].map(Path::new);
    let client = with(&|made| {
        let mut files = made.files.clone();
        files.retain(|path, _| !reports.contains(&path.as_path()));
        up_to_date(root, &files)
    });
    let [losses, untyped] = reports.map(|report| {
        with(&|made| {
            let text = made.files.get(report);
            let old = fs::read_to_string(root.join(report)).ok();
            ensure!(text == old.as_ref(), "it is stale");
            Ok(())
        })
    });
    let surface = with(&|made| snapshots(root, made));
    let budget = bench_compile::over_budget(root).and_then(|excesses| {
        ensure!(excesses.is_empty(), "{}", excesses.join("\n"));
        Ok(())
    });
    let figures = bench_compile::stale(root).and_then(|stale| {
        ensure!(stale.is_empty(), "stale: {}", stale.join(", "));
        Ok(())
    });
    let stops = made.map(|_| ());
    [
        (
            "lock",
            locked,
            "cargo xtask vendor openapi/harness.json --source SOURCE --date DATE",
        ),
        (
            "generation",
            stops,
            "cargo xtask generate, which says the same; see openapi/README.md",
        ),
        ("generated client", client, "cargo xtask generate"),
        (
            "losses",
            losses,
            "cargo xtask generate, and review openapi/losses.md",
        ),
        (
            "untyped results",
            untyped,
            "cargo xtask generate, and review openapi/untyped.md",
        ),
        (
            "surface",
            surface,
            "cargo insta test -p harness-api-tests --test surface --review",
        ),
        (
            "compile budget",
            budget,
            "cargo xtask bench-compile --accept, if it is meant",
        ),
        (
            "compile figures",
            figures,
            "cargo xtask bench-compile --show",
        ),
    ]
    .into_iter()
    .map(|(name, outcome, command)| Check {
        name,
        outcome,
        command,
    })
    .collect()
}

fn up_to_date(root: &Path, files: &generate::emit::Files) -> Result<()> {
    match write::differences(root, files)? {
        None => Ok(()),
        Some(differences) => bail!("{differences}"),
    }
}

/// Compares the surface with its snapshots, as the tests do.
fn snapshots(root: &Path, made: &Generated) -> Result<()> {
    let mut wanted: BTreeMap<String, String> = made
        .api
        .modules
        .iter()
        .map(|module| (module.name.clone(), surface::module(&made.api, module)))
        .collect();
    wanted.insert("shared".to_owned(), surface::shared(&made.api));
    wanted.extend(surface::hand_written(root)?);
    let folder = root.join(SNAPSHOTS);
    let mut faults = Vec::new();
    for entry in
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "snap") {
            continue;
        }
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        // What insta says about a snapshot stands before it, between lines of dashes.
        let shown = text.splitn(3, "---\n").nth(2).unwrap_or_default();
        match wanted.remove(&name) {
            None => faults.push(format!("{name}: there is no such module")),
            Some(surface) if surface.trim_end() != shown.trim_end() => {
                faults.push(format!("{name}: it differs"));
            }
            Some(_) => {}
        }
    }
    faults.extend(
        wanted
            .keys()
            .map(|name| format!("{name}: there is no snapshot")),
    );
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}
