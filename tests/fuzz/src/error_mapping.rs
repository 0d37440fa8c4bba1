//! Failures with any status, headers and body.

use arbitrary::Unstructured;
use bytes::Bytes;
use harness_api::Incoming;
use harness_api_ext::{Error, ErrorKind};
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::Value;

use super::input::{below, divided, mutate, once_in, one, recording};
use super::stage::{KEY, SECRET, on_stage};

/// Maximum size in bytes of the kept body of a failure.
const KEPT: usize = 1 << 20;

/// Placeholder at which the server repeats the key.
const ECHO: &str = "@KEY@";

/// Paths that determine the service.
const PATHS: [&str; 7] = [
    "/ng/api/connectors/hub",
    "/pipeline/api/pipelines/list",
    "/v1/orgs",
    "/code/api/v1/repos/app",
    "/gateway/lw/api/accounts/a/rules",
    "/ccm/api/graphql",
    "/fme/things",
];

const MEDIA: [&str; 8] = [
    "application/json",
    "application/json; charset=utf-8",
    "application/vnd.goa.error",
    "text/html;charset=UTF-8",
    "text/plain",
    "application/problem+json",
    "text/event-stream",
    "",
];

const HEADERS: [&str; 9] = [
    "retry-after",
    "x-ratelimit-reset-seconds-org",
    "x-ratelimit-reset-seconds-ip",
    "x-correlation-id",
    "x-request-id",
    "content-length",
    "location",
    "set-cookie",
    "x-api-key",
];

/// Response of the server.
struct Answer {
    method: String,
    path: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Input: a recording, or the bytes of the body; after the last NUL, the mutations.
///
/// Checks that nothing panics, that the body is kept up to its limit, that `Display` is one line of limited length, and
/// that neither it nor `Debug` shows the key, even if the server repeats it.
pub fn error_mapping(data: &[u8]) {
    let (text, mut choices) = divided(data);
    let answer = Answer::of(text, &mut choices);
    let way = below(&mut choices, 5);
    let (status, headers, body) = (
        answer.status,
        answer.headers.clone(),
        Bytes::from(answer.body),
    );
    let served = body.clone();
    let error = on_stage(|stage| {
        let method = answer.method.parse().unwrap_or_default();
        let request = stage.harness.request(method, answer.path.as_str());
        stage.play(
            move |_| Ok(Incoming::new(status, headers.clone(), served.clone())),
            async move {
                match way {
                    0 => request.send::<Value>().await.err(),
                    1 => request.send::<Thing>().await.err(),
                    2 => request.text().await.err(),
                    3 => request.empty().await.err(),
                    _ => match request.bytes().await {
                        Ok(stream) => stream.into_inner().collect(64).await.err(),
                        Err(error) => Some(error),
                    },
                }
            },
        )
    });
    if let Some(error) = error {
        let error = Error::from(error);
        // The body of a stream is returned piece by piece, and not kept.
        if error.status().is_some() {
            keeps(&error, &body);
        }
        ask(&error);
    } else {
        assert!(
            answer.status.is_success(),
            "{} is no success",
            answer.status
        );
    }
}

/// Type that covers everything that can go wrong.
#[derive(Deserialize)]
#[allow(dead_code, reason = "only its decoding matters")]
struct Thing {
    #[serde(default)]
    data: std::collections::BTreeMap<String, Vec<u8>>,
    status: Kind,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "only its decoding matters")]
enum Kind {
    #[serde(rename = "SUCCESS")]
    Success,
}

impl Answer {
    fn of(text: &[u8], choices: &mut Unstructured<'_>) -> Self {
        let recorded = recording(text);
        let mut headers = HeaderMap::new();
        let mut answer = match recorded {
            Some(recorded) => {
                let mut body = recorded.body;
                if once_in(choices, 2) {
                    mutate(&mut body, choices);
                }
                if let Some(Ok(media)) = recorded.content_type.as_deref().map(str::parse) {
                    headers.insert(CONTENT_TYPE, media);
                }
                for (name, value) in &recorded.headers {
                    if let (Ok(name), Some(Ok(value))) =
                        (name.parse::<HeaderName>(), value.as_str().map(str::parse))
                    {
                        headers.append(name, value);
                    }
                }
                let path = recorded.path.split(['?', '*', '{']).next().unwrap_or("/");
                Self {
                    method: recorded.method,
                    path: path.to_owned(),
                    status: recorded
                        .status
                        .and_then(|status| StatusCode::from_u16(status).ok())
                        .unwrap_or(StatusCode::OK),
                    headers,
                    body: match body {
                        Value::Null => Vec::new(),
                        Value::String(text) => text.into_bytes(),
                        body => body.to_string().into_bytes(),
                    },
                }
            }
            None => Self {
                method: one(choices, &["GET", "POST", "DELETE"]).to_owned(),
                path: one(choices, &PATHS).to_owned(),
                status: StatusCode::BAD_REQUEST,
                headers,
                body: text.to_vec(),
            },
        };
        while let Some(at) = find(&answer.body, ECHO.as_bytes()) {
            answer.body.splice(at..at + ECHO.len(), KEY.bytes());
        }
        answer.vary(choices);
        answer
    }

