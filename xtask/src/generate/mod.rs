//! From the description to the generated client. [`Pipeline`] carries a description through the stages; what it made is
//! then written down.

pub mod api;
pub mod before;
pub mod behaviour;
pub mod call;
pub mod describe;
pub mod diagnostics;
pub mod emit;
pub mod fix;
pub mod index;
mod layout;
pub mod load;
pub mod lock;
pub mod lower;
pub mod manifest;
pub mod openapi;
pub mod partition;
mod pipeline;
pub mod progenitor;
pub mod refine;
mod reserved;
pub mod strict;
mod tables;
pub mod untyped;

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::Result;
use serde_json::Value;

use api::Api;
use before::{Before, Nothing};
use diagnostics::Diagnostics;
use emit::Files;
pub use pipeline::{Pipeline, Progress};
pub use tables::Tables;

/// What one run made, before anything is written.
pub struct Generated {
    /// The API in terms of Rust.
    pub api: Api,
    /// Files by path below the workspace's root, or below the folder of a standalone crate.
    pub files: Files,
    /// Time spent on each module.
    pub spent: BTreeMap<String, Duration>,
}

/// The vendored description with its tables, and the pipeline that it is in.
pub struct Workspace {
    /// The description, whose JSON is in the pipeline.
    pub description: load::Document,
    /// The fixes and tables.
    pub tables: Tables,
    /// The pipeline.
    pub pipeline: Pipeline,
}

impl Workspace {
    /// Reads the description of the workspace at `root`, which has to be the one that its lock records, and the tables.
    pub fn load(root: &Path) -> Result<Self> {
        let mut description = locked_description(root)?;
        let document = std::mem::take(&mut description.json);
        Ok(Self {
            description,
            tables: Tables::load(&root.join("openapi"))?,
            pipeline: Pipeline::new(document),
        })
    }

    /// Applies the fixes.
    ///
    /// # Errors
    ///
    /// When a fix does not find what it expects.
    pub fn fixed(mut self) -> Result<Self> {
        self.pipeline.fix(&self.tables);
        self.pipeline.diagnostics.check()?;
        Ok(self)
    }

    /// Goes through all stages, as far as the tables allow.
    fn run(mut self, before: &dyn Before, progress: Progress<'_>) -> Self {
        self.pipeline.run(&self.tables, before, progress);
        self
    }
}

/// Reads the vendored description, which has to be the one that its lock records.
pub fn locked_description(root: &Path) -> Result<load::Document> {
    let folder = root.join("openapi");
    let document = load::load(&folder.join("harness.json"))?;
    lock::verify(document, &folder.join("harness.lock.toml"))
}

/// Generates the client of the workspace at `root`.
pub fn workspace(root: &Path, progress: Progress<'_>) -> Result<Generated> {
    progress("load, lock");
    let Workspace {
        description,
        tables,
        pipeline,
    } = Workspace::load(root)?.run(&before::Written::at(root), progress);
    pipeline.diagnostics.check()?;
    let Pipeline {
        api,
        document,
        applied,
        lowered,
        mut spent,
        diagnostics,
        ..
    } = pipeline;
    progress("emit");
    let mut files = Files::new();
    let client = emit::client(&api, &mut spent)?;
    files.extend(under("harness-api/src/generated", client));
    files.extend(under("tests/src/generated", emit::for_tests(&api)?));
    progress("describe");
    let described = describe::describe(&document, &lowered)?;
    files.extend(under("harness-api-ext/described", described));
    progress("index");
    files.insert(index::PATH.into(), index::page(&api, &tables.map)?);
    progress("manifest");
    let losses = diagnostics.losses();
    let manifests = manifest::workspace(root, &api, &losses, &tables.map, &description)?;
    files.extend(manifests);
    let places = Path::new("openapi").join(fix::places::FILE);
    files.insert(places, fix::places::text(&applied));
    files.insert(untyped::PATH.into(), untyped::text(&api, &document));
    Ok(Generated { api, files, spent })
}

/// Returns what stops generation of the workspace's client.
pub fn diagnose(root: &Path, progress: Progress<'_>) -> Result<Diagnostics> {
    progress("load, lock");
    let before = before::Written::at(root);
    let workspace = Workspace::load(root)?.run(&before, progress);
    Ok(workspace.pipeline.diagnostics)
}

/// Returns the API of the workspace's description, with `edit` applied to the description after the fixes.
pub fn workspace_api(root: &Path, edit: &dyn Fn(&mut Value)) -> Result<Api> {
    let Workspace {
        mut tables,
        mut pipeline,
        ..
    } = Workspace::load(root)?.fixed()?;
    tables.strict = false;
    edit(&mut pipeline.document);
    pipeline.lower(&tables, &Nothing);
    pipeline.refine(&tables, &mut |_| {});
    pipeline.diagnostics.check()?;
    Ok(pipeline.api)
}

/// Returns the pipeline of the workspace's description after lowering and partition.
pub fn workspace_lowered(root: &Path) -> Result<Pipeline> {
    let Workspace {
        tables,
        mut pipeline,
        ..
    } = Workspace::load(root)?.fixed()?;
    pipeline.lower(&tables, &Nothing);
    pipeline.diagnostics.check()?;
    Ok(pipeline)
}

/// Generates a standalone crate from any OpenAPI 3.0.x description. Support code comes from `support`, the
/// folder of the hand-written part of `harness-api`.
pub fn standalone(
    document: &load::Document,
    name: Option<&str>,
    support: &Path,
    progress: Progress<'_>,
) -> Result<Generated> {
    let mut pipeline = Pipeline::new(document.json.clone());
    pipeline.run(&Tables::derived(&document.json), &Nothing, progress);
    pipeline.diagnostics.check()?;
    let Pipeline {
        api,
        mut spent,
        diagnostics,
        ..
    } = pipeline;
    progress("emit");
    let mut files = under("src/generated", emit::client(&api, &mut spent)?);
    progress("manifest");
    let losses = diagnostics.losses();
    files.extend(manifest::standalone(
        document, name, support, &api, &losses,
    )?);
    Ok(Generated { api, files, spent })
}

fn under(folder: &str, files: Files) -> Files {
    files
        .into_iter()
        .map(|(path, text)| (Path::new(folder).join(path), text))
        .collect()
}
