//! Where an operation follows a fix, and not what is written.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::generate::{
    fix::{Applied, FixSet},
    openapi::{Operation, Response, SCHEMAS, Schema, references},
};

/// A place of an operation that is not as it is written, because a fix says so. For requests, only fixes that deviate
/// count; an response may be read in another way by any fix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Deviation {
    /// The id of the operation.
    pub operation: String,
    /// `path`, `content`, a parameter such as `query`, `sortOrders`, or a place in the `body` or the `response`, with `*`
    /// for an index or any name.
    pub place: Vec<String>,
    /// The name of the fix.
    pub fix: String,
}

/// The fixes, and the schemas that are concerned.
pub(super) struct Deviating<'a> {
    was: &'a Value,
    now: &'a Value,
    fixes: Vec<Fix<'a>>,
    /// The schemas that fixes touch, and those that refer to one of these.
    schemas: BTreeSet<&'a str>,
}

struct Fix<'a> {
    name: &'a str,
    deviates: bool,
    applied: &'a Applied,
}

impl<'a> Deviating<'a> {
    /// Returns the deviations of the fixes that made the description `now` of `was`.
    pub(super) fn new(
        was: &'a Value,
        now: &'a Value,
        fixes: &'a FixSet,
        applied: &'a [Applied],
    ) -> Self {
        let mut users: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let written = was["components"]["schemas"].as_object();
        for (name, schema) in written.into_iter().flatten() {
            let mut used = BTreeSet::new();
            references(SCHEMAS, schema, &mut used);
            for used in used {
                users.entry(used).or_default().push(name);
            }
        }
        let mut schemas = BTreeSet::new();
        let touched = applied.iter().flat_map(|fix| &fix.schemas);
        let mut open: Vec<&str> = touched.map(String::as_str).collect();
        while let Some(name) = open.pop() {
            if schemas.insert(name) {
                open.extend(users.get(name).into_iter().flatten());
            }
        }
        let fixes = fixes.files().zip(applied).map(|(file, applied)| Fix {
            name: file.name,
            deviates: file.deviates.is_some(),
            applied,
        });
        Self {
            was,
            now,
            fixes: fixes.collect(),
            schemas,
        }
    }

    /// Returns the places of an operation that stands in both descriptions.
    pub(super) fn places(&self, was: &Operation<'_>, now: &Operation<'_>) -> BTreeSet<Deviation> {
        let mut places = Places {
            deviating: self,
            id: &now.id,
            place: Vec::new(),
            inside: Vec::new(),
            found: BTreeSet::new(),
        };
        places.request(was, now);
        places.responses(was, now);
        places.found
    }
}

/// Finds the places of one operation.
struct Places<'a> {
    deviating: &'a Deviating<'a>,
    id: &'a str,
    /// Where it is.
    place: Vec<String>,
    /// The component schemas around it.
    inside: Vec<String>,
    found: BTreeSet<Deviation>,
}

