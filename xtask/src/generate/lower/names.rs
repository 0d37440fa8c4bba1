//! How operations and types of the description are called in Rust.
//!
//! A name is a pure function of the original spelling, the tag, the module and the table `openapi/names.toml`; it
//! never depends on what else the description holds. Where two originals arrive at one name, the table has to tell
//! them apart; a document without a table gets numbers instead (`unique.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use heck::{ToPascalCase, ToSnakeCase};
use serde::Deserialize;

use super::operations::Placed;
use crate::generate::reserved::is_keyword;

/// Names chosen by hand, and the rules for all others.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Spellings with capitals inside that count as one word, such as `GraphQL`.
    #[serde(default)]
    joined_words: BTreeSet<String>,
    /// Service part of an operation id to the words that stand for it, which may be none.
    #[serde(default)]
    services: BTreeMap<String, String>,
    /// `operationId` to method name.
    #[serde(default)]
    operations: BTreeMap<String, String>,
    /// Key of a component schema to type name.
    #[serde(default)]
    types: BTreeMap<String, String>,
    /// `Parent.member` to type name.
    #[serde(default)]
    inline: BTreeMap<String, String>,
}

/// An operation id taken apart.
struct Id<'a> {
    service: &'a str,
    method: &'a str,
    is_grpc: bool,
}

