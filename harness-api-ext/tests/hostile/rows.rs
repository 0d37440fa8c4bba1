//! Responses with a 2xx status that are not successes, or only for some calls, and the right result of each.

use harness_api_ext::raw::Operation;

use crate::calls::{Gives, Got};
use crate::facts::{Facts, Kind};

/// Response to every request.
pub struct Row {
    pub name: &'static str,
    pub status: &'static str,
    pub media: &'static str,
    pub body: &'static str,
    /// Returns the right result, or `None` for an error.
    pub right: fn(&Cell<'_>) -> Option<Right>,
}

/// Call that receives the response of a row.
pub struct Cell<'c> {
    pub name: &'c str,
    pub gives: Gives,
    pub facts: &'c Facts,
}

/// Right result of a call that must not fail.
pub enum Right {
    Is(Got),
    /// Value whose `Debug` contains this text.
    Shows(&'static str),
}

const JSON: &str = "application/json";

const fn row(name: &'static str, body: &'static str) -> Row {
    Row {
        name,
        status: "200 OK",
        media: JSON,
        body,
        right: never,
    }
}

impl Row {
    const fn but(mut self, right: fn(&Cell<'_>) -> Option<Right>) -> Self {
        self.right = right;
        self
    }

    const fn of(mut self, status: &'static str, media: &'static str) -> Self {
        self.status = status;
        self.media = media;
        self
    }
}

/// An error for every call.
fn never(_: &Cell<'_>) -> Option<Right> {
    None
}

impl Cell<'_> {
    fn done(&self) -> Option<Right> {
        match self.gives {
            Gives::Nothing => Some(Right::Is(Got::Done)),
            Gives::Option => Some(Right::Is(Got::Nothing)),
            _ => None,
        }
    }

    fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name)
    }
}

/// One result for one kind of call, and another for the rest.
fn either(first: Option<Right>, second: Option<Right>) -> Option<Right> {
    first.or(second)
}

/// Text where text is described, unchanged: YAML may be anything.
fn text(cell: &Cell<'_>) -> Option<Right> {
    (cell.facts.body == Kind::Opaque).then_some(Right::Shows(""))
}

/// Any response that does not describe a failure, for a change without a described content.
fn open(cell: &Cell<'_>) -> Option<Right> {
    let is_open = cell.facts.is_open() && !cell.facts.is_read();
    cell.done().filter(|_| is_open)
}

/// Content that is neither a failure nor a result.
fn something(cell: &Cell<'_>) -> Option<Right> {
    either(open(cell), text(cell))
}

/// The same in `data`, which may contain anything.
fn something_in_data(cell: &Cell<'_>) -> Option<Right> {
    let may_be_any = cell.facts.has_data(&Kind::Any);
    either(cell.done().filter(|_| may_be_any), something(cell))
}

/// A failed deletion, which only affects deletions.
fn not_deleted(cell: &Cell<'_>) -> Option<Right> {
    match cell.facts.operation.method {
        "DELETE" => None,
        _ => something(cell),
    }
}

/// The same with a success status, for responses that are described as no more than that.
fn success_and_something(cell: &Cell<'_>) -> Option<Right> {
    let says_only = cell.facts.data.is_none() && cell.facts.has("status");
    either(
        cell.done().filter(|_| says_only),
        either(resource(cell), something_in_data(cell)),
    )
}

/// The same, where any object is a valid result.
fn success_and_object(cell: &Cell<'_>) -> Option<Right> {
    either(any_object(cell), success_and_something(cell))
}

/// One of several objects, which is kept unchanged if it is none of them.
fn any_object(cell: &Cell<'_>) -> Option<Right> {
    cell.is(&["har::GetVersionDetails"])
        .then_some(Right::Shows(""))
}

/// An error that is also a field of the result.
fn error_member(cell: &Cell<'_>) -> Option<Right> {
    cell.is(&["policy::EvaluatePolicy"])
        .then_some(Right::Shows("quota exceeded"))
}

/// The deleted entity, if the service returns it in another envelope than its own.
fn resource(cell: &Cell<'_>) -> Option<Right> {
    cell.done()
        .filter(|_| cell.is(&["delegates::DeleteDelegate"]))
}

