//! What kind of answer an error is, whichever service gave it.
//!
//! Services disagree on statuses: the same thing is 400 with one, 404 with the next, 500 with a third. Each question looks
//! at the status, the code and, where a service says it in words alone, at the text.

use harness_api::Repeat;
use harness_api::reqwest::header::LOCATION;

use super::{Envelope, Error, ErrorKind};

/// Codes of things that do not exist. Others that end so are about something else: handlers, credentials, pods.
const NOT_FOUND: &[&str] = &[
    "RESOURCE_NOT_FOUND_EXCEPTION",
    "RESOURCE_NOT_FOUND",
    "ENTITY_NOT_FOUND",
    "CONNECTOR_NOT_FOUND_EXCEPTION",
    "SECRET_NOT_FOUND",
    "TEMPLATE_NOT_FOUND",
    "ACCOUNT_DOES_NOT_EXIST",
    "ROLE_DOES_NOT_EXIST",
    "USER_DOES_NOT_EXIST",
    "not_found",
];

const ALREADY_EXISTS: &[&str] = &[
    "DUPLICATE_FIELD",
    "DUPLICATE_FILE_IMPORT",
    "RESOURCE_ALREADY_EXISTS",
    "TEMPLATE_ALREADY_EXISTS_EXCEPTION",
    "USER_ALREADY_PRESENT",
    "USER_ALREADY_REGISTERED",
    "USER_GROUP_ALREADY_EXIST",
    "already_exists",
];

/// How services say it in words.
const SAID_TO_EXIST: &[&str] = &[
    "already exist",
    "already present",
    "exists already",
    "is taken",
    "duplicate key",
];

const CONFLICT: &[&str] = &[
    "OPTIMISTIC_LOCKING_EXCEPTION",
    "SCM_CONFLICT_ERROR",
    "SCM_CONFLICT_ERROR_V2",
    "ENTITY_REFERENCE_EXCEPTION",
    "FAILED_TO_ACQUIRE_PERSISTENT_LOCK",
    "FAILED_TO_ACQUIRE_NON_PERSISTENT_LOCK",
];

const UNAUTHENTICATED: &[&str] = &["INVALID_TOKEN", "EXPIRED_TOKEN", "REVOKED_TOKEN"];

const DENIED: &[&str] = &[
    "NG_ACCESS_DENIED",
    "ACCESS_DENIED",
    "USER_HAS_NO_PERMISSIONS",
    "USER_NOT_AUTHORIZED",
];

/// Codes that say nothing about what was wrong.
const VAGUE: &[&str] = &["DEFAULT_ERROR_CODE", "GENERAL_ERROR", "UNKNOWN_ERROR"];

/// Texts of servers that do not know a path.
const NO_ROUTE: &[&str] = &["page not found", "default backend", "cannot get /"];

impl Error {
    /// Whether the thing that was asked for, or one it belongs to, does not exist.
    ///
    /// Five faces of it are known: status 404, or 400 with a code that says so, a 500 with a text that says so (developer
    /// portal, chaos), and the code 5 of gRPC. A host that does not know the path at all is not meant:
    /// [`is_route_missing`](Self::is_route_missing).
    ///
    /// ```
    /// # use harness_api_ext::{Error, Result};
    /// fn optional<T>(result: Result<T>) -> Result<Option<T>> {
    ///     match result {
    ///         Ok(value) => Ok(Some(value)),
    ///         Err(error) if error.is_not_found() => Ok(None),
    ///         Err(error) => Err(error),
    ///     }
    /// }
    /// ```
    pub fn is_not_found(&self) -> bool {
        // One service answers 404 to a second object of the same name.
        if self.0.kind != ErrorKind::Api || self.is_permission_denied() || self.is_already_exists()
        {
            return false;
        }
        match self.http() {
            404 => !self.is_route_missing() && self.symbol() != "UNKNOWN_ERROR",
            _ if self.0.failure.grpc == Some(5) || self.has_code(NOT_FOUND) => true,
            500 if self.is_envelope(Envelope::ResponseMessages) || self.path_starts("/v1/") => {
                self.has_code(VAGUE) && self.says("not found")
            }
            500 if self.is_envelope(Envelope::Chaos) || self.is_envelope(Envelope::MessageOnly) => {
                self.says("no documents in result")
            }
            _ => false,
        }
    }

    /// Whether the host does not know the path: a wrong base URL, or a module that is not installed.
    pub fn is_route_missing(&self) -> bool {
        self.0.kind == ErrorKind::Api
            && self.http() == 404
            && match self.envelope() {
                Some(Envelope::Html) => true,
                Some(Envelope::PlainText) => NO_ROUTE.iter().any(|text| self.says(text)),
                Some(Envelope::Dropwizard) => self.says("HTTP 404 Not Found"),
                _ => false,
            }
    }

    /// Whether something of the same name or identifier exists already.
    pub fn is_already_exists(&self) -> bool {
        self.0.kind == ErrorKind::Api
            && (self.has_code(ALREADY_EXISTS)
                || self.0.failure.grpc == Some(6)
                || (matches!(self.http(), 400 | 404 | 409 | 422 | 500)
                    && SAID_TO_EXIST.iter().any(|text| self.says(text))))
    }

    /// Whether the state at the server stands against the call: the thing was changed since it was read, is locked, is
    /// still referred to, or is there already.
    ///
    /// A stale version is status 400 with `OPTIMISTIC_LOCKING_EXCEPTION` for most services, 409 for others.
    pub fn is_conflict(&self) -> bool {
        self.0.kind == ErrorKind::Api
            && (matches!(self.http(), 409 | 412 | 423)
                || self.has_code(CONFLICT)
                || self
                    .cause_code()
                    .is_some_and(|code| CONFLICT.contains(&code))
                || self.0.failure.grpc == Some(10)
                || !self.conflict_files().is_empty()
                || self.is_already_exists())
    }

