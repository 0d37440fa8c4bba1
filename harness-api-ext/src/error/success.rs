//! Whether a response of status 2XX is a success.
//!
//! This is the one place where that is decided, for every call whose body is read as a whole. It goes by what the
//! operation's [`ResponseSchema`] says: which `status` is that of an envelope and which a result, where the result is,
//! and which boolean confirms what was done. A result that says "failed" is a result: the test of a connector, an
//! execution, the items of a list.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use harness_api::reqwest::Method;
use harness_api::{
    DecodeFailure, ErrorKind, Operation, Provenance, Repeat, ResponseSchema, StatusMember,
    ValueSchema,
};
use memchr::memmem::{self, Finder};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::{is_failure, is_status};
use super::failure::{GOVERNANCE, UNFIT};
use super::members::Members;

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
                Ok(members) => self.judge(&Root(members)),
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

    /// Whether an object is a success at first sight: what is described is there, and nothing in the body looks like a
    /// failure. Most responses are, and are read no further.
    fn is_plain_success(&self, body: &[u8]) -> bool {
        let needles = &*NEEDLES;
        let schema = self.schema;
        if self.writes && has_any(&needles.written, body) {
            return false;
        }
        if let Some((member, data)) = schema.data {
            let is_plain = schema.confirmations.iter().all(|path| *path == member);
            return is_plain
                && match schema.status {
                    StatusMember::Envelope => has_success_and(member, data, body),
                    _ => has_data(member, data, body) && !needles.tell_failure(body),
                };
        }
        match schema.body {
            ValueSchema::Object { members, .. }
                if !members.is_empty() && schema.confirmations.is_empty() =>
            {
                has_own_member(members, body)
                    && match schema.status {
                        StatusMember::Result => !has(&needles.fault, body),
                        _ => !needles.tell_failure(body),
                    }
            }
            ValueSchema::Any | ValueSchema::Opaque if schema.confirmations.is_empty() => {
                !needles.tell_failure(body)
                    && !has_any(&needles.loose, body)
                    && (body.len() > SMALL || !has_any(&needles.words, body))
            }
            _ => false,
        }
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

/// Texts that failures have, to be looked for where the place of a member in the document is not known.
struct Needles {
    status: Finder<'static>,
    /// What a failing status begins with.
    failing: [Finder<'static>; 6],
    success: Finder<'static>,
    fault: Finder<'static>,
    /// The level of a response message.
    level: Finder<'static>,
    /// Of failures whose operation is not described.
    loose: [Finder<'static>; 3],
    /// Of a small body that is nothing but an error.
    words: [Finder<'static>; 3],
    /// Of what was written and then not stored.
    written: [Finder<'static>; 2],
}

/// To prepare the search for a text costs more than the search in a usual response.
static NEEDLES: LazyLock<Needles> = LazyLock::new(|| Needles {
    status: Finder::new("\"status\""),
    failing: [
        "\"FAIL", "\"Fail", "\"fail", "\"ERROR", "\"Error", "\"error",
    ]
    .map(Finder::new),
    success: Finder::new("\"success\""),
    fault: Finder::new("\"fault\""),
    level: Finder::new("\"level\""),
    loose: ["\"grpc_code\"", "\"http_code\"", "\"errors\""].map(Finder::new),
    words: ["\"code\"", "\"error\"", "\"message\""].map(Finder::new),
    written: ["\"deny\"", "rrorResponse\""].map(Finder::new),
});

impl Needles {
    /// Whether the body of a described object may tell of a failure all the same.
    fn tell_failure(&self, body: &[u8]) -> bool {
        has(&self.success, body)
            || has(&self.fault, body)
            || ((has(&self.status, body) || has(&self.level, body)) && has_any(&self.failing, body))
    }
}

fn has(needle: &Finder<'_>, body: &[u8]) -> bool {
    needle.find(body).is_some()
}

fn has_any(needles: &[Finder<'_>], body: &[u8]) -> bool {
    needles.iter().any(|needle| has(needle, body))
}

/// A body that is nothing but an error is small.
const SMALL: usize = 64 << 10;

/// Whether an envelope says that it is a success, and has its result in this member.
fn has_success_and(member: &str, data: ValueSchema, envelope: &[u8]) -> bool {
    let (mut said, mut fits) = (false, false);
    for (name, value) in Members::of(envelope).into_iter().flatten() {
        if name == b"status" {
            said = value.starts_with(b"\"SUCCESS\"");
            if !said {
                return false;
            }
        } else if name == member.as_bytes() {
            fits = plainly_fits(data, value);
            if !fits {
                return false;
            }
        }
        if said && fits {
            return true;
        }
    }
    false
}

/// Whether an envelope has its result in this member.
fn has_data(member: &str, data: ValueSchema, envelope: &[u8]) -> bool {
    let mut members = Members::of(envelope).into_iter().flatten();
    members.any(|(name, value)| name == member.as_bytes() && plainly_fits(data, value))
}

/// Whether the value that a document begins with is as described, as far as its first bytes tell.
fn plainly_fits(schema: ValueSchema, value: &[u8]) -> bool {
    let first = value.first().copied().unwrap_or_default();
    match schema {
        ValueSchema::Object { members, .. } => {
            first == b'{' && (members.is_empty() || has_own_member(members, value))
        }
        ValueSchema::List => first == b'[',
        ValueSchema::Text => first == b'"' && !value.starts_with(b"\"false\""),
        ValueSchema::Number => first == b'-' || first.is_ascii_digit(),
        ValueSchema::Boolean => first == b't',
        _ => false,
    }
}

/// Whether one of the first members of the object that a document begins with is one of these, and no word of errors.
fn has_own_member(members: &[&str], object: &[u8]) -> bool {
    let own = |name: &[u8]| {
        let own = members.iter().find(|member| member.as_bytes() == name);
        own.is_some_and(|name| !is_word(name))
    };
    let mut names = Members::of(object).into_iter().flatten().take(4);
    names.any(|(name, _)| own(name))
}

/// Why a value that is not `null` is not as described; `None` where it is, or where its decoder tells.
fn misfit(schema: ValueSchema, value: &str, written: bool) -> Option<String> {
    let found = match value.as_bytes().first()? {
        b'{' => "an object",
        b'[' => "a list",
        b'"' => "text",
        b't' | b'f' => "a boolean",
        _ => "a number",
    };
    let fits = match schema {
        ValueSchema::Object {
            members,
            may_be_empty,
        } => {
            if found == "an object" && !(members.is_empty() && may_be_empty) {
                let object = Root(serde_json::from_str(value).ok()?);
                // Some services wrap what was saved to say what policies made of it, and do not describe that.
                let is_there = match object.0.is_empty() {
                    true => may_be_empty,
                    false => {
                        members.is_empty()
                            || object.has_result(members)
                            || object.has_only(members)
                            || (written && object.has_any(&GOVERNANCE))
                    }
                };
                return (!is_there).then(|| NONE.to_owned());
            }
            found == "an object"
        }
        ValueSchema::List => found == "a list",
        ValueSchema::Text => !matches!(found, "an object" | "a list"),
        // As their decoder takes them.
        ValueSchema::Number => value.trim_matches('"').parse::<f64>().is_ok(),
        ValueSchema::Boolean => matches!(value.trim_matches('"'), "true" | "false"),
        _ => true,
    };
    (!fits).then(|| format!("{found} where {} is expected", wanted(schema)))
}

fn wanted(schema: ValueSchema) -> &'static str {
    match schema {
        ValueSchema::Object { .. } => "an object",
        ValueSchema::List => "a list",
        ValueSchema::Text => "text",
        ValueSchema::Number => "a number",
        ValueSchema::Boolean => "a boolean",
        _ => "a value",
    }
}

/// What an object has of the members that are described.
const NONE: &str = "none of the described members is there";

fn unexpected(path: &str, found: &str, wanted: &str) -> FailureInSuccess {
    FailureInSuccess::Unexpected(
        path.to_owned(),
        format!("{found} where {wanted} is expected"),
    )
}

/// Whether an item of a stream of status 200 is a failure.
pub(crate) fn failure_in_item(item: &[u8]) -> Option<FailureInSuccess> {
    memmem::find(item, b"\"error\"")?;
    let root = Root(serde_json::from_slice(item.trim_ascii()).ok()?);
    root.is_failed_item().then_some(FailureInSuccess::Item)
}

/// The members of a response's root, their values not yet read.
struct Root<'b>(HashMap<Cow<'b, str>, &'b RawValue>);

impl<'b> Root<'b> {
    /// A member as it is written.
    fn raw(&self, name: &str) -> Option<&'b str> {
        self.0.get(name).map(|value| value.get())
    }

    /// A member that is not `null`.
    fn get(&self, name: &str) -> Option<&'b str> {
        self.raw(name).filter(|text| *text != "null")
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A member of this type; `None` too when it is of another.
    fn read<T: Deserialize<'b>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?).ok()
    }

    fn text(&self, name: &str) -> Option<Cow<'b, str>> {
        // Without a type of its own it would always be copied.
        #[derive(Deserialize)]
        struct Text<'t>(#[serde(borrow)] Cow<'t, str>);
        self.read(name).map(|Text(text)| text)
    }

    fn inside(&self, name: &str) -> Option<Self> {
        serde_json::from_str(self.get(name)?).ok().map(Self)
    }

    fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains_key(*name))
    }

    /// Whether all members that are not `null` are such as errors have.
    fn has_only_words(&self) -> bool {
        let mut members = self.0.iter();
        members.all(|(name, value)| is_word(name) || value.get() == "null")
    }

    /// Whether there is one of these members that is no word of errors.
    fn has_result(&self, own: &[&str]) -> bool {
        let mut names = self.0.keys().map(|name| name.as_ref());
        names.any(|name| !is_word(name) && own.contains(&name))
    }

    /// Whether all members are among these.
    fn has_only(&self, own: &[&str]) -> bool {
        self.0.keys().all(|name| own.contains(&name.as_ref()))
    }

    /// Whether the boolean at a path is `false`.
    fn is_false(&self, path: &str) -> bool {
        match path.split_once('.') {
            Some((name, path)) => self
                .inside(name)
                .is_some_and(|inside| inside.is_false(path)),
            None => matches!(self.raw(path), Some("false" | "\"false\"")),
        }
    }

    /// Whether a policy denied, here or in `data`.
    fn is_denied(&self) -> bool {
        let denies = |root: &Root<'_>| {
            GOVERNANCE
                .iter()
                .filter_map(|name| root.read::<Verdict>(name))
                .any(|verdict| verdict.deny == Some(true))
        };
        denies(self) || self.inside("data").is_some_and(|data| denies(&data))
    }

    /// Whether a trigger or an input set was sent that its pipeline has no use for.
    fn is_unfit(&self) -> bool {
        let is_unfit = |data: Self| {
            let mut names = UNFIT.iter();
            names.any(|name| data.read::<bool>(name) == Some(true))
        };
        self.inside("data").is_some_and(is_unfit)
    }

    fn is_failed_item(&self) -> bool {
        self.inside("error")
            .is_some_and(|error| error.has("grpc_code") || error.has("http_code"))
    }

    /// Whether it is an error of the services that say whose fault it was.
    fn is_goa(&self) -> bool {
        ["fault", "temporary", "timeout"]
            .iter()
            .all(|name| self.read::<bool>(name).is_some())
    }

    /// The code, which may be a number.
    fn code(&self) -> Option<String> {
        match self.read("code")? {
            Value::String(code) => Some(code),
            Value::Number(code) => Some(code.to_string()),
            _ => None,
        }
    }

    /// Whether there are errors: texts, or objects with a message.
    fn has_errors(&self) -> bool {
        let errors = self.read::<Vec<Value>>("errors");
        errors.is_some_and(|errors| {
            let is_error = |error: &Value| {
                error.is_string() || error.get("message").is_some_and(Value::is_string)
            };
            !errors.is_empty() && errors.iter().all(is_error)
        })
    }

    /// Whether one of the response messages is no hint or explanation, but an error.
    fn has_error_messages(&self) -> bool {
        let messages = self.read::<Vec<Value>>("responseMessages");
        let is_error = |message: &Value| {
            let level = message.get("level").and_then(Value::as_str);
            level.is_some_and(|level| level.eq_ignore_ascii_case("ERROR"))
        };
        messages.is_some_and(|messages| messages.iter().any(is_error))
    }

    /// Whether the server says in words what happened.
    fn has_words(&self) -> bool {
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
const OF_ENVELOPES: [&str; 4] = [
    "correlationId",
    "metaData",
    "responseMessages",
    "detailedMessage",
];

/// Whether a member of this name may be all that a service says of a failure, beside others like it.
fn is_word(name: &str) -> bool {
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

fn is_success(status: &str) -> bool {
    ["SUCCESS", "SUCCEEDED", "OK"]
        .iter()
        .any(|success| status.eq_ignore_ascii_case(success))
}

/// Whether a code is the symbol of an error: `ENTITY_NOT_FOUND`.
fn is_symbol(code: &str) -> bool {
    code.contains('_')
        && code
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a code is the HTTP status of a failure, or one of gRPC.
fn is_failing_code(code: &str) -> bool {
    let number = code.parse::<u16>().unwrap_or_default();
    (is_status(code) && number >= 400) || (1..=16).contains(&number)
}

fn is_of_autostopping(path: &str) -> bool {
    path.starts_with("/gateway/lw/") || path.starts_with("/lw/")
}
