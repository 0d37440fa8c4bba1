//! Bodies that no service would send, and those that one did.

use proptest::prelude::*;
use serde_json::json;

use super::successes::SCHEMAS;
use super::*;

/// An error of an answer, without a client in between.
fn error(status: u16, body: &[u8]) -> Error {
    let status = StatusCode::from_u16(status).unwrap();
    let answer = Incoming::new(status, HeaderMap::new(), body.to_vec());
    let error = answer.into_error(harness_api::ErrorKind::Status, "", 1 << 20);
    let mut error = std::pin::pin!(error);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match error.as_mut().poll(&mut context) {
        std::task::Poll::Ready(error) => error.into(),
        std::task::Poll::Pending => unreachable!("the body is at hand"),
    }
}

/// Asks everything that can be asked.
fn ask(error: &Error, body: &[u8]) {
    assert_eq!(error.body(), body, "the body is kept");
    assert!(error.envelope().is_some());
    let line = error.to_string();
    assert!(
        !line.contains('\n') && line.chars().count() < 2500,
        "{line}"
    );
    let _ = format!("{error:?}");
    let _ = (
        error.is_not_found(),
        error.is_route_missing(),
        error.is_already_exists(),
        error.is_conflict(),
    );
    let _ = (
        error.is_unauthenticated(),
        error.is_permission_denied(),
        error.is_rate_limited(),
    );
    let _ = (
        error.is_validation(),
        error.is_transient(),
        error.is_retryable(),
        error.retry_after(),
    );
    let _ = (
        error.message(),
        error.code(),
        error.correlation_id(),
        error.metadata(),
        error.excerpt(),
    );
}

/// Every member that is looked at.
const MEMBERS: &[&str] = &[
    "status",
    "code",
    "message",
    "correlationId",
    "correlationID",
    "detailedMessage",
    "responseMessages",
    "metadata",
    "error_metadata",
    "errors",
    "failedPermissionChecks",
    "level",
    "failureTypes",
    "error",
    "details",
    "values",
    "violations",
    "rule_violations",
    "conflict_files",
    "name",
    "id",
    "temporary",
    "timeout",
    "fault",
    "policy_evaluation",
    "description",
    "success",
    "data",
    "governanceMetadata",
    "governance_metadata",
    "deny",
    "transactionId",
    "schemaErrors",
    "fieldId",
    "field_name",
    "grpc_code",
    "http_code",
    "rule",
    "policyMetadata",
    "resourceScope",
];

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop::sample::select(vec![
            "ERROR",
            "FAILURE",
            "HINT",
            "404",
            "999",
            "INFO",
            "NOT_FOUND"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(MEMBERS), inner), 0..8).prop_map(
                |members| {
                    Value::Object(
                        members
                            .into_iter()
                            .map(|(name, value)| (name.to_owned(), value))
                            .collect(),
                    )
                }
            ),
        ]
    })
}

/// Judges a body for every kind of operation: nothing panics.
fn judge_all(body: &[u8]) {
    for operation in SCHEMAS {
        let _ = failure_in_success(Some(operation), "GET", body);
    }
    for method in ["GET", "POST", "DELETE"] {
        let _ = failure_in_success(None, method, body);
    }
}

proptest! {
    #[test]
    fn any_json(status in 100_u16..600, body in json()) {
        let body = body.to_string();
        ask(&error(status, body.as_bytes()), body.as_bytes());
        judge_all(body.as_bytes());
        let _ = failure_in_item(body.as_bytes());
    }

    #[test]
    fn any_bytes(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..400)) {
        ask(&error(status, &body), &body);
        judge_all(&body);
    }

    #[test]
    fn any_cut(cut in 0_usize..600, which in 0_usize..8) {
        let body = [E1, E1_SCHEMA, E2, E3, E6R, E7P, E12, DENIED][which].as_bytes();
        let body = &body[..cut.min(body.len())];
        ask(&error(500, body), body);
        judge_all(body);
    }
}

#[test]
fn wrong_types_in_every_member() {
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!("x"),
        json!([]),
        json!([[1], null]),
        json!({}),
        json!({"a": [1]}),
    ];
    for text in [
        E1, E1_SCHEMA, E2, E3, E3B_ROOT, E3B_LIST, E4, E5, E5S, E6R, E6M, E7P, E8, E9, E11, E12,
        E13, E16, DENIED,
    ] {
        let whole: Value = serde_json::from_str(text).unwrap();
        let mut pointers = Vec::new();
        collect(&whole, String::new(), &mut pointers);
        for pointer in &pointers {
            for value in &values {
                let mut body = whole.clone();
                *body.pointer_mut(pointer).unwrap() = value.clone();
                let body = body.to_string();
                ask(&error(400, body.as_bytes()), body.as_bytes());
                judge_all(body.as_bytes());
            }
        }
    }
}

/// The pointers to every value in a document.
fn collect(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect(value, format!("{at}/{name}"), out);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(value, format!("{at}/{index}"), out);
            }
        }
        _ => {}
    }
    out.push(at);
}
