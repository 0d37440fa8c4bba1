//! Applications of GitOps: what is sent, and what is made of the answers.

#![cfg(feature = "gitops")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use common::Exchange;
use harness_api_ext::gitops::{ApplicationOutcome, Health, Phase, SyncStatus, is_agent_absent};
use harness_api_ext::{Backoff, WaitFailure};
use serde_json::{Value, json};

/// The scope in the query.
const SCOPE: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail&projectIdentifier=checkout&routingId=AcmeAccount";

fn at(method_and_path: &str) -> String {
    let mark = if method_and_path.contains('?') {
        '&'
    } else {
        '?'
    };
    format!("{method_and_path}{mark}{SCOPE}")
}

const PATH: &str = "/gitops/api/v1/agents/account.ops/applications";

fn often() -> Backoff {
    Backoff::every(Duration::from_millis(1))
}

#[tokio::test]
async fn applications_are_created() {
    let expect = Exchange::answering(SYNCED);
    let create = expect
        .project()
        .gitops()
        .applications()
        .create("account.ops", "billing")
        .source("https://git/shop", "deploy", "main")
        .destination("https://tills", "billing")
        .repository("account.shop")
        .cluster("account.tills")
        .skip_repo_validation(false)
        .auto_sync(true, false)
        .sync_option("CreateNamespace=true")
        .label("harness.io/serviceRef", "billing")
        .annotation("team", "pay")
        .finalizer("resources-finalizer.argocd.argoproj.io")
        .validate(true)
        .upsert(false);
    let body = json!({
        "application": {
            "metadata": {
                "name": "billing", "labels": {"harness.io/serviceRef": "billing"}, "annotations": {"team": "pay"},
                "finalizers": ["resources-finalizer.argocd.argoproj.io"],
            },
            "spec": {
                "source": {"repoURL": "https://git/shop", "path": "deploy", "targetRevision": "main"},
                "destination": {"server": "https://tills", "namespace": "billing"},
                "syncPolicy": {"automated": {"prune": true, "selfHeal": false}, "syncOptions": ["CreateNamespace=true"]},
            },
        },
        "upsert": false, "validate": true,
    });
    let line = format!(
        "POST {PATH}?clusterIdentifier=account.tills&repoIdentifier=account.shop&skipRepoValidation=false"
    );
    let made = expect.sends(create, &at(&line), body).await;
    assert_eq!(made.name.as_deref(), Some("billing"));

    let chart = expect
        .project()
        .gitops()
        .applications()
        .create("account.ops", "redis")
        .chart("https://charts", "redis", "1.2.3")
        .argo_project("shared")
        .repository("a")
        .repository("b");
    let body = json!({"application": {
        "metadata": {"name": "redis"},
        "spec": {
            "project": "shared", "source": {"repoURL": "https://charts", "chart": "redis", "targetRevision": "1.2.3"},
        },
    }});
    let line = format!("POST {PATH}?repoIdentifiers=a&repoIdentifiers=b");
    expect.sends(chart, &at(&line), body).await;
}

#[tokio::test]
async fn an_application_is_read_replaced_and_deleted() {
    let expect = Exchange::answering(SYNCED);
    let billing = expect
        .project()
        .gitops()
        .application("account.ops", "billing");
    let get = billing.get().refresh("hard");
    let got = expect
        .sends(
            get,
            &at(&format!("GET {PATH}/billing?query.refresh=hard")),
            Value::Null,
        )
        .await;
    let app = *got.app.expect("an application");

    let body = json!({"application": serde_json::to_value(&app).expect("JSON"), "validate": true});
    let update = billing
        .update(app)
        .cluster("tills")
        .repository("shop")
        .skip_repo_validation(true)
        .validate(true);
    let line = format!(
        "PUT {PATH}/billing?clusterIdentifier=tills&repoIdentifier=shop&skipRepoValidation=true"
    );
    expect.sends(update, &at(&line), body).await;

    let body = json!({"name": "billing", "id": "3", "prune": true, "dryRun": false});
    expect
        .sends(
            billing.rollback(3).prune(true),
            &at(&format!("POST {PATH}/billing/rollback")),
            body,
        )
        .await;

    let elsewhere = billing.clone().in_namespace("tills");
    let line = at(&format!("GET {PATH}/billing?query.appNamespace=tills"));
    expect.sends(elsewhere.get(), &line, Value::Null).await;

    let expect = Exchange::answering("{}");
    let billing = expect
        .project()
        .gitops()
        .application("account.ops", "billing");
    let delete = billing
        .delete()
        .cascade(false)
        .propagation_policy("foreground")
        .remove_finalizers(true);
    let line = format!(
        "DELETE {PATH}/billing?request.cascade=false&request.propagationPolicy=foreground\
         &options.removeExistingFinalizers=true"
    );
    expect.sends(delete, &at(&line), Value::Null).await;
    let line = at(&format!("DELETE {PATH}/billing/operation"));
    expect.sends(billing.terminate(), &line, Value::Null).await;
}

