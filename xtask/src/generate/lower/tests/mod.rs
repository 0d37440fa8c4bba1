//! One test for each hard spot of a description, on small documents.

mod operations;
mod schemas;

use serde_json::{Value, json};

use super::*;
use crate::generate::partition::map;

/// Lowers a document; with `strict`, clashes are errors.
fn try_lower(paths: Value, schemas: Value, strict: bool) -> Result<Lowered> {
    let document = json!({
        "openapi": "3.0.3",
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
        },
    });
    let spots: Vec<_> = load::operations(&document)
        .map(|(path, method, _, operation)| (path, method, tags_and_id(path, method, operation)))
        .collect();
    let map = ModuleMap::by_first_segment_or_tag(spots.iter().map(|(path, method, (tags, id))| {
        map::Operation {
            method,
            path,
            tags,
            id,
        }
    }));
    lower(&document, &map, &Names::empty(), strict)
}

fn lowered(paths: Value, schemas: Value) -> Lowered {
    try_lower(paths, schemas, true).unwrap()
}

/// Lowers a document of one operation at `path`.
fn operation(
    path: &str,
    method: &str,
    operation: Value,
    schemas: Value,
) -> (OperationFacts, Lowered) {
    let lowered = lowered(json!({path: {method: operation}}), schemas);
    (lowered.operations[0].clone(), lowered)
}

/// An operation that answers with the schema.
fn answering(schema: Value) -> Value {
    json!({"operationId": "get-thing", "responses": {
        "200": {"content": {"application/json": {"schema": schema}}}
    }})
}

/// An operation with a JSON body of the schema.
fn sending(schema: Value) -> Value {
    json!({"operationId": "put-thing", "responses": {},
        "requestBody": {"content": {"application/json": {"schema": schema}}}})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// What an answer of the schema is lowered to.
fn answer(schema: Value, schemas: Value) -> (Value, Lowered) {
    let (facts, lowered) = operation("/v1/things", "get", answering(schema), schemas);
    let schema = facts
        .lowered
        .pointer("/get/responses/200/content/application~1json/schema");
    (schema.unwrap().clone(), lowered)
}

/// The losses, without the operation.
fn losses(lowered: &Lowered) -> Vec<&str> {
    lowered
        .losses
        .iter()
        .map(|(_, what)| what.as_str())
        .collect()
}
