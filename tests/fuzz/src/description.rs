//! Descriptions of unknown APIs.

use std::path::Path;

use serde_json::Value;
use xtask::generate::{
    Pipeline, Tables,
    before::Nothing,
    load::{self, Document},
    standalone,
};

use super::input::{divided, mutate};

/// Input: a description in JSON or YAML; after the last NUL, the mutations.
///
/// Checks that the stages of the generator itself return a result or an error.
pub fn description(data: &[u8]) {
    if let Some(document) = document(data) {
        lowered(&document.json);
    }
}

/// Checks all stages. The libraries in the last stages may panic. The panic is caught, but libFuzzer would report it.
#[allow(dead_code, reason = "for the bounded run alone")]
pub fn generation(data: &[u8]) {
    if let Some(document) = document(data) {
        let support = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness-api/src");
        let _ = standalone(&document, Some("fuzzed"), &support, &mut |_| {});
    }
}

fn document(data: &[u8]) -> Option<Document> {
    let (text, mut choices) = divided(data);
    let mut document = load::parse(text, "fuzzed.yaml").ok()?;
    mutate(&mut document.json, &mut choices);
    load::parse(document.json.to_string().as_bytes(), "fuzzed.json").ok()
}

fn lowered(document: &Value) {
    let tables = Tables::derived(document);
    let mut pipeline = Pipeline::new(document.clone());
    pipeline.lower(&tables, &Nothing);
    std::hint::black_box(pipeline);
}
