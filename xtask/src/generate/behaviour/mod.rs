//! Behaviour: how the list of an operation is paged, whether the operation may be repeated, and by what its success is told
//! from a failure.
//!
//! Rules decide by what the description says: names of parameters, defaults, headers, the shape of the answer. What it
//! does not say, or says wrong, stands in `openapi/behaviour.toml`; see [`Table`].

mod answer;
mod paging;
mod repeat;
mod response;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;

use super::{
    api::{Api, Operation, Type},
    load,
    problems::Problems,
};
pub use table::Table;

/// The API with its behaviour.
///
/// With a table, a list that is asked for in pages must be understood: by a rule, or by an entry that says how it is
/// paged or why it is not. Without one it is left alone.
pub fn behaviour(mut api: Api, document: &Value, table: Option<&Table>) -> Result<Api> {
    let mut problems = Problems::default();
    behaviour_noting(&mut api, document, table, &mut problems);
    problems.none()?;
    Ok(api)
}

/// The same, as far as it goes: a list that nobody understands is noted and left without pages.
pub fn behaviour_noting(
    api: &mut Api,
    document: &Value,
    table: Option<&Table>,
    problems: &mut Problems,
) {
    let described: BTreeMap<_, _> = load::operations(document)
        .map(|(path, method, item, operation)| {
            let key = (method.to_ascii_uppercase(), path);
            (key, Described::of(document, item, operation))
        })
        .collect();
    let silent = Described::default();
    let mut uses = table.map(Table::uses);
    let mut open = Vec::new();
    let mut named = BTreeSet::new();
    let operations = api.modules.iter_mut();
    for operation in operations.flat_map(|module| &mut module.operations) {
        let key = (operation.method.clone(), operation.path.as_str());
        let described = described.get(&key).unwrap_or(&silent);
        let mut draft = paging::draft(operation, described, &api.types);
        operation.repeat = repeat::of(operation, draft.is_some());
        if let Some(uses) = &mut uses {
            uses.reclassify(operation);
        }
        operation.response = response::of(operation, &api.types);
        if let Some(uses) = &mut uses {
            uses.apply(operation, draft.as_mut());
        }
        named.extend(response::named(&operation.response).map(str::to_owned));
        match draft.map(|draft| draft.finish(operation, &api.types)) {
            None => {}
            Some(Ok(paging)) => {
                let omitted = paging.as_ref().filter(|paging| paging.omits_empty);
                if omitted.is_some_and(|paging| !paging.items.contains('.')) {
                    operation.response.body.allow_empty();
                }
                operation.paging = paging;
            }
            Some(Err(why)) => open.push(format!("{}: {why:#}", operation.id)),
        }
    }
    for (key, ty) in &mut api.types {
        ty.in_table = named.contains(key);
    }
    if let Some(uses) = uses {
        problems.unless(uses.check());
        if !open.is_empty() {
            problems.note(format!(
                "openapi/behaviour.toml has to say how these lists are paged, or why they are not:\n  {}",
                open.join("\n  ")
            ));
        }
    }
}

/// What the description says of an operation that the refined API does not keep.
#[derive(Debug, Default)]
struct Described<'d> {
    /// Schemas of query parameters by name.
    query: BTreeMap<&'d str, &'d Value>,
    /// Headers of successful answers.
    headers: Vec<&'d str>,
}

impl<'d> Described<'d> {
    fn of(document: &'d Value, item: &'d Value, operation: &'d Value) -> Self {
        let list = |of: &'d Value| of.get("parameters").and_then(Value::as_array);
        let query = list(item)
            .into_iter()
            .chain(list(operation))
            .flatten()
            .map(|parameter| resolve(document, parameter))
            .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("query"))
            .filter_map(|parameter| {
                let name = parameter.get("name")?.as_str()?;
                Some((name, resolve(document, parameter.get("schema")?)))
            })
            .collect();
        let headers = operation
            .get("responses")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(status, _)| status.starts_with('2'))
            .filter_map(|(_, answer)| resolve(document, answer).get("headers")?.as_object())
            .flat_map(|headers| headers.keys().map(String::as_str))
            .collect();
        Self { query, headers }
    }

    /// A keyword of a query parameter's schema that is a whole number.
    fn number(&self, parameter: &str, keyword: &str) -> Option<u64> {
        let value = self.query.get(parameter)?.get(keyword)?;
        value
            .as_u64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
    }

    /// A declared header among `names`, which are in lower case.
    fn header(&self, names: &[&str]) -> Option<&'d str> {
        names.iter().find_map(|name| {
            let found = |header: &&&str| header.eq_ignore_ascii_case(name);
            self.headers.iter().find(found).copied()
        })
    }
}

fn resolve<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    value
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'))
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(value)
}

/// Types by key.
type Types = BTreeMap<String, Type>;

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    use heck::ToSnakeCase;
    name.to_snake_case()
        .split('_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The literal segments of an operation's path.
fn segments(operation: &Operation) -> impl Iterator<Item = &str> {
    operation
        .path
        .split('/')
        .filter(|segment| !segment.is_empty() && !segment.contains('{'))
}
