//! The one error of this crate.

mod details;
mod display;
mod envelope;
mod failure;
mod predicates;
mod retry_after;
mod success;
#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use harness_api::reqwest::StatusCode;
use harness_api::reqwest::header::HeaderMap;
use harness_api::{DecodeFailure, Operation, ResponseParts};
use serde_json::Value;

use crate::call_info::CallInfo;

pub use details::{DeniedBy, FieldError, PermissionCheck, PolicyDenial, RuleViolation};
pub use envelope::Envelope;
use failure::Failure;
pub(crate) use retry_after::retry_after;
pub(crate) use success::Judge;
use success::failure_in_item;

/// What this crate's calls give.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed; one pointer wide.
///
/// `Display` is one line with what a person needs. Neither it nor `Debug` shows the body or values of headers;
/// [`body`](Self::body) and [`headers`](Self::headers) give them, as they came, to those who ask. All other texts of the
/// server are kept on one line and bounded, and have masked what looks like a token, and the key of the client wherever the
/// server repeats it, in every encoding; see [`Redactor`](crate::raw::Redactor).
///
/// ```no_run
/// use harness_api_ext::{Error, Harness};
///
/// # async fn run(harness: Harness) -> harness_api_ext::Result<()> {
/// let call = harness.raw().request("GET", "/ng/api/projects/checkout").empty();
/// match call.await.map_err(Error::from) {
///     Ok(_) => println!("it is there"),
///     Err(error) if error.is_not_found() => println!("it is not there"),
///     Err(error) => {
///         for hint in error.hints() {
///             eprintln!("hint: {hint}");
///         }
///         return Err(error);
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    raw: harness_api::Error,
    failure: Failure,
    correlation_id: Option<String>,
}

/// What kind of failure it was.
///
/// ```
/// # fn look(error: harness_api_ext::Error) {
/// use harness_api_ext::ErrorKind;
///
/// match error.kind() {
///     ErrorKind::Build => eprintln!("correct the settings: {error}"),
///     ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport => eprintln!("the network: {error}"),
///     _ => eprintln!("{error}"),
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client or the request could not be made from what was given; nothing was sent.
    Build,
    /// This crate refused to send the call, for a limit or a rule of its own.
    Refused,
    /// No connection to the server could be made; nothing was sent.
    Connect,
    /// Time ran out.
    Timeout,
    /// The connection failed after it was made: the server may or may not have acted.
    Transport,
    /// The server said no: with a status, or with a 2XX answer that tells of a failure.
    Api,
    /// The answer cannot be used: it does not fit its type, is of another kind, too large or missing.
    Decode,
    /// A list could not be read on.
    Pagination,
    /// What was waited for did not come about.
    Wait,
}

