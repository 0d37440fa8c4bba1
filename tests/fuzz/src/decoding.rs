//! Almost valid bodies, decoded to the generated types.

use std::hash::{DefaultHasher, Hash, Hasher};

use harness_api::OPERATIONS;
use harness_api_tests::dispatch::{Decoded, Fault, Types, types};
use harness_api_tests::replay::Kind;
use serde_json::Value;

use super::input::{divided, mutate, recording};

/// Input: a recording, or the id of an operation, a line feed and a body; after the last NUL, the mutations.
///
/// Checks that nothing panics, however deep the document is, and that a decoded value encodes and decodes to the same
/// value.
pub fn decoding(data: &[u8]) {
    let (text, mut choices) = divided(data);
    if let Some(mut exchange) = recording(text) {
        mutate(&mut exchange.body, &mut choices);
        let types = of(exchange.operation.as_deref().unwrap_or_default());
        through(
            types,
            exchange.kind == Kind::Request,
            &exchange.body.to_string(),
        );
        return;
    }
    let text = String::from_utf8_lossy(text);
    let (id, body) = text.split_once('\n').unwrap_or(("", &text));
    let types = of(id);
    // The unmodified text may be invalid, too deep, or contain duplicate fields.
    let changed = match serde_json::from_str::<Value>(body) {
        Ok(mut changed) if !choices.is_empty() => {
            mutate(&mut changed, &mut choices);
            changed.to_string()
        }
        _ => body.to_owned(),
    };
    for request in [false, true] {
        through(types, request, &changed);
    }
}

/// Returns the types of an operation, or of any operation if none has this id.
fn of(id: &str) -> Types {
    if let Some(types) = types(id) {
        return types;
    }
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    let all = || OPERATIONS.iter().flat_map(|module| module.iter());
    let index = hasher.finish() % all().count().max(1) as u64;
    let operation = all().nth(usize::try_from(index).unwrap_or_default());
    operation
        .and_then(|operation| types(operation.id))
        .expect("a module is compiled in")
}

fn through(types: Types, request: bool, body: &str) {
    let again = |text: &str| -> Option<Result<Decoded, Fault>> {
        if request {
            types.request(text)
        } else {
            types.response(text)
        }
    };
    let Some(Ok(once)) = again(body) else { return };
    let twice = match again(&once.value.to_string()) {
        Some(Ok(twice)) => twice,
        Some(Err(fault)) => panic!("what was encoded does not decode: {fault}\n{}", once.value),
        None => unreachable!("there is a type"),
    };
    assert_eq!(once.value, twice.value, "from {body}");
    assert_eq!(once.misfits, twice.misfits, "from {body}");
}
