//! The description for a server that plays it: what requests and responses look like, one compact file a module.
//!
//! A file holds JSON Schema of draft 2020-12, into which OpenAPI's own words are turned: `nullable`, tags of unions inside
//! and beside them, formats of integers. Two members of schemas are ours, for those who make values: `x-tag` names the tag
//! of a union and the schema of each of its values, `x-outer-tags` the same for members whose tag stands beside them.
//! What the client's own table says of an operation is not repeated: names, places and duties of parameters, content types.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::{
    emit::{self, Files},
    lower::{Lowered, LoweredOperation},
    openapi::{self, Operation, Schema, references},
};

/// Where a file has its schemas.
const ROOT: &str = "#/schemas/";
/// References followed before a schema is taken for one that goes in circles.
const DEPTH: usize = 20;

/// Returns one file for each module.
pub fn describe(document: &Value, lowered: &Lowered) -> Result<Files> {
    let schemas = Schemas(
        document
            .pointer("/components/schemas")
            .and_then(Value::as_object),
    );
    let described: BTreeMap<_, _> = openapi::operations(document)
        .map(|operation| {
            let key = (operation.path, operation.method.to_ascii_uppercase());
            (key, operation)
        })
        .collect();
    let mut modules: BTreeMap<&str, (BTreeMap<&str, Value>, BTreeSet<String>)> = BTreeMap::new();
    for LoweredOperation {
        operation: facts, ..
    } in &lowered.operations
    {
        let Some(operation) = described.get(&(facts.path.as_str(), facts.method.clone())) else {
            continue;
        };
        let (operations, reached) = modules.entry(&facts.module).or_default();
        let entry = schemas.operation(operation);
        schemas.reach(&entry, reached);
        operations.insert(&facts.id, entry);
    }
    let mut files = Files::new();
    for (module, (operations, reached)) in modules {
        let reached = reached
            .iter()
            .map(|name| Ok((name.as_str(), schemas.named(name))))
            .collect::<Result<BTreeMap<&str, Value>>>()?;
        let text = format!(
            "{{\n\"note\": {},\n\"operations\": {{\n{}\n}},\n\"schemas\": {{\n{}\n}}\n}}\n",
            json!(emit::NOTE),
            lines(&operations)?,
            lines(&reached)?
        );
        files.insert(format!("{module}.json").into(), text);
    }
    Ok(files)
}

/// Returns one entry a line, so that a change shows as a change of that line.
fn lines(entries: &BTreeMap<&str, Value>) -> Result<String> {
    let lines = entries
        .iter()
        .map(|(name, value)| Ok(format!("{}:{}", json!(name), serde_json::to_string(value)?)))
        .collect::<Result<Vec<_>>>()?;
    Ok(lines.join(",\n"))
}

/// The named schemas of the description.
struct Schemas<'d>(Option<&'d Map<String, Value>>);

impl<'d> Schemas<'d> {
    fn operation(&self, operation: &Operation<'_>) -> Value {
        let mut entry = Map::new();
        let mut params = Map::new();
        for parameter in operation.parameters() {
            let schema = parameter.schema().map(|schema| self.schema(schema));
            let schema = schema.unwrap_or_else(|| json!({}));
            let exploded = parameter.is_exploded() || Schema(&schema).kind() != Some("array");
            // What is not listed is any text.
            if schema != json!({"type": "string"}) || !exploded {
                let mut param = json!({ "schema": schema });
                if !exploded {
                    param["joined"] = json!(true);
                }
                let key = format!("{} {}", parameter.location(), parameter.name());
                params.insert(key, param);
            }
        }
        if !params.is_empty() {
            entry.insert("params".into(), params.into());
        }
        let content = operation.body().map(|body| body.content());
        for media in content.iter().flatten() {
            let form = match media.name {
                _ if media.may_be_json() => "body",
                "multipart/form-data" => "form",
                _ => continue,
            };
            // The first of several counts.
            let schema = || self.schema(media.schema.unwrap_or(&Value::Null));
            entry.entry(form).or_insert_with(schema);
        }
        self.response(operation, &mut entry);
        entry.into()
    }