impl Error {
    /// An error of this crate's own. The message is one line and holds nothing secret.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        use harness_api::ErrorKind as Raw;
        let raw = match kind {
            ErrorKind::Build => Raw::Build,
            ErrorKind::Connect => Raw::Connect,
            ErrorKind::Timeout => Raw::Timeout,
            ErrorKind::Transport => Raw::Transport,
            ErrorKind::Api => Raw::Status,
            ErrorKind::Decode => Raw::Decode,
            ErrorKind::Refused | ErrorKind::Pagination | ErrorKind::Wait => Raw::Layer,
        };
        let not_sent = matches!(
            kind,
            ErrorKind::Build | ErrorKind::Refused | ErrorKind::Connect
        );
        let raw = harness_api::Error::new(raw, message).with_certainly_not_sent(not_sent);
        Self(Box::new(Inner {
            kind,
            raw,
            failure: Failure::default(),
            correlation_id: None,
        }))
    }

    /// What was given makes no client or request.
    pub(crate) fn build(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Build, message)
    }

    /// A list could not be read on.
    pub(crate) fn pagination(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Pagination, message)
    }

    /// An answer of status 2XX lacks what the caller needs: the `data` of its envelope, for example.
    pub(crate) fn missing(parts: ResponseParts, what: &str) -> Self {
        let message = format!("the answer has no {what}");
        parts
            .into_error(harness_api::ErrorKind::EmptyBody, message)
            .into()
    }

    /// The failure that an item of a streamed answer tells of; `None` for any other item.
    ///
    /// Streams of the GitOps service have status 200 whatever happens, and send their failures as items. `parts` are those
    /// of the streamed [`Response`](crate::raw::Response).
    ///
    /// ```
    /// # use harness_api_ext::raw::ResponseParts;
    /// use harness_api_ext::{Error, Result};
    ///
    /// fn check(parts: &ResponseParts, line: &[u8]) -> Result<()> {
    ///     Error::in_item(parts, line).map_or(Ok(()), Err)
    /// }
    /// ```
    pub fn in_item(parts: &ResponseParts, item: &[u8]) -> Option<Self> {
        let failure = failure_in_item(item)?;
        let mut parts = parts.clone();
        parts.bytes = Bytes::copy_from_slice(item);
        let (kind, message, _) = failure.into_parts();
        let raw = parts.into_error(kind, message);
        Some(raw.into())
    }

    /// The same error with a cause.
    #[must_use]
    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.raw = self.0.raw.with_source(source);
        self
    }

    /// The same error with a value attached, which [`attached`](Self::attached) hands out by its type.
    #[must_use]
    pub(crate) fn with_attached<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.0.raw = self.0.raw.with_attached(value);
        self
    }

    /// What is attached to the error under this type: [`CallInfo`], what a layer of yours attached, and what the part of
    /// this crate says that made the error.
    pub fn attached<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.raw.attached()
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The error of the raw client which this one is made of.
    pub fn raw(&self) -> &harness_api::Error {
        &self.0.raw
    }

    /// The error of the raw client, which this one was made of.
    pub fn into_raw(self) -> harness_api::Error {
        self.0.raw
    }

    /// The operation that was called; `None` for an endpoint outside the table, and when nothing was called.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.raw.operation()
    }

    /// The HTTP method of the call.
    pub fn method(&self) -> Option<&str> {
        self.0.raw.method()
    }

    /// The path template of the call.
    pub fn path(&self) -> Option<&str> {
        self.0.raw.path()
    }

    /// The HTTP status of the answer, when there was one. It may be 2XX: some failures come so.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.raw.status()
    }

    /// The headers of the answer, when there was one, as they came. `Debug` of them leaves out values that hold the key.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.raw.headers()
    }

    /// The body of the answer as far as it was read, as it came: empty when there was no answer or no body. It may hold
    /// secrets, the key of the client too.
    pub fn body(&self) -> &Bytes {
        self.0.raw.body()
    }

    /// The shape of the body of a failed call; `None` when no server said no.
    pub fn envelope(&self) -> Option<Envelope> {
        self.0.failure.envelope
    }

    /// The server's code of the failure as a text: a symbol such as `DUPLICATE_FIELD`, the name of the fault for services
    /// that name it, or a number in digits. The set is open.
    pub fn code(&self) -> Option<&str> {
        self.0.failure.code.as_deref()
    }

    /// The code of the cause below, where the server tells the chain: a conflict at a Git host is an `INVALID_REQUEST` whose
    /// cause is `SCM_CONFLICT_ERROR_V2`.
    pub fn cause_code(&self) -> Option<&str> {
        self.0.failure.cause_code.as_deref()
    }

    /// What went wrong: the most telling text of the server, or this crate's own.
    pub fn message(&self) -> &str {
        if let Some(text) = self.server_message() {
            return text;
        }
        let own = self.0.raw.message();
        match self.status() {
            Some(status) if own.is_empty() => status.canonical_reason().unwrap_or("a failure"),
            _ => own,
        }
    }

    /// The most telling text of the server.
    fn server_message(&self) -> Option<&str> {
        if self.0.kind != ErrorKind::Api {
            return None;
        }
        let own = self.0.failure.message.as_deref();
        own.or_else(|| self.0.raw.server_message())
    }

    /// The id under which the server keeps the failure. Support asks for it.
    ///
    /// It is in the body for most services, and in a header for some.
    pub fn correlation_id(&self) -> Option<&str> {
        self.0.correlation_id.as_deref()
    }

    /// The id that this crate sent with the call, in the header `X-requestId`.
    pub fn request_id(&self) -> Option<&str> {
        self.call_info().map(|info| info.request_id.as_str())
    }

    /// How often the request was sent; `None` when no call was under way.
    pub fn attempts(&self) -> Option<u32> {
        self.call_info().map(|info| info.attempts)
    }

    /// How long the call took, all attempts and the waits between them together.
    pub fn elapsed(&self) -> Option<Duration> {
        self.call_info().map(|info| info.elapsed)
    }

    fn call_info(&self) -> Option<&CallInfo> {
        self.attached()
    }

    /// What the server advises to do.
    pub fn hints(&self) -> &[String] {
        &self.0.failure.hints
    }

    /// What the server believes to be behind the failure.
    pub fn explanations(&self) -> &[String] {
        &self.0.failure.explanations
    }

    /// The members of the request that the server refused, and the places in YAML that do not fit their schema.
    ///
    /// ```
    /// fn show(error: &harness_api_ext::Error) {
    ///     for fault in error.field_errors() {
    ///         eprintln!("{}: {}", fault.field, fault.message);
    ///     }
    /// }
    /// ```
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.failure.field_errors
    }

    /// The permissions that the caller lacks, where the server names them.
    ///
    /// ```
    /// fn show(error: &harness_api_ext::Error) {
    ///     for check in error.permission_checks() {
    ///         eprintln!("{:?} on {:?}", check.permission, check.resource_type);
    ///     }
    /// }
    /// ```
    pub fn permission_checks(&self) -> &[PermissionCheck] {
        &self.0.failure.permission_checks
    }

    /// The policies that denied the change. The server says so in an answer of status 200, and stores nothing.
    ///
    /// ```
    /// fn show(error: &harness_api_ext::Error) {
    ///     for denied in error.policy_denial().iter().flat_map(|denial| &denial.policies) {
    ///         eprintln!("{:?}: {:?}", denied.policy, denied.messages);
    ///     }
    /// }
    /// ```
    pub fn policy_denial(&self) -> Option<&PolicyDenial> {
        self.0.failure.denial.as_ref()
    }

    /// The rules of a repository that stand against the change.
    pub fn rule_violations(&self) -> &[RuleViolation] {
        &self.0.failure.rule_violations
    }

    /// The files in conflict, for a merge.
    pub fn conflict_files(&self) -> &[String] {
        &self.0.failure.conflict_files
    }

    /// Further details as the server wrote them: faults of YAML, of input sets, of a Git host. The member `type` tells
    /// which. They may hold values; the key of the client is masked in them.
    pub fn metadata(&self) -> Option<&Value> {
        self.0.failure.metadata.as_ref()
    }

    /// How long the server asks to wait before the next call. A date is taken by the clock of the server, where it sends
    /// its `Date`.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(self.headers()?, SystemTime::now())
    }

    /// Where and why the answer did not fit its type: the path in the JSON, what was found and what was expected.
    ///
    /// The answer itself is in [`body`](Self::body).
    ///
    /// ```
    /// fn show(error: &harness_api_ext::Error) {
    ///     if let Some(failure) = error.decode_failure() {
    ///         eprintln!("{}: {}", failure.path, failure.reason);
    ///     }
    /// }
    /// ```
    pub fn decode_failure(&self) -> Option<&DecodeFailure> {
        self.0.raw.decode_failure()
    }

    /// A little of the answer around the place that did not fit. Unlike `Display` it shows values, which may be secret. The
    /// key of the client is masked.
    pub fn excerpt(&self) -> Option<String> {
        self.0.raw.excerpt()
    }
}

