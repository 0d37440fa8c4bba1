//! Checks an error against the expectation of its recording.

use harness_api_ext::Error;
use serde_json::{Map, Value, json};

/// Compares an error with the `expect` of its recording.
///
/// # Errors
///
/// Returns every difference, and every unknown name.
pub(super) fn check(expect: &Map<String, Value>, error: &Error) -> Result<(), String> {
    let differences: Vec<_> = expect
        .iter()
        .filter_map(|(name, wanted)| match part(error, name) {
            Some(found) if found == *wanted => None,
            Some(found) => Some(format!("{name} is {found}, not {wanted}")),
            None => Some(format!("nothing is called {name}")),
        })
        .collect();
    if differences.is_empty() {
        return Ok(());
    }
    Err(differences.join("; "))
}

/// Returns a fact of an error by its name in `expect`; `null` if it is absent.
fn part(error: &Error, name: &str) -> Option<Value> {
    let is = match name {
        "kind" => return Some(json!(format!("{:?}", error.kind()))),
        "envelope" => return Some(json!(error.envelope().map(|it| format!("{it:?}")))),
        "code" => return Some(json!(error.code())),
        "cause_code" => return Some(json!(error.cause_code())),
        "message" => return Some(json!(error.message())),
        "correlationId" => return Some(json!(error.correlation_id())),
        "hints" => return Some(json!(error.hints())),
        "fields" => return Some(error.field_errors().iter().map(|it| &*it.field).collect()),
        "permissions" => {
            let checks = error.permission_checks().iter();
            return Some(checks.map(|it| it.permission.as_deref()).collect());
        }
        "retry_after" => return Some(json!(error.retry_after().map(|wait| wait.as_secs()))),
        "not_found" => error.is_not_found(),
        "route_missing" => error.is_route_missing(),
        "already_exists" => error.is_already_exists(),
        "conflict" => error.is_conflict(),
        "unauthenticated" => error.is_unauthenticated(),
        "permission_denied" => error.is_permission_denied(),
        "rate_limited" => error.is_rate_limited(),
        "validation" => error.is_validation(),
        "policy_denied" => error.is_policy_denied(),
        "transient" => error.is_transient(),
        _ => return None,
    };
    Some(Value::Bool(is))
}
