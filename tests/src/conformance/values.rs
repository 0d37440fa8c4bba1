//! The values of a call, by the description.

use harness_api::{Operation, Place};
use serde_json::{Value, json};

use super::description::{Described, Description};
use super::sample::{Mode, sample};
use crate::calls::Given;

/// Parameters that hold the account, whatever their schema says.
const ACCOUNT: &[&str] = &[
    "account",
    "account_id",
    "account_identifier",
    "accountid",
    "accountidentifier",
    "harness-account",
    "routingid",
];

/// What a call of the operation is given in a mode, with its body in one of the content types; an empty one is no body.
pub(super) fn given(
    description: &Description,
    described: Described<'_>,
    operation: &Operation,
    account: &str,
    mode: Mode,
    (way, media): (usize, &str),
) -> Given {
    let form = media == "multipart/form-data";
    let values = operation.params.iter().map(|param| {
        let wanted = param.required || mode == Mode::Full;
        if !wanted || (param.place == Place::Form && !form) {
            return None;
        }
        if ACCOUNT.contains(&param.name.to_ascii_lowercase().as_str()) {
            return Some(json!(account));
        }
        let value = match described.param(param) {
            Some(schema) => sample(description, schema, mode, 0),
            None => json!("text"),
        };
        Some(value)
    });
    let values: Vec<Option<Value>> = values.collect();
    let body = if form || media.is_empty() {
        String::new()
    } else {
        body(description, described, media, mode)
    };
    Given {
        values,
        body,
        way,
        full: mode == Mode::Full,
        form,
        ..Given::default()
    }
}

fn body(description: &Description, described: Described<'_>, media: &str, mode: Mode) -> String {
    let value = described
        .body(media)
        .map(|schema| sample(description, schema, mode, 0));
    match value {
        // A document of YAML may be JSON.
        Some(Value::String(text)) if media != "application/json" => text,
        Some(value) => value.to_string(),
        None => "{}".to_owned(),
    }
}
