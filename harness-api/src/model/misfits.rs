//! Members whose value was of another kind than described.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use super::{
    Cell, Model, Part,
    encode::is_set,
    visit::{Visit, visit},
};

/// The members of one object whose values did not fit the described type, as they came.
///
/// They are written back when the object is encoded, unless the member has been set meanwhile. `Debug`
/// shows their names only, since any of them may be a secret.
#[derive(Clone, Default, PartialEq)]
pub struct Misfits(
    // Every generated type has one of these and nearly all are empty: a pointer's size, not a map's.
    #[allow(clippy::box_collection, reason = "for its size")] Option<Box<BTreeMap<String, Value>>>,
);

impl Misfits {
    /// None.
    pub const NONE: Self = Self(None);

    /// Whether every member fitted.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value that came for the member with this wire name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// All of them, by wire name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0
            .iter()
            .flat_map(|members| members.iter())
            .map(|(name, value)| (name.as_str(), value))
    }

    pub(super) fn put(&mut self, name: &str, value: Value) {
        self.0
            .get_or_insert_default()
            .insert(name.to_owned(), value);
    }
}

impl fmt::Debug for Misfits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

/// A member that did not fit, found by [`misfits`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misfit {
    /// Where in the value: member names and list indexes joined by dots.
    pub path: String,
    /// What kind of JSON value came, in words: `a list`, `text`.
    pub found: &'static str,
}

/// Lists every member in `model`, at any depth, whose value did not fit its described type and that has no other.
pub fn misfits(model: &dyn Model) -> Vec<Misfit> {
    let mut found = Vec::new();
    walk(Part::Model(model), "", &mut found);
    found
}

/// As [`misfits`], for anything that can be decoded: a list or a map of objects too.
pub fn misfits_of<T: Cell>(value: &T) -> Vec<Misfit> {
    let mut found = Vec::new();
    walk(value.part(), "", &mut found);
    found
}

fn walk(part: Part<'_>, path: &str, found: &mut Vec<Misfit>) {
    match part {
        Part::Union(value) => {
            if let Some((_, model)) = value.model() {
                walk(Part::Model(model), path, found);
            }
        }
        Part::List(list) => list.each(&mut Walk {
            path,
            model: None,
            found,
        }),
        Part::Map(map) => map.each(&mut |key, value| {
            walk(value, &join(path, key), found);
            true
        }),
        Part::Model(model) => visit(
            model,
            &mut Walk {
                path,
                model: Some(model),
                found,
            },
        ),
        _ => {}
    }
}

/// Looks for misfits in the members of a model or the items of a list.
struct Walk<'w> {
    path: &'w str,
    model: Option<&'w dyn Model>,
    found: &'w mut Vec<Misfit>,
}

impl<'a> Visit<'a> for Walk<'_> {
    fn part(&mut self, index: usize, part: Part<'a>) {
        let path = match self.model {
            Some(model) => join(
                self.path,
                model.names().get(index).copied().unwrap_or_default(),
            ),
            None => join(self.path, &index.to_string()),
        };
        walk(part, &path, self.found);
    }

    fn misfits(&mut self, misfits: &'a Misfits) {
        let is_set = |name: &str| self.model.is_some_and(|model| is_set(model, name));
        let left = misfits.iter().filter(|(name, _)| !is_set(name));
        self.found.extend(left.map(|(name, value)| Misfit {
            path: join(self.path, name),
            found: kind(value),
        }));
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// The kind of a JSON value, in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
