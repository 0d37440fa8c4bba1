//! What kind of answer an error is, whichever service gave it.
//!
//! Services disagree on statuses: the same thing is 400 with one, 404 with the next, 500 with a third. Each question looks
//! at the status, the code and, where a service says it in words alone, at the text.

use harness_api::Repeat;
use harness_api::reqwest::header::LOCATION;

use super::{Envelope, Error, ErrorKind};

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
        let code = self.symbol();
        match self.http() {
            404 => !self.is_route_missing(),
            _ if self.0.failure.grpc == Some(5) => true,
            _ if code.ends_with("_NOT_FOUND")
                || code.ends_with("_NOT_FOUND_EXCEPTION")
                || code == "not_found" =>
            {
                true
            }
            500 if self.is_envelope(Envelope::ResponseMessages) || self.path_starts("/v1/") => {
                code == "DEFAULT_ERROR_CODE" && self.says("not found")
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
                Some(Envelope::PlainText) => [
                    "page not found",
                    "default backend",
                    "no healthy upstream",
                    "cannot get",
                ]
                .iter()
                .any(|text| self.says(text)),
                Some(Envelope::Dropwizard) => self.says("HTTP 404 Not Found"),
                _ => false,
            }
    }

    /// Whether something of the same name or identifier exists already.
    pub fn is_already_exists(&self) -> bool {
        if self.0.kind != ErrorKind::Api {
            return false;
        }
        let code = self.symbol();
        let coded = code.starts_with("DUPLICATE")
            || code.to_ascii_uppercase().contains("ALREADY_EXISTS")
            || self.0.failure.grpc == Some(6);
        let said = matches!(self.http(), 400 | 404 | 409 | 422 | 500)
            && [
                "already exist",
                "already present",
                "exists already",
                "is taken",
                "duplicate key",
            ]
            .iter()
            .any(|text| self.says(text));
        coded || said
    }

    /// Whether the state at the server stands against the call: it was changed since it was read, is locked, or is there
    /// already.
    ///
    /// A stale version is status 400 with `OPTIMISTIC_LOCKING_EXCEPTION` for most services, 409 for others.
    pub fn is_conflict(&self) -> bool {
        self.0.kind == ErrorKind::Api
            && (matches!(self.http(), 409 | 412 | 423)
                || self.symbol() == "OPTIMISTIC_LOCKING_EXCEPTION"
                || self.0.failure.grpc == Some(10)
                || !self.conflict_files().is_empty()
                || self.is_already_exists())
    }

    /// Whether the server does not accept the key: it is missing, wrong, expired, revoked, or of another account.
    ///
    /// A Git host that does not accept its connector's key is not meant.
    pub fn is_unauthenticated(&self) -> bool {
        let code = self.symbol();
        let of_other = code.starts_with("SCM_");
        self.0.kind == ErrorKind::Api
            && !of_other
            && (self.http() == 401
                || self.0.failure.grpc == Some(16)
                || matches!(code, "INVALID_TOKEN" | "EXPIRED_TOKEN" | "REVOKED_TOKEN")
                || self.is_sent_to_login())
    }

    /// Whether the caller may not do this. A firewall that answers 403 with a page is not meant.
    pub fn is_permission_denied(&self) -> bool {
        self.0.kind == ErrorKind::Api
            && (!self.permission_checks().is_empty()
                || self.0.failure.grpc == Some(7)
                || matches!(
                    self.symbol(),
                    "NG_ACCESS_DENIED" | "ACCESS_DENIED" | "USER_NOT_AUTHORIZED"
                )
                || (self.http() == 403 && !self.is_envelope(Envelope::Html)))
    }

    /// Whether there were too many calls. [`retry_after`](Self::retry_after) tells how long to wait, where the server does.
    ///
    /// The limit of a Git host behind a connector is not meant.
    pub fn is_rate_limited(&self) -> bool {
        let code = self.symbol();
        self.0.kind == ErrorKind::Api
            && !code.starts_with("SCM_")
            && (self.http() == 429
                || self.0.failure.grpc == Some(8)
                || matches!(code, "TOO_MANY_REQUESTS" | "RATE_LIMIT_EXCEEDED")
                || (code == "DEFAULT_ERROR_CODE" && self.says("too many requests")))
    }

    /// Whether the server refused what was sent as not valid. [`field_errors`](Self::field_errors) may tell which parts.
    pub fn is_validation(&self) -> bool {
        let about_input = matches!(self.http(), 400 | 422)
            || self.0.failure.grpc == Some(3)
            || matches!(self.symbol(), "INVALID_REQUEST" | "INVALID_ARGUMENT")
            || !self.field_errors().is_empty();
        self.0.kind == ErrorKind::Api
            && about_input
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
