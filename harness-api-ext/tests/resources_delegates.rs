//! Delegates and their tokens over HTTP.
#![cfg(feature = "delegates")]

mod common;

use std::time::{Duration, UNIX_EPOCH};

use common::{ACCOUNT, Exchange, ORG, PROJECT, not_found};
use harness_api_ext::{ExposeSecret, Result};
use serde_json::{Value, json};

/// An answer in the envelope of the delegate service.
fn resource(resource: &Value) -> String {
    json!({"metaData": {}, "resource": resource, "responseMessages": []}).to_string()
}

#[tokio::test]
async fn delegates_are_listed_and_deleted() -> Result<()> {
    let row = json!({"type": "KUBERNETES", "name": "shop", "tags": ["linux"], "connected": true, "lastHeartBeat": 1_761_800_000_000_i64, "delegateReplicas": null});
    let exchange = Exchange::answering(resource(&json!([row])));
    let list = exchange.project().delegates().list();
    let found = list
        .name("shop")
        .tags(["linux"])
        .status("CONNECTED")
        .all(true)
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/delegate-setup/listDelegates?{PROJECT}&all=true"),
        &json!({"filterType": "Delegate", "delegateName": "shop", "delegateTags": ["linux"], "status": "CONNECTED"}),
    );
    assert_eq!(found[0].connected, Some(true));

    let exchange = Exchange::answering(resource(&Value::Null));
    assert!(exchange.account().delegates().list().await?.is_empty());
    exchange.saw_json(
        "POST",
        &format!("/ng/api/delegate-setup/listDelegates?{ACCOUNT}"),
        &json!({"filterType": "Delegate"}),
    );

    let exchange = Exchange::answering(resource(&json!({"responseMsg": "deleted"})));
    exchange.org().delegates().delete("shop").await?;
    exchange.saw(
        "DELETE",
        &format!("/ng/api/delegate-setup/delegate/shop?{ORG}"),
    );
    not_found(
        Exchange::finding_nothing()
            .org()
            .delegates()
            .delete("shop")
            .await,
    );
    Ok(())
}

#[tokio::test]
async fn tags_are_read_and_changed() -> Result<()> {
    let exchange = Exchange::answering(resource(
        &json!({"identifier": "shop", "name": "shop", "tags": ["linux", "fast"]}),
    ));
    let delegates = exchange.org().delegates();
    let url = format!("/ng/api/delegate-group-tags/shop?{ORG}");
    assert_eq!(delegates.tags("shop").await?, ["linux", "fast"]);
    exchange.saw("GET", &url);
    assert_eq!(
        delegates.add_tags("shop", ["fast"]).await?,
        ["linux", "fast"]
    );
    exchange.saw_json("POST", &url, &json!({"tags": ["fast"]}));
    assert_eq!(
        delegates.set_tags("shop", ["linux", "fast"]).await?,
        ["linux", "fast"]
    );
    exchange.saw_json("PUT", &url, &json!({"tags": ["linux", "fast"]}));
    Ok(())
}

#[tokio::test]
async fn manifests_and_version_are_read() -> Result<()> {
    let version = json!({"latestSupportedVersion": "26.10.1", "latestSupportedMinimalVersion": "26.10.1.minimal"});
    let exchange = Exchange::answering(resource(&version));
    let version = exchange.account().delegates().latest_version().await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/delegate-setup/latest-supported-version?{ACCOUNT}"),
    );
    assert_eq!(version.latest_supported_version.as_deref(), Some("26.10.1"));

    let manifest = "kind: Deployment # one\n";
    let exchange = Exchange::answering(manifest);
    let delegates = exchange.project().delegates();
    let body = json!({"name": "shop", "tokenName": "shop-token"});
    assert_eq!(
        delegates.kubernetes_manifest("shop", "shop-token").await?,
        manifest
    );
    exchange.saw_json(
        "POST",
        &format!("/ng/api/download-delegates/kubernetes?{PROJECT}"),
        &body,
    );
    assert_eq!(
        delegates.docker_manifest("shop", "shop-token").await?,
        manifest
    );
    exchange.saw_json(
        "POST",
        &format!("/ng/api/download-delegates/docker?{PROJECT}"),
        &body,
    );
    Ok(())
}

#[tokio::test]
async fn tokens_are_kept_and_not_printed() -> Result<()> {
    let token = json!({
        "uuid": "t1", "accountId": "AcmeAccount", "name": "shop", "status": "ACTIVE", "value": "c4n4ry",
        "createdAt": 1_761_800_000_000_i64, "createdByNgUser": null,
    });
    let url = format!("/ng/api/delegate-token-ng?{PROJECT}");
    let exchange = Exchange::answering(resource(&token));
    let tokens = exchange.project().delegate_tokens();
    let until = UNIX_EPOCH + Duration::from_millis(1_761_800_000_123);
    let created = tokens.create("shop").revoke_at(until).await?;
    exchange.saw(
        "POST",
        &format!("{url}&tokenName=shop&revokeAfter=1761800000123"),
    );
    assert_eq!(
        created.value.as_ref().map(ExposeSecret::expose_secret),
        Some("c4n4ry")
    );
    assert!(!format!("{created:?}").contains("c4n4ry"), "{created:?}");
    assert_eq!(created.details.name.as_deref(), Some("shop"));
    tokens.revoke("shop").await?;
    exchange.saw("PUT", &format!("{url}&tokenName=shop"));

    let exchange = Exchange::answering(resource(&json!([token])));
    let tokens = exchange.project().delegate_tokens();
    let found = tokens.list().name("shop").status("ACTIVE").await?;
    exchange.saw("GET", &format!("{url}&name=shop&status=ACTIVE"));
    assert_eq!(found.len(), 1);
    assert!(!format!("{found:?}").contains("c4n4ry"), "{found:?}");

    let group = json!({"groupId": "g1", "groupName": "shop", "activelyConnected": false});
    let exchange = Exchange::answering(resource(&json!({"delegateGroupDetails": [group]})));
    let found = exchange
        .project()
        .delegate_tokens()
        .delegates("shop")
        .await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/delegate-token-ng/delegate-groups?{PROJECT}&delegateTokenName=shop"),
    );
    assert_eq!(found[0].group_name.as_deref(), Some("shop"));

    let exchange = Exchange::answering("");
    exchange.project().delegate_tokens().delete("shop").await?;
    exchange.saw("DELETE", &format!("{url}&tokenName=shop"));
    not_found(
        Exchange::finding_nothing()
            .project()
            .delegate_tokens()
            .revoke("shop")
            .await,
    );
    Ok(())
}