impl From<harness_api::Error> for Error {
    fn from(raw: harness_api::Error) -> Self {
        use harness_api::ErrorKind as Raw;
        let kind = match raw.kind() {
            Raw::Build => ErrorKind::Build,
            Raw::Layer => ErrorKind::Refused,
            Raw::Connect => ErrorKind::Connect,
            Raw::Timeout => ErrorKind::Timeout,
            Raw::Status => ErrorKind::Api,
            Raw::Decode | Raw::EmptyBody | Raw::UnexpectedContent | Raw::BodyTooLarge => {
                ErrorKind::Decode
            }
            _ => ErrorKind::Transport,
        };
        let failure = match kind {
            ErrorKind::Api => Failure::read(&raw),
            _ => Failure::default(),
        };
        let correlation_id = correlation_id(&raw, &failure);
        Self(Box::new(Inner {
            kind,
            raw,
            failure,
            correlation_id,
        }))
    }
}

/// The server's id of a failure, wherever it says it, fit to be shown.
fn correlation_id(raw: &harness_api::Error, failure: &Failure) -> Option<String> {
    let own = raw.correlation_id().or(failure.id.as_deref());
    if let Some(own) = own.filter(|id| !id.is_empty()) {
        return Some(own.to_owned());
    }
    let ids = ["x-correlation-id", "x-request-id"].into_iter();
    let mut ids = ids.filter_map(|name| {
        let id = raw.headers()?.get(name)?.to_str().ok()?;
        Some(raw.redactor().one_line(id, failure::ID)).filter(|id| !id.is_empty())
    });
    ids.next()
}

impl StdError for Error {
    /// The cause below the error of the raw client: what that one says, this one says too.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.raw.source()
    }
}

/// What an error says at the end of its chain, which is where it says something, on one line.
pub(crate) fn cause(error: &(dyn StdError + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| (*error).source());
    line(&chain.last().unwrap_or(error).to_string())
}

/// A text of the server or of a person on one line, short enough for a message, without what looks like a token.
pub(crate) fn line(text: &str) -> String {
    harness_api::one_line(text, 300)
}
