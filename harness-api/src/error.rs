//! The error of every call.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

use crate::content::{is_html, is_html_type, without_bom};
use crate::operation::Operation;
use crate::options::Attached;
use crate::pruned;
use crate::redact::{Redactor, is_secret_header, one_line};
use crate::server_message::ServerMessage;
use crate::transport::Head;

/// What a call failed with: one pointer wide, and useful when printed alone.
///
/// [`Display`](fmt::Display) is one line: the operation, its method and path template, what went wrong, and for an answer
/// of the server its status, the text in its body where there is an obvious one, and the correlation id. Neither
/// `Display` nor `Debug` shows values that were sent, header values, or the body; [`body`](Self::body) and
/// [`headers`](Self::headers) give them, as they came, to those who ask. All other texts have the keys of the call masked
/// where the server repeats them, in every encoding, and what looks like a token of the platform; see [`Redactor`].
///
/// Whether a call may be repeated safely is answered by [`is_certainly_not_sent`](Self::is_certainly_not_sent).
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    target: Option<Target>,
    answer: Option<Answer>,
    decode: Option<DecodeFailure>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    not_sent: bool,
    attached: Attached,
}

/// What the server had answered when the call failed.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    truncated: bool,
    server: ServerMessage,
}

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request could not be made from what was given; nothing was sent.
    Build,
    /// A layer refused or failed the call.
    Layer,
    /// No connection to the server could be made; nothing was sent. After a redirect that is a
    /// [`Transport`](Self::Transport) error.
    Connect,
    /// The time for the call, the connection or the next piece of the answer ran out.
    Timeout,
    /// The connection failed after it was made: the server may or may not have acted.
    Transport,
    /// The server answered with a status other than 2XX, a redirect that was not followed included; or a layer saw that
    /// an answer of status 2XX is a failure.
    Status,
    /// The server answered 2XX with a body that does not fit the declared type.
    Decode,
    /// The server answered 2XX without a body where one is declared: to a question, or where the type has members that must
    /// be there.
    EmptyBody,
    /// The server answered 2XX with another kind of content: an HTML page, for example.
    UnexpectedContent,
    /// The body of the answer is larger than the client accepts.
    BodyTooLarge,
}

/// What a call was aimed at.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Table(&'static Operation),
    Free(Arc<Endpoint>),
}

/// Method and path of a call outside the table.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) method: String,
    pub(crate) path: String,
}

impl Target {
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Table(operation) => Some(operation),
            Self::Free(_) => None,
        }
    }

    pub(crate) fn method(&self) -> &str {
        match self {
            Self::Table(operation) => operation.method,
            Self::Free(endpoint) => &endpoint.method,
        }
    }

    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Table(operation) => operation.path,
            Self::Free(endpoint) => &endpoint.path,
        }
    }
}

impl Target {
    /// The call on one line. A path that was given as a literal may hold anything.
    fn shown(&self, redactor: &Redactor) -> String {
        match self {
            Self::Table(operation) => operation.to_string(),
            Self::Free(endpoint) => {
                let path = redactor.one_line(&endpoint.path, 200);
                format!("{} {path}", endpoint.method)
            }
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(operation) => operation.fmt(f),
            Self::Free(_) => f.write_str(&self.shown(&Redactor::default())),
        }
    }
}

/// Where and why a body did not fit its type.
///
/// The reason is cleared of the values in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeFailure {
    /// The place in the document, such as `data.content[3].identifier`; `.` is the document itself.
    pub path: String,
    /// What was found and what was expected there.
    pub reason: String,
    /// The line, counted from 1; 0 when it is not known.
    pub line: usize,
    /// The column, counted from 1; 0 when it is not known.
    pub column: usize,
}

impl DecodeFailure {
    /// A failure at this path, for layers that look at bodies; line and column are not known. The reason should be one line
    /// and hold nothing secret.
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
            line: 0,
            column: 0,
        }
    }
}

