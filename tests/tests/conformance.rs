//! Every operation against a mock server with the description, and the recognition of faults.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use harness_api::OPERATIONS;
use harness_api_ext::RetryPolicy;
use harness_api_ext::mock::{Described, Mode, Reply, Server};
use harness_api_tests::conformance::{self, Plan, Prism, Report, Stage};
use serde_json::{Value, json};
use xtask::generate::lock::Lock;

/// Seed of requests and responses.
const SEED: u64 = 0;

async fn run(server: &Server, plan: &Plan) -> Report {
    let harness = server
        .harness_builder()
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    conformance::run(&harness, &Described::new(SEED), plan).await
}

#[tokio::test]
async fn every_operation_is_called_and_understood() {
    let server = conformance::server(SEED).await.unwrap();
    let report = run(&server, &Plan::default()).await;
    let operations: usize = OPERATIONS.iter().map(|module| module.len()).sum();
    let called = |count: fn(&conformance::Module) -> usize| -> usize {
        report.modules.iter().map(count).sum()
    };
    assert_eq!(called(|module| module.minimal), operations);
    assert_eq!(called(|module| module.full), operations);
    assert_eq!(report.failures().count(), 0, "{}", report.text());
    if cfg!(feature = "full") {
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/harness.lock.toml");
        assert_eq!(operations, Lock::read(&lock).unwrap().operations);
    }
}

/// Returns the stages at which the calls of an operation fail with this response.
#[cfg(feature = "platform")]
async fn stages(operation: &str, reply: Reply) -> Vec<Stage> {
    let server = conformance::server(SEED).await.unwrap();
    server.answer_with(operation, move |_| reply.clone());
    let plan = Plan {
        operation: Some(operation.to_owned()),
        ..Plan::default()
    };
    let report = run(&server, &plan).await;
    let mut stages: Vec<Stage> = report.failures().map(|failure| failure.stage).collect();
    assert_eq!(
        stages.len(),
        report
            .modules
            .iter()
            .map(|module| module.calls)
            .sum::<usize>(),
        "{}",
        report.text()
    );
    stages.dedup();
    stages
}

#[cfg(feature = "platform")]
#[tokio::test]
async fn each_kind_of_failure_is_noticed() {
    let refused = Reply::json(422, &json!({"message": "no such parameter"}));
    let another = Reply::json(200, &json!([1, 2]));
    let misfit = Reply::json(
        200,
        &json!({"data": {"organization": {"identifier": {"a": 1}}}}),
    );
    let unknown = Reply::json(
        200,
        &json!({"data": {"organization": {"identifier": "retail"}, "organisation": {"identifier": "retail"}}}),
    );
    let expected = [
        (refused, Stage::Request),
        (another, Stage::Answer),
        (misfit, Stage::Value),
        (unknown, Stage::Value),
    ];
    for (reply, stage) in expected {
        assert_eq!(stages("getOrganization", reply).await, [stage]);
    }
}

/// Returns the stage that the calls of `getOrganization` reach, and the excuse, with a response as from Prism.
#[cfg(feature = "platform")]
async fn prism(reply: Reply) -> (Stage, Option<String>) {
    let server = conformance::server(SEED).await.unwrap();
    server.answer_with("getOrganization", move |_| reply.clone());
    let place = |place: &[&str], fix: &str| json!({"operation": "getOrganization", "place": place, "fix": fix});
    let places = json!([
        place(&["query", "sortOrders"], "one"),
        place(&["body", "list", "*", "spec"], "two"),
        place(&["answer", "data"], "three"),
    ]);
    let plan = Plan {
        operation: Some("getOrganization".to_owned()),
        modes: vec![Mode::Minimal],
        prism: Some(Prism::parse(places.to_string().as_bytes()).unwrap()),
        ..Plan::default()
    };
    let report = run(&server, &plan).await;
    let [failure] = &report.modules[0].failures[..] else {
        panic!("{}", report.text());
    };
    assert_eq!(
        report.failures().count(),
        usize::from(failure.excuse.is_none())
    );
    (
        failure.stage,
        failure.excuse.as_ref().map(ToString::to_string),
    )
}

#[cfg(feature = "platform")]
#[tokio::test]
async fn prism_is_believed_except_where_a_fix_or_its_own_limits_speak() {
    let at = |place: &[&str], code: &str| json!({"location": place, "severity": "Error", "code": code, "message": "no"});
    let refused = |violations: Value| Reply::json(422, &json!({"validation": violations}));
    let refused_at = |place: &[&str], code: &str| refused(json!([at(place, code)]));
    let sorted = at(&["query", "sortorders", "0"], "type");
    let union = at(&["body", "list", "0"], "anyOf");
    let changed = at(&["body", "list", "0", "spec", "a"], "type");
    let other = at(&["body", "list", "0", "name"], "type");
    let answer = at(&["response", "body", "data"], "type");
    let fixed = |stage, by: &str| (stage, Some(format!("fixed by {by}")));
    let wrong = (Stage::Request, None);

    assert_eq!(
        prism(refused(json!([sorted]))).await,
        fixed(Stage::Request, "one")
    );
    // One more place, without an excuse.
    assert_eq!(prism(refused(json!([sorted, other]))).await, wrong);
    assert_eq!(
        prism(refused_at(&["query", "accountIdentifier"], "type")).await,
        wrong
    );
    assert_eq!(prism(refused(json!([changed, other]))).await, wrong);
    assert_eq!(
        prism(refused(json!([changed, other, union]))).await,
        fixed(Stage::Request, "two")
    );
    assert_eq!(prism(refused(json!([other, union]))).await, wrong);
    // The header counts, whatever the body is; it may be truncated.
    let header = format!("Too many violations! [{sorted},{changed},{{\"location\":[\"bo");
    let reply = Reply::json(400, &json!({"code": "string"})).header("sl-violations", &header);
    assert_eq!(prism(reply).await, fixed(Stage::Request, "one, two"));

    let (stage, excuse) = prism(refused(json!([answer]))).await;
    assert_eq!(stage, Stage::Answer);
    assert!(excuse.unwrap().starts_with("not judged"));
    assert_eq!(prism(refused(json!([answer, other]))).await, wrong);
    let (_, excuse) = prism(refused_at(&["body"], "oneOf")).await;
    assert!(excuse.unwrap().contains("oneOf"));

    let dropped = |body: Value| Reply::json(200, &body);
    assert_eq!(
        prism(dropped(
            json!({"data": {"organization": {"identifier": {"a": 1}}}})
        ))
        .await,
        fixed(Stage::Value, "three")
    );
    assert_eq!(
        prism(dropped(
            json!({"data": {"organization": {"identifier": "retail"}}, "more": 1})
        ))
        .await,
        (Stage::Value, None)
    );
    assert_eq!(prism(dropped(json!([1]))).await, (Stage::Answer, None));
}
