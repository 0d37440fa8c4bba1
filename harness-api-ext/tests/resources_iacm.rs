//! Infrastructure as code: what is sent, and what is made of the answers.

#![cfg(feature = "iacm")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, SystemTime};

use common::Exchange;
use harness_api_ext::iacm::types;
use harness_api_ext::{Backoff, Order, WaitFailure};
use serde_json::{Value, json};

/// What all paths of a project begin with.
const HERE: &str = "/iacm/api/orgs/retail/projects/checkout";

/// As the server gives it, with tags that are an object.
const WORKSPACE: &str = r#"{"account":"AcmeAccount","org":"retail","project":"checkout","identifier":"network",
    "name":"Network","status":"active","created":1761800000000,"updated":1761800000000,"description":null,
    "provisioner":"opentofu","provisioner_version":"1.8.1","provisioner_data":"","provider_connector":"account.aws",
    "repository":"infra","repository_branch":"main","repository_connector":"account.github",
    "repository_path":"network","cost_estimation_enabled":false,"tags":{"team":"pay"},
    "environment_variables":{"DB_PASSWORD":{"key":"DB_PASSWORD","value":"org.db","value_type":"secret","created":1}},
    "terraform_variables":{"region":{"key":"region","value":"eu-west-1","value_type":"string","created":1}},
    "terraform_variable_files":[],"terraform_state":"{}"}"#;

const NOT_FOUND: &str = r#"{"name":"not_found","id":"q3Zt9aB1","message":"workspace network not found",
    "temporary":false,"timeout":false,"fault":false}"#;

#[tokio::test]
async fn a_workspace_is_created_with_its_variables() {
    // The server answers with nothing.
    let expect = Exchange::status("201 Created", "");
    let create =
        expect
            .project()
            .workspaces()
            .create("network", "Network", "opentofu", "account.aws");
    let evaluation = expect
        .sends(
            create
                .provisioner_version("1.8.1")
                .repository("account.github", "infra", "network")
                .branch("main")
                .description("Nets")
                .tag("team", "pay")
                .cost_estimation(false)
                .variable_sets(["account.common"])
                .variable("region", "eu-west-1")
                .secret_variable("token", "org.token")
                .environment_variable("TF_LOG", "info")
                .secret_environment_variable("DB_PASSWORD", "org.db"),
            &format!("POST {HERE}/workspaces"),
            json!({"identifier": "network", "name": "Network", "provisioner": "opentofu",
                "provisioner_version": "1.8.1", "provider_connector": "account.aws",
                "repository_connector": "account.github", "repository": "infra", "repository_path": "network",
                "repository_branch": "main", "description": "Nets", "tags": {"team": "pay"},
                "cost_estimation_enabled": false, "variable_sets": ["account.common"],
                "terraform_variables": {
                    "region": {"key": "region", "value": "eu-west-1", "value_type": "string"},
                    "token": {"key": "token", "value": "org.token", "value_type": "secret"}},
                "environment_variables": {
                    "TF_LOG": {"key": "TF_LOG", "value": "info", "value_type": "string"},
                    "DB_PASSWORD": {"key": "DB_PASSWORD", "value": "org.db", "value_type": "secret"}}}),
        )
        .await;
    assert_eq!(evaluation, None);

    let expect = Exchange::status(
        "201 Created",
        r#"{"policy_evaluation":{"id":812,"status":"warning"}}"#,
    );
    let workspaces = expect.project().workspaces();
    let evaluation = expect
        .sends(
            workspaces
                .create("network", "Network", "terraform", "account.aws")
                .commit("v1.2"),
            &format!("POST {HERE}/workspaces"),
            json!({"identifier": "network", "name": "Network", "provisioner": "terraform",
                "provider_connector": "account.aws", "repository_commit": "v1.2",
                "terraform_variables": {}, "environment_variables": {}}),
        )
        .await;
    assert_eq!(evaluation.and_then(|evaluation| evaluation.id), Some(812));
    expect
        .sends(
            workspaces.clone_to("network", "network_2", "Network 2"),
            &format!("POST {HERE}/workspaces/network/clone"),
            json!({"identifier": "network_2", "name": "Network 2"}),
        )
        .await;
}

