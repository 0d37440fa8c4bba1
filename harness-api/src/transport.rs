//! The way of a request from the call to the server and back, and the layers that stand on it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use tokio::time::{Instant, timeout};

use crate::encode;
use crate::error::{Error, ErrorKind, Target};
use crate::operation::Operation;
use crate::options::Attached;
use crate::payload::Payload;
use crate::redact::Redactor;
use crate::redirect;
use crate::stream::{ByteStream, End};
use crate::upload::ReadState;

/// How long the body of a failed response may take to arrive where nobody set a limit.
const ERROR_BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Something every call passes on its way to the server: authentication, retries, tracing, defaults.
///
/// A layer may change the request, run the rest of the way once, several times or not at all, and look at or replace the
/// answer. Answers of every status arrive here as [`Incoming`]; a status other than 2XX becomes an error above all layers.
///
/// ```
/// use harness_api::{BoxFuture, Error, Incoming, Layer, Next, Outgoing};
///
/// /// Sends a call once more when the server is not available and the body can be sent again.
/// struct Twice;
///
/// impl Layer for Twice {
///     fn call<'a>(&'a self, request: Outgoing, next: Next<'a>) -> BoxFuture<'a, Result<Incoming, Error>> {
///         Box::pin(async move {
///             let Some(copy) = request.try_clone() else {
///                 return next.run(request).await;
///             };
///             let answer = next.run(request).await?;
///             if answer.status() == 503 { next.run(copy).await } else { Ok(answer) }
///         })
///     }
/// }
/// ```
pub trait Layer: Send + Sync {
    /// Handles one call.
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>>;
}

impl<L: Layer + ?Sized> Layer for Arc<L> {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        (**self).call(request, next)
    }
}

/// The rest of the way: the layers below, and at the end the HTTP client. It can be run as often as a layer wants.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    layers: &'a [Arc<dyn Layer>],
    http: &'a reqwest::Client,
}

impl<'a> Next<'a> {
    pub(crate) fn new(layers: &'a [Arc<dyn Layer>], http: &'a reqwest::Client) -> Self {
        Self { layers, http }
    }

    /// Whether no layer is left: what runs next is the HTTP client, which keeps the timeout of the request itself.
    pub fn is_last(&self) -> bool {
        self.layers.is_empty()
    }

    /// Runs the rest of the way.
    ///
    /// # Errors
    ///
    /// Of kind [`Connect`](ErrorKind::Connect), [`Timeout`](ErrorKind::Timeout) or [`Transport`](ErrorKind::Transport)
    /// when there is no answer; [`Build`](ErrorKind::Build) when a file cannot be read; and what the layers below make.
    pub fn run(self, request: Outgoing) -> BoxFuture<'a, Result<Incoming, Error>> {
        match self.layers.split_first() {
            Some((layer, layers)) => layer.call(
                request,
                Next {
                    layers,
                    http: self.http,
                },
            ),
            None => Box::pin(send(self.http, request)),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Next({} layers)", self.layers.len())
    }
}

/// The last step: the one place where a request leaves.
async fn send(http: &reqwest::Client, outgoing: Outgoing) -> Result<Incoming, Error> {
    let Departure {
        request,
        payload,
        target,
        attached,
        ..
    } = *outgoing.0;
    if request.timeout().is_some_and(Duration::is_zero) {
        // A timer of no time lets pass what is quick.
        let error = Error::new(ErrorKind::Timeout, "the call has no time at all");
        return Err(error.with_certainly_not_sent(true).with_target(&target));
    }
    // What is read while it is sent: nothing in most requests.
    let mut reads = Vec::new();
    let mut request = match payload {
        // In a box, since most requests have none, and the room for it would be taken for each.
        Some(payload) => Box::pin(load(payload, http, request, &mut reads))
            .await
            .map_err(|error| error.with_target(&target))?,
        None => request,
    };
    announce_nothing(&mut request);
    // A layer may have set a key of its own.
    let redactor = attached.redactor.with_headers(request.headers());
    let (outcome, is_redirected) = redirect::observed(http.execute(request)).await;
    let error = match outcome {
        // The server may have answered before it had the whole body.
        Ok(_) if reads.iter().any(|read| read.has_failed()) => Error::new(
            ErrorKind::Transport,
            "the body of the request could not be read to its end",
        ),
        Ok(response) => {
            let mut incoming = Incoming::from(response);
            incoming.0.head.attached.redactor = redactor;
            return Ok(incoming);
        }
        Err(error) => failure(error, &reads, is_redirected),
    };
    Err(error.with_target(&target).with_redactor(&redactor))
}

