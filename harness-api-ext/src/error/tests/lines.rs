//! What people see.

use super::*;

#[test]
fn one_line_with_what_a_person_needs() {
    let table = [
        (
            pipeline(500, E1),
            "getPipeline (GET /pipeline/api/pipelines/{id}): 500 Internal Server Error, SCM_UNAUTHORIZED: 401 from the \
             Git host (hint: Check the connector.) [correlation id 7b1f-0c52]",
        ),
        (
            connector(400, E2),
            "createConnector (POST /ng/api/connectors): 400 Bad Request, INVALID_REQUEST: Invalid request \
             (connector.identifier: must match [a-z]*) [correlation id c02a]",
        ),
        (
            pipeline(403, E3),
            "getPipeline (GET /pipeline/api/pipelines/{id}): 403 Forbidden, NG_ACCESS_DENIED: Missing permission \
             core_project_view [correlation id 5d9e]",
        ),
        (
            connector(404, E5),
            "createConnector (POST /ng/api/connectors): 404 Not Found, 5: application billing not found",
        ),
        (
            connector(404, E7),
            "createConnector (POST /ng/api/connectors): 404 Not Found, not_found: workspace not found [correlation id \
             q3Zt9aB1]",
        ),
        (
            connector(422, E6R),
            "createConnector (POST /ng/api/connectors): 422 Unprocessable Entity: 2 approvals needed",
        ),
        (
            connector(200, DENIED),
            "createConnector (POST /ng/api/connectors): 200 OK, but a policy denied the change: tags.team is required \
             [correlation id f1d0]",
        ),
        (
            connector(502, HTML),
            "createConnector (POST /ng/api/connectors): 502 Bad Gateway: an HTML page",
        ),
        (
            connector(429, HTML),
            "createConnector (POST /ng/api/connectors): 429 Too Many Requests: an HTML page",
        ),
        (
            connector(403, HTML),
            "createConnector (POST /ng/api/connectors): 403 Forbidden: an HTML page: login page or proxy?",
        ),
        (
            connector(
                400,
                r#"{"status":"FAILURE","message":"name: may not be empty","errors":[
                {"fieldId":"name","error":"may not be empty"},{"fieldId":"id","error":"may not be empty"},
                {"fieldId":"tags","error":"too many"},{"fieldId":"tags","error":"too many"}]}"#,
            ),
            "createConnector (POST /ng/api/connectors): 400 Bad Request: name: may not be empty (id; tags: too many)",
        ),
        (
            Canned::new(
                400,
                r#"{"status":"ERROR","message":"no","correlationId":"req-1"}"#,
            )
            .info(1)
            .error(&CREATE_CONNECTOR),
            "createConnector (POST /ng/api/connectors): 400 Bad Request: no [correlation id req-1]",
        ),
        (
            Canned::new(200, r#"{"correlationId":"req-1","#)
                .header("x-request-id", "req-1")
                .info(2)
                .error(&CREATE_CONNECTOR),
            "createConnector (POST /ng/api/connectors): the answer does not fit Value at ?: EOF while parsing a value \
             (the server answered 200 OK) [request id req-1, 2 attempts in 1.5s]",
        ),
        (
            connector(
                400,
                r#"{"code":400,"message":"Unable to process JSON","details":"no spec is wanted"}"#,
            ),
            "createConnector (POST /ng/api/connectors): 400 Bad Request, 400: Unable to process JSON (no spec is wanted)",
        ),
        (
            connector(
                200,
                r#"{"status":"FAILED","data":"72a2","metaData":null,"correlationId":"6f31"}"#,
            ),
            "createConnector (POST /ng/api/connectors): 200 OK, but the response is a failure [correlation id 6f31]",
        ),
        (
            connector(503, ""),
            "createConnector (POST /ng/api/connectors): 503 Service Unavailable",
        ),
        (
            Canned::new(429, "").info(3).error(&CREATE_CONNECTOR),
            "createConnector (POST /ng/api/connectors): 429 Too Many Requests [request id req-1, 3 attempts in 1.5s]",
        ),
        (Error::build("no key was given"), "no key was given"),
        (
            Error::pagination("page 3 is page 2 again"),
            "page 3 is page 2 again",
        ),
        (
            Error::new(ErrorKind::Wait, "the run failed"),
            "the run failed",
        ),
    ];
    for (error, line) in table {
        assert_eq!(error.to_string(), line);
    }
}

#[test]
fn many_fields_are_counted() {
    let body = r#"{"code":"INVALID_ARGUMENT","message":"bad","errors":[{"field_name":"a","message":"1"},
        {"field_name":"b","message":"2"},{"field_name":"c","message":"3"},{"field_name":"d","message":"4"}]}"#;
    let line = connector(400, body).to_string();
    assert!(line.ends_with("bad (a: 1; b: 2; c: 3; 1 more)"), "{line}");
}

#[test]
fn neither_line_nor_debug_shows_body_headers_or_tokens() {
    let body = r#"{"status":"ERROR","code":"A_B","message":"key pat.acct.id.canary-token\nrefused","other":"canary-body",
        "metadata":{"value":"canary-metadata"},"errors":[{"fieldId":"f","error":"sat.acct.id.canary-field is bad"}],
        "responseMessages":[{"code":"HINT","level":"INFO","message":"not pat.acct.id.canary-hint"}],
        "failedPermissionChecks":[{"permission":"pat.acct.id.canary-check"}]}"#;
    let denied = r#"{"data":{"governanceMetadata":{"deny":true,"input":"canary-input","message":"pat.a.b.canary-deny"}}}"#;
    let answers = [
        Canned::new(500, body),
        Canned::new(200, denied),
        Canned::new(200, r#"["canary-"#),
        Canned::new(500, "pat.acct.id.canary-text"),
    ];
    for canned in answers {
        let error = canned
            .header("set-cookie", "canary-cookie")
            .header("x-trace", "canary-header")
            .info(2)
            .error(&CREATE_CONNECTOR);
        let denial = error.policy_denial();
        let shown = format!("{error} {error:?} {error:#?} {denial:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(!error.to_string().contains('\n'));
        assert!(
            String::from_utf8_lossy(error.body()).contains("canary"),
            "the body is kept"
        );
    }
}

#[test]
fn a_misfit_names_its_place_and_keeps_the_value() {
    let error = Canned::new(200, r#"{"items":[{"count":1},{"count":"canary"}]}"#);
    let client = Client::builder("https://app.example.com")
        .layer(error)
        .build()
        .unwrap();
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code)]
    struct Items {
        items: Vec<Item>,
    }
    #[derive(Debug, serde::Deserialize)]
    #[allow(dead_code)]
    struct Item {
        count: u32,
    }
    let error = Error::from(block_on(Call::new(&client, &GET_REPO).json::<Items>()).unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Decode);
    let failure = error.decode_failure().unwrap();
    assert_eq!(failure.path, "items[1].count");
    assert_eq!(failure.reason, "invalid type: string, expected u32");
    assert!(error.excerpt().unwrap().contains("canary"));
    assert!(error.body().ends_with(br#"{"count":"canary"}]}"#));
    assert!(error.envelope().is_none());
    assert_eq!(
        error.to_string(),
        "getRepo (GET /code/api/v1/repos/app): the answer does not fit Items at items[1].count: invalid type: string, \
         expected u32 (the server answered 200 OK)"
    );
}
