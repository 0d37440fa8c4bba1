//! The way of an answer through a client to an error, for the tests of its parts.

#![allow(clippy::unwrap_used)]

mod any_body;
mod calls;
mod envelopes;
mod lines;
mod questions;
mod successes;

use std::time::Duration;

use bytes::Bytes;
use harness_api::reqwest::StatusCode;
use harness_api::reqwest::header::{HeaderMap, HeaderName};
use harness_api::{
    BoxFuture, Call, Client, Incoming, Layer, Next, Operation, Outgoing, Param, Response,
};
use serde_json::Value;

use super::success::FailureInSuccess;
use super::*;

static GET_PIPELINE: Operation =
    Operation::new("getPipeline", "GET", "/pipeline/api/pipelines/{id}")
        .params(&[Param::path("id")])
        .answers(&["application/json"]);
static CREATE_CONNECTOR: Operation =
    Operation::new("createConnector", "POST", "/ng/api/connectors").answers(&["application/json"]);
static GET_ENTITY: Operation =
    Operation::new("getEntity", "GET", "/v1/entities/component").answers(&["application/json"]);
static GET_REPO: Operation =
    Operation::new("getRepo", "GET", "/code/api/v1/repos/app").answers(&["application/json"]);
static LIST_RULES: Operation =
    Operation::new("listRules", "GET", "/gateway/lw/api/accounts/a/rules")
        .answers(&["application/json"]);

/// A layer that is the server.
struct Canned {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    info: Option<CallInfo>,
}

impl Canned {
    fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
            info: None,
        }
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        let name = HeaderName::from_static(name);
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    fn info(mut self, attempts: u32) -> Self {
        self.info = Some(CallInfo {
            request_id: "req-1".to_owned(),
            attempts,
            elapsed: Duration::from_millis(1500),
            outcome_lost: false,
        });
        self
    }

    fn call(self, operation: &'static Operation) -> Result<Response<Value>> {
        let client = Client::builder("https://app.example.com")
            .layer(self)
            .build()
            .unwrap();
        let mut call = Call::new(&client, operation);
        if !operation.params.is_empty() {
            call.text(0, "build");
        }
        Ok(block_on(call.json())?)
    }

    fn error(self, operation: &'static Operation) -> Error {
        self.call(operation).unwrap_err()
    }
}

impl Layer for Canned {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        _: Next<'a>,
    ) -> BoxFuture<'a, std::result::Result<Incoming, harness_api::Error>> {
        Box::pin(async move {
            let status = StatusCode::from_u16(self.status).unwrap();
            let mut answer = Incoming::new(status, self.headers.clone(), self.body.clone());
            if let Some(info) = &self.info {
                answer.attach(info.clone());
            }
            let judge = Judge::new(request.operation(), request.request().method());
            if status.is_success()
                && let Some(failure) = judge.failure(&self.body)
            {
                let (kind, message, _) = failure.into_parts();
                return Err(answer.into_error(kind, message, 1 << 20).await);
            }
            Ok(answer)
        })
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// Why a response to a call is no success; without an operation to a call of this method.
fn failure_in_success(
    operation: Option<&'static Operation>,
    method: &'static str,
    body: &[u8],
) -> Option<FailureInSuccess> {
    let method = method.parse().unwrap();
    Judge::new(operation, &method).failure(body)
}

fn pipeline(status: u16, body: &'static str) -> Error {
    Canned::new(status, body).error(&GET_PIPELINE)
}

fn connector(status: u16, body: &'static str) -> Error {
    Canned::new(status, body).error(&CREATE_CONNECTOR)
}

const E1: &str = r#"{"status":"ERROR","code":"SCM_UNAUTHORIZED","message":"Check the connector.",
    "correlationId":"7b1f-0c52","detailedMessage":null,"responseMessages":[
    {"code":"HINT","level":"INFO","message":"Check the connector.","exception":null,"failureTypes":[]},
    {"code":"EXPLANATION","level":"INFO","message":"The token cannot read.","exception":null},
    {"code":"SCM_UNAUTHORIZED","level":"ERROR","message":"401 from the Git host"}],"metadata":null}"#;
