//! Lowering: turns the description into one that progenitor takes, and keeps beside it what that cannot say.
//!
//! Every object, enum and union gets a name and becomes a component, whether the description wrote it as one
//! or inline; everything else (lists, maps, plain values, aliases) is written out where it is used. An
//! operation keeps one JSON body and one JSON response; its other forms, its wire names and its places are
//! recorded in the [`LoweredOperation`], a type's as [`TypeFacts`], and come back in the refinement.

pub mod names;
mod operations;
mod schemas;
mod secrets;
mod unions;
mod unique;
mod variants;

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;
use serde_json::{Map, Value};

use self::{operations::Placed, schemas::Schemas};
use super::{
    Tables,
    api::Operation,
    before::Before,
    diagnostics::{Diagnostics, Proposal},
    openapi::{self, SCHEMAS, references},
    partition::{map::ModuleMap, unplaced},
};

/// What lowering makes of a description.
#[derive(Debug, Default)]
pub struct Lowered {
    /// Lowered schemas by type key.
    pub components: BTreeMap<String, Value>,
    /// What the lowered schema of a key cannot say.
    pub types: BTreeMap<String, TypeFacts>,
    /// The operations.
    pub operations: Vec<LoweredOperation>,
}

impl Lowered {
    /// Gives the members of lowered schemas their names on the wire, for a client of progenitor's own.
    pub fn restore_wire_names(&mut self) {
        for (key, facts) in &self.types {
            let schema = self.components.get_mut(key);
            let members = schema.and_then(|schema| schema.get_mut("properties"));
            let Some(Value::Object(members)) = members else {
                continue;
            };
            let named = std::mem::take(members);
            let idents: BTreeSet<String> = named.keys().cloned().collect();
            members.extend(named.into_iter().map(|(ident, schema)| {
                // Two names on the wire may give one in Rust, which progenitor does not notice.
                let wire = facts.members.get(&ident).map(|member| &member.wire);
                let wire = wire.filter(|wire| {
                    let other = wire.to_snake_case();
                    other == ident || !idents.contains(&other)
                });
                (wire.cloned().unwrap_or(ident), schema)
            }));
        }
    }
}

/// What a lowered schema cannot say about its type.
#[derive(Clone, Debug, Default)]
pub struct TypeFacts {
    /// Name in the description, or where it stands there.
    pub origin: String,
    /// For an enum: variant and spelling.
    pub variants: Option<Vec<(String, String)>>,
    /// For a union.
    pub union: Option<UnionFacts>,
    /// For a struct: facts by Rust name, which is the name in the lowered schema.
    pub members: BTreeMap<String, MemberFacts>,
    /// For a struct: whether it allows members beyond the named ones.
    pub extra: bool,
    /// For a struct: the member that tells variants apart, none of which is described.
    pub open_tag: Option<String>,
    /// Whether it is reachable from a request.
    pub sent: bool,
    /// Whether it is reachable from a request and from no response.
    pub sent_only: bool,
}

/// What a lowered schema cannot say about a member.
#[derive(Clone, Debug, Default)]
pub struct MemberFacts {
    /// Name on the wire.
    pub wire: String,
    /// Listed as required.
    pub required: bool,
    /// Written as nullable.
    pub nullable: bool,
    /// Carries a secret.
    pub secret: bool,
    /// Written as deprecated.
    pub deprecated: bool,
    /// What the one sample held that the member is known from.
    pub sample: Option<String>,
}

/// A union.
#[derive(Clone, Debug, Default)]
pub struct UnionFacts {
    /// Member that holds the tag, when it is inside.
    pub tag: Option<String>,
    /// Member of the parent that holds the tag.
    pub parent_tag: Option<String>,
    /// Type keys of the variants.
    pub variants: Vec<String>,
    /// Tag value and type key.
    pub tags: Vec<(String, String)>,
}

/// An operation, with what progenitor gets for it.
#[derive(Clone, Debug)]
pub struct LoweredOperation {
    /// The operation as far as lowering knows it. Where progenitor chooses the type, it is JSON until then: that of the
    /// body, of the response, and of the `open` parameters.
    pub operation: Operation,
    /// Rust names of the parameters whose type progenitor chooses.
    pub open: BTreeSet<String>,
    /// The operation object that progenitor gets.
    pub lowered: Value,
    /// The path that progenitor gets.
    pub lowered_path: String,
}

