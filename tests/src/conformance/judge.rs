//! Judges the outcome of a call.

use harness_api::Error;
use serde_json::Value;

use crate::calls::{Answer, Read};
use crate::dispatch::Decoded;
use crate::replay::compare;

/// Stage at which a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The values did not fit the builder, or the server rejected the request.
    Request,
    /// The response could not be decoded.
    Answer,
    /// The encoded response differs from the received one.
    Value,
}

impl Stage {
    /// Returns the name of the stage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Value => "value",
        }
    }
}

/// Maximum number of characters shown of the body of a failure.
const SHOWN: usize = 600;
/// Maximum number of differences shown.
const NAMED: usize = 5;

/// Fault of a call.
pub(super) struct Wrong {
    pub(super) stage: Stage,
    pub(super) reason: String,
    /// Paths of the differences: names and indexes joined by dots.
    pub(super) places: Vec<String>,
    /// Error of the client.
    pub(super) error: Option<harness_api_ext::Error>,
}

impl Wrong {
    pub(super) fn new(stage: Stage, reason: String) -> Self {
        Self {
            stage,
            reason,
            places: Vec::new(),
            error: None,
        }
    }
}

/// Checks the body after it was decoded and encoded: nothing may be lost.
pub(super) fn request(body: &str, sent: &Decoded) -> Result<(), String> {
    let document = serde_json::from_str(body).map_err(|error| error.to_string())?;
    match differences(&document, sent) {
        places if places.is_empty() => Ok(()),
        places => Err(format!(
            "the type of the body does not keep {}",
            named(&places)
        )),
    }
}

/// Checks the response to a call.
pub(super) fn answer(outcome: Result<Answer, Error>) -> Result<(), Wrong> {
    let answer = outcome.map_err(failure)?;
    let body = &answer.bytes[..];
    let fault = |stage, reason| Err(Wrong::new(stage, reason));
    match answer.read {
        Read::Json(Ok(decoded)) => {
            let document = match body {
                [] => Ok(Value::Null),
                body => serde_json::from_slice(body),
            };
            let document = match document {
                Ok(document) => document,
                Err(error) => {
                    return fault(Stage::Answer, format!("the response is not JSON: {error}"));
                }
            };
            let places = differences(&document, &decoded);
            if places.is_empty() {
                return Ok(());
            }
            let reason = format!("the type of the response does not keep {}", named(&places));
            Err(Wrong {
                places: places.into_iter().map(|(place, _)| place).collect(),
                ..Wrong::new(Stage::Value, reason)
            })
        }
        Read::Json(Err(error)) => fault(Stage::Value, format!("it cannot be encoded: {error}")),
        Read::Text(text) if text.as_bytes() == body => Ok(()),
        Read::Bytes(bytes) if bytes[..] == *body => Ok(()),
        Read::Empty if body.is_empty() => Ok(()),
        Read::Text(_) | Read::Bytes(_) => fault(
            Stage::Value,
            "the bytes differ from the received ones".to_owned(),
        ),
        Read::Empty => fault(
            Stage::Value,
            format!("a body of {} bytes, but none is described", body.len()),
        ),
    }
}

fn failure(error: Error) -> Wrong {
    let stage = match error.status() {
        Some(status) if !status.is_success() => Stage::Request,
        Some(_) => Stage::Answer,
        None => Stage::Request,
    };
    let shown: String = String::from_utf8_lossy(error.body())
        .chars()
        .take(SHOWN)
        .collect();
    let reason = format!("{error}: {shown}");
    Wrong {
        error: Some(error.into()),
        ..Wrong::new(stage, reason)
    }
}

/// Returns the paths in a document at which something is missing, changed, kept as JSON or added.
fn differences(document: &Value, decoded: &Decoded) -> Vec<(String, String)> {
    let lost = compare(document, &decoded.value, &decoded.misfits).lost;
    let added = compare(&decoded.value, document, &[]).lost;
    let lost = lost
        .into_iter()
        .map(|lost| (lost.path, format!("{:?}", lost.how)));
    let added = added
        .into_iter()
        .map(|added| (added.path, "added or changed".to_owned()));
    let misfits = decoded.misfits.iter();
    let misfits = misfits.map(|path| (path.clone(), "misfit".to_owned()));
    lost.chain(added).chain(misfits).collect()
}

/// Describes the first differences.
fn named(places: &[(String, String)]) -> String {
    let first = places.iter().take(NAMED);
    let named: Vec<String> = first.map(|(path, how)| format!("{path} ({how})")).collect();
    let more = match places.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    named.join(", ") + &more
}
