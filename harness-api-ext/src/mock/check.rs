//! Validation of requests by the description of their operations.

use std::fmt;

use harness_api::Place;

use super::envelope::{Reason, Refusal};
use super::received::Received;
use super::route;

/// Part of a request that the description does not allow.
///
/// ```
/// use harness_api_ext::mock::{Reply, Server};
/// use harness_api_ext::raw::Configure;
/// use harness_api_ext::raw::reqwest::Method;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// let server = Server::start().await?;
/// server.answer_with("GET /v1/widgets", |_| Reply::text(200, "none"));
/// let request = server.harness().request(Method::GET, "/v1/widgets");
/// request.with_query("size", "3").text().await?;
/// // No operation of the description has this path.
/// for violation in server.received().iter().flat_map(|request| request.violations()) {
///     println!("{violation}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Violation {
    /// Location: `/path`, `/query/NAME`, `/header/NAME`, `/form/NAME`, or `/body` followed by a JSON pointer.
    pub pointer: String,
    /// Description of the fault. It contains no values of the request.
    pub message: String,
}

impl Violation {
    pub(super) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

/// Returns the violations that the table of operations shows: an unknown operation, and missing required parts.
pub(super) fn violations(request: &Received) -> Vec<Violation> {
    let Some(operation) = request.operation() else {
        return vec![unknown(request)];
    };
    // A body with another media type has no parts.
    let has_other_body = operation
        .bodies
        .iter()
        .any(|media| *media != "multipart/form-data" && request.is_type(media));
    let mut found = Vec::new();
    for param in operation.required() {
        let name = param.name;
        if is_given_otherwise(request, operation.id, name) {
            continue;
        }
        let (place, is_there) = match param.place {
            Place::Query => (
                "query",
                request.query(name).is_some_and(|value| !value.is_empty()),
            ),
            Place::Header => ("header", request.header(name).is_some()),
            Place::Form if has_other_body => continue,
            Place::Form => ("form", request.part(name).is_some()),
            _ => continue,
        };
        if !is_there {
            found.push(Violation::new(
                format!("/{place}/{name}"),
                format!("required in the {place}, but missing"),
            ));
        }
    }
    if operation.body_required
        && request.body().is_empty()
        && request.header("content-type").is_none()
    {
        found.push(Violation::new("/body", "required, but missing"));
    }
    found
}

/// Returns whether another parameter replaces a required one. Either of its two ids identifies a run of a chaos
/// experiment.
fn is_given_otherwise(request: &Received, operation: &str, name: &str) -> bool {
    let other = match (operation, name) {
        ("stopChaosV2Experiment", "experimentRunId") => "notifyId",
        ("stopChaosV2Experiment", "notifyId") => "experimentRunId",
        _ => return false,
    };
    request.query(other).is_some_and(|value| !value.is_empty())
}

/// Rejects a request with violations, or with a body that does not match its content type.
pub(super) fn check(request: &Received) -> Result<(), Refusal> {
    let violations = request.violations();
    let is_json = || serde_json::from_slice::<serde::de::IgnoredAny>(request.body()).is_ok();
    if request.operation().is_some()
        && request.is_type("application/json")
        && !request.body().is_empty()
        && !is_json()
    {
        return Err(Refusal::new(Reason::Unreadable, "Unable to process JSON"));
    }
    if violations.is_empty() {
        return Ok(());
    }
    Err(Refusal::unprocessable(
        violations
            .iter()
            .map(|violation| (violation.pointer.clone(), violation.message.clone()))
            .collect(),
    ))
}

fn unknown(request: &Received) -> Violation {
    let methods = route::methods(request.path());
    let fault = if methods.is_empty() {
        "no operation of the enabled modules has this path".to_owned()
    } else {
        format!(
            "this path does not support {}, only {}",
            request.method(),
            methods.join(", ")
        )
    };
    let asked = format!("{} {}", request.method(), request.path());
    Violation::new("/path", format!("{asked}: {fault}"))
}
