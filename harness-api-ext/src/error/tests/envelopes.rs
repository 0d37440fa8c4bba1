//! Each shape of error body.

use super::*;

/// Body, status, shape, code, message, correlation id.
type Row = (
    u16,
    &'static str,
    Envelope,
    Option<&'static str>,
    &'static str,
    Option<&'static str>,
);

const TABLE: &[Row] = &[
    (
        500,
        E1,
        Envelope::Ng,
        Some("SCM_UNAUTHORIZED"),
        "401 from the Git host",
        Some("7b1f-0c52"),
    ),
    (
        400,
        E1_SCHEMA,
        Envelope::Ng,
        Some("INVALID_YAML"),
        "Invalid yaml",
        Some("c"),
    ),
    (
        400,
        E2,
        Envelope::NgFailure,
        Some("INVALID_REQUEST"),
        "Invalid request",
        Some("c02a"),
    ),
    (
        403,
        E3,
        Envelope::AccessDenied,
        Some("NG_ACCESS_DENIED"),
        "Missing permission core_project_view",
        Some("5d9e"),
    ),
    (
        500,
        E3B_ROOT,
        Envelope::ResponseMessages,
        Some("DEFAULT_ERROR_CODE"),
        "Entity with entityRef = x not found",
        None,
    ),
    (
        400,
        E3B_LIST,
        Envelope::ResponseMessages,
        Some("INVALID_ARGUMENT"),
        "image is required",
        None,
    ),
    (
        500,
        r#"{"metaData":{},"resource":null,"responseMessages":[{"code":"X_Y","level":"ERROR","message":"first-gen"}]}"#,
        Envelope::ResponseMessages,
        Some("X_Y"),
        "first-gen",
        None,
    ),
    (
        400,
        E4,
        Envelope::V1,
        Some("INVALID_ARGUMENT"),
        "bad input",
        None,
    ),
    (
        404,
        E5,
        Envelope::Grpc,
        Some("5"),
        "application billing not found",
        None,
    ),
    (
        422,
        E6R,
        Envelope::RuleViolations,
        None,
        "2 approvals needed",
        None,
    ),
    (
        409,
        E6M,
        Envelope::RuleViolations,
        None,
        "conflict in a.rs, b.rs",
        None,
    ),
    (
        404,
        E7,
        Envelope::Goa,
        Some("not_found"),
        "workspace not found",
        Some("q3Zt9aB1"),
    ),
    (
        400,
        E7P,
        Envelope::Goa,
        Some("policy"),
        "denied by policy",
        Some("q3"),
    ),
    (
        404,
        E8,
        Envelope::StringCode,
        Some("404"),
        "flag dark_mode not found",
        None,
    ),
    (
        500,
        E9,
        Envelope::Chaos,
        None,
        "an experiment with identity pod-kill already exists",
        None,
    ),
    (
        404,
        E9_SHARED,
        Envelope::Chaos,
        Some("404"),
        "no agent",
        Some("9e1c"),
    ),
    (
        400,
        E10,
        Envelope::MessageOnly,
        None,
        "schema identifier is taken",
        None,
    ),
    (
        400,
        E11,
        Envelope::AutoStopping,
        None,
        "rule name is required",
        None,
    ),
    (
        400,
        E12,
        Envelope::GraphQl,
        Some("GONE"),
        "no infrastructure with this id",
        None,
    ),
    (
        404,
        E13,
        Envelope::Dashboards,
        Some("404"),
        "dashboard 91 not found",
        Some("9e1c"),
    ),
    (
        400,
        E14,
        Envelope::Dropwizard,
        Some("400"),
        "Unable to process JSON",
        None,
    ),
    (
        429,
        E16,
        Envelope::Fme,
        Some("429"),
        "Too many requests",
        Some("tx1"),
    ),
    (502, HTML, Envelope::Html, None, "an HTML page", None),
    (
        503,
        "upstream connect error\nreset",
        Envelope::PlainText,
        None,
        "upstream connect error reset",
        None,
    ),
    (
        400,
        r#""just a text""#,
        Envelope::PlainText,
        None,
        "just a text",
        None,
    ),
    (
        500,
        "",
        Envelope::Empty,
        None,
        "Internal Server Error",
        None,
    ),
    (
        500,
        " \r\n",
        Envelope::Empty,
        None,
        "Internal Server Error",
        None,
    ),
    (
        500,
        "{}",
        Envelope::Raw,
        None,
        "Internal Server Error",
        None,
    ),
    (
        500,
        "[1,2]",
        Envelope::Raw,
        None,
        "Internal Server Error",
        None,
    ),
    (
        500,
        r#"{"status":"ERROR","message":"cut o"#,
        Envelope::Raw,
        None,
        "Internal Server Error",
        None,
    ),
    (
        500,
        "\u{1}\u{2}",
        Envelope::Raw,
        None,
        "Internal Server Error",
        None,
    ),
];