/// Opens what is read while it is sent, and puts it into the request, within the time of the exchange.
async fn load(
    payload: Payload,
    http: &reqwest::Client,
    request: reqwest::Request,
    reads: &mut Vec<Arc<ReadState>>,
) -> Result<reqwest::Request, Error> {
    let limit = request.timeout().copied();
    let begun = Instant::now();
    let loaded = payload.put(http, request, reads);
    let Some(limit) = limit else {
        return loaded.await;
    };
    let mut request = timeout(limit, loaded).await.unwrap_or_else(|_| {
        let error = Error::new(
            ErrorKind::Timeout,
            "the body to be sent could not be opened in time",
        );
        Err(error.with_certainly_not_sent(true))
    })?;
    *request.timeout_mut() = Some(limit.saturating_sub(begun.elapsed()));
    Ok(request)
}

/// The failure of an exchange. That nothing was sent is certain only of a failure before the first byte to the URL of the
/// request: before a redirect, and before the body was read.
fn failure(error: reqwest::Error, reads: &[Arc<ReadState>], is_redirected: bool) -> Error {
    let error = if reads.iter().any(|read| read.has_failed()) {
        Error::from_body(error)
    } else {
        Error::from_http(error)
    };
    let error = if is_redirected {
        error.after_redirect()
    } else {
        error
    };
    let is_unread = !reads.iter().any(|read| read.may_have_begun());
    let certain = error.is_certainly_not_sent() && is_unread;
    error.with_certainly_not_sent(certain)
}

/// Says that there is no body where one would be usual: some servers refuse such a request without a length.
fn announce_nothing(request: &mut reqwest::Request) {
    let empty = match request.body() {
        Some(body) => body.as_bytes().is_some_and(<[u8]>::is_empty),
        None => true,
    };
    if empty
        && matches!(
            *request.method(),
            Method::POST | Method::PUT | Method::PATCH
        )
    {
        request
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}

/// A request on its way.
pub struct Outgoing(
    // One pointer, since every layer moves it into a future of its own.
    pub(crate) Box<Departure>,
);

/// What an [`Outgoing`] consists of.
pub(crate) struct Departure {
    pub(crate) target: Target,
    pub(crate) request: reqwest::Request,
    pub(crate) payload: Option<Payload>,
    pub(crate) attached: Attached,
    /// How much of the answer will be read; `None` when the caller reads it.
    pub(crate) max_body: Option<u64>,
}

impl Outgoing {
    /// The operation; `None` for an endpoint outside the table.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.target.operation()
    }

    /// The path template: fit for names of spans and metrics, unlike the URL of the request.
    pub fn template(&self) -> &str {
        self.0.target.path()
    }

    /// The request as it stands: the path expanded, the query and headers set.
    ///
    /// Its body is there when it is made of bytes. Files, streams and forms are put in when it leaves.
    pub fn request(&self) -> &reqwest::Request {
        &self.0.request
    }

    /// The request, to be changed.
    pub fn request_mut(&mut self) -> &mut reqwest::Request {
        &mut self.0.request
    }

    /// Whether the query has a key of this name.
    pub fn has_query(&self, name: &str) -> bool {
        let query = self.0.request.url().query().unwrap_or_default();
        encode::has_key(query, name)
    }

    /// Adds a pair to the query; a space becomes `%20`, which is what all services understand.
    pub fn push_query(&mut self, name: &str, value: &str) {
        encode::extend_query(self.0.request.url_mut(), &[(name, value)]);
    }

    /// Whether [`try_clone`](Self::try_clone) gives a copy: the body is bytes, a file, or a form of these.
    pub fn can_repeat(&self) -> bool {
        let body = self
            .0
            .request
            .body()
            .is_none_or(|body| body.as_bytes().is_some());
        body && self
            .0
            .payload
            .as_ref()
            .is_none_or(|payload| payload.again().is_some())
    }

    /// A copy to be sent again; `None` when the body is a stream, which can be sent once.
    pub fn try_clone(&self) -> Option<Self> {
        let payload = match &self.0.payload {
            Some(payload) => Some(payload.again()?),
            None => None,
        };
        Some(Self(Box::new(Departure {
            target: self.0.target.clone(),
            request: self.0.request.try_clone()?,
            payload,
            attached: self.0.attached.clone(),
            max_body: self.0.max_body,
        })))
    }

    /// Whether the body is a file, a stream or a form, which is put in when the request leaves.
    pub fn is_upload(&self) -> bool {
        self.0.payload.is_some()
    }

    /// How many bytes of an answer the call accepts, when it reads the answer to its end; `None` when the caller takes it
    /// as a stream. A layer may [buffer](Incoming::buffer) as much without a change for the caller.
    pub fn max_body(&self) -> Option<u64> {
        self.0.max_body
    }

    /// Attaches a value for the layers below, in place of one of the same type. Copies share it.
    pub fn attach<T: Send + Sync + 'static>(&mut self, value: T) {
        self.0.attached.set(value);
    }

    /// What the caller or a layer above attached to the call under this type.
    pub fn attached<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.attached.get()
    }

    /// Returns what masks the keys of this call, those in its headers as they stand.
    pub fn redactor(&self) -> Redactor {
        let known = &self.0.attached.redactor;
        known.with_headers(self.0.request.headers())
    }

    /// An error about this call.
    pub fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, message).with_target(&self.0.target)
    }
}

