//! Lowers schemas: names and hoists what needs a type, writes out what does not.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use anyhow::Result;
use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use super::{
    MemberFacts, TypeFacts,
    names::Names,
    secrets,
    unique::{Kind as Naming, unique},
    variants,
};
use crate::generate::{
    Tables,
    api::short,
    before::Before,
    diagnostics::{Diagnostics, Proposal},
    openapi::{SCHEMAS, Schema},
};

/// Deeper nesting of aliases and merges than any honest description has.
const DEPTH: usize = 32;

/// References followed, one within the other, before a schema says nothing.
const REFERENCES: usize = 200;

/// The path of an inline schema, from which it gets its name.
#[derive(Clone, Debug)]
pub(super) struct SchemaPath {
    /// Module that the type belongs to, for one that belongs to an operation.
    pub(super) module: Option<String>,
    /// Rust name of the type around it.
    pub(super) parent: String,
    /// Member it is the value of.
    pub(super) member: String,
    /// The same, in the description's words.
    pub(super) origin: String,
}

impl SchemaPath {
    fn inside(&self, parent: &str, origin: &str, member: &str) -> Self {
        Self {
            module: self.module.clone(),
            parent: parent.to_owned(),
            member: member.to_owned(),
            origin: format!("{origin}.{member}"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Struct,
    Enum,
    Union,
    Other,
}

/// The schemas of a description while they are lowered.
pub(super) struct Schemas<'d> {
    raw: &'d Map<String, Value>,
    names: &'d Names,
    strict: bool,
    /// Rust name of each component of the description.
    rust: BTreeMap<String, String>,
    /// All of these names.
    taken: BTreeSet<String>,
    components: BTreeMap<String, Value>,
    types: BTreeMap<String, TypeFacts>,
    /// Inline schemas that were named, as `Parent.member`.
    asked: BTreeSet<String>,
    /// Inline schemas whose name is taken.
    clashes: Vec<(String, Proposal)>,
    /// Inline schemas that are being lowered, with their keys: a list or map may contain itself through one.
    open: Vec<(Option<String>, Value, String)>,
    /// What `allOf` is being written out.
    merging: Vec<Value>,
    /// What is known of components. They may refer to each other in so many ways that nothing may be asked twice.
    known: RefCell<Known>,
}

/// What is known of components by name; `None` while it is found out, which takes an response for a component that contains
/// itself.
#[derive(Default)]
struct Known {
    kinds: BTreeMap<String, Option<Kind>>,
    merged: BTreeMap<String, Option<Value>>,
    /// How many of these are being found out.
    open: usize,
}

impl<'d> Schemas<'d> {
    pub(super) fn new(
        document: &'d Value,
        tables: &'d Tables,
        before: &dyn Before,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let Tables { names, strict, .. } = tables;
        static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        let raw = document
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .unwrap_or(&EMPTY);
        let chosen: Vec<(String, String)> = raw
            .keys()
            .map(|key| (names.type_name(key), key.clone()))
            .collect();
        let unique = unique(Naming::Types, &chosen);
        if *strict && !unique.clashes.is_empty() {
            let mut taken: BTreeSet<String> = chosen.iter().map(|(name, _)| name.clone()).collect();
            let mut apart = Vec::new();
            for clash in &unique.clashes {
                // A type that programs name keeps its name, and else one without a package in front.
                let known = clash.iter().find(|&&at| before.has_type(&chosen[at].1));
                let plain = || clash.iter().find(|&&at| !chosen[at].1.contains('.'));
                let keeps = known.or_else(plain).or(clash.first());
                for at in clash.iter().filter(|&at| Some(at) != keeps) {
                    let (name, key) = &chosen[*at];
                    // What has no package may be called by the first that holds it.
                    let holder = || {
                        holder(raw, key)
                            .map(|(parent, member)| names.inline(&names.type_name(parent), member))
                    };
                    let named = match key.contains('.') {
                        true => None,
                        false => holder().filter(|named| !taken.contains(named)),
                    };
                    let named = named.unwrap_or_else(|| names.type_apart(name, key, &taken));
                    taken.insert(named.clone());
                    apart.push((key.clone(), named));
                }
            }
            let proposal = Proposal::names("types", &apart);
            diagnostics.propose("", unique.text, vec![proposal]);
        }
        let rust: BTreeMap<String, String> = raw.keys().cloned().zip(unique.names).collect();
        let taken = rust.values().cloned().collect();
        Self {
            raw,
            names,
            strict: *strict,
            rust,
            taken,
            components: BTreeMap::new(),
            types: BTreeMap::new(),
            asked: BTreeSet::new(),
            clashes: Vec::new(),
            open: Vec::new(),
            merging: Vec::new(),
            known: RefCell::default(),
        }
    }

    /// Returns the component schemas by their spelling in the description.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.raw.keys().map(String::as_str)
    }

    /// Returns the inline schemas that were named, as `Parent.member`.
    pub(super) fn asked(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().map(String::as_str)
    }

    /// Returns inline schemas whose name is taken, which the table of names has to tell apart, and how it could.
    pub(super) fn clashes(&self) -> &[(String, Proposal)] {
        &self.clashes
    }

    pub(super) fn finish(self) -> (BTreeMap<String, Value>, BTreeMap<String, TypeFacts>) {
        (self.components, self.types)
    }

    /// Returns the component that a schema refers to.
    pub(super) fn target(&self, schema: &Value) -> Option<(&'d str, &'d Value)> {
        let name = Schema(schema).target()?;
        let raw: &'d Map<String, Value> = self.raw;
        raw.get_key_value(name)
            .map(|(name, schema)| (name.as_str(), schema))
    }

    /// Follows references to the schema itself.
    pub(super) fn resolve<'s>(&self, schema: &'s Value) -> &'s Value
    where
        'd: 's,
    {
        let mut schema = schema;
        for _ in 0..DEPTH {
            match self.target(schema) {
                Some((_, target)) => schema = target,
                None => break,
            }
        }
        schema
    }

