//! What a call gives.

use std::fmt;
use std::ops::{Deref, Range};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::decode::{self, Received};
use crate::error::{Error, ErrorKind, Target};
use crate::model;
use crate::operation::Operation;
use crate::options::Attached;
use crate::redact::Redactor;
use crate::transport::Head;

/// The answer to a call: the decoded value, to which it dereferences, and what came with it.
pub struct Response<T> {
    value: T,
    // Boxed, to make little of what is generic.
    parts: Box<ResponseParts>,
}

/// What came with the value of an answer.
#[derive(Clone)]
#[non_exhaustive]
pub struct ResponseParts {
    /// The status, 2XX.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it was received; empty for a streamed answer.
    pub bytes: Bytes,
    pub(crate) attached: Attached,
    pub(crate) target: Target,
    /// How large the body might have been.
    pub(crate) max_body: u64,
}

impl ResponseParts {
    pub(crate) fn new(target: Target, head: Head, bytes: Bytes, max_body: u64) -> Box<Self> {
        Box::new(Self {
            status: head.status,
            headers: head.headers,
            bytes,
            attached: head.attached,
            target,
            max_body,
        })
    }

    /// How many bytes the value of the body may take; see [`ClientBuilder::max_body`](crate::ClientBuilder::max_body).
    pub(crate) fn max_memory(&self) -> u64 {
        const LEAST: u64 = 16 << 20;
        let length = self.bytes.len() as u64;
        (2 * length).saturating_add((self.max_body / 2).max(LEAST))
    }

    /// Runs a decoder of the body, which is stopped when the value takes more than it may.
    pub(crate) fn within_memory<R>(&self, decode: impl FnOnce() -> R) -> Result<R, Error> {
        model::within(self.max_memory(), decode).ok_or_else(|| self.takes_too_much())
    }

    #[cold]
    fn takes_too_much(&self) -> Error {
        let message = format!(
            "the value of a body of {} bytes takes more than {} bytes of memory: a larger `max_body` allows more",
            self.bytes.len(),
            self.max_memory()
        );
        self.clone().into_error(ErrorKind::BodyTooLarge, message)
    }

    /// The operation that was called; `None` for an endpoint outside the table.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.target.operation()
    }

    /// Returns what masks the keys of the call.
    pub fn redactor(&self) -> &Redactor {
        &self.attached.redactor
    }

    /// Makes an error of an answer that its caller cannot use: it names the call, and keeps status, headers, body and what
    /// was attached.
    ///
    /// The message should be one line and hold nothing secret.
    pub fn into_error(self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let head = Head {
            status: self.status,
            headers: self.headers,
            attached: self.attached,
        };
        Error::new(kind, message)
            .with_target(&self.target)
            .with_answer(head, self.bytes, false)
    }
}

impl<T> Response<T> {
    #[inline]
    pub(crate) fn new(value: T, parts: Box<ResponseParts>) -> Self {
        Self { value, parts }
    }

    /// The status, 2XX.
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The headers. Several services put the totals of a list there.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The text of a header; `None` when it is absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    }

    /// The body as it was received, with members the type does not know; empty for a streamed answer.
    pub fn bytes(&self) -> &Bytes {
        &self.parts.bytes
    }

    /// The operation that was called; `None` for an endpoint outside the table.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.parts.operation()
    }

    /// Returns what masks the keys of the call.
    pub fn redactor(&self) -> &Redactor {
        self.parts.redactor()
    }

    /// Makes an error of this answer, as [`ResponseParts::into_error`] does.
    pub fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        self.parts.clone().into_error(kind, message)
    }

    /// Makes the error of an answer of which a part does not fit `P`, for those who decode the bytes themselves.
    ///
    /// The part is a range of [`bytes`](Self::bytes), and the path says where it stands, as in `data.content[3]`; an empty
    /// path is the document. The place within the part is found by decoding it once more.
    pub fn misfit<P: DeserializeOwned>(&self, part: Range<usize>, path: &str) -> Error {
        let received = Received {
            parts: self.parts.clone(),
            html_is_fine: false,
        };
        decode::part_misfit::<P>(received, part, path)
    }

    /// Runs a decoder of [`bytes`](Self::bytes), for those who decode them themselves. The decoder is stopped when the
    /// generated types that it reads take more memory than a response may; see
    /// [`ClientBuilder::max_body`](crate::ClientBuilder::max_body).
    ///
    /// # Errors
    ///
    /// Of kind [`BodyTooLarge`](ErrorKind::BodyTooLarge) when that happened.
    ///
    /// ```no_run
    /// # async fn run(client: harness_api::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use harness_api::model::Bare;
    /// use serde_json::Value;
    ///
    /// let response = client.request("GET", "/v1/some/export").empty().await?;
    /// let decoded = response.within_memory(|| serde_json::from_slice::<Bare<Value>>(response.bytes()))?;
    /// println!("{}", decoded?.0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn within_memory<R>(&self, decode: impl FnOnce() -> R) -> Result<R, Error> {
        self.parts.within_memory(decode)
    }

    /// Returns how many bytes of memory the value of the body may take; see
    /// [`ClientBuilder::max_body`](crate::ClientBuilder::max_body).
    pub fn max_memory(&self) -> u64 {
        self.parts.max_memory()
    }

    /// What a layer attached to the answer under this type.
    pub fn attached<A: Send + Sync + 'static>(&self) -> Option<&A> {
        self.parts.attached.get()
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The value, and what came with it.
    pub fn into_parts(self) -> (T, ResponseParts) {
        (self.value, *self.parts)
    }

    /// The same answer with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            value: change(self.value),
            parts: self.parts,
        }
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Clone> Clone for Response<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            parts: self.parts.clone(),
        }
    }
}

/// With the value, without header values and raw body.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("value", &self.value)
            .field("parts", &self.parts)
            .finish()
    }
}

impl fmt::Debug for ResponseParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseParts")
            .field("target", &format_args!("{}", self.target))
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("bytes", &self.bytes.len())
            .finish()
    }
}