/// Without values of the path, the query and the headers.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("target", &format_args!("{}", self.0.target))
            .field(
                "headers",
                &self.0.request.headers().keys().collect::<Vec<_>>(),
            )
            .field("payload", &self.0.payload)
            .finish_non_exhaustive()
    }
}

/// An answer on its way back, its body not yet read.
pub struct Incoming(
    // One pointer, as with `Outgoing`.
    pub(crate) Box<Arrival>,
);

/// What an [`Incoming`] consists of.
pub(crate) struct Arrival {
    pub(crate) head: Head,
    pub(crate) body: ByteStream,
    /// Until when the body of a failure is read.
    pub(crate) error_body_until: Option<Instant>,
}

/// What an answer has beside its body.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) attached: Attached,
}

/// An answer that a layer got in a way of its own, its body read as it arrives.
impl From<reqwest::Response> for Incoming {
    fn from(mut response: reqwest::Response) -> Self {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = ByteStream::live(response, &headers);
        Self::made(status, headers, body)
    }
}

impl Incoming {
    /// An answer which a layer gives itself.
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let body = ByteStream::ready(body.into(), false, &headers);
        Self::made(status, headers, body)
    }

    fn made(status: StatusCode, headers: HeaderMap, body: ByteStream) -> Self {
        let head = Head {
            status,
            headers,
            attached: Attached::default(),
        };
        Self(Box::new(Arrival {
            head,
            body,
            error_body_until: None,
        }))
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.head.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.head.headers
    }

    /// The headers, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.0.head.headers
    }

    /// Attaches a value to the answer: its [`Response`](crate::Response) or [`Error`] hands it out by its type.
    pub fn attach<T: Send + Sync + 'static>(&mut self, value: T) {
        self.0.head.attached.set(value);
    }

    /// Ends the body with an error of kind [`Timeout`](ErrorKind::Timeout) when nothing arrives for so long, while
    /// somebody waits for it. It holds for streams, however long they are; a body that was read is not touched.
    pub fn limit_silence(&mut self, limit: Duration) {
        self.0.body.limit_silence(limit);
    }

    /// Sets how long from now the body may take to arrive if the response turns out to be a failure; 30 seconds from when it
    /// is read, if it is not set.
    ///
    /// A call reads the body of a failure above all layers. What has not arrived in time is missing from the error. The body
    /// of a success that the caller streams is not touched.
    pub fn set_error_body_timeout(&mut self, timeout: Duration) {
        let default = Instant::now() + ERROR_BODY_TIMEOUT;
        let until = Instant::now().checked_add(timeout);
        self.0.error_body_until = Some(until.unwrap_or(default));
    }

    /// Makes an error of an answer which the caller must not take for a success, or cannot use. The body is read, at most
    /// `limit` bytes of it, and not for longer than [`set_error_body_timeout`](Self::set_error_body_timeout) allows.
    ///
    /// The message should be one line and hold nothing secret.
    pub async fn into_error(
        mut self,
        kind: ErrorKind,
        message: impl Into<String>,
        limit: u64,
    ) -> Error {
        let until = self.0.error_body_until();
        let (bytes, end) = self.0.body.read(limit, Some(until)).await;
        Error::new(kind, message).with_answer(self.0.head, bytes, !matches!(end, End::Whole))
    }

    /// Reads the body, at most `limit` bytes of it, keeps it for whoever comes next, and shows it.
    ///
    /// What is beyond the limit is given up: a failure then carries a truncated body, and an answer of status 2XX that was
    /// cut is an error for its caller.
    ///
    /// # Errors
    ///
    /// When the connection fails before the end of the body, or the body of a failure takes
    /// [too long](Self::set_error_body_timeout). The error holds the answer as far as it came, and whoever comes next gets
    /// as much.
    pub async fn buffer(&mut self, limit: u64) -> Result<Bytes, Error> {
        if let Some(bytes) = self.0.body.at_hand(limit) {
            return Ok(bytes.clone());
        }
        let until = (!self.status().is_success()).then(|| self.0.error_body_until());
        let (bytes, end) = self.0.body.read(limit, until).await;
        let is_cut = !matches!(end, End::Whole);
        self.0.body = ByteStream::ready(bytes.clone(), is_cut, &self.0.head.headers);
        match end {
            End::Whole | End::Limit => Ok(bytes),
            End::Failed(error) => Err(error.with_answer(self.0.head.clone(), bytes, true)),
        }
    }
}

impl Arrival {
    /// Until when the body of a failure is read.
    fn error_body_until(&self) -> Instant {
        self.error_body_until
            .unwrap_or_else(|| Instant::now() + ERROR_BODY_TIMEOUT)
    }
}

/// Without header values and body.
impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("status", &self.0.head.status)
            .field("headers", &self.0.head.headers.keys().collect::<Vec<_>>())
            .field("body", &self.0.body)
            .finish()
    }
}
