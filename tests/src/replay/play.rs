//! Replays one recording against the client.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use harness_api::{
    BoxFuture, Call, Client, Error, Incoming, Layer, Next, Operation, Outgoing, Place,
};
use harness_api_ext::{Harness, RetryPolicy};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::{Exchange, File, Kind, Leaves, Outcome, compare, expect, route};
use crate::dispatch::{self, Decoded, Fault};

/// Replays recordings.
pub(super) struct Player {
    runtime: Runtime,
}

impl Player {
    pub(super) fn new() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime })
    }

    pub(super) fn play(&self, name: String, exchange: &Exchange) -> File {
        let given = exchange.operation.as_deref().and_then(route::by_id);
        let operation = given.or_else(|| route::by_path(&exchange.method, &exchange.path));
        let verdict = match (exchange.kind, operation) {
            (Kind::Response | Kind::Request, _) if exchange.expect.is_some() => {
                Verdict::all_or_none(false, &exchange.body, "only an error has `expect`")
            }
            (Kind::Error, _) => self.error(exchange),
            (Kind::Response, Some(operation)) => response(exchange, operation),
            (Kind::Request, Some(operation)) => self.request(exchange, operation),
            (Kind::Response | Kind::Request, None) => unknown(exchange),
        };
        File {
            name,
            kind: exchange.kind,
            operation: operation
                .map(|operation| operation.id.to_owned())
                .or_else(|| exchange.operation.clone()),
            outcome: verdict.outcome,
            leaves: verdict.leaves,
            note: verdict.note,
        }
    }

    fn error(&self, exchange: &Exchange) -> Verdict {
        match self.runtime.block_on(answer(exchange)) {
            Ok((body, note)) if body == bytes(&exchange.body) => Verdict::new(Outcome::Good, note),
            Ok((_, note)) => Verdict::new(Outcome::Bad, format!("the body is incomplete; {note}")),
            Err(reason) => Verdict::new(Outcome::Bad, reason),
        }
    }

    fn request(&self, exchange: &Exchange, operation: &'static Operation) -> Verdict {
        let media = exchange.content_type.as_deref().unwrap_or_default();
        if media.starts_with("multipart/") {
            return multipart(&exchange.body, operation);
        }
        if let Value::String(text) = &exchange.body
            && takes_text(operation, media)
        {
            let kept = match self.runtime.block_on(sent(media, text)) {
                Ok(sent) => sent == text.as_bytes(),
                Err(_) => false,
            };
            return Verdict::all_or_none(kept, &exchange.body, "sent as text");
        }
        let types = dispatch::types(operation.id);
        match types.and_then(|types| types.request(&exchange.body.to_string())) {
            Some(result) => {
                let mut verdict = Verdict::of(&exchange.body, result);
                if !verdict.leaves.lost.is_empty() {
                    verdict.outcome = Outcome::Bad;
                }
                verdict
            }
            None => Verdict::all_or_none(false, &exchange.body, "no type declared"),
        }
    }
}

/// Result of an exchange.
struct Verdict {
    outcome: Outcome,
    leaves: Leaves,
    note: String,
}

impl Verdict {
    fn new(outcome: Outcome, note: impl Into<String>) -> Self {
        Self {
            outcome,
            leaves: Leaves::default(),
            note: note.into(),
        }
    }

    fn all_or_none(all: bool, body: &Value, note: &str) -> Self {
        Self {
            outcome: if all { Outcome::Good } else { Outcome::Bad },
            leaves: if all {
                Leaves::all_kept(body)
            } else {
                Leaves::none_kept(body)
            },
            note: note.to_owned(),
        }
    }

    fn of(body: &Value, result: Result<Decoded, Fault>) -> Self {
        match result {
            Ok(decoded) => Self {
                outcome: Outcome::Good,
                leaves: compare(body, &decoded.value, &decoded.misfits),
                note: String::new(),
            },
            Err(fault) => Self::all_or_none(false, body, &fault.to_string()),
        }
    }
}

/// Handles an exchange without an operation: it is not counted, unless it names an operation that should exist.
fn unknown(exchange: &Exchange) -> Verdict {
    match &exchange.operation {
        Some(_) if cfg!(feature = "full") => {
            Verdict::all_or_none(false, &exchange.body, "no such operation")
        }
        Some(_) => Verdict::new(Outcome::Apart, "its module is not compiled in"),
        None => Verdict::new(Outcome::Apart, "not in the API"),
    }
}

fn response(exchange: &Exchange, operation: &'static Operation) -> Verdict {
    let body = &exchange.body;
    let types = dispatch::types(operation.id);
    match types.and_then(|types| types.response(&body.to_string())) {
        Some(result) => Verdict::of(body, result),
        None if body.is_string() => Verdict::all_or_none(true, body, "kept as text"),
        None if !operation.answers.is_empty() => {
            Verdict::all_or_none(true, body, "a file, kept unchanged")
        }
        None => Verdict {
            outcome: Outcome::Good,
            leaves: Leaves::none_kept(body),
            note: "no type declared".to_owned(),
        },
    }
}

