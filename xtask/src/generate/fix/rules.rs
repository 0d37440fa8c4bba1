//! Fixes that an overlay cannot express, as named functions.

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::Value;

use super::overlay::deviation;
use super::partial;
use super::protobuf;
use super::samples;
use super::streams;
use super::touched::Touched;
use super::{About, Count};
use crate::generate::openapi::Schema;

/// Changes the description and returns how many places it changed.
type Function = fn(&mut Value, &mut Touched) -> usize;

/// The functions that a `.rule.toml` file may name.
const RULES: &[(&str, Function)] = &[
    ("correct_gateway_paths", correct_gateway_paths),
    ("add_protobuf_json_names", protobuf::add_json_names),
    ("drop_protobuf_accessors", protobuf::drop_accessors),
    ("drop_protobuf_runtime", protobuf::drop_runtime),
    ("drop_outer_tags", drop_outer_tags),
    ("mark_partial_updates", partial::mark_updates),
    ("open_samples", samples::open_samples),
    ("add_streamed_bodies", streams::add_streamed_bodies),
];

/// One registered function with the number of places it must change.
#[derive(Debug)]
pub(super) struct Rule {
    name: String,
    function: Function,
    expect: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    rule: String,
    reason: String,
    source: String,
    expect: usize,
    #[serde(default)]
    deviates: bool,
    #[serde(rename = "deviates-note")]
    deviates_note: Option<String>,
}

/// Reads the registration of a function.
pub(super) fn parse(text: &str) -> anyhow::Result<(About, Rule)> {
    let file: RuleFile = toml::from_str(text).context("the rule file is not as it should be")?;
    let Some((_, function)) = RULES.iter().find(|(name, _)| *name == file.rule) else {
        let known: Vec<&str> = RULES.iter().map(|(name, _)| *name).collect();
        bail!(
            "there is no rule `{}`; known are {}",
            file.rule,
            known.join(", ")
        );
    };
    let about = About {
        reason: file.reason,
        source: file.source,
        deviates: deviation(file.deviates, file.deviates_note)?,
    };
    let rule = Rule {
        name: file.rule,
        function: *function,
        expect: file.expect,
    };
    Ok((about, rule))
}

impl Rule {
    /// Runs the function; returns how many places it changed.
    pub(super) fn apply(&self, document: &mut Value, touched: &mut Touched) -> Vec<Count> {
        let found = (self.function)(document, touched);
        touched.name_places();
        vec![Count {
            what: format!("rule {}", self.name),
            expected: self.expect,
            found,
        }]
    }
}

/// Corrects `/gatway/…`, a misspelling: the route is served under `/gateway/…`.
fn correct_gateway_paths(document: &mut Value, touched: &mut Touched) -> usize {
    let Some(paths) = document.get("paths").and_then(Value::as_object) else {
        return 0;
    };
    let wrong: Vec<String> = paths
        .keys()
        .filter(|path| path.starts_with("/gatway/"))
        .cloned()
        .collect();
    for path in &wrong {
        touched.note(document, &["paths", path]);
    }
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return 0;
    };
    let mut renamed = 0;
    for path in wrong {
        let right = path.replacen("/gatway/", "/gateway/", 1);
        if paths.contains_key(&right) {
            continue;
        }
        if let Some(item) = paths.remove(&path) {
            paths.insert(right, item);
            renamed += 1;
        }
    }
    renamed
}

/// Drops repeated tags: a union marked with `x-harness-parent-tag` has its tag beside the member that holds it. The description repeats
/// that tag inside the union and in every variant, and even requires it there; nobody sends it. Only a plain text
/// member is taken out: a variant's own enum of the same name is the tag of the next union further in.
fn drop_outer_tags(document: &mut Value, touched: &mut Touched) -> usize {
    let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    else {
        return 0;
    };
    let mut places = Vec::new();
    for (name, schema) in &mut *schemas {
        let Some(union) = schema.as_object_mut() else {
            continue;
        };
        if !union.contains_key("x-harness-parent-tag") {
            continue;
        }
        let Some(Value::String(tag)) = union.remove("x-harness-discriminator") else {
            continue;
        };
        for variant in union
            .get("anyOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            if let Some(variant) = Schema(variant).target() {
                places.push((variant.to_owned(), tag.clone()));
            }
        }
        places.push((name.clone(), tag));
    }
    let mut changed = 0;
    for (name, tag) in places {
        if schemas
            .get_mut(&name)
            .is_some_and(|schema| drop_plain_member(schema, &tag))
        {
            touched.schemas.insert(name);
            changed += 1;
        }
    }
    changed
}

/// Removes a member of type text without an enum, and its entry in `required`.
fn drop_plain_member(schema: &mut Value, member: &str) -> bool {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return false;
    };
    let plain = properties
        .get(member)
        .is_some_and(|it| it["type"] == "string" && it.get("enum").is_none());
    if !plain {
        return false;
    }
    properties.remove(member);
    if let Some(schema) = schema.as_object_mut()
        && let Some(Value::Array(required)) = schema.get_mut("required")
    {
        required.retain(|name| name != member);
        if required.is_empty() {
            schema.remove("required");
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tag_beside_a_union_is_not_repeated_inside() {
        let text = || json!({"type": "string"});
        let mut document = json!({"components": {"schemas": {
            "Spec": {
                "anyOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
                "properties": {"kind": text()},
                "required": ["kind"],
                "x-harness-discriminator": "kind",
                "x-harness-parent-tag": {"property": "type"},
            },
            "A": {"properties": {"kind": text(), "a": text()}, "required": ["kind", "a"]},
            // The tag of the next union further in.
            "B": {"properties": {"kind": {"type": "string", "enum": ["x"]}}, "required": ["kind"]},
            "Other": {"properties": {"kind": text()}, "x-harness-discriminator": "kind"},
        }}});
        let mut touched = Touched::default();
        assert_eq!(drop_outer_tags(&mut document, &mut touched), 2);
        let schemas = &document["components"]["schemas"];
        assert_eq!(
            schemas["A"],
            json!({"properties": {"a": text()}, "required": ["a"]})
        );
        assert_eq!(schemas["B"]["required"], json!(["kind"]));
        assert_eq!(schemas["Spec"]["properties"], json!({}));
        assert!(schemas["Spec"].get("x-harness-discriminator").is_none());
        assert!(schemas["Other"].get("x-harness-discriminator").is_some());
    }
}
