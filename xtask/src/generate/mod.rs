//! From the description to the generated client, stage by stage; each is a function from one value to the next.

pub mod api;
pub mod behaviour;
pub mod describe;
pub mod emit;
pub mod fix;
pub mod index;
pub mod load;
pub mod lock;
pub mod lower;
pub mod manifest;
pub mod partition;
pub mod problems;
pub mod progenitor;
pub mod refine;
mod reserved;
pub mod strict;

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::Value;

use api::Api;
use behaviour::Table;
use emit::Files;
use fix::FixSet;
use lower::{Lowered, names::Names};
use partition::{
    Partition,
    map::{ModuleMap, Operation},
};
use problems::Problems;

/// What one run made, before anything is written.
pub struct Generated {
    /// The API in terms of Rust.
    pub api: Api,
    /// Files by path below the workspace's root, or below the folder of a standalone crate.
    pub files: Files,
    /// Time spent on each module.
    pub spent: BTreeMap<String, Duration>,
}

/// Says which stage begins.
pub type Progress<'p> = &'p mut dyn FnMut(&str);

/// Generates the workspace's client; `root` is the workspace's folder.
pub fn workspace(root: &Path, progress: Progress<'_>) -> Result<Generated> {
    let (document, map, names) = vendored(root, progress)?;
    let (lowered, partition) = middle(&document.json, &map, &names, true, progress)?;
    let (api, mut spent) = front(&lowered, &partition, progress)?;
    progress("behaviour");
    let api = behaviour::behaviour(api, &document.json, Some(&table(root)?))?;
    progress("emit");
    let mut files = Files::new();
    let client = emit::client(&api, &mut spent)?;
    files.extend(under("harness-api/src/generated", client));
    files.extend(under("tests/src/generated", emit::for_tests(&api)?));
    progress("describe");
    files.extend(under(
        "harness-api-ext/described",
        describe::describe(&document.json, &lowered)?,
    ));
    progress("index");
    files.insert(index::PATH.into(), index::page(&api, &map)?);
    progress("manifest");
    files.extend(manifest::workspace(root, &api, &map, &document)?);
    Ok(Generated { api, files, spent })
}

/// The API of the workspace's description, with `edit` applied to the description after the fixes.
pub fn workspace_api(root: &Path, edit: &dyn Fn(&mut Value)) -> Result<Api> {
    let (mut document, map, names) = vendored(root, &mut |_| {})?;
    edit(&mut document.json);
    let (lowered, partition) = middle(&document.json, &map, &names, false, &mut |_| {})?;
    let (api, _) = front(&lowered, &partition, &mut |_| {})?;
    behaviour::behaviour(api, &document.json, Some(&table(root)?))
}

/// What people write beside the description: everything else that generation reads in `openapi`.
pub struct Tables {
    fixes: FixSet,
    map: ModuleMap,
    names: Names,
    behaviour: Table,
}

impl Tables {
    /// Reads them from the folder `openapi`.
    pub fn load(folder: &Path) -> Result<Self> {
        Ok(Self {
            fixes: FixSet::load(&folder.join("fixes"))?,
            map: ModuleMap::load(&folder.join("modules.toml"))?,
            names: Names::load(&folder.join("names.toml"))?,
            behaviour: Table::load(&folder.join("behaviour.toml"))?,
        })
    }
}

/// The API of a description that may not fit the tables.
pub struct Draft {
    /// The API as far as it can be made.
    pub api: Api,
    /// What the fixes did.
    pub applied: Vec<fix::Applied>,
    /// What would stop generation.
    pub problems: Problems,
}

/// Makes the API of a description as far as the tables allow, and notes what would stop generation. An operation that they
/// do not place stays in the module where it is in `before`.
pub fn draft(
    mut document: Value,
    tables: &Tables,
    before: Option<&Api>,
    progress: Progress<'_>,
) -> Draft {
    let mut problems = Problems::default();
    progress("fixes");
    let applied = fix::apply_noting(&mut document, &tables.fixes, &mut problems);
    progress("lower");
    let (map, names) = (&tables.map, &tables.names);
    let places: BTreeMap<&str, &str> = before
        .into_iter()
        .flat_map(|api| api.modules.iter().flat_map(|module| &module.operations))
        .map(|operation| (operation.id.as_str(), operation.module.as_str()))
        .collect();
    let guess = |id: &str| places.get(id).map(|&module| module.to_owned());
    let lowered = lower::lower_noting(&document, map, names, true, &guess, &mut problems);
    progress("partition");
    let mut partition = partition::partition(&lowered, map);
    let mut outputs = Vec::new();
    partition.parts.retain(|part| {
        progress(&format!("progenitor: {}", part.name));
        let output = problems.unless(progenitor::outline(&lowered, part));
        let made = output.is_some();
        outputs.extend(output);
        made
    });
    progress("refine");
    let refined = refine::refine(&lowered, &partition, &outputs);
    let mut api = problems.unless(refined).unwrap_or_default();
    progress("behaviour");
    behaviour::behaviour_noting(&mut api, &document, Some(&tables.behaviour), &mut problems);
    Draft {
        api,
        applied,
        problems,
    }
}