    fn response(&self, operation: &Operation<'_>, entry: &mut Map<String, Value>) {
        let mut good = operation.successes();
        let has_json = |it: &openapi::Response<'_>| it.content().iter().any(|it| it.may_be_json());
        good.sort_by_key(|response| !has_json(response));
        let Some(response) = good.first() else {
            return;
        };
        let content = response.content();
        let otherwise = if content.is_empty() { 204 } else { 200_u16 };
        let status = response.status.parse().unwrap_or(otherwise);
        if status != 200 {
            entry.insert("status".into(), status.into());
        }
        if let Some(json) = content.iter().find(|media| media.may_be_json()) {
            let schema = self.schema(json.schema.unwrap_or(&Value::Null));
            entry.insert("answer".into(), schema);
        }
    }

    fn get(&self, name: &str) -> Option<&'d Value> {
        self.0?.get(name)
    }

    fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let mut schema = schema;
        for _ in 0..DEPTH {
            let view = Schema(schema);
            let target = view.target().and_then(|name| self.get(name));
            match (target, view.only_part()) {
                (Some(next), _) | (None, Some(next)) => schema = next,
                (None, None) => break,
            }
        }
        schema
    }

    fn named(&self, name: &str) -> Value {
        self.get(name)
            .map_or_else(|| json!({}), |schema| self.schema(schema))
    }

    /// Collects the names of schemas that converted ones refer to, directly or not.
    fn reach(&self, schema: &Value, reached: &mut BTreeSet<String>) {
        let mut open = BTreeSet::new();
        references(ROOT, schema, &mut open);
        while let Some(name) = open.pop_last() {
            if reached.insert(name.clone()) {
                references(ROOT, &self.named(&name), &mut open);
            }
        }
    }

    /// Returns a schema in the words of JSON Schema.
    fn schema(&self, schema: &Value) -> Value {
        let nullable = Schema(schema).is("nullable");
        if let Some(name) = Schema(schema).target() {
            return or_null(reference(name), nullable);
        }
        let Some(given) = schema.as_object() else {
            return json!({});
        };
        let mut made = Map::new();
        for (word, value) in given {
            match word.as_str() {
                "type" | "required" | "enum" | "format" | "default" | "pattern" | "minimum"
                | "maximum" | "multipleOf" | "minLength" | "maxLength" | "minItems"
                | "maxItems" | "uniqueItems" | "minProperties" | "maxProperties" => {
                    made.insert(word.clone(), value.clone());
                }
                "items" => {
                    made.insert(word.clone(), self.schema(value));
                }
                "additionalProperties" => {
                    let value = if value.is_object() {
                        self.schema(value)
                    } else {
                        value.clone()
                    };
                    made.insert(word.clone(), value);
                }
                "properties" => {
                    let members = value.as_object().into_iter().flatten();
                    let members: Map<String, Value> = members
                        .map(|(name, member)| (name.clone(), self.schema(member)))
                        .collect();
                    made.insert(word.clone(), members.into());
                }
                "allOf" | "anyOf" | "oneOf" => {
                    let parts: Vec<Value> = value
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(|part| self.schema(part))
                        .collect();
                    // Variants of a union are seldom told apart by their members alone.
                    let word = if word == "oneOf" { "anyOf" } else { word };
                    made.insert(word.into(), parts.into());
                }
                _ => {}
            }
        }
        limit(&mut made, given);
        require_described(&mut made);
        self.inner_tag(Schema(schema), &mut made);
        self.outer_tags(Schema(schema), &mut made);
        or_null(made.into(), nullable)
    }

    /// Adds the tag of a union whose variants hold it.
    fn inner_tag(&self, given: Schema<'_>, made: &mut Map<String, Value>) {
        let (Some(variants), Some(tag)) = (given.alternatives(), given.tag()) else {
            return;
        };
        let discriminator = given.0.get("discriminator");
        let mut mapping: BTreeMap<&str, &str> = match given.mapping("/discriminator/mapping") {
            Some(mapping) => mapping.collect(),
            None => given
                .mapping("/x-harness-mapping")
                .map(Iterator::collect)
                .unwrap_or_default(),
        };
        let names: BTreeSet<&str> = variants
            .iter()
            .filter_map(|variant| Schema(variant).target())
            .collect();
        // Some are named that are not described.
        mapping.retain(|_, name| names.contains(name) || self.get(name).is_some());
        if mapping.is_empty() && discriminator.is_some() {
            mapping = names.iter().map(|name| (*name, *name)).collect();
        }
        if mapping.is_empty() {
            return;
        }
        let mapped: BTreeSet<&str> = mapping.values().copied().collect();
        if names.is_subset(&mapped) {
            let values: Vec<&&str> = mapping.keys().collect();
            made.insert("required".into(), json!([tag]));
            made.insert("properties".into(), json!({tag: {"enum": values}}));
        }
        let cases = mapping.iter().map(|(value, name)| {
            json!({"if": {"properties": {tag: {"const": value}}, "required": [tag]}, "then": reference(name)})
        });
        append(made, cases);
        made.insert("x-tag".into(), json!([tag, mapping]));
    }

    /// Adds the tags of members whose tag stands beside them.
    fn outer_tags(&self, given: Schema<'_>, made: &mut Map<String, Value>) {
        let mut tags = Map::new();
        for (name, member) in given.properties() {
            let union = Schema(self.resolve(member));
            let mapping = union.mapping("/x-harness-parent-tag/mapping");
            let (Some(tag), Some(mapping)) = (union.parent_tag(), mapping) else {
                continue;
            };
            let mapping: BTreeMap<&str, &str> = mapping.collect();
            let nullable = Schema(member).is("nullable");
            let cases = mapping.iter().map(|(value, variant)| {
                let variant = or_null(reference(variant), nullable);
                json!({
                    "if": {"properties": {tag: {"const": value}}, "required": [tag]},
                    "then": {"properties": {name: variant}},
                })
            });
            append(made, cases);
            tags.insert(name.clone(), json!([tag, mapping]));
        }
        if !tags.is_empty() {
            made.insert("x-outer-tags".into(), tags.into());
        }
    }
}

