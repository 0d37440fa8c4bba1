//! Services, environments and what belongs to them, on the wire.

#![cfg(feature = "cd")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/one_call.rs"]
mod one_call;

use harness_api_ext::{ErrorKind, Harness, Project};
use one_call::{exchange, good};

const SCOPE: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail&projectIdentifier=checkout";
const ACCOUNT: &str = "accountIdentifier=AcmeAccount";
const DONE: &str = r#"{"status":"SUCCESS","data":true,"metaData":null,"correlationId":"c1"}"#;
const ABSENT: &str = r#"{"status":"FAILURE","code":"RESOURCE_NOT_FOUND_EXCEPTION","message":"It was not found","correlationId":"c1","errors":null}"#;

fn project(harness: &Harness) -> Project {
    harness.org("retail").project("checkout")
}

const SERVICE: &str = r#"{"status":"SUCCESS","data":{"service":{"accountId":"AcmeAccount","identifier":"till","orgIdentifier":"retail","projectIdentifier":"checkout","name":"Till","description":null,"tags":{"team":"pay"},"yaml":"service: # x\n  name: Till\n","version":2},"createdAt":1761800000000,"lastModifiedAt":null},"metaData":null,"correlationId":"c1"}"#;

#[tokio::test]
async fn services() {
    let yaml = "service: # x\n  name: Till\n";
    let made = good(
        |harness| {
            let create = project(&harness).services().create("till", "Till");
            create.yaml(yaml).tag("team", "pay").description("Pay")
        },
        &format!("POST /ng/api/servicesV2?{ACCOUNT}"),
        r#"{"identifier":"till","name":"Till","description":"Pay","tags":{"team":"pay"},"yaml":"service: # x\n  name: Till\n","orgIdentifier":"retail","projectIdentifier":"checkout"}"#,
        SERVICE,
    )
    .await;
    assert_eq!(made.yaml.as_deref(), Some(yaml));
    let found = good(
        |harness| project(&harness).services().get("till"),
        &format!("GET /ng/api/servicesV2/till?{SCOPE}"),
        "",
        SERVICE,
    )
    .await;
    good(
        |harness| project(&harness).services().update(found).if_match("2"),
        &format!("PUT /ng/api/servicesV2?{ACCOUNT}"),
        r#"{"identifier":"till","name":"Till","tags":{"team":"pay"},"yaml":"service: # x\n  name: Till\n","orgIdentifier":"retail","projectIdentifier":"checkout"}"#,
        SERVICE,
    )
    .await;
    good(
        |harness| harness.account().services().delete("till").force(true),
        &format!("DELETE /ng/api/servicesV2/till?{ACCOUNT}&forceDelete=true"),
        "",
        DONE,
    )
    .await;
    let page = good(
        |harness| harness.org("retail").services().list().search("ti").page_size(10),
        "GET /ng/api/servicesV2?orgIdentifier=retail&searchTerm=ti&size=10&…",
        "",
        r#"{"status":"SUCCESS","data":{"totalPages":1,"totalItems":1,"pageItemCount":1,"pageSize":10,"content":[{"service":{"identifier":"till"}}],"pageIndex":0,"empty":false},"metaData":null,"correlationId":"c1"}"#,
    )
    .await;
    assert_eq!(page.items.len(), 1);
    let error = exchange(
        |harness| project(&harness).services().get("till"),
        &format!("GET /ng/api/servicesV2/till?{SCOPE}"),
        "",
        "404 Not Found",
        ABSENT,
    )
    .await
    .expect_err("not there");
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_service_that_a_policy_denies_is_an_error() {
    let error = exchange(
        |harness| project(&harness).services().create("till", "Till"),
        &format!("POST /ng/api/servicesV2?{ACCOUNT}"),
        r#"{"identifier":"till","name":"Till","orgIdentifier":"retail","projectIdentifier":"checkout"}"#,
        "200 OK",
        r#"{"status":"SUCCESS","data":{"service":null,"governanceMetadata":{"id":"8","deny":true,"status":"error","message":"a team is required"}},"metaData":null,"correlationId":"c1"}"#,
    )
    .await
    .expect_err("denied");
    assert!(error.is_policy_denied(), "{error}");
}

const ENVIRONMENT: &str = r#"{"status":"SUCCESS","data":{"environment":{"identifier":"live","name":"Live","type":"Production","color":"","yaml":"environment:\n"}},"metaData":null,"correlationId":"c1"}"#;

#[tokio::test]
async fn environments() {
    good(
        |harness| {
            let create = project(&harness).environments();
            create.create("live", "Live", "Production").color("#0063f7")
        },
        &format!("POST /ng/api/environmentsV2?{ACCOUNT}"),
        r##"{"identifier":"live","name":"Live","type":"Production","color":"#0063f7","orgIdentifier":"retail","projectIdentifier":"checkout"}"##,
        ENVIRONMENT,
    )
    .await;
    let found = good(
        |harness| project(&harness).environments().get("live"),
        &format!("GET /ng/api/environmentsV2/live?{SCOPE}"),
        "",
        ENVIRONMENT,
    )
    .await;
    good(
        |harness| harness.account().environments().update(found),
        &format!("PUT /ng/api/environmentsV2?{ACCOUNT}"),
        r#"{"identifier":"live","name":"Live","type":"Production","color":"","yaml":"environment:\n"}"#,
        ENVIRONMENT,
    )
    .await;
    good(
        |harness| project(&harness).environments().delete("live"),
        &format!("DELETE /ng/api/environmentsV2/live?{SCOPE}"),
        "",
        DONE,
    )
    .await;
    let page = good(
        |harness| project(&harness).environments().list().identifiers(["a", "b"]),
        &format!("GET /ng/api/environmentsV2?{SCOPE}&envIdentifiers=a&envIdentifiers=b&…"),
        "",
        r#"{"status":"SUCCESS","data":{"totalItems":1,"content":[{"environment":{"identifier":"a"}}],"pageIndex":0},"metaData":null}"#,
    )
    .await;
    assert_eq!(page.items.len(), 1);
    let error = exchange(
        |harness| project(&harness).environments().get("live"),
        &format!("GET /ng/api/environmentsV2/live?{SCOPE}"),
        "",
        "400 Bad Request",
        ABSENT,
    )
    .await
    .expect_err("not there");
    assert!(error.is_not_found(), "{error}");
}

const INFRASTRUCTURE: &str = r#"{"status":"SUCCESS","data":{"infrastructure":{"identifier":"eu","name":"EU","environmentRef":"live","type":"KubernetesDirect","deploymentType":"Kubernetes","yaml":"infrastructureDefinition:\n"}},"metaData":null,"correlationId":"c1"}"#;

#[tokio::test]
async fn infrastructures() {
    let body = r#"{"identifier":"eu","name":"EU","environmentRef":"live","type":"KubernetesDirect","deploymentType":"Kubernetes","yaml":"infrastructureDefinition:\n","orgIdentifier":"retail","projectIdentifier":"checkout"}"#;
    good(
        |harness| {
            let live = project(&harness).environments().infrastructures("live");
            let create = live.create("eu", "EU", "infrastructureDefinition:\n");
            create
                .kind("KubernetesDirect")
                .deployment_type("Kubernetes")
        },
        &format!("POST /ng/api/infrastructures?{ACCOUNT}"),
        body,
        INFRASTRUCTURE,
    )
    .await;
    let found = good(
        |harness| {
            project(&harness)
                .environments()
                .infrastructures("live")
                .get("eu")
        },
        &format!("GET /ng/api/infrastructures/eu?{SCOPE}&environmentIdentifier=live"),
        "",
        INFRASTRUCTURE,
    )
    .await;
    good(
        |harness| {
            project(&harness)
                .environments()
                .infrastructures("live")
                .update(found)
        },
        &format!("PUT /ng/api/infrastructures?{ACCOUNT}"),
        body,
        INFRASTRUCTURE,
    )
    .await;
    good(
        |harness| {
            project(&harness)
                .environments()
                .infrastructures("live")
                .delete("eu")
        },
        &format!("DELETE /ng/api/infrastructures/eu?{SCOPE}&environmentIdentifier=live"),
        "",
        DONE,
    )
    .await;
    good(
        |harness| project(&harness).environments().infrastructures("live").list(),
        &format!("GET /ng/api/infrastructures?{SCOPE}&environmentIdentifier=live&…"),
        "",
        r#"{"status":"SUCCESS","data":{"totalItems":0,"content":[],"pageIndex":0},"metaData":null}"#,
    )
    .await;
    let error = exchange(
        |harness| {
            harness
                .account()
                .environments()
                .infrastructures("live")
                .get("eu")
        },
        &format!("GET /ng/api/infrastructures/eu?{ACCOUNT}&environmentIdentifier=live"),
        "",
        "404 Not Found",
        ABSENT,
    )
    .await
    .expect_err("not there");
    assert!(error.is_not_found(), "{error}");
    let harness = common::builder().build().expect("a client");
    let live = project(&harness).environments().infrastructures("live");
    let error = live.create("eu", "EU", " ").await.expect_err("no YAML");
    assert_eq!(error.kind(), ErrorKind::Build);
}

const OVERRIDE: &str = r#"{"status":"SUCCESS","data":{"identifier":"live_till","environmentRef":"live","serviceRef":"till","type":"ENV_SERVICE_OVERRIDE","yaml":"variables: []"},"metaData":null,"correlationId":"c1"}"#;

#[tokio::test]
async fn overrides_of_services() {
    let made = good(
        |harness| {
            let overrides = project(&harness).service_overrides();
            overrides.create("live", "variables: []").service("till")
        },
        &format!("POST /ng/api/serviceOverrides?{ACCOUNT}"),
        r#"{"environmentRef":"live","serviceRef":"till","type":"ENV_SERVICE_OVERRIDE","yaml":"variables: []","orgIdentifier":"retail","projectIdentifier":"checkout"}"#,
        OVERRIDE,
    )
    .await;
    assert_eq!(made.identifier.as_deref(), Some("live_till"));
    good(
        |harness| {
            let overrides = harness.account().service_overrides();
            overrides.update("live", "variables: []").infrastructure("eu")
        },
        &format!("PUT /ng/api/serviceOverrides?{ACCOUNT}"),
        r#"{"environmentRef":"live","infraIdentifier":"eu","type":"INFRA_GLOBAL_OVERRIDE","yaml":"variables: []"}"#,
        OVERRIDE,
    )
    .await;
    good(
        |harness| project(&harness).service_overrides().delete("live_till"),
        &format!("DELETE /ng/api/serviceOverrides/live_till?{SCOPE}"),
        "",
        DONE,
    )
    .await;
    let error = exchange(
        |harness| project(&harness).service_overrides().get("live_till"),
        &format!("GET /ng/api/serviceOverrides/live_till?{SCOPE}"),
        "",
        "404 Not Found",
        ABSENT,
    )
    .await
    .expect_err("not there");
    assert!(error.is_not_found(), "{error}");
}

const GROUP: &str = r#"{"status":"SUCCESS","data":{"envGroup":{"identifier":"europe","envIdentifiers":["live"],"yaml":"environmentGroup:\n"}},"metaData":null,"correlationId":"c1"}"#;

#[tokio::test]
async fn groups_of_environments() {
    let body = r#"{"identifier":"europe","yaml":"environmentGroup:\n","orgIdentifier":"retail","projectIdentifier":"checkout"}"#;
    let yaml = "environmentGroup:\n";
    let made = good(
        |harness| {
            project(&harness)
                .environment_groups()
                .create("europe", yaml)
        },
        &format!("POST /ng/api/environmentGroup?{ACCOUNT}"),
        body,
        GROUP,
    )
    .await;
    assert_eq!(made.env_identifiers, Some(vec!["live".to_owned()]));
    good(
        |harness| {
            project(&harness)
                .environment_groups()
                .update("europe", yaml)
        },
        &format!("PUT /ng/api/environmentGroup/europe?{ACCOUNT}"),
        body,
        GROUP,
    )
    .await;
    good(
        |harness| project(&harness).environment_groups().list(),
        &format!("POST /ng/api/environmentGroup/list?{SCOPE}&…"),
        r#"{"filterType":"EnvironmentGroup"}"#,
        r#"{"status":"SUCCESS","data":{"totalItems":0,"content":[],"pageIndex":0},"metaData":null}"#,
    )
    .await;
    good(
        |harness| {
            project(&harness)
                .environment_groups()
                .delete("europe")
                .force(true)
        },
        &format!("DELETE /ng/api/environmentGroup/europe?{SCOPE}&forceDelete=true"),
        "",
        r#"{"status":"SUCCESS","data":{"identifier":"europe","deleted":true},"metaData":null}"#,
    )
    .await;
    let error = exchange(
        |harness| project(&harness).environment_groups().get("europe"),
        &format!("GET /ng/api/environmentGroup/europe?{SCOPE}"),
        "",
        "404 Not Found",
        ABSENT,
    )
    .await
    .expect_err("not there");
    assert!(error.is_not_found(), "{error}");
}

const FREEZE: &str = r#"{"status":"SUCCESS","data":{"identifier":"sale","name":"Sale","status":"Disabled","type":"MANUAL","yaml":"freeze:\n"},"metaData":null,"correlationId":"c1"}"#;

#[tokio::test]
async fn freezes() {
    let yaml = "freeze:\n  name: Sale # x\n";
    let made = good(
        |harness| project(&harness).freezes().create(yaml),
        &format!("POST /ng/api/freeze?{SCOPE}"),
        yaml,
        FREEZE,
    )
    .await;
    assert_eq!(made.yaml.as_deref(), Some("freeze:\n"));
    good(
        |harness| harness.account().freezes().update("sale", yaml),
        &format!("PUT /ng/api/freeze/sale?{ACCOUNT}"),
        yaml,
        FREEZE,
    )
    .await;
    good(
        |harness| project(&harness).freezes().delete("sale"),
        &format!("DELETE /ng/api/freeze/sale?{SCOPE}"),
        "",
        "",
    )
    .await;
    let set = good(
        |harness| project(&harness).freezes().enable(["sale", "night"]),
        &format!("POST /ng/api/freeze/updateFreezeStatus?{SCOPE}&status=Enabled"),
        r#"["sale","night"]"#,
        r#"{"status":"SUCCESS","data":{"noOfSuccess":2,"noOfFailed":0},"metaData":null}"#,
    )
    .await;
    assert_eq!(set.no_of_success, Some(2));
    good(
        |harness| project(&harness).freezes().disable(["sale"]),
        &format!("POST /ng/api/freeze/updateFreezeStatus?{SCOPE}&status=Disabled"),
        r#"["sale"]"#,
        r#"{"status":"SUCCESS","data":{"noOfSuccess":1,"noOfFailed":0},"metaData":null}"#,
    )
    .await;
    good(
        |harness| project(&harness).freezes().list().enabled(true).search("sa"),
        &format!("POST /ng/api/freeze/list?{SCOPE}&…"),
        r#"{"freezeStatus":"Enabled","searchTerm":"sa"}"#,
        r#"{"status":"SUCCESS","data":{"totalItems":0,"content":[],"pageIndex":0},"metaData":null}"#,
    )
    .await;
    let global = good(
        |harness| harness.org("retail").freezes().global(),
        &format!("GET /ng/api/freeze/getGlobalFreeze?{ACCOUNT}&orgIdentifier=retail"),
        "",
        FREEZE,
    )
    .await;
    assert_eq!(
        global
            .status
            .map(|status| status.as_str().to_owned())
            .as_deref(),
        Some("Disabled")
    );
    good(
        |harness| project(&harness).freezes().set_global(yaml),
        &format!("POST /ng/api/freeze/manageGlobalFreeze?{SCOPE}"),
        yaml,
        FREEZE,
    )
    .await;
    let error = exchange(
        |harness| project(&harness).freezes().get("sale"),
        &format!("GET /ng/api/freeze/sale?{SCOPE}"),
        "",
        "404 Not Found",
        ABSENT,
    )
    .await
    .expect_err("not there");
    assert!(error.is_not_found(), "{error}");
}