impl Names {
    /// Reads the table from a TOML file.
    pub fn load(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Reads the table from TOML text and checks that every name in it can be used as it stands.
    pub fn parse(text: &str) -> Result<Self> {
        let names: Self = toml::from_str(text)?;
        for (id, name) in &names.operations {
            let usable = method_name(name.clone());
            ensure!(
                *name == usable && name.to_snake_case() == *name,
                "[operations] {id:?} = {name:?}: not a usable method name"
            );
        }
        for (service, words) in &names.services {
            ensure!(
                words.is_empty() || words.to_snake_case() == *words,
                "[services] {service:?} = {words:?}: not in snake_case"
            );
        }
        let types = names.types.iter().map(|entry| ("types", entry));
        let inline = names.inline.iter().map(|entry| ("inline", entry));
        for (table, (key, name)) in types.chain(inline) {
            ensure!(
                *name == type_name(name.to_pascal_case()) && !name.is_empty(),
                "[{table}] {key:?} = {name:?}: not a type name that survives the generator"
            );
        }
        Ok(names)
    }

    /// Returns a table without entries, for a foreign document.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Returns the method name of an operation.
    ///
    /// - The part before `#` is dropped, unless it is needed because a single word is left (`System#health`).
    /// - A gRPC service (`FooService_Bar`) stays as a prefix without the word `Service`, and its noun is not
    ///   repeated: `AgentProjectService_ListProjects` is `agent_project_list`.
    /// - A version 1 in front, an `_1` at the end and the module's own name in front are left out.
    /// - A single word without a service is qualified by the tag.
    pub fn operation(&self, module: &str, tag: &str, id: &str) -> String {
        if let Some(name) = self.operations.get(id) {
            return name.clone();
        }
        let Id {
            service,
            method,
            is_grpc,
        } = Id::parse(id);
        let mut words = self.words(method);
        if words.len() > 1 && words.last().is_some_and(|w| w == "1") {
            words.pop();
        }
        if words.len() > 2
            && let Some(at) = words.iter().take(2).position(|w| w == "v1")
        {
            words.remove(at);
        }
        let mut prefix = match self.services.get(service) {
            Some(prefix) => prefix
                .split('_')
                .filter(|w| !w.is_empty())
                .map(str::to_owned)
                .collect(),
            None if is_grpc => {
                let mut prefix = self.words(service);
                let end = prefix
                    .iter()
                    .rposition(|w| w == "service")
                    .unwrap_or(prefix.len());
                prefix.truncate(end);
                prefix
            }
            None if words.len() > 1 => Vec::new(),
            None if service.is_empty() => self.words(tag),
            None => self.words(service),
        };
        if is_grpc {
            drop_noun(&mut words, &prefix);
        } else if words == prefix {
            words.clear();
        }
        prefix.append(&mut words);
        let own: Vec<_> = module.split('_').collect();
        if prefix.len() > own.len() + 1 && prefix.iter().zip(&own).all(|(a, b)| a == b) {
            prefix.drain(..own.len());
        }
        method_name(prefix.join("_"))
    }

    /// Returns a method name for an operation whose `name` another one has: with the words of its service, of its tag or of its HTTP
    /// method in front, the first that is not among `taken`.
    pub(super) fn apart(&self, placed: &Placed<'_>, taken: &BTreeSet<String>) -> String {
        let Placed {
            operation,
            tag,
            name,
            ..
        } = placed;
        let own: Vec<&str> = name.split('_').collect();
        let fronts = [Id::parse(&operation.id).service, tag, operation.method]
            .into_iter()
            .map(|text| {
                let words = self.words(text).into_iter();
                let new = words.filter(|word| !own.contains(&word.as_str()) && word != "service");
                new.collect::<Vec<_>>().join("_")
            });
        let mut candidates = fronts
            .filter(|front| !front.is_empty())
            .map(|front| method_name(format!("{front}_{name}").to_snake_case()));
        let free = candidates.find(|candidate| !taken.contains(candidate));
        free.unwrap_or_else(|| numbered(name, "_", taken))
    }

    /// Returns a type name for a schema whose `name` another one has: with the words of its package or of what it is in, the first
    /// that is not among `taken`.
    pub(super) fn type_apart(&self, name: &str, within: &str, taken: &BTreeSet<String>) -> String {
        let package = within
            .rsplit_once('.')
            .map_or(within, |(package, _)| package);
        let mut words = [self.words(package), self.words(name)].concat();
        words.dedup();
        let candidate = type_name(pascal(&words));
        if package != name && !taken.contains(&candidate) {
            return candidate;
        }
        numbered(name, "", taken)
    }

    /// Returns the type name of a component schema.
    ///
    /// A package in front (`types.Infra`) is dropped, a word that stands twice in a row stands once, and the
    /// spelling is one that changing case again leaves alone.
    pub fn type_name(&self, schema: &str) -> String {
        if let Some(name) = self.types.get(schema) {
            return name.clone();
        }
        let name = match schema.rsplit_once('.') {
            Some((_, name)) if name.starts_with(|c: char| c.is_ascii_uppercase()) => name,
            _ => schema,
        };
        let mut words = self.words(name);
        words.dedup();
        type_name(pascal(&words))
    }

    /// Returns the name of an object or enum that is written inline at a member of a named type.
    ///
    /// Words shared by the end of one and the start of the other stand once: `ConnectorInfo` and
    /// `connectorInfoType` make `ConnectorInfoType`.
    pub fn inline(&self, parent_type: &str, member: &str) -> String {
        if let Some(name) = self.inline.get(&format!("{parent_type}.{member}")) {
            return name.clone();
        }
        let mut words = self.words(parent_type);
        let member = self.words(member);
        let shared = (0..=member.len().min(words.len()))
            .rev()
            .find(|&n| words.get(words.len() - n..) == member.get(..n))
            .unwrap_or(0);
        words.extend(member.into_iter().skip(shared));
        let name = pascal(&words);
        if name == parent_type {
            type_name(format!("{name}Value"))
        } else {
            type_name(name)
        }
    }

    /// Fails if the table names anything that the description no longer holds.
    ///
    /// `inline` are the spellings `Parent.member` that were asked for.
    pub fn unused<'a>(
        &self,
        operations: impl IntoIterator<Item = &'a str>,
        schemas: impl IntoIterator<Item = &'a str>,
        inline: impl IntoIterator<Item = &'a str>,
    ) -> Result<()> {
        let operations: BTreeSet<_> = operations.into_iter().collect();
        let services = operations.iter().map(|id| Id::parse(id).service).collect();
        let stale: Vec<_> = [
            ("services", &self.services, services),
            ("operations", &self.operations, operations),
            ("types", &self.types, schemas.into_iter().collect()),
            ("inline", &self.inline, inline.into_iter().collect()),
        ]
        .into_iter()
        .flat_map(|(table, entries, known)| {
            let stale = entries
                .keys()
                .filter(move |key| !known.contains(key.as_str()));
            stale.map(move |key| format!("[{table}] {key:?} no longer applies"))
        })
        .collect();
        ensure!(
            stale.is_empty(),
            "entries of the table of names:\n  {}",
            stale.join("\n  ")
        );
        Ok(())
    }

