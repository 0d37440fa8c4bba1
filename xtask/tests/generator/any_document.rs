//! Any valid document becomes Rust: the same each time, with every operation once, and without moving the rest when
//! something is added.

use std::collections::{BTreeMap, BTreeSet};

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner},
};
use serde_json::{Value, json};

use crate::{
    rust, strategy,
    support::{crate_of, operations_of},
};

/// Documents that are tried; each takes about a tenth of a second.
const CASES: u32 = 120;

#[test]
fn any_document_becomes_rust() {
    // The same documents on every machine: what fails here fails everywhere.
    let config = Config {
        cases: CASES,
        max_shrink_iters: 400,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    match TestRunner::new_with_rng(config, random)
        .run(&strategy::document(), |document| check(&document))
    {
        Ok(()) => {}
        Err(TestError::Fail(reason, document)) => panic!(
            "{reason}
{document:#}"
        ),
        Err(error) => panic!("{error}"),
    }
}

fn check(document: &Value) -> Result<(), TestCaseError> {
    let made = crate_of(document).map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
    rust::check(&made.files).map_err(TestCaseError::fail)?;

    // Every operation of the document, once.
    let found: Vec<(String, String)> = made
        .api
        .modules
        .iter()
        .flat_map(|module| &module.operations)
        .map(|operation| (operation.method.clone(), operation.path.clone()))
        .collect();
    let mut sorted = found.clone();
    sorted.sort();
    prop_assert_eq!(&sorted, &operations_of(document));
    let written = rust::operations(&made.files);
    let mut written: Vec<(String, String)> =
        written.into_iter().map(|o| (o.method, o.path)).collect();
    written.sort();
    prop_assert_eq!(&written, &sorted);

    let again = crate_of(document).map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
    prop_assert!(made.files == again.files, "two runs differ");

    let larger = crate_of(&with_another(document))
        .map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
    let before = names(&made.files);
    let mut after = names(&larger.files);
    after.remove(&("GET".to_owned(), another_path(document)));
    prop_assert_eq!(before, after);
    Ok(())
}

/// Returns the Rust name of every operation that was written.
fn names(files: &xtask::generate::emit::Files) -> BTreeMap<(String, String), (String, String)> {
    rust::operations(files)
        .into_iter()
        .map(|o| ((o.method, o.path), (o.module, o.name)))
        .collect()
}

/// Returns a path below one that is there, so that it does not change what tells the paths apart.
fn another_path(document: &Value) -> String {
    let first = document["paths"]
        .as_object()
        .and_then(|paths| paths.keys().next());
    format!("{}/unrelated", first.unwrap())
}

/// Returns the document with an operation and a schema that have nothing to do with the rest.
fn with_another(document: &Value) -> Value {
    let mut larger = document.clone();
    let tags: BTreeSet<&str> = BTreeSet::from(["Unrelated"]);
    larger["paths"][another_path(document)] = json!({"get": {
        "operationId": "findUnrelatedThing", "tags": tags,
        "responses": {"200": {"description": "", "content": {"application/json":
            {"schema": {"$ref": "#/components/schemas/UnrelatedThing"}}}}}
    }});
    larger["components"]["schemas"]["UnrelatedThing"] =
        json!({"type": "object", "properties": {"weight": {"type": "number"}}});
    larger
}
