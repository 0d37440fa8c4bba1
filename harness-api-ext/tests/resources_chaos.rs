//! Chaos engineering: what is sent, and what is made of the answers.

#![cfg(feature = "chaos")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use common::{Exchange, Play, Stage, builder};
use harness_api_ext::chaos::{Outcome, types};
use harness_api_ext::{Backoff, WaitFailure};
use serde_json::{Value, json};

const SCOPE: &str =
    "accountIdentifier=AcmeAccount&organizationIdentifier=retail&projectIdentifier=checkout";

const API: &str = "/gateway/chaos/manager/api/rest/v2";

/// Status 500, for what does not exist.
const NOT_FOUND: &str =
    r#"{"message":"failed to read","description":"mongo: no documents in result"}"#;

fn at(method: &str, path: &str) -> String {
    format!("{method} {API}{path}?{SCOPE}")
}

fn soon() -> Backoff {
    Backoff::every(Duration::from_millis(1))
}

#[tokio::test]
async fn experiments_are_listed() {
    let expect = Exchange::answering(
        r#"{"data":[{"experimentID":"ex1","name":"Kill a till","isCronEnabled":false}],
            "pagination":{"index":0,"limit":50,"totalPages":1,"totalItems":1}}"#,
    );
    let list = expect.project().experiments().list().search("till");
    let found = expect
        .sends(
            list.tags("pay").ids("ex1").infrastructure("prod", "k8s"),
            &(at("GET", "/experiment")
                + "&page=0&limit=50&experimentName=till&tags=pay&experimentIds=ex1"
                + "&environmentIdentifier=prod&infraId=k8s"),
            Value::Null,
        )
        .await;
    assert_eq!((found.len(), found.total), (1, Some(1)));
    assert_eq!(found[0].name.as_deref(), Some("Kill a till"));
}

