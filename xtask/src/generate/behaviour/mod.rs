//! Behaviour: how the list of an operation is paged, whether the operation may be repeated, and by what its success is told
//! from a failure.
//!
//! Rules decide by what the description says: names of parameters, defaults, headers, the shape of the response. What it
//! does not say, or says wrong, stands in `openapi/behaviour.toml`; see [`Table`].

mod list;
mod paging;
mod response;
mod retry;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    api::{Api, Operation, ResponseBody, Ty, Type},
    diagnostics::{Diagnostics, Proposal, quoted},
    openapi,
};
pub use table::Table;

/// Adds the behaviour of all operations to the API.
///
/// With a table, a list that is asked for in pages must be understood: by a rule, or by an entry that says how it is
/// paged or why it is not. Otherwise it is an error, and left without pages. Without a table it is left alone.
pub fn behaviour(
    api: &mut Api,
    document: &Value,
    table: Option<&Table>,
    diagnostics: &mut Diagnostics,
) {
    let described: BTreeMap<_, _> = openapi::operations(document)
        .map(|operation| {
            let key = (operation.method.to_ascii_uppercase(), operation.path);
            (key, Described::of(document, &operation))
        })
        .collect();
    let silent = Described::default();
    let mut uses = table.map(Table::uses);
    let mut open = Vec::new();
    let mut named = BTreeSet::new();
    let mut wrong = Vec::new();
    let operations = api.modules.iter_mut();
    for operation in operations.flat_map(|module| &mut module.operations) {
        let key = (operation.method.clone(), operation.path.as_str());
        let described = described.get(&key).unwrap_or(&silent);
        let mut draft = paging::draft(operation, described, &api.types);
        operation.retry = retry::of(operation, draft.is_some());
        if let Some(uses) = &mut uses {
            uses.reclassify(operation);
        }
        operation.response_schema = response::of(operation, &api.types);
        if let Some(uses) = &mut uses {
            uses.apply(operation, draft.as_mut());
        }
        named.extend(response::named(&operation.response_schema).map(str::to_owned));
        let Some(draft) = draft else { continue };
        // What an entry of the table says, and the response does not have, is for that entry to say in another way.
        let known = draft.unknown.is_none();
        match draft.finish(operation, &api.types) {
            Ok(paging) => {
                let omitted = paging.as_ref().filter(|paging| paging.omits_empty);
                if omitted.is_some_and(|paging| !paging.items.contains('.')) {
                    operation.response_schema.body.allow_empty();
                }
                operation.paging = paging;
            }
            Err(why) if known => wrong.push(format!("{}: {why:#}", operation.id)),
            Err(why) => open.push(Open::of(operation, &why, &api.types)),
        }
    }
    for (key, ty) in &mut api.types {
        ty.in_table = named.contains(key);
    }
    if let Some(uses) = uses {
        diagnostics.ok("", uses.check());
        if !wrong.is_empty() {
            let lists = wrong.join("\n  ");
            let message = "entries of openapi/behaviour.toml do not fit these lists";
            diagnostics.error("", format!("{message}:\n  {lists}"));
        }
        if !open.is_empty() {
            let lines: String = open
                .iter()
                .map(|open| format!("\n  {}", open.text))
                .collect();
            diagnostics.propose(
                "",
                format!("openapi/behaviour.toml has to say how these lists are paged, or why they are not:{lines}"),
                proposals(&open),
            );
        }
    }
}

/// Why a list is not understood of which nothing is said.
const UNDESCRIBED: &str = "The response is not described.";

/// A list that nobody understands.
struct Open {
    /// Id of the operation.
    id: String,
    /// What is not understood.
    text: String,
    /// The member that most likely holds the items.
    items: Option<String>,
    /// Why it is no list, where nothing holds items.
    reason: &'static str,
}

