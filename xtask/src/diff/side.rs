//! One side of a comparison: a description and what the generator makes of it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::generate::{
    Pipeline, Progress, Tables,
    before::{Before, Nothing},
    load,
};

/// A description with the API that comes of it.
pub struct Side {
    /// As it was asked for.
    pub name: String,
    /// The description, before the fixes.
    pub document: Value,
    /// What the generator makes of it.
    pub pipeline: Pipeline,
}

impl Side {
    /// Returns the side of a description in memory; `before` is the older one.
    pub fn of(
        name: &str,
        document: Value,
        tables: &Tables,
        before: Option<&Side>,
        progress: Progress<'_>,
    ) -> Self {
        let mut step = |stage: &str| progress(&format!("{name}: {stage}"));
        let before = before.map(|side| &side.pipeline.api as &dyn Before);
        let before = before.unwrap_or(&Nothing);
        let mut pipeline = Pipeline::new(document.clone());
        pipeline.run(tables, before, &mut step);
        Self {
            name: name.to_owned(),
            document,
            pipeline,
        }
    }

    /// Returns the side that `name` stands for: the path of a description, which is read with the workspace's fixes and tables, or
    /// a Git revision, which brings its own.
    pub fn read(
        root: &Path,
        name: &str,
        before: Option<&Side>,
        progress: Progress<'_>,
    ) -> Result<Self> {
        if Path::new(name).is_file() {
            let document = load::load(Path::new(name))?;
            let tables = Tables::load(&root.join("openapi"))?;
            return Ok(Self::of(name, document.json, &tables, before, progress));
        }
        progress(&format!("{name}: git"));
        let checkout = Checkout::of(root, name)?;
        let document = load::load(&checkout.0.join("openapi/harness.json"))?;
        let tables = Tables::load(&checkout.0.join("openapi"))
            .with_context(|| format!("the tables of {name} are not of this generator's kind"))?;
        Ok(Self::of(name, document.json, &tables, before, progress))
    }
}

/// The folder `openapi` of a revision, for as long as this lives.
struct Checkout(PathBuf);

impl Checkout {
    fn of(root: &Path, revision: &str) -> Result<Self> {
        ensure!(
            !revision.starts_with('-'),
            "{revision} is neither a file nor a revision"
        );
        let commit = format!("{revision}^{{commit}}");
        let Ok(commit) = git(root, &["rev-parse", "--verify", "--quiet", &commit]) else {
            bail!("{revision} is neither a file nor a revision");
        };
        let commit = String::from_utf8(commit)?.trim().to_owned();
        let folder =
            std::env::temp_dir().join(format!("xtask-diff-{}-{commit}", std::process::id()));
        let checkout = Self(folder);
        let list = git(
            root,
            &[
                "ls-tree",
                "-r",
                "-z",
                "--name-only",
                "--full-tree",
                &commit,
                "openapi",
            ],
        )?;
        for path in String::from_utf8(list)?.split_terminator('\0') {
            let text = git(root, &["show", &format!("{commit}:{path}")])?;
            let file = checkout.0.join(path);
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)
                    .with_context(|| format!("cannot make {}", folder.display()))?;
            }
            fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
        ensure!(checkout.0.exists(), "{revision} has no folder openapi");
        Ok(checkout)
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        // What is left in the temporary folder does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("cannot run git")?;
    ensure!(
        output.status.success(),
        "git {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(output.stdout)
}
