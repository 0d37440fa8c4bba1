//! Feature flags: what is sent, and what is made of the answers.

#![cfg(feature = "ff")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::Exchange;
use harness_api_ext::ff::types;
use serde_json::{Value, json};

const SCOPE: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail&projectIdentifier=checkout";
/// On create the project is in the body.
const ORG: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail";

const FLAG: &str = r#"{"identifier":"dark_mode","name":"Dark mode","kind":"boolean","archived":false,
    "envProperties":{"environment":"prod","state":"on","defaultServe":{"variation":"true"},"variationMap":null},
    "variations":[{"identifier":"true","value":"true"},{"identifier":"false","value":"false"}]}"#;

const CHANGED: &str = r#"{"details":{"governanceMetadata":{"deny":false}}}"#;

const NOT_FOUND: &str = r#"{"code":"404","message":"it is not there","details":null}"#;

fn at(method_and_path: &str) -> String {
    format!("{method_and_path}?{SCOPE}")
}

#[tokio::test]
async fn flags_are_created_with_the_project_in_the_body() {
    let expect = Exchange::status("201 Created", CHANGED);
    let flags = expect.project().feature_flags();
    let line = format!("POST /cf/admin/features?{ORG}");
    let answer = expect
        .sends(
            flags.create("dark_mode", "Dark mode").description("Night"),
            &line,
            json!({"identifier": "dark_mode", "name": "Dark mode", "project": "checkout", "description": "Night",
                "archived": false, "permanent": false, "kind": "boolean",
                "variations": [
                    {"identifier": "true", "name": "true", "value": "true"},
                    {"identifier": "false", "name": "false", "value": "false"}],
                "defaultOnVariation": "true", "defaultOffVariation": "false"}),
        )
        .await;
    let details = answer.details.expect("details");
    assert_eq!(details.governance_metadata, Some(json!({"deny": false})));

    let many = flags
        .create("limit", "Limit")
        .variations(types::FeatureKind::Int, [("low", "10"), ("high", "90")])
        .serves("high", "low")
        .permanent(true)
        .owner("ops@shop.example");
    expect
        .sends(
            many,
            &line,
            json!({"identifier": "limit", "name": "Limit", "project": "checkout", "owner": "ops@shop.example",
                "archived": false, "permanent": true, "kind": "int",
                "variations": [
                    {"identifier": "low", "name": "low", "value": "10"},
                    {"identifier": "high", "name": "high", "value": "90"}],
                "defaultOnVariation": "high", "defaultOffVariation": "low"}),
        )
        .await;
}

#[tokio::test]
async fn flags_are_changed_by_instructions() {
    let expect = Exchange::answering(CHANGED);
    let flags = expect.project().feature_flags();
    let patch = flags
        .patch("dark_mode")
        .environment("prod")
        .turn_on()
        .serve("true")
        .serve_off("false")
        .serve_targets("true", ["shop_7"])
        .stop_serving_targets("false", ["shop_7"])
        .serve_segments("true", ["pilot"])
        .stop_serving_segments("false", ["pilot"])
        .turn_off()
        .instruction("removeRule", json!({"ruleID": "r1"}))
        .comment("For the night");
    expect
        .sends(
            patch,
            &(at("PATCH /cf/admin/features/dark_mode") + "&environmentIdentifier=prod"),
            json!({"comment": "For the night", "instructions": [
                {"kind": "setFeatureFlagState", "parameters": {"state": "on"}},
                {"kind": "updateDefaultServe", "parameters": {"variation": "true"}},
                {"kind": "updateOffVariation", "parameters": {"variation": "false"}},
                {"kind": "addTargetsToVariationTargetMap", "parameters": {"variation": "true", "targets": ["shop_7"]}},
                {"kind": "removeTargetsToVariationTargetMap",
                    "parameters": {"variation": "false", "targets": ["shop_7"]}},
                {"kind": "addSegmentToVariationTargetMap",
                    "parameters": {"variation": "true", "targetSegments": ["pilot"]}},
                {"kind": "removeSegmentToVariationTargetMap",
                    "parameters": {"variation": "false", "targetSegments": ["pilot"]}},
                {"kind": "setFeatureFlagState", "parameters": {"state": "off"}},
                {"kind": "removeRule", "parameters": {"ruleID": "r1"}},
            ]}),
        )
        .await;
}

