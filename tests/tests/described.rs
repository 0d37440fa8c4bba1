//! Generated values for every operation of the enabled modules: they satisfy their schemas, and the client decodes and
//! encodes them without loss.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use harness_api::{OPERATIONS, Operation};
use harness_api_ext::mock::{Described, Mode};
use harness_api_tests::dispatch;
use serde_json::json;

const SEEDS: [u64; 2] = [0, 7];
const MODES: [Mode; 2] = [Mode::Minimal, Mode::Full];

/// Fails with the faults by operation.
#[track_caller]
fn nothing(wrong: &[String]) {
    let shown = wrong.len().min(40);
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong[..shown].join("\n")
    );
}

fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().flat_map(|module| module.iter().copied())
}

#[test]
fn what_is_made_fits_its_schema() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (seed, mode) in SEEDS
        .into_iter()
        .flat_map(|seed| MODES.map(|mode| (seed, mode)))
    {
        let described = Described::new(seed);
        for operation in operations() {
            let body = described
                .body(operation, mode)
                .map(|body| described.check_body(operation, &body));
            let answer = described
                .value(operation, mode)
                .map(|answer| described.check_answer(operation, &answer));
            for (part, faults) in [("body", body), ("answer", answer)] {
                count += usize::from(faults.is_some());
                let faults = faults.into_iter().flatten();
                wrong.extend(
                    faults.map(|fault| format!("{} {part} {mode:?}: {fault}", operation.id)),
                );
            }
        }
    }
    nothing(&wrong);
    assert!(count > 0);
}

#[test]
fn what_does_not_fit_is_told() {
    let described = Described::new(0);
    for operation in operations() {
        // A response without a description may be any value.
        let value = described.value(operation, Mode::Full);
        let Some(value) = value.filter(|value| *value != json!({})) else {
            continue;
        };
        let other = if value.is_number() {
            json!("7")
        } else {
            json!(7)
        };
        let faults = described.check_answer(operation, &other);
        assert!(!faults.is_empty(), "{}", operation.id);
    }
}

#[test]
fn the_client_reads_and_writes_what_is_made() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (seed, mode) in SEEDS
        .into_iter()
        .flat_map(|seed| MODES.map(|mode| (seed, mode)))
    {
        let described = Described::new(seed);
        for operation in operations() {
            let types = dispatch::types(operation.id).unwrap();
            let answer = described.value(operation, mode);
            let body = described.body(operation, mode);
            let pairs = [
                (
                    "answer",
                    &answer,
                    answer
                        .as_ref()
                        .and_then(|value| types.response(&value.to_string())),
                ),
                (
                    "body",
                    &body,
                    body.as_ref()
                        .and_then(|value| types.request(&value.to_string())),
                ),
            ];
            for (part, value, read) in pairs {
                let (Some(value), Some(read)) = (value, read) else {
                    continue;
                };
                count += 1;
                let mut lose =
                    |what: String| wrong.push(format!("{} {part} {mode:?}: {what}", operation.id));
                match read {
                    Err(fault) => lose(fault.to_string()),
                    Ok(read) if !read.misfits.is_empty() => {
                        lose(format!("does not fit at {}", read.misfits.join(", ")));
                    }
                    Ok(read) if read.value != *value => {
                        lose(format!("{value} became {}", read.value))
                    }
                    Ok(_) => {}
                }
            }
        }
    }
    nothing(&wrong);
    assert!(count > 0);
}
