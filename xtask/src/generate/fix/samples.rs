//! Members and bodies that are known from one sample alone.

use serde_json::{Map, Value, json};

use super::touched::Touched;
use crate::generate::openapi::METHODS;

/// Says on an operation that its body is known from one sample.
const BODY: &str = "x-harness-body-provenance";
/// Says on a schema how sure it is.
const SURE: &str = "x-harness-provenance";
/// Says on a schema that takes any JSON what its sample held.
const SAMPLE: &str = "x-harness-sample";

/// Takes the type from what one sample had: a value, or a list or map of values, may be of another kind in the next. What
/// is certain is the name of a member, so an object keeps its members and may have others, and a list of objects stays one.
pub(super) fn open_samples(document: &mut Value, touched: &mut Touched) -> usize {
    let mut changed = 0;
    let schemas = document.pointer_mut("/components/schemas");
    let schemas = schemas.and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let opened = marked(schema);
        if opened > 0 {
            touched.schemas.insert(name.clone());
        }
        changed += opened;
    }
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let operations = item.as_object_mut().into_iter().flatten();
        for (method, operation) in operations.filter(|(name, _)| METHODS.contains(&name.as_str())) {
            let sampled = operation.get(BODY) == Some(&json!("sample"));
            let content = operation.pointer_mut("/requestBody/content");
            let content = content.and_then(Value::as_object_mut);
            let bodies = content.into_iter().flatten();
            let bodies = bodies.filter_map(|(_, content)| content.get_mut("schema"));
            let opened: usize = bodies
                .map(|body| if sampled { open(body) } else { marked(body) })
                .sum();
            if opened > 0 {
                touched.operation(path, method, operation);
            }
            changed += opened;
        }
    }
    changed
}

/// Opens what is marked in a schema and below; returns how many places it changed.
fn marked(schema: &mut Value) -> usize {
    if schema.get(SURE) == Some(&json!("sample")) {
        return open(schema);
    }
    match schema {
        Value::Object(members) => members.values_mut().map(marked).sum(),
        Value::Array(items) => items.iter_mut().map(marked).sum(),
        _ => 0,
    }
}

/// Opens a schema that one sample was read into; returns how many places it changed.
fn open(schema: &mut Value) -> usize {
    // What another source says of a part of it is more.
    let source = schema.get(SURE).and_then(Value::as_str);
    if schema.get("$ref").is_some() || source.is_some_and(|source| source != "sample") {
        return 0;
    }
    if let Some(object) = schema.as_object_mut()
        && let Some(members) = object.get_mut("properties").and_then(Value::as_object_mut)
        && !members.is_empty()
    {
        let opened: usize = members.values_mut().map(open).sum();
        // One sample does not show all members either.
        object
            .entry("additionalProperties")
            .or_insert_with(|| json!({}));
        return opened;
    }
    for inside in ["items", "additionalProperties"] {
        if let Some(inside) = schema.get_mut(inside)
            && holds_members(inside)
        {
            return open(inside);
        }
    }
    let Some(seen) = kind(schema) else { return 0 };
    let Some(schema) = schema.as_object_mut() else {
        return 0;
    };
    let kept = |name: &String| name.starts_with("x-") || name == "nullable" || name == "deprecated";
    let mut open: Map<String, Value> = std::mem::take(schema)
        .into_iter()
        .filter(|(name, _)| kept(name))
        .collect();
    open.insert(SAMPLE.to_owned(), seen.into());
    *schema = open;
    1
}

/// Returns whether a schema is of an object with members, or of lists of these.
fn holds_members(schema: &Value) -> bool {
    let members = schema.get("properties").and_then(Value::as_object);
    schema.get("$ref").is_some()
        || members.is_some_and(|members| !members.is_empty())
        || schema.get("items").is_some_and(holds_members)
}

/// Returns the content of a sample, in words.
fn kind(schema: &Value) -> Option<String> {
    let kind = schema.get("type")?.as_str()?;
    Some(match kind {
        "array" => match schema.get("items").and_then(kind_of) {
            Some(items) => format!("a list of {items}s"),
            None => "a list".to_owned(),
        },
        "object" => "an object".to_owned(),
        "integer" => "an integer".to_owned(),
        other => format!("a {other}"),
    })
}

fn kind_of(schema: &Value) -> Option<&str> {
    schema.get("type")?.as_str()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn sample(mut schema: Value) -> Value {
        schema[SURE] = "sample".into();
        schema
    }

    fn opened(seen: &str) -> Value {
        json!({SURE: "sample", SAMPLE: seen})
    }

    #[test]
    fn what_one_sample_had_may_be_anything_and_names_stay() {
        let text = || json!({"type": "string"});
        let mut document = json!({"components": {"schemas": {
            "Known": {"properties": {"name": text()}},
            "Workspace": {"properties": {
                "name": text(),
                "settings": sample(text()),
                "count": sample(json!({"type": "integer", "format": "int64"})),
                "tags": sample(json!({"type": "array", "items": text()})),
                "map": sample(json!({"type": "object", "additionalProperties": text()})),
                "open": sample(json!({})),
                "known": sample(json!({"$ref": "#/components/schemas/Known"})),
                "rows": sample(json!({"type": "array", "items": {"type": "object", "properties": {"key": text(), "any": {}}}})),
            }},
        }}});
        let mut touched = Touched::default();
        assert_eq!(open_samples(&mut document, &mut touched), 5);
        let members = &document["components"]["schemas"]["Workspace"]["properties"];
        assert_eq!(members["name"], text());
        assert_eq!(members["settings"], opened("a string"));
        assert_eq!(members["count"], opened("an integer"));
        assert_eq!(members["tags"], opened("a list of strings"));
        assert_eq!(members["map"], opened("an object"));
        assert_eq!(members["open"], sample(json!({})));
        let rows = &members["rows"]["items"]["properties"];
        assert_eq!(*rows, json!({"key": {SAMPLE: "a string"}, "any": {}}));
        assert_eq!(members["rows"]["items"]["additionalProperties"], json!({}));
        assert_eq!(touched.schemas, ["Workspace".to_owned()].into());
        assert_eq!(open_samples(&mut document, &mut touched), 0);
    }

    #[test]
    fn a_sampled_body_is_open_but_for_what_another_source_knows() {
        let mut document = json!({"paths": {"/a": {"post": {"operationId": "a", BODY: "sample", "requestBody": {"content": {
            "application/json": {"schema": {"type": "object", "properties": {
                "guess": {"type": "boolean"}, "known": {"type": "string", SURE: "go-sdk"},
            }}},
        }}}}}});
        let mut touched = Touched::default();
        assert_eq!(open_samples(&mut document, &mut touched), 1);
        let body = document.pointer("/paths/~1a/post/requestBody/content/application~1json/schema");
        let members = &body.unwrap()["properties"];
        assert_eq!(members["guess"], json!({SAMPLE: "a boolean"}));
        assert_eq!(members["known"]["type"], "string");
        assert_eq!(touched.operations, ["a".to_owned()].into());
    }
}
