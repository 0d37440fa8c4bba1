//! What the tests of the generator share.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};
use xtask::generate::{self, Generated, load, openapi};

/// Returns a new, empty folder for the test of this name.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Returns a document in memory, as if it had been read from a file.
pub(crate) fn read(document: &Value) -> Result<load::Document> {
    load::parse(document.to_string().as_bytes(), "small.json")
}

/// Returns the standalone crate of a document, without the support code.
pub(crate) fn crate_of(document: &Value) -> Result<Generated> {
    let nothing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-support");
    std::fs::create_dir_all(&nothing)?;
    generate::standalone(&read(document)?, None, &nothing, &mut |_| {})
}

/// Returns a document with these paths and schemas.
pub(crate) fn document(paths: Value, schemas: Value) -> Value {
    json!({
        "openapi": "3.0.3", "info": {"title": "Pet shop", "version": "1"},
        "paths": paths, "components": {"schemas": schemas},
    })
}

/// Returns a document with this one operation, `POST /pets/{pet}`.
pub(crate) fn one(operation: Value, schemas: Value) -> Value {
    document(json!({"/pets/{pet}": {"post": operation}}), schemas)
}

/// Returns an operation `savePet` that sends and responses the schema `Pet`.
pub(crate) fn with_pet(pet: Value) -> Value {
    let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}});
    one(
        json!({"operationId": "savePet", "requestBody": {"required": true, "content": content},
            "responses": {"200": {"description": "", "content": content}}}),
        json!({"Pet": pet, "Tag": {"type": "object", "properties": {"kind": {"type": "string"}}},
            "Cat": {"type": "object", "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}},
            "Dog": {"type": "object", "properties": {"kind": {"type": "string"}, "barks": {"type": "boolean"}}}}),
    )
}

/// Returns method and path of every operation of a document, sorted.
pub(crate) fn operations_of(document: &Value) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = openapi::operations(document)
        .map(|operation| (operation.method.to_uppercase(), operation.path.to_owned()))
        .collect();
    found.sort();
    found
}
