//! Every operation against a server that plays the description; and that what is wrong is noticed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use harness_api::OPERATIONS;
use harness_api_ext::RetryPolicy;
use harness_api_ext::mock::{Described, Reply, Server};
use harness_api_tests::conformance::{self, Plan, Report, Stage};
use serde_json::json;

/// The seed of requests and answers.
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
        assert_eq!(operations, 2791);
    }
}

/// The stages at which the calls of an operation fail when the server answers so.
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
        &json!({"data": {"organisation": {"identifier": "retail"}}}),
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
