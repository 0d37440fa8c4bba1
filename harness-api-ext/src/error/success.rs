//! Answers of status 2XX that are failures.

use std::collections::HashMap;
use std::sync::LazyLock;

use harness_api::{Operation, Repeat};
use memchr::memmem::{self, Finder};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::envelope::is_failure;
use super::failure::{GOVERNANCE, UNFIT};

/// Why an answer of status 2XX is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disguised {
    /// The envelope says that it failed.
    Envelope,
    /// It is nothing but an error.
    Code,
    /// A policy denied the change; nothing was stored.
    PolicyDenied,
    /// A GraphQL query failed.
    GraphQl,
    /// `success` is `false`.
    Unsuccessful,
    /// The YAML that was sent does not fit its pipeline; nothing was stored.
    Unfit,
    /// An item of a stream that is an error.
    Item,
}

impl Disguised {
    /// What to say of it, as the message of an error of kind `Status`.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::PolicyDenied => "but a policy denied the change",
            Self::GraphQl => "but the query failed",
            Self::Unfit => "but the YAML does not fit its pipeline",
            Self::Envelope | Self::Code | Self::Unsuccessful => "but the answer is a failure",
            Self::Item => "but an item of the stream is a failure",
        }
    }
}

/// Texts of which every disguised failure has one. Most answers have none, and are read no further.
struct Needles {
    any: [Finder<'static>; 4],
    /// A body that is nothing but an error has it.
    code: Finder<'static>,
    /// Of what was written and then not stored.
    written: [Finder<'static>; 2],
    /// Of services where these names tell of failures.
    loose: [Finder<'static>; 2],
}

/// To prepare the search for a text costs more than the search in a usual answer.
static NEEDLES: LazyLock<Needles> = LazyLock::new(|| Needles {
    any: ["\"FAIL", "\"ERROR\"", "\"grpc_code\"", "\"http_code\""].map(Finder::new),
    code: Finder::new("\"code\""),
    written: ["\"deny\"", "rrorResponse\""].map(Finder::new),
    loose: ["\"success\"", "\"errors\""].map(Finder::new),
});

impl Needles {
    fn are_in(&self, body: &[u8], operation: Option<&Operation>) -> bool {
        let has = |needle: &Finder<'_>| needle.find(body).is_some();
        self.any.iter().any(has)
            || (body.len() < SMALL && has(&self.code))
            || (may_be_unstored(operation) && self.written.iter().any(has))
            || (is_loose(operation) && self.loose.iter().any(has))
    }
}

/// Whether an answer may tell that nothing was stored. What is only read may have been denied at another time, or have
/// ceased to fit.
fn may_be_unstored(operation: Option<&Operation>) -> bool {
    operation.is_none_or(|operation| operation.repeat != Repeat::Safe)
}

/// Whether `success` or `errors` tell of a failure: where the shape of the answer is not known, of AutoStopping, and of
/// GraphQL.
fn is_loose(operation: Option<&Operation>) -> bool {
    operation
        .is_none_or(|operation| is_of_autostopping(operation.path) || is_graphql(operation.path))
}

fn is_of_autostopping(path: &str) -> bool {
    path.starts_with("/gateway/lw/") || path.starts_with("/lw/")
}

fn is_graphql(path: &str) -> bool {
    path.ends_with("/graphql")
}

/// A body that is nothing but an error is small.
const SMALL: usize = 64 << 10;

/// Whether a body of status 2XX tells of a failure, for the whole answer.
///
/// A result that says "failed" is a result: the test of a connector, an execution, the items of a list.
pub(crate) fn failure_in_success(operation: Option<&Operation>, body: &[u8]) -> Option<Disguised> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.trim_ascii_start().first() != Some(&b'{') {
        return None;
    }
    if !NEEDLES.are_in(body, operation) {
        return None;
    }
    Root(serde_json::from_slice(body).ok()?).verdict(operation)
}

/// Whether an item of a stream of status 200 is a failure.
pub(crate) fn failure_in_item(item: &[u8]) -> Option<Disguised> {
    memmem::find(item, b"\"error\"")?;
    let root = Root(serde_json::from_slice(item.trim_ascii()).ok()?);
    root.is_failed_item().then_some(Disguised::Item)
}

/// The members of an answer's root, their values not yet read.
struct Root<'b>(HashMap<String, &'b RawValue>);

impl<'b> Root<'b> {
    fn verdict(&self, operation: Option<&Operation>) -> Option<Disguised> {
        let path = operation.map(|operation| operation.path);
        let code = self.read::<String>("code");
        let has_message = self.read::<String>("message").is_some();
        if self
            .read::<String>("status")
            .is_some_and(|status| is_failure(&status))
            && (self.has_any(&OF_ENVELOPES) || (code.is_some() && has_message))
        {
            return Some(Disguised::Envelope);
        }
        if may_be_unstored(operation) {
            if self.is_denied() {
                return Some(Disguised::PolicyDenied);
            }
            if self.is_unfit() {
                return Some(Disguised::Unfit);
            }
        }
        if self.is_failed_item() {
            return Some(Disguised::Item);
        }
        if has_message && code.as_deref().is_some_and(is_symbol) && self.has_only_errors() {
            return Some(Disguised::Code);
        }
        let unsuccessful = self.read::<bool>("success") == Some(false);
        if unsuccessful && path.map_or_else(|| self.has_errors(), is_of_autostopping) {
            return Some(Disguised::Unsuccessful);
        }
        // No query is in the table, and what is there has results that are called `errors`.
        let graphql = path.is_none_or(is_graphql)
            && code.is_none()
            && !has_message
            && !self.has_any(&OF_ENVELOPES[1..]);
        (graphql && self.has_errors()).then_some(Disguised::GraphQl)
    }

