//! Lowering: turns the description into one that progenitor takes, and keeps beside it what that cannot say.
//!
//! Every object, enum and union gets a name and becomes a component, whether the description wrote it as one
//! or inline; everything else (lists, maps, plain values, aliases) is written out where it is used. An
//! operation keeps one JSON body and one JSON answer; its other forms, its wire names and its places are
//! recorded as [`OperationFacts`], a type's as [`TypeFacts`], and come back in the refinement.

pub mod names;
mod operations;
mod schemas;
mod secrets;
mod success;
mod unions;
mod unique;
mod variants;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::{Map, Value};

pub(super) use self::operations::is_json;
pub use self::success::successes;
use self::{names::Names, schemas::Schemas};
use super::{
    api::{Answer, Place, Ty},
    before::{Before, Nothing},
    load,
    partition::{
        map::{self, ModuleMap},
        unplaced,
    },
    problems::Problems,
    proposal::Proposal,
};

/// What lowering makes of a description.
#[derive(Debug, Default)]
pub struct Lowered {
    /// Lowered schemas by type key.
    pub components: BTreeMap<String, Value>,
    /// What the lowered schema of a key cannot say.
    pub types: BTreeMap<String, TypeFacts>,
    /// The operations.
    pub operations: Vec<OperationFacts>,
    /// What could not be kept: operation id and loss.
    pub losses: Vec<(String, String)>,
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
    /// For a struct: facts by wire name.
    pub members: BTreeMap<String, MemberFacts>,
    /// For a struct: lowered member name to wire name, where they differ.
    pub wire: BTreeMap<String, String>,
    /// For a struct: whether it allows members beyond the named ones.
    pub extra: bool,
    /// For a struct: the member that tells variants apart, none of which is described.
    pub open_tag: Option<String>,
    /// Whether it is reachable from a request.
    pub sent: bool,
    /// Whether it is reachable from a request and from no answer.
    pub sent_only: bool,
}

/// What a lowered schema cannot say about a member.
#[derive(Clone, Debug, Default)]
pub struct MemberFacts {
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

/// What a lowered operation cannot say.
#[derive(Clone, Debug)]
pub struct OperationFacts {
    /// As the description spells it.
    pub id: String,
    /// Rust name.
    pub name: String,
    /// Module it belongs to.
    pub module: String,
    /// First tag.
    pub tag: String,
    /// HTTP method in capitals.
    pub method: String,
    /// Path template on the wire.
    pub path: String,
    /// Parameters and form fields.
    pub params: Vec<ParamFacts>,
    /// Content types of the body, the default first; without multipart.
    pub media: Vec<String>,
    /// Whether the body must be given.
    pub body_required: bool,
    /// Whether there is a JSON body, in the lowered operation.
    pub json_body: bool,
    /// Whether a multipart form is taken.
    pub form: bool,
    /// How the answer is read: `Json` stands for what the lowered operation declares.
    pub answer: Answer,
    /// Content types of the answers, the default first.
    pub answers: Vec<String>,
    /// Statuses of the errors that are declared.
    pub errors: Vec<String>,
    /// `x-harness-provenance`.
    pub provenance: String,
    /// `x-harness-body-provenance`.
    pub body_provenance: String,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The operation object that progenitor gets.
    pub lowered: Value,
    /// The path that progenitor gets.
    pub lowered_path: String,
}

/// A parameter or form field.
#[derive(Clone, Debug)]
pub struct ParamFacts {
    /// Name in the lowered operation and in Rust.
    pub ident: String,
    /// Name on the wire.
    pub wire: String,
    /// Where it goes.
    pub place: Place,
    /// Whether it is required.
    pub required: bool,
    /// Type, where the lowered operation does not say it.
    pub ty: Option<Ty>,
    /// Whether it is a file.
    pub file: bool,
}

/// Lowers `document`; `map` says which module an operation belongs to, `names` what things are called.
/// With `strict`, two things of one name are an error; otherwise they are told apart by number.
pub fn lower(document: &Value, map: &ModuleMap, names: &Names, strict: bool) -> Result<Lowered> {
    let mut problems = Problems::default();
    let lowered = lower_noting(document, map, names, strict, &Nothing, &mut problems);
    problems.none()?;
    Ok(lowered)
}

/// Lowers what can be lowered, and notes what is an error for [`lower`]: an operation that cannot be understood is left
/// out, and so is one without a place, unless it had a module `before`; what has one name is told apart
/// by number.
pub fn lower_noting(
    document: &Value,
    map: &ModuleMap,
    names: &Names,
    strict: bool,
    before: &dyn Before,
    problems: &mut Problems,
) -> Lowered {
    let mut schemas = Schemas::new(document, names, strict, before, problems);
    let mut lowered = Lowered::default();
    let mut placed = Vec::new();
    let spots: Vec<_> = load::operations(document)
        .map(|(path, method, _, operation)| (path, method, tags_and_id(path, method, operation)))
        .collect();
    let spots: Vec<_> = spots
        .iter()
        .map(|(path, method, (tags, id))| map::Operation {
            method,
            path,
            tags,
            id,
        })
        .collect();
    let modules = place(map, &spots, before, problems);
    for ((path, method, item, operation), module) in load::operations(document).zip(modules) {
        let (tags, id) = tags_and_id(path, method, operation);
        let Some(module) = module.or_else(|| before.module(&id)).map(str::to_owned) else {
            continue;
        };
        let tag = tags.into_iter().next().unwrap_or_else(|| module.clone());
        let name = names.operation(&module, &tag, &id);
        placed.push(operations::Placed {
            path,
            method,
            item,
            operation,
            id,
            module,
            tag,
            name,
        });
    }
    resolve_operation_names(&mut placed, names, strict, before, problems);
    for placed in &placed {
        let facts = operations::lower(document, placed, &mut schemas, &mut lowered.losses)
            .with_context(|| {
                format!(
                    "operation {} ({} {})",
                    placed.id, placed.method, placed.path
                )
            });
        lowered.operations.extend(problems.unless(facts));
    }
    for (clash, proposal) in schemas.clashes() {
        problems.propose(clash, vec![proposal.clone()]);
    }
    if strict {
        problems.unless(names.unused(
            placed.iter().map(|placed| placed.id.as_str()),
            schemas.names(),
            schemas.asked(),
        ));
        problems.unless(map.check_all_used(spots.iter().copied()));
    }
    (lowered.components, lowered.types) = schemas.finish();
    mark_directions(&mut lowered);
    lowered.losses.sort();
    lowered.losses.dedup();
    lowered
}

/// Tags and id of an operation; one without an id is called by its method and path.
pub fn tags_and_id(path: &str, method: &str, operation: &Value) -> (Vec<String>, String) {
    let id = operation
        .get("operationId")
        .and_then(Value::as_str)
        .map_or_else(|| format!("{method} {path}"), str::to_owned);
    let tags = operation
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    (tags, id)
}

/// The module of each operation, as far as the table says it.
fn place<'m>(
    map: &'m ModuleMap,
    spots: &[map::Operation<'_>],
    before: &dyn Before,
    problems: &mut Problems,
) -> Vec<Option<&'m str>> {
    // What has two places is a problem of its own.
    let found: Vec<Option<Option<&str>>> = spots
        .iter()
        .map(|operation| problems.unless(map.find(operation)))
        .collect();
    let known = spots.iter().zip(&found);
    let known: Vec<unplaced::Spot<'_>> = known
        .filter_map(|(operation, module)| Some((*operation, (*module)?)))
        .collect();
    unplaced::note(map, &known, before, problems);
    found.into_iter().map(Option::flatten).collect()
}

