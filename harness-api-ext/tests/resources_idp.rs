//! The developer portal: what is sent, and what is made of the answers.

#![cfg(feature = "idp")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::Exchange;
use harness_api_ext::GitStore;
use harness_api_ext::idp::{EntityRef, types};
use serde_json::{Value, json};

const SCOPE: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail&projectIdentifier=checkout";

const YAML: &str = "kind: component\n# kept\nidentifier: billing\nspec: {a: <+env.name>}\n";

const ENTITY: &str = r#"{"identifier":"billing","kind":"component","name":"Billing",
    "entity_ref":"component:account.retail.checkout/billing","yaml":"kind: component\n","tags":null}"#;

/// Status 500, for what does not exist.
const NOT_FOUND: &str = r#"{"code":"DEFAULT_ERROR_CODE","level":"ERROR",
    "message":"Entity with entityRef = component:billing not found","exception":null,"failureTypes":[],
    "failureSubTypes":[],"additionalInfo":{}}"#;

#[tokio::test]
async fn yaml_is_sent_as_it_is() {
    let expect = Exchange::status("201 Created", ENTITY);
    let entities = expect.project().entities();
    let entity = expect
        .sends(
            entities.create(YAML).convert(false).dry_run(true),
            &format!("POST /v1/entities?{SCOPE}&convert=false&dry_run=true"),
            json!({"yaml": YAML}),
        )
        .await;
    assert_eq!(entity.name.as_deref(), Some("Billing"));
    expect
        .sends(
            entities.update("component", "billing", YAML),
            &format!("PUT /v1/entities/account.retail.checkout/component/billing?{SCOPE}"),
            json!({"yaml": YAML}),
        )
        .await;
}

