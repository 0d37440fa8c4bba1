//! The described responses of a call, read from the schemas of the mock. The table of the client is generated from the
//! same description in another way.

use std::collections::BTreeMap;
use std::path::Path;

use harness_api_ext::raw::{Operation, Repeat};
use serde_json::Value;

/// Described kind of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Nothing,
    Any,
    Object(Vec<String>),
    List,
    Text,
    Number,
    Flag,
    /// Not JSON.
    Opaque,
}

#[derive(Clone, Debug)]
pub struct Facts {
    pub operation: &'static Operation,
    pub body: Kind,
    /// Field with the result of an envelope.
    pub data: Option<(&'static str, Kind)>,
}

impl Facts {
    /// Returns whether the call only reads.
    pub fn is_read(&self) -> bool {
        self.operation.repeat == Repeat::Safe
    }

    /// Returns whether the response has a field of this name at its root.
    pub fn has(&self, name: &str) -> bool {
        matches!(&self.body, Kind::Object(members) if members.iter().any(|member| member == name))
    }

    /// Returns whether `data` is of this kind.
    pub fn has_data(&self, kind: &Kind) -> bool {
        matches!(&self.data, Some(("data", data)) if data == kind)
    }

    /// Returns whether no particular content is described.
    pub fn is_open(&self) -> bool {
        matches!(self.body, Kind::Nothing | Kind::Any)
    }
}

/// Description of every module.
pub struct Description {
    operations: BTreeMap<String, Value>,
    schemas: BTreeMap<String, Value>,
}

impl Description {
    pub fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("described");
        let mut read = Self {
            operations: BTreeMap::new(),
            schemas: BTreeMap::new(),
        };
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let mut file: Value = serde_json::from_str(&text).unwrap();
            for (from, to) in [
                ("operations", &mut read.operations),
                ("schemas", &mut read.schemas),
            ] {
                if let Value::Object(entries) = file[from].take() {
                    to.extend(entries);
                }
            }
        }
        read
    }

    pub fn of(&self, operation: &'static Operation) -> Facts {
        let schema = &self.operations[operation.id]["answer"];
        let body = match schema {
            Value::Null if operation.answers.is_empty() => Kind::Nothing,
            Value::Null => Kind::Opaque,
            schema => self.kind(schema),
        };
        let data = ["data", "resource"].iter().find_map(|name| {
            let schema = self.member(schema, name)?;
            Some((*name, self.kind(schema)))
        });
        Facts {
            operation,
            body,
            data,
        }
    }

    fn resolve<'s>(&'s self, mut schema: &'s Value) -> &'s Value {
        while let Some(target) = schema["$ref"].as_str() {
            schema = &self.schemas[target.trim_start_matches("#/schemas/")];
        }
        schema
    }

    fn member<'s>(&'s self, schema: &'s Value, name: &str) -> Option<&'s Value> {
        self.resolve(schema)["properties"].get(name)
    }

    fn members(&self, schema: &Value, into: &mut Vec<String>) {
        let schema = self.resolve(schema);
        let members = schema["properties"].as_object().into_iter().flatten();
        into.extend(members.map(|(name, _)| name.clone()));
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.members(part, into);
        }
    }

    fn kind(&self, schema: &Value) -> Kind {
        let mut members = Vec::new();
        self.members(schema, &mut members);
        let schema = self.resolve(schema);
        match schema["type"].as_str() {
            _ if !members.is_empty() => Kind::Object(members),
            Some("array") => Kind::List,
            Some("string") => Kind::Text,
            Some("integer" | "number") => Kind::Number,
            Some("boolean") => Kind::Flag,
            Some("object") => Kind::Object(members),
            _ if schema.get("anyOf").is_some() => Kind::Object(members),
            _ => Kind::Any,
        }
    }
}
