//! Whether a description can be relied on at all: what it refers to is there, and its operations can be told apart.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Value;

use super::kinds::{Kind, Node};
use crate::generate::openapi::{self, Operation, resolve};

/// Something wrong with a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.what)
    }
}

/// Returns the faults of `document`, by place.
pub fn verify(document: &Value) -> Vec<Fault> {
    let mut check = Check {
        document,
        ids: BTreeMap::new(),
        faults: Vec::new(),
    };
    check.value(document, Kind::ROOT, "");
    if openapi::operations(document).next().is_none() {
        check.fault("/paths", "there are no operations".to_owned());
    }
    for operation in openapi::operations(document) {
        let pointer = format!("/paths/{}/{}", escaped(operation.path), operation.method);
        check.operation(&operation, &pointer);
    }
    check.faults
}

struct Check<'d> {
    document: &'d Value,
    /// Where each operation id stands first.
    ids: BTreeMap<&'d str, String>,
    faults: Vec<Fault>,
}

impl<'d> Check<'d> {
    fn fault(&mut self, pointer: &str, what: String) {
        self.faults.push(Fault {
            pointer: pointer.to_owned(),
            what,
        });
    }

    /// Looks for references in a value and below.
    fn value(&mut self, value: &Value, kind: Kind, pointer: &str) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    let below = format!("{pointer}/{}", escaped(key));
                    match member.as_str() {
                        _ if kind.map || kind.node == Node::Value => {}
                        Some(target) if key == "$ref" => self.reference(target, &below),
                        None if key == "mapping" && kind.node == Node::Discriminator => {
                            self.mapping(member, &below);
                        }
                        _ => {}
                    }
                    let inside = kind.member(key);
                    if kind.map && inside.node != Node::Value && !member.is_object() {
                        self.fault(&below, "an object is expected here".to_owned());
                    }
                    self.value(member, inside, &below);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, kind, &format!("{pointer}/{index}"));
                }
            }
            _ => {}
        }
    }

    fn reference(&mut self, target: &str, pointer: &str) {
        match resolve(self.document, target) {
            Some(_) => {}
            None if target.starts_with('#') => {
                self.fault(pointer, format!("{target} is not in the description"));
            }
            None => self.fault(pointer, format!("{target} is outside the description")),
        }
    }

    /// Checks the variants of a discriminator: references, or names of schemas. Publishers name some that they do not publish;
    /// the others do not depend on them.
    fn mapping(&mut self, mapping: &Value, pointer: &str) {
        for (tag, target) in mapping.as_object().into_iter().flatten() {
            if !target.is_string() {
                let below = format!("{pointer}/{}", escaped(tag));
                self.fault(&below, "a reference is expected here".to_owned());
            }
        }
    }

    fn operation(&mut self, operation: &Operation<'d>, pointer: &str) {
        let Operation { json, path, .. } = operation;
        if let Some(id) = json.get("operationId").and_then(Value::as_str)
            && let Some(first) = self.ids.insert(id, pointer.to_owned())
        {
            let at = format!("{pointer}/operationId");
            self.fault(&at, format!("the id {id} is taken by {first}"));
        }
        if !json.get("responses").is_some_and(Value::is_object) {
            self.fault(pointer, "the operation has no responses".to_owned());
        }
        let parameters = operation.parameters().into_iter();
        let declared: BTreeSet<&str> = parameters
            .filter(|parameter| parameter.location() == "path")
            .map(|parameter| parameter.name())
            .collect();
        for part in path.split('{').skip(1) {
            let name = part.split('}').next().unwrap_or_default();
            if !declared.contains(name) {
                self.fault(
                    pointer,
                    format!("the path has {{{name}}}, which is no parameter"),
                );
            }
        }
    }
}

/// Returns a member name as a part of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
