//! Values that satisfy a schema.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::pattern;
use super::words::{self, mix, pick};

/// Extent of a generated value.
///
/// ```
/// use harness_api_ext::mock::{Described, Mode};
/// use harness_api_ext::raw::Operation;
///
/// fn least(operation: &'static Operation) -> String {
///     let body = Described::new(7).body(operation, Mode::Minimal);
///     body.unwrap_or_default().to_string()
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Only required fields.
    Minimal,
    /// All fields, lists with one or two items, maps with one entry. Recursive schemas end at the first recursion.
    Full,
}

/// Maximum depth of objects with all fields. Deeper objects have only required fields.
const DEPTH: usize = 12;
/// Maximum number of values within one value. The rest has only required fields.
const VALUES: usize = 3000;

/// Returns a value that satisfies a schema, the same for the same seed; `None` if no finite value exists. References
/// point to `schemas`.
pub(super) fn sample(
    schemas: Option<&Map<String, Value>>,
    schema: &Value,
    name: &str,
    seed: u64,
    mode: Mode,
) -> Option<Value> {
    let mut maker = Maker {
        schemas,
        mode,
        open: Vec::new(),
        depth: 0,
        left: VALUES,
    };
    maker.value(schema, name, mix(seed, name))
}

struct Maker<'s> {
    schemas: Option<&'s Map<String, Value>>,
    mode: Mode,
    /// Named schemas in progress.
    open: Vec<&'s str>,
    depth: usize,
    left: usize,
}

/// Schema with resolved references and merged parts.
#[derive(Default)]
struct Flat<'s> {
    names: Vec<&'s str>,
    words: Map<String, Value>,
    members: Vec<(&'s str, &'s Value)>,
    required: BTreeSet<&'s str>,
    items: Option<&'s Value>,
    rest: Option<&'s Value>,
    variants: Option<&'s Vec<Value>>,
    tag: Option<(&'s str, &'s Map<String, Value>)>,
    outer: Vec<(&'s str, &'s str, &'s Map<String, Value>)>,
}

impl<'s> Maker<'s> {
    fn value(&mut self, schema: &'s Value, name: &str, seed: u64) -> Option<Value> {
        let mut flat = Flat::default();
        self.flatten(schema, &mut flat);
        if flat.names.iter().any(|name| self.open.contains(name)) {
            return None;
        }
        self.left = self.left.saturating_sub(1);
        let before = self.open.len();
        self.open.extend(&flat.names);
        self.depth += 1;
        let made = self.flat(&flat, name, seed);
        self.depth -= 1;
        self.open.truncate(before);
        made
    }

    fn flatten(&self, schema: &'s Value, flat: &mut Flat<'s>) {
        let Some(members) = schema.as_object() else {
            return;
        };
        for (word, value) in members {
            match (word.as_str(), value) {
                ("$ref", Value::String(target)) => {
                    let target = target.trim_start_matches("#/schemas/");
                    let found = self
                        .schemas
                        .and_then(|schemas| schemas.get_key_value(target));
                    let Some((name, schema)) = found else {
                        continue;
                    };
                    if flat.names.contains(&name.as_str()) {
                        continue;
                    }
                    flat.names.push(name);
                    self.flatten(schema, flat);
                }
                ("allOf", Value::Array(parts)) => {
                    for part in parts.iter().filter(|part| part.get("if").is_none()) {
                        self.flatten(part, flat);
                    }
                }
                ("properties", Value::Object(more)) => {
                    for (name, member) in more {
                        match flat.members.iter_mut().find(|(other, _)| other == name) {
                            Some(known) => known.1 = member,
                            None => flat.members.push((name, member)),
                        }
                    }
                }
                ("required", Value::Array(names)) => {
                    flat.required.extend(names.iter().filter_map(Value::as_str));
                }
                ("items", items) => flat.items = Some(items),
                ("additionalProperties", rest) => flat.rest = Some(rest),
                ("anyOf", Value::Array(variants)) => flat.variants = Some(variants),
                ("x-tag", Value::Array(tag)) => {
                    if let [Value::String(tag), Value::Object(mapping)] = tag.as_slice() {
                        flat.tag = Some((tag, mapping));
                    }
                }
                ("x-outer-tags", Value::Object(tags)) => {
                    for (member, tag) in tags {
                        if let Some([Value::String(tag), Value::Object(mapping)]) =
                            tag.as_array().map(Vec::as_slice)
                        {
                            flat.outer.push((member, tag, mapping));
                        }
                    }
                }
                _ => {
                    flat.words.insert(word.clone(), value.clone());
                }
            }
        }
    }

