//! The text a person wants from the body of a failure, whichever service wrote it.
//!
//! The services behind the gateway have about fifteen shapes of error bodies. Nothing here depends on one of them: the
//! members that hold a text are tried in the order which gives the best one, and a body that is none of these stays a
//! body.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

use crate::content::{is_html, is_html_type, without_bom};
use crate::pruned;
use crate::redact::Redactor;

const TEXT_LIMIT: usize = 500;
/// By how much of a body is judged whether it is text.
const JUDGED: usize = 2048;
/// How many bytes of a text are looked at. A key may be many times longer than it looks, and must not be cut.
const READ_LIMIT: usize = 64 << 10;
const ID_LIMIT: usize = 100;

/// What was found in a body.
#[derive(Debug, Default)]
pub(crate) struct ServerMessage {
    pub(crate) text: Option<String>,
    pub(crate) correlation_id: Option<String>,
}

impl ServerMessage {
    pub(crate) fn read(
        redactor: &Redactor,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
        truncated: bool,
    ) -> Self {
        if body.is_empty() {
            return Self::default();
        }
        let media = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if is_html_type(media) || is_html(body) {
            return Self {
                text: Some(page(status).to_owned()),
                correlation_id: None,
            };
        }
        let document = String::from_utf8_lossy(without_bom(body));
        if !truncated && let Some(value) = pruned::read(&document, redactor) {
            return Self {
                text: text(&value)
                    .map(|text| redactor.one_line(text, TEXT_LIMIT))
                    .filter(|text| !text.is_empty()),
                correlation_id: member(&value, &["correlationId", "correlationID"])
                    .map(|id| redactor.one_line(id, ID_LIMIT))
                    .filter(|id| !id.is_empty()),
            };
        }
        Self {
            text: plain(redactor, without_bom(body)),
            correlation_id: None,
        }
    }
}

/// What to say of a page of HTML. Where the status says what is wrong, nobody has to guess who sent it.
fn page(status: StatusCode) -> &'static str {
    let is_told = status.is_server_error()
        || status.is_client_error() && !matches!(status.as_u16(), 401 | 403 | 404 | 407);
    if is_told {
        "an HTML page"
    } else {
        "an HTML page: login page or proxy?"
    }
}

