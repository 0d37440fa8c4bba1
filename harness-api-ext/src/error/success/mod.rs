//! Whether a response of status 2XX is a success.
//!
//! This is the one place where that is decided, for every call whose body is read as a whole. It goes by what the
//! operation's [`ResponseSchema`] says: which `status` is that of an envelope and which a result, where the result is,
//! and which boolean confirms what was done. A result that says "failed" is a result: the test of a connector, an
//! execution, the items of a list.

mod glance;
mod members;
mod root;
mod value;

use std::borrow::Cow;
use std::fmt::Write as _;

use harness_api::reqwest::Method;
use harness_api::{
    DecodeFailure, ErrorKind, Operation, Provenance, Repeat, ResponseSchema, StatusMember,
    ValueSchema,
};
use memchr::memmem;

use super::envelope::is_failure;
use super::failure::GOVERNANCE;
use root::{OF_ENVELOPES, Root, is_failing_code, is_success, is_symbol, is_word};
use value::{NONE, misfit, unexpected, wanted};

/// Why a response of status 2XX is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FailureInSuccess {
    /// The envelope says that the call failed.
    Envelope,
    /// The body is nothing but an error.
    Error,
    /// A policy denied the change; nothing was stored.
    PolicyDenied,
    /// A GraphQL query failed.
    GraphQl,
    /// `success` is `false`.
    Unsuccessful,
    /// The boolean at this path, which would confirm what was asked for, is `false`.
    NotDone(&'static str),
    /// The YAML that was sent does not fit its pipeline; nothing was stored.
    Unfit,
    /// An item of a stream that is an error.
    Item,
    /// The result is not there; the server says something else instead.
    Instead,
    /// What is described is not there: the path, what was found and what was expected.
    Unexpected(String, String),
}

impl FailureInSuccess {
    /// The error that the response becomes: its kind, its message, and the place of what does not fit.
    pub(crate) fn into_parts(self) -> (ErrorKind, Cow<'static, str>, Option<DecodeFailure>) {
        let text = match self {
            Self::Unexpected(path, reason) => {
                let mut message = String::from("the response is not what is described");
                let _ = match path.as_str() {
                    "." => write!(message, ": {reason}"),
                    path => write!(message, " at {path}: {reason}"),
                };
                let failure = DecodeFailure::new(path, reason);
                return (ErrorKind::Decode, message.into(), Some(failure));
            }
            Self::NotDone(path) => {
                let message = match path {
                    "" => "but the response is `false`: nothing was done".into(),
                    path => format!("but `{path}` is `false`: nothing was done").into(),
                };
                return (ErrorKind::Status, message, None);
            }
            Self::PolicyDenied => "but a policy denied the change",
            Self::GraphQl => "but the query failed",
            Self::Unfit => "but the YAML does not fit its pipeline",
            Self::Item => "but an item of the stream is a failure",
            Self::Instead => "but the result is missing",
            Self::Envelope | Self::Error | Self::Unsuccessful => "but the response is a failure",
        };
        (ErrorKind::Status, text.into(), None)
    }
}

/// What tells the successes of a call from failures.
#[derive(Clone, Copy)]
pub(crate) struct Judge {
    operation: Option<&'static Operation>,
    schema: &'static ResponseSchema,
    /// Whether the call may have changed something.
    writes: bool,
}

/// The response to a deletion of which nothing is known.
static DELETION: ResponseSchema =
    ResponseSchema::ANY.confirmed_by(&["", "data", "deleted", "isDeleted"]);

impl Judge {
    /// A judge of responses to a call of this operation, or of this method where the operation is not known.
    pub(crate) fn new(operation: Option<&'static Operation>, method: &Method) -> Self {
        match operation {
            Some(operation) => Self {
                operation: Some(operation),
                schema: operation.response,
                writes: operation.repeat != Repeat::Safe,
            },
            None => Self {
                operation: None,
                schema: match *method {
                    Method::DELETE => &DELETION,
                    _ => &ResponseSchema::ANY,
                },
                writes: !method.is_safe(),
            },
        }
    }

    /// Whether a body is looked into, by whether its media type is JSON; `None` where it has no media type. Where the
    /// description says what comes, a wrong media type changes nothing.
    pub(crate) fn concerns(&self, json: Option<bool>) -> bool {
        self.operation.is_some() || json.unwrap_or(true)
    }

    /// Why a body of status 2XX is no success. A body that is not as described in a way that its decoder tells of is
    /// left to it.
    pub(crate) fn failure(&self, body: &[u8]) -> Option<FailureInSuccess> {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let body = body.trim_ascii();
        let Some(first) = body.first() else {
            let is_text = self.schema.body == ValueSchema::Opaque;
            return is_text.then(|| unexpected(".", "nothing", "text"));
        };
        match first {
            b'{' if self.is_plain_success(body) => None,
            b'{' => match serde_json::from_slice(body) {
                Ok(root) => self.judge(&root),
                Err(_) => self.without_decoder("a broken document"),
            },
            b'<' => None,
            b'f' if body == b"false" && self.schema.confirmations.contains(&"") => {
                Some(FailureInSuccess::NotDone(""))
            }
            b't' if body == b"true" => self.no_object("true"),
            b'f' if body == b"false" => self.no_object("false"),
            b'n' if body == b"null" => self.no_object("null"),
            b'[' => self.no_object("a list"),
            b'"' => self.no_object("text"),
            b'-' | b'0'..=b'9' => self.no_object("a number"),
            _ => self.without_decoder("something else"),
        }
    }

