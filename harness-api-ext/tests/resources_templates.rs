//! Templates on the wire.

#![cfg(feature = "templates")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/one_call.rs"]
mod one_call;

use harness_api_ext::GitStore;
use one_call::{exchange, good};

const ORG: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail";
const YAML: &str = "template:\n  identifier: build # x\n";
const WRITTEN: &str = r#"{"status":"SUCCESS","data":{"isValid":true,"templateResponseDTO":{"identifier":"build","versionLabel":"1.1","yaml":"template:\n"}},"metaData":null,"correlationId":"c1"}"#;
const READ: &str = r#"{"status":"SUCCESS","data":{"identifier":"build","versionLabel":"1.1","yaml":"template:\n"},"metaData":null,"correlationId":"c1"}"#;

#[tokio::test]
async fn templates() {
    let made = good(
        |harness| {
            let create = harness.org("retail").templates().create(YAML);
            create.stable(true).git(GitStore::create("git", "shop", "main", "a.yaml"))
        },
        &format!("POST /template/api/templates?{ORG}&setDefaultTemplate=true&branch=main&connectorRef=git&repoName=shop&filePath=a.yaml&storeType=REMOTE&…"),
        YAML,
        WRITTEN,
    )
    .await;
    assert_eq!(made.version_label.as_deref(), Some("1.1"));
    let found = good(
        |harness| {
            harness
                .org("retail")
                .templates()
                .get("build")
                .version("1.1")
        },
        &format!("GET /template/api/templates/build?{ORG}&versionLabel=1.1"),
        "",
        READ,
    )
    .await;
    assert_eq!(found.yaml.as_deref(), Some("template:\n"));
    good(
        |harness| {
            let update = harness
                .org("retail")
                .templates()
                .update("build", "1.1", YAML);
            update.comment("why")
        },
        &format!("PUT /template/api/templates/update/build/1.1?{ORG}&comments=why"),
        YAML,
        WRITTEN,
    )
    .await;
    good(
        |harness| {
            harness
                .account()
                .templates()
                .delete("build", "1.1")
                .force(true)
        },
        "DELETE /template/api/templates/build/1.1?accountIdentifier=AcmeAccount&forceDelete=true",
        "",
        r#"{"status":"SUCCESS","data":true,"metaData":null}"#,
    )
    .await;
    good(
        |harness| harness.org("retail").templates().set_stable("build", "1.1"),
        &format!("PUT /template/api/templates/updateStableTemplate/build/1.1?{ORG}"),
        "",
        r#"{"status":"SUCCESS","data":"1.1","metaData":null}"#,
    )
    .await;
    let inputs = good(
        |harness| harness.org("retail").templates().inputs("build"),
        &format!("GET /template/api/templates/templateInputs/build?{ORG}"),
        "",
        r#"{"status":"SUCCESS","data":"type: Run\n","metaData":null}"#,
    )
    .await;
    assert_eq!(inputs, "type: Run\n");
    let page = good(
        |harness| {
            let list = harness.org("retail").templates().list();
            list.all_versions().kinds(["Step"]).search("bu").with_those_above()
        },
        &format!("POST /template/api/templates/list-metadata?{ORG}&templateListType=All&searchTerm=bu&includeAllTemplatesAvailableAtScope=true&…"),
        r#"{"filterType":"Template","templateEntityTypes":["Step"]}"#,
        r#"{"status":"SUCCESS","data":{"content":[{"identifier":"build"}],"last":true,"totalElements":1,"totalPages":1,"size":25,"number":0,"first":true,"numberOfElements":1,"empty":false},"metaData":null}"#,
    )
    .await;
    assert_eq!(page.items.len(), 1);
    let error = exchange(
        |harness| harness.org("retail").templates().get("build"),
        &format!("GET /template/api/templates/build?{ORG}"),
        "",
        "404 Not Found",
        r#"{"status":"ERROR","code":"ENTITY_NOT_FOUND","message":"It was not found","correlationId":"c1","responseMessages":[]}"#,
    )
    .await
    .expect_err("not there");
    assert!(error.is_not_found(), "{error}");
}
