//! Values that fit a schema. (Stands in until the value maker of the mock is there.)

use serde_json::{Value, json};

use super::description::Description;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Minimal,
    Full,
}

pub fn sample(description: &Description, schema: &Value, mode: Mode, depth: usize) -> Value {
    let schema = description.resolved(schema);
    if let Some(first) = schema.get("enum").and_then(|all| all.get(0)) {
        return first.clone();
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(parts) = schema.get(key).and_then(Value::as_array) {
            let mut value = sample(description, &parts[0], mode, depth);
            if let (Some(Value::Object(mapping)), Some(name)) = (
                schema.pointer("/discriminator/mapping"),
                schema
                    .pointer("/discriminator/propertyName")
                    .and_then(Value::as_str),
            ) {
                let target = parts[0].get("$ref").and_then(Value::as_str);
                if let Some((tag, _)) = mapping.iter().find(|(_, to)| to.as_str() == target) {
                    value[name] = json!(tag);
                }
            }
            return value;
        }
    }
    let mut value = json!({});
    if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
        for part in parts {
            match sample(description, part, mode, depth) {
                Value::Object(members) => {
                    if let Some(all) = value.as_object_mut() {
                        all.extend(members);
                    }
                }
                other => return other,
            }
        }
    }
    let kind = schema.get("type").and_then(Value::as_str);
    match kind {
        Some("string") => match schema.get("format").and_then(Value::as_str) {
            Some("date-time") => json!("2026-01-02T03:04:05Z"),
            Some("date") => json!("2026-01-02"),
            Some("byte") => json!("dGV4dA=="),
            Some("uuid") => json!("7b1f0c52-2b0e-4c53-9a61-5d3b8f1e0c11"),
            _ => json!("text"),
        },
        Some("integer") => json!(
            schema
                .get("minimum")
                .and_then(Value::as_i64)
                .unwrap_or(0)
                .max(7)
        ),
        Some("number") => json!(1.5),
        Some("boolean") => json!(true),
        Some("array") => match schema.get("items") {
            Some(items) if depth < 6 => json!([sample(description, items, mode, depth + 1)]),
            _ => json!([]),
        },
        _ => {
            let required: Vec<&str> = schema
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for (name, member) in schema
                .get("properties")
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                if required.contains(&name.as_str()) || (mode == Mode::Full && depth < 6) {
                    value[name] = sample(description, member, mode, depth + 1);
                }
            }
            if let Some(rest @ Value::Object(_)) = schema.get("additionalProperties") {
                if depth < 6 && schema.get("properties").is_none() {
                    value["key"] = sample(description, rest, mode, depth + 1);
                }
            }
            value
        }
    }
}