    /// Returns the schema behind a reference, with `allOf` written out.
    pub(super) fn written_out(&self, schema: &Value) -> Value {
        self.merge(self.resolve(schema), 0).into_owned()
    }

    /// Returns the kind of a component.
    fn kind_of(&self, name: &str, target: &Value) -> Kind {
        self.once(
            name,
            |known| &mut known.kinds,
            Kind::Other,
            || self.kind(target, 0),
        )
    }

    /// Returns a component with `allOf` written out.
    fn merged(&self, name: &str, target: &Value) -> Value {
        self.once(
            name,
            |known| &mut known.merged,
            Value::Null,
            || self.merge(self.resolve(target), 0).into_owned(),
        )
    }

    /// Returns a property of a component, computed once. A computation that asks for itself gets `otherwise`.
    fn once<T: Clone>(
        &self,
        name: &str,
        of: impl Fn(&mut Known) -> &mut BTreeMap<String, Option<T>>,
        otherwise: T,
        find: impl FnOnce() -> T,
    ) -> T {
        {
            let mut known = self.known.borrow_mut();
            if let Some(found) = of(&mut known).get(name) {
                return found.clone().unwrap_or(otherwise);
            }
            if known.open >= REFERENCES {
                return otherwise;
            }
            known.open += 1;
            of(&mut known).insert(name.to_owned(), None);
        }
        let found = find();
        let mut known = self.known.borrow_mut();
        known.open -= 1;
        of(&mut known).insert(name.to_owned(), Some(found.clone()));
        found
    }

    /// Returns whether the type with this key is an enum.
    pub(super) fn is_enum(&self, key: &str) -> bool {
        self.types
            .get(key)
            .is_some_and(|facts| facts.variants.is_some())
    }