/// A success without content, for a change.
fn success(cell: &Cell<'_>) -> Option<Right> {
    let is_change = !cell.facts.is_read();
    let envelope = cell.facts.has("status") || cell.facts.has("resource");
    either(
        cell.done()
            .filter(|_| is_change && (envelope || cell.facts.is_open())),
        text(cell),
    )
}

/// The state of the requested entity is not a failure of the call.
fn state(cell: &Cell<'_>) -> Option<Right> {
    cell.is(&[
        "chaos::GetInfrastructure",
        "iacm::GetApproval",
        "iacm::GetExecution",
        "iacm::GetWorkspace",
        "policy::EvaluatePolicy",
        "policy::GetEvaluation",
    ])
    .then_some(Right::Shows("status: "))
}

/// A change may have an empty response. A text or a question may not.
fn nothing(cell: &Cell<'_>) -> Option<Right> {
    if cell.facts.is_read() || cell.facts.body == Kind::Opaque {
        return None;
    }
    let whole = cell.gives == Gives::Value && cell.facts.data.is_none() && !cell.is(MEMBERS);
    either(cell.done(), whole.then_some(Right::Shows("")))
}

/// Changes that return a field of the response, which must exist.
const MEMBERS: &[&str] = &["chaos::RunExperiment"];

/// An empty response, which is also an empty list.
fn no_content(cell: &Cell<'_>) -> Option<Right> {
    let list = cell.gives == Gives::Pages;
    either(list.then_some(Right::Is(Got::Items(0))), nothing(cell))
}

/// An empty list, if the response is a list.
fn empty_list(cell: &Cell<'_>) -> Option<Right> {
    let is_list = cell.facts.body == Kind::List || cell.is(&["pipeline::ListApprovals"]);
    either(is_list.then_some(Right::Is(Got::Items(0))), text(cell))
}

/// `null` is an empty list, or no content.
fn null(cell: &Cell<'_>) -> Option<Right> {
    let is_list = cell.facts.body == Kind::List;
    either(is_list.then_some(Right::Is(Got::Items(0))), something(cell))
}

/// `null` as the result is an empty list, if the result is a list.
fn null_result(cell: &Cell<'_>) -> Option<Right> {
    let is_list = cell.facts.has_data(&Kind::List) && cell.facts.is_read();
    either(
        is_list.then_some(Right::Is(Got::Items(0))),
        something_in_data(cell),
    )
}

fn success_and_null(cell: &Cell<'_>) -> Option<Right> {
    either(null_result(cell), success(cell))
}

/// A list of one entity without known fields: items of a list are not judged.
fn one_item(cell: &Cell<'_>) -> Option<Right> {
    let is_list = cell.facts.has_data(&Kind::List);
    is_list.then_some(Right::Is(Got::Items(1)))
}

/// `false`, if the call is a question.
fn question(cell: &Cell<'_>) -> Option<Right> {
    let asks = cell.is(&["templates::GetTemplateInputs", "users::HasMember"]);
    either(asks.then_some(Right::Shows("false")), text(cell))
}

/// An object without fields, if all are optional.
fn nothing_in_object(cell: &Cell<'_>) -> Option<Right> {
    // These services omit empty lists.
    let may_lack_items = cell.facts.operation.paging.is_some_and(|it| it.omits_empty);
    let may_be_empty = cell.is(&["code::DeleteBranch", "gitops::GetResourceTree"]);
    let may_be_none = cell.is(&[
        "iacm::CreateWorkspace",
        "iacm::UpdateWorkspace",
        "iacm::CloneWorkspace",
    ]);
    let empty = may_be_empty.then_some(Right::Shows(""));
    let none = may_be_none.then_some(Right::Is(Got::Nothing));
    either(
        may_lack_items.then_some(Right::Is(Got::Items(0))),
        either(empty, either(none, something(cell))),
    )
}

fn list_in_envelope(cell: &Cell<'_>) -> Option<Right> {
    either(one_item(cell), something_in_data(cell))
}

fn list_in_success(cell: &Cell<'_>) -> Option<Right> {
    either(one_item(cell), success_and_something(cell))
}

fn success_alone(cell: &Cell<'_>) -> Option<Right> {
    either(state(cell), success(cell))
}

