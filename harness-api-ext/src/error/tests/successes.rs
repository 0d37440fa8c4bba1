//! Answers of status 2XX: which are failures and which are not.

use super::*;
use crate::error::success::Disguised;

static TEST_CONNECTOR: Operation = Operation::new(
    "testConnector",
    "POST",
    "/ng/api/connectors/testConnection/x",
);

const UNFIT_TRIGGER: &str = r#"{"status":"SUCCESS","data":{"identifier":"nightly","errorResponse":true,
    "errors":{"pipeline":{"stages.build.tag":"there is no such input"}}},"correlationId":"c"}"#;

const UNFIT_INPUT_SET: &str = r#"{"status":"SUCCESS","data":{"identifier":"nightly","isErrorResponse":true,
    "inputSetErrorWrapper":{"uuidToErrorResponseMap":{"nightly":{"errors":[
    {"fieldName":"tag","message":"no longer an input","identifierOfErrorSource":"nightly"}]}}}},"correlationId":"c"}"#;

fn verdict(operation: Option<&Operation>, body: &str) -> Option<Disguised> {
    failure_in_success(operation, body.as_bytes())
}

#[test]
fn failures_are_found() {
    let create = Some(&CREATE_CONNECTOR);
    let table = [
        (create, E1, Disguised::Envelope),
        (create, E2, Disguised::Envelope),
        (
            create,
            r#"{"status":"FAILED","data":"72a2","metaData":null,"correlationId":"6f"}"#,
            Disguised::Envelope,
        ),
        (
            create,
            r#"{"status":"ERROR","code":"ENTITY_REFERENCE_EXCEPTION","message":"m"}"#,
            Disguised::Envelope,
        ),
        (
            create,
            r#"{"code":"ENTITY_NOT_FOUND","message":"gone"}"#,
            Disguised::Code,
        ),
        (create, E3B_ROOT, Disguised::Code),
        (create, DENIED, Disguised::PolicyDenied),
        (
            create,
            r#"{"data":{"governance_metadata":{"deny":true}}}"#,
            Disguised::PolicyDenied,
        ),
        (
            create,
            r#"{"secret":null,"governance_metadata":{"deny": true}}"#,
            Disguised::PolicyDenied,
        ),
        (
            None,
            r#"{"governanceMetadata":{"deny":true}}"#,
            Disguised::PolicyDenied,
        ),
        (None, E12, Disguised::GraphQl),
        (
            Some(&LIST_RULES),
            r#"{"success":false}"#,
            Disguised::Unsuccessful,
        ),
        (Some(&LIST_RULES), E11, Disguised::Unsuccessful),
        (None, E11, Disguised::Unsuccessful),
        (None, E5S, Disguised::Item),
        (create, UNFIT_TRIGGER, Disguised::Unfit),
        (create, UNFIT_INPUT_SET, Disguised::Unfit),
    ];
    for (operation, body, expected) in table {
        assert_eq!(verdict(operation, body), Some(expected), "{body}");
    }
    assert_eq!(
        verdict(create, &format!("\u{feff}{DENIED}")),
        Some(Disguised::PolicyDenied)
    );
}

