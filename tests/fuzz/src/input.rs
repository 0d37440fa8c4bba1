//! Splits the input of a target into a readable part and choices.

use arbitrary::Unstructured;
use harness_api_tests::replay::Exchange;
use serde_json::{Map, Value};

/// Splits an input at its last NUL. The part before it is readable, the part after it contains the choices.
pub(crate) fn divided(data: &[u8]) -> (&[u8], Unstructured<'_>) {
    match data.iter().rposition(|byte| *byte == 0) {
        Some(at) => (&data[..at], Unstructured::new(&data[at + 1..])),
        None => (data, Unstructured::new(&[])),
    }
}

/// Parses a recorded exchange, in the format of `tests/recordings`.
pub(crate) fn recording(text: &[u8]) -> Option<Exchange> {
    serde_json::from_slice(text).ok()
}

/// Returns a number below `count`; 0 if no choices are left.
pub(crate) fn below(choices: &mut Unstructured<'_>, count: usize) -> usize {
    let most = count.saturating_sub(1);
    choices.int_in_range(0..=most).unwrap_or(0)
}

/// Returns true about once in `times`; false if no choices are left.
pub(crate) fn once_in(choices: &mut Unstructured<'_>, times: usize) -> bool {
    below(choices, times) == times - 1
}

/// Returns one of several values.
pub(crate) fn one<T: Clone>(choices: &mut Unstructured<'_>, of: &[T]) -> T {
    of[below(choices, of.len())].clone()
}

/// Mutates a document in up to six places, as long as choices are left.
pub(crate) fn mutate(document: &mut Value, choices: &mut Unstructured<'_>) {
    for _ in 0..6 {
        if choices.is_empty() {
            return;
        }
        let kind = below(choices, 8);
        let place = some_place(document, choices);
        match kind {
            0 => *place = Value::Null,
            1 => *place = scalar(choices),
            2 => *place = other_kind(place.take()),
            3 => drop_one(place, choices),
            4 => double_one(place, choices),
            5 => nest(place, choices),
            6 => rename_one(place, choices),
            _ => *place = Value::Array(vec![place.clone(), Value::Null, place.take()]),
        }
    }
}

/// Returns a value somewhere in the document.
fn some_place<'v>(document: &'v mut Value, choices: &mut Unstructured<'_>) -> &'v mut Value {
    let size = match document {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
    if size == 0 || once_in(choices, 6) {
        return document;
    }
    let index = below(choices, size);
    let inner = match document {
        Value::Array(items) => items.get_mut(index),
        Value::Object(members) => members.values_mut().nth(index),
        _ => None,
    };
    match inner {
        Some(inner) => some_place(inner, choices),
        None => unreachable!("the index is below the size"),
    }
}

fn scalar(choices: &mut Unstructured<'_>) -> Value {
    match below(choices, 7) {
        0 => Value::Bool(choices.arbitrary().unwrap_or_default()),
        1 => choices.arbitrary::<i64>().unwrap_or_default().into(),
        2 => choices.arbitrary::<u64>().unwrap_or_default().into(),
        3 => choices.arbitrary::<f64>().unwrap_or_default().into(),
        4 => one(choices, &NUMBERS).into(),
        5 => one(choices, &TEXTS).into(),
        _ => choices.arbitrary::<&str>().unwrap_or_default().into(),
    }
}

/// Numbers at the limits of types.
const NUMBERS: [f64; 7] = [
    0.0,
    -0.0,
    9_007_199_254_740_993.0,
    9.3e18,
    1.8e19,
    1e300,
    5e-324,
];

/// Texts that resemble other values.
const TEXTS: [&str; 16] = [
    "",
    "NaN",
    "-inf",
    "infinity",
    "1e999",
    "-0",
    "+5",
    "9223372036854775808",
    "true",
    "null",
    "ERROR",
    "404",
    "-9999-01-01T00:00:00Z",
    "2026-02-30T25:61:61+99:99",
    "1795169472000",
    "a\u{0}\u{7}\r\n\u{feff}\u{2028}b",
];

/// Returns the same content as a value of another type.
fn other_kind(value: Value) -> Value {
    match value {
        Value::Null => Value::Object(Map::new()),
        Value::Bool(flag) => flag.to_string().into(),
        Value::Number(number) => number.to_string().into(),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(_) => Value::Array(vec![text.into()]),
        },
        Value::Array(items) => {
            let members = items.into_iter().enumerate();
            Value::Object(members.map(|(index, it)| (index.to_string(), it)).collect())
        }
        Value::Object(members) => members.into_values().collect(),
    }
}

fn drop_one(place: &mut Value, choices: &mut Unstructured<'_>) {
    match place {
        Value::Array(items) if !items.is_empty() => {
            let index = below(choices, items.len());
            items.remove(index);
        }
        Value::Object(members) if !members.is_empty() => {
            let index = below(choices, members.len());
            let name = members.keys().nth(index).cloned();
            name.and_then(|name| members.remove(&name));
        }
        other => *other = Value::Null,
    }
}

fn double_one(place: &mut Value, choices: &mut Unstructured<'_>) {
    match place {
        Value::Array(items) if !items.is_empty() => {
            let item = items[below(choices, items.len())].clone();
            items.push(item);
        }
        Value::Object(members) if !members.is_empty() => {
            let index = below(choices, members.len());
            if let Some((name, value)) = members.iter().nth(index) {
                let (name, value) = (format!("{name}2"), value.clone());
                members.insert(name, value);
            }
        }
        other => *other = Value::Array(vec![other.clone(), other.clone()]),
    }
}

/// Nests a value deeply in others, or in itself.
fn nest(place: &mut Value, choices: &mut Unstructured<'_>) {
    let levels = one(choices, &[1, 3, 20, 90, 126]);
    let inner = place.clone();
    let name = match &*place {
        Value::Object(members) if !members.is_empty() => {
            members.keys().nth(below(choices, members.len())).cloned()
        }
        _ => None,
    };
    for _ in 0..levels {
        let value = place.take();
        *place = match (&name, &inner) {
            // A recursive type is decoded at every level.
            (Some(name), Value::Object(members)) => {
                let mut members = members.clone();
                members.insert(name.clone(), value);
                Value::Object(members)
            }
            _ => Value::Array(vec![value]),
        };
        if weight(place) > 2000 {
            return;
        }
    }
}

/// Returns the number of values in a document.
fn weight(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(members) => members.values().map(weight).sum(),
        _ => 0,
    }
}

fn rename_one(place: &mut Value, choices: &mut Unstructured<'_>) {
    if let Value::Object(members) = place
        && !members.is_empty()
    {
        let index = below(choices, members.len());
        let name = members.keys().nth(index).cloned();
        if let Some((name, value)) = name.and_then(|name| members.remove_entry(&name)) {
            let name = match below(choices, 3) {
                0 => name.to_uppercase(),
                1 => one(choices, &TEXTS).to_owned(),
                _ => name + "_",
            };
            members.insert(name, value);
        }
    }
}
