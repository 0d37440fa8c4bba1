//! The body of a response as an object, and what its members say.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::super::envelope::is_status;
use super::super::failure::{GOVERNANCE, UNFIT};

/// The members of a response's root, their values not yet read.
#[derive(Deserialize)]
pub(super) struct Root<'b>(#[serde(borrow)] pub(super) HashMap<String, &'b RawValue>);

impl<'b> Root<'b> {
    /// A member as it is written.
    pub(super) fn raw(&self, name: &str) -> Option<&'b str> {
        self.0.get(name).map(|value| value.get())
    }

    /// A member that is not `null`.
    pub(super) fn get(&self, name: &str) -> Option<&'b str> {
        self.raw(name).filter(|text| *text != "null")
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A member of this type; `None` too when it is of another.
    pub(super) fn read<T: Deserialize<'b>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?).ok()
    }

    pub(super) fn text(&self, name: &str) -> Option<Cow<'b, str>> {
        // Without a type of its own it would always be copied.
        #[derive(Deserialize)]
        struct Text<'t>(#[serde(borrow)] Cow<'t, str>);
        self.read(name).map(|Text(text)| text)
    }

    pub(super) fn inside(&self, name: &str) -> Option<Self> {
        serde_json::from_str(self.get(name)?).ok()
    }

    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains_key(*name))
    }

    /// Whether all members that are not `null` are such as errors have.
    pub(super) fn has_only_words(&self) -> bool {
        let mut members = self.0.iter();
        members.all(|(name, value)| is_word(name) || value.get() == "null")
    }

    /// Whether there is one of these members that is no word of errors.
    pub(super) fn has_result(&self, own: &[&str]) -> bool {
        let mut names = self.0.keys().map(String::as_str);
        names.any(|name| !is_word(name) && own.contains(&name))
    }

    /// Whether all members are among these.
    pub(super) fn has_only(&self, own: &[&str]) -> bool {
        self.0.keys().all(|name| own.contains(&name.as_str()))
    }

    /// Whether the boolean at a path is `false`.
    pub(super) fn is_false(&self, path: &str) -> bool {
        match path.split_once('.') {
            Some((name, path)) => self
                .inside(name)
                .is_some_and(|inside| inside.is_false(path)),
            None => matches!(self.raw(path), Some("false" | "\"false\"")),
        }
    }

    /// Whether a policy denied, here or in `data`.
    pub(super) fn is_denied(&self) -> bool {
        let denies = |root: &Root<'_>| {
            GOVERNANCE
                .iter()
                .filter_map(|name| root.read::<Verdict>(name))
                .any(|verdict| verdict.deny == Some(true))
        };
        denies(self) || self.inside("data").is_some_and(|data| denies(&data))
    }

    /// Whether a trigger or an input set was sent that its pipeline has no use for.
    pub(super) fn is_unfit(&self) -> bool {
        let is_unfit = |data: Self| {
            let mut names = UNFIT.iter();
            names.any(|name| data.read::<bool>(name) == Some(true))
        };
        self.inside("data").is_some_and(is_unfit)
    }

    pub(super) fn is_failed_item(&self) -> bool {
        self.inside("error")
            .is_some_and(|error| error.has("grpc_code") || error.has("http_code"))
    }

    /// Whether it is an error of the services that say whose fault it was.
    pub(super) fn is_goa(&self) -> bool {
        ["fault", "temporary", "timeout"]
            .iter()
            .all(|name| self.read::<bool>(name).is_some())
    }

    /// The code, which may be a number.
    pub(super) fn code(&self) -> Option<String> {
        match self.read("code")? {
            Value::String(code) => Some(code),
            Value::Number(code) => Some(code.to_string()),
            _ => None,
        }
    }

    /// Whether there are errors: texts, or objects with a message.
    pub(super) fn has_errors(&self) -> bool {
        let errors = self.read::<Vec<Value>>("errors");
        errors.is_some_and(|errors| {
            let is_error = |error: &Value| {
                error.is_string() || error.get("message").is_some_and(Value::is_string)
            };
            !errors.is_empty() && errors.iter().all(is_error)
        })
    }

    /// Whether one of the response messages is no hint or explanation, but an error.
    pub(super) fn has_error_messages(&self) -> bool {
        let messages = self.read::<Vec<Value>>("responseMessages");
        let is_error = |message: &Value| {
            let level = message.get("level").and_then(Value::as_str);
            level.is_some_and(|level| level.eq_ignore_ascii_case("ERROR"))
        };
        messages.is_some_and(|messages| messages.iter().any(is_error))
    }

    /// Whether the server says in words what happened.
    pub(super) fn has_words(&self) -> bool {
        let texts = ["message", "detailedMessage", "error", "description"];
        let mut texts = texts.iter().filter_map(|name| self.text(name));
        texts.any(|text| !text.trim().is_empty()) || self.has_errors() || self.has_error_messages()
    }
}

#[derive(Deserialize)]
struct Verdict {
    deny: Option<bool>,
}

/// Members that envelopes of the Java services have, successes too.
pub(super) const OF_ENVELOPES: [&str; 4] = [
    "correlationId",
    "metaData",
    "responseMessages",
    "detailedMessage",
];

/// Whether a member of this name may be all that a service says of a failure, beside others like it.
pub(super) fn is_word(name: &str) -> bool {
    matches!(
        name,
        "additionalInfo"
            | "code"
            | "correlationID"
            | "correlationId"
            | "description"
            | "detailedMessage"
            | "details"
            | "error"
            | "error_description"
            | "error_metadata"
            | "errors"
            | "exception"
            | "failedPermissionChecks"
            | "failureSubTypes"
            | "failureTypes"
            | "level"
            | "message"
            | "metaData"
            | "metadata"
            | "path"
            | "responseMessages"
            | "status"
            | "success"
            | "timestamp"
    )
}

pub(super) fn is_success(status: &str) -> bool {
    ["SUCCESS", "SUCCEEDED", "OK"]
        .iter()
        .any(|success| status.eq_ignore_ascii_case(success))
}

/// Whether a code is the symbol of an error: `ENTITY_NOT_FOUND`.
pub(super) fn is_symbol(code: &str) -> bool {
    code.contains('_')
        && code
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a code is the HTTP status of a failure, or one of gRPC.
pub(super) fn is_failing_code(code: &str) -> bool {
    let number = code.parse::<u16>().unwrap_or_default();
    (is_status(code) && number >= 400) || (1..=16).contains(&number)
}
