//! Policies: what is sent, and what is made of the answers.

#![cfg(feature = "policy")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, SystemTime};

use common::Exchange;
use harness_api_ext::policy::types;
use harness_api_ext::{GitStore, Order};
use serde_json::{Value, json};

const SCOPE: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail&projectIdentifier=checkout";

const POLICY: &str = r#"{"identifier":"need_tags","name":"Need tags","rego":"package pipeline","org_id":"retail",
    "project_id":"checkout","account_id":"AcmeAccount","created":1761800000000,"updated":1761800000000}"#;

const NOT_FOUND: &str = r#"{"name":"not_found","id":"q3Zt9aB1","message":"policy not found","temporary":false,
    "timeout":false,"fault":false}"#;

fn at(method_and_path: &str) -> String {
    format!("{method_and_path}?{SCOPE}")
}

#[tokio::test]
async fn policies_are_written() {
    let expect = Exchange::answering(POLICY);
    let policies = expect.project().policies();
    let policy = expect
        .sends(
            policies
                .create("need_tags", "Need tags")
                .rego("package pipeline"),
            &at("POST /pm/api/v1/policies"),
            json!({"identifier": "need_tags", "name": "Need tags", "rego": "package pipeline"}),
        )
        .await;
    assert_eq!(policy.rego.as_deref(), Some("package pipeline"));
    let git = GitStore::create("org.git", "rules", "next", "a.rego")
        .base_branch("main")
        .commit_message("Tags");
    expect
        .sends(
            policies.create("a", "A").git(git),
            &(at("POST /pm/api/v1/policies")
                + "&git_branch=next&git_base_branch=main&git_is_new_branch=true&git_commit_msg=Tags"),
            json!({"identifier": "a", "name": "A", "git_connector_ref": "org.git", "git_repo": "rules",
                "git_path": "a.rego"}),
        )
        .await;

    let expect = Exchange::status("204 No Content", "");
    let policies = expect.project().policies();
    let git = GitStore::branch("main")
        .last_object_id("0c1f4a")
        .last_commit_id("9b2d11");
    expect
        .sends(
            policies.update("need_tags").rego("package p").git(git),
            &(at("PATCH /pm/api/v1/policies/need_tags")
                + "&git_branch=main&git_file_id=0c1f4a&git_commit_sha=9b2d11"),
            json!({"rego": "package p"}),
        )
        .await;
    expect
        .sends(
            policies.update("need_tags").name("Tags"),
            &at("PATCH /pm/api/v1/policies/need_tags"),
            json!({"name": "Tags"}),
        )
        .await;
    expect
        .sends(
            policies.delete("need_tags").force(true),
            &(at("DELETE /pm/api/v1/policies/need_tags") + "&force=true"),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn policies_are_read() {
    let expect = Exchange::answering(POLICY);
    let policy = expect
        .sends(
            expect.account().policies().get("need_tags"),
            "GET /pm/api/v1/policies/need_tags?accountIdentifier=AcmeAccount",
            Value::Null,
        )
        .await;
    assert_eq!(policy.created, Some(1_761_800_000_000));

    let expect = Exchange::answering(r#"[{"identifier":"a"},{"identifier":"b"}]"#);
    let list = expect.project().policies().list().search("tags");
    let found = expect
        .sends(
            list.sort("updated", Order::Desc)
                .without_rego(true)
                .with_set_count(true)
                .page_size(2),
            &(at("GET /pm/api/v1/policies")
                + "&page=0&per_page=2&searchTerm=tags&sort=updated%2CDESC"
                + "&excludeRegoFromResponse=true&includePolicySetCount=true"),
            Value::Null,
        )
        .await;
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn a_rule_is_evaluated() {
    let expect = Exchange::answering(
        r#"{"status":"error","deny_messages":["a pipeline needs tags"],"error":"","output":"[]"}"#,
    );
    let policies = expect.project().policies();
    let evaluate = policies.evaluate("package pipeline", &json!({"pipeline": {}}));
    let verdict = expect
        .sends(
            evaluate,
            &at("POST /pm/api/v1/evaluate"),
            json!({"rego": "package pipeline", "input": "{\"pipeline\":{}}"}),
        )
        .await;
    assert_eq!(verdict.status, Some(types::EvaluatedPolicyStatus::Error));
    assert_eq!(verdict.deny_messages.map(|all| all.len()), Some(1));
}

#[tokio::test]
async fn policy_sets_are_kept() {
    let set = r#"{"identifier":"tags","enabled":true,"type":"pipeline","action":"onsave",
        "policies":[{"identifier":"need_tags","severity":"error"}]}"#;
    let expect = Exchange::answering(set);
    let sets = expect.project().policy_sets();
    expect
        .sends(
            sets.create("tags", "Tags", "pipeline", "onsave")
                .description("For bills")
                .enabled(false),
            &at("POST /pm/api/v1/policysets"),
            json!({"identifier": "tags", "name": "Tags", "type": "pipeline", "action": "onsave",
                "enabled": false, "description": "For bills"}),
        )
        .await;
    let read = expect
        .sends(
            sets.get("tags"),
            &at("GET /pm/api/v1/policysets/tags"),
            Value::Null,
        )
        .await;
    assert_eq!(
        read.policies.unwrap_or_default()[0].severity,
        Some(types::LinkedPolicySeverity::Error)
    );

    let expect = Exchange::status("204 No Content", "");
    let sets = expect.project().policy_sets();
    expect
        .sends(
            sets.update("tags")
                .name("All tags")
                .description("")
                .enabled(true)
                .policies([("account.need_tags", "warning")]),
            &at("PATCH /pm/api/v1/policysets/tags"),
            json!({"name": "All tags", "description": "", "enabled": true,
                "policies": [{"identifier": "account.need_tags", "severity": "warning"}]}),
        )
        .await;
    expect
        .sends(
            sets.delete("tags"),
            &at("DELETE /pm/api/v1/policysets/tags"),
            Value::Null,
        )
        .await;

    let expect = Exchange::answering("[]");
    let list = expect.project().policy_sets().list().search("t");
    expect
        .sends(
            list.entity("pipeline")
                .action("onrun")
                .sort("name", Order::Asc)
                .page_size(50),
            &(at("GET /pm/api/v1/policysets")
                + "&page=0&per_page=50&searchTerm=t&type=pipeline&action=onrun&sort=name%2CASC"),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn evaluations_are_read() {
    let expect = Exchange::answering(r#"[{"id":812,"status":"error","entity":"pipeline:deploy"}]"#);
    let list = expect.project().policy_evaluations().list();
    let day = |number: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(number * 86_400);
    let found = expect
        .sends(
            list.since(day(1))
                .until(day(2))
                .status("error")
                .entity("pipeline")
                .action("onrun")
                .execution("pZ3kq0")
                .with_those_below(true)
                .page_size(50),
            &(at("GET /pm/api/v1/evaluations")
                + "&page=0&per_page=50&created_date_from=86400000&created_date_to=172800000&status=error"
                + "&type=pipeline&action=onrun&execution_id=pZ3kq0&includeChildScopes=true"),
            Value::Null,
        )
        .await;
    assert_eq!(found[0].id, Some(812));

    let expect =
        Exchange::answering(r#"{"id":812,"details":[{"identifier":"tags","status":"error"}]}"#);
    let read = expect
        .sends(
            expect.project().policy_evaluations().get(812),
            &at("GET /pm/api/v1/evaluations/812"),
            Value::Null,
        )
        .await;
    assert_eq!(read.details.map(|all| all.len()), Some(1));
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let expect = Exchange::status("404 Not Found", NOT_FOUND);
    let project = expect.project();
    let errors = [
        project.policies().get("nope").await.err(),
        project.policy_sets().get("nope").await.err(),
        project.policy_evaluations().get(0).await.err(),
    ];
    for error in errors {
        let error = error.expect("an error");
        assert!(error.is_not_found(), "{error}");
        assert_eq!(error.correlation_id(), Some("q3Zt9aB1"));
    }
}
