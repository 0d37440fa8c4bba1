//! Received requests and their violations.

use harness_api_ext::mock::Server;
use harness_api_ext::raw::Configure;
use harness_api_ext::raw::reqwest::{self, Method};
use harness_api_ext::{Error, Result, RetryPolicy};

use crate::{call, failure};

#[tokio::test]
async fn requests_are_kept_in_order_and_without_secrets() -> Result<()> {
    let server = Server::start().await?;
    let harness = server.harness();
    for path in ["/one", "/two?token=c4n4ry"] {
        let request = call(&harness, Method::POST, path);
        let body = serde_json::json!({"password": "c4n4ry", "name": "shown"});
        assert!(request.json_body(&body).empty().await.is_err());
    }
    let received = server.received();
    let paths: Vec<&str> = received.iter().map(|request| request.path()).collect();
    assert_eq!(paths, ["/one", "/two"]);
    let shown = format!("{received:?}");
    assert!(
        !shown.contains("c4n4ry") && !shown.contains(server.api_key()),
        "{shown}"
    );
    assert!(shown.contains("shown"), "{shown}");
    assert_eq!(received[0].json()["password"], "c4n4ry");
    assert_eq!(
        received[0].header("harness-account"),
        Some("MockAccount_0123456789")
    );
    Ok(())
}

#[tokio::test]
async fn failed_assertions_say_what_arrived() -> Result<()> {
    let server = Server::start().await?;
    let blob =
        call(&server.harness(), Method::GET, "/log-service/blob").with_query("accountID", "x");
    assert!(blob.empty().await.is_err());
    server.assert_received("logBlob", |request| request.query("accountID") == Some("x"));
    server.assert_received("GET /gateway/log-service/blob", |_| true);
    server.assert_not_received("logStream");
    let message = |check: &dyn Fn()| {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
        let panic = caught.expect_err("a panic");
        panic.downcast_ref::<String>().cloned().unwrap_or_default()
    };
    let text = message(&|| server.assert_received("logBlob", |_| false));
    assert!(
        text.contains("none of 1 calls of `logBlob` satisfies the condition"),
        "{text}"
    );
    assert!(text.contains("GET /log-service/blob?accountID=x"), "{text}");
    let text = message(&|| server.assert_received("logStream", |_| true));
    assert!(
        text.contains("no request called `logStream`") && text.contains("(logBlob)"),
        "{text}"
    );
    let text = message(&|| server.assert_not_received("logBlob"));
    assert!(text.contains("`logBlob` was called"), "{text}");
    let text = message(&|| server.assert_not_received("logBlop"));
    assert!(
        text.contains("no operation") && text.contains("`logBlop`"),
        "{text}"
    );
    Ok(())
}

#[tokio::test]
async fn requests_that_do_not_follow_the_description_are_refused_with_a_list() -> Result<()> {
    let server = Server::start().await?;
    let harness = server
        .harness_builder()
        .retry(RetryPolicy::never())
        .build()?;
    let status = |error: &Error| error.status().map(|status| status.as_u16());
    let send = async |method, path: &str| {
        let sent = call(&harness, method, path).empty().await;
        failure(sent.map_err(Error::from))
    };
    let bare = send(Method::GET, "/gateway/log-service/blob").await;
    assert_eq!(status(&bare), Some(422));
    assert!(
        bare.message().contains("accountID: required in the query"),
        "{bare}"
    );
    assert!(
        bare.message().contains("key: required in the query"),
        "{bare}"
    );
    let method = send(Method::PATCH, "/gateway/log-service/blob").await;
    assert_eq!(status(&method), Some(422));
    assert!(
        method
            .message()
            .contains("does not support PATCH, only GET"),
        "{method}"
    );
    let path = send(Method::GET, "/ng/api/unheard-of").await;
    assert_eq!(status(&path), Some(422));
    assert!(path.message().contains("no operation"), "{path}");
    Ok(())
}

#[tokio::test]
async fn without_a_key_nothing_is_answered() -> Result<()> {
    let server = Server::start().await?;
    let http = reqwest::Client::new();
    for (path, member) in [
        ("/ng/api/organizations", "responseMessages"),
        ("/v1/orgs", "code"),
        ("/gitops/api/v1/agents", "error"),
        ("/code/api/v1/repos", "message"),
        ("/iacm/api/providers", "name"),
        ("/har/api/v1/registry", "code"),
    ] {
        let answer = http
            .get(format!("{}{path}", server.url()))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status().as_u16(), 401, "{path}");
        let body: serde_json::Value =
            serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON");
        assert!(!body[member].is_null(), "{path}: {body}");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_dropped_is_gone() -> Result<()> {
    let server = Server::start().await?;
    let harness = server
        .harness_builder()
        .retry(RetryPolicy::never())
        .build()?;
    drop(server);
    tokio::task::yield_now().await;
    let lost = call(&harness, Method::GET, "/gateway/log-service/blob")
        .empty()
        .await;
    let lost = failure(lost.map_err(Error::from));
    assert!(lost.is_certainly_not_sent(), "{lost}");
    Ok(())
}
