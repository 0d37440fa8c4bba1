//! The workspace in which the clients are compiled: the raw client as it is published, progenitor's clients, and
//! for each a program that calls every operation.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::measure::Package;

/// What progenitor's output needs, from its own documentation; TLS is left out on both sides.
const STOCK_DEPENDENCIES: &str = r#"bytes = "1"
chrono = { version = "0.4", default-features = false, features = ["serde"] }
futures = "0.3"
progenitor-client = "0.15.1"
regress = "0.12"
reqwest = { version = "0.13", default-features = false, features = ["json", "multipart", "query", "stream"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
uuid = { version = "1", features = ["serde"] }
"#;

/// Whose client it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Side {
    /// progenitor's.
    Stock,
    /// The workspace's.
    Own,
}

/// What there is to compile for one client of one scope.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Packages {
    /// The library.
    pub(super) library: Package,
    /// The program that calls each of its operations.
    pub(super) program: Option<Package>,
    /// What the library depends on.
    pub(super) dependencies: Package,
}

/// Returns the folder where everything is compiled, in the workspace at `root`.
pub(super) fn folder(root: &Path) -> PathBuf {
    root.join("target/bench-compile")
}

/// A workspace being written.
pub(super) struct Writer<'r> {
    root: &'r Path,
    folder: PathBuf,
    members: Vec<String>,
}

impl<'r> Writer<'r> {
    /// Begins with the client of the workspace at `root`, as it would be published.
    pub(super) fn new(root: &'r Path) -> Result<Self> {
        let mut writer = Self {
            root,
            folder: folder(root),
            members: Vec::new(),
        };
        let sources = writer.folder.join("harness-api/src");
        if sources.exists() {
            fs::remove_dir_all(&sources).context("cannot remove the client of the last run")?;
        }
        let source = root.join("harness-api");
        let manifest = read(&source.join("Cargo.toml"))?;
        copy(&source.join("src"), &sources)?;
        writer.file("harness-api/Cargo.toml", &manifest)?;
        writer.file("harness-api/README.md", "")?;
        writer.members.push("harness-api".to_owned());
        let dependencies = manifest
            .split_once("[dependencies]\n")
            .map(|(_, rest)| rest.split("\n[").next().unwrap_or_default().to_owned())
            .context("the client has no dependencies")?;
        writer.package("own-dependencies", "lib.rs", "", &dependencies)?;
        writer.package("stock-dependencies", "lib.rs", "", STOCK_DEPENDENCIES)?;
        Ok(writer)
    }

    /// Adds the client's `modules`, with a program of these calls.
    pub(super) fn own(
        &mut self,
        scope: &str,
        modules: &[String],
        calls: Option<&[TokenStream]>,
    ) -> Result<Packages> {
        let program = calls
            .map(|calls| {
                let module = format_ident!("{scope}");
                let name = format!("own-{scope}-calls");
                let uses = quote! { use harness_api::{Client, model, #module::types}; };
                let text = program(&uses, calls)?;
                let dependencies = format!(
                    "harness-api = {{ path = \"../harness-api\", default-features = false, features = {modules:?} }}\n\
                     serde_json = \"1\"\n"
                );
                self.package(&name, "main.rs", &text, &dependencies)
            })
            .transpose()?;
        Ok(Packages {
            library: Package {
                name: "harness-api".to_owned(),
                features: modules.to_vec(),
                root: self.folder.join("harness-api/src/lib.rs"),
                artifact: "libharness_api.rlib".to_owned(),
            },
            program,
            dependencies: self.known("own-dependencies", "lib.rs"),
        })
    }

    /// Adds progenitor's client, with a program of these calls.
    pub(super) fn stock(
        &mut self,
        scope: &str,
        client: &str,
        calls: Option<&[TokenStream]>,
    ) -> Result<Packages> {
        let name = format!("stock-{scope}");
        let library = self.package(&name, "lib.rs", client, STOCK_DEPENDENCIES)?;
        let program = calls
            .map(|calls| {
                let krate = format_ident!("stock_{scope}");
                let text = program(&quote! { use #krate::{Client, types}; }, calls)?;
                let dependencies =
                    format!("{name} = {{ path = \"../{name}\" }}\n{STOCK_DEPENDENCIES}");
                self.package(&format!("{name}-calls"), "main.rs", &text, &dependencies)
            })
            .transpose()?;
        Ok(Packages {
            library,
            program,
            dependencies: self.known("stock-dependencies", "lib.rs"),
        })
    }

    /// Writes what holds the packages together.
    pub(super) fn finish(self) -> Result<()> {
        let mut manifest: Table = read(&self.root.join("Cargo.toml"))?.parse()?;
        let workspace = manifest
            .get_mut("workspace")
            .and_then(Value::as_table_mut)
            .context("the workspace's manifest has no [workspace]")?;
        let members = self.members.iter().cloned().map(Value::String).collect();
        workspace.insert("members".to_owned(), Value::Array(members));
        self.file("Cargo.toml", &toml::to_string(&manifest)?)?;
        let lock = self.folder.join("Cargo.lock");
        if !lock.exists() {
            fs::copy(self.root.join("Cargo.lock"), &lock).context("cannot copy Cargo.lock")?;
        }
        Ok(())
    }

    fn package(
        &mut self,
        name: &str,
        root: &str,
        text: &str,
        dependencies: &str,
    ) -> Result<Package> {
        self.file(
            &format!("{name}/Cargo.toml"),
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\npublish = false\n\n\
                 [dependencies]\n{dependencies}"
            ),
        )?;
        self.file(&format!("{name}/src/{root}"), text)?;
        self.members.push(name.to_owned());
        Ok(self.known(name, root))
    }

    fn known(&self, name: &str, root: &str) -> Package {
        Package {
            name: name.to_owned(),
            features: Vec::new(),
            root: self.folder.join(name).join("src").join(root),
            artifact: match root {
                "lib.rs" => format!("lib{}.rlib", name.replace('-', "_")),
                _ => name.to_owned(),
            },
        }
    }

    fn file(&self, path: &str, text: &str) -> Result<()> {
        let path = self.folder.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Returns a program that makes every call if it is started with an argument, which nobody does.
fn program(uses: &TokenStream, calls: &[TokenStream]) -> Result<String> {
    let names: Vec<_> = (0..calls.len())
        .map(|index| format_ident!("call_{index}"))
        .collect();
    let tokens = quote! {
        #![allow(warnings)]
        use std::{future::Future, hint::black_box, pin::Pin, task::{Context, Waker}};
        #uses

        type Call = for<'c> fn(&'c Client) -> Pin<Box<dyn Future<Output = bool> + 'c>>;

        static CALLS: &[Call] = &[#(|client| Box::pin(#names(client))),*];

        /// Returns a value that the compiler knows nothing about.
        fn any<T>() -> T {
            black_box(None::<T>).expect("this program is not for running")
        }

        fn main() {
            if std::env::args().count() > 1 {
                let client = any::<Client>();
                for call in CALLS {
                    let mut context = Context::from_waker(Waker::noop());
                    let _ = call(&client).as_mut().poll(&mut context);
                }
            }
        }

        #(async fn #names(client: &Client) -> bool { #calls .await.is_ok() })*
    };
    Ok(prettyplease::unparse(&syn::parse2(tokens)?))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}