/// Requires no member that an object lacks in its description: nobody can send it.
fn require_described(made: &mut Map<String, Value>) {
    let is_whole = ["allOf", "anyOf", "additionalProperties"]
        .iter()
        .all(|word| !made.contains_key(*word));
    let Some(members) = made.get("properties").filter(|_| is_whole) else {
        return;
    };
    let members = members.clone();
    if let Some(Value::Array(required)) = made.get_mut("required") {
        required.retain(|name| {
            name.as_str()
                .is_some_and(|name| members.get(name).is_some())
        });
        if required.is_empty() {
            made.remove("required");
        }
    }
}

/// Rewrites limits that OpenAPI writes in another way.
fn limit(made: &mut Map<String, Value>, given: &Map<String, Value>) {
    for (word, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        if given.get(exclusive) == Some(&json!(true))
            && let Some(value) = made.remove(word)
        {
            made.insert(exclusive.into(), value);
        }
    }
    if made.get("format") == Some(&json!("int32")) {
        made.entry("minimum").or_insert_with(|| i32::MIN.into());
        made.entry("maximum").or_insert_with(|| i32::MAX.into());
    }
}

fn append(made: &mut Map<String, Value>, cases: impl Iterator<Item = Value>) {
    let all = made.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(all) = all {
        all.extend(cases);
    }
}

fn or_null(mut schema: Value, nullable: bool) -> Value {
    if !nullable {
        return schema;
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    match schema.get("type").cloned() {
        Some(Value::String(kind))
            if schema.get("allOf").is_none() && schema.get("anyOf").is_none() =>
        {
            schema["type"] = json!([kind, "null"]);
            schema
        }
        _ => json!({"anyOf": [schema, {"type": "null"}]}),
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("{ROOT}{name}")})
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
