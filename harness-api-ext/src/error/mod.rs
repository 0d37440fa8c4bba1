//! The one error of this crate.

mod retry_after;
mod success;

use std::error::Error as StdError;
use std::fmt;

pub(crate) use retry_after::retry_after;
pub(crate) use success::failure_in_success;

/// What this crate's calls give.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed; one pointer wide.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    raw: Option<harness_api::Error>,
}

/// What kind of failure it was.
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
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            raw: None,
        }))
    }

    pub(crate) fn build(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Build, message)
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
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
        Self(Box::new(Inner {
            kind,
            message: String::new(),
            raw: Some(raw),
        }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.raw {
            Some(raw) => raw.fmt(f),
            None => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("raw", &self.0.raw)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.raw.as_ref().map(|raw| raw as _)
    }
}