    /// What a body is that is no object.
    fn no_object(&self, found: &str) -> Option<FailureInSuccess> {
        match self.schema.body {
            ValueSchema::Object { .. } => Some(unexpected(".", found, "an object")),
            _ if matches!(found, "true" | "null") => None,
            _ => self.without_decoder(found),
        }
    }

    /// A body of another kind than described is for the decoder to refuse. What changes something and is described to
    /// answer nothing, or nothing in particular, has none.
    fn without_decoder(&self, found: &str) -> Option<FailureInSuccess> {
        let open = match self.schema.body {
            ValueSchema::Empty => self.writes,
            ValueSchema::Any => self.operation.is_some() && self.deletes(),
            _ => false,
        };
        open.then(|| unexpected(".", found, "no content or an object"))
    }

    /// Whether the call deletes something, where the response is not described.
    fn deletes(&self) -> bool {
        self.schema.confirmations.contains(&"")
    }

    fn judge(&self, root: &Root<'_>) -> Option<FailureInSuccess> {
        if self.says_failure(root) || self.wraps_failure(root) {
            return Some(FailureInSuccess::Envelope);
        }
        if self.writes {
            if root.is_denied() {
                return Some(FailureInSuccess::PolicyDenied);
            }
            if root.is_unfit() {
                return Some(FailureInSuccess::Unfit);
            }
        }
        if root.is_failed_item() {
            return Some(FailureInSuccess::Item);
        }
        if self.is_unsuccessful(root) {
            return Some(FailureInSuccess::Unsuccessful);
        }
        let undone = |path: &&str| !path.is_empty() && root.is_false(path);
        if let Some(path) = self.schema.confirmations.iter().copied().find(undone) {
            return Some(FailureInSuccess::NotDone(path));
        }
        if self.is_failed_query(root) {
            return Some(FailureInSuccess::GraphQl);
        }
        if self.is_error(root) {
            return Some(FailureInSuccess::Error);
        }
        let unexpected = self.missing(root)?;
        Some(if root.has_words() && !self.succeeded(root) {
            FailureInSuccess::Instead
        } else {
            unexpected
        })
    }

    /// Whether `status` says that the call failed.
    fn says_failure(&self, root: &Root<'_>) -> bool {
        let Some(status) = root.get("status") else {
            return false;
        };
        let text = serde_json::from_str::<Cow<'_, str>>(status).ok();
        let failed = match &text {
            Some(text) => is_failure(text),
            None => serde_json::from_str(status).is_ok_and(|status: u16| status >= 400),
        };
        if self.schema.status == StatusMember::Envelope {
            // What is neither text nor a number fails to decode.
            return failed || text.is_some_and(|status| !is_success(&status));
        }
        if !failed {
            return false;
        }
        let own = self.own_members();
        match (self.schema.status, self.schema.body) {
            (StatusMember::Acknowledgement, _) => true,
            // A state, unless nothing else is described of what there is.
            (StatusMember::Result, _) => !root.has_result(own) && !root.has_only(own),
            (_, ValueSchema::Object { .. }) if self.schema.data.is_some() => true,
            (_, ValueSchema::Object { members, .. }) if !members.is_empty() => {
                self.is_fully_described() || !root.has_result(own)
            }
            (
                _,
                ValueSchema::Empty
                | ValueSchema::List
                | ValueSchema::Text
                | ValueSchema::Number
                | ValueSchema::Boolean,
            ) => true,
            _ => {
                root.has_any(&OF_ENVELOPES)
                    || root.has_any(&["data"])
                    || (root.has("code") && root.has("message"))
                    || root.has_only_words()
            }
        }
    }

    /// Whether there is an envelope that failed in the `data` of another, which is not described.
    fn wraps_failure(&self, root: &Root<'_>) -> bool {
        let in_data = matches!(self.schema.data, Some(("data", data)) if data != ValueSchema::Any);
        let described = in_data || self.own_members().contains(&"data");
        let matters = self.writes || self.schema.body == ValueSchema::Opaque;
        !described
            && matters
            && root.inside("data").is_some_and(|data| {
                data.has_only_words() && data.text("status").is_some_and(|text| is_failure(&text))
            })
    }

    /// Whether the response says that the call succeeded.
    fn succeeded(&self, root: &Root<'_>) -> bool {
        root.text("status")
            .is_some_and(|status| is_success(&status))
            || root.read::<bool>("success") == Some(true)
    }