    fn flat(&mut self, flat: &Flat<'s>, name: &str, seed: u64) -> Option<Value> {
        if let Some(values) = flat.words.get("enum").and_then(Value::as_array) {
            return choose(values, name, seed);
        }
        if let Some((tag, mapping)) = flat.tag {
            return self.tagged(tag, mapping, name, seed);
        }
        if let Some(variants) = flat.variants {
            let mut made = self.variant(variants, name, seed)?;
            if let (Value::Object(made), false) = (&mut made, flat.members.is_empty()) {
                made.extend(self.members(flat, seed)?);
            }
            return Some(made);
        }
        let kind = match flat.words.get("type") {
            Some(Value::String(kind)) => kind.as_str(),
            Some(Value::Array(kinds)) => kinds
                .iter()
                .filter_map(Value::as_str)
                .find(|kind| *kind != "null")
                .unwrap_or("null"),
            _ if !flat.members.is_empty() || flat.rest.is_some() => "object",
            _ if flat.items.is_some() => "array",
            _ => "",
        };
        let word = |word: &str| flat.words.get(word);
        let format = word("format").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "object" => Some(self.object(flat, seed)?.into()),
            "array" => Some(self.array(flat, name, seed)?.into()),
            "string" => {
                let text = words::text(name, format, seed);
                let text = sized(text, word("minLength"), word("maxLength"));
                Some(match word("pattern").and_then(Value::as_str) {
                    Some(pattern) => pattern::matching(pattern, text, seed).into(),
                    None => text.into(),
                })
            }
            "integer" => {
                let number = words::integer(name, format, seed);
                let least = word("minimum").and_then(Value::as_i64).unwrap_or(i64::MIN);
                let most = word("maximum").and_then(Value::as_i64).unwrap_or(i64::MAX);
                Some(number.min(most).max(least).into())
            }
            "number" => {
                let number = words::number(name, seed);
                let least = word("minimum").and_then(Value::as_f64).unwrap_or(f64::MIN);
                let most = word("maximum").and_then(Value::as_f64).unwrap_or(f64::MAX);
                Some(number.min(most).max(least).into())
            }
            "boolean" => Some(words::boolean(name, seed).into()),
            "null" => Some(Value::Null),
            // Every value is valid.
            _ if name.is_empty() => Some(json!({})),
            _ => Some(words::text(name, format, seed).into()),
        }
    }

    /// Returns whether optional fields are generated too.
    fn is_full(&self) -> bool {
        self.mode == Mode::Full && self.depth <= DEPTH && self.left > 0
    }

    /// Returns a variant of a union that contains its tag.
    fn tagged(
        &mut self,
        tag: &str,
        mapping: &'s Map<String, Value>,
        name: &str,
        seed: u64,
    ) -> Option<Value> {
        let cases: Vec<_> = mapping.iter().collect();
        turned(&cases, seed).find_map(|(value, variant)| {
            let mut made = self.named(variant, name, mix(seed, value))?;
            made.as_object_mut()?
                .insert(tag.to_owned(), value.as_str().into());
            Some(made)
        })
    }

    fn named(&mut self, schema: &'s Value, name: &str, seed: u64) -> Option<Value> {
        let schema = self.schemas?.get_key_value(schema.as_str()?)?;
        if self.open.contains(&schema.0.as_str()) {
            return None;
        }
        self.open.push(schema.0);
        let made = self.value(schema.1, name, seed);
        self.open.pop();
        made
    }

    fn variant(&mut self, variants: &'s [Value], name: &str, seed: u64) -> Option<Value> {
        let variants: Vec<_> = variants
            .iter()
            .filter(|variant| variant.get("type") != Some(&json!("null")))
            .collect();
        turned(&variants, seed).find_map(|variant| self.value(variant, name, seed))
    }

    fn object(&mut self, flat: &Flat<'s>, seed: u64) -> Option<Map<String, Value>> {
        let mut made = self.members(flat, seed)?;
        if let Some(rest @ Value::Object(_)) = flat.rest
            && self.is_full()
            && flat.members.is_empty()
            && let Some(value) = self.value(rest, "entry", mix(seed, "key"))
        {
            made.insert("key".to_owned(), value);
        }
        Some(made)
    }

    fn members(&mut self, flat: &Flat<'s>, seed: u64) -> Option<Map<String, Value>> {
        let mut made = Map::new();
        for (name, member) in &flat.members {
            let is_required = flat.required.contains(name);
            if made.contains_key(*name) || !(is_required || self.is_full()) {
                continue;
            }
            if flat.outer.iter().any(|(outer, _, _)| outer == name) {
                continue;
            }
            // An item of a stream contains either a result or an error.
            if *name == "error" && flat.members.iter().any(|(other, _)| *other == "result") {
                continue;
            }
            match self.value(member, name, mix(seed, name)) {
                Some(value) => {
                    made.insert((*name).to_owned(), value);
                }
                None if is_required => return None,
                None => {}
            }
        }
        for (name, tag, mapping) in &flat.outer {
            let is_required = flat.required.contains(name);
            if !(is_required || self.is_full()) {
                continue;
            }
            let Some(value) = self.beside(flat, &mut made, tag, mapping, (name, seed)) else {
                if is_required {
                    return None;
                }
                continue;
            };
            made.insert((*name).to_owned(), value);
        }
        Some(made)
    }

    /// Returns a field whose tag is beside it, and sets the tag.
    fn beside(
        &mut self,
        flat: &Flat<'s>,
        made: &mut Map<String, Value>,
        tag: &str,
        mapping: &'s Map<String, Value>,
        (name, seed): (&str, u64),
    ) -> Option<Value> {
        let of_tag = flat.members.iter().find(|(other, _)| *other == tag);
        let mut allowed = Flat::default();
        if let Some((_, schema)) = of_tag {
            self.flatten(schema, &mut allowed);
        }
        let values = allowed.words.get("enum").and_then(Value::as_array);
        let fixed = flat
            .outer
            .iter()
            .take_while(|(other, _, _)| *other != name)
            .any(|(other, before, _)| *before == tag && made.contains_key(*other));
        let cases: Vec<_> = mapping
            .iter()
            .filter(|(value, _)| {
                let value = json!(value);
                let fits = values.is_none_or(|values| values.contains(&value));
                fits && (!fixed || made.get(tag) == Some(&value))
            })
            .collect();
        let (value, variant) = turned(&cases, mix(seed, tag)).find_map(|(value, variant)| {
            Some((
                value,
                self.named(variant, name, mix(mix(seed, name), value))?,
            ))
        })?;
        made.insert(tag.to_owned(), value.as_str().into());
        Some(variant)
    }

    fn array(&mut self, flat: &Flat<'s>, name: &str, seed: u64) -> Option<Vec<Value>> {
        let count = |word: &str| flat.words.get(word).and_then(Value::as_u64);
        let least = count("minItems").unwrap_or(0);
        let wanted = match flat.items {
            Some(_) if self.is_full() && !words::is_failure(name) => {
                let is_set = flat.words.contains_key("uniqueItems");
                if is_set { 1 } else { seed % 2 + 1 }
            }
            _ => 0,
        };
        let wanted = wanted.min(count("maxItems").unwrap_or(u64::MAX)).max(least);
        let Some(items) = flat.items else {
            return Some(Vec::new());
        };
        let mut made = Vec::new();
        for index in 0..wanted {
            match self.value(items, name, mix(seed, &index.to_string())) {
                Some(value) => made.push(value),
                None if index < least => return None,
                None => break,
            }
        }
        Some(made)
    }
}