    pub(super) fn kind(&self, schema: &Value, depth: usize) -> Kind {
        if depth > DEPTH {
            return Kind::Other;
        }
        if let Some((name, target)) = self.target(schema) {
            return self.kind_of(name, target);
        }
        if let Some(variants) = Schema(schema).alternatives() {
            let objects = variants
                .iter()
                .all(|variant| matches!(self.kind(variant, depth + 1), Kind::Struct | Kind::Union));
            let named = variants
                .iter()
                .all(|variant| self.target(variant).is_some());
            return if objects && named && !variants.is_empty() {
                Kind::Union
            } else {
                Kind::Other
            };
        }
        if let Some(only) = Schema(schema).only_part() {
            return self.kind(only, depth + 1);
        }
        if Schema(schema).parts().is_some() {
            return self.kind(&self.merge(schema, depth + 1), depth + 1);
        }
        if schema.get("enum").is_some() {
            return if enum_values(schema).is_empty() {
                Kind::Other
            } else {
                Kind::Enum
            };
        }
        match Schema(schema).properties().next() {
            Some(_) => Kind::Struct,
            None => Kind::Other,
        }
    }

    /// Writes out `allOf`: one object with the members of all parts.
    fn merge<'s>(&self, schema: &'s Value, depth: usize) -> Cow<'s, Value> {
        let Some(parts) = Schema(schema).parts() else {
            return Cow::Borrowed(schema);
        };
        let mut merged = schema.as_object().cloned().unwrap_or_default();
        merged.remove("allOf");
        if depth > DEPTH {
            return Cow::Owned(Value::Object(merged));
        }
        let mut members = Map::new();
        let mut required: Vec<Value> = Vec::new();
        for part in parts.iter().chain([&Value::Object(merged.clone())]) {
            let part = match self.target(part) {
                Some((name, target)) => self.merged(name, target),
                None => self.merge(part, depth + 1).into_owned(),
            };
            let Value::Object(part) = part else { continue };
            for (name, value) in part {
                match (name.as_str(), value) {
                    ("properties", Value::Object(more)) => members.extend(more),
                    ("required", Value::Array(more)) => {
                        let new = more.into_iter().filter(|name| !required.contains(name));
                        required.extend(new.collect::<Vec<_>>());
                    }
                    ("type" | "additionalProperties" | "enum" | "format", value) => {
                        merged.entry(name).or_insert(value);
                    }
                    _ => {}
                }
            }
        }
        if !members.is_empty() {
            merged.insert("properties".into(), Value::Object(members));
        }
        if !required.is_empty() {
            merged.insert("required".into(), Value::Array(required));
        }
        Cow::Owned(Value::Object(merged))
    }

    /// Lowers the schema at `path`.
    pub(super) fn lower(&mut self, schema: &Value, path: &SchemaPath) -> Result<Value> {
        self.lower_at(schema, path, &mut Vec::new())
    }

    fn lower_at(
        &mut self,
        schema: &Value,
        path: &SchemaPath,
        aliases: &mut Vec<String>,
    ) -> Result<Value> {
        if let Some((name, target)) = self.target(schema) {
            if self.kind_of(name, target) != Kind::Other {
                return self.component(name);
            }
            if aliases.iter().any(|seen| seen == name) || aliases.len() > DEPTH {
                return Ok(json!({}));
            }
            aliases.push(name.to_owned());
            let lowered = self.lower_at(target, path, aliases);
            aliases.pop();
            return lowered;
        }
        if let Some([only]) = Schema(schema).alternatives()
            && self.kind(schema, 0) != Kind::Union
        {
            return self.lower_at(only, path, aliases);
        }
        if let Some(only) = Schema(schema).only_part() {
            return self.lower_at(only, path, aliases);
        }
        if self.kind(schema, 0) != Kind::Other {
            if let Some((_, _, key)) = self
                .open
                .iter()
                .find(|(module, open, _)| *module == path.module && open == schema)
            {
                return Ok(reference(key));
            }
            self.asked
                .insert(format!("{}.{}", path.parent, path.member));
            let name = self.names.inline(&path.parent, &path.member);
            let key = self.free_key(&path.module, name, schema, path);
            self.open
                .push((path.module.clone(), schema.clone(), key.clone()));
            self.hoist(&key, schema, &path.origin, &path.module)?;
            self.open.pop();
            return Ok(reference(&key));
        }
        if schema.get("allOf").is_some() {
            // A list or map may contain itself as a part of its items.
            if self.merging.contains(schema) {
                return Ok(json!({}));
            }
            self.merging.push(schema.clone());
            let lowered = self.lower_at(&self.merge(schema, 0), path, aliases);
            self.merging.pop();
            return lowered;
        }
        if Schema(schema).alternatives().is_some() {
            return Ok(json!({}));
        }
        Ok(match Schema(schema).kind() {
            Some("array") => {
                let items = match schema.get("items") {
                    Some(items) => self.lower_at(items, path, aliases)?,
                    None => json!({}),
                };
                json!({"type": "array", "items": items})
            }
            Some("string") => match Schema(schema).format() {
                Some("date-time") => json!({"type": "string", "format": "date-time"}),
                _ => json!({"type": "string"}),
            },
            Some("integer") => json!({"type": "integer", "format": "int64"}),
            Some("number") => json!({"type": "number", "format": "double"}),
            Some("boolean") => json!({"type": "boolean"}),
            _ => match schema.get("additionalProperties") {
                Some(values @ Value::Object(_)) => {
                    let values = self.lower_at(values, path, aliases)?;
                    json!({"type": "object", "additionalProperties": values})
                }
                Some(Value::Bool(true)) => json!({"type": "object", "additionalProperties": {}}),
                _ => json!({}),
            },
        })
    }

    /// Returns a key for a hoisted type that no other type has.
    fn free_key(
        &mut self,
        module: &Option<String>,
        name: String,
        schema: &Value,
        path: &SchemaPath,
    ) -> String {
        let key = |name: &str| match module {
            Some(module) => format!("{module}.{name}"),
            None => name.to_owned(),
        };
        let taken = |name: &str| self.types.contains_key(&key(name)) || self.taken.contains(name);
        if !taken(&name) {
            return key(&name);
        }
        // A fuller name says what it is; a number is for foreign descriptions only.
        let fuller = match self.kind(schema, 0) {
            Kind::Enum => format!("{name}Kind"),
            Kind::Union => format!("{name}Variant"),
            _ => format!("{name}Body"),
        };
        if !taken(&fuller) {
            return key(&fuller);
        }
        let mut number = 2;
        while taken(&format!("{name}{number}")) {
            number += 1;
        }
        if self.strict {
            let text = format!(
                "the inline schema {} would be called {name}, which is taken; \
                 name it under [inline] in openapi/names.toml as \"{}.{}\"",
                path.origin, path.parent, path.member
            );
            let all = self.rust.values().chain(self.types.keys());
            let all = all.map(|key| short(key).to_owned()).collect();
            let named = self.names.type_apart(&name, &path.parent, &all);
            let entry = (format!("{}.{}", path.parent, path.member), named);
            self.clashes
                .push((text, Proposal::names("inline", &[entry])));
        }
        key(&format!("{name}{number}"))
    }

    /// Lowers the named component, if it needs a type.
    pub(super) fn named(&mut self, name: &str) -> Result<Value> {
        match self.raw.get(name) {
            Some(target) if self.kind_of(name, target) != Kind::Other => self.component(name),
            _ => Ok(json!({})),
        }
    }

    /// Lowers the named component, once, and gives a reference to it.
    pub(super) fn component(&mut self, name: &str) -> Result<Value> {
        let raw: &'d Map<String, Value> = self.raw;
        let Some(schema) = raw.get(name) else {
            return Ok(json!({}));
        };
        // A name for a named schema is that schema.
        if let Some((other, _)) = self.target(schema) {
            return self.component(other);
        }
        if let Some(only) = Schema(schema).only_part()
            && let Some((other, _)) = self.target(only)
        {
            return self.component(other);
        }
        let Some(key) = self.rust.get(name).cloned() else {
            return Ok(json!({}));
        };
        if !self.types.contains_key(&key) {
            self.hoist(&key, schema, name, &None)?;
        }
        Ok(reference(&key))
    }

    fn hoist(
        &mut self,
        key: &str,
        schema: &Value,
        origin: &str,
        module: &Option<String>,
    ) -> Result<()> {
        // Entered first: a type may contain itself.
        self.types.insert(
            key.to_owned(),
            TypeFacts {
                origin: origin.to_owned(),
                ..TypeFacts::default()
            },
        );
        let mut facts = TypeFacts {
            origin: origin.to_owned(),
            ..TypeFacts::default()
        };
        let lowered = match self.kind(schema, 0) {
            Kind::Enum => {
                let variants = variants::name_variants(&enum_values(schema));
                // What typify would make of the values does not matter, but they have to stay apart there.
                let names: Vec<String> = (0..variants.len()).map(|n| format!("V{n}")).collect();
                let lowered = json!({"type": "string", "enum": names});
                facts.variants = Some(variants);
                lowered
            }
            Kind::Union => {
                facts.union = Some(self.union(schema)?);
                // The name alone is what progenitor needs.
                json!({"type": "object", "properties": {"tag": {"type": "string"}}})
            }
            _ => self.object(key, schema, origin, module, &mut facts)?,
        };
        self.types.insert(key.to_owned(), facts);
        self.components.insert(key.to_owned(), lowered);
        Ok(())
    }

    fn object(
        &mut self,
        key: &str,
        schema: &Value,
        origin: &str,
        module: &Option<String>,
        facts: &mut TypeFacts,
    ) -> Result<Value> {
        let merged = self.merge(schema, 0);
        let parent = short(key);
        let base = SchemaPath {
            module: module.clone(),
            parent: parent.to_owned(),
            member: String::new(),
            origin: origin.to_owned(),
        };
        let required = Schema(&merged).required();
        // What has a tag and no variants is one of several things, of which only the members that all have are described.
        facts.open_tag = Schema(&merged).tag().map(str::to_owned);
        facts.extra = match merged.get("additionalProperties") {
            Some(Value::Object(_)) => true,
            Some(Value::Bool(more)) => *more,
            _ => facts.open_tag.is_some(),
        };
        let mut idents = BTreeSet::from(["misfits".to_owned(), "extra".to_owned()]);
        let mut members = Map::new();
        for (name, member) in Schema(&merged).properties() {
            let lowered = self.lower(member, &base.inside(parent, origin, name))?;
            let resolved = Schema(self.resolve(member));
            let schema = Schema(member);
            let sample = schema.text("x-harness-sample");
            let text = Schema(&lowered).kind() == Some("string") || sample == Some("a string");
            let plain = field(name);
            let mut ident = plain.clone();
            let mut number = 1;
            while !idents.insert(ident.clone()) {
                number += 1;
                ident = format!("{plain}_{number}");
            }
            let of_member = MemberFacts {
                wire: name.clone(),
                required: required.contains(name.as_str()),
                nullable: schema.is("nullable"),
                deprecated: schema.is("deprecated"),
                secret: text
                    && (secrets::is_secret(name)
                        || schema.is("x-harness-secret")
                        || resolved.format() == Some("password")),
                sample: sample.map(str::to_owned),
            };
            facts.members.insert(ident.clone(), of_member);
            members.insert(ident, lowered);
        }
        Ok(json!({"type": "object", "properties": members}))
    }
}