const E1_SCHEMA: &str = r#"{"status":"ERROR","code":"INVALID_YAML","message":"Invalid yaml","correlationId":"c",
    "metadata":{"type":"YamlSchemaErrorWrapperDTO","schemaErrors":[
    {"fqn":"$.pipeline.stages[0]","message":"type: is missing","stageInfo":{}}]}}"#;
const E2: &str = r#"{"status":"FAILURE","code":"INVALID_REQUEST","message":"Invalid request","correlationId":"c02a",
    "errors":[{"fieldId":"connector.identifier","error":"must match [a-z]*"}]}"#;
const E3: &str = r#"{"status":"ERROR","code":"NG_ACCESS_DENIED","message":"Missing permission core_project_view",
    "correlationId":"5d9e","responseMessages":[{"code":"NG_ACCESS_DENIED","level":"ERROR",
    "message":"Missing permission core_project_view"}],"failedPermissionChecks":[{"resourceScope":
    {"accountIdentifier":"acc","orgIdentifier":"retail","projectIdentifier":"checkout"},
    "resourceType":"PROJECT","resourceIdentifier":"checkout","permission":"core_project_view"}]}"#;
const E3B_ROOT: &str = r#"{"code":"DEFAULT_ERROR_CODE","level":"ERROR","message":"Entity with entityRef = x not found",
    "exception":null,"failureTypes":[],"failureSubTypes":[],"additionalInfo":{}}"#;
const E3B_LIST: &str = r#"{"responseMessages":[{"code":"INVALID_ARGUMENT","level":"ERROR","message":"image is required"}]}"#;
const E4: &str = r#"{"code":"INVALID_ARGUMENT","message":"bad input","errors":[{"field_name":"org.identifier","message":"may not be empty"}]}"#;
const E5: &str = r#"{"error":"application billing not found","code":5,"message":"application billing not found","details":[]}"#;
const E5S: &str = r#"{"error":{"grpc_code":14,"http_code":503,"http_status":"Service Unavailable","message":"agent is not registered","details":[]}}"#;
const E6: &str = r#"{"message":"Repository not found"}"#;
const E6R: &str = r#"{"violations":[{"rule":{"identifier":"protect-main"},"bypassable":true,"violations":[
    {"code":"pullreq.approvals.require_minimum_count","message":"2 approvals needed","params":[0,2]}]}]}"#;
const E6M: &str = r#"{"conflict_files":["a.rs","b.rs"],"rule_violations":[]}"#;
const E7: &str = r#"{"name":"not_found","id":"q3Zt9aB1","message":"workspace not found","temporary":false,"timeout":false,"fault":false}"#;
const E7P: &str = r#"{"name":"policy","id":"q3","message":"denied by policy","temporary":false,"timeout":false,"fault":false,
    "policy_evaluation":{"id":"812","status":"error","details":[{"policy_set_name":"tags","details":[
    {"policy_name":"need-team","deny_messages":["team is required"]}]}]}}"#;
const E8: &str = r#"{"code":"404","message":"flag dark_mode not found","details":null}"#;
const E9: &str = r#"{"message":"failed to add experiment","description":"an experiment with identity pod-kill already exists"}"#;
const E9_SHARED: &str = r#"{"code":404,"message":"no agent","correlationID":"9e1c"}"#;
const E10: &str = r#"{"message":"schema identifier is taken"}"#;
const E11: &str = r#"{"success":false,"errors":["rule name is required"],"response":null}"#;
const E12: &str = r#"{"data":null,"errors":[{"message":"no infrastructure with this id","path":["getInfra"],"extensions":{"code":"GONE"}}]}"#;
const E13: &str = r#"{"error":"Not Found","code":404,"correlationId":"9e1c","responseMessages":"dashboard 91 not found"}"#;
const E14: &str = r#"{"code":400,"message":"Unable to process JSON"}"#;
const E16: &str =
    r#"{"code":429,"message":"Too many requests","details":"","transactionId":"tx1"}"#;
const HTML: &str = "<!DOCTYPE html><html><title>Sign in</title></html>";
const DENIED: &str = r#"{"status":"SUCCESS","data":{"connector":null,"governanceMetadata":{"id":"812","deny":true,"status":"error",
    "message":"tags.team is required","details":[{"policySetName":"tags","status":"error","policyMetadata":[
    {"policyName":"need-team","denyMessages":["tags.team is required"]}]}]}},"metaData":null,"correlationId":"f1d0"}"#;
