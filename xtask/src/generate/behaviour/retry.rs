//! Whether an operation may be sent again when its outcome is not known.

use super::{segments, words};
use crate::generate::api::{Location, Operation, RetryClass};

/// Verbs that only read.
const READS: [&str; 15] = [
    "analyze",
    "check",
    "compare",
    "count",
    "fetch",
    "filter",
    "find",
    "get",
    "list",
    "lookup",
    "preview",
    "query",
    "search",
    "summarize",
    "validate",
];
/// Words in the last segment of a path that make a POST a question.
const QUESTIONS: [&str; 15] = [
    "aggregate",
    "check",
    "compare",
    "count",
    "diff",
    "filter",
    "list",
    "lookup",
    "overview",
    "preview",
    "query",
    "search",
    "stats",
    "summary",
    "validate",
];
/// Words in the id of a POST that make it a write, whatever else stands there.
const WRITES: [&str; 20] = [
    "add", "assign", "create", "define", "delete", "execute", "generate", "import", "initiate",
    "link", "rebuild", "remove", "run", "save", "start", "toggle", "unlink", "update", "upload",
    "upsert",
];
/// Verbs of an id, and words in the last segment of a path, that do something each time.
const ACTS: [&str; 28] = [
    "abort",
    "accept",
    "approval",
    "approve",
    "cancel",
    "clone",
    "comment",
    "comments",
    "copy",
    "execute",
    "import",
    "interrupt",
    "merge",
    "move",
    "promote",
    "refresh",
    "reject",
    "reload",
    "rerun",
    "restart",
    "resume",
    "retrigger",
    "retry",
    "review",
    "rotate",
    "sync",
    "toggle",
    "upload",
];
/// Parameters that name the version which a write replaces: the second write meets another one.
const VERSIONS: [&str; 3] = ["if-match", "lastcommitid", "lastobjectid"];

/// Returns the class that the rules find; `paged` when the operation is asked for a page, as only lists are.
pub(super) fn of(operation: &Operation, paged: bool) -> RetryClass {
    if operation.path.to_ascii_lowercase().contains("graphql")
        || operation.id.to_ascii_lowercase().contains("graphql")
    {
        return RetryClass::Never;
    }
    let last = last_segment(operation);
    let id = words(operation.id.rsplit(['#', '_']).next().unwrap_or_default());
    let one_of = |of: &[String], list: &[&str]| of.iter().any(|word| list.contains(&&**word));
    match operation.method.as_str() {
        "GET" | "HEAD" if last.len() == 1 && one_of(&last, &ACTS) && !reads(&id) => {
            RetryClass::Never
        }
        "GET" | "HEAD" => RetryClass::Safe,
        "PUT" if one_of(&last, &ACTS) || one_of(&id[..id.len().min(1)], &ACTS) => RetryClass::Never,
        "PUT" if is_upload(operation) || names_version(operation) => RetryClass::Never,
        "PUT" | "DELETE" => RetryClass::Idempotent,
        "POST" if one_of(&id, &WRITES) || is_upload(operation) => RetryClass::Never,
        "POST" if paged || reads(&id) || one_of(&last, &QUESTIONS) => RetryClass::Safe,
        _ => RetryClass::Never,
    }
}

fn reads(id: &[String]) -> bool {
    id.iter()
        .find(|word| !matches!(&***word, "v1" | "v2"))
        .is_some_and(|verb| READS.contains(&&**verb))
}

/// Returns the words of the last segment, when it is no parameter.
fn last_segment(operation: &Operation) -> Vec<String> {
    segments(operation).last().map(words).unwrap_or_default()
}

fn is_upload(operation: &Operation) -> bool {
    operation.body.as_ref().is_some_and(|body| body.form)
}

fn names_version(operation: &Operation) -> bool {
    operation.params.iter().any(|param| {
        matches!(param.location, Location::Query | Location::Header)
            && VERSIONS.contains(&&*param.wire.to_ascii_lowercase())
    })
}