/// Lowers a description.
///
/// An operation that cannot be understood is left out, and so is one that no rule places, unless the client of `before`
/// has it. With tables that are [strict](Tables::strict), things of one name are errors, and what the tables say in vain;
/// otherwise things of one name are numbered.
pub fn lower(
    document: &Value,
    tables: &Tables,
    before: &dyn Before,
    diagnostics: &mut Diagnostics,
) -> Lowered {
    let names = &tables.names;
    let mut schemas = Schemas::new(document, tables, before, diagnostics);
    let mut lowered = Lowered::default();
    let operations: Vec<openapi::Operation<'_>> = openapi::operations(document).collect();
    let modules = place(&tables.map, &operations, before, diagnostics);
    let mut placed = Vec::new();
    for (operation, module) in operations.iter().zip(modules) {
        let Some(module) = module.or_else(|| before.module(&operation.id)) else {
            continue;
        };
        let tag = operation.tags.first().copied().unwrap_or(module);
        placed.push(Placed {
            module: module.to_owned(),
            tag: tag.to_owned(),
            name: names.operation(module, tag, &operation.id),
            operation,
        });
    }
    resolve_operation_names(&mut placed, tables, before, diagnostics);
    for placed in &placed {
        let place = format!("operation {}", placed.place());
        let facts = operations::lower(placed, &mut schemas, diagnostics);
        lowered.operations.extend(diagnostics.ok(&place, facts));
    }
    for (clash, proposal) in schemas.clashes() {
        diagnostics.propose("", clash, vec![proposal.clone()]);
    }
    if tables.strict {
        let ids = placed.iter().map(|placed| &*placed.operation.id);
        let unused = names.unused(ids, schemas.names(), schemas.asked());
        diagnostics.ok("", unused);
        diagnostics.ok("", tables.map.check_all_used(&operations));
    }
    (lowered.components, lowered.types) = schemas.finish();
    mark_directions(&mut lowered);
    lowered
}

/// Returns the module of each operation, as far as the table says it.
fn place<'m>(
    map: &'m ModuleMap,
    operations: &[openapi::Operation<'_>],
    before: &dyn Before,
    diagnostics: &mut Diagnostics,
) -> Vec<Option<&'m str>> {
    // An operation with two places is an error of its own.
    let found: Vec<Option<Option<&str>>> = operations
        .iter()
        .map(|operation| diagnostics.ok("", map.find(operation)))
        .collect();
    let known = operations.iter().zip(&found);
    let known: Vec<_> = known
        .filter_map(|(operation, module)| Some((operation, (*module)?)))
        .collect();
    unplaced::report(map, &known, before, diagnostics);
    found.into_iter().map(Option::flatten).collect()
}

/// Gives each operation a name that no other of its module has.
fn resolve_operation_names(
    placed: &mut [Placed<'_>],
    tables: &Tables,
    before: &dyn Before,
    diagnostics: &mut Diagnostics,
) {
    let mut modules: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, operation) in placed.iter().enumerate() {
        let indexes = modules.entry(operation.module.clone()).or_default();
        indexes.push(index);
    }
    for (module, indexes) in modules {
        let names: Vec<(String, String)> = indexes
            .iter()
            .map(|&index| (placed[index].name.clone(), placed[index].place()))
            .collect();
        let unique = unique::unique(unique::Kind::Operations(&module), &names);
        if tables.strict && !unique.clashes.is_empty() {
            let mut taken: BTreeSet<String> = names.into_iter().map(|(name, _)| name).collect();
            let mut chosen = Vec::new();
            for clash in &unique.clashes {
                // A method that programs call keeps its name.
                let all = || clash.iter().map(|&at| &placed[indexes[at]]);
                let keeps = all()
                    .find(|it| before.module(&it.operation.id).is_some())
                    .or(all().next());
                let keeps = keeps.map(|it| &it.operation.id);
                for it in all().filter(|it| Some(&it.operation.id) != keeps) {
                    let named = tables.names.apart(it, &taken);
                    taken.insert(named.clone());
                    chosen.push((it.operation.id.to_string(), named));
                }
            }
            let proposal = Proposal::names("operations", &chosen);
            diagnostics.propose("", unique.text, vec![proposal]);
        }
        for (index, name) in indexes.into_iter().zip(unique.names) {
            placed[index].name = name;
        }
    }
}

/// Which types each type refers to.
pub struct References<'l>(BTreeMap<&'l str, BTreeSet<String>>);

impl<'l> References<'l> {
    /// Returns those of all types.
    pub fn of(lowered: &'l Lowered) -> Self {
        let mut all: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (key, schema) in &lowered.components {
            references(SCHEMAS, schema, all.entry(key).or_default());
        }
        for (key, facts) in &lowered.types {
            if let Some(union) = &facts.union {
                let variants = union.variants.iter().cloned();
                all.entry(key).or_default().extend(variants);
            }
        }
        Self(all)
    }

    /// Returns all type keys that can be reached from `from`, itself included.
    pub fn closure(&self, from: BTreeSet<String>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = from.iter().map(String::as_str).collect();
        while let Some(key) = open.pop() {
            if reached.insert(key.to_owned())
                && let Some(next) = self.0.get(key)
            {
                open.extend(next.iter().map(String::as_str));
            }
        }
        reached
    }
}

fn mark_directions(lowered: &mut Lowered) {
    let mut returned = BTreeSet::new();
    let mut sent = BTreeSet::new();
    for operation in &lowered.operations {
        for lowered in operation
            .lowered
            .as_object()
            .into_iter()
            .flat_map(Map::values)
        {
            for (member, value) in lowered.as_object().into_iter().flatten() {
                if member == "responses" {
                    references(SCHEMAS, value, &mut returned);
                } else {
                    references(SCHEMAS, value, &mut sent);
                }
            }
        }
        sent.extend(
            operation
                .operation
                .params
                .iter()
                .filter_map(|param| param.ty.as_ref()?.named())
                .map(str::to_owned),
        );
    }
    let known = References::of(lowered);
    let (returned, sent) = (known.closure(returned), known.closure(sent));
    for (key, facts) in &mut lowered.types {
        facts.sent = sent.contains(key);
        facts.sent_only = facts.sent && !returned.contains(key);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
