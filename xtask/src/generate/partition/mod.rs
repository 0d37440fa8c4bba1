//! Divides what lowering made among the modules: operations by the module map, types by who reaches them.

pub mod map;
pub mod unplaced;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    lower::{self, Lowered},
    openapi::{SCHEMAS, references},
};
use map::ModuleMap;

/// A module's share.
#[derive(Debug)]
pub struct Part {
    /// Rust module and Cargo feature.
    pub name: String,
    /// One line on what it is about.
    pub title: String,
    /// Indexes of its operations in [`Lowered::operations`].
    pub operations: Vec<usize>,
    /// Keys of all types it reaches, with the tags that reach them.
    pub reached: BTreeMap<String, BTreeSet<String>>,
}

/// The shares of all modules, and who reaches each type.
#[derive(Debug, Default)]
pub struct Partition {
    /// The modules, by name; those without operations are left out.
    pub parts: Vec<Part>,
    /// Modules that reach a type, by its key.
    pub owners: BTreeMap<String, BTreeSet<String>>,
}

/// Divides `lowered`.
pub fn partition(lowered: &Lowered, map: &ModuleMap) -> Partition {
    let mut parts: Vec<Part> = map
        .modules()
        .map(|(name, title)| Part {
            name: name.to_owned(),
            title: title.to_owned(),
            operations: Vec::new(),
            reached: BTreeMap::new(),
        })
        .collect();
    parts.sort_by(|a, b| a.name.cmp(&b.name));
    for (index, operation) in lowered.operations.iter().enumerate() {
        if let Some(part) = parts
            .iter_mut()
            .find(|part| part.name == operation.operation.module)
        {
            part.operations.push(index);
        }
    }
    parts.retain(|part| !part.operations.is_empty());

    let known = lower::References::of(lowered);
    let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for part in &mut parts {
        part.operations.sort_by(|&a, &b| {
            let order = |index: usize| {
                let operation = &lowered.operations[index].operation;
                (&operation.tag, &operation.name)
            };
            order(a).cmp(&order(b))
        });
        for &index in &part.operations {
            let operation = &lowered.operations[index];
            for key in known.closure(operation_types(operation)) {
                owners
                    .entry(key.clone())
                    .or_default()
                    .insert(part.name.clone());
                part.reached
                    .entry(key)
                    .or_default()
                    .insert(operation.operation.tag.clone());
            }
        }
    }
    Partition { parts, owners }
}

/// Returns the keys of the types that an operation names itself.
fn operation_types(operation: &lower::LoweredOperation) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    references(SCHEMAS, &operation.lowered, &mut found);
    found.extend(
        operation
            .operation
            .params
            .iter()
            .filter_map(|param| param.ty.as_ref()?.named())
            .map(str::to_owned),
    );
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generate::{Tables, before::Nothing, diagnostics::Diagnostics};

    #[test]
    fn a_type_belongs_to_those_who_reach_it() {
        let get = |id: &str, schema: &str| {
            json!({"get": {"operationId": id, "responses": {"200": {"description": "", "content":
                {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}}}}}})
        };
        let document = json!({"openapi": "3.0.3",
            "paths": {"/cats/list": get("listCats", "Cat"), "/dogs/list": get("listDogs", "Dog")},
            "components": {"schemas": {
                "Cat": {"type": "object", "properties": {"name": {"$ref": "#/components/schemas/Name"}}},
                "Dog": {"type": "object", "properties": {"name": {"$ref": "#/components/schemas/Name"}}},
                "Name": {"type": "object", "properties": {"first": {"type": "string"}}},
                "Unused": {"type": "object", "properties": {"x": {"type": "string"}}}}}});
        let map = ModuleMap::parse(
            "[[module]]\nname = \"cats\"\ntitle = \"Cats\"\nrules = [{ prefix = \"/cats\" }]\n\
             [[module]]\nname = \"dogs\"\ntitle = \"Dogs\"\nrules = [{ prefix = \"/dogs\" }]\n",
        )
        .unwrap();
        let tables = Tables {
            strict: true,
            ..Tables::of(map)
        };
        let mut diagnostics = Diagnostics::default();
        let lowered = lower::lower(&document, &tables, &Nothing, &mut diagnostics);
        assert_eq!(diagnostics.messages(), [""; 0]);
        let partition = partition(&lowered, &tables.map);
        let owners = |key: &str| partition.owners[key].iter().cloned().collect::<Vec<_>>();
        assert_eq!(owners("Cat"), ["cats"]);
        assert_eq!(owners("Name"), ["cats", "dogs"]);
        assert!(!partition.owners.contains_key("Unused"));
    }
}
