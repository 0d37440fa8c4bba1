//! Validation of requests and responses by the schemas of the description.

use harness_api::{Operation, Param, Place};
use serde_json::{Map, Value, json};

use super::document::{self, Entry, Part};
use crate::mock::check::Violation;
use crate::mock::received::{self, Received};

/// Parameters with which the gateway finds the account, on any path. A request that consists only of a path has them
/// too.
const OF_THE_GATEWAY: [&str; 2] = ["accountIdentifier", "routingId"];

/// Returns the violations of the schemas. Missing parts are found elsewhere.
pub(in crate::mock) fn violations(request: &Received) -> Vec<Violation> {
    let Some(operation) = request.operation() else {
        return Vec::new();
    };
    // The description lacks the log service.
    let Some(entry) = document::find(operation) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for param in operation.params {
        of_param(&entry, param, request, &mut found);
    }
    for name in request.query_names() {
        if operation.position(Place::Query, name).is_none() && !OF_THE_GATEWAY.contains(&name) {
            let pointer = format!("/query/{name}");
            found.push(Violation::new(
                pointer,
                "the operation has no such parameter",
            ));
        }
    }
    of_body(&entry, operation, request, &mut found);
    found
}

/// Returns the violations of a JSON value for a part.
pub(super) fn faults(entry: &Entry, part: Part, at: &str, value: &Value) -> Vec<Violation> {
    if entry.schema(part).is_none() {
        return Vec::new();
    }
    let Some(validator) = entry.validator(part) else {
        return vec![Violation::new(at, "its schema is not usable")];
    };
    validator
        .iter_errors(value)
        .map(|error| {
            let pointer = format!("{at}{}", error.instance_path());
            Violation::new(pointer, error.masked().to_string())
        })
        .collect()
}

fn of_param(entry: &Entry, param: &Param, request: &Received, found: &mut Vec<Violation>) {
    let name = param.name;
    let (place, texts): (&str, Vec<&str>) = match param.place {
        Place::Query => ("query", request.query_all(name).collect()),
        Place::Header => ("header", request.header(name).into_iter().collect()),
        Place::Form => return,
        _ => ("path", request.param(name).into_iter().collect()),
    };
    let part = Part::Param(param.place, name);
    let Some(schema) = entry.schema(part) else {
        return;
    };
    let is_list = schema.get("type") == Some(&json!("array"));
    // An absent value is sent as an empty text. Required values are checked elsewhere.
    let texts: Vec<&str> = if is_list && entry.is_joined(param.place, name) {
        texts.iter().flat_map(|text| text.split(',')).collect()
    } else {
        texts.into_iter().filter(|text| !text.is_empty()).collect()
    };
    if texts.is_empty() {
        return;
    }
    let at = format!("/{place}/{name}");
    if !is_list {
        for text in &texts {
            found.extend(faults(entry, part, &at, &read(schema, text)));
        }
        if texts.len() > 1 {
            found.push(Violation::new(at, "given more than once"));
        }
        return;
    }
    let items = schema.get("items").unwrap_or(&Value::Null);
    let values = texts.iter().map(|text| read(items, text)).collect();
    found.extend(faults(entry, part, &at, &Value::Array(values)));
}

/// Parses a text as the JSON value that it represents. An invalid one stays a text, and fails validation.
fn read(schema: &Value, text: &str) -> Value {
    let number = |text: &str| {
        let number = serde_json::from_str::<serde_json::Number>(text).ok()?;
        Some(Value::Number(number))
    };
    let value = match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => number(text),
        Some("boolean") => text.parse().ok().map(Value::Bool),
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}

fn of_body(entry: &Entry, operation: &Operation, request: &Received, found: &mut Vec<Violation>) {
    let has_form = operation
        .params
        .iter()
        .any(|param| param.place == Place::Form);
    let Some(media) = request.content_type() else {
        if !request.body().is_empty() {
            found.push(Violation::new(
                "/header/content-type",
                "missing, but the request has a body",
            ));
        }
        return;
    };
    if has_form && media == "multipart/form-data" {
        return of_form(entry, operation, request, found);
    }
    if request.body().is_empty() && !operation.body_required {
        return;
    }
    if !operation
        .bodies
        .iter()
        .any(|body| received::bare(body) == media)
    {
        let allowed = if has_form {
            "a form"
        } else {
            &operation.bodies.join(", ")
        };
        let allowed = if allowed.is_empty() {
            "no body"
        } else {
            allowed
        };
        found.push(Violation::new(
            "/header/content-type",
            format!("`{media}`, but the operation accepts {allowed}"),
        ));
        return;
    }
    let is_json = media == "application/json" || media.ends_with("+json");
    if is_json && let Ok(body) = serde_json::from_slice(request.body()) {
        found.extend(faults(entry, Part::Body, "/body", &body));
    }
}

/// Returns a form as the object that its schema describes.
fn of_form(entry: &Entry, operation: &Operation, request: &Received, found: &mut Vec<Violation>) {
    let schema = entry.form();
    let mut form = Map::new();
    for (name, content) in request.parts() {
        if operation.position(Place::Form, &name).is_none() {
            found.push(Violation::new(
                format!("/form/{name}"),
                "the operation has no such part",
            ));
            continue;
        }
        let member = schema.get(&name).copied().unwrap_or(&Value::Null);
        let is_list = member.get("type") == Some(&json!("array"));
        let kind = if is_list {
            member.get("items").unwrap_or(&Value::Null)
        } else {
            member
        };
        let text = String::from_utf8_lossy(&content);
        let value = match kind.get("type").and_then(Value::as_str) {
            Some("string") => text.into(),
            Some("integer" | "number" | "boolean") => read(kind, &text),
            _ => serde_json::from_str(&text).unwrap_or_else(|_| text.into()),
        };
        match form.get_mut(&name) {
            Some(Value::Array(list)) if is_list => list.push(value),
            Some(_) => found.push(Violation::new(
                format!("/form/{name}"),
                "given more than once",
            )),
            None => {
                let value = if is_list && !value.is_array() {
                    vec![value].into()
                } else {
                    value
                };
                form.insert(name, value);
            }
        }
    }
    let missing = |violation: &Violation| violation.pointer == "/form";
    let faults = faults(entry, Part::Form, "/form", &form.into());
    found.extend(faults.into_iter().filter(|fault| !missing(fault)));
}