/// The table of what no rule tells about behaviour.
pub fn table(root: &Path) -> Result<Table> {
    Table::load(&root.join("openapi/behaviour.toml"))
}

/// What the fixes do to the vendored description.
pub fn applied_fixes(root: &Path) -> Result<Vec<fix::Applied>> {
    let document = locked_description(root)?;
    Ok(fix::apply(document.json, &FixSet::load(&root.join("openapi/fixes"))?)?.1)
}

/// The lowered description of the workspace and its division, for those who measure progenitor itself.
pub fn workspace_lowered(root: &Path) -> Result<(Lowered, Partition)> {
    let (document, map, names) = vendored(root, &mut |_| {})?;
    middle(&document.json, &map, &names, true, &mut |_| {})
}

/// Generates a standalone crate from any OpenAPI 3.0.x description. Support code comes from `support`, the
/// folder of the hand-written part of `harness-api`.
pub fn standalone(
    document: &load::Document,
    name: Option<&str>,
    support: &Path,
    progress: Progress<'_>,
) -> Result<Generated> {
    let map = own_map(&document.json);
    let (lowered, partition) = middle(&document.json, &map, &Names::empty(), false, progress)?;
    let (api, mut spent) = front(&lowered, &partition, progress)?;
    progress("behaviour");
    let api = behaviour::behaviour(api, &document.json, None)?;
    progress("emit");
    let mut files = under("src/generated", emit::client(&api, &mut spent)?);
    progress("manifest");
    files.extend(manifest::standalone(document, name, support, &api)?);
    Ok(Generated { api, files, spent })
}

/// The modules of a description without a table.
fn own_map(document: &Value) -> ModuleMap {
    let operations: Vec<(&str, &str, Vec<String>, String)> = load::operations(document)
        .map(|(path, method, _, operation)| {
            let (tags, id) = lower::tags_and_id(path, method, operation);
            (path, method, tags, id)
        })
        .collect();
    ModuleMap::by_first_segment_or_tag(operations.iter().map(|(path, method, tags, id)| {
        Operation {
            method,
            path,
            tags,
            id,
        }
    }))
}

/// The vendored description, held to its lock and with its faults corrected.
pub fn fixed_description(root: &Path) -> Result<load::Document> {
    let mut document = locked_description(root)?;
    let fixes = FixSet::load(&root.join("openapi/fixes"))?;
    document.json = fix::apply(document.json, &fixes)?.0;
    Ok(document)
}

/// The vendored description, held to its lock.
pub fn locked_description(root: &Path) -> Result<load::Document> {
    let folder = root.join("openapi");
    let document = load::load(&folder.join("harness.json"))?;
    lock::verify(document, &folder.join("harness.lock.toml"))
}

fn vendored(root: &Path, progress: Progress<'_>) -> Result<(load::Document, ModuleMap, Names)> {
    let folder = root.join("openapi");
    progress("load, lock, fixes");
    let document = fixed_description(root)?;
    let map = ModuleMap::load(&folder.join("modules.toml"))?;
    let names = Names::load(&folder.join("names.toml"))?;
    Ok((document, map, names))
}

fn middle(
    document: &Value,
    map: &ModuleMap,
    names: &Names,
    strict: bool,
    progress: Progress<'_>,
) -> Result<(Lowered, Partition)> {
    progress("lower");
    let lowered = lower::lower(document, map, names, strict)?;
    progress("partition");
    let partition = partition::partition(&lowered, map);
    Ok((lowered, partition))
}

fn front(
    lowered: &Lowered,
    partition: &Partition,
    progress: Progress<'_>,
) -> Result<(Api, BTreeMap<String, Duration>)> {
    let mut spent = BTreeMap::new();
    let mut outputs = Vec::new();
    for part in &partition.parts {
        progress(&format!("progenitor: {}", part.name));
        let start = Instant::now();
        outputs.push(progenitor::outline(lowered, part)?);
        spent.insert(part.name.clone(), start.elapsed());
    }
    progress("refine");
    Ok((refine::refine(lowered, partition, &outputs)?, spent))
}

fn under(folder: &str, files: Files) -> Files {
    files
        .into_iter()
        .map(|(path, text)| (Path::new(folder).join(path), text))
        .collect()
}