/// A denial by a policy at another time can be read.
fn denied(cell: &Cell<'_>) -> Option<Right> {
    let reads = cell.is(&[
        "access_control::GetRoleAssignment",
        "cd::GetServiceOverride",
        "connectors::GetConnector",
        "har::GetVersionDetails",
        "pipeline::GetPipeline",
        "secrets::GetSecret",
    ]);
    either(
        reads.then_some(Right::Shows("")),
        text(cell).filter(|_| cell.facts.is_read()),
    )
}

/// A file has contents too, which are not a list: its other fields are missing.
fn page_in_success(cell: &Cell<'_>) -> Option<Right> {
    let files = cell.is(&[
        "platform::GetFile",
        "platform::CreateFile",
        "platform::UpdateFile",
    ]);
    // Its pages report no total.
    let untold = cell.is(&["pipeline::ListExecutionOutlines"]);
    either(
        untold.then_some(Right::Is(Got::Items(0))),
        either(
            files.then_some(Right::Shows("misfits")),
            success_and_object(cell),
        ),
    )
}

/// A list with its items, without a total if this response has none.
fn page(cell: &Cell<'_>) -> Option<Right> {
    let lists = cell.facts.has_data(&Kind::List) || cell.is(&["gitops::ListManagedResources"]);
    let content = cell.is(&["code::GetContent"]);
    either(
        lists.then_some(Right::Is(Got::Items(0))),
        either(
            content.then_some(Right::Shows("content")),
            something_in_data(cell),
        ),
    )
}

/// A text, if the result is one.
fn text_result(cell: &Cell<'_>) -> Option<Right> {
    if !cell.facts.has_data(&Kind::Text) {
        return success_and_something(cell);
    }
    either(cell.done(), Some(Right::Shows("")))
}

/// Byte order mark, with which some servers begin JSON texts.
const BOM: &str = "\u{feff}";

