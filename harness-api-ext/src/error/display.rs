//! The error as one line.

use std::fmt;

use harness_api::one_line;

use super::{Error, ErrorKind};

/// How many characters of the server's text are shown.
const TEXT: usize = 300;
/// How many characters of a lesser text are shown.
const ASIDE: usize = 120;
/// How many field errors are shown.
const FIELDS: usize = 3;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.kind == ErrorKind::Api && self.status().is_some() {
            self.fmt_answer(f)?;
        } else {
            self.0.raw.fmt(f)?;
        }
        self.fmt_call(f)
    }
}

impl Error {
    /// `operation (METHOD path): status, CODE: text (fields; hint)`.
    fn fmt_answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.operation(), self.method(), self.path()) {
            (Some(operation), ..) => write!(f, "{operation}: ")?,
            (None, Some(method), Some(path)) => write!(f, "{method} {}: ", one_line(path, TEXT))?,
            _ => {}
        }
        if let Some(status) = self.status() {
            write!(f, "{status}")?;
        }
        let own = self.0.raw.message();
        if !own.is_empty() {
            write!(f, ", {own}")?;
        }
        if let Some(code) = self.code() {
            write!(f, ", {code}")?;
        }
        let text = self.server_message();
        if let Some(text) = text {
            write!(f, ": {}", one_line(text, TEXT))?;
        }
        for (index, fault) in self.field_errors().iter().take(FIELDS).enumerate() {
            let start = if index == 0 { " (" } else { "; " };
            let (field, message) = (
                one_line(&fault.field, ASIDE),
                one_line(&fault.message, ASIDE),
            );
            write!(f, "{start}{field}: {message}")?;
        }
        match self.field_errors().len() {
            0 => {}
            count if count > FIELDS => write!(f, "; {} more)", count - FIELDS)?,
            _ => f.write_str(")")?,
        }
        let other = |aside: &&String| Some(aside.as_str()) != text;
        if let Some(hint) = self.hints().iter().find(other) {
            write!(f, " (hint: {})", one_line(hint, ASIDE))?;
        } else if let Some(explanation) = self.explanations().iter().find(other) {
            write!(f, " ({})", one_line(explanation, ASIDE))?;
        }
        if let Some(id) = self.correlation_id() {
            write!(f, " [correlation id {}]", one_line(id, ASIDE))?;
        }
        Ok(())
    }

    fn fmt_call(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(info) = self.call_info() else {
            return Ok(());
        };
        write!(f, " [request id {}", one_line(&info.request_id, ASIDE))?;
        if info.attempts > 1 {
            write!(f, ", {} attempts in {:.1?}", info.attempts, info.elapsed)?;
        }
        f.write_str("]")
    }
}

/// Without body and values of headers.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failure = &self.0.failure;
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.0.kind).field("raw", &self.0.raw);
        if let Some(envelope) = failure.envelope {
            out.field("envelope", &envelope)
                .field("code", &failure.code)
                .field("message", &self.server_message())
                .field("hints", &failure.hints)
                .field("field_errors", &failure.field_errors)
                .field("permission_checks", &failure.permission_checks);
        }
        if let Some(info) = self.call_info() {
            out.field("call", info);
        }
        out.finish_non_exhaustive()
    }
}