    fn get(&self, name: &str) -> Option<&'b str> {
        self.0
            .get(name)
            .map(|value| value.get())
            .filter(|text| *text != "null")
    }

    /// A member of this type; `None` too when it is of another.
    fn read<T: Deserialize<'b>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?).ok()
    }

    fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains_key(*name))
    }

    fn has_only_errors(&self) -> bool {
        self.get("data").is_none()
            && self.0.keys().all(|name| {
                OF_ENVELOPES.contains(&name.as_str()) || OF_FAILURES.contains(&name.as_str())
            })
    }

    /// Whether a policy denied, here or in `data`.
    fn is_denied(&self) -> bool {
        let denies = |root: &Root<'_>| {
            GOVERNANCE
                .iter()
                .filter_map(|name| root.read::<Verdict>(name))
                .any(|verdict| verdict.deny == Some(true))
        };
        let in_data = || {
            let data = self.get("data").filter(|data| data.contains("\"deny\""))?;
            Some(denies(&Root(serde_json::from_str(data).ok()?)))
        };
        denies(self) || in_data() == Some(true)
    }

    /// Whether a trigger or an input set was sent that its pipeline has no use for.
    fn is_unfit(&self) -> bool {
        let data = self
            .get("data")
            .filter(|data| data.contains("rrorResponse\""))
            .and_then(|data| serde_json::from_str(data).ok())
            .map(Root);
        data.is_some_and(|data| {
            UNFIT
                .iter()
                .any(|name| data.read::<bool>(name) == Some(true))
        })
    }

    fn is_failed_item(&self) -> bool {
        let error = self.read::<HashMap<String, &RawValue>>("error");
        error
            .is_some_and(|error| error.contains_key("grpc_code") || error.contains_key("http_code"))
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
}

#[derive(Deserialize)]
struct Verdict {
    deny: Option<bool>,
}

/// Members that envelopes of the Java services have, successes too.
const OF_ENVELOPES: [&str; 5] = [
    "data",
    "correlationId",
    "metaData",
    "responseMessages",
    "detailedMessage",
];

/// Further members that failures have.
const OF_FAILURES: [&str; 13] = [
    "status",
    "code",
    "message",
    "errors",
    "metadata",
    "error_metadata",
    "failedPermissionChecks",
    "details",
    "level",
    "exception",
    "failureTypes",
    "failureSubTypes",
    "additionalInfo",
];

/// Whether a code is the symbol of an error: `ENTITY_NOT_FOUND`.
fn is_symbol(code: &str) -> bool {
    code.contains('_')
        && code
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
