//! Where the request of an operation follows a deviating fix.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{Standing, reference};
use crate::generate::{
    fix::{Applied, FixSet},
    lower::references,
};

/// A place at which the request differs from what is written, because a fix says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Deviation {
    /// The id of the operation.
    pub operation: String,
    /// `path`, `content`, a parameter such as `query.sortOrders`, or a place of the body such as `body.tags.*`.
    pub place: String,
    /// The name of the fix.
    pub fix: String,
    /// What the fix does.
    pub note: String,
}

/// The fixes that deviate, and what they reach.
pub(super) struct Deviating<'a> {
    was: &'a Value,
    now: &'a Value,
    fixes: Vec<Fix<'a>>,
    /// The schemas that they touch, and those that refer to one of these.
    schemas: BTreeSet<&'a str>,
}

struct Fix<'a> {
    name: &'a str,
    note: &'a str,
    applied: &'a Applied,
}

impl<'a> Deviating<'a> {
    /// Those of `fixes` that deviate; they made the description `now` of `was`.
    pub(super) fn new(
        was: &'a Value,
        now: &'a Value,
        fixes: &'a FixSet,
        applied: &'a [Applied],
    ) -> Self {
        let fixes: Vec<Fix<'a>> = fixes
            .files()
            .zip(applied)
            .filter_map(|(file, applied)| {
                let (name, note) = (file.name, file.deviates?);
                Some(Fix {
                    name,
                    note,
                    applied,
                })
            })
            .collect();
        let mut users: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (name, schema) in was["components"]["schemas"]
            .as_object()
            .into_iter()
            .flatten()
        {
            let mut used = BTreeSet::new();
            references(schema, &mut used);
            for used in used {
                users.entry(used).or_default().push(name);
            }
        }
        let mut schemas = BTreeSet::new();
        let touched = fixes.iter().flat_map(|fix| &fix.applied.schemas);
        let mut open: Vec<&str> = touched.map(String::as_str).collect();
        while let Some(name) = open.pop() {
            if schemas.insert(name) {
                open.extend(users.get(name).into_iter().flatten());
            }
        }
        Self {
            was,
            now,
            fixes,
            schemas,
        }
    }

    /// The places of an operation that stands in both descriptions.
    pub(super) fn places(
        &self,
        id: &str,
        was: Standing<'_>,
        now: Standing<'_>,
    ) -> BTreeSet<Deviation> {
        let places = Places {
            deviating: self,
            id,
            inside: Vec::new(),
            found: BTreeSet::new(),
        };
        places.of(was, now)
    }
}

/// Finds the places of one operation.
struct Places<'a> {
    deviating: &'a Deviating<'a>,
    id: &'a str,
    /// The schemas that are being looked into.
    inside: Vec<String>,
    found: BTreeSet<Deviation>,
}

impl Places<'_> {
    /// The places, each for each fix that touches it.
    fn of(mut self, was: Standing<'_>, now: Standing<'_>) -> BTreeSet<Deviation> {
        if (was.path, was.method) != (now.path, now.method) {
            self.note("path", None);
        }
        let (params, fixed) = (params(was), params(now));
        let names: BTreeSet<&String> = params.keys().chain(fixed.keys()).collect();
        for name in names {
            match (params.get(name), fixed.get(name)) {
                // Marks count here: two of them say that slashes of a value stay.
                (Some(was), Some(now)) if was == now => {}
                _ => self.note(name, None),
            }
        }
        let (was, now) = (&was.operation["requestBody"], &now.operation["requestBody"]);
        if was["required"] != now["required"] {
            self.note("body", None);
        }
        let (was, now) = (&was["content"], &now["content"]);
        if !members(was).eq(members(now)) {
            self.note("content", None);
        }
        for media in members(was) {
            if let Some(now) = now.get(media) {
                self.compare("body", &was[media]["schema"], &now["schema"], None);
            }
        }
        self.found
    }

    /// Notes a place of the operation itself, or of the component schema that holds it.
    fn note(&mut self, place: &str, schema: Option<&str>) {
        for fix in &self.deviating.fixes {
            let touches = match schema {
                Some(schema) => fix.applied.schemas.contains(schema),
                None => fix.applied.operations.contains(self.id),
            };
            if touches {
                self.found.insert(Deviation {
                    operation: self.id.to_owned(),
                    place: place.to_owned(),
                    fix: fix.name.to_owned(),
                    note: fix.note.to_owned(),
                });
            }
        }
    }

    /// Notes what differs between two schemas at a place, or in the schemas that both refer to.
    fn compare(&mut self, place: &str, was: &Value, now: &Value, holder: Option<&str>) {
        if let (Some(name), Some(same)) = (reference(was), reference(now))
            && name == same
        {
            self.component(place, name);
            return;
        }
        match (was, now) {
            (Value::Object(old), Value::Object(new)) => {
                let plain = |key: &str| !key.starts_with("x-harness-");
                let keys: BTreeSet<&String> =
                    old.keys().chain(new.keys()).filter(|k| plain(k)).collect();
                for key in keys {
                    let (was, now) = (&was[key], &now[key]);
                    match key.as_str() {
                        "properties" => self.properties(place, was, now, holder),
                        "items" | "additionalProperties" => {
                            self.compare(&format!("{place}.*"), was, now, holder);
                        }
                        "allOf" | "anyOf" | "oneOf" => self.compare(place, was, now, holder),
                        _ if was == now => {}
                        _ => self.note(place, holder),
                    }
                }
            }
            (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
                for (was, now) in old.iter().zip(new) {
                    self.compare(place, was, now, holder);
                }
            }
            _ if was == now => {}
            _ => self.note(place, holder),
        }
    }

    fn properties(&mut self, place: &str, was: &Value, now: &Value, holder: Option<&str>) {
        let names: BTreeSet<&String> = members(was).chain(members(now)).collect();
        for name in names {
            let place = format!("{place}.{name}");
            match (was.get(name), now.get(name)) {
                (Some(was), Some(now)) => self.compare(&place, was, now, holder),
                _ => self.note(&place, holder),
            }
        }
    }

    fn component(&mut self, place: &str, name: &str) {
        let deviating = self.deviating;
        if !deviating.schemas.contains(name) || self.inside.iter().any(|it| it == name) {
            return;
        }
        self.inside.push(name.to_owned());
        let (was, now) = (deviating.was, deviating.now);
        let [was, now] = [was, now].map(|it| &it["components"]["schemas"][name]);
        self.compare(place, was, now, Some(name));
        self.inside.pop();
    }
}

/// The names of an object's members.
fn members(value: &Value) -> impl Iterator<Item = &String> {
    value.as_object().into_iter().flat_map(|it| it.keys())
}

/// The parameters of an operation, such as `query.page`.
fn params(standing: Standing<'_>) -> BTreeMap<String, &Value> {
    [standing.item, standing.operation]
        .into_iter()
        .filter_map(|holder| holder["parameters"].as_array())
        .flatten()
        .filter_map(|param| {
            let (place, name) = (param["in"].as_str()?, param["name"].as_str()?);
            Some((format!("{place}.{name}"), param))
        })
        .collect()
}