#[tokio::test]
async fn experiments_are_saved_read_and_deleted() {
    let expect = Exchange::answering(
        r#"{"data":{"id":"ex1","identity":"kill_till","name":"Kill a till"},"auditAction":null}"#,
    );
    let experiments = expect.project().experiments();
    let save = experiments
        .save("kill_till", "Kill a till", "kind: Workflow\n")
        .id("ex1")
        .description("One pod")
        .tag("pay")
        .tag("till")
        .infrastructure("prod/k8s", "KubernetesV2")
        .schedule("0 3 * * *")
        .validate(true);
    let saved = expect
        .sends(
            save,
            &at("POST", "/experiment"),
            json!({"id": "ex1", "identity": "kill_till", "name": "Kill a till", "manifest": "kind: Workflow\n",
                "description": "One pod", "tags": ["pay", "till"], "infraId": "prod/k8s",
                "infraType": "KubernetesV2", "cronSyntax": "0 3 * * *", "validateManifest": true}),
        )
        .await;
    assert_eq!(saved.id.as_deref(), Some("ex1"));

    let expect =
        Exchange::answering(r#"{"experimentID":"ex1","identity":"kill_till","tags":null}"#);
    let read = expect
        .sends(
            expect.project().experiments().get("ex1"),
            &at("GET", "/experiments/ex1"),
            Value::Null,
        )
        .await;
    assert_eq!(read.identity.as_deref(), Some("kill_till"));

    let expect = Exchange::answering(r#"{"experimentID":"ex1","isDeleted":true}"#);
    expect
        .sends(
            expect.project().experiments().delete("ex1"),
            &at("DELETE", "/experiment/ex1"),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn an_experiment_is_run_and_waited_for() {
    let expect = Exchange::each([
        r#"{"notifyID":"no1"}"#,
        r#"{"phase":"Queued","completed":false}"#,
        r#"{"phase":"Running","completed":false,"faultsAwaited":1}"#,
        r#"{"phase":"Completed","completed":true,"experimentRunID":"ru1","resiliencyScore":100}"#,
    ]);
    let experiments = expect.project().experiments();
    let run = expect
        .sends(
            experiments.run("ex1").input_set("night"),
            &(at("POST", "/experiments/ex1/run") + "&isOnboardingRun=false&isIdentity=false"),
            json!({"inputsetIdentity": "night"}),
        )
        .await;
    assert_eq!((run.experiment(), run.notify_id()), ("ex1", "no1"));
    let end = expect
        .sends(
            run.wait().backoff(soon()),
            &(at("GET", "/experiments/ex1/run") + "&notifyId=no1"),
            Value::Null,
        )
        .await;
    assert_eq!(expect.count(), 4);
    assert_eq!(end.outcome, Outcome::Completed);
    let end = end.success().expect("a success");
    assert_eq!(end.state.resiliency_score, Some(100.0));
}

#[tokio::test(start_paused = true)]
async fn a_run_is_watched_to_its_end() {
    let answer = |body| Play::Answer(200, Vec::new(), body);
    let stage = Stage::playing([
        answer(r#"{"phase":"Running","faultsAwaited":2,"faultsPassed":0}"#),
        answer(r#"{"phase":"Running","faultsAwaited":2,"faultsPassed":0}"#),
        answer(r#"{"phase":"Running","faultsAwaited":1,"faultsPassed":1}"#),
        answer(r#"{"phase":"Stopped","faultsStopped":1}"#),
    ]);
    let harness = builder().layer(stage.clone()).build().expect("a client");
    let experiments = harness.org("retail").project("checkout").experiments();
    let mut states = experiments.run_of("ex1", "no1").watch();
    let mut seen = Vec::new();
    while let Some(state) = states.try_next().await.expect("a state") {
        seen.push((state.phase.unwrap_or_default(), state.faults_passed));
    }
    let seen: Vec<_> = seen
        .iter()
        .map(|(phase, passed)| (&**phase, *passed))
        .collect();
    assert_eq!(
        seen,
        [
            ("Running", Some(0)),
            ("Running", Some(1)),
            ("Stopped", None)
        ]
    );
    assert_eq!(stage.attempts(), 4);
}

#[tokio::test]
async fn a_run_that_went_wrong_says_how() {
    for (state, outcome, status) in [
        (
            r#"{"phase":"Completed_With_Probe_Failure","resiliencyScore":0}"#,
            Outcome::CompletedWithProbeFailure,
            "Completed_With_Probe_Failure",
        ),
        (
            r#"{"phase":"Error","errorResponse":"the agent\nis gone"}"#,
            Outcome::Error,
            "Error: the agent is gone",
        ),
        (
            r#"{"phase":"Melted","completed":true}"#,
            Outcome::Unrecognized,
            "Melted",
        ),
    ] {
        let expect = Exchange::answering(state);
        let run = expect.project().experiments().run_of("ex1", "no1");
        let end = run.wait().backoff(soon()).await.expect("an end");
        assert_eq!(end.outcome, outcome);
        let error = end.success().expect_err("a failure");
        assert_eq!(
            error.wait_failure(),
            Some(&WaitFailure::Failed {
                status: status.into()
            })
        );
        assert!(error.last_state::<types::ChaosExperimentRun>().is_some());
        assert!(error.to_string().contains("experiment ex1"), "{error}");
    }
}

#[tokio::test]
async fn a_run_is_stopped() {
    let expect = Exchange::answering(r#"{"experimentId":"ex1","isStopped":true}"#);
    let run = expect.project().experiments().run_of("ex1", "no1");
    expect
        .sends(
            run.stop().force(true),
            &(at("POST", "/experiment/ex1/stop") + "&experimentRunId=&notifyId=no1&force=true"),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn infrastructures_are_read() {
    let expect = Exchange::answering(
        r#"{"infras":[{"identity":"k8s","name":"K8s","status":"ACTIVE"}],"totalNoOfInfrastructures":1,
            "pagination":{"index":0,"limit":50}}"#,
    );
    let infrastructures = expect.project().chaos_infrastructures();
    let found = expect
        .sends(
            infrastructures
                .list()
                .environment("prod")
                .search("k8s")
                .status("ACTIVE"),
            &(at("POST", "/infrastructures")
                + "&page=0&limit=50&environmentIdentifier=prod&search=k8s"),
            json!({"filter": {"status": "ACTIVE"}}),
        )
        .await;
    assert_eq!(found[0].status, Some(types::InfraV2Status::Active));

    let expect = Exchange::answering(r#"{"identity":"k8s","name":"K8s"}"#);
    let read = expect
        .sends(
            expect.project().chaos_infrastructures().get("prod", "k8s"),
            &(at("GET", "/infrastructure/k8s") + "&environmentIdentifier=prod"),
            Value::Null,
        )
        .await;
    assert_eq!(read.name.as_deref(), Some("K8s"));
}

#[tokio::test]
async fn probes_are_read() {
    let expect = Exchange::answering(
        r#"{"data":[{"identity":"http","name":"Till answers"}],"totalNoOfProbes":1,"pagination":{"index":1,"limit":20,"totalItems":1}}"#,
    );
    let list = expect.project().probes().list().search("till");
    let found = expect
        .sends(
            list.infrastructure_kind("Kubernetes").page_size(20),
            &(at("GET", "/probes") + "&page=1&limit=20&search=till&infraType=Kubernetes"),
            Value::Null,
        )
        .await;
    assert_eq!((found.len(), found.total), (1, Some(1)));

    let expect = Exchange::answering(r#"{"identity":"http","name":"Till answers"}"#);
    let read = expect
        .sends(
            expect.project().probes().get("http"),
            &at("GET", "/probes/http"),
            Value::Null,
        )
        .await;
    assert_eq!(read.identity.as_deref(), Some("http"));
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_though_the_status_is_500() {
    let expect = Exchange::status("500 Internal Server Error", NOT_FOUND);
    let project = expect.project();
    let errors = [
        project.experiments().get("nope").await.err(),
        project.experiments().delete("nope").await.err(),
        project
            .chaos_infrastructures()
            .get("prod", "nope")
            .await
            .err(),
        project.probes().get("nope").await.err(),
    ];
    for error in errors {
        let error = error.expect("an error");
        assert!(error.is_not_found(), "{error}");
    }
}

#[tokio::test]
async fn a_second_experiment_of_an_identity_exists_already() {
    let expect = Exchange::status(
        "500 Internal Server Error",
        r#"{"message":"failed to add experiment","description":"an experiment with identity kill_till already exists"}"#,
    );
    let experiments = expect.project().experiments();
    let error = experiments.save("kill_till", "Kill", "{}").await;
    assert!(error.expect_err("a conflict").is_already_exists());
}

#[tokio::test]
async fn a_run_that_may_have_begun_is_not_begun_again() {
    let expect = Exchange::status("503 Service Unavailable", "{}");
    let experiments = expect.project().experiments();
    experiments.run("ex1").await.expect_err("an error");
    assert_eq!(expect.count(), 1);
}
