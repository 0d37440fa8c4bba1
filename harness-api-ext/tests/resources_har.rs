//! The artifact registry: what is sent, and what is made of the answers.

#![cfg(feature = "har")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::Exchange;
use harness_api_ext::Order;
use harness_api_ext::har::types;
use serde_json::{Value, json};

const REGISTRY: &str = r#"{"status":"SUCCESS","data":{"identifier":"images","packageType":"DOCKER","isPublic":true,
    "description":"Of the shop","config":{"type":"VIRTUAL","upstreamProxies":["hub"]},"allowedPattern":["till/.*"],
    "cleanupPolicy":null,"labels":["pay"],"createdAt":"1761800000000","url":"https://pkg.example.com/AcmeAccount/images"}}"#;

#[tokio::test]
async fn registries_are_created() {
    let expect = Exchange::answering(REGISTRY);
    let registries = expect.project().registries();
    let create = registries
        .create("images", "DOCKER")
        .upstream_proxies(["hub"])
        .description("Of the shop")
        .label("pay")
        .allow("till/.*")
        .block("tmp/.*")
        .public(true);
    let line = "POST /har/api/v1/registry?space_ref=AcmeAccount%2Fretail%2Fcheckout";
    let body = json!({
        "identifier": "images", "packageType": "DOCKER", "isPublic": true, "parentRef": "AcmeAccount/retail/checkout",
        "config": {"type": "VIRTUAL", "upstreamProxies": ["hub"]}, "description": "Of the shop", "labels": ["pay"],
        "allowedPattern": ["till/.*"], "blockedPattern": ["tmp/.*"],
    });
    let made = expect.sends(create, line, body).await;
    assert_eq!(made.created_at.as_deref(), Some("1761800000000"));

    let body = json!({
        "identifier": "keep", "packageType": "NPM", "isPublic": false, "parentRef": "AcmeAccount/retail/checkout",
        "config": {"type": "VIRTUAL"},
    });
    expect
        .sends(registries.create("keep", "NPM"), line, body)
        .await;

    let create = expect
        .account()
        .registries()
        .create("hub", "DOCKER")
        .upstream("Dockerhub");
    let body = json!({
        "identifier": "hub", "packageType": "DOCKER", "isPublic": false, "parentRef": "AcmeAccount",
        "config": {"type": "UPSTREAM", "source": "Dockerhub", "authType": "Anonymous"},
    });
    expect
        .sends(
            create,
            "POST /har/api/v1/registry?space_ref=AcmeAccount",
            body,
        )
        .await;
}

#[tokio::test]
async fn a_registry_is_read_replaced_and_deleted() {
    let expect = Exchange::answering(REGISTRY);
    let registries = expect.project().registries();
    let path = "/har/api/v1/registry/AcmeAccount/retail/checkout/images/+";
    let mut registry = expect
        .sends(
            registries.get("images"),
            &format!("GET {path}"),
            Value::Null,
        )
        .await;
    assert_eq!(registry.package_type, Some(types::PackageType::Docker));

    registry.description = Some("Of all shops".into());
    let body = json!({
        "identifier": "images", "packageType": "DOCKER", "isPublic": true, "parentRef": "AcmeAccount/retail/checkout",
        "config": {"type": "VIRTUAL", "upstreamProxies": ["hub"]}, "description": "Of all shops", "labels": ["pay"],
        "allowedPattern": ["till/.*"],
    });
    expect
        .sends(registries.update(registry), &format!("PUT {path}"), body)
        .await;

    let before = expect.count();
    let error = registries
        .update(types::Registry::default())
        .await
        .expect_err("no identifier");
    assert_eq!(error.kind(), harness_api_ext::ErrorKind::Build);
    assert_eq!(expect.count(), before);

    let expect = Exchange::answering(r#"{"status":"SUCCESS"}"#);
    let delete = expect.project().registries().delete("images");
    expect
        .sends(delete, &format!("DELETE {path}"), Value::Null)
        .await;
    let delete = expect.account().registries().delete("hub");
    expect
        .sends(
            delete,
            "DELETE /har/api/v1/registry/AcmeAccount/hub/+",
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn registries_and_artifacts_of_a_level_are_listed() {
    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"registries":[{"identifier":"images","type":"VIRTUAL","artifactsCount":3}],
            "itemCount":1,"pageCount":1,"pageIndex":0,"pageSize":20}}"#,
    );
    let space = "/har/api/v1/spaces/AcmeAccount/retail/checkout/+";
    let list = expect
        .project()
        .registries()
        .list()
        .package_types(["DOCKER", "NPM"])
        .kind("VIRTUAL")
        .scope("ancestors")
        .search("im")
        .sort("lastModified", Order::Desc)
        .page_size(20);
    let line = format!(
        "GET {space}/registries?package_type=DOCKER&package_type=NPM&type=VIRTUAL&scope=ancestors&search_term=im\
         &sort_field=lastModified&sort_order=DESC&page=1&size=20"
    );
    let page = expect.sends(list, &line, Value::Null).await;
    assert_eq!(page.items[0].artifacts_count, Some(3));
    assert_eq!(page.total, Some(1));

    let list = expect.account().registries().list().page_size(20);
    expect
        .sends(
            list,
            "GET /har/api/v1/spaces/AcmeAccount/registries?page=1&size=20",
            Value::Null,
        )
        .await;

    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"artifacts":[{"name":"till","version":"1.4.0","labels":null}],
            "itemCount":1,"pageCount":1,"pageIndex":0,"pageSize":20}}"#,
    );
    let list = expect
        .project()
        .registries()
        .artifacts()
        .registries(["images"])
        .latest_version(true)
        .page_size(20);
    let line =
        format!("GET {space}/artifacts?reg_identifier=images&latest_version=true&page=1&size=20");
    let page = expect.sends(list, &line, Value::Null).await;
    assert_eq!(page.items[0].version.as_deref(), Some("1.4.0"));
}