    /// Whether the server does not accept the key: it is missing, wrong, expired, revoked, or of another account.
    ///
    /// A Git host that does not accept its connector's key is not meant.
    pub fn is_unauthenticated(&self) -> bool {
        self.0.kind == ErrorKind::Api
            && !self.is_of_git_host()
            && (self.http() == 401
                || self.0.failure.grpc == Some(16)
                || self.has_code(UNAUTHENTICATED)
                || self.is_sent_to_login())
    }

    /// Whether the caller may not do this. A firewall that answers 403 with a page is not meant.
    pub fn is_permission_denied(&self) -> bool {
        self.0.kind == ErrorKind::Api
            && (!self.permission_checks().is_empty()
                || self.0.failure.grpc == Some(7)
                || self.has_code(DENIED)
                || (self.http() == 403 && !self.is_envelope(Envelope::Html)))
    }

    /// Whether there were too many calls. [`retry_after`](Self::retry_after) tells how long to wait, where the server does.
    ///
    /// The limit of a Git host behind a connector is not meant.
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == ErrorKind::Api
            && !self.is_of_git_host()
            && (self.http() == 429
                || self.0.failure.grpc == Some(8)
                || self.symbol() == "TOO_MANY_REQUESTS"
                || (self.has_code(VAGUE) && self.says("too many requests")))
    }

    /// Whether the server refused what was sent as not valid. [`field_errors`](Self::field_errors) may tell which parts.
    pub fn is_validation(&self) -> bool {
        let about_input = matches!(self.http(), 400 | 422)
            || self.0.failure.grpc == Some(3)
            || matches!(self.symbol(), "INVALID_REQUEST" | "INVALID_ARGUMENT")
            || !self.field_errors().is_empty();
        self.0.kind == ErrorKind::Api
            && about_input
            && !self.has_code(VAGUE)
            && !self.is_of_git_host()
            && self.policy_denial().is_none()
            && self.rule_violations().is_empty()
            && !self.is_not_found()
            && !self.is_conflict()
            && !self.is_unauthenticated()
            && !self.is_permission_denied()
            && !self.is_rate_limited()
    }

    /// Whether policies denied the change.
    pub fn is_policy_denied(&self) -> bool {
        self.policy_denial().is_some()
    }

    /// Whether the cause may pass: the same call may go well later. It does not say that repeating it does no harm.
    ///
    /// Status 500 is not among them unless no service wrote the answer: services use it for faults of the request too.
    pub fn is_transient(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport => true,
            ErrorKind::Api => match self.http() {
                408 | 423 | 429 | 499 | 502 | 503 | 504 => true,
                500 => {
                    self.0.failure.temporary
                        || matches!(
                            self.envelope(),
                            Some(Envelope::Html | Envelope::PlainText | Envelope::Empty)
                        )
                }
                _ => {
                    self.0.failure.temporary
                        || matches!(self.0.failure.grpc, Some(4 | 8 | 14))
                        || self.is_rate_limited()
                }
            },
            _ => false,
        }
    }

    /// Whether the same call may be repeated: the cause may pass, and a second call does no harm, because the operation
    /// only reads or may be repeated, the server refused before it acted, or the call never left.
    ///
    /// The client repeats such calls itself, as far as it is told to.
    pub fn is_retryable(&self) -> bool {
        let harmless = self.is_certainly_not_sent()
            || self.is_rate_limited()
            || match self.operation() {
                Some(operation) => operation.repeat != Repeat::Never,
                None => matches!(
                    self.method(),
                    Some("GET" | "HEAD" | "OPTIONS" | "PUT" | "DELETE")
                ),
            };
        harmless && self.is_transient()
    }

    /// Whether it is certain that the server has not seen the request, so that even a write may be repeated.
    pub fn is_certainly_not_sent(&self) -> bool {
        self.0.raw.is_certainly_not_sent()
    }

    /// Whether time ran out.
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// The status that counts: of the answer, or where that is 2XX, the one in the body; 0 when there is none.
    fn http(&self) -> u16 {
        match self.status() {
            Some(status) if status.is_success() => self.0.failure.status.unwrap_or(0),
            Some(status) => status.as_u16(),
            None => 0,
        }
    }

    fn symbol(&self) -> &str {
        self.code().unwrap_or_default()
    }

    fn has_code(&self, codes: &[&str]) -> bool {
        codes.contains(&self.symbol())
    }

    /// Whether it is the failure of a Git host behind a connector.
    fn is_of_git_host(&self) -> bool {
        [self.code(), self.cause_code()]
            .into_iter()
            .flatten()
            .any(|code| code.starts_with("SCM_"))
    }

    fn is_envelope(&self, envelope: Envelope) -> bool {
        self.envelope() == Some(envelope)
    }

    fn path_starts(&self, start: &str) -> bool {
        self.path().is_some_and(|path| path.starts_with(start))
    }

    /// Whether the server's text has these words, in any case.
    fn says(&self, words: &str) -> bool {
        let words = words.as_bytes();
        self.message()
            .as_bytes()
            .windows(words.len())
            .any(|window| window.eq_ignore_ascii_case(words))
    }

    /// Whether the answer leads to a page for signing in.
    fn is_sent_to_login(&self) -> bool {
        let redirected = self.status().is_some_and(|status| status.is_redirection());
        redirected
            && self
                .headers()
                .and_then(|headers| headers.get(LOCATION)?.to_str().ok())
                .map(str::to_ascii_lowercase)
                .is_some_and(|to| to.contains("login") || to.contains("signin"))
    }
}