#[test]
fn every_shape_is_read() {
    for (status, body, envelope, code, message, id) in TABLE {
        let error = pipeline(*status, body);
        assert_eq!(error.kind(), ErrorKind::Api, "{body}");
        assert_eq!(error.status().unwrap().as_u16(), *status, "{body}");
        assert_eq!(error.envelope(), Some(*envelope), "{body}");
        assert_eq!(error.code(), *code, "{body}");
        assert_eq!(error.message(), *message, "{body}");
        assert_eq!(error.correlation_id(), *id, "{body}");
        assert_eq!(error.body(), body, "the body is kept");
        if let Some(text) = error.raw().server_message() {
            assert_eq!(text, *message, "both crates agree: {body}");
        }
    }
}

#[test]
fn advice_is_kept_apart_from_the_message() {
    let error = pipeline(500, E1);
    assert_eq!(error.hints(), ["Check the connector."]);
    assert_eq!(error.explanations(), ["The token cannot read."]);
    assert!(error.metadata().is_none());
    let details =
        r#"{"code":400,"message":"Unable to process JSON","details":"no spec is wanted"}"#;
    assert_eq!(
        connector(400, details).explanations(),
        ["no spec is wanted"]
    );
    // A hint at the root is no code.
    let hint = pipeline(
        400,
        r#"{"status":"ERROR","code":"HINT","message":"h","responseMessages":[
            {"code":"HINT","level":"INFO","message":"h"},{"code":"SCM_BAD_REQUEST","level":"ERROR","message":"e"}]}"#,
    );
    assert_eq!(hint.cause_code(), Some("SCM_BAD_REQUEST"));
    assert_eq!(
        (hint.code(), hint.message()),
        (Some("SCM_BAD_REQUEST"), "e")
    );
}

#[test]
fn fields_and_places_that_were_refused() {
    let field = |error: &Error| {
        let [fault] = error.field_errors() else {
            panic!("one field error: {error:?}");
        };
        (fault.field.clone(), fault.message.clone())
    };
    let pair = |field: &str, message: &str| (field.to_owned(), message.to_owned());
    assert_eq!(
        field(&connector(400, E2)),
        pair("connector.identifier", "must match [a-z]*")
    );
    assert_eq!(
        field(&connector(400, E4)),
        pair("org.identifier", "may not be empty")
    );
    let schema = pipeline(400, E1_SCHEMA);
    assert_eq!(
        field(&schema),
        pair("$.pipeline.stages[0]", "type: is missing")
    );
    assert_eq!(
        schema.metadata().unwrap()["type"],
        "YamlSchemaErrorWrapperDTO"
    );
}

#[test]
fn permissions_that_are_missing() {
    let error = pipeline(403, E3);
    let [check] = error.permission_checks() else {
        panic!("one check");
    };
    assert_eq!(check.permission.as_deref(), Some("core_project_view"));
    assert_eq!(check.resource_type.as_deref(), Some("PROJECT"));
    assert_eq!(check.resource_identifier.as_deref(), Some("checkout"));
    assert_eq!(check.account.as_deref(), Some("acc"));
    assert_eq!(check.org.as_deref(), Some("retail"));
    assert_eq!(check.project.as_deref(), Some("checkout"));
}

