//! `openapi/behaviour.toml`: what no rule can tell. Every entry has to change something.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::paging::Draft;
use crate::generate::api::{
    Found, More, Operation, ResponseBody, ResponseSchema, RetryClass, Step, Ty, ValueSchema,
};

/// What the rules cannot tell, in the order in which it applies.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    #[serde(default)]
    paging: Vec<PagingEntry>,
    #[serde(default)]
    repeat: Vec<RepeatEntry>,
    #[serde(default)]
    response: Vec<ResponseEntry>,
}

/// Corrects the paging of operations: of those listed, or of all lists below a path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PagingEntry {
    #[serde(default)]
    operations: BTreeSet<String>,
    #[serde(default)]
    prefixes: Vec<String>,
    /// Only lists whose response is not described.
    #[serde(default)]
    untyped: bool,
    reason: String,
    #[serde(rename = "source")]
    _source: Option<String>,
    /// No list, or none that can be followed.
    #[serde(default)]
    none: bool,
    step: Option<Step>,
    first: Option<u64>,
    default_size: Option<u32>,
    max_size: Option<u32>,
    items: Option<String>,
    total: Option<String>,
    total_header: Option<String>,
    used_size: Option<String>,
    used_size_header: Option<String>,
    has_next: Option<String>,
    last: Option<String>,
    tokens: Option<BTreeMap<String, String>>,
    /// The member that holds the items is left out when there are none.
    #[serde(default)]
    omits_empty: bool,
}

/// Corrects the class of repetition of operations.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RepeatEntry {
    operations: BTreeSet<String>,
    class: RetryClass,
    reason: String,
    #[serde(rename = "source")]
    _source: Option<String>,
}

/// Corrects what a successful response looks like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ResponseEntry {
    operations: BTreeSet<String>,
    reason: String,
    #[serde(rename = "source")]
    _source: Option<String>,
    /// Paths of the booleans that are `false` when nothing was done.
    confirmations: Option<Vec<String>>,
    /// The result is an object that may have no members.
    #[serde(default)]
    may_be_empty: bool,
}

impl Table {
    /// Reads the table from a TOML file.
    pub fn load(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Reads the table from TOML text and checks that it is well formed.
    pub fn parse(text: &str) -> Result<Self> {
        let table: Self = toml::from_str(text)?;
        for entry in &table.paging {
            ensure!(
                entry.operations.is_empty() != entry.prefixes.is_empty(),
                "{}: name either operations or prefixes",
                entry.name()
            );
        }
        for entry in &table.response {
            ensure!(
                entry.confirmations.is_some() || entry.may_be_empty,
                "a [[response]] says nothing"
            );
        }
        let reasons = table.paging.iter().map(|entry| &entry.reason);
        let reasons = reasons.chain(table.repeat.iter().map(|entry| &entry.reason));
        for reason in reasons.chain(table.response.iter().map(|entry| &entry.reason)) {
            ensure!(!reason.trim().is_empty(), "an entry has no reason");
        }
        Ok(table)
    }

    /// Returns the ids of the operations that the table declares to be no list, although they are asked for in pages.
    pub fn not_paged(&self) -> BTreeSet<&str> {
        self.paging
            .iter()
            .filter(|entry| entry.none)
            .flat_map(|entry| entry.operations.iter().map(String::as_str))
            .collect()
    }

    /// Returns a value that applies the table and records which entries applied.
    pub(super) fn uses(&self) -> Uses<'_> {
        Uses {
            table: self,
            paging: vec![Changed::default(); self.paging.len()],
            repeat: vec![BTreeSet::new(); self.repeat.len()],
            response: vec![Changed::default(); self.response.len()],
        }
    }
}

/// What of the table applied so far.
pub(super) struct Uses<'t> {
    table: &'t Table,
    paging: Vec<Changed<'t>>,
    repeat: Vec<BTreeSet<&'t str>>,
    response: Vec<Changed<'t>>,
}

