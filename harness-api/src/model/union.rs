//! Unions: an object that is one of several types.

use std::fmt;

use serde::de::Error as _;
use serde_json::Value;

use super::{Model, Names, decode};

/// JSON that belongs to no known variant of a union, kept as it came.
///
/// `Debug` shows the member names only, since any value may be a secret.
#[derive(Clone, Default, PartialEq)]
pub struct Raw(pub Value);

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        outline(&self.0, f)
    }
}

/// Shows JSON that may hold secrets: the names of its members.
pub(super) fn outline(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::Object(members) => f.debug_set().entries(members.keys()).finish(),
        Value::Null => f.write_str("null"),
        _ => f.write_str("..."),
    }
}

/// A generated union.
pub trait Union {
    /// Which tag value stands for which variant.
    fn tags(&self) -> &'static [(&'static str, usize)];
    /// The member of the object that holds the tag, when it is inside.
    fn tag_member(&self) -> Option<&'static str>;
    /// Whether the tag is a member of the object around this one.
    fn tagged_by_parent(&self) -> bool;
    /// Number of known variants.
    fn variants(&self) -> usize;
    /// Becomes the variant at `index`, empty, to decode into.
    fn open(&mut self, index: usize) -> Option<&mut dyn Model>;
    /// The known variant this is, with its index.
    fn model(&self) -> Option<(usize, &dyn Model)>;
    /// The JSON, when this is no known variant.
    fn raw(&self) -> Option<&Value>;
    /// Becomes no known variant, with this JSON.
    fn set_raw(&mut self, value: Value);
}

/// Takes `value` by its own tag; without one, by its members if exactly one variant knows them all.
pub(super) fn set(union: &mut dyn Union, value: Value) {
    let variant = match union.tag_member().and_then(|name| value.get(name)) {
        Some(tag) => tag.as_str().and_then(|tag| by_tag(union, tag)),
        None if union.tagged_by_parent() => None,
        None => by_members(union, &value),
    };
    take(union, variant, value);
}

/// Resolves a union whose tag is the member `tag` of the object around it.
pub fn settle(union: &mut dyn Union, tag: Option<&str>) {
    let Some(variant) = tag.and_then(|tag| by_tag(union, tag)) else {
        return;
    };
    if let Some(value) = union.raw() {
        let value = value.clone();
        take(union, Some(variant), value);
    }
}

fn by_tag(union: &dyn Union, tag: &str) -> Option<usize> {
    union
        .tags()
        .iter()
        .find(|(name, _)| *name == tag)
        .map(|(_, variant)| *variant)
}

/// The one variant that knows all members of `value`; `None` when none or several do.
fn by_members(union: &mut dyn Union, value: &Value) -> Option<usize> {
    let members = value.as_object()?;
    if members.is_empty() {
        return None;
    }
    let mut fitting = None;
    for index in 0..union.variants() {
        let names: Names = union.open(index)?.names();
        if members.keys().all(|key| names.contains(&key.as_str()))
            && fitting.replace(index).is_some()
        {
            return None;
        }
    }
    fitting
}

fn take(union: &mut dyn Union, variant: Option<usize>, value: Value) {
    if let (Some(index), Value::Object(_)) = (variant, &value) {
        let decoded = match union.open(index) {
            Some(model) => decode::fill_from(model, &value),
            None => Err(serde_json::Error::custom("no such variant")),
        };
        if decoded.is_ok() {
            return;
        }
    }
    union.set_raw(value);
}
