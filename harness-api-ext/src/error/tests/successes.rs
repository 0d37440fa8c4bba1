//! Answers of status 2XX: which are failures and which are not.

use harness_api::reqwest::Method;
use harness_api::{Provenance, ResponseSchema, StatusMember, ValueSchema};

use super::FailureInSuccess::Unexpected;
use super::*;

const UNFIT_TRIGGER: &str = r#"{"status":"SUCCESS","data":{"identifier":"nightly","errorResponse":true,
    "errors":{"pipeline":{"stages.build.tag":"there is no such input"}}},"correlationId":"c"}"#;

const UNFIT_INPUT_SET: &str = r#"{"status":"SUCCESS","data":{"identifier":"nightly","isErrorResponse":true,
    "inputSetErrorWrapper":{"uuidToErrorResponseMap":{"nightly":{"errors":[
    {"fieldName":"tag","message":"no longer an input","identifierOfErrorSource":"nightly"}]}}}},"correlationId":"c"}"#;

const fn schema(method: &'static str, response: &'static ResponseSchema) -> Operation {
    Operation::new("anOperation", method, "/an/operation")
        .answers(&["application/json"])
        .response(response)
}

/// Responses in the envelope of most services.
static OBJECT: ResponseSchema =
    ResponseSchema::data(ValueSchema::object(&["name", "connector", "identifier"]));
static CREATE: Operation = schema("POST", &OBJECT);
static GET: Operation = schema("GET", &OBJECT);
static DELETE: Operation = schema(
    "DELETE",
    &ResponseSchema::data(ValueSchema::Boolean).confirmed_by(&["data"]),
);
static ASK: Operation = schema("GET", &ResponseSchema::data(ValueSchema::Boolean));
static LIST: Operation = schema("GET", &ResponseSchema::data(ValueSchema::List));
static DELETE_GROUP: Operation = schema(
    "DELETE",
    &ResponseSchema::data(ValueSchema::object(&["deleted", "identifier"]))
        .confirmed_by(&["data.deleted"]),
);
/// An envelope without a status.
static RESOURCE: Operation = schema(
    "PUT",
    &ResponseSchema::envelope("resource", ValueSchema::Boolean).confirmed_by(&["resource"]),
);
/// Responses without an envelope.
static ENTITY: Operation = schema("GET", &ResponseSchema::object(&["id", "name", "message"]));
static RUN: Operation = schema(
    "GET",
    &ResponseSchema::object(&["id", "status"]).status(StatusMember::Result),
);
static SAMPLED: Operation = {
    let mut operation = schema("GET", &ResponseSchema::object(&["id", "name"]));
    operation.provenance = Provenance::Sample;
    operation
};
static TREE: Operation = schema(
    "GET",
    &ResponseSchema::new(ValueSchema::object_or_empty(&["nodes", "hosts"])),
);
static ACKNOWLEDGE: Operation = schema(
    "POST",
    &ResponseSchema::object(&["status"]).status(StatusMember::Acknowledgement),
);
static SAVE: Operation = schema(
    "POST",
    &ResponseSchema::object(&["message", "correlationId"]),
);
static STOP: Operation = schema(
    "POST",
    &ResponseSchema::object(&["id", "isStopped"]).confirmed_by(&["isStopped"]),
);
static VALIDATE: Operation = schema("GET", &ResponseSchema::object(&["success", "message"]));
static ARRAY: Operation = schema("GET", &ResponseSchema::LIST);
static TEXT: Operation = schema("PUT", &ResponseSchema::new(ValueSchema::Text));
static FLAG: Operation = schema(
    "POST",
    &ResponseSchema::new(ValueSchema::Boolean).confirmed_by(&[""]),
);
/// Responses that are not described.
static ANY: Operation = schema("GET", &ResponseSchema::ANY);
static ANY_WRITE: Operation = schema("POST", &ResponseSchema::ANY);
static ANY_DELETE: Operation = schema(
    "DELETE",
    const { &ResponseSchema::ANY.confirmed_by(&["", "data"]) },
);
static NOTHING: Operation = schema("POST", &ResponseSchema::EMPTY);
static NOTHING_READ: Operation = schema("GET", &ResponseSchema::EMPTY);
static NOTHING_DELETE: Operation = schema(
    "DELETE",
    const { &ResponseSchema::EMPTY.confirmed_by(&["", "data"]) },
);
static OPAQUE: Operation = schema("GET", &ResponseSchema::OPAQUE);

