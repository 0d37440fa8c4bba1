//! Values of a call, generated from the description.

use harness_api::{Operation, Place};
use harness_api_ext::mock::{Described, Mode};
use serde_json::{Value, json};

use crate::calls::Given;

/// Returns the values of a call in a mode, with its body in one of the content types; an empty one is no body.
pub(super) fn given(
    described: &Described,
    operation: &'static Operation,
    account: &str,
    mode: Mode,
    (way, media): (usize, &str),
) -> Given {
    let form = (media == "multipart/form-data").then(|| {
        let form = described.form(operation, mode);
        form.unwrap_or_default()
    });
    let values = operation.params.iter().map(|param| {
        let wanted = param.required || mode == Mode::Full;
        if !wanted {
            return None;
        }
        if param.place == Place::Form {
            let part = form.as_ref()?.get(param.name);
            return Some(part.cloned().unwrap_or_else(|| json!("file")));
        }
        let mut value = described.param(operation, param, mode);
        // An empty list is not sent at all.
        if param.required && value.as_array().is_some_and(Vec::is_empty) {
            value = described.param(operation, param, Mode::Full);
        }
        Some(of_account(&value, account).unwrap_or(value))
    });
    let values: Vec<Option<Value>> = values.collect();
    let body = if form.is_some() || media.is_empty() {
        String::new()
    } else {
        body(described, operation, media, mode)
    };
    Given {
        values,
        body,
        way,
        full: mode == Mode::Full,
        form: form.is_some(),
        ..Given::default()
    }
}

/// Replaces the account of generated values by the called one.
fn of_account(value: &Value, account: &str) -> Option<Value> {
    (value == MADE).then(|| json!(account))
}

/// Account in generated values.
const MADE: &str = "MockAccount_0123456789";

fn body(described: &Described, operation: &'static Operation, media: &str, mode: Mode) -> String {
    match described.body(operation, mode) {
        Some(Value::String(text)) if media != "application/json" => text,
        // A YAML document may be JSON.
        Some(value) => value.to_string(),
        None => "name: some text\n".to_owned(),
    }
}
