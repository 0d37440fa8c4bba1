//! One test for each hard spot of a description, on small documents.

mod operations;
mod schemas;

use serde_json::{Value, json};

use anyhow::Result;

use super::*;
use crate::generate::before::Nothing;

/// What lowering makes of a small document, and what it reports.
#[derive(Debug)]
struct Small {
    lowered: Lowered,
    diagnostics: Diagnostics,
}

impl std::ops::Deref for Small {
    type Target = Lowered;

    fn deref(&self) -> &Lowered {
        &self.lowered
    }
}

/// Lowers a document; with `strict`, clashes are errors.
fn try_lower(paths: Value, schemas: Value, strict: bool) -> Result<Small> {
    let document = json!({
        "openapi": "3.0.3",
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
        },
    });
    let tables = Tables {
        strict,
        ..Tables::derived(&document)
    };
    let mut diagnostics = Diagnostics::default();
    let lowered = lower(&document, &tables, &Nothing, &mut diagnostics);
    diagnostics.check()?;
    Ok(Small {
        lowered,
        diagnostics,
    })
}

fn lowered(paths: Value, schemas: Value) -> Small {
    try_lower(paths, schemas, true).unwrap()
}

/// Lowers a document of one operation at `path`.
fn operation(
    path: &str,
    method: &str,
    operation: Value,
    schemas: Value,
) -> (LoweredOperation, Small) {
    let lowered = lowered(json!({path: {method: operation}}), schemas);
    (lowered.operations[0].clone(), lowered)
}

/// Returns an operation that responses with the schema.
fn answering(schema: Value) -> Value {
    json!({"operationId": "get-thing", "responses": {
        "200": {"content": {"application/json": {"schema": schema}}}
    }})
}

/// Returns an operation with a JSON body of the schema.
fn sending(schema: Value) -> Value {
    json!({"operationId": "put-thing", "responses": {},
        "requestBody": {"content": {"application/json": {"schema": schema}}}})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Lowers a response of the schema.
fn answer(schema: Value, schemas: Value) -> (Value, Small) {
    let (facts, lowered) = operation("/v1/things", "get", answering(schema), schemas);
    let schema = facts
        .lowered
        .pointer("/get/responses/200/content/application~1json/schema");
    (schema.unwrap().clone(), lowered)
}

/// Returns the losses, without the operation.
fn losses(lowered: &Small) -> Vec<&str> {
    let losses = lowered.diagnostics.losses().into_iter();
    losses.map(|(_, what)| what).collect()
}
