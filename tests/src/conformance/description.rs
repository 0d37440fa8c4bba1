//! What the description says of each operation: the schemas of its parameters and of its bodies.

use std::collections::HashMap;

use harness_api::{Param, Place};
use serde_json::Value;
use xtask::generate::load;

/// A description with its operations by id.
pub struct Description {
    json: Value,
    /// Path and method, as they are spelt there.
    places: HashMap<String, (String, &'static str)>,
}

/// An operation as it is described.
#[derive(Clone, Copy)]
pub struct Described<'d> {
    item: &'d Value,
    operation: &'d Value,
    description: &'d Description,
}

impl Description {
    /// Takes a description in.
    pub fn new(json: Value) -> Self {
        let mut places = HashMap::new();
        for (path, method, _, operation) in load::operations(&json) {
            let method = load::METHODS.into_iter().find(|known| *known == method);
            let (_, id) =
                xtask::generate::lower::tags_and_id(path, method.unwrap_or_default(), operation);
            places.insert(id, (path.to_owned(), method.unwrap_or_default()));
        }
        Self { json, places }
    }

    /// The whole document.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Option<Described<'_>> {
        let (path, method) = self.places.get(id)?;
        let item = self.json.get("paths")?.get(path)?;
        Some(Described {
            item,
            operation: item.get(method)?,
            description: self,
        })
    }

    /// What a value is, or what its reference leads to.
    pub fn resolved<'d>(&'d self, value: &'d Value) -> &'d Value {
        /// More than any chain of references has.
        const LONGEST: usize = 16;
        let mut value = value;
        for _ in 0..LONGEST {
            let Some(path) = value.get("$ref").and_then(Value::as_str) else {
                break;
            };
            let target = path.strip_prefix('#').and_then(|at| self.json.pointer(at));
            match target {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }
}

impl<'d> Described<'d> {
    /// The schema of a parameter of the operation.
    pub fn param(&self, param: &Param) -> Option<&'d Value> {
        let place = match param.place {
            Place::Query => "query",
            Place::Header => "header",
            Place::Form => {
                let schema = self.body("multipart/form-data")?;
                return self.member(schema, param.name);
            }
            _ => "path",
        };
        let own = [self.operation, self.item];
        let lists = own
            .into_iter()
            .filter_map(|at| at.get("parameters")?.as_array());
        let found = lists
            .flatten()
            .map(|described| self.description.resolved(described))
            .find(|described| {
                let text = |key: &str| described.get(key).and_then(Value::as_str);
                text("in") == Some(place)
                    && text("name").is_some_and(|name| {
                        name == param.name
                            || (place == "header" && name.eq_ignore_ascii_case(param.name))
                    })
            })?;
        found.get("schema").or_else(|| {
            found
                .get("content")?
                .as_object()?
                .values()
                .next()?
                .get("schema")
        })
    }

    /// The schema of the body in a content type.
    pub fn body(&self, media: &str) -> Option<&'d Value> {
        let body = self
            .description
            .resolved(self.operation.get("requestBody")?);
        let content = body.get("content")?.as_object()?;
        let exact = content.get(media);
        exact
            .or_else(|| content.get("*/*"))
            .or_else(|| content.values().next())?
            .get("schema")
    }

    /// The first successful answer: status, content type and schema.
    pub fn answer(&self) -> (u16, Option<(&'d str, Option<&'d Value>)>) {
        let responses = self.operation.get("responses").and_then(Value::as_object);
        let success = responses
            .into_iter()
            .flatten()
            .find(|(status, _)| status.starts_with('2'));
        let Some((status, response)) = success else {
            return (200, None);
        };
        let content = self
            .description
            .resolved(response)
            .get("content")
            .and_then(Value::as_object);
        let first = content.and_then(|content| {
            let (media, entry) = content
                .get_key_value("application/json")
                .or_else(|| content.iter().next())?;
            Some((media.as_str(), entry.get("schema")))
        });
        (status.parse().unwrap_or(200), first)
    }

    fn member(&self, schema: &'d Value, name: &str) -> Option<&'d Value> {
        let schema = self.description.resolved(schema);
        let own = schema.get("properties").and_then(|all| all.get(name));
        own.or_else(|| {
            let parts = schema.get("allOf")?.as_array()?;
            parts.iter().find_map(|part| self.member(part, name))
        })
    }
}