/// The beginning of a body that is text; a cut or broken document is none.
fn plain(redactor: &Redactor, body: &[u8]) -> Option<String> {
    let start = &body[..body.len().min(READ_LIMIT)];
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        // Cut within a character, or behind what is shown.
        Err(fault) if fault.error_len().is_none() || fault.valid_up_to() >= JUDGED => {
            std::str::from_utf8(&start[..fault.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let readable = |c: char| !c.is_control() || c.is_whitespace();
    let is_readable = text.chars().take(JUDGED).all(readable);
    if text.trim_start().starts_with(['{', '[', '"']) || !is_readable {
        return None;
    }
    Some(redactor.one_line(text, TEXT_LIMIT)).filter(|text| !text.is_empty())
}

/// The last response message of level ERROR, which is the cause; then the members which hold a text.
fn text(value: &Value) -> Option<&str> {
    if let Value::String(text) = value {
        return Some(text);
    }
    let cause = value
        .get("responseMessages")
        .and_then(Value::as_array)
        .and_then(|messages| {
            messages
                .iter()
                .rev()
                .filter(|message| message.get("level").and_then(Value::as_str) == Some("ERROR"))
                .find_map(|message| member(message, &["message"]))
        });
    cause
        .or_else(|| {
            member(
                value,
                &[
                    "detailedMessage",
                    "description",
                    "message",
                    "responseMessages",
                    "error_description",
                    "error",
                ],
            )
        })
        .or_else(|| {
            value
                .get("error")
                .and_then(|error| member(error, &["message"]))
        })
        .or_else(|| {
            let first = value
                .get("errors")
                .and_then(Value::as_array)
                .and_then(|errors| errors.first())?;
            first
                .as_str()
                .or_else(|| member(first, &["message", "error"]))
        })
        .or_else(|| {
            ["violations", "rule_violations"]
                .iter()
                .filter_map(|name| value.get(name)?.as_array())
                .flatten()
                .filter_map(|rule| rule.get("violations")?.as_array())
                .flatten()
                .find_map(|violation| member(violation, &["message"]))
        })
        .or_else(|| {
            let messages = value.get("responseMessages")?.as_array()?;
            messages
                .iter()
                .rev()
                .find_map(|message| member(message, &["message"]))
        })
}

/// The first of these members that is a text and not blank.
fn member<'v>(value: &'v Value, names: &[&str]) -> Option<&'v str> {
    names.iter().find_map(|name| {
        value
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.trim().is_empty())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(media: &'static str, body: &'static str) -> ServerMessage {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, media.parse().unwrap());
        let body = Bytes::from_static(body.as_bytes());
        ServerMessage::read(
            &Redactor::default(),
            StatusCode::BAD_REQUEST,
            &headers,
            &body,
            false,
        )
    }

    #[test]
    fn every_known_shape_gives_its_best_text() {
        let table = [
            (
                r#"{"message":"top","detailedMessage":null,"responseMessages":[{"level":"INFO","message":"hint"},{"level":"ERROR","message":"401 from the Git host"}]}"#,
                "401 from the Git host",
            ),
            (
                r#"{"responseMessages":[{"level":"ERROR","message":"stage build: image is required"}]}"#,
                "stage build: image is required",
            ),
            (
                r#"{"status":"FAILURE","message":"Invalid request","errors":[{"fieldId":"x","error":"y"}]}"#,
                "Invalid request",
            ),
            (
                r#"{"error":"application billing not found","code":5,"message":"application billing not found"}"#,
                "application billing not found",
            ),
            (
                r#"{"error":{"grpc_code":14,"message":"agent is not registered"}}"#,
                "agent is not registered",
            ),
            (
                r#"{"message":"failed to add experiment","description":"pod-kill already exists"}"#,
                "pod-kill already exists",
            ),
            (
                r#"{"success":false,"errors":["rule name is required"],"response":null}"#,
                "rule name is required",
            ),
            (
                r#"{"data":null,"errors":[{"message":"no infrastructure"}]}"#,
                "no infrastructure",
            ),
            (
                r#"{"error":"Not Found","code":404,"responseMessages":"dashboard 91 not found"}"#,
                "dashboard 91 not found",
            ),
            (
                r#"{"code":400,"message":"Unable to process JSON"}"#,
                "Unable to process JSON",
            ),
            (
                r#"{"violations":[{"rule":{"identifier":"main"},"violations":[{"message":"2 approvals needed"}]}]}"#,
                "2 approvals needed",
            ),
            (
                r#"{"responseMessages":[{"level":"FAILURE","message":"the only one"}]}"#,
                "the only one",
            ),
        ];
        for (body, text) in table {
            assert_eq!(
                read("application/json", body).text.as_deref(),
                Some(text),
                "{body}"
            );
        }
    }

    #[test]
    fn other_bodies_do_no_harm() {
        assert_eq!(
            read("text/html", "<p>x</p>").text.as_deref(),
            Some("an HTML page")
        );
        for (status, is_told) in [
            (200, false),
            (302, false),
            (401, false),
            (403, false),
            (404, false),
            (429, true),
            (500, true),
            (503, true),
        ] {
            let text = page(StatusCode::from_u16(status).unwrap());
            assert_eq!(!text.contains("login"), is_told, "{status}");
        }
        assert_eq!(
            read("text/plain", "upstream\nreset").text.as_deref(),
            Some("upstream reset")
        );
        assert!(
            read("application/octet-stream", "\u{1}\u{2}")
                .text
                .is_none()
        );
        for (body, text) in [
            ("true story", "true story"),
            (r#""said in JSON""#, "said in JSON"),
        ] {
            assert_eq!(read("application/json", body).text.as_deref(), Some(text));
        }
        let long = "é".repeat(2000);
        let redactor = Redactor::default();
        assert_eq!(
            plain(&redactor, long.as_bytes()).unwrap().chars().count(),
            501
        );
        for body in [
            "",
            "[]",
            "3",
            "null",
            "{}",
            r#"{"message":7}"#,
            r#"{"message":" "}"#,
            "{",
        ] {
            assert!(read("application/json", body).text.is_none(), "{body}");
        }
    }
}