#[tokio::test]
async fn what_is_said_of_git_is_in_the_body() {
    let expect = Exchange::answering(ENTITY);
    let entities = expect.project().entities();
    let git = GitStore::create("org.git", "shop", "main", ".harness/billing.yaml")
        .commit_message("Billing");
    expect
        .sends(
            entities.create(YAML).git(git),
            &format!("POST /v1/entities?{SCOPE}"),
            json!({"yaml": YAML, "git_details": {"connector_ref": "org.git", "repo_name": "shop",
                "branch_name": "main", "file_path": ".harness/billing.yaml", "commit_message": "Billing",
                "store_type": "REMOTE"}}),
        )
        .await;
    let git = GitStore::branch("next")
        .base_branch("main")
        .last_object_id("0c1f4a")
        .last_commit_id("9b2d11");
    expect
        .sends(
            entities.update("component", "billing", YAML).git(git),
            &format!("PUT /v1/entities/account.retail.checkout/component/billing?{SCOPE}"),
            json!({"yaml": YAML, "git_details": {"branch_name": "next", "base_branch": "main",
                "last_object_id": "0c1f4a", "last_commit_id": "9b2d11"}}),
        )
        .await;
    expect
        .sends(
            entities
                .get("component", "billing")
                .git(GitStore::branch("next")),
            &format!(
                "GET /v1/entities/account.retail.checkout/component/billing?{SCOPE}&branch_name=next"
            ),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn entities_are_read_at_the_level_that_is_meant() {
    let expect = Exchange::answering(ENTITY);
    let entities = expect.project().entities();
    let reference = entities.reference("component", "billing");
    assert_eq!(
        reference.to_string(),
        "component:account.retail.checkout/billing"
    );
    expect
        .sends(
            entities.get("component", "billing"),
            &format!("GET /v1/entities/account.retail.checkout/component/billing?{SCOPE}"),
            Value::Null,
        )
        .await;
    let above: EntityRef = "api:account.pay/ledger".parse().expect("a reference");
    expect
        .sends(
            entities.by_ref(&above),
            "GET /v1/entities/account.pay/api/ledger?accountIdentifier=AcmeAccount&orgIdentifier=pay",
            Value::Null,
        )
        .await;
    expect
        .sends(
            expect.account().entities().get("group", "tills"),
            "GET /v1/entities/account/group/tills?accountIdentifier=AcmeAccount",
            Value::Null,
        )
        .await;

    let expect = Exchange::status("204 No Content", "");
    expect
        .sends(
            expect.project().entities().delete("component", "billing"),
            &format!("DELETE /v1/entities/account.retail.checkout/component/billing?{SCOPE}"),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn entities_are_listed() {
    let expect = Exchange::answering(r#"[{"identifier":"billing"}]"#);
    let list = expect.project().entities().list().search("bill");
    let found = expect
        .sends(
            list.kind("component,api")
                .entity_type("service")
                .owner("group:account/tills")
                .tags("pay")
                .owned_by_me(true)
                .favorites(false),
            "GET /v1/entities?accountIdentifier=AcmeAccount&page=0&limit=100&scopes=account.retail.checkout\
             &search_term=bill&kind=component%2Capi&type=service&owner=group%3Aaccount%2Ftills&tags=pay\
             &owned_by_me=true&favorites=false",
            Value::Null,
        )
        .await;
    assert_eq!(found.len(), 1);
    expect
        .sends(
            expect.account().entities().list().scopes("account,account.retail"),
            "GET /v1/entities?accountIdentifier=AcmeAccount&page=0&limit=100&scopes=account%2Caccount.retail",
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn scorecards_are_kept() {
    let scorecard = json!({"scorecard": {"identifier": "ready", "name": "Ready", "published": true},
        "checks": [{"identifier": "has_owner", "custom": false}]});
    let body: types::ScorecardDetailsRequest =
        serde_json::from_value(scorecard.clone()).expect("a scorecard");
    let expect = Exchange::answering(r#"{"status":"SUCCESS"}"#);
    let scorecards = expect.account().scorecards();
    expect
        .sends(
            scorecards.create(body.clone()),
            "POST /v1/scorecards",
            scorecard.clone(),
        )
        .await;
    expect
        .sends(
            scorecards.update(body),
            "PUT /v1/scorecards/ready",
            scorecard,
        )
        .await;
    expect
        .sends(
            scorecards.delete("ready"),
            "DELETE /v1/scorecards/ready",
            Value::Null,
        )
        .await;

    let expect = Exchange::answering(r#"{"scorecard":{"identifier":"ready"},"checks":null}"#);
    let read = expect
        .sends(
            expect.account().scorecards().get("ready"),
            "GET /v1/scorecards/ready",
            Value::Null,
        )
        .await;
    let found = read.scorecard.and_then(|scorecard| scorecard.identifier);
    assert_eq!(found.as_deref(), Some("ready"));

    let expect = Exchange::answering(r#"[{"scorecard":{"identifier":"ready"}}]"#);
    let found = expect
        .sends(
            expect.account().scorecards().list(),
            "GET /v1/scorecards",
            Value::Null,
        )
        .await;
    assert_eq!(found.len(), 1);

    let expect =
        Exchange::answering(r#"{"scorecards_summary":[{"scorecard_name":"Ready","score":80}]}"#);
    let entity: EntityRef = "component:account/billing".parse().expect("a reference");
    let scores = expect
        .sends(
            expect.account().scorecards().scores(&entity),
            "GET /v1/scores/summary?entity_identifier=component%3Aaccount%2Fbilling",
            Value::Null,
        )
        .await;
    assert_eq!(
        scores.scorecards_summary.unwrap_or_default()[0].score,
        Some(80)
    );
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_though_the_status_is_500() {
    let expect = Exchange::status("500 Internal Server Error", NOT_FOUND);
    let entities = expect.project().entities();
    let errors = [
        entities.get("component", "nope").await.err(),
        entities.update("component", "nope", YAML).await.err(),
        entities.delete("component", "nope").await.err(),
        expect.account().scorecards().get("nope").await.err(),
    ];
    for error in errors {
        let error = error.expect("an error");
        assert!(error.is_not_found(), "{error}");
    }
}
