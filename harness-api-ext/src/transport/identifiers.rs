//! Rejects requests with empty identifiers. Services ignore an empty identifier, and would act on more than was
//! intended.

use harness_api::reqwest::header::CONTENT_TYPE;
use harness_api::reqwest::{Request, Url};
use harness_api::{Error, ErrorKind, Operation, Outgoing, ScopeLevel};
use memchr::memmem;
use serde_json::{Map, Value};

use super::time::is_json;
use crate::scope::{ScopePlace, is_blank};

/// Depth in a body at which the identifier of an entity can be: `{"connector": {"identifier": "…"}}`.
const DEPTH: usize = 2;

/// Checks the parameters and the body of the caller, before other layers fill in more.
pub(super) fn check(request: &Outgoing) -> Result<(), Error> {
    let place = request.attached::<ScopePlace>();
    let parts = request.request();
    query(parts.url(), request.operation(), place)
        .and_then(|()| headers(parts))
        .and_then(|()| body(parts, place))
        .map_err(|fault| request.error(ErrorKind::Build, fault))
}

fn query(
    url: &Url,
    operation: Option<&Operation>,
    place: Option<&ScopePlace>,
) -> Result<(), String> {
    // Most queries contain nothing that must be decoded.
    if url
        .query()
        .is_none_or(|query| query.split('&').all(is_plain))
    {
        return Ok(());
    }
    for (name, value) in url.query_pairs() {
        match ScopeLevel::of_parameter(&name) {
            Some(level) if is_blank(&value) && is_absent(level, &name, operation, place) => {}
            Some(level) => level.check(&value)?,
            None if is_blank(&value) && is_identifier(&name) => {
                return Err(format!("parameter `{name}` is empty"));
            }
            None => {}
        }
    }
    Ok(())
}

/// Returns whether the value of a query pair is neither blank nor contains a separator.
fn is_plain(pair: &str) -> bool {
    let value = pair.split_once('=').map_or("", |(_, value)| value);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !value.is_empty() && !value.starts_with('.') && value.bytes().all(plain)
}

/// Returns whether an operation requires a parameter for a level that the scope of the call does not have. Its value
/// for "none" is the empty text.
fn is_absent(
    level: ScopeLevel,
    name: &str,
    operation: Option<&Operation>,
    place: Option<&ScopePlace>,
) -> bool {
    place.is_some_and(|place| !place.has(level))
        && operation.is_some_and(|operation| operation.required().any(|param| param.name == name))
}

/// Returns whether a parameter of this name identifies the target of a call, or limits the call to it.
fn is_identifier(name: &str) -> bool {
    // Ids of Git objects and of requests in logs, and the two ids of a run of a chaos experiment, one of which is
    // enough.
    const OTHERS: &[&str] = &[
        "correlationID",
        "correlationId",
        "lastObjectId",
        "last_object_id",
        "lastCommitId",
        "last_commit_id",
        "resolvedConflictCommitId",
        "commitId",
        "commit_id",
        "git_file_id",
        "experimentRunId",
        "notifyId",
    ];
    let one = name.strip_suffix('s').unwrap_or(name);
    let ends = |suffix: &str| one.ends_with(suffix);
    (ends("dentifier") || ends("Id") || ends("ID") || ends("_id") || one == "id")
        && !OTHERS.contains(&name)
}

fn headers(request: &Request) -> Result<(), String> {
    let headers = request.headers();
    let Some(account) = headers.get(super::scope::ACCOUNT_HEADER) else {
        return Ok(());
    };
    ScopeLevel::Account.check(&String::from_utf8_lossy(account.as_bytes()))
}

fn body(request: &Request, place: Option<&ScopePlace>) -> Result<(), String> {
    let bytes = request.body().and_then(|body| body.as_bytes());
    let media = request.headers().get(CONTENT_TYPE);
    let is_json = media.is_some_and(|media| media.to_str().is_ok_and(is_json));
    match bytes {
        // The document is parsed only if it may contain a fault.
        Some(bytes) if is_json && may_have_blank(bytes) => match serde_json::from_slice(bytes) {
            Ok(Value::Object(object)) => object_of_body(&object, "", 1, place),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Returns whether a field whose name ends in `dentifier` may be blank.
fn may_have_blank(json: &[u8]) -> bool {
    const NAME: &[u8] = b"dentifier\"";
    memmem::find_iter(json, NAME).any(|at| {
        let value = json[at + NAME.len()..].trim_ascii_start();
        let value = value.strip_prefix(b":").map(<[u8]>::trim_ascii_start);
        let text = value.and_then(|value| value.strip_prefix(b"\""));
        text.and_then(<[u8]>::first)
            .is_some_and(|first| !first.is_ascii_graphic() || matches!(first, b'"' | b'\\'))
    })
}

fn object_of_body(
    object: &Map<String, Value>,
    path: &str,
    depth: usize,
    place: Option<&ScopePlace>,
) -> Result<(), String> {
    for (name, value) in object {
        match value {
            Value::String(text) if name.ends_with("dentifier") && is_blank(text) => {
                match ScopeLevel::of_parameter(name) {
                    // Services write the absent levels of an entity as empty texts.
                    Some(level) if place.is_some_and(|place| !place.has(level)) => {}
                    Some(level) => {
                        return Err(format!(
                            "the {level} identifier is empty: field `{path}{name}` of the body"
                        ));
                    }
                    None if name == "identifier" => {
                        return Err(format!(
                            "the identifier is empty: field `{path}{name}` of the body"
                        ));
                    }
                    None => {}
                }
            }
            Value::Object(inner) if depth < DEPTH => {
                object_of_body(inner, &format!("{path}{name}."), depth + 1, place)?;
            }
            _ => {}
        }
    }
    Ok(())
}