/// One operation of each kind.
pub(super) static SCHEMAS: [&Operation; 25] = [
    &CREATE,
    &GET,
    &DELETE,
    &ASK,
    &LIST,
    &DELETE_GROUP,
    &RESOURCE,
    &ENTITY,
    &RUN,
    &SAMPLED,
    &TREE,
    &ACKNOWLEDGE,
    &SAVE,
    &STOP,
    &VALIDATE,
    &ARRAY,
    &TEXT,
    &FLAG,
    &ANY,
    &ANY_WRITE,
    &ANY_DELETE,
    &NOTHING,
    &NOTHING_READ,
    &NOTHING_DELETE,
    &OPAQUE,
];

fn not_as_described(path: &str) -> FailureInSuccess {
    FailureInSuccess::Unexpected(path.to_owned(), String::new())
}

/// Asserts why bodies are no success; the reason why something does not fit does not matter.
#[track_caller]
fn assert_failures(operation: &'static Operation, failure: &FailureInSuccess, bodies: &[&str]) {
    for body in bodies {
        for body in [(*body).to_owned(), format!("\u{feff} {body}\n")] {
            let found = failure_in_success(Some(operation), "GET", body.as_bytes());
            let found = found.map(|found| match found {
                Unexpected(path, reason) => {
                    assert!(!reason.is_empty());
                    not_as_described(&path)
                }
                other => other,
            });
            assert_eq!(found.as_ref(), Some(failure), "{body}");
        }
    }
}

/// Asserts that bodies are successes, or that their decoder tells that they are not.
#[track_caller]
fn assert_successes(operation: &'static Operation, bodies: &[&str]) {
    for body in bodies {
        let found = failure_in_success(Some(operation), "GET", body.as_bytes());
        assert_eq!(found, None, "{body}");
    }
}

const IN_USE: &str = r#"{"status":"FAILURE","message":"in use"}"#;
const QUOTA: &str = r#"{"message":"quota exceeded"}"#;
const MESSAGES: &str = r#"{"metaData":{},"resource":true,"responseMessages":[{"code":"X","level":"ERROR","message":"m"}]}"#;