#[tokio::test]
async fn artifacts_versions_and_files_are_listed() {
    let images = "/har/api/v1/registry/AcmeAccount/retail/checkout/images/+";
    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"artifacts":[{"name":"retail/till"}],"itemCount":1,"pageCount":1,"pageIndex":0,
            "pageSize":20}}"#,
    );
    let list = expect
        .project()
        .registry("images")
        .artifacts()
        .search("till")
        .labels(["pay"])
        .page_size(20);
    let line = format!("GET {images}/artifacts?search_term=till&label=pay&page=1&size=20");
    let page = expect.sends(list, &line, Value::Null).await;
    assert_eq!(page.items[0].name.as_deref(), Some("retail/till"));

    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"artifactVersions":[{"name":"1.4.0","size":"12MB","digestCount":2}],"itemCount":1,
            "pageCount":1,"pageIndex":0,"pageSize":20}}"#,
    );
    let till = expect.project().registry("images").artifact("retail/till");
    let list = till
        .versions()
        .search("1.")
        .deleted("exclude")
        .sort("name", Order::Asc)
        .page_size(20);
    let line = format!(
        "GET {images}/artifact/retail/till/+/versions?search_term=1.&deleted=exclude&sort_field=name&sort_order=ASC\
         &page=1&size=20"
    );
    let page = expect.sends(list, &line, Value::Null).await;
    assert_eq!(page.items[0].digest_count, Some(2));

    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","files":[],"data":{"files":[{"name":"till-1.4.0.tgz","size":"12MB","checksums":["SHA-1: 0c1f"]}],
            "itemCount":1,"pageCount":1,"pageIndex":0,"pageSize":20}}"#,
    );
    let version = expect
        .project()
        .registry("images")
        .artifact("till")
        .version("1.4.0");
    let line = format!("GET {images}/artifact/till/version/1.4.0/files?page=1&size=20");
    let page = expect
        .sends(version.files().page_size(20), &line, Value::Null)
        .await;
    assert_eq!(page.items[0].name.as_deref(), Some("till-1.4.0.tgz"));
}

#[tokio::test]
async fn artifacts_and_versions_are_read_and_deleted() {
    let till = "/har/api/v1/registry/AcmeAccount/retail/checkout/images/+/artifact/till";
    let expect = Exchange::answering(
        r#"{"status":"SUCCESS","data":{"imageName":"till","version":"1.4.0","packageType":"DOCKER","downloadsCount":7,
            "mainHeader":"Docker","sections":[]},"downloadUrl":"https://pkg.example.com/till?signature=s1gned"}"#,
    );
    let images = expect.project().registry("images");
    assert_eq!(images.reference(), "AcmeAccount/retail/checkout/images");
    let artifact = images.artifact("till");
    let version = artifact.version("1.4.0");

    let got = expect
        .sends(artifact.get(), &format!("GET {till}/summary"), Value::Null)
        .await;
    assert_eq!(got.downloads_count, Some(7));
    let line = format!("GET {till}/version/1.4.0/summary?digest=sha256%3A0c1f");
    let got = expect
        .sends(version.get().digest("sha256:0c1f"), &line, Value::Null)
        .await;
    assert_eq!(got.version.as_deref(), Some("1.4.0"));
    let line = format!("GET {till}/version/1.4.0/details?childVersion=a");
    expect
        .sends(version.details().child_version("a"), &line, Value::Null)
        .await;
    let line = format!("GET {till}/version/1.4.0/file/till.tgz");
    let link = expect
        .sends(version.file("till.tgz"), &line, Value::Null)
        .await;
    assert_eq!(link, "https://pkg.example.com/till?signature=s1gned");
    let line = "GET /har/api/v1/registry/AcmeAccount/retail/checkout/images/+/client-setup-details?artifact=till\
                &version=1.4.0";
    let setup = images.client_setup().artifact("till").version("1.4.0");
    assert_eq!(
        expect
            .sends(setup, line, Value::Null)
            .await
            .main_header
            .as_deref(),
        Some("Docker")
    );
    expect
        .sends(
            version.delete(),
            &format!("DELETE {till}/version/1.4.0"),
            Value::Null,
        )
        .await;
    let line = format!("DELETE {till}?artifact_type=model");
    expect
        .sends(artifact.delete().kind("model"), &line, Value::Null)
        .await;
}

#[tokio::test]
async fn errors_of_the_service_are_told_apart() {
    let expect = Exchange::status(
        "404 Not Found",
        r#"{"code":"404","message":"registry images not found","details":null}"#,
    );
    let project = expect.project();
    let missing = [
        project
            .registries()
            .get("images")
            .await
            .expect_err("missing"),
        project
            .registry("images")
            .artifact("till")
            .get()
            .await
            .expect_err("missing"),
        project
            .registry("images")
            .artifact("till")
            .versions()
            .await
            .expect_err("missing"),
    ];
    for error in missing {
        assert!(error.is_not_found(), "{error}");
    }
    let expect = Exchange::status(
        "409 Conflict",
        r#"{"code":"409","message":"registry images already exists"}"#,
    );
    let error = expect
        .project()
        .registries()
        .create("images", "DOCKER")
        .await
        .expect_err("taken");
    assert!(error.is_already_exists(), "{error}");
}