#[test]
fn results_are_not_failures() {
    let create = Some(&CREATE_CONNECTOR);
    let get = Some(&GET_PIPELINE);
    let table = [
        (
            Some(&TEST_CONNECTOR),
            r#"{"status":"SUCCESS","data":{"status":"FAILURE","errors":[{"reason":"r","message":"m"}],"errorSummary":"s"},"correlationId":"c"}"#,
        ),
        (
            create,
            r#"{"status":"SUCCESS","data":{"governanceMetadata":{"deny":false}}}"#,
        ),
        (
            create,
            r#"{"status":"SUCCESS","data":{"governanceMetadata":null,"deny":true}}"#,
        ),
        (
            create,
            r#"{"status":"SUCCESS","data":{"content":[{"governanceMetadata":{"deny":true}}]}}"#,
        ),
        // An execution that a policy stopped can be read.
        (
            get,
            r#"{"status":"SUCCESS","data":{"governanceMetadata":{"deny":true}}}"#,
        ),
        // What does not fit any more can be read.
        (get, UNFIT_TRIGGER),
        (get, UNFIT_INPUT_SET),
        (
            create,
            r#"{"status":"SUCCESS","data":{"errorResponse":false,"isErrorResponse":false}}"#,
        ),
        (get, r#"{"status":"FAILED","id":"run-1"}"#),
        (
            get,
            r#"{"code":"PROJECT_A","name":"a thing with a code","message":"m"}"#,
        ),
        (get, r#"{"code":"SUCCESS","message":"done"}"#),
        (get, r#"{"code":"200","message":"done"}"#),
        (
            get,
            r#"{"success":false,"message":"the secret cannot be read"}"#,
        ),
        (
            None,
            r#"{"success":false,"message":"the secret cannot be read"}"#,
        ),
        (
            create,
            r#"{"errors":[{"message":"row 3"}],"success":false}"#,
        ),
        (None, r#"{"data":{"a":1},"errors":[]}"#),
        (None, r#"{"data":{"a":1},"errors":null}"#),
        (get, r#"{"data":[],"errors":[{"message":"row 3"}]}"#),
        (get, r#"[{"status":"ERROR","code":"A_B","message":"m"}]"#),
        (get, r#""ERROR""#),
        (get, r#"{"status":"ERROR","code":"A_B","message":"cut"#),
        (get, ""),
    ];
    for (operation, body) in table {
        assert_eq!(verdict(operation, body), None, "{body}");
    }
}

#[test]
fn a_denial_tells_who_denied() {
    let error = connector(200, DENIED);
    assert_eq!(error.kind(), ErrorKind::Api);
    assert_eq!(error.envelope(), Some(Envelope::PolicyDenied));
    assert!(error.is_policy_denied() && !error.is_validation() && !error.is_retryable());
    assert_eq!(error.message(), "tags.team is required");
    let denial = error.policy_denial().unwrap();
    assert_eq!(
        (denial.id.as_deref(), denial.status.as_deref()),
        (Some("812"), Some("error"))
    );
    assert_eq!(denial.policies[0].messages, ["tags.team is required"]);

    let leaked = r#"{"data":{"governanceMetadata":{"id":7,"deny":true,"detailsList":[{"policySetName":"s",
        "policyMetadataList":[{"policyName":"p","denyMessagesList":["one","two"]}]}]}}}"#;
    let error = connector(200, leaked);
    assert_eq!(error.message(), "one; two");
    assert_eq!(error.policy_denial().unwrap().id.as_deref(), Some("7"));
}

#[test]
fn an_item_of_a_stream_can_be_a_failure() {
    let answer = Canned::new(200, "{}").call(&GET_PIPELINE).unwrap();
    let (_, parts) = answer.into_parts();
    assert!(Error::in_item(&parts, br#"{"result":{"error":"text of a log"}}"#).is_none());
    assert!(Error::in_item(&parts, br#"{"error":"text"}"#).is_none());
    assert!(Error::in_item(&parts, b"\xff\"error\"").is_none());
    let error = Error::in_item(&parts, E5S.as_bytes()).unwrap();
    assert_eq!(error.envelope(), Some(Envelope::GrpcStream));
    assert_eq!(error.code(), Some("14"));
    assert_eq!(error.message(), "agent is not registered");
    assert_eq!(error.body(), E5S);
    assert!(error.is_transient() && error.is_retryable());
    assert_eq!(error.operation(), Some(&GET_PIPELINE));
}

#[test]
fn what_is_missing_in_an_answer_names_the_call() {
    let answer = Canned::new(200, r#"{"status":"SUCCESS","data":null}"#)
        .info(1)
        .call(&GET_PIPELINE)
        .unwrap();
    assert_eq!(answer.attached::<CallInfo>().unwrap().request_id, "req-1");
    let (_, parts) = answer.into_parts();
    let error = Error::missing(parts, "`data`");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.body(), r#"{"status":"SUCCESS","data":null}"#);
    assert_eq!(error.request_id(), Some("req-1"));
    assert_eq!(
        error.to_string(),
        "getPipeline (GET /pipeline/api/pipelines/{id}): the answer has no `data` (the server answered 200 OK) \
         [request id req-1]"
    );
}

#[test]
fn what_does_not_fit_is_told_by_its_place() {
    for (body, field, message) in [
        (
            UNFIT_TRIGGER,
            "pipeline.stages.build.tag",
            "there is no such input",
        ),
        (UNFIT_INPUT_SET, "tag", "no longer an input"),
    ] {
        let failure = connector(500, body);
        assert_eq!(failure.message(), message);
        let errors: Vec<_> = failure.field_errors().iter().collect();
        assert_eq!(errors.len(), 1, "{body}");
        assert_eq!((&*errors[0].field, &*errors[0].message), (field, message));
    }
}