/// Returns the first schema with a member that is, or has items that are, of the schema `key`; and this member.
fn holder<'d>(schemas: &'d Map<String, Value>, key: &str) -> Option<(&'d str, &'d str)> {
    let is = |schema: &Value| Schema(schema).target() == Some(key);
    schemas.iter().find_map(|(parent, schema)| {
        let found = Schema(schema)
            .properties()
            .find(|(_, member)| is(member) || member.get("items").is_some_and(is));
        found.map(|(member, _)| (parent.as_str(), member.as_str()))
    })
}

/// Returns the Rust name of a member, which typify leaves as it is unless it is a keyword.
fn field(name: &str) -> String {
    let name = snake(name);
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("x{name}")
    }
}

/// Returns whether two lowered member names would be one Rust name.
pub(super) fn snake(name: &str) -> String {
    let words: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    words.to_snake_case()
}

fn reference(key: &str) -> Value {
    json!({"$ref": format!("{SCHEMAS}{key}")})
}

pub(super) fn key_of(lowered: &Value) -> Option<String> {
    Schema(lowered).target().map(str::to_owned)
}

fn enum_values(schema: &Value) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut values = Vec::new();
    for value in schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        match value {
            Value::String(text) if seen.insert(text) => values.push(text.clone()),
            Value::String(_) | Value::Null => {}
            // Numbers and booleans are no text: the plain type says enough.
            _ => return Vec::new(),
        }
    }
    values
}
