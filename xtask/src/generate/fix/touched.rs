//! Which operations and schemas a fix edits.

use std::collections::BTreeSet;

use serde_json::Value;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The operations and schemas edited so far.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) operations: BTreeSet<String>,
    pub(super) schemas: BTreeSet<String>,
}

impl Touched {
    /// Notes the place that `location`, a list of member names and indices from the root, lies in.
    pub(super) fn note(&mut self, document: &Value, location: &[&str]) {
        match location {
            ["components", "schemas", schema, ..] => {
                self.schemas.insert((*schema).to_owned());
            }
            ["paths", path, method, ..] if METHODS.contains(method) => {
                self.operation(path, method, &document["paths"][*path][*method]);
            }
            ["paths", path, ..] => {
                let item = document["paths"][*path].as_object();
                for (method, operation) in item.into_iter().flatten() {
                    if METHODS.contains(&method.as_str()) {
                        self.operation(path, method, operation);
                    }
                }
            }
            _ => {}
        }
    }

    /// Notes one operation.
    pub(super) fn operation(&mut self, path: &str, method: &str, operation: &Value) {
        let id = match operation["operationId"].as_str() {
            Some(id) => id.to_owned(),
            None => format!("{} {path}", method.to_uppercase()),
        };
        self.operations.insert(id);
    }
}
