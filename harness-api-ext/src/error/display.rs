//! The error as one line.

use std::fmt;

use harness_api::one_line;

use super::{Error, ErrorKind, FieldError};

/// How many characters of the server's text are shown.
const TEXT: usize = 300;
/// How many characters of a lesser text are shown.
const ASIDE: usize = 120;
/// How many field errors are shown.
const FIELDS: usize = 3;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = if self.0.kind == ErrorKind::Api && self.status().is_some() {
            self.fmt_answer(f)?;
            self.correlation_id()
        } else {
            self.0.raw.fmt(f)?;
            self.0.raw.correlation_id()
        };
        self.fmt_call(told, f)
    }
}

impl Error {
    /// `operation (METHOD path): status, CODE: text (fields; hint)`.
    fn fmt_answer(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.operation(), self.method(), self.path()) {
            (Some(operation), ..) => write!(f, "{operation}: ")?,
            (None, Some(method), Some(path)) => {
                write!(
                    f,
                    "{method} {}: ",
                    self.0.raw.redactor().one_line(path, TEXT)
                )?;
            }
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
        let fields = fields(self.field_errors(), text.unwrap_or_default());
        for (index, field) in fields.iter().take(FIELDS).enumerate() {
            let start = if index == 0 { " (" } else { "; " };
            write!(f, "{start}{field}")?;
        }
        match fields.len() {
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

    /// The call, by its id, unless that is the id that is told already: most services take the one for the other.
    fn fmt_call(&self, told: Option<&str>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(info) = self.call_info() else {
            return Ok(());
        };
        let is_told = told == Some(&info.request_id);
        let id = || format!("request id {}", one_line(&info.request_id, ASIDE));
        let id = (!is_told).then(id);
        let attempts = || format!("{} attempts in {:.1?}", info.attempts, info.elapsed);
        let attempts = (info.attempts > 1).then(attempts);
        match (id, attempts) {
            (Some(id), Some(attempts)) => write!(f, " [{id}, {attempts}]"),
            (Some(one), None) | (None, Some(one)) => write!(f, " [{one}]"),
            (None, None) => Ok(()),
        }
    }
}

/// The field errors as texts, each once, without what the text of the whole says already.
fn fields(errors: &[FieldError], text: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for FieldError { field, message } in errors {
        let (field, message) = (one_line(field, ASIDE), one_line(message, ASIDE));
        // A message of a few characters is in any text.
        let is_told = message.is_empty() || message.len() > 3 && text.contains(&message);
        let shown = match (field.is_empty() || text.contains(&field), is_told) {
            (true, true) => continue,
            (false, true) => field,
            (true, false) if field.is_empty() => message,
            (_, false) => format!("{field}: {message}"),
        };
        if !fields.contains(&shown) {
            fields.push(shown);
        }
    }
    fields
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