#[test]
fn the_status_of_an_envelope_decides() {
    let bodies = [
        IN_USE,
        E1,
        E2,
        r#"{"status":"ERROR"}"#,
        r#"{"status":"error","message":"in use"}"#,
        r#"{"status":"Failed","data":{"name":"a"}}"#,
        r#"{"data":true,"status":"FAILURE"}"#,
        r#"{"data":{"name":"a"},"status":"Error"}"#,
        r#"{"correlationId":"c","status":"PENDING","data":{"name":"a"}}"#,
        r#"{"timestamp":1,"status":500,"error":"Internal Server Error","path":"/"}"#,
    ];
    for operation in [&CREATE, &GET, &DELETE, &LIST] {
        assert_failures(operation, &FailureInSuccess::Envelope, &bodies);
    }
    assert_failures(
        &ACKNOWLEDGE,
        &FailureInSuccess::Envelope,
        &[r#"{"status":"failed"}"#, IN_USE],
    );
    // Where there is none, a failing one says that the call failed.
    for operation in [&ENTITY, &RESOURCE, &ARRAY, &TEXT, &FLAG, &NOTHING, &STOP] {
        assert_failures(operation, &FailureInSuccess::Envelope, &bodies[..5]);
    }
    for operation in [&ANY, &ANY_WRITE, &ANY_DELETE, &OPAQUE] {
        assert_failures(operation, &FailureInSuccess::Envelope, &bodies[..5]);
        assert_successes(operation, &[r#"{"status":"FAILED","id":"run-1"}"#]);
    }
    assert_successes(&ACKNOWLEDGE, &[r#"{"status":"accepted"}"#]);
    // In an envelope that is not described.
    let wrapped = r#"{"status":"SUCCESS","data":{"status":"FAILURE","message":"in use"}}"#;
    for operation in [&ACKNOWLEDGE, &NOTHING, &NOTHING_DELETE, &ANY_WRITE] {
        assert_failures(operation, &FailureInSuccess::Envelope, &[wrapped]);
    }
}

#[test]
fn the_state_of_a_result_is_a_result() {
    assert_successes(
        &RUN,
        &[
            r#"{"status":"FAILED","id":"run-1"}"#,
            r#"{"id":"run-1","status":"ERROR","message":"the build broke"}"#,
            r#"{"status":"ERROR"}"#,
        ],
    );
    assert_failures(&RUN, &FailureInSuccess::Envelope, &[IN_USE, E1, E2]);
    // A sample may lack a member that there is.
    assert_successes(&SAMPLED, &[r#"{"id":"run-1","status":"FAILED"}"#]);
    assert_failures(&SAMPLED, &FailureInSuccess::Envelope, &[IN_USE]);
    assert_successes(
        &CREATE,
        &[
            r#"{"status":"SUCCESS","data":{"name":"a","status":"FAILURE","errors":[{"reason":"r"}]},"correlationId":"c"}"#,
            r#"{"status":"SUCCESS","data":{"name":"a","governanceMetadata":{"deny":false}}}"#,
            r#"{"status":"SUCCESS","data":{"name":"a","governanceMetadata":null,"deny":true}}"#,
            r#"{"status":"SUCCESS","data":{"name":"a","content":[{"governanceMetadata":{"deny":true}}]}}"#,
            r#"{"status":"SUCCESS","data":{"name":"a","errorResponse":false,"isErrorResponse":false}}"#,
        ],
    );
    // What was denied or does not fit any more can be read.
    assert_successes(
        &GET,
        &[
            UNFIT_TRIGGER,
            UNFIT_INPUT_SET,
            r#"{"status":"SUCCESS","data":{"name":"a","governanceMetadata":{"deny":true}}}"#,
        ],
    );
    assert_successes(
        &LIST,
        &[r#"{"status":"SUCCESS","data":[{"status":"ERROR","code":"A_B","message":"m"}]}"#],
    );
    assert_successes(
        &ARRAY,
        &[
            r#"[{"status":"ERROR","code":"A_B","message":"m"}]"#,
            "[]",
            "null",
        ],
    );
}

#[test]
fn what_was_not_stored_is_a_failure() {
    let denied = [
        DENIED,
        r#"{"status":"SUCCESS","data":{"name":"a","governance_metadata":{"deny":true}}}"#,
        r#"{"status":"SUCCESS","data":{"name":"a"},"governance_metadata":{"deny": true}}"#,
    ];
    for operation in [&CREATE, &ANY_WRITE, &NOTHING, &STOP] {
        assert_failures(operation, &FailureInSuccess::PolicyDenied, &denied);
    }
    assert_failures(
        &CREATE,
        &FailureInSuccess::Unfit,
        &[UNFIT_TRIGGER, UNFIT_INPUT_SET],
    );
    assert_eq!(
        failure_in_success(None, "POST", br#"{"governanceMetadata":{"deny":true}}"#),
        Some(FailureInSuccess::PolicyDenied)
    );
}

#[test]
fn false_is_no_confirmation() {
    let not_done = FailureInSuccess::NotDone;
    let data = [
        r#"{"data":false}"#,
        r#"{"status":"SUCCESS","data":false,"metaData":null,"correlationId":"c"}"#,
        r#"{"status":"SUCCESS","data":"false"}"#,
    ];
    for operation in [&DELETE, &ANY_DELETE, &NOTHING_DELETE] {
        assert_failures(operation, &not_done("data"), &data);
    }
    for operation in [&FLAG, &ANY_DELETE, &NOTHING_DELETE] {
        assert_failures(operation, &not_done(""), &["false"]);
    }
    assert_failures(
        &STOP,
        &not_done("isStopped"),
        &[r#"{"id":"a","isStopped":false}"#],
    );
    assert_failures(
        &DELETE_GROUP,
        &not_done("data.deleted"),
        &[r#"{"status":"SUCCESS","data":{"deleted":false,"identifier":"a"}}"#],
    );
    assert_failures(
        &RESOURCE,
        &not_done("resource"),
        &[r#"{"metaData":{},"resource":false,"responseMessages":[]}"#],
    );
    let done = r#"{"status":"SUCCESS","data":true,"metaData":null,"correlationId":"c"}"#;
    assert_successes(&DELETE, &[done]);
    assert_successes(&ANY_DELETE, &[done, "true", "null", "{}", " "]);
    assert_successes(
        &NOTHING_DELETE,
        &[done, "true", "null", "{}", "", r#"{"identifier":"a"}"#],
    );
    // The answer to a question.
    assert_successes(&ASK, &[data[1]]);
    assert_eq!(
        failure_in_success(None, "DELETE", b"false"),
        Some(not_done(""))
    );
    assert_eq!(
        failure_in_success(None, "DELETE", data[0].as_bytes()),
        Some(not_done("data"))
    );
    assert_eq!(failure_in_success(None, "GET", b"false"), None);
    assert_eq!(failure_in_success(None, "GET", data[0].as_bytes()), None);
}

#[test]
fn an_envelope_holds_its_result() {
    let missing = not_as_described("data");
    for operation in [&CREATE, &GET, &DELETE, &LIST] {
        assert_failures(operation, &missing, &["{}", r#"{"correlationId":"c"}"#]);
        let words = [QUOTA, r#"{"error":"quota exceeded"}"#];
        assert_failures(operation, &FailureInSuccess::Instead, &words);
    }
    // A success that says so and has nothing to give, unless it was asked for.
    let said = [
        r#"{"status":"SUCCESS"}"#,
        r#"{"status":"success","data":null,"message":"done"}"#,
    ];
    assert_successes(&CREATE, &said);
    assert_successes(&DELETE, &said);
    assert_failures(&GET, &missing, &said[..1]);
    assert_failures(&LIST, &missing, &said[..1]);
    assert_successes(&LIST, &[said[1], r#"{"data":null}"#]);
    assert_failures(&DELETE, &missing, &[r#"{"data":null}"#]);
    // Something else in its place.
    let text = r#"{"status":"SUCCESS","data":"text"}"#;
    let object = r#"{"status":"SUCCESS","data":{"status":"FAILURE","message":"in use"}}"#;
    let list = r#"{"status":"SUCCESS","data":[{"name":"a"}]}"#;
    assert_failures(
        &CREATE,
        &missing,
        &[
            list,
            text,
            object,
            r#"{"data":[{}]}"#,
            r#"{"status":"SUCCESS","data":{}}"#,
            r#"{"status":"SUCCESS","data":true}"#,
            r#"{"status":"SUCCESS","data":7}"#,
        ],
    );
    assert_failures(&LIST, &missing, &[text, object]);
    assert_failures(&DELETE, &missing, &[list, object]);
    assert_failures(
        &RESOURCE,
        &not_as_described("resource"),
        &[
            "{}",
            r#"{"metaData":{},"resource":{},"responseMessages":[]}"#,
        ],
    );
}

#[test]
fn an_object_has_one_of_its_members() {
    let missing = not_as_described(".");
    assert_failures(&ENTITY, &missing, &["{}", r#"{"data":{"id":"a"}}"#]);
    assert_failures(&ENTITY, &FailureInSuccess::Instead, &[QUOTA]);
    assert_successes(
        &ENTITY,
        &[r#"{"id":"a"}"#, r#"{"more":{},"name":null,"message":"m"}"#],
    );
    // A long way to it.
    assert_successes(&ENTITY, &[r#"{"a":1,"b":2,"c":[],"d":{},"e":"","id":"a"}"#]);
    assert_failures(&TREE, &missing, &[r#"{"more":1}"#]);
    assert_failures(&TREE, &FailureInSuccess::Instead, &[QUOTA]);
    assert_successes(&TREE, &["{}", r#"{"nodes":[]}"#]);
    assert_successes(&SAVE, &[r#"{"message":"saved"}"#]);
    assert_failures(&SAVE, &missing, &["{}", r#"{"id":"a"}"#]);
    for operation in [&ARRAY, &TEXT, &FLAG] {
        assert_failures(operation, &FailureInSuccess::Instead, &[QUOTA]);
        // For the decoder.
        assert_successes(operation, &["{}"]);
    }
}

#[test]
fn nothing_but_an_error_is_one() {
    let errors = [
        r#"{"code":"ENTITY_NOT_FOUND","message":"gone"}"#,
        E3B_ROOT,
        E3B_LIST,
        E5,
        E7,
        E8,
        E14,
    ];
    for operation in [
        &CREATE, &DELETE, &RUN, &ENTITY, &ARRAY, &ANY, &ANY_WRITE, &NOTHING,
    ] {
        assert_failures(operation, &FailureInSuccess::Error, &errors);
    }
    assert_failures(&RESOURCE, &FailureInSuccess::Error, &[MESSAGES]);
    for method in ["GET", "POST"] {
        for error in errors {
            let found = failure_in_success(None, method, error.as_bytes());
            assert_eq!(found, Some(FailureInSuccess::Error), "{error}");
        }
    }
    assert_successes(
        &ANY,
        &[
            r#"{"code":"PROJECT_A","name":"a thing with a code","message":"m"}"#,
            r#"{"code":"SUCCESS","message":"done"}"#,
            r#"{"code":"200","message":"done"}"#,
            r#"{"code":0,"message":"done"}"#,
            QUOTA,
        ],
    );
    // A message alone would be passed over by who changes something.
    for operation in [&ANY_WRITE, &ANY_DELETE, &NOTHING, &NOTHING_DELETE] {
        assert_failures(operation, &FailureInSuccess::Error, &[QUOTA]);
        assert_successes(operation, &[r#"{"status":"SUCCESS","message":"done"}"#]);
    }
    assert_eq!(failure_in_success(None, "POST", QUOTA.as_bytes()), None);
}

#[test]
fn success_may_be_false() {
    let unsuccessful = FailureInSuccess::Unsuccessful;
    let plain = r#"{"success":false,"message":"m"}"#;
    for operation in [&LIST_RULES, &ANY_WRITE, &ENTITY, &ARRAY, &GET, &NOTHING] {
        assert_failures(
            operation,
            &unsuccessful,
            &[plain, E11, r#"{"success":false}"#],
        );
    }
    // A question whether something works.
    assert_successes(&VALIDATE, &[plain]);
    assert_successes(&ANY, &[plain]);
    assert_eq!(failure_in_success(None, "GET", plain.as_bytes()), None);
    assert_eq!(
        failure_in_success(None, "POST", plain.as_bytes()),
        Some(unsuccessful.clone())
    );
    assert_eq!(
        failure_in_success(None, "GET", E11.as_bytes()),
        Some(unsuccessful)
    );
}

#[test]
fn queries_and_items_fail_in_their_own_ways() {
    assert_eq!(
        failure_in_success(None, "POST", E12.as_bytes()),
        Some(FailureInSuccess::GraphQl)
    );
    assert_eq!(
        failure_in_success(None, "GET", E5S.as_bytes()),
        Some(FailureInSuccess::Item)
    );
    for body in [
        r#"{"data":{"a":1},"errors":[]}"#,
        r#"{"data":{"a":1},"errors":null}"#,
    ] {
        assert_eq!(failure_in_success(None, "POST", body.as_bytes()), None);
    }
    assert_successes(&ANY, &[r#"{"data":[],"errors":[{"message":"row 3"}]}"#]);
    // Wherever they are not described, and nothing else is there.
    let errors = [E12, r#"{"errors":["too many"]}"#];
    for operation in [
        &CREATE,
        &GET,
        &DELETE,
        &LIST,
        &ENTITY,
        &RUN,
        &ANY,
        &NOTHING_DELETE,
    ] {
        assert_failures(operation, &FailureInSuccess::GraphQl, &errors);
    }
}

#[test]
fn what_is_not_described_says_nothing_but_no_failure() {
    let missing = not_as_described(".");
    for operation in [&NOTHING, &NOTHING_DELETE] {
        assert_failures(
            operation,
            &missing,
            &["[1,2]", "\"text\"", "7", "deleted", r#"{"a":"#, "{} {}"],
        );
        assert_successes(operation, &["", " \r\n", "{}", "null", "true", "<html>"]);
    }
    assert_failures(&ANY_DELETE, &missing, &["[1,2]", "\"text\"", "7"]);
    assert_failures(&NOTHING, &missing, &["false"]);
    for operation in [&ANY, &ANY_WRITE, &NOTHING_READ] {
        assert_successes(operation, &["[1,2]", "\"text\"", "7", "false", "{\"a\":"]);
    }
}

#[test]
fn media_types_matter_where_nothing_is_known() {
    for media in [None, Some(true), Some(false)] {
        assert!(Judge::new(Some(&CREATE), &Method::GET).concerns(media));
        assert!(Judge::new(Some(&OPAQUE), &Method::GET).concerns(media));
        let unknown = Judge::new(None, &Method::GET);
        assert_eq!(unknown.concerns(media), media != Some(false));
    }
}

#[test]
fn text_is_no_error() {
    assert_successes(
        &OPAQUE,
        &[
            "kind: Namespace",
            "[1,2]",
            "\"text\"",
            "{kind: Namespace}",
            r#"{"kind":"Namespace"}"#,
        ],
    );
    assert_failures(
        &OPAQUE,
        &FailureInSuccess::Error,
        &[QUOTA, r#"{"error":"none"}"#, E7],
    );
    assert_failures(
        &OPAQUE,
        &FailureInSuccess::Unsuccessful,
        &[r#"{"success":false}"#],
    );
    assert_failures(&OPAQUE, &not_as_described("."), &["", "\n"]);
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
