//! `cargo xtask slice`: the vendored description, module by module and without its fixes, for a judge that knows nothing
//! of this client.
//!
//! A slice holds the operations of a module and the schemas that they reach, as they are written. Only the classes of the
//! protobuf library, which one of the fixes removes, are cut: such a judge may not get through them. Beside a slice
//! is a list of the places at which requests follow a deviating fix, and not the description.

mod deviations;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};

use crate::{
    generate::{
        self, Pipeline, Tables,
        emit::Files,
        openapi::{self, Operation, Schema},
    },
    write,
};

use deviations::Deviating;
pub use deviations::Deviation;

/// One module's part of the description.
#[derive(Debug)]
pub struct Slice {
    /// The module.
    pub module: String,
    /// A description of its own.
    pub document: Value,
    /// How many operations it holds.
    pub operations: usize,
    /// How many schemas they reach.
    pub schemas: usize,
    /// Classes of the protobuf library that are cut, with the number of references to each.
    pub cut: BTreeMap<String, usize>,
    /// Ids of operations that only the fixes describe, and that the slice does not hold.
    pub added: Vec<String>,
    /// Where requests follow a fix and not the slice.
    pub deviations: Vec<Deviation>,
}

/// Writes the slices of the vendored description into a folder, those of `only` if it names any; gives a table of them.
///
/// # Errors
///
/// When the description cannot be sliced, there is no such module, or a file cannot be written: the folder is a new or
/// empty one, or one with earlier slices.
pub fn write(root: &Path, only: &[String], folder: &Path) -> Result<String> {
    let document = generate::locked_description(root)?;
    let tables = Tables::load(&root.join("openapi"))?;
    for name in only {
        ensure!(
            tables.map.modules().any(|(module, _)| module == name),
            "there is no module `{name}`"
        );
    }
    let mut files = Files::new();
    let mut table = format!(
        "{:<16} {:>10} {:>7} {:>5} {:>10} {:>4}\n",
        "module", "operations", "schemas", "added", "deviations", "cut"
    );
    for slice in slices(&document.json, &tables)? {
        if !only.is_empty() && !only.contains(&slice.module) {
            continue;
        }
        let module = &slice.module;
        files.insert(format!("{module}.json").into(), slice.document.to_string());
        let deviations = serde_json::to_string_pretty(&slice.deviations)?;
        files.insert(
            format!("{module}.deviations.json").into(),
            deviations + "\n",
        );
        let cut: Vec<&str> = slice.cut.keys().map(String::as_str).collect();
        writeln!(
            table,
            "{module:<16} {:>10} {:>7} {:>5} {:>10} {:>4}  {}",
            slice.operations,
            slice.schemas,
            slice.added.len(),
            slice.deviations.len(),
            slice.cut.values().sum::<usize>(),
            cut.join(" ")
        )?;
    }
    let list = write::List {
        command: "cargo xtask slice --output DIR".to_owned(),
        description: Some(document.name),
        sha256: Some(document.sha256),
        ..write::List::default()
    };
    write::write_owned(folder, list, &files)?;
    Ok(table)
}

/// Slices a description by what becomes of its operations once it is fixed.
///
/// # Errors
///
/// When a fix does not fit, or an operation has no module.
pub fn slices(document: &Value, tables: &Tables) -> Result<Vec<Slice>> {
    let mut pipeline = Pipeline::new(document.clone());
    pipeline.fix(tables);
    pipeline.diagnostics.check()?;
    let fixed = &pipeline.document;
    let deviating = Deviating::new(document, fixed, &tables.fixes, &pipeline.applied);
    let mut written: BTreeMap<_, _> = openapi::operations(document)
        .map(|operation| (operation.id.clone(), operation))
        .collect();
    let mut modules: BTreeMap<&str, Vec<Pair<'_>>> = BTreeMap::new();
    // In the order of their ids.
    let fixed_operations: BTreeMap<_, _> = openapi::operations(fixed)
        .map(|operation| (operation.id.clone(), operation))
        .collect();
    for now in fixed_operations.into_values() {
        let pairs = modules.entry(tables.map.place(&now)?).or_default();
        let was = written.remove(&now.id);
        pairs.push(Pair { was, now });
    }
    modules
        .into_iter()
        .map(|(module, pairs)| slice(document, fixed, &deviating, module, &pairs))
        .collect()
}

/// An operation before and after the fixes.
struct Pair<'a> {
    was: Option<Operation<'a>>,
    now: Operation<'a>,
}

fn slice(
    document: &Value,
    fixed: &Value,
    deviating: &Deviating<'_>,
    module: &str,
    pairs: &[Pair<'_>],
) -> Result<Slice> {
    let mut paths = Map::new();
    let mut added = Vec::new();
    let mut deviations = Vec::new();
    for pair in pairs {
        let Some(was) = &pair.was else {
            added.push(pair.now.id.to_string());
            continue;
        };
        let item = paths.entry(was.path).or_insert_with(|| json!({}));
        item[was.method] = was.json.clone();
        if let Some(shared) = was.shared_parameters() {
            item["parameters"] = shared.clone();
        }
        deviations.extend(deviating.places(was, &pair.now));
    }
    let mut paths = Value::Object(paths);
    let mut cut = BTreeMap::new();
    let mut schemas = Map::new();
    let mut open = cut_removed(&mut paths, fixed, &mut cut);
    while let Some(name) = open.pop_first() {
        let mut schema = document["components"]["schemas"]
            .get(&name)
            .with_context(|| format!("there is no schema `{name}`"))?
            .clone();
        open.extend(cut_removed(&mut schema, fixed, &mut cut));
        schemas.insert(name, schema);
        open.retain(|name| !schemas.contains_key(name));
    }
    let mut part = json!({});
    for (key, value) in document.as_object().into_iter().flatten() {
        part[key] = match key.as_str() {
            "paths" => paths.take(),
            "components" => {
                let mut components = value.clone();
                components["schemas"] = Value::Object(std::mem::take(&mut schemas));
                components
            }
            _ => value.clone(),
        };
    }
    Ok(Slice {
        module: module.to_owned(),
        operations: pairs.len() - added.len(),
        schemas: part["components"]["schemas"]
            .as_object()
            .map_or(0, Map::len),
        document: part,
        cut,
        added,
        deviations,
    })
}

/// Replaces references to schemas that the fixes remove by "any JSON", and gives the names of the others.
fn cut_removed(
    value: &mut Value,
    fixed: &Value,
    cut: &mut BTreeMap<String, usize>,
) -> BTreeSet<String> {
    let mut kept = BTreeSet::new();
    if let Some(name) = Schema(value).target().map(str::to_owned) {
        if fixed["components"]["schemas"].get(&name).is_some() {
            kept.insert(name);
        } else {
            *value = json!({});
            *cut.entry(name).or_default() += 1;
        }
        return kept;
    }
    match value {
        Value::Object(members) => {
            for member in members.values_mut() {
                kept.extend(cut_removed(member, fixed, cut));
            }
        }
        Value::Array(items) => {
            for item in items {
                kept.extend(cut_removed(item, fixed, cut));
            }
        }
        _ => {}
    }
    kept
}

#[cfg(test)]
mod tests;