#[tokio::test]
async fn flags_are_read_and_deleted() {
    let expect = Exchange::answering(FLAG);
    let flags = expect.project().feature_flags();
    let flag = expect
        .sends(
            flags.get("dark_mode").environment("prod"),
            &(at("GET /cf/admin/features/dark_mode") + "&environmentIdentifier=prod"),
            Value::Null,
        )
        .await;
    let here = flag.env_properties.expect("properties");
    assert_eq!(here.state, Some(types::FeatureState::On));

    let expect = Exchange::answering(
        r#"{"features":[{"identifier":"dark_mode"}],"itemCount":1,"pageCount":1,"pageIndex":0,"pageSize":15}"#,
    );
    let list = expect.project().feature_flags().list().search("dark");
    let found = expect
        .sends(
            list.environment("prod")
                .kind("boolean")
                .archived(false)
                .enabled(true)
                .page_size(15),
            &(at("GET /cf/admin/features")
                + "&pageNumber=0&pageSize=15&name=dark&environmentIdentifier=prod&kind=boolean"
                + "&archived=false&enabled=true"),
            Value::Null,
        )
        .await;
    assert_eq!((found.len(), found.total), (1, Some(1)));

    let expect = Exchange::status("204 No Content", "");
    let flags = expect.project().feature_flags();
    expect
        .sends(
            flags.delete("dark_mode").force(true).commit_message("Gone"),
            &(at("DELETE /cf/admin/features/dark_mode") + "&forceDelete=true&commitMsg=Gone"),
            Value::Null,
        )
        .await;
    expect
        .sends(
            flags.restore("dark_mode"),
            &at("POST /cf/admin/features/dark_mode/restore"),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn targets_are_kept_in_an_environment() {
    let there = "&environmentIdentifier=prod";
    let body = json!({"identifier": "shop_7", "name": "Shop 7", "account": "AcmeAccount", "org": "retail",
        "project": "checkout", "environment": "prod", "anonymous": false, "attributes": {"country": "fr"}});
    let expect = Exchange::status("201 Created", "");
    let create = expect.project().targets("prod").create("shop_7", "Shop 7");
    expect
        .sends(
            create.attribute("country", "fr").anonymous(false),
            &format!("POST /cf/admin/targets?{ORG}"),
            body.clone(),
        )
        .await;

    let expect = Exchange::answering(
        r#"{"identifier":"shop_7","name":"Shop 7","account":"AcmeAccount","org":"retail","project":"checkout",
            "environment":"prod","anonymous":false,"attributes":{"country":"fr"}}"#,
    );
    let targets = expect.project().targets("prod");
    let target = expect
        .sends(
            targets.get("shop_7"),
            &(at("GET /cf/admin/targets/shop_7") + there),
            Value::Null,
        )
        .await;
    expect
        .sends(
            targets.update(target),
            &(at("PUT /cf/admin/targets/shop_7") + there),
            body,
        )
        .await;
    expect
        .sends(
            targets.delete("shop_7"),
            &(at("DELETE /cf/admin/targets/shop_7") + there),
            Value::Null,
        )
        .await;

    let expect =
        Exchange::answering(r#"{"targets":[{"identifier":"shop_7"}],"itemCount":1,"pageSize":10}"#);
    let list = expect.project().targets("prod").list().search("shop");
    let found = expect
        .sends(
            list.page_size(10),
            &(at("GET /cf/admin/targets") + there + "&pageNumber=0&pageSize=10&targetName=shop"),
            Value::Null,
        )
        .await;
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn segments_are_kept_in_an_environment() {
    let there = "&environmentIdentifier=prod";
    let expect = Exchange::status("201 Created", "");
    let create = expect.project().segments("prod").create("pilot", "Pilot");
    expect
        .sends(
            create
                .include(["shop_7"])
                .exclude(["shop_8"])
                .rule("country", "equal", ["fr"]),
            &format!("POST /cf/admin/segments?{ORG}"),
            json!({"identifier": "pilot", "name": "Pilot", "project": "checkout", "environment": "prod",
                "included": ["shop_7"], "excluded": ["shop_8"],
                "rules": [{"attribute": "country", "op": "equal", "values": ["fr"], "negate": false}]}),
        )
        .await;

    let expect =
        Exchange::answering(r#"{"identifier":"pilot","included":[{"identifier":"shop_7"}]}"#);
    let segments = expect.project().segments("prod");
    let segment = expect
        .sends(
            segments
                .patch("pilot")
                .include(["shop_7"])
                .remove_included(["shop_8"])
                .exclude(["shop_8"])
                .remove_excluded(["shop_7"]),
            &(at("PATCH /cf/admin/segments/pilot") + there),
            json!({"instructions": [
                {"kind": "addToIncludeList", "parameters": {"targets": ["shop_7"]}},
                {"kind": "removeFromIncludeList", "parameters": {"targets": ["shop_8"]}},
                {"kind": "addToExcludeList", "parameters": {"targets": ["shop_8"]}},
                {"kind": "removeFromExcludeList", "parameters": {"targets": ["shop_7"]}},
            ]}),
        )
        .await;
    assert_eq!(segment.included.map(|all| all.len()), Some(1));
    expect
        .sends(
            segments.get("pilot"),
            &(at("GET /cf/admin/segments/pilot") + there),
            Value::Null,
        )
        .await;
    expect
        .sends(
            segments.delete("pilot"),
            &(at("DELETE /cf/admin/segments/pilot") + there),
            Value::Null,
        )
        .await;

    let expect =
        Exchange::answering(r#"{"segments":[{"identifier":"pilot"}],"itemCount":1,"pageSize":10}"#);
    let list = expect.project().segments("prod").list().search("pilot");
    let found = expect
        .sends(
            list.page_size(10),
            &(at("GET /cf/admin/segments") + there + "&pageNumber=0&pageSize=10&name=pilot"),
            Value::Null,
        )
        .await;
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let expect = Exchange::status("404 Not Found", NOT_FOUND);
    let project = expect.project();
    let errors = [
        project.feature_flags().get("nope").await.err(),
        project.feature_flags().patch("nope").turn_on().await.err(),
        project.targets("prod").get("nope").await.err(),
        project.segments("prod").get("nope").await.err(),
    ];
    for error in errors {
        let error = error.expect("an error");
        assert!(error.is_not_found(), "{error}");
    }
}

#[tokio::test]
async fn a_flag_of_the_same_identifier_exists_already() {
    let expect = Exchange::status(
        "409 Conflict",
        r#"{"code":"409","message":"a flag dark_mode already exists","details":null}"#,
    );
    let create = expect.project().feature_flags().create("dark_mode", "Dark");
    let error = create.await.expect_err("a conflict");
    assert!(error.is_already_exists() && error.is_conflict(), "{error}");
    assert_eq!(expect.count(), 1);
}
