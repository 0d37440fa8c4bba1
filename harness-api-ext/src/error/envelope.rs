//! Which of the shapes of error bodies a body has.

use serde_json::{Map, Value};

/// The shape of an error body. Each service behind the gateway has its own.
///
/// ```
/// # fn look(error: harness_api_ext::Error) {
/// use harness_api_ext::Envelope;
///
/// if error.envelope() == Some(Envelope::Html) {
///     eprintln!("a page came in place of an answer: is there a proxy on the way?");
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Envelope {
    /// `status: "ERROR"` of the Java services, with response messages.
    Ng,
    /// `status: "FAILURE"` or `"FAILED"` of the Java services, with field errors.
    NgFailure,
    /// A refusal of the Java services that names the permissions which are missing.
    AccessDenied,
    /// Response messages alone, or one of them at the root.
    ResponseMessages,
    /// `code` and `message` of the newer REST services, with field errors.
    V1,
    /// The answer of a gRPC gateway: GitOps.
    Grpc,
    /// A failure as an item of a stream of status 200: GitOps.
    GrpcStream,
    /// `message` of the Code service.
    Code,
    /// Rules of a repository that were violated, or files in conflict.
    RuleViolations,
    /// `name`, `fault`, `temporary`, `timeout`: infrastructure as code, policies, security tests.
    Goa,
    /// `code` is the HTTP status in quotes: feature flags, artifact registry.
    StringCode,
    /// `message` and the more specific `description`: chaos, service discovery.
    Chaos,
    /// `message` alone.
    MessageOnly,
    /// `success: false` with a list of texts.
    AutoStopping,
    /// `errors` beside `data`.
    GraphQl,
    /// `responseMessages` is a text.
    Dashboards,
    /// `code` is the HTTP status as a number: written where no service was reached.
    Dropwizard,
    /// `code`, `message`, `transactionId` of the feature management service.
    Fme,
    /// A success whose `governanceMetadata` tells that a policy denied the change.
    PolicyDenied,
    /// An HTML page: a login page, a proxy, a firewall.
    Html,
    /// A text that is not JSON.
    PlainText,
    /// No body.
    Empty,
    /// None of these: the body is all there is.
    Raw,
}

impl Envelope {
    /// Tells the shape of a JSON object; the order matters, from the most telling member to the least.
    pub(super) fn of(object: &Map<String, Value>, path: Option<&str>) -> Self {
        let has = |name: &str| object.get(name).is_some_and(|value| !value.is_null());
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        let list = |name: &str| object.get(name).is_some_and(Value::is_array);
        let code = object.get("code");
        let int_code = code.is_some_and(Value::is_i64) || code.is_some_and(Value::is_u64);
        let item = |name: &str| object.get(name)?.as_array()?.first();

        if item("failedPermissionChecks").is_some() {
            return Self::AccessDenied;
        }
        if text("status").is_some_and(|status| status.eq_ignore_ascii_case("ERROR"))
            && (has("code") || has("message") || has("responseMessages"))
        {
            return Self::Ng;
        }
        if text("status").is_some_and(is_failure)
            && (has("code") || has("message") || has("errors") || has("data"))
        {
            return Self::NgFailure;
        }
        let autostopping = path.is_some_and(|path| path.contains("/lw/"))
            || object.contains_key("errors")
            || object.contains_key("response");
        if autostopping && object.get("success") == Some(&Value::Bool(false)) {
            return Self::AutoStopping;
        }
        if object.get("error").is_some_and(|error| {
            error.get("grpc_code").is_some() || error.get("http_code").is_some()
        }) {
            return Self::GrpcStream;
        }
        if text("responseMessages").is_some() {
            return Self::Dashboards;
        }
        if (list("responseMessages") && !has("code"))
            || (has("level") && object.contains_key("failureTypes"))
        {
            return Self::ResponseMessages;
        }
        if has("fault") && has("temporary") {
            return Self::Goa;
        }
        if int_code && list("details") {
            return Self::Grpc;
        }
        if list("violations") || list("rule_violations") || list("conflict_files") {
            return Self::RuleViolations;
        }
        if has("description") || has("correlationID") {
            return Self::Chaos;
        }
        if text("code").is_some_and(is_status) {
            return Self::StringCode;
        }
        if has("error_metadata")
            || item("errors").is_some_and(|error| error.get("field_name").is_some())
        {
            return Self::V1;
        }
        if has("transactionId")
            || (has("code") && path.is_some_and(|path| path.starts_with("/fme")))
        {
            return Self::Fme;
        }
        if int_code && has("error") {
            return if has("message") {
                Self::Grpc
            } else {
                Self::Dashboards
            };
        }
        if has("code") && has("message") {
            return if int_code { Self::Dropwizard } else { Self::V1 };
        }
        if text("message").is_some() {
            let code = has("values") || path.is_some_and(|path| path.contains("/code/api/"));
            return if code { Self::Code } else { Self::MessageOnly };
        }
        match item("errors") {
            Some(Value::String(_)) => Self::AutoStopping,
            Some(Value::Object(_)) => Self::GraphQl,
            _ => Self::Raw,
        }
    }
}

/// What the `status` of an envelope says when it failed.
pub(super) fn is_failure(status: &str) -> bool {
    ["FAILURE", "FAILED", "ERROR"]
        .iter()
        .any(|failure| status.eq_ignore_ascii_case(failure))
}

/// Whether a code is an HTTP status in digits.
pub(super) fn is_status(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit())
}
