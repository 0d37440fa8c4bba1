//! Bodies of partial updates, in which a member may be left alone, reset or set.

use std::collections::BTreeSet;

use serde_json::Value;

use super::touched::Touched;
use crate::generate::openapi::{SCHEMAS, Schema, references};

/// Members that say what a message is about. A body with one of them is a gRPC message, where `null` and absent are one.
const SCOPE: &str = "accountIdentifier";

/// Marks the members of the bodies of `PATCH` as nullable, where nothing else uses the type and none of its members is
/// required: a body with required members is a command and no part of a resource.
pub(super) fn mark_updates(document: &mut Value, touched: &mut Touched) -> usize {
    let mut others = BTreeSet::new();
    let mut named = BTreeSet::new();
    let mut inline = Vec::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let body = operation.pointer("/requestBody/content/application~1json/schema");
            match body {
                Some(schema) if method == "patch" => match Schema(schema).target() {
                    Some(name) => {
                        named.insert(name.to_owned());
                    }
                    None => inline.push(path.clone()),
                },
                _ => references(SCHEMAS, &operation["requestBody"], &mut others),
            }
            references(SCHEMAS, &operation["responses"], &mut others);
        }
    }
    let mut open: Vec<String> = others.iter().cloned().collect();
    while let Some(schema) = open.pop() {
        let mut inside = BTreeSet::new();
        references(
            SCHEMAS,
            &document["components"]["schemas"][&schema],
            &mut inside,
        );
        open.extend(inside.into_iter().filter(|it| others.insert(it.clone())));
    }
    let mut changed = 0;
    for schema in named.difference(&others) {
        let place = document.pointer_mut("/components/schemas");
        let marked = place
            .and_then(|schemas| schemas.get_mut(schema))
            .map_or(0, mark);
        if marked > 0 {
            touched.schemas.insert(schema.clone());
        }
        changed += marked;
    }
    for path in inline {
        let operation = &mut document["paths"][&path]["patch"];
        let marked = operation
            .pointer_mut("/requestBody/content/application~1json/schema")
            .map_or(0, mark);
        if marked > 0 {
            touched.operation(&path, "patch", operation);
        }
        changed += marked;
    }
    changed
}

/// Marks the members of one schema; returns how many it marked.
fn mark(schema: &mut Value) -> usize {
    if schema.get("required").is_some() {
        return 0;
    }
    let members = schema.get_mut("properties").and_then(Value::as_object_mut);
    let Some(members) = members.filter(|members| !members.contains_key(SCOPE)) else {
        return 0;
    };
    let mut marked = 0;
    for member in members.values_mut().filter_map(Value::as_object_mut) {
        member.insert("nullable".to_owned(), Value::Bool(true));
        marked += 1;
    }
    marked
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(schema: Value) -> Value {
        json!({"requestBody": {"content": {"application/json": {"schema": schema}}}})
    }

    fn named(schema: &str) -> Value {
        json!({"$ref": format!("{SCHEMAS}{schema}")})
    }

    #[test]
    fn only_types_of_partial_updates_are_marked() {
        let text = || json!({"name": {"type": "string"}});
        let mut document = json!({
            "paths": {
                "/a": {"patch": body(named("Update"))},
                "/b": {"patch": body(json!({"type": "object", "properties": text()}))},
                "/c": {"patch": body(named("Both")), "put": body(named("Both"))},
                "/d": {"patch": body(named("Inner")), "get": {"responses": {"200": named("Answer")}}},
                "/e": {"patch": body(named("Command"))},
                "/f": {"patch": body(named("Message"))},
            },
            "components": {"schemas": {
                "Update": {"properties": text()},
                "Both": {"properties": text()},
                "Answer": {"properties": {"inner": named("Inner")}},
                "Inner": {"properties": text()},
                "Command": {"required": ["name"], "properties": text()},
                "Message": {"properties": {"name": {}, "accountIdentifier": {}}},
            }}
        });
        let mut touched = Touched::default();
        assert_eq!(mark_updates(&mut document, &mut touched), 2);
        let marked = |at: &str| document.pointer(at) == Some(&Value::Bool(true));
        assert!(marked(
            "/components/schemas/Update/properties/name/nullable"
        ));
        assert!(marked(
            "/paths/~1b/patch/requestBody/content/application~1json/schema/properties/name/nullable"
        ));
        assert_eq!(document.to_string().matches("nullable").count(), 2);
        assert_eq!(touched.schemas.len() + touched.operations.len(), 2);
    }
}