    /// Returns the words of a spelling, in lower case.
    fn words(&self, text: &str) -> Vec<String> {
        let text = flatten(text, &self.joined_words).to_snake_case();
        text.split('_')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

/// Returns the name with the first number that makes it a new one.
fn numbered(name: &str, separator: &str, taken: &BTreeSet<String>) -> String {
    let mut number = 2;
    loop {
        let candidate = format!("{name}{separator}{number}");
        if !taken.contains(&candidate) {
            return candidate;
        }
        number += 1;
    }
}

impl<'a> Id<'a> {
    fn parse(id: &'a str) -> Self {
        if let Some((service, method)) = id.rsplit_once('#') {
            return Self {
                service,
                method,
                is_grpc: false,
            };
        }
        match id.split_once('_') {
            Some((service, method))
                if service.contains("Service")
                    && [service, method]
                        .iter()
                        .all(|part| part.starts_with(|c: char| c.is_ascii_uppercase())) =>
            {
                Self {
                    service,
                    method,
                    is_grpc: true,
                }
            }
            _ => Self {
                service: "",
                method: id,
                is_grpc: false,
            },
        }
    }
}

/// Removes the noun of a service from a method, if something is left: `agent_project` from `list_projects`.
fn drop_noun(words: &mut Vec<String>, service: &[String]) {
    for start in 0..service.len() {
        let noun = service.get(start..).unwrap_or_default();
        let found = words.windows(noun.len()).position(|window| {
            let pairs = window.iter().zip(noun).enumerate();
            pairs
                .into_iter()
                .all(|(i, (a, b))| a == b || (i + 1 == noun.len() && is_plural(a, b)))
        });
        if let Some(at) = found
            && noun.len() < words.len()
        {
            words.drain(at..at + noun.len());
            return;
        }
    }
}

fn is_plural(word: &str, singular: &str) -> bool {
    word.strip_suffix('s') == Some(singular)
        || word
            .strip_suffix("ies")
            .is_some_and(|stem| singular.strip_suffix('y') == Some(stem))
}

/// Turns what is no ASCII letter or digit into spaces, and spellings with capitals inside into plain words.
fn flatten(text: &str, joined: &BTreeSet<String>) -> String {
    let chars: Vec<char> = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let mut flat = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        let len = joined
            .iter()
            .filter(|word| starts_with_word(rest, word))
            .map(String::len)
            .max();
        let len = len.or_else(|| plural_acronym(rest)).unwrap_or(0);
        // An acronym counts from its first letter only.
        let inside = at > 0 && chars.get(at - 1).is_some_and(char::is_ascii_uppercase);
        if len == 0 || inside {
            flat.push(c);
            at += 1;
        } else {
            flat.push(c);
            flat.extend(rest.iter().take(len).skip(1).map(char::to_ascii_lowercase));
            at += len;
        }
    }
    flat
}

fn starts_with_word(rest: &[char], word: &str) -> bool {
    rest.len() >= word.len()
        && rest.iter().zip(word.chars()).all(|(a, b)| *a == b)
        && !rest.get(word.len()).is_some_and(char::is_ascii_lowercase)
}

/// Returns the length of something like `SLOs` or `APIs` in front, which else would fall apart as `SL Os`.
fn plural_acronym(rest: &[char]) -> Option<usize> {
    let capitals = rest.iter().take_while(|c| c.is_ascii_uppercase()).count();
    let ends = |at: usize| !rest.get(at).is_some_and(char::is_ascii_lowercase);
    (capitals > 1 && rest.get(capitals) == Some(&'s') && ends(capitals + 1)).then_some(capitals + 1)
}

/// Returns the name in PascalCase, such that another conversion leaves it alone.
fn pascal(words: &[String]) -> String {
    let mut name = words.join("_").to_pascal_case();
    for _ in 0..4 {
        let again = name.to_pascal_case();
        if again == name {
            break;
        }
        name = again;
    }
    name
}

/// Returns the nearest usable method name.
fn method_name(name: String) -> String {
    if name.is_empty() {
        return "operation".to_owned();
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("op_{name}");
    }
    if is_keyword(&name) || TRAITS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

/// Returns the nearest usable type name.
fn type_name(name: String) -> String {
    if name.is_empty() {
        return "Unnamed".to_owned();
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("N{name}");
    }
    if COMMON_TYPES.contains(&name.as_str()) {
        format!("{name}Model")
    } else {
        name
    }
}

/// Methods of the standard library's traits, which no method can be called.
const TRAITS: [&str; 3] = ["clone", "default", "new"];

/// Types and traits that a reader takes for those of the standard library or of the client.
const COMMON_TYPES: &[&str] = &[
    "Any", "Box", "Call", "Client", "Clone", "Copy", "Debug", "Default", "Display", "Drop", "Eq",
    "Err", "Error", "Fn", "From", "Future", "Hash", "Into", "Iterator", "None", "Ok", "Option",
    "Ord", "Request", "Response", "Result", "Self", "Send", "Some", "String", "Sync", "ToString",
    "Type", "Value", "Vec",
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