impl Error {
    /// An error of this kind, for layers. The client adds which operation it belongs to.
    ///
    /// The message becomes part of `Display`: it should be one line and hold nothing secret.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            target: None,
            answer: None,
            decode: None,
            source: None,
            not_sent: matches!(kind, ErrorKind::Build | ErrorKind::Connect),
            attached: Attached::default(),
        }))
    }

    /// The same error with a cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error, saying whether it is certain that no request left this machine.
    #[must_use]
    pub fn with_certainly_not_sent(mut self, certain: bool) -> Self {
        self.0.not_sent = certain;
        self
    }

    /// The same error with a value attached, which [`attached`](Self::attached) hands out by its type.
    #[must_use]
    pub fn with_attached<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.0.attached.set(value);
        self
    }

    /// What a layer attached to the error, or to the answer it is made of, under this type.
    pub fn attached<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.attached.get()
    }

    pub(crate) fn build(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Build, message)
    }

    /// From the HTTP stack; the URL, which holds values, is dropped.
    pub(crate) fn from_http(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let (kind, message) = if error.is_timeout() {
            let message = if error.is_connect() {
                "no connection in time"
            } else {
                "no answer in time"
            };
            (ErrorKind::Timeout, message)
        } else if error.is_connect() {
            (ErrorKind::Connect, "no connection")
        } else if error.is_builder() {
            (ErrorKind::Build, "the request is not valid")
        } else {
            (ErrorKind::Transport, "the connection failed")
        };
        let not_sent = error.is_connect() || error.is_builder();
        Self::caused(kind, message, error).with_certainly_not_sent(not_sent)
    }

    /// From the HTTP stack, when a request failed because its body could not be read.
    pub(crate) fn from_body(error: reqwest::Error) -> Self {
        let message = "the body of the request could not be read to its end";
        Self::caused(ErrorKind::Transport, message, error.without_url())
    }

    /// The HTTP client cannot be made of what is set.
    pub(crate) fn from_client(error: reqwest::Error) -> Self {
        let message = "the HTTP client cannot be made";
        Self::caused(ErrorKind::Build, message, error.without_url())
    }

    /// With the cause in its message, because it is what says something.
    fn caused(kind: ErrorKind, message: &str, error: reqwest::Error) -> Self {
        let message = match innermost(&error) {
            Some(cause) => format!("{message}: {}", one_line(&cause.to_string(), 200)),
            None => message.to_owned(),
        };
        Self::new(kind, message).with_source(error)
    }

    /// The same failure, of a request that a redirect had led elsewhere: the first URL has answered.
    pub(crate) fn after_redirect(mut self) -> Self {
        if self.0.kind != ErrorKind::Timeout {
            self.0.kind = ErrorKind::Transport;
        }
        self.0.message = format!("after a redirect: {}", self.0.message);
        self.with_certainly_not_sent(false)
    }

    pub(crate) fn with_target(mut self, target: &Target) -> Self {
        self.0.target.get_or_insert_with(|| target.clone());
        self
    }

    pub(crate) fn with_answer(mut self, head: Head, body: Bytes, truncated: bool) -> Self {
        let Head {
            status,
            headers,
            attached,
        } = head;
        self.0.attached.extend(attached);
        self.0.answer = Some(Answer {
            status,
            headers,
            body,
            truncated,
            server: ServerMessage::default(),
        });
        self.redact();
        self
    }

    /// The same error with the place of the body that does not fit.
    #[must_use]
    pub fn with_decode_failure(mut self, failure: DecodeFailure) -> Self {
        self.0.decode = Some(failure);
        self.redact_own();
        self
    }

    /// The same error, its texts without these keys.
    pub(crate) fn with_redactor(mut self, redactor: &Redactor) -> Self {
        let known = self.0.attached.redactor.clone();
        self.0.attached.knows(redactor);
        if !self.0.attached.redactor.is_same(&known) {
            self.redact();
        }
        self
    }

    /// Masks the keys in the texts of this crate, which may quote the server.
    fn redact_own(&mut self) {
        let inner = &mut *self.0;
        let redactor = &inner.attached.redactor;
        let mask = |text: &mut String| {
            if let Cow::Owned(masked) = redactor.mask(text) {
                *text = masked;
            }
        };
        mask(&mut inner.message);
        if let Some(failure) = &mut inner.decode {
            mask(&mut failure.path);
            mask(&mut failure.reason);
        }
    }

    /// Masks the keys in all texts that are shown.
    fn redact(&mut self) {
        self.redact_own();
        let inner = &mut *self.0;
        let redactor = &inner.attached.redactor;
        if let Some(answer) = &mut inner.answer {
            answer.server = ServerMessage::read(
                redactor,
                answer.status,
                &answer.headers,
                &answer.body,
                answer.truncated,
            );
            for (name, value) in &mut answer.headers {
                let text = String::from_utf8_lossy(value.as_bytes());
                if is_secret_header(name) || matches!(redactor.mask(&text), Cow::Owned(_)) {
                    value.set_sensitive(true);
                }
            }
        }
    }

    /// Returns what masks the keys of the call that failed; for an error without a call, what masks tokens alone.
    pub fn redactor(&self) -> &Redactor {
        &self.0.attached.redactor
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What went wrong, without operation, status and the server's text; never secret.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The operation that was called; `None` for an endpoint outside the table, and before any call.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.target.as_ref().and_then(Target::operation)
    }

    /// The HTTP method of the call.
    pub fn method(&self) -> Option<&str> {
        self.0.target.as_ref().map(Target::method)
    }

    /// The path template of the call: without values, except where a path was given as a literal.
    pub fn path(&self) -> Option<&str> {
        self.0.target.as_ref().map(Target::path)
    }

    /// The status of the answer, when there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The headers of the answer, when there was one, as they came. `Debug` of them leaves out the values that hold a key
    /// of the call.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The body of the answer as far as it was read, as it came: empty when there was no answer or no body.
    ///
    /// It may hold secrets, the keys of the call too. [`is_truncated`](Self::is_truncated) tells whether it is whole.
    pub fn body(&self) -> &Bytes {
        static NONE: Bytes = Bytes::new();
        self.0.answer.as_ref().map_or(&NONE, |answer| &answer.body)
    }

    /// Returns the body as JSON, with the keys of the call masked in all its texts; `None` where it is something else.
    ///
    /// It is meant for looking at what the server says of a failure, and bounded: of a document with very many values, or
    /// texts of more than 64 KiB, it has the beginnings.
    pub fn body_json(&self) -> Option<Value> {
        let document = String::from_utf8_lossy(without_bom(self.body()));
        pruned::read(&document, self.redactor())
    }

    /// Whether [`body`](Self::body) is only the beginning.
    pub fn is_truncated(&self) -> bool {
        self.0
            .answer
            .as_ref()
            .is_some_and(|answer| answer.truncated)
    }

    /// The most telling text in the body of a failure: bounded, on one line, without keys of the call and what looks like a
    /// token.
    pub fn server_message(&self) -> Option<&str> {
        self.0
            .answer
            .as_ref()
            .and_then(|answer| answer.server.text.as_deref())
    }

    /// The id under which the server keeps the failure, when the body has one. Support asks for it.
    pub fn correlation_id(&self) -> Option<&str> {
        self.0
            .answer
            .as_ref()
            .and_then(|answer| answer.server.correlation_id.as_deref())
    }

    /// Whether the answer is an HTML page, by its declared type or its beginning: a login page, a proxy, a firewall.
    pub fn is_html(&self) -> bool {
        let Some(answer) = &self.0.answer else {
            return false;
        };
        let media = answer.headers.get(CONTENT_TYPE);
        media
            .and_then(|media| media.to_str().ok())
            .is_some_and(is_html_type)
            || is_html(&answer.body)
    }

    /// Where and why the body did not fit, for [`ErrorKind::Decode`].
    pub fn decode_failure(&self) -> Option<&DecodeFailure> {
        self.0.decode.as_ref()
    }

    /// At most 120 characters of the body around the place that did not fit.
    ///
    /// Unlike `Display` and `Debug` this shows values of the body, which may be secret. Keys of the call are masked.
    pub fn excerpt(&self) -> Option<String> {
        let failure = self.0.decode.as_ref().filter(|failure| failure.line > 0)?;
        let part = around(self.body(), failure.line, failure.column);
        Some(self.redactor().excerpt(self.body(), part))
    }

    /// Whether the request could not be made; nothing was sent.
    pub fn is_build(&self) -> bool {
        self.0.kind == ErrorKind::Build
    }

    /// Whether no connection could be made, because of time or otherwise; nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.0.kind == ErrorKind::Connect || (self.0.kind == ErrorKind::Timeout && self.0.not_sent)
    }

    /// Whether time ran out.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Whether the connection failed after it was made.
    pub fn is_transport(&self) -> bool {
        self.0.kind == ErrorKind::Transport
    }

    /// Whether the server answered with a status other than 2XX.
    pub fn is_status(&self) -> bool {
        self.0.kind == ErrorKind::Status
    }

    /// Whether the server answered 2XX with something the client could not use: a body that does not fit, none, one of
    /// another kind, or one too large.
    pub fn is_unusable_answer(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Decode
                | ErrorKind::EmptyBody
                | ErrorKind::UnexpectedContent
                | ErrorKind::BodyTooLarge
        )
    }

    /// Whether it is certain that the server has not seen the request, so that even a write may be repeated: it failed before
    /// the first byte to its own URL, for example because no connection to or through a proxy could be made.
    ///
    /// `false` means that it is not known, or that the server did see it. After a redirect it is always `false`.
    pub fn is_certainly_not_sent(&self) -> bool {
        self.0.not_sent
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(target) = &inner.target {
            write!(f, "{}: ", target.shown(self.redactor()))?;
        }
        let Some(answer) = &inner.answer else {
            return f.write_str(&inner.message);
        };
        if inner.kind != ErrorKind::Status {
            write!(
                f,
                "{} (the server answered {})",
                inner.message, answer.status
            )?;
        } else if inner.message.is_empty() {
            write!(f, "{}", answer.status)?;
        } else {
            write!(f, "{}, {}", answer.status, inner.message)?;
        }
        if let Some(text) = answer
            .server
            .text
            .as_ref()
            .filter(|_| inner.kind == ErrorKind::Status)
        {
            write!(f, ": {}", one_line(text, 300))?;
        }
        if let Some(id) = &answer.server.correlation_id {
            write!(f, " [correlation id {id}]")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut out = f.debug_struct("Error");
        out.field("kind", &inner.kind)
            .field("message", &inner.message);
        if let Some(target) = &inner.target {
            out.field("target", &format_args!("{}", target.shown(self.redactor())));
        }
        if let Some(answer) = &inner.answer {
            out.field("status", &answer.status);
            // The text of a success is its value.
            if inner.kind == ErrorKind::Status {
                out.field("server_message", &answer.server.text);
            }
            out.field("correlation_id", &answer.server.correlation_id)
                .field("body_bytes", &answer.body.len())
                .field("truncated", &answer.truncated);
        }
        if let Some(failure) = &inner.decode {
            out.field("decode", failure);
        }
        if let Some(source) = &inner.source {
            out.field("source", source);
        }
        out.field("certainly_not_sent", &inner.not_sent).finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

/// The last cause in a chain, which is the one that says something.
fn innermost(error: &dyn StdError) -> Option<&(dyn StdError + 'static)> {
    let mut last = error.source()?;
    while let Some(next) = last.source() {
        last = next;
    }
    Some(last)
}

/// The 120 bytes of a body around a line and a column.
fn around(body: &[u8], line: usize, column: usize) -> Range<usize> {
    const AROUND: usize = 60;
    let start: usize = body
        .split_inclusive(|byte| *byte == b'\n')
        .take(line - 1)
        .map(<[u8]>::len)
        .sum();
    let place = (start + column).min(body.len());
    let from = place.saturating_sub(AROUND);
    let to = place.saturating_add(AROUND).min(body.len());
    from..to
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    static OPERATION: Operation = Operation::new(
        "getPipeline",
        "GET",
        "/pipeline/api/pipelines/{pipelineIdentifier}",
    );

    fn status(code: u16, body: &'static str) -> Error {
        Error::new(ErrorKind::Status, "")
            .with_target(&Target::Table(&OPERATION))
            .with_answer(
                Head {
                    status: StatusCode::from_u16(code).unwrap(),
                    headers: HeaderMap::new(),
                    attached: Attached::default(),
                },
                Bytes::from_static(body.as_bytes()),
                false,
            )
    }

    #[test]
    fn one_line_says_it_all() {
        let error = status(
            404,
            r#"{"code":"X","message":"Pipeline\n[build] not found","correlationId":"7b1f"}"#,
        );
        assert_eq!(
            error.to_string(),
            "getPipeline (GET /pipeline/api/pipelines/{pipelineIdentifier}): 404 Not Found: Pipeline [build] not found \
             [correlation id 7b1f]"
        );
        assert_eq!(error.correlation_id(), Some("7b1f"));
        assert!(!error.is_certainly_not_sent());
    }

    #[test]
    fn an_error_is_one_pointer_and_can_cross_threads() {
        fn sendable<T: Send + Sync + 'static>() {}
        sendable::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn debug_has_no_body() {
        let error = status(500, r#"{"message":"no","data":"hidden-value"}"#);
        assert!(!format!("{error:?} {error:#?} {error}").contains("hidden-value"));
        // The text of a failure is told, that of a success is its value.
        let told = |kind, body| {
            let mut error = status(200, body);
            error.0.kind = kind;
            format!("{error:?} {error}")
        };
        assert!(told(ErrorKind::Status, "plain words").contains("plain words"));
        assert!(!told(ErrorKind::Decode, "plain words").contains("plain words"));
        assert!(!told(ErrorKind::EmptyBody, "\"plain words\"").contains("plain words"));
    }

    #[test]
    fn excerpts_are_bounded_and_do_not_panic() {
        let excerpt = |body: &[u8], line, column| {
            Redactor::default().excerpt(body, around(body, line, column))
        };
        let body = "x".repeat(50) + "\n" + &"é".repeat(200);
        assert!(excerpt(body.as_bytes(), 2, 101).chars().count() <= 122);
        assert_eq!(excerpt(b"", 1, 9), "");
        assert_eq!(excerpt(b"ab", 9, 9), "ab");
    }
}