#[test]
fn rules_and_policies() {
    let error = Canned::new(422, E6R).error(&GET_REPO);
    let [violation] = error.rule_violations() else {
        panic!("one violation");
    };
    assert_eq!(violation.rule.as_deref(), Some("protect-main"));
    assert_eq!(
        violation.code.as_deref(),
        Some("pullreq.approvals.require_minimum_count")
    );
    assert!(violation.bypassable);
    assert_eq!(
        Canned::new(422, E6M).error(&GET_REPO).conflict_files(),
        ["a.rs", "b.rs"]
    );

    let denial = connector(400, E7P).policy_denial().unwrap().clone();
    assert_eq!(denial.id.as_deref(), Some("812"));
    assert_eq!(denial.policies[0].set.as_deref(), Some("tags"));
    assert_eq!(denial.policies[0].policy.as_deref(), Some("need-team"));
    assert_eq!(denial.policies[0].messages, ["team is required"]);
    assert_eq!(denial.raw["id"], "812");
}

#[test]
fn services_of_the_same_shape_are_told_apart_by_path() {
    assert_eq!(
        Canned::new(404, E6).error(&GET_REPO).envelope(),
        Some(Envelope::Code)
    );
    assert_eq!(pipeline(404, E6).envelope(), Some(Envelope::MessageOnly));
    let values = r#"{"message":"no","values":{"a":1}}"#;
    assert_eq!(pipeline(404, values).envelope(), Some(Envelope::Code));
    static FME: Operation = Operation::new("fme", "GET", "/fme/api/v3/segments");
    assert_eq!(
        Canned::new(404, r#"{"code":404,"message":"no"}"#)
            .error(&FME)
            .envelope(),
        Some(Envelope::Fme)
    );
    let unsuccessful = r#"{"success":false,"message":"no","correlationID":"9e1c"}"#;
    assert_eq!(
        pipeline(400, unsuccessful).envelope(),
        Some(Envelope::Chaos)
    );
    assert_eq!(
        Canned::new(400, r#"{"success":false}"#)
            .error(&LIST_RULES)
            .envelope(),
        Some(Envelope::AutoStopping)
    );
}

#[test]
fn html_is_known_by_type_too() {
    let error = Canned::new(403, "<p>blocked</p>")
        .header("content-type", "text/html; charset=utf-8")
        .error(&GET_PIPELINE);
    assert_eq!(error.envelope(), Some(Envelope::Html));
}

#[test]
fn bytes_that_are_not_text_hide_nothing_else() {
    let body: &[u8] = b"{\"status\":\"ERROR\",\"code\":\"BAD_\xff\",\"message\":\"m\"}";
    let error = Canned::new(500, Bytes::from_static(body)).error(&GET_PIPELINE);
    assert_eq!(error.envelope(), Some(Envelope::Ng));
    assert_eq!(error.code(), Some("BAD_\u{fffd}"));
    assert_eq!(error.body(), body);
    let error = Canned::new(500, Bytes::from_static(b"\xff\xfe\x00")).error(&GET_PIPELINE);
    assert_eq!(error.envelope(), Some(Envelope::Raw));
}

#[test]
fn depth_and_size_do_no_harm() {
    let deep = format!(
        "{{\"message\":{}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(
        Canned::new(500, deep).error(&GET_PIPELINE).envelope(),
        Some(Envelope::Raw)
    );
    let huge = format!("{{\"message\":\"{}\"}}", "x".repeat(3 << 20));
    let error = Canned::new(500, huge).error(&GET_PIPELINE);
    assert_eq!(error.body().len(), 1 << 20);
    assert!(error.raw().is_truncated());
    let long = format!(
        "{{\"message\":\"{}\",\"code\":\"{}\"}}",
        "x".repeat(9000),
        "C".repeat(9000)
    );
    let error = Canned::new(500, long).error(&GET_PIPELINE);
    assert!(error.message().chars().count() <= 501 && error.code().unwrap().chars().count() <= 101);
    assert!(error.to_string().chars().count() < 600, "{error}");
}
