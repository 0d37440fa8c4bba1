//! Which operations and schemas a fix edits, and where.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::generate::openapi::{METHODS, operation_id, successes};

/// The operations and schemas edited so far.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) operations: BTreeSet<String>,
    pub(super) schemas: BTreeSet<String>,
    /// The places as a reader finds them: `getPet: responses/success`, `Pet: properties/name`.
    pub(super) places: BTreeSet<String>,
}

impl Touched {
    /// Notes the place that `location`, a list of member names and indices from the root, lies in.
    pub(super) fn note(&mut self, document: &Value, location: &[&str]) {
        match location {
            ["components", "schemas", schema, inside @ ..] => {
                self.schemas.insert((*schema).to_owned());
                let value = &document["components"]["schemas"][*schema];
                self.place(schema, value, inside);
            }
            ["paths", path, method, inside @ ..] if METHODS.contains(method) => {
                let operation = &document["paths"][*path][*method];
                let id = self.operation(path, method, operation);
                // The status of the success is a matter of spelling.
                let success = |status| {
                    let found = successes(document, operation);
                    found.iter().any(|found| found.status == status)
                };
                match inside {
                    ["responses", status, below @ ..] if success(*status) => {
                        let value = &operation["responses"][*status];
                        self.place(&format!("{id}: responses/success"), value, below);
                    }
                    _ => self.place(&id, operation, inside),
                }
            }
            ["paths", path, inside @ ..] => {
                let item = &document["paths"][*path];
                for (method, operation) in item.as_object().into_iter().flatten() {
                    if METHODS.contains(&method.as_str()) {
                        self.operation(path, method, operation);
                    }
                }
                self.place(path, item, inside);
            }
            _ => self.place("", document, location),
        }
    }

    /// Notes one operation; returns what it is called.
    pub(super) fn operation(&mut self, path: &str, method: &str, operation: &Value) -> String {
        let id = operation_id(path, method, operation).into_owned();
        self.operations.insert(id.clone());
        id
    }

    /// Calls the operations and schemas the places, where no others are known.
    pub(super) fn name_places(&mut self) {
        if self.places.is_empty() {
            let names = self.operations.iter().chain(&self.schemas);
            self.places = names.cloned().collect();
        }
    }

    /// Notes the place at `inside` of `value`; an item of a list goes by its name, where it has one.
    fn place(&mut self, name: &str, mut value: &Value, inside: &[&str]) {
        let mut text = name.to_owned();
        let mut separator = if name.contains(": ") || name.is_empty() {
            "/"
        } else {
            ": "
        };
        for key in inside {
            let index = key.parse::<usize>().ok().filter(|_| value.is_array());
            value = match index {
                Some(index) => &value[index],
                None => &value[*key],
            };
            let named = value["name"].as_str().filter(|_| index.is_some());
            text += separator;
            text += &named.unwrap_or(key).replace('~', "~0").replace('/', "~1");
            separator = "/";
        }
        self.places.insert(text);
    }
}