/// Returns one of the values of an enum, preferably one that means success.
fn choose(values: &[Value], name: &str, seed: u64) -> Option<Value> {
    let success = json!("SUCCESS");
    if name == "status" && values.contains(&success) {
        return Some(success);
    }
    let values: Vec<&Value> = values.iter().filter(|value| !value.is_null()).collect();
    pick(&values, seed).map(|value| (*value).clone())
}

/// Returns all values, starting with the one that the seed selects.
fn turned<T: Copy>(from: &[T], seed: u64) -> impl Iterator<Item = T> {
    let length = u64::try_from(from.len()).unwrap_or(1).max(1);
    let first = usize::try_from(seed % length).unwrap_or_default();
    let turned: Vec<T> = from
        .iter()
        .cycle()
        .skip(first)
        .take(from.len())
        .copied()
        .collect();
    turned.into_iter()
}

fn sized(text: String, least: Option<&Value>, most: Option<&Value>) -> String {
    let count = |limit: Option<&Value>| {
        limit
            .and_then(Value::as_u64)
            .and_then(|limit| usize::try_from(limit).ok())
    };
    let mut letters: Vec<char> = text.chars().collect();
    if let Some(least) = count(least).filter(|least| *least > letters.len()) {
        letters.resize(least, 'x');
    }
    letters.truncate(count(most).unwrap_or(usize::MAX));
    letters.into_iter().collect()
}
