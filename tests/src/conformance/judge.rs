//! What is wrong with a call, if anything is.

use harness_api::Error;
use serde_json::Value;

use crate::calls::{Answer, Read};
use crate::dispatch::Decoded;
use crate::replay::compare;

/// The stage that a call failed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The values did not fit the builder, or the server refused the request.
    Request,
    /// The answer could not be read.
    Answer,
    /// The answer was read, and is not what it was when it is written again.
    Value,
}

impl Stage {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Value => "value",
        }
    }
}

/// How much of the body of a failure is shown, in characters.
const SHOWN: usize = 600;
/// How many differences are named.
const NAMED: usize = 5;

/// What the type of a body made of it: everything has to be kept.
pub(super) fn request(body: &str, sent: &Decoded) -> Result<(), String> {
    let document = serde_json::from_str(body).map_err(|error| error.to_string())?;
    differences(&document, sent)
        .map_err(|what| format!("the type of the body does not keep {what}"))
}

/// What came of a call.
pub(super) fn answer(outcome: Result<Answer, Error>) -> Result<(), (Stage, String)> {
    let answer = outcome.map_err(|error| failure(&error))?;
    let body = &answer.bytes[..];
    match answer.read {
        Read::Json(Ok(decoded)) => {
            let document: Value = if body.is_empty() {
                Value::Null
            } else {
                serde_json::from_slice(body)
                    .map_err(|error| (Stage::Answer, format!("the answer is no JSON: {error}")))?
            };
            differences(&document, &decoded).map_err(|what| {
                (
                    Stage::Value,
                    format!("the type of the answer does not keep {what}"),
                )
            })
        }
        Read::Json(Err(fault)) => Err((Stage::Value, format!("it cannot be written: {fault}"))),
        Read::Text(text) if text.as_bytes() == body => Ok(()),
        Read::Bytes(bytes) if bytes[..] == *body => Ok(()),
        Read::Empty if body.is_empty() => Ok(()),
        Read::Text(_) | Read::Bytes(_) => {
            Err((Stage::Value, "the bytes are not those that came".to_owned()))
        }
        Read::Empty => Err((
            Stage::Value,
            format!("a body of {} bytes where none is described", body.len()),
        )),
    }
}

fn failure(error: &Error) -> (Stage, String) {
    let stage = match error.status() {
        Some(status) if !status.is_success() => Stage::Request,
        Some(_) => Stage::Answer,
        None => Stage::Request,
    };
    let shown: String = String::from_utf8_lossy(error.body())
        .chars()
        .take(SHOWN)
        .collect();
    (stage, format!("{error}: {shown}"))
}

/// What of a document is missing, changed, kept aside or added.
fn differences(document: &Value, decoded: &Decoded) -> Result<(), String> {
    let lost = compare(document, &decoded.value, &decoded.misfits).lost;
    let added = compare(&decoded.value, document, &[]).lost;
    if lost.is_empty() && added.is_empty() && decoded.misfits.is_empty() {
        return Ok(());
    }
    let lost = lost
        .iter()
        .map(|lost| format!("{} ({:?})", lost.path, lost.how));
    let added = added
        .iter()
        .map(|added| format!("{} (added or changed)", added.path));
    let misfits = decoded
        .misfits
        .iter()
        .map(|path| format!("{path} (misfit)"));
    let all: Vec<String> = lost.chain(added).chain(misfits).collect();
    let more = all.len().saturating_sub(NAMED);
    let mut text = all.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    Err(text)
}