#[tokio::test]
async fn what_an_application_has_deployed_is_listed() {
    let expect = Exchange::answering(
        r#"{"nodes":[{"resourceRef":{"kind":"Deployment","name":"till"},"health":{"status":"Healthy"}}],"orphanedNodes":null}"#,
    );
    let billing = expect.project().gitops().application("ops", "billing");
    let tree = billing.resource_tree().kind("Deployment");
    let line = at(
        "GET /gitops/api/v1/agents/ops/applications/billing/resource-tree?query.kind=Deployment",
    );
    let tree = expect.sends(tree, &line, Value::Null).await;
    assert_eq!(tree.nodes.map(|nodes| nodes.len()), Some(1));

    let expect =
        Exchange::answering(r#"{"items":[{"kind":"Deployment","name":"till","modified":true}]}"#);
    let billing = expect.project().gitops().application("ops", "billing");
    let line = at("GET /gitops/api/v1/agents/ops/applications/billing/managed-resources");
    let items = expect
        .sends(billing.managed_resources(), &line, Value::Null)
        .await;
    assert_eq!(items.items[0].modified, Some(true));
}

/// An application in words: what is asked for, when and how the last operation began and ended, when it was looked at.
macro_rules! application {
    ($operation:literal, $state:literal, $looked:literal, $health:literal, $sync:literal) => {
        concat!(
            r#"{"name":"billing","agentIdentifier":"account.ops","createdAt":{"seconds":"1761800000","nanos":0},"#,
            r#""app":{"metadata":{"name":"billing"},"operation":"#, $operation, r#","status":{"operationState":"#, $state,
            r#","reconciledAt":""#, $looked, r#"","health":{"status":""#, $health, r#""},"sync":{"status":""#, $sync,
            r#""}}}}"#
        )
    };
}

const SYNCED: &str = application!(
    "null",
    r#"{"phase":"Succeeded","startedAt":"2026-11-20T10:00:00Z","finishedAt":"2026-11-20T10:00:05Z"}"#,
    "2026-11-20T10:00:06Z",
    "Healthy",
    "Synced"
);
const ASKED: &str = application!(
    r#"{"sync":{"revision":"v1.4.0"}}"#,
    r#"{"phase":"Succeeded","startedAt":"2026-11-20T10:00:00Z","finishedAt":"2026-11-20T10:00:05Z"}"#,
    "2026-11-20T10:00:06Z",
    "Healthy",
    "Synced"
);
const RUNNING: &str = application!(
    "null",
    r#"{"phase":"Running","startedAt":"2026-11-20T11:00:00Z","finishedAt":null}"#,
    "2026-11-20T10:59:59Z",
    "Healthy",
    "OutOfSync"
);
const BEHIND: &str = application!(
    "null",
    r#"{"phase":"Succeeded","startedAt":"2026-11-20T11:00:00Z","finishedAt":{"seconds":"1795172405","nanos":0}}"#,
    "2026-11-20T11:00:04Z",
    "Healthy",
    "Synced"
);
const PROGRESSING: &str = application!(
    "null",
    r#"{"phase":"Succeeded","startedAt":"2026-11-20T11:00:00Z","finishedAt":"2026-11-20T11:00:05Z"}"#,
    "2026-11-20T11:00:06Z",
    "Progressing",
    "Synced"
);
const READY: &str = application!(
    "null",
    r#"{"phase":"Succeeded","startedAt":"2026-11-20T11:00:00Z","finishedAt":"2026-11-20T11:00:05Z"}"#,
    "2026-11-20T11:00:09Z",
    "Healthy",
    "Synced"
);
const FAILED: &str = application!(
    "null",
    r#"{"phase":"Failed","message":"one or more objects failed to apply","startedAt":"2026-11-20T11:00:00Z","finishedAt":"2026-11-20T11:00:05Z"}"#,
    "2026-11-20T11:00:09Z",
    "Degraded",
    "OutOfSync"
);
/// The last operation failed, and what was there before is well.
const UNCHANGED: &str = application!(
    "null",
    r#"{"phase":"Error","startedAt":"2026-11-20T11:00:00Z","finishedAt":"2026-11-20T11:00:05Z"}"#,
    "2026-11-20T11:00:09Z",
    "Healthy",
    "OutOfSync"
);
/// The last operation went well for what it was about.
const IN_PART: &str = application!(
    "null",
    r#"{"phase":"Succeeded","startedAt":"2026-11-20T11:00:00Z","finishedAt":"2026-11-20T11:00:05Z"}"#,
    "2026-11-20T11:00:09Z",
    "Healthy",
    "OutOfSync"
);
/// A dry run has ended after the application was looked at.
const TRIED: &str = application!(
    "null",
    r#"{"phase":"Succeeded","operation":{"sync":{"dryRun":true}},"startedAt":"2026-11-20T11:00:00Z","finishedAt":"2026-11-20T11:00:05Z"}"#,
    "2026-11-20T10:00:00Z",
    "Degraded",
    "OutOfSync"
);
const SUSPENDED: &str = application!(
    "null",
    "null",
    "2026-11-20T11:00:09Z",
    "Suspended",
    "Synced"
);
const NEVER: &str = application!(
    "null",
    "null",
    "2026-11-20T11:00:09Z",
    "Missing",
    "OutOfSync"
);

#[tokio::test]
async fn a_sync_is_waited_for_past_the_state_that_was_there_before() {
    let expect = Exchange::each(vec![
        ASKED,
        SYNCED,
        ASKED,
        RUNNING,
        BEHIND,
        PROGRESSING,
        READY,
    ]);
    let billing = expect
        .project()
        .gitops()
        .application("account.ops", "billing");
    let sync = billing
        .sync()
        .revision("v1.4.0")
        .prune(true)
        .force(true)
        .option("CreateNamespace=true")
        .info("reason", "release");
    let body = json!({
        "name": "billing", "revision": "v1.4.0", "prune": true, "dryRun": false, "strategy": {"hook": {"force": true}},
        "syncOptions": {"items": ["CreateNamespace=true"]}, "infos": [{"name": "reason", "value": "release"}],
    });
    let started = expect
        .sends(sync, &at(&format!("POST {PATH}/billing/sync")), body)
        .await;
    assert!(started.state().is_operating());
    let end = started
        .wait()
        .backoff(often())
        .await
        .expect("an end")
        .success()
        .expect("a success");
    assert_eq!(end.outcome, ApplicationOutcome::Reached);
    assert_eq!(end.state.phase(), Some(Phase::Succeeded));
    assert_eq!(end.state.health(), Health::Healthy);
    assert_eq!(end.state.sync(), SyncStatus::Synced);
    assert_eq!(expect.count(), 7);
    expect.saw_json("GET", &at(&format!("{PATH}/billing")), &Value::Null);
}

#[tokio::test]
async fn a_sync_of_parts_or_without_change_is_waited_for_otherwise() {
    let expect = Exchange::each(vec![RUNNING, FAILED]);
    let billing = expect
        .project()
        .gitops()
        .application("account.ops", "billing");
    let sync = billing
        .sync()
        .dry_run(true)
        .resource("apps", "Deployment", "billing", "till");
    let body = json!({
        "name": "billing", "prune": false, "dryRun": true,
        "resources": [{"group": "apps", "kind": "Deployment", "namespace": "billing", "name": "till"}],
    });
    let started = expect
        .sends(sync, &at(&format!("POST {PATH}/billing/sync")), body)
        .await;
    let end = started.wait().backoff(often()).await.expect("an end");
    assert_eq!(end.outcome, ApplicationOutcome::OperationFailed);
    assert_eq!(end.state.health(), Health::Degraded);
    let over = started.wait_over().backoff(often()).await.expect("an end");
    assert_eq!(over.outcome, ApplicationOutcome::OperationFailed);
    let error = end.success().expect_err("a failure");
    assert_eq!(
        error.wait_failure(),
        Some(&WaitFailure::Failed {
            status: "Failed: one or more objects failed to apply".into()
        })
    );
    assert!(
        error
            .to_string()
            .contains("application billing of agent account.ops"),
        "{error}"
    );
}

#[tokio::test]
async fn a_sync_of_parts_does_not_wait_for_the_whole_and_a_dry_run_not_for_a_change() {
    for (dry_run, last) in [(false, IN_PART), (true, TRIED)] {
        let expect = Exchange::each(vec![RUNNING, RUNNING, last]);
        let billing = expect
            .project()
            .gitops()
            .application("account.ops", "billing");
        let sync = billing
            .sync()
            .dry_run(dry_run)
            .resource("", "ConfigMap", "billing", "till");
        let started = sync.await.expect("a sync");
        let end = started.wait().backoff(often()).await.expect("an end");
        assert_eq!(end.outcome, ApplicationOutcome::Reached);
        assert_eq!(end.state.sync(), SyncStatus::OutOfSync);
        assert_eq!(expect.count(), 3);
    }
}

#[tokio::test]
async fn an_application_is_waited_for_as_it_is_asked() {
    let expect = Exchange::each(vec![NEVER, PROGRESSING, READY]);
    let billing = expect
        .project()
        .gitops()
        .application("account.ops", "billing");
    let end = billing
        .wait_synced()
        .backoff(often())
        .await
        .expect("an end");
    assert_eq!(end.state.health(), Health::Progressing);
    assert_eq!(expect.count(), 2);
    let end = billing
        .wait_healthy()
        .backoff(often())
        .await
        .expect("an end");
    assert_eq!(end.outcome, ApplicationOutcome::Reached);

    let expect = Exchange::answering(UNCHANGED);
    let billing = expect
        .project()
        .gitops()
        .application("account.ops", "billing");
    let healthy = billing
        .wait_healthy()
        .backoff(often())
        .await
        .expect("an end");
    assert_eq!(healthy.outcome, ApplicationOutcome::Reached);
    let synced = billing
        .wait_synced()
        .backoff(often())
        .await
        .expect("an end");
    assert_eq!(synced.outcome, ApplicationOutcome::OperationFailed);
    assert_eq!(synced.state.phase(), Some(Phase::Error));

    let expect = Exchange::answering(SUSPENDED);
    let billing = expect
        .project()
        .gitops()
        .application("account.ops", "billing");
    let error = billing
        .wait()
        .backoff(often())
        .await
        .expect_err("a person is needed");
    assert_eq!(error.wait_failure(), Some(&WaitFailure::NeedsPerson));
}

#[tokio::test]
async fn an_application_is_watched() {
    let expect = Exchange::each(vec![RUNNING, READY]);
    let billing = expect
        .project()
        .gitops()
        .application("account.ops", "billing");
    let mut watch = billing.watch();
    let mut phases = Vec::new();
    while let Some(state) = watch.try_next().await.expect("a state") {
        phases.push(state.phase());
    }
    assert_eq!(phases, [Some(Phase::Running), Some(Phase::Succeeded)]);

    let expect = Exchange::each(vec![ASKED, READY]);
    let billing = expect
        .project()
        .gitops()
        .application("account.ops", "billing");
    let started = billing.sync().await.expect("a sync");
    assert_eq!(started.application().name(), "billing");
    let mut watch = started.watch();
    let last = watch.try_next().await.expect("a state").expect("a state");
    assert_eq!(last.phase(), Some(Phase::Succeeded));
    assert!(watch.try_next().await.expect("the end").is_none());
}

#[tokio::test]
async fn errors_of_the_service_are_told_apart() {
    let expect = Exchange::status(
        "404 Not Found",
        r#"{"error":"application billing not found","code":5,"message":"application billing not found","details":[]}"#,
    );
    let billing = expect.project().gitops().application("ops", "billing");
    let error = billing.get().await.expect_err("missing");
    assert!(error.is_not_found(), "{error}");
    assert!(!is_agent_absent(&error), "{error}");

    let expect = Exchange::status(
        "400 Bad Request",
        r#"{"error":"agent is not registered","code":9,"message":"Agent is not registered","details":[]}"#,
    );
    let error = expect
        .project()
        .gitops()
        .application("ops", "billing")
        .get()
        .await
        .expect_err("absent");
    assert!(is_agent_absent(&error), "{error}");
}