/// Returns whether an operation takes a body of this text type unchanged.
fn takes_text(operation: &Operation, media: &str) -> bool {
    let is_yaml = |media: &str| media.contains("yaml");
    operation.bodies.iter().any(|declared| {
        *declared == media && !media.contains("json") || is_yaml(declared) && is_yaml(media)
    })
}

/// Accepts a form if the operation has each of its parts.
fn multipart(body: &Value, operation: &Operation) -> Verdict {
    let parts = body.get("parts").and_then(Value::as_array);
    let names = parts.into_iter().flatten().map(|part| part.get("name"));
    let strange: Vec<_> = names
        .map(|name| name.and_then(Value::as_str).unwrap_or_default())
        .filter(|name| operation.position(Place::Form, name).is_none())
        .collect();
    if strange.is_empty() {
        return Verdict::all_or_none(parts.is_some(), body, "parts of a form");
    }
    let note = format!("parts that are not declared: {}", strange.join(", "));
    Verdict::all_or_none(false, body, &note)
}

/// Returns the outcome of the client for a recorded response: the bytes of the body, and a note.
async fn answer(exchange: &Exchange) -> Result<(Bytes, String), String> {
    let status = exchange.status.unwrap_or_default();
    let status = StatusCode::from_u16(status).map_err(|_| format!("no status: {status}"))?;
    let canned = Canned {
        status,
        headers: headers(exchange),
        body: bytes(&exchange.body),
        seen: Arc::default(),
    };
    let harness = Harness::builder()
        .api_key("pat.recorded.recorded.recorded")
        .endpoint("http://127.0.0.1:9")
        .retry(RetryPolicy::never())
        .layer(canned)
        .build()
        .map_err(|error| error.to_string())?;
    let method = Method::from_bytes(exchange.method.as_bytes()).map_err(|_| "no method")?;
    let request = harness.request(method, place(&exchange.path));
    let sent = request.send::<Value>().await;
    let error = match sent.map_err(harness_api_ext::Error::from) {
        Ok(_) if exchange.expect.is_some() => return Err("no error".to_owned()),
        Ok(response) => {
            let note = format!("no error by its status {status}: the response keeps the body");
            return Ok((response.bytes().clone(), note));
        }
        Err(error) => error,
    };
    if error.raw().is_truncated() {
        return Err("the body was cut".to_owned());
    }
    if error.status() != Some(status) {
        return Err("the status was lost".to_owned());
    }
    if exchange.body.is_object() && error.code().is_none() && error.message().is_empty() {
        return Err(format!("neither code nor message found; {}", found(&error)));
    }
    if let Some(expect) = &exchange.expect {
        expect::check(expect, &error)?;
    }
    Ok((error.body().clone(), found(&error)))
}

/// Returns the path to call, which determines the service. A recorded path may be only a pattern.
fn place(path: &str) -> &str {
    let path = path.split(['?', '#', '*']).next().unwrap_or_default();
    if path.starts_with('/') && !path.contains(['{', '}']) {
        path
    } else {
        "/recorded"
    }
}

/// Describes an error of the client in one line.
fn found(error: &harness_api_ext::Error) -> String {
    let mut out = format!("{:?}", error.kind());
    if let Some(envelope) = error.envelope() {
        out += &format!(" {envelope:?}");
    }
    if let Some(code) = error.code() {
        out += &format!(", code {code}");
    }
    if let Some(id) = error.correlation_id() {
        out += &format!(", correlation id {id}");
    }
    match error.message() {
        "" => out + ", no message",
        message => out + ": " + message,
    }
}

/// Returns the request for a text body.
async fn sent(media: &str, text: &str) -> Result<Vec<u8>, Error> {
    static ANY: Operation = Operation::new("recorded", "POST", "/recorded");
    let seen = Arc::default();
    let canned = Canned {
        status: StatusCode::NO_CONTENT,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        seen: Arc::clone(&seen),
    };
    let client = canned.client()?;
    let mut call = Call::new(&client, &ANY);
    call.body_text(media.to_owned(), text);
    call.empty().await?;
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(std::mem::take(&mut *seen))
}

/// Layer that returns one response to all requests, and stores what was sent.
struct Canned {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Canned {
    fn client(self) -> Result<Client, Error> {
        Client::builder("http://recorded.invalid")
            .layer(self)
            .build()
    }
}

impl Layer for Canned {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        _next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        let sent = request.request().body().and_then(reqwest::Body::as_bytes);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) =
            sent.unwrap_or_default().to_vec();
        let incoming = Incoming::new(self.status, self.headers.clone(), self.body.clone());
        Box::pin(async move { Ok(incoming) })
    }
}

fn headers(exchange: &Exchange) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let media = exchange.content_type.as_deref();
    if let Some(Ok(media)) = media.map(HeaderValue::from_str) {
        headers.insert(CONTENT_TYPE, media);
    }
    for (name, value) in &exchange.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = value.as_str().map(HeaderValue::from_str);
        if let (Ok(name), Some(Ok(value))) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

/// Returns the body as it was on the wire.
fn bytes(body: &Value) -> Bytes {
    match body {
        Value::Null => Bytes::new(),
        Value::String(text) => Bytes::from(text.clone()),
        body => Bytes::from(body.to_string()),
    }
}
