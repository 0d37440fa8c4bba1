//! What kind of answer an error is.

use super::*;

/// The names of the questions that are answered with yes.
fn yes(error: &Error) -> Vec<&'static str> {
    let all: [(&'static str, bool); 13] = [
        ("not_found", error.is_not_found()),
        ("route_missing", error.is_route_missing()),
        ("already_exists", error.is_already_exists()),
        ("conflict", error.is_conflict()),
        ("unauthenticated", error.is_unauthenticated()),
        ("permission_denied", error.is_permission_denied()),
        ("rate_limited", error.is_rate_limited()),
        ("validation", error.is_validation()),
        ("policy_denied", error.is_policy_denied()),
        ("transient", error.is_transient()),
        ("retryable", error.is_retryable()),
        ("certainly_not_sent", error.is_certainly_not_sent()),
        ("timeout", error.is_timeout()),
    ];
    all.into_iter()
        .filter_map(|(name, yes)| yes.then_some(name))
        .collect()
}

const DUPLICATE: &str =
    r#"{"status":"ERROR","code":"DUPLICATE_FIELD","message":"A project [a] is already present"}"#;

#[test]
fn writes() {
    let table: &[(u16, &'static str, &[&str])] = &[
        // Not found: by status, by code with 404 or 400, by text, by gRPC code, by name.
        (
            404,
            r#"{"status":"FAILURE","code":"RESOURCE_NOT_FOUND_EXCEPTION","message":"m"}"#,
            &["not_found"],
        ),
        (
            404,
            r#"{"code":"ENTITY_NOT_FOUND","message":"m"}"#,
            &["not_found"],
        ),
        (
            400,
            r#"{"status":"FAILURE","code":"RESOURCE_NOT_FOUND_EXCEPTION","message":"m"}"#,
            &["not_found"],
        ),
        (500, E3B_ROOT, &["not_found"]),
        (404, E5, &["not_found"]),
        (500, E5, &["not_found"]),
        (404, E7, &["not_found"]),
        (404, E8, &["not_found"]),
        (404, E13, &["not_found"]),
        (404, "", &["not_found"]),
        (404, E9_SHARED, &["not_found"]),
        (
            500,
            r#"{"message":"mongo: no documents in result"}"#,
            &["not_found"],
        ),
        // Not found is not meant.
        (404, HTML, &["route_missing"]),
        (404, "404 page not found", &["route_missing"]),
        (404, "default backend - 404", &["route_missing"]),
        (
            404,
            r#"{"code":404,"message":"HTTP 404 Not Found"}"#,
            &["route_missing"],
        ),
        (
            500,
            r#"{"status":"ERROR","code":"DEFAULT_ERROR_CODE","message":"host not found"}"#,
            &[],
        ),
        (
            400,
            r#"{"status":"ERROR","code":"INVALID_REQUEST","message":"connector not found"}"#,
            &["validation"],
        ),
        (
            404,
            r#"{"status":"ERROR","code":"UNKNOWN_ERROR","message":"SLO with identifier x is already exist."}"#,
            &["already_exists", "conflict"],
        ),
        // There already.
        (400, DUPLICATE, &["already_exists", "conflict"]),
        (500, E9, &["already_exists", "conflict"]),
        (400, E10, &["already_exists", "conflict"]),
        (
            409,
            r#"{"message":"repository already exists"}"#,
            &["already_exists", "conflict"],
        ),
        (
            409,
            r#"{"error":"e","code":6,"message":"e","details":[]}"#,
            &["already_exists", "conflict"],
        ),
        // Otherwise against the state.
        (409, r#"{"message":"branch has moved"}"#, &["conflict"]),
        (409, E6M, &["conflict"]),
        (412, "", &["conflict"]),
        (423, "", &["conflict", "transient"]),
        (
            400,
            r#"{"status":"FAILURE","code":"OPTIMISTIC_LOCKING_EXCEPTION","message":"m"}"#,
            &["conflict"],
        ),
        (
            400,
            r#"{"status":"ERROR","code":"INVALID_REQUEST","message":"m","responseMessages":[
                {"code":"SCM_CONFLICT_ERROR_V2","level":"ERROR","message":"m"}]}"#,
            &["conflict"],
        ),
        (
            400,
            r#"{"status":"ERROR","code":"ENTITY_REFERENCE_EXCEPTION","message":"m"}"#,
            &["conflict"],
        ),
        (
            400,
            r#"{"status":"ERROR","code":"GENERAL_ERROR","message":"no delegate"}"#,
            &[],
        ),
        (
            404,
            r#"{"status":"ERROR","code":"UNKNOWN_ERROR","message":"Oops"}"#,
            &[],
        ),
        (
            500,
            r#"{"status":"ERROR","code":"EXCEPTION_HANDLER_NOT_FOUND","message":"m"}"#,
            &[],
        ),
        // The key.
        (401, "", &["unauthenticated"]),
        (401, HTML, &["unauthenticated"]),
        (
            400,
            r#"{"status":"ERROR","code":"EXPIRED_TOKEN","message":"m"}"#,
            &["unauthenticated"],
        ),
        (
            500,
            r#"{"error":"e","code":16,"message":"e","details":[]}"#,
            &["unauthenticated"],
        ),
        (
            401,
            r#"{"status":"ERROR","code":"SCM_UNAUTHORIZED","message":"m"}"#,
            &[],
        ),
        // Permissions.
        (403, E3, &["permission_denied"]),
        (400, E3, &["permission_denied"]),
        (403, E6, &["permission_denied"]),
        (
            403,
            r#"{"error":"e","code":7,"message":"e","details":[]}"#,
            &["permission_denied"],
        ),
        (403, HTML, &[]),
        // Too many.
        (429, HTML, &["rate_limited", "transient", "retryable"]),
        (429, "", &["rate_limited", "transient", "retryable"]),
        (
            500,
            r#"{"status":"ERROR","code":"DEFAULT_ERROR_CODE","message":"429 Too Many Requests"}"#,
            &["rate_limited"],
        ),
        (
            400,
            r#"{"status":"ERROR","code":"SCM_RATE_LIMIT_ERROR","message":"m"}"#,
            &[],
        ),
        // Not valid.
        (400, E2, &["validation"]),
        (400, E4, &["validation"]),
        (422, r#"{"message":"m"}"#, &["validation"]),
        (
            500,
            r#"{"error":"e","code":3,"message":"e","details":[]}"#,
            &["validation"],
        ),
        (422, E6R, &[]),
        (400, E7P, &["policy_denied"]),
        (200, DENIED, &["policy_denied"]),
        // May pass; a write is not repeated for it.
        (502, HTML, &["transient"]),
        (503, "", &["transient"]),
        (504, "", &["transient"]),
        (408, "", &["transient"]),
        (500, "", &["transient"]),
        (500, E6, &[]),
        (
            500,
            r#"{"name":"n","message":"m","temporary":true,"timeout":false,"fault":false}"#,
            &["transient"],
        ),
        (501, "", &[]),
    ];
    for (status, body, expected) in table {
        assert_eq!(yes(&connector(*status, body)), *expected, "{status} {body}");
    }
}

#[test]
fn reads_may_be_repeated() {
    for (status, body) in [
        (502, HTML),
        (503, ""),
        (408, ""),
        (499, ""),
        (423, ""),
        (504, E6),
    ] {
        assert!(pipeline(status, body).is_retryable(), "{status}");
    }
    assert_eq!(yes(&pipeline(500, E1)), [""; 0]);
}

#[test]
fn the_portal_says_not_found_in_words() {
    let body = r#"{"status":"ERROR","code":"DEFAULT_ERROR_CODE","message":"Entity x Not Found"}"#;
    assert!(Canned::new(500, body).error(&GET_ENTITY).is_not_found());
    assert!(!pipeline(500, body).is_not_found());
}

#[test]
fn a_redirect_to_a_login_page_is_a_matter_of_the_key() {
    let to = |place| {
        Canned::new(302, "")
            .header("location", place)
            .error(&GET_PIPELINE)
    };
    assert_eq!(
        yes(&to("https://app.example.com/#/login?x=1")),
        ["unauthenticated"]
    );
    assert_eq!(yes(&to("/elsewhere")), [""; 0]);
}

#[test]
fn errors_without_an_answer() {
    assert_eq!(yes(&Error::build("m")), ["certainly_not_sent"]);
    assert_eq!(
        yes(&Error::new(ErrorKind::Refused, "m")),
        ["certainly_not_sent"]
    );
    assert_eq!(
        yes(&Error::new(ErrorKind::Connect, "m")),
        ["transient", "retryable", "certainly_not_sent"]
    );
    assert_eq!(
        yes(&Error::new(ErrorKind::Timeout, "m")),
        ["transient", "timeout"]
    );
    assert_eq!(yes(&Error::new(ErrorKind::Transport, "m")), ["transient"]);
    assert_eq!(yes(&Error::pagination("m")), [""; 0]);
    assert_eq!(yes(&Error::new(ErrorKind::Wait, "not found")), [""; 0]);
}
