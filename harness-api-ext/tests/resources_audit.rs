//! The audit trail over HTTP.
#![cfg(feature = "audit")]

mod common;

use std::time::{Duration, UNIX_EPOCH};

use common::{ACCOUNT, Exchange, PAGE, data, not_found, page};
use harness_api_ext::Result;
use harness_api_ext::audit::types;
use serde_json::json;

#[tokio::test]
async fn events_are_listed() -> Result<()> {
    let event = json!({
        "auditId": "e1", "insertId": null, "timestamp": 1_761_800_000_123_i64, "module": "CORE", "action": "UPDATE",
        "resourceScope": {"accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "projectIdentifier": "checkout"},
        "resource": {"type": "PIPELINE", "identifier": "deploy"},
    });
    let url = format!("/audit/api/audits/list?{ACCOUNT}&{PAGE}");
    let exchange = Exchange::answering(page(&json!([event])));
    let at = |ms| UNIX_EPOCH + Duration::from_millis(ms);
    let events = exchange.project().audit().events();
    let found = events
        .since(at(1_761_800_000_000))
        .until(at(1_761_900_000_999))
        .actions(["UPDATE", "DELETE"])
        .modules(["CORE"])
        .by("USER", "ada@example.com")
        .about("PIPELINE", "deploy")
        .with_levels_below()
        .without("EXCLUDE_LOGIN_EVENTS")
        .collect_all()
        .await?;
    exchange.saw_json(
        "POST",
        &url,
        &json!({
            "filterType": "Audit", "startTime": 1_761_800_000_000_i64, "endTime": 1_761_900_000_999_i64,
            "scopes": [{"accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "projectIdentifier": "checkout"}],
            "actions": ["UPDATE", "DELETE"], "modules": ["CORE"],
            "principals": [{"type": "USER", "identifier": "ada@example.com"}],
            "resources": [{"type": "PIPELINE", "identifier": "deploy"}],
            "includeChildScopes": true, "staticFilter": "EXCLUDE_LOGIN_EVENTS",
        }),
    );
    assert_eq!(found[0].timestamp, Some(1_761_800_000_123));

    exchange.account().audit().events().await?;
    exchange.saw_json("POST", &url, &json!({"filterType": "Audit"}));
    exchange.org().audit().events().await?;
    exchange.saw_json(
        "POST",
        &url,
        &json!({"filterType": "Audit", "scopes": [{"accountIdentifier": "AcmeAccount", "orgIdentifier": "retail"}]}),
    );
    Ok(())
}

#[tokio::test]
async fn a_change_is_read() -> Result<()> {
    let exchange = Exchange::answering(data(&json!({"oldYaml": null, "newYaml": "a: 1 # <+x>\n"})));
    let change = exchange.project().audit().yaml_change("e1").await?;
    exchange.saw("GET", &format!("/audit/api/auditYaml?{ACCOUNT}&auditId=e1"));
    assert_eq!(change.new_yaml.as_deref(), Some("a: 1 # <+x>\n"));
    assert_eq!(change.old_yaml, None);
    not_found(
        Exchange::finding_nothing()
            .project()
            .audit()
            .yaml_change("e1")
            .await,
    );
    Ok(())
}

#[tokio::test]
async fn streaming_destinations_are_kept() -> Result<()> {
    let destination = json!({
        "identifier": "archive", "name": "Archive", "connector_ref": "account.aws", "status": "ACTIVE",
        "spec": {"type": "AWS_S3", "bucket": "audit"},
    });
    let stored = json!({"streaming_destination": destination, "created": 1_761_800_000_000_i64});
    let exchange = Exchange::answering(stored.to_string());
    let destinations = exchange.account().streaming_destinations();
    let one = "/v1/streaming-destinations/archive";
    let read = destinations.get("archive").await?;
    exchange.saw("GET", one);
    let given: types::StreamingDestinationDto = *read.streaming_destination.unwrap_or_default();
    destinations.create(given.clone()).await?;
    exchange.saw_json("POST", "/v1/streaming-destinations", &destination);
    destinations.update(given).await?;
    exchange.saw_json("PUT", one, &destination);
    let deleted = destinations.delete("archive").await?;
    exchange.saw("DELETE", one);
    assert_eq!(deleted.created, Some(1_761_800_000_000));

    let exchange = Exchange::answering(json!([stored]).to_string());
    let list = exchange.account().streaming_destinations().list();
    let found = list.search("arch").status("ACTIVE").collect_all().await?;
    exchange.saw(
        "GET",
        "/v1/streaming-destinations?page=0&limit=100&search_term=arch&status=ACTIVE",
    );
    assert_eq!(found.len(), 1);
    Ok(())
}