impl Places<'_> {
    fn request(&mut self, was: &Operation<'_>, now: &Operation<'_>) {
        if (was.path, was.method) != (now.path, now.method) {
            self.at("path", Self::note);
        }
        let [params, fixed] = [was, now].map(|operation| {
            let params = operation.parameters().into_iter();
            let named = params.map(|param| ((param.location(), param.name()), param.json()));
            named.collect::<BTreeMap<_, _>>()
        });
        let names: BTreeSet<_> = params.keys().chain(fixed.keys()).collect();
        for key in names {
            // Marks count here: two of them say that slashes of a value stay.
            if params.get(key) != fixed.get(key) {
                let (place, name) = key;
                self.at(place, |it| it.at(name, Self::note));
            }
        }
        let [was, now] = [was, now].map(|it| &it.json["requestBody"]);
        if was["required"] != now["required"] {
            self.at("body", Self::note);
        }
        if !members(&was["content"]).eq(members(&now["content"])) {
            self.at("content", Self::note);
        }
        self.at("body", |it| it.content(was, now));
    }

    fn responses(&mut self, was: &Operation<'_>, now: &Operation<'_>) {
        let [before, after] = [was, now].map(Operation::successes);
        let statuses = |responses: &[Response<'_>]| -> Vec<String> {
            let statuses = responses.iter().map(|it| it.status.to_owned());
            statuses.collect()
        };
        self.at("answer", |it| {
            if statuses(&before) != statuses(&after) {
                it.note();
            }
            for Response { status, json: was } in before {
                let now = after.iter().find(|other| other.status == status);
                let now = now.map_or(&Value::Null, |response| response.json);
                if !members(&was["content"]).eq(members(&now["content"])) {
                    it.note();
                }
                it.content(was, now);
            }
        });
    }

    fn content(&mut self, was: &Value, now: &Value) {
        let [was, now] = [was, now].map(|it| &it["content"]);
        for media in members(was).filter(|media| now.get(media).is_some()) {
            let [was, now] = [was, now].map(|it| &it[media]["schema"]);
            self.compare(was, now);
        }
    }

    /// Does something one step further in.
    fn at(&mut self, name: &str, then: impl FnOnce(&mut Self)) {
        self.place.push(name.to_owned());
        then(self);
        self.place.pop();
    }

    fn of_response(&self) -> bool {
        self.place.first().is_some_and(|first| first == "answer")
    }

    /// Notes the place for the fixes that touch the component schema around it, or the operation where there is none.
    fn note(&mut self) {
        let response = self.of_response();
        for fix in &self.deviating.fixes {
            let touched = match self.inside.last() {
                Some(schema) => fix.applied.schemas.contains(schema),
                None => fix.applied.operations.contains(self.id),
            };
            if touched && (response || fix.deviates) {
                self.found.insert(Deviation {
                    operation: self.id.to_owned(),
                    place: self.place.clone(),
                    fix: fix.name.to_owned(),
                });
            }
        }
    }

    /// Notes where two schemas differ, or the schemas that both refer to.
    fn compare(&mut self, was: &Value, now: &Value) {
        match [was, now].map(|it| Schema(it).target()) {
            [Some(name), Some(same)] if name == same => return self.component(name),
            _ => {}
        }
        match (was, now) {
            (Value::Object(old), Value::Object(new)) => {
                let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
                // By marks responses are read; a reader of descriptions does not know them.
                let plain = |key: &&String| self.of_response() || !key.starts_with("x-");
                let keys: Vec<&String> = keys.into_iter().filter(plain).collect();
                for key in keys {
                    let [was, now] = [was, now].map(|it| &it[key]);
                    match key.as_str() {
                        "properties" => self.properties(was, now),
                        "items" | "additionalProperties" => {
                            self.at("*", |it| it.compare(was, now));
                        }
                        "allOf" | "anyOf" | "oneOf" => self.compare(was, now),
                        _ if was != now => self.note(),
                        _ => {}
                    }
                }
            }
            (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
                for (was, now) in old.iter().zip(new) {
                    self.compare(was, now);
                }
            }
            _ if was != now => self.note(),
            _ => {}
        }
    }

    fn properties(&mut self, was: &Value, now: &Value) {
        let names: BTreeSet<&String> = members(was).chain(members(now)).collect();
        for name in names {
            self.at(name, |it| match (was.get(name), now.get(name)) {
                (Some(was), Some(now)) => it.compare(was, now),
                _ => it.note(),
            });
        }
    }

    fn component(&mut self, name: &str) {
        let deviating = self.deviating;
        // Once inside itself is enough: no made value goes deeper.
        let met = self.inside.iter().filter(|it| *it == name).count();
        if !deviating.schemas.contains(name) || met > 1 {
            return;
        }
        self.inside.push(name.to_owned());
        let [was, now] =
            [deviating.was, deviating.now].map(|it| &it["components"]["schemas"][name]);
        self.compare(was, now);
        self.inside.pop();
    }
}

/// Returns the names of an object's members.
fn members(value: &Value) -> impl Iterator<Item = &String> {
    value.as_object().into_iter().flat_map(|it| it.keys())
}