    /// Changes the status and the headers, or makes the body truncated or very long.
    fn vary(&mut self, choices: &mut Unstructured<'_>) {
        if choices.is_empty() {
            return;
        }
        if let Ok(status) = choices
            .int_in_range(100_u16..=999)
            .map(StatusCode::from_u16)
        {
            self.status = status.unwrap_or(self.status);
        }
        for _ in 0..below(choices, 4) {
            let name = if once_in(choices, 3) {
                self.headers.remove(CONTENT_TYPE);
                (CONTENT_TYPE, Some(one(choices, &MEDIA)))
            } else {
                (HeaderName::from_static(one(choices, &HEADERS)), None)
            };
            let value = match name.1 {
                Some(media) => media.as_bytes(),
                None if once_in(choices, 4) => KEY.as_bytes(),
                None => choices.arbitrary::<&[u8]>().unwrap_or_default(),
            };
            if let Ok(value) = HeaderValue::from_bytes(value) {
                self.headers.append(name.0, value);
            }
        }
        match below(choices, 16) {
            0 => self.body.truncate(choices.arbitrary().unwrap_or_default()),
            1 if !self.body.is_empty() => self.body = self.body.repeat(KEPT / self.body.len() + 2),
            2 => {
                let at = below(choices, self.body.len() + 1);
                self.body.splice(at..at, KEY.bytes());
            }
            _ => {}
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Checks that the body is kept completely, or up to its limit.
fn keeps(error: &Error, body: &[u8]) {
    let kept = error.body();
    if error.raw().is_truncated() {
        assert!(
            body.starts_with(kept) && kept.len() <= KEPT,
            "the beginning is kept"
        );
        let more = kept.len() == KEPT || kept.is_empty();
        assert!(more, "{} of {} bytes are kept", kept.len(), body.len());
    } else if error.kind() == ErrorKind::Api || error.kind() == ErrorKind::Decode {
        assert_eq!(kept, body, "the body is kept");
    }
}

/// Calls every method of an error.
pub(crate) fn ask(error: &Error) {
    let line = error.to_string();
    assert!(
        !line.is_empty() && !line.chars().any(char::is_control),
        "{line:?}"
    );
    assert!(line.chars().count() < 2500, "{} characters", line.len());
    let raw = error.raw().to_string();
    assert!(
        !raw.is_empty() && !raw.chars().any(char::is_control),
        "{raw:?}"
    );
    for text in [
        line,
        raw,
        format!("{error:?}"),
        format!("{:#?}", error.raw()),
    ] {
        assert!(!text.contains(SECRET), "the key shows: {text}");
    }
    let questions = [
        error.is_not_found(),
        error.is_route_missing(),
        error.is_already_exists(),
        error.is_conflict(),
        error.is_unauthenticated(),
        error.is_permission_denied(),
        error.is_rate_limited(),
        error.is_validation(),
        error.is_policy_denied(),
        error.is_transient(),
        error.is_retryable(),
    ];
    std::hint::black_box(questions);
    let refused = error.kind() == ErrorKind::Api && error.status().is_some();
    assert!(!refused || error.envelope().is_some());
    for text in [error.code(), error.cause_code(), Some(error.message())] {
        assert!(text.is_none_or(|text| text.chars().count() <= 501));
    }
    let lists = [
        error.hints().len(),
        error.explanations().len(),
        error.field_errors().len(),
        error.permission_checks().len(),
        error.rule_violations().len(),
        error.conflict_files().len(),
    ];
    assert!(lists.iter().all(|length| *length <= 200), "{lists:?}");
    std::hint::black_box((
        error.correlation_id(),
        error.metadata(),
        error.policy_denial(),
        error.retry_after(),
        error.decode_failure(),
        error.excerpt(),
    ));
}