    /// Whether `success` is `false`, and not a result.
    fn is_unsuccessful(&self, root: &Root<'_>) -> bool {
        if !root.is_false("success") {
            return false;
        }
        match self.schema.body {
            ValueSchema::Object { .. } if self.schema.data.is_some() => true,
            ValueSchema::Object { members, .. } if members.contains(&"success") => self.writes,
            ValueSchema::Object { members: [], .. } | ValueSchema::Any => {
                self.writes
                    || root.has_errors()
                    || self
                        .operation
                        .is_some_and(|operation| is_of_autostopping(operation.path))
            }
            _ => true,
        }
    }

    /// Whether the body is an error and nothing else, whatever it says of its status.
    fn is_error(&self, root: &Root<'_>) -> bool {
        let own = self.own_members();
        if !self.succeeded(root) && root.has_error_messages() {
            return true;
        }
        if root.is_goa() && !own.contains(&"fault") {
            return true;
        }
        let says_more = match own {
            [] => !root.has_only_words(),
            own => root.has_result(own),
        };
        if says_more || !root.has_words() {
            return false;
        }
        match root.code().filter(|_| root.has("message")) {
            Some(code) => {
                let described = own.contains(&"code");
                !described && (is_symbol(&code) || is_failing_code(&code))
            }
            // Who reads JSON has the message; who changes something, or reads text, would not look at it.
            None => {
                let passed_over = match self.schema.body {
                    ValueSchema::Any | ValueSchema::Empty => self.writes,
                    ValueSchema::Opaque => true,
                    _ => false,
                };
                passed_over && self.operation.is_some() && !self.succeeded(root)
            }
        }
    }

    /// Whether a GraphQL query failed, or a service says so in its way. Results of operations in the table may be called
    /// `errors`.
    fn is_failed_query(&self, root: &Root<'_>) -> bool {
        if !root.has_errors() || self.own_members().contains(&"errors") || self.succeeded(root) {
            return false;
        }
        let path = self.operation.map(|operation| operation.path);
        let may_be_query = path.is_none_or(|path| path.ends_with("/graphql"))
            && !root.has("code")
            && !root.has("message")
            && !root.has_any(&OF_ENVELOPES);
        may_be_query || root.has_only_words()
    }

    /// What is described and not there.
    fn missing(&self, root: &Root<'_>) -> Option<FailureInSuccess> {
        if let Some((member, data)) = self.schema.data {
            let succeeded = self.writes && self.succeeded(root);
            return match root.raw(member) {
                None if succeeded => None,
                None => Some(unexpected(member, "nothing", wanted(data))),
                Some("null") if !self.writes || succeeded || data == ValueSchema::Any => None,
                Some("null") => Some(unexpected(member, "null", wanted(data))),
                Some(value) => misfit(data, value, self.writes)
                    .map(|reason| FailureInSuccess::Unexpected(member.to_owned(), reason)),
            };
        }
        match self.schema.body {
            ValueSchema::Object { may_be_empty, .. } if root.0.is_empty() => {
                (!may_be_empty).then(|| unexpected(".", "nothing", "a result"))
            }
            ValueSchema::Object {
                members: own @ [_, ..],
                ..
            } => {
                // Of a type that has members of its own, one of them has to be there: a message alone tells of an error.
                let is_there = if own.iter().all(|name| is_word(name)) {
                    root.has_any(own)
                } else {
                    root.has_result(own)
                        || (self.schema.status == StatusMember::Result && root.has_only(own))
                        || (self.writes && root.has_any(&GOVERNANCE))
                };
                (!is_there).then(|| FailureInSuccess::Unexpected(".".to_owned(), NONE.to_owned()))
            }
            // The decoder says what else is wrong with it.
            ValueSchema::List | ValueSchema::Text | ValueSchema::Number | ValueSchema::Boolean => {
                root.has_words()
                    .then(|| unexpected(".", "an object", wanted(self.schema.body)))
            }
            _ => None,
        }
    }

    /// The members that the response is described to have, where it is no envelope.
    fn own_members(&self) -> &'static [&'static str] {
        match self.schema.body {
            ValueSchema::Object { members, .. } if self.schema.data.is_none() => members,
            _ => &[],
        }
    }

    /// Whether the description can be taken to name every member.
    fn is_fully_described(&self) -> bool {
        self.operation
            .is_some_and(|operation| operation.provenance == Provenance::Package)
    }
}

/// Whether an item of a stream of status 200 is a failure.
pub(crate) fn failure_in_item(item: &[u8]) -> Option<FailureInSuccess> {
    memmem::find(item, b"\"error\"")?;
    let root: Root<'_> = serde_json::from_slice(item.trim_ascii()).ok()?;
    root.is_failed_item().then_some(FailureInSuccess::Item)
}

fn is_of_autostopping(path: &str) -> bool {
    path.starts_with("/gateway/lw/") || path.starts_with("/lw/")
}
