//! Answers by the description.

use bytes::Bytes;
use harness_api::Operation;
use serde_json::Value;

use super::document::{Entry, Part};
use super::page;
use super::sample::{Mode, sample};
use super::words::{self, mix};
use crate::mock::received::{Received, bare};
use crate::mock::reply::Reply;

/// What an operation answers, before a request asks for a page of it.
#[derive(Debug)]
pub(super) struct Made {
    status: u16,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Empty,
    /// With the text that it has where nothing asks for a page.
    Json(Value, Bytes),
    Text(String),
}

/// Lets a response confirm what was asked for.
fn confirm(value: &mut Value, operation: &Operation) {
    for path in operation.response.confirmations {
        let members = path.split('.').filter(|name| !name.is_empty());
        let confirmation = members.fold(Some(&mut *value), |value, name| value?.get_mut(name));
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
                let text = value.to_string().into();
                Content::Json(value, text)
            }
            None if operation.answers.is_empty() => Content::Empty,
            _ => Content::Text(words::text("yaml", "", seed)),
        };
        Self {
            status: entry.status(),
            content,
        }
    }

    /// The answer to a request, in the first content type of the operation or in the one that the request accepts.
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
            Content::Json(value, text) => match operation.paging {
                None => Reply::bytes(self.status, media, text.clone()),
                Some(paging) => {
                    let mut value = value.clone();
                    let headers = page::cut(&mut value, paging, request);
                    let reply = Reply::bytes(self.status, media, value.to_string());
                    headers
                        .into_iter()
                        .fold(reply, |reply, (name, value)| reply.header(name, value))
                }
            },
        }
    }
}