/// What one entry changed.
#[derive(Clone, Debug, Default)]
struct Changed<'t> {
    /// The operations and prefixes by which it applied.
    names: BTreeSet<&'t str>,
    keys: BTreeSet<&'static str>,
}

impl<'t> Uses<'t> {
    /// Applies the classes of repetition to an operation.
    pub(super) fn reclassify(&mut self, operation: &mut Operation) {
        for (entry, changed) in self.table.repeat.iter().zip(&mut self.repeat) {
            if let Some(id) = entry.operations.get(&operation.id)
                && set(&mut operation.retry, Some(entry.class))
            {
                changed.insert(id);
            }
        }
    }

    /// Applies all other entries to an operation.
    pub(super) fn apply(&mut self, operation: &mut Operation, draft: Option<&mut Draft>) {
        for (entry, changed) in self.table.response.iter().zip(&mut self.response) {
            if let Some(id) = entry.operations.get(&operation.id) {
                let keys = entry.change(&mut operation.response_schema);
                if !keys.is_empty() {
                    changed.names.insert(id);
                }
                changed.keys.extend(keys);
            }
        }
        let Some(draft) = draft else { return };
        for (entry, changed) in self.table.paging.iter().zip(&mut self.paging) {
            if entry.untyped && operation.response != ResponseBody::Json(Ty::Json) {
                continue;
            }
            let listed = entry.operations.get(&operation.id);
            if let Some(name) = listed.or_else(|| entry.covers(operation, draft)) {
                let keys = entry.change(draft);
                if !keys.is_empty() {
                    changed.names.insert(name);
                }
                changed.keys.extend(keys);
            }
        }
    }

    /// Fails for entries, or parts of them, that changed nothing.
    pub(super) fn check(self) -> Result<()> {
        let mut idle = Vec::new();
        for (entry, changed) in self.table.paging.iter().zip(self.paging) {
            let name = entry.name();
            let names = entry.operations.iter().chain(&entry.prefixes);
            for name in names.filter(|name| !changed.names.contains(name.as_str())) {
                idle.push(format!("[[paging]] {name}"));
            }
            for key in entry.keys().filter(|key| !changed.keys.contains(key)) {
                idle.push(format!("[[paging]] {name}: {key}"));
            }
        }
        for (entry, changed) in self.table.repeat.iter().zip(self.repeat) {
            let operations = entry.operations.iter().map(String::as_str);
            for id in operations.filter(|id| !changed.contains(id)) {
                idle.push(format!("[[repeat]] {id}"));
            }
        }
        for (entry, changed) in self.table.response.iter().zip(self.response) {
            let operations = entry.operations.iter().map(String::as_str);
            for id in operations.filter(|id| !changed.names.contains(id)) {
                idle.push(format!("[[response]] {id}"));
            }
            for key in entry.keys().filter(|key| !changed.keys.contains(key)) {
                idle.push(format!("[[response]] {:?}: {key}", entry.operations));
            }
        }
        ensure!(
            idle.is_empty(),
            "entries of openapi/behaviour.toml no longer apply, remove them:\n  {}",
            idle.join("\n  ")
        );
        Ok(())
    }
}

impl ResponseEntry {
    fn keys(&self) -> impl Iterator<Item = &'static str> {
        let keys = [
            ("confirmations", self.confirmations.is_some()),
            ("may-be-empty", self.may_be_empty),
        ];
        keys.into_iter()
            .filter(|(_, said)| *said)
            .map(|(key, _)| key)
    }

    /// Applies what the entry says; gives the keys that changed something.
    fn change(&self, schema: &mut ResponseSchema) -> Vec<&'static str> {
        let mut keys = Vec::new();
        if set(&mut schema.confirmations, self.confirmations.clone()) {
            keys.push("confirmations");
        }
        let result = match &mut schema.data {
            Some((_, data)) => data,
            None => &mut schema.body,
        };
        if let ValueSchema::Object { may_be_empty, .. } = result
            && self.may_be_empty
            && set(may_be_empty, Some(true))
        {
            keys.push("may-be-empty");
        }
        keys
    }
}

