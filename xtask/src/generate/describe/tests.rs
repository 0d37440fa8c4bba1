use serde_json::{Value, json};

use super::*;

/// Converts a schema, beside some named ones.
fn made(named: &Value, schema: &Value) -> Value {
    Schemas(named.as_object()).schema(schema)
}

fn plain(schema: &Value) -> Value {
    made(&json!({}), schema)
}

#[test]
fn null_is_a_type_of_its_own() {
    assert_eq!(
        plain(&json!({"type": "string", "enum": ["a"], "nullable": true})),
        json!({"type": ["string", "null"], "enum": ["a", null]})
    );
    assert_eq!(
        plain(&json!({"$ref": "#/components/schemas/A", "nullable": true})),
        json!({"anyOf": [{"$ref": "#/schemas/A"}, {"type": "null"}]})
    );
}

#[test]
fn integers_have_their_limits_and_notes_are_left_out() {
    let schema = json!({
        "type": "integer", "format": "int32", "minimum": 0, "exclusiveMinimum": true,
        "description": "x", "x-harness-provenance": "sample",
    });
    assert_eq!(
        plain(&schema),
        json!({"type": "integer", "format": "int32", "exclusiveMinimum": 0, "minimum": i32::MIN, "maximum": i32::MAX})
    );
}

#[test]
fn the_tag_inside_a_union_decides_its_variant() {
    let union = json!({
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "dog": "Dog"}},
    });
    let case = |value: &str, name: &str| {
        json!({
            "if": {"properties": {"kind": {"const": value}}, "required": ["kind"]},
            "then": {"$ref": format!("#/schemas/{name}")},
        })
    };
    assert_eq!(
        plain(&union),
        json!({
            "anyOf": [{"$ref": "#/schemas/Cat"}, {"$ref": "#/schemas/Dog"}],
            "required": ["kind"],
            "properties": {"kind": {"enum": ["cat", "dog"]}},
            "allOf": [case("cat", "Cat"), case("dog", "Dog")],
            "x-tag": ["kind", {"cat": "Cat", "dog": "Dog"}],
        })
    );
    // Without a mapping the values are the names; one that does not name all variants restricts nothing else.
    let mut bare = union.clone();
    bare["discriminator"] = json!({"propertyName": "kind"});
    assert_eq!(
        plain(&bare)["x-tag"],
        json!(["kind", {"Cat": "Cat", "Dog": "Dog"}])
    );
    bare["discriminator"] = json!({"propertyName": "kind", "mapping": {"cat": "Cat"}});
    assert_eq!(plain(&bare).get("required"), None);
}

#[test]
fn a_tag_beside_a_union_decides_its_variant() {
    let named = json!({
        "Spec": {
            "anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
            "x-harness-parent-tag": {"property": "type", "mapping": {"a": "#/components/schemas/A"}},
        },
    });
    let parent = json!({"type": "object", "properties": {
        "type": {"type": "string"},
        "spec": {"$ref": "#/components/schemas/Spec"},
    }});
    let made = made(&named, &parent);
    assert_eq!(made["x-outer-tags"], json!({"spec": ["type", {"a": "A"}]}));
    assert_eq!(
        made["allOf"],
        json!([{
            "if": {"properties": {"type": {"const": "a"}}, "required": ["type"]},
            "then": {"properties": {"spec": {"$ref": "#/schemas/A"}}},
        }])
    );
}

#[test]
fn an_operation_keeps_what_the_table_of_the_client_lacks() {
    let entry = |operation: &Value| {
        let page = json!({"name": "page", "in": "query", "schema": {"type": "integer"}});
        let document = json!({
            "paths": {"/a": {"get": operation}},
            "components": {"parameters": {"page": page}},
        });
        let operation = openapi::operations(&document).next().unwrap();
        Schemas(None).operation(&operation)
    };
    let operation = json!({
        "parameters": [
            {"$ref": "#/components/parameters/page"},
            {"name": "id", "in": "path", "schema": {"type": "string"}},
            {"name": "ids", "in": "query", "explode": false, "schema": {"type": "array", "items": {"type": "string"}}},
        ],
        "requestBody": {"content": {"*/*": {"schema": {"type": "object"}}}},
        "responses": {
            "400": {"content": {"application/json": {"schema": {"type": "string"}}}},
            "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
            "2XX": {"content": {"text/html": {}}},
        },
    });
    assert_eq!(
        entry(&operation),
        json!({
            "params": {
                "query page": {"schema": {"type": "integer"}},
                "query ids": {"schema": {"type": "array", "items": {"type": "string"}}, "joined": true},
            },
            "body": {"type": "object"},
            "status": 201,
            "answer": {"$ref": "#/schemas/A"},
        })
    );
    let empty = json!({"responses": {"2XX": {}}});
    assert_eq!(entry(&empty), json!({"status": 204}));
}

#[test]
fn what_is_reached_is_named_once_and_circles_end() {
    let named = json!({
        "A": {"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B"}}},
        "B": {"type": "array", "items": {"$ref": "#/components/schemas/A"}},
        "C": {"type": "string"},
    });
    let mut reached = BTreeSet::new();
    let schemas = Schemas(named.as_object());
    schemas.reach(&json!({"$ref": "#/schemas/A"}), &mut reached);
    assert_eq!(reached, BTreeSet::from(["A".to_owned(), "B".to_owned()]));
}