pub const ROWS: &[Row] = &[
    // Responses that say that the server failed.
    row("a failing status alone", r#"{"status":"ERROR"}"#).but(state),
    row(
        "a failing status and why",
        r#"{"status":"FAILURE","message":"in use"}"#,
    ),
    row(
        "a failing status in lower case",
        r#"{"status":"failure","message":"in use"}"#,
    ),
    row(
        "a failing status of another spelling",
        r#"{"status":"Failed","message":"in use"}"#,
    ),
    row(
        "the error of most services",
        r#"{"status":"ERROR","code":"INVALID_REQUEST","message":"in use","correlationId":"c0ffee","detailedMessage":null,"responseMessages":[],"metadata":null}"#,
    ),
    row(
        "a failing status behind a result",
        r#"{"data":true,"status":"FAILURE"}"#,
    ),
    row(
        "a failing status beside an empty page",
        r#"{"status":"ERROR","data":{"content":[],"totalItems":0},"message":"no permission"}"#,
    ),
    row(
        "a failing status that is a number",
        r#"{"timestamp":1761800000,"status":500,"error":"Internal Server Error","path":"/a"}"#,
    ),
    row("no success", r#"{"success":false}"#),
    row(
        "no success, and why",
        r#"{"success":false,"errors":["in use"],"response":null}"#,
    ),
    row(
        "response messages of level ERROR",
        r#"{"metaData":{},"resource":null,"responseMessages":[{"code":"GENERAL_ERROR","level":"ERROR","message":"in use"}]}"#,
    ),
    row(
        "response messages of level ERROR beside a result",
        r#"{"metaData":{},"resource":true,"responseMessages":[{"code":"GENERAL_ERROR","level":"ERROR","message":"in use"}]}"#,
    ),
    row(
        "errors of GraphQL",
        r#"{"data":null,"errors":[{"message":"no such field","path":["a"]}]}"#,
    ),
    row(
        "the error of the newer services",
        r#"{"code":"ENTITY_NOT_FOUND","message":"there is none"}"#,
    ),
    row(
        "the error of gRPC",
        r#"{"error":"there is none","code":5,"message":"there is none","details":[]}"#,
    ),
    row(
        "the error of Goa",
        r#"{"name":"not_found","id":"q3Zt9aB1","message":"there is none","temporary":false,"timeout":false,"fault":false}"#,
    ),
    row(
        "a denial by policies",
        r#"{"status":"SUCCESS","data":{"connector":null,"governanceMetadata":{"deny":true,"status":"error","message":"tags are required"}}}"#,
    ).but(denied),
    row("a message", r#"{"message":"quota exceeded"}"#),
    row("an error", r#"{"error":"quota exceeded"}"#).but(error_member),
    // Responses that say that nothing was done.
    row("false", "false").but(text),
    row("false in an envelope", r#"{"data":false}"#).but(question),
    row(
        "false in an envelope of success",
        r#"{"status":"SUCCESS","data":false}"#,
    ).but(question),
    row(
        "not deleted",
        r#"{"experimentId":"a","isDeleted":false,"isStopped":false}"#,
    ).but(not_deleted),
    // Responses with another content than requested.
    row("nothing in an object", "{}").but(nothing_in_object),
    row("another object", r#"{"elsewhere":{"identifier":"a"}}"#).but(something),
    row("a text", r#""text""#).but(text),
    row("a list of numbers", "[1,2]").but(text),
    row("an empty list", "[]").but(empty_list),
    row("null", "null").but(null),
    row("true", "true").but(something),
    row("a number", "7").but(text),
    row("a list in an envelope", r#"{"data":[{"elsewhere":1}]}"#).but(list_in_envelope),
    row(
        "a list in an envelope of success",
        r#"{"status":"SUCCESS","data":[{"elsewhere":1}]}"#,
    ).but(list_in_success),
    row(
        "a text in an envelope of success",
        r#"{"status":"SUCCESS","data":"text"}"#,
    ).but(text_result),
    row(
        "an empty object in an envelope of success",
        r#"{"status":"SUCCESS","data":{}}"#,
    ).but(success_and_something),
    row(
        "an envelope in an envelope",
        r#"{"status":"SUCCESS","data":{"status":"SUCCESS","data":true}}"#,
    ).but(success_and_object),
    row(
        "a failure in an envelope",
        r#"{"status":"SUCCESS","data":{"status":"FAILURE","message":"in use"}}"#,
    ).but(any_object),
    row("null in an envelope", r#"{"data":null}"#).but(null_result),
    row(
        "null in an envelope of success",
        r#"{"status":"SUCCESS","data":null,"correlationId":"c0ffee"}"#,
    ).but(success_and_null),
    row("success and nothing else", r#"{"status":"SUCCESS"}"#).but(success_alone),
    row(
        "a page without items of a list that has some",
        r#"{"status":"SUCCESS","data":{"content":[],"totalElements":57,"totalItems":57,"totalPages":1,"itemCount":57}}"#,
    ).but(page_in_success),
    row(
        "a page that lacks its items",
        r#"{"status":"SUCCESS","data":{"totalElements":57,"totalItems":57,"totalPages":3,"pageIndex":0,"pageSize":20,"itemCount":57,"total":57}}"#,
    ).but(success_and_object),
    row(
        "a page without an envelope",
        r#"{"content":[],"data":[],"items":[],"totalElements":57,"totalItems":57,"totalPages":3}"#,
    ).but(page),
    // Responses that are invalid, or not JSON.
    row(
        "a document that is cut",
        r#"{"status":"SUCCESS","data":{"content":[{"identifier":"a"#,
    ).but(text),
    row(
        "a document with something behind it",
        r#"{"status":"SUCCESS","data":true} trailing"#,
    ).but(text),
    row(
        "a failure as text",
        r#"{"status":"FAILURE","message":"in use"}"#,
    )
    .of("200 OK", "text/plain"),
    row(
        "a failure without a media type",
        r#"{"status":"FAILURE","message":"in use"}"#,
    )
    .of("200 OK", ""),
    row("a text that is no JSON", "upstream connect error").of("200 OK", "text/plain").but(text),
    row(
        "a page to log in",
        "<!DOCTYPE html><html><title>Sign in</title></html>",
    )
    .of("200 OK", "text/html"),
    row(
        "a page said to be JSON",
        "<html><body>Sign in</body></html>",
    ),
    row(
        "a failure behind a byte order mark",
        "\u{feff}{\"status\":\"FAILURE\",\"message\":\"in use\"}",
    ),
    // Empty responses.
    row("no content", "").of("204 No Content", JSON).but(no_content),
    row("no body", "").but(nothing),
    row("blanks", " \r\n\t").but(nothing),
    row("a byte order mark", BOM).but(nothing),
];