impl Open {
    fn of(operation: &Operation, why: &anyhow::Error, types: &Types) -> Self {
        let lists = match &operation.response {
            ResponseBody::Json(response) => list::candidates(types, response),
            _ => Vec::new(),
        };
        let bare = matches!(operation.response, ResponseBody::Json(Ty::List(_)));
        let asked = words(&operation.id);
        let named = |path: &str| {
            let name = path.rsplit('.').next().unwrap_or(path);
            words(name).iter().any(|word| asked.contains(word))
        };
        // Of several as likely, the first.
        let items = lists
            .iter()
            .rev()
            .max_by_key(|(path, structs)| (named(path), *structs));
        // A list is not paged where nothing in the response asks for more.
        let items = items
            .filter(|_| lists.len() > 1)
            .map(|(path, _)| path.clone());
        Self {
            id: operation.id.clone(),
            text: format!("{}: {why:#}", operation.id),
            reason: match &operation.response {
                ResponseBody::Json(Ty::Json) => UNDESCRIBED,
                ResponseBody::Json(_) if lists.is_empty() && !bare => "The response has no list.",
                ResponseBody::Json(_) => "Nothing in the response asks for the next page.",
                _ => "The response is no JSON.",
            },
            items,
        }
    }
}

/// Returns entries for the table: one for each member that holds items, and one for each reason why something is no list.
fn proposals(open: &[Open]) -> Vec<Proposal> {
    let mut entries: BTreeMap<(Option<&str>, &str), Vec<String>> = BTreeMap::new();
    for open in open {
        let key = (open.items.as_deref(), open.reason);
        entries.entry(key).or_default().push(open.id.clone());
    }
    let entries = entries
        .into_iter()
        .map(|((items, reason), ids)| match items {
            Some(items) => {
                let reason = format!("The response has several lists; the items are in {items}.");
                Proposal::paging(&ids, &reason, &[("items", quoted(items))])
            }
            None => {
                let mut keys = vec![("none", "true".to_owned())];
                if reason == UNDESCRIBED {
                    keys.insert(0, ("untyped", "true".to_owned()));
                }
                Proposal::paging(&ids, reason, &keys)
            }
        });
    entries.collect()
}

/// What the description says of an operation that the refined API does not keep.
#[derive(Debug, Default)]
struct Described<'d> {
    /// Schemas of query parameters by name.
    query: BTreeMap<&'d str, &'d Value>,
    /// Headers of successful responses.
    headers: Vec<&'d str>,
}

impl<'d> Described<'d> {
    fn of(document: &'d Value, operation: &openapi::Operation<'d>) -> Self {
        let parameters = operation.parameters().into_iter();
        let query = parameters
            .filter(|parameter| parameter.location() == "query")
            .filter_map(|parameter| {
                let schema = openapi::dereference(document, parameter.schema()?);
                Some((parameter.name(), schema))
            })
            .collect();
        let successes = operation.successes().into_iter();
        let headers = successes.flat_map(|response| response.headers()).collect();
        Self { query, headers }
    }

    /// Returns a keyword of a query parameter's schema that is a whole number.
    fn number(&self, parameter: &str, keyword: &str) -> Option<u64> {
        let value = self.query.get(parameter)?.get(keyword)?;
        value
            .as_u64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
    }

    /// Returns a declared header among `names`, which are in lower case.
    fn header(&self, names: &[&str]) -> Option<&'d str> {
        names.iter().find_map(|name| {
            let found = |header: &&&str| header.eq_ignore_ascii_case(name);
            self.headers.iter().find(found).copied()
        })
    }
}

/// Types by key.
type Types = BTreeMap<String, Type>;

/// Returns the words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    use heck::ToSnakeCase;
    name.to_snake_case()
        .split('_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns the literal segments of an operation's path.
fn segments(operation: &Operation) -> impl Iterator<Item = &str> {
    operation
        .path
        .split('/')
        .filter(|segment| !segment.is_empty() && !segment.contains('{'))
}