/// Gives each operation a name that no other of its module has.
fn resolve_operation_names(
    placed: &mut [operations::Placed<'_>],
    table: &Names,
    strict: bool,
    before: &dyn Before,
    problems: &mut Problems,
) {
    let mut modules: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, operation) in placed.iter().enumerate() {
        modules
            .entry(operation.module.clone())
            .or_default()
            .push(index);
    }
    for (module, indexes) in modules {
        let names: Vec<(String, String)> = indexes
            .iter()
            .map(|&index| {
                let placed = &placed[index];
                let spot = format!("{} ({} {})", placed.id, placed.method, placed.path);
                (placed.name.clone(), spot)
            })
            .collect();
        let unique = unique::unique(unique::Kind::Operations(&module), &names);
        if strict && !unique.clashes.is_empty() {
            let mut taken: BTreeSet<String> = names.into_iter().map(|(name, _)| name).collect();
            let mut chosen = Vec::new();
            for clash in &unique.clashes {
                // A method that programs call keeps its name.
                let ids = || clash.iter().map(|&at| &placed[indexes[at]]);
                let keeps = ids()
                    .find(|it| before.module(&it.id).is_some())
                    .or(ids().next());
                let keeps = keeps.map(|it| it.id.as_str());
                for operation in ids().filter(|it| Some(it.id.as_str()) != keeps) {
                    let named = table.apart(
                        &operation.name,
                        &operation.id,
                        &operation.tag,
                        operation.method,
                        &taken,
                    );
                    taken.insert(named.clone());
                    chosen.push((operation.id.clone(), named));
                }
            }
            problems.propose(unique.text, vec![Proposal::names("operations", &chosen)]);
        }
        for (index, name) in indexes.into_iter().zip(unique.names) {
            placed[index].name = name;
        }
    }
}

/// The components that a schema or an operation refers to.
pub fn references(value: &Value, found: &mut BTreeSet<String>) {
    references_under(schemas::COMPONENTS, value, found);
}

/// What a value refers to, where all that it refers to is under `root`.
pub fn references_under(root: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                found.insert(reference.trim_start_matches(root).to_owned());
            }
            for member in members.values() {
                references_under(root, member, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                references_under(root, item, found);
            }
        }
        _ => {}
    }
}

/// Which types each type refers to.
pub struct References<'l>(BTreeMap<&'l str, BTreeSet<String>>);

impl<'l> References<'l> {
    /// Those of all types.
    pub fn of(lowered: &'l Lowered) -> Self {
        let mut all: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (key, schema) in &lowered.components {
            references(schema, all.entry(key).or_default());
        }
        for (key, facts) in &lowered.types {
            if let Some(union) = &facts.union {
                let variants = union.variants.iter().cloned();
                all.entry(key).or_default().extend(variants);
            }
        }
        Self(all)
    }

    /// All type keys that can be reached from `from`, itself included.
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
    let mut answered = BTreeSet::new();
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
                    references(value, &mut answered);
                } else {
                    references(value, &mut sent);
                }
            }
        }
        sent.extend(
            operation
                .params
                .iter()
                .filter_map(|param| param.ty.as_ref()?.named())
                .map(str::to_owned),
        );
    }
    let known = References::of(lowered);
    let (answered, sent) = (known.closure(answered), known.closure(sent));
    for (key, facts) in &mut lowered.types {
        facts.sent = sent.contains(key);
        facts.sent_only = facts.sent && !answered.contains(key);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
