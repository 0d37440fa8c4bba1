//! `cargo xtask diff`: what another description makes of the client.
//!
//! Both sides go through the generator as far as they can, and what is compared is the Rust that comes of them: modules,
//! methods, setters, members, variants. So a change of the description counts for what a program sees of it.

mod change;
mod changelog;
mod class;
mod ext;
mod groups;
mod operations;
mod renames;
mod side;
mod text;
mod types;
mod uses;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub use change::{Change, Detail, ExtMethod, FixChange, Level, Report, Silent, What};
pub use class::Class;
pub use ext::Ext;
pub use side::Side;
pub use text::Extent;

use crate::generate::{
    api::{Api, Module},
    fix::Applied,
    openapi,
};
use renames::Renames;

/// Compares two sides, and says which methods of `harness-api-ext` use what has changed.
pub fn compare(old: &Side, new: &Side, ext: &Ext) -> Report {
    let (was, is) = (&old.pipeline.api, &new.pipeline.api);
    let renames = Renames::of(was, is);
    let modules = modules(was, is);
    let missing = missing(new);
    let emitted = [was, is].map(operations::emitted);
    let mut operations = operations::compare(&emitted[0], &emitted[1], &renames);
    operations.retain(|change| change.what != What::Removed || !missing.contains(&change.name));
    let mut schemas = types::compare(was, is, &renames);
    let uses = ext.resolve([(was, &emitted[0]), (is, &emitted[1])]);
    for change in operations.iter_mut().chain(&mut schemas) {
        change.ext = uses.methods(change);
    }
    let silent = silent(old, new, (&operations, &schemas), &missing);
    let quiet = silent == Silent::default();
    let level = [&modules, &operations, &schemas]
        .into_iter()
        .flatten()
        .map(|change| change.level)
        .max()
        .unwrap_or(if quiet { Level::None } else { Level::Patch });
    let lists = |side: &Side| side.pipeline.diagnostics.messages();
    Report {
        old: old.name.clone(),
        new: new.name.clone(),
        level,
        problems: lists(new),
        old_problems: lists(old),
        fixes: fixes(&old.pipeline.applied, &new.pipeline.applied),
        modules,
        operations,
        schemas,
        silent,
        missing: missing.into_iter().collect(),
    }
}

fn modules(old: &Api, new: &Api) -> Vec<Change> {
    let names = |api: &Api| -> BTreeMap<String, usize> {
        let each = api.modules.iter().map(
            |Module {
                 name, operations, ..
             }| (name.clone(), operations.len()),
        );
        each.collect()
    };
    let (before, after) = (names(old), names(new));
    let change = |name: &String, count: usize, what, level, class| Change {
        what,
        name: name.clone(),
        modules: vec![name.clone()],
        rust: vec![name.clone()],
        level,
        details: vec![Detail {
            level,
            class,
            text: format!("operations: {count}"),
        }],
        ..Change::default()
    };
    let gone = before
        .iter()
        .filter(|(name, _)| !after.contains_key(*name))
        .map(|(name, count)| {
            change(
                name,
                *count,
                What::Removed,
                Level::Breaking,
                Class::ModuleRemoved,
            )
        });
    let fresh = after
        .iter()
        .filter(|(name, _)| !before.contains_key(*name))
        .map(|(name, count)| {
            change(
                name,
                *count,
                What::Added,
                Level::Additive,
                Class::ModuleAdded,
            )
        });
    gone.chain(fresh).collect()
}

/// Returns the fixes that do something else on the newer side.
fn fixes(old: &[Applied], new: &[Applied]) -> Vec<FixChange> {
    let by_name = |list: &[Applied]| -> BTreeMap<String, Applied> {
        list.iter()
            .map(|fix| (fix.name.clone(), fix.clone()))
            .collect()
    };
    let (before, after) = (by_name(old), by_name(new));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |name: &String| {
        let (was, is) = (before.get(name), after.get(name));
        let touched = |fix: Option<&Applied>| -> BTreeSet<String> {
            let parts = fix.map(|fix| fix.operations.iter().chain(&fix.schemas));
            parts.into_iter().flatten().cloned().collect()
        };
        let (had, has) = (touched(was), touched(is));
        let of = FixChange {
            name: name.clone(),
            was: was.map(|fix| fix.matches),
            is: is.map(|fix| fix.matches),
            gained: has.difference(&had).cloned().collect(),
            lost: had.difference(&has).cloned().collect(),
        };
        (of.was != of.is || had != has).then_some(of)
    };
    names.into_iter().filter_map(change).collect()
}

/// Returns the ids of operations that the description has and, because of an error, the API has not.
fn missing(side: &Side) -> BTreeSet<String> {
    let made: BTreeSet<&str> = side
        .pipeline
        .api
        .modules
        .iter()
        .flat_map(|module| &module.operations)
        .map(|operation| operation.id.as_str())
        .collect();
    openapi::operations(&side.document)
        .map(|operation| operation.id.into_owned())
        .filter(|id| !made.contains(id.as_str()))
        .collect()
}

/// Returns differences of the descriptions that no change and no error mentions.
fn silent(
    old: &Side,
    new: &Side,
    (operations, schemas): (&[Change], &[Change]),
    missing: &BTreeSet<String>,
) -> Silent {
    // What is written inside a schema or an operation is called by its name and a part.
    let said: BTreeSet<&str> = operations
        .iter()
        .chain(schemas)
        .flat_map(|change| [Some(change.name.as_str()), change.was.as_deref()])
        .flatten()
        .flat_map(|name| [Some(name), name.split(['.', ' ']).next()])
        .flatten()
        .collect();
    let [old_operations, new_operations] = [old, new].map(|side| {
        let each = openapi::operations(&side.document).map(|operation| {
            let shared = operation.shared_parameters();
            // The parameters of the path belong to each operation.
            let whole = (operation.path, operation.method, shared, operation.json);
            (operation.id.into_owned(), whole)
        });
        each.collect::<BTreeMap<String, _>>()
    });
    let [old_schemas, new_schemas] = [old, new].map(|side| {
        let schemas = side.document.pointer("/components/schemas");
        let schemas = schemas.and_then(Value::as_object).into_iter().flatten();
        let named = schemas.map(|(name, schema)| (name.clone(), schema));
        named.collect::<BTreeMap<String, &Value>>()
    });
    let [old_rest, new_rest] = [old, new].map(|side| {
        let members = |value: Option<&'_ Value>, without: &str| -> BTreeMap<String, Value> {
            let members = value.and_then(Value::as_object).into_iter().flatten();
            members
                .filter(|(name, _)| *name != without && *name != "components")
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect()
        };
        let components = side.document.get("components");
        (
            members(Some(&side.document), "paths"),
            members(components, "schemas"),
        )
    });
    let is_said = |name: &str| said.contains(name);
    Silent {
        operations: differing(&old_operations, &new_operations, &|id| {
            is_said(id) || missing.contains(id)
        }),
        schemas: differing(&old_schemas, &new_schemas, &is_said),
        rest: old_rest != new_rest,
    }
}

fn differing<T: PartialEq>(
    old: &BTreeMap<String, T>,
    new: &BTreeMap<String, T>,
    said: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter(|name| !said(name) && old.get(*name) != new.get(*name))
        .cloned()
        .collect()
}