impl PagingEntry {
    fn name(&self) -> &str {
        let named = self.prefixes.first().or(self.operations.first());
        named.map_or("an entry", String::as_str)
    }

    /// Returns the prefix that covers the list.
    fn covers(&self, operation: &Operation, draft: &Draft) -> Option<&String> {
        let prefixes = self.prefixes.iter();
        prefixes
            .filter(|_| draft.paging.step != Step::Whole)
            .find(|prefix| operation.path.starts_with(prefix.as_str()))
    }

    fn keys(&self) -> impl Iterator<Item = &'static str> {
        let keys = [
            ("none", self.none),
            ("step", self.step.is_some()),
            ("first", self.first.is_some()),
            ("default-size", self.default_size.is_some()),
            ("max-size", self.max_size.is_some()),
            ("items", self.items.is_some()),
            ("total", self.total.is_some()),
            ("total-header", self.total_header.is_some()),
            ("used-size", self.used_size.is_some()),
            ("used-size-header", self.used_size_header.is_some()),
            ("has-next", self.has_next.is_some()),
            ("last", self.last.is_some()),
            ("tokens", self.tokens.is_some()),
            ("omits-empty", self.omits_empty),
        ];
        keys.into_iter()
            .filter(|(_, said)| *said)
            .map(|(key, _)| key)
    }

    /// Applies what the entry says; gives the keys that changed something.
    fn change(&self, draft: &mut Draft) -> Vec<&'static str> {
        let mut keys = Vec::new();
        let paging = &mut draft.paging;
        let mut note = |key, changed: bool| {
            if changed {
                keys.push(key);
            }
        };
        note("none", self.none && !draft.none);
        draft.none |= self.none;
        note("step", set(&mut paging.step, self.step));
        note("first", set(&mut paging.first, self.first));
        let some = self.default_size.map(Some);
        note("default-size", set(&mut paging.default_size, some));
        // A service that gives more than this when nothing is said gives as much when it is asked for.
        let max = self
            .max_size
            .max(paging.default_size.filter(|_| self.max_size.is_some()));
        note("max-size", set(&mut paging.max_size, max.map(Some)));
        if let Some(items) = &self.items {
            note("items", draft.unknown.is_some() || paging.items != *items);
            paging.items.clone_from(items);
            draft.unknown = None;
        }
        let member = |path: &Option<String>| path.clone().map(|path| Some(Found::Member(path)));
        // What stands in the body is surer than a header that a whole service is said to have.
        let header = |name: &Option<String>, known: &Option<Found>| {
            let name = name
                .clone()
                .filter(|_| !matches!(known, Some(Found::Member(_))));
            name.map(|name| Some(Found::Header(name)))
        };
        note("total", set(&mut paging.total, member(&self.total)));
        let total = header(&self.total_header, &paging.total);
        note("total-header", set(&mut paging.total, total));
        note(
            "used-size",
            set(&mut paging.used_size, member(&self.used_size)),
        );
        let size = header(&self.used_size_header, &paging.used_size);
        note("used-size-header", set(&mut paging.used_size, size));
        let more = self.has_next.clone().map(|path| Some(More::HasNext(path)));
        note("has-next", set(&mut paging.more, more));
        let more = self.last.clone().map(|path| Some(More::Last(path)));
        note("last", set(&mut paging.more, more));
        let tokens = self
            .tokens
            .as_ref()
            .map(|tokens| tokens.clone().into_iter().collect());
        note("tokens", set(&mut paging.tokens, tokens));
        note("omits-empty", self.omits_empty && !paging.omits_empty);
        paging.omits_empty |= self.omits_empty;
        keys
    }
}

/// Sets what is said, and tells whether that changes anything.
fn set<T: PartialEq>(to: &mut T, value: Option<T>) -> bool {
    match value {
        Some(value) if value != *to => {
            *to = value;
            true
        }
        _ => false,
    }
}
