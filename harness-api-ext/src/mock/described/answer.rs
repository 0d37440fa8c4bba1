//! Responses generated from the description.

use bytes::Bytes;
use harness_api::{Operation, ScopeLevel};
use serde_json::Value;

use super::document::{Entry, Part};
use super::page;
use super::sample::{Mode, sample};
use super::words::{self, mix};
use crate::mock::received::{Received, bare};
use crate::mock::reply::Reply;

/// Response of an operation, before it is reduced to the requested page.
#[derive(Debug)]
pub(super) struct Made {
    status: u16,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Empty,
    Json(Value),
    Text(String),
}

/// Lets a response confirm the values of the request.
fn confirm(value: &mut Value, operation: &Operation) {
    for path in operation.response.confirmations {
        let mut members = path.split('.').filter(|name| !name.is_empty());
        let confirmation = members.try_fold(&mut *value, |value, name| value.get_mut(name));
        if let Some(confirmation @ Value::Bool(_)) = confirmation {
            *confirmation = true.into();
        }
    }
}

impl Made {
    pub(super) fn of(entry: &Entry, operation: &Operation, seed: u64) -> Self {
        let seed = mix(seed, operation.id);
        let content = match entry.schema(Part::Answer) {
            Some(schema) if schema.get("format") != Some(&"binary".into()) => {
                let schemas = entry.document.schemas();
                let mut value = sample(schemas, schema, "", seed, Mode::Full).unwrap_or_default();
                confirm(&mut value, operation);
                Content::Json(value)
            }
            None if operation.answers.is_empty() => Content::Empty,
            _ => Content::Text(words::text("yaml", "", seed)),
        };
        Self {
            status: entry.status(),
            content,
        }
    }

    /// Returns the response to a request, in the content type that the request accepts, or else in the first one of the
    /// operation.
    pub(super) fn reply(&self, operation: &Operation, request: &Received) -> Reply {
        let accepted = request.header("accept").unwrap_or_default();
        let accepted = accepted.split(',').map(bare).find_map(|accepted| {
            let mut answers = operation.answers.iter();
            answers.find(|answer| bare(answer) == accepted).copied()
        });
        let media = accepted.or_else(|| operation.answers.first().copied());
        let media = media.unwrap_or("application/json");
        match &self.content {
            Content::Empty => Reply::bytes(self.status, media, Bytes::new()),
            Content::Text(text) => Reply::bytes(self.status, media, text.clone()),
            Content::Json(value) => {
                let mut value = value.clone();
                Asked::by(request, operation).put(&mut value);
                let headers = match operation.paging {
                    Some(paging) => page::cut(&mut value, paging, request),
                    None => Vec::new(),
                };
                let reply = Reply::bytes(self.status, media, value.to_string());
                headers
                    .into_iter()
                    .fold(reply, |reply, (name, value)| reply.header(name, value))
            }
        }
    }
}

/// Organization and project of a request, if it contains them. The entities of its response belong to them.
struct Asked {
    org: Option<String>,
    project: Option<String>,
}

impl Asked {
    fn by(request: &Received, operation: &Operation) -> Self {
        Self {
            org: place(request, operation, ScopeLevel::Org),
            project: place(request, operation, ScopeLevel::Project),
        }
    }

    fn put(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let text = match ScopeLevel::of_parameter(name) {
                        Some(ScopeLevel::Org) => self.org.as_ref(),
                        Some(ScopeLevel::Project) => self.project.as_ref(),
                        _ => None,
                    };
                    match text {
                        Some(text) if value.is_string() => *value = text.as_str().into(),
                        _ => self.put(value),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.put(item)),
            _ => {}
        }
    }
}

/// Returns the identifier of a level in a request. It is empty if the operation has a parameter for it that was not
/// sent, and absent if the operation has no such parameter.
fn place(request: &Received, operation: &Operation, level: ScopeLevel) -> Option<String> {
    let mut params = operation
        .params
        .iter()
        .filter(|param| ScopeLevel::of_parameter(param.name) == Some(level))
        .peekable();
    if params.peek().is_some() {
        let sent = params.find_map(|param| {
            request
                .param(param.name)
                .or_else(|| request.query(param.name))
        });
        return Some(sent.unwrap_or_default().to_owned());
    }
    let body = request.json();
    let entity = body.as_object()?.values().filter_map(Value::as_object);
    let mut members = entity.chain(body.as_object()).flatten();
    members.find_map(|(name, value)| {
        let is_level = ScopeLevel::of_parameter(name) == Some(level);
        value.as_str().filter(|_| is_level).map(str::to_owned)
    })
}