#[tokio::test]
async fn an_update_takes_what_a_read_gives() {
    let expect = Exchange::answering(WORKSPACE);
    let workspaces = expect.project().workspaces();
    let mut workspace = expect
        .sends(
            workspaces.get("network"),
            &format!("GET {HERE}/workspaces/network"),
            Value::Null,
        )
        .await;
    workspace.repository_branch = Some("next".into());

    let expect = Exchange::answering("{}");
    let update = expect.project().workspaces().update(workspace);
    expect
        .sends(
            update,
            &format!("PUT {HERE}/workspaces/network"),
            json!({"name": "Network", "provisioner": "opentofu", "provisioner_version": "1.8.1",
                "provider_connector": "account.aws", "repository": "infra", "repository_branch": "next",
                "repository_connector": "account.github", "repository_path": "network",
                "cost_estimation_enabled": false, "tags": {"team": "pay"},
                "environment_variables":
                    {"DB_PASSWORD": {"key": "DB_PASSWORD", "value": "org.db", "value_type": "secret"}},
                "terraform_variables": {"region": {"key": "region", "value": "eu-west-1", "value_type": "string"}},
                "terraform_variable_files": []}),
        )
        .await;
}

#[tokio::test]
async fn workspaces_are_listed_from_page_1() {
    let expect = Exchange::answering(r#"[{"identifier":"network","status":"drifted"}]"#);
    let list = expect.project().workspaces().list().search("net");
    let found = expect
        .sends(
            list.sort("updated", Order::Desc)
                .statuses(["active", "drifted"])
                .tags(["team"])
                .page_size(30),
            &format!(
                "GET {HERE}/workspaces?page=1&limit=30&searchTerm=net&sort=updated%2CDESC\
                 &status=active&status=drifted&tags=team"
            ),
            Value::Null,
        )
        .await;
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn workspaces_are_unlocked_looked_into_and_deleted() {
    let expect =
        Exchange::answering(r#"{"resources":[{"name":"main"}],"outputs":null,"data_sources":[]}"#);
    let held = expect
        .sends(
            expect
                .project()
                .workspaces()
                .resources("network")
                .types(["aws_vpc"]),
            &format!("GET {HERE}/workspaces/network/resources?resource_types=aws_vpc"),
            Value::Null,
        )
        .await;
    assert_eq!(held.resources.map(|all| all.len()), Some(1));

    let expect = Exchange::status("204 No Content", "");
    let workspaces = expect.project().workspaces();
    expect
        .sends(
            workspaces.force_unlock("network"),
            &format!("POST {HERE}/workspaces/network/actions/force-unlock"),
            Value::Null,
        )
        .await;
    expect
        .sends(
            workspaces.delete("network"),
            &format!("DELETE {HERE}/workspaces/network"),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn executions_are_read() {
    let expect = Exchange::answering(r#"[{"workspace":"network","status":"none"}]"#);
    let executions = expect.project().workspace_executions();
    let day = |number: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(number * 86_400);
    let found = expect
        .sends(
            executions
                .list()
                .workspace("network")
                .run_id("pZ3kq0")
                .pipeline("deploy")
                .statuses(["none"])
                .since(day(1))
                .until(day(2))
                .page_size(30),
            &format!(
                "GET {HERE}/executions?page=1&limit=30&workspace=network&pipeline_execution_id=pZ3kq0\
                 &pipeline_name=deploy&status=none&start_time=86400000&end_time=172800000"
            ),
            Value::Null,
        )
        .await;
    assert_eq!(
        found[0].status,
        Some(types::HarnessIacmExecutionStatus::None)
    );
    let changes = expect
        .sends(
            executions.resource_changes("pZ3kq0").without_state(true),
            &format!("GET {HERE}/executions/pZ3kq0/resource-changes-all-stages?exclude_state=true"),
            Value::Null,
        )
        .await;
    assert_eq!(changes.len(), 1);
}

#[tokio::test]
async fn an_execution_is_waited_for() {
    let line = format!("GET {HERE}/executions/pZ3kq0/x81Fhe");
    let soon = Backoff::every(Duration::from_millis(1));
    let expect = Exchange::each([r#"{"status":"none"}"#, r#"{"status":"success"}"#]);
    let executions = expect.project().workspace_executions();
    let wait = executions.wait("pZ3kq0", "x81Fhe").backoff(soon);
    let end = expect.sends(wait, &line, Value::Null).await;
    assert_eq!(expect.count(), 2);
    assert!(end.success().is_ok());

    let expect = Exchange::answering(r#"{"status":"failure","workspace":"network"}"#);
    let executions = expect.project().workspace_executions();
    let wait = executions.wait("pZ3kq0", "x81Fhe").backoff(soon);
    let end = expect.sends(wait, &line, Value::Null).await;
    assert!(!end.is_success());
    let error = end.success().expect_err("a failure");
    assert_eq!(
        error.wait_failure(),
        Some(&WaitFailure::Failed {
            status: "failure".into()
        })
    );
    let state = error.last_state::<types::ShowExecutionResponse>();
    assert_eq!(
        state.and_then(|state| state.workspace.as_deref()),
        Some("network")
    );
}

#[tokio::test]
async fn plans_are_approved_and_rejected() {
    let expect = Exchange::answering(r#"[{"id":"a1","status":"pending"}]"#);
    let list = expect.project().plan_approvals().list();
    let found = expect
        .sends(
            list.workspace("network")
                .run_id("pZ3kq0")
                .status("pending")
                .page_size(30),
            &format!(
                "GET {HERE}/approvals?page=1&limit=30&workspace=network&pipeline_execution_id=pZ3kq0\
                 &status_type=pending"
            ),
            Value::Null,
        )
        .await;
    assert_eq!(found[0].id.as_deref(), Some("a1"));

    let expect = Exchange::answering(r#"{"status":"pending"}"#);
    let approvals = expect.project().plan_approvals();
    let line = format!("{HERE}/approvals/a1");
    let read = expect
        .sends(approvals.get("a1"), &format!("GET {line}"), Value::Null)
        .await;
    assert_eq!(read.status.as_deref(), Some("pending"));
    expect
        .sends(
            approvals.approve("a1").answered_by("Ada", "ada@shop.example"),
            &format!("PUT {line}"),
            json!({"status": "approved", "actioned_by": "Ada", "actioned_by_email": "ada@shop.example"}),
        )
        .await;
    expect
        .sends(
            approvals.reject("a1"),
            &format!("PUT {line}"),
            json!({"status": "rejected"}),
        )
        .await;
}

#[tokio::test]
async fn registries_are_read() {
    let expect = Exchange::answering(r#"[{"id":"7","name":"vpc","versions":["1.0.0"]}]"#);
    let list = expect.project().modules().list().search("vpc");
    let found = expect
        .sends(
            list.sort("name", Order::Asc).page_size(30),
            "GET /iacm/api/modules?page=1&limit=30&searchTerm=vpc&sort=name%2CASC&scope_org=retail\
             &scope_project=checkout",
            Value::Null,
        )
        .await;
    assert_eq!(found[0].name.as_deref(), Some("vpc"));
    let found = expect
        .sends(
            expect
                .account()
                .providers()
                .list()
                .search("v")
                .sort("name", Order::Asc)
                .page_size(30),
            "GET /iacm/api/providers?page=1&limit=30&searchTerm=v&sort=name%2CASC",
            Value::Null,
        )
        .await;
    assert_eq!(found.len(), 1);

    let expect = Exchange::answering(r#"{"id":"7","name":"vpc","type":"vpc"}"#);
    let module = expect
        .sends(
            expect.account().modules().get("7"),
            "GET /iacm/api/modules/7",
            Value::Null,
        )
        .await;
    assert_eq!(module.name.as_deref(), Some("vpc"));
    let provider = expect
        .sends(
            expect.account().providers().get("7"),
            "GET /iacm/api/providers/7",
            Value::Null,
        )
        .await;
    assert_eq!(provider.type_.as_deref(), Some("vpc"));
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let expect = Exchange::status("404 Not Found", NOT_FOUND);
    let project = expect.project();
    let errors = [
        project.workspaces().get("nope").await.err(),
        project.workspaces().delete("nope").await.err(),
        project.workspace_executions().get("a", "b").await.err(),
        project.plan_approvals().get("nope").await.err(),
        project.modules().get("0").await.err(),
        expect.account().providers().get("0").await.err(),
    ];
    for error in errors {
        let error = error.expect("an error");
        assert!(error.is_not_found(), "{error}");
        assert_eq!(error.correlation_id(), Some("q3Zt9aB1"));
    }
}
