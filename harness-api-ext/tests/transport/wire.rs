//! Requests and responses on the wire.

use std::net::TcpListener;
use std::time::Duration;

use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{Configure, ErrorKind, Operation, Param, Repeat, ResponseSchema};
use harness_api_ext::{CallInfo, Harness, InScope, RetryPolicy};

use crate::common::{KEY, Reply, Server, builder};
use crate::{READ, REPLACE, RUN, call, info};

fn at(url: impl Into<String>) -> Harness {
    let retry = RetryPolicy::default().base_delay(Duration::from_millis(1));
    builder().endpoint(url).retry(retry).build().unwrap()
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_only_where_that_is_safe() {
    for (operation, requests) in [(&READ, 4), (&REPLACE, 4), (&RUN, 1)] {
        let server = Server::answering(|_, _| Reply::Close);
        let error = call(&at(server.url()), operation)
            .text_answer()
            .await
            .unwrap_err();
        assert!(!error.is_certainly_not_sent());
        assert_eq!(server.requests().len(), requests, "{operation}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_for_every_operation() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    for operation in [&READ, &REPLACE, &RUN] {
        let error = call(&at(&url), operation).text_answer().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert!(error.is_certainly_not_sent());
        assert_eq!(info(&error).attempts, 4, "{operation}");
    }
}

#[tokio::test]
async fn a_body_is_sent_again_whole() {
    let server = Server::answering(|number, _| {
        if number == 0 {
            Reply::Json("503 Service Unavailable", vec![], "{}".to_owned())
        } else {
            Reply::json("200 OK", "{}")
        }
    });
    let request = at(server.url()).request(Method::PUT, "/v1/widgets/one");
    request
        .text_body("text/plain", "contents")
        .text()
        .await
        .unwrap();
    let bodies: Vec<String> = server.requests().into_iter().map(|one| one.body).collect();
    assert_eq!(bodies, ["contents", "contents"]);
}

#[tokio::test]
async fn scope_is_filled_in_under_the_names_of_the_operation() {
    static OLD: Operation = Operation::new("old", "GET", "/ng/api/things").params(&[
        Param::query("accountIdentifier", true),
        Param::query("routingId", false),
        Param::query("orgIdentifier", false),
        Param::query("projectIdentifier", false),
        Param::query("org", false),
    ]);
    static NEW: Operation = Operation::new("new", "GET", "/v1/things")
        .params(&[Param::header("Harness-Account", false)]);
    static PORTAL: Operation = Operation::new("portal", "GET", "/v1/entities")
        .params(&[Param::header("Harness-Account", false)]);
    static GITOPS: Operation = Operation::new("gitops", "GET", "/gitops/api/v1/agents");
    let server = Server::always("{}");
    let harness = at(server.url());
    let project = harness.org("retail").project("check out");

    let old = || call(&harness, &OLD);
    project.scoped(old()).text_answer().await.unwrap();
    let request = server.last();
    assert_eq!(
        request.target(),
        "/ng/api/things?accountIdentifier=AcmeAccount&routingId=AcmeAccount&orgIdentifier=retail\
         &projectIdentifier=check%20out&org=retail"
    );
    assert_eq!(request.header("harness-account"), Some("AcmeAccount"));
    assert_eq!(request.header("x-api-key"), Some(KEY));

    // Without a scope, only the account.
    old().text_answer().await.unwrap();
    assert_eq!(
        server.last().target(),
        "/ng/api/things?accountIdentifier=AcmeAccount&routingId=AcmeAccount"
    );

    // Values set by the caller are kept.
    let mut set = project.scoped(old());
    set.text(0, "Other");
    set.text(2, "mine");
    let set = set.with_header("Harness-Account", "Other");
    set.text_answer().await.unwrap();
    let request = server.last();
    assert_eq!(
        request.target(),
        "/ng/api/things?accountIdentifier=Other&orgIdentifier=mine&routingId=AcmeAccount\
         &projectIdentifier=check%20out&org=retail"
    );
    assert_eq!(request.header("harness-account"), Some("Other"));

    call(&harness, &NEW).text_answer().await.unwrap();
    assert_eq!(server.last().target(), "/v1/things");
    assert_eq!(server.last().header("harness-account"), Some("AcmeAccount"));

    call(&harness, &PORTAL).text_answer().await.unwrap();
    assert_eq!(
        server.last().target(),
        "/v1/entities?accountIdentifier=AcmeAccount"
    );

    call(&harness, &GITOPS).text_answer().await.unwrap();
    assert_eq!(
        server.last().target(),
        "/gitops/api/v1/agents?routingId=AcmeAccount"
    );

    let outside = harness.request(Method::GET, "/new/api/things");
    outside.text().await.unwrap();
    assert_eq!(
        server.last().target(),
        "/new/api/things?accountIdentifier=AcmeAccount&routingId=AcmeAccount"
    );
}

#[tokio::test]
async fn the_key_never_follows_a_redirect_to_another_origin() {
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let elsewhere = Server::always("{}");
        let to = format!("{}/v1/login", elsewhere.url());
        let location = to.clone();
        let server = Server::answering(move |_, _| Reply::redirect(status, location.clone()));
        let error = call(&at(server.url()), &RUN)
            .text_answer()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status, "{status}");
        assert_eq!(error.headers().unwrap()["location"], to.as_str());
        assert_eq!(elsewhere.requests().len(), 0, "{status}");
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_redirect_within_the_origin_keeps_method_key_and_body() {
    let server = Server::answering(|_, request| match request.target() {
        "/v1/new" => Reply::json("200 OK", "{}"),
        _ => Reply::redirect("308 Permanent Redirect", "/v1/new".to_owned()),
    });
    let request = at(server.url()).request(Method::POST, "/v1/old");
    request
        .text_body("text/plain", "contents")
        .text()
        .await
        .unwrap();
    let request = server.last();
    assert_eq!((request.method(), request.target()), ("POST", "/v1/new"));
    assert_eq!(request.header("x-api-key"), Some(KEY));
    assert_eq!(request.body, "contents");
}

#[tokio::test]
async fn a_success_that_tells_of_a_failure_is_an_error() {
    const FAILED: &str =
        r#"{"status":"ERROR","code":"SOME_FAULT","message":"no luck","correlationId":"7b1f"}"#;
    let server = Server::always(FAILED);
    let harness = at(server.url());
    let error = call(&harness, &READ).text_answer().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(error.body(), FAILED.as_bytes());
    assert_eq!(error.correlation_id(), Some("7b1f"));
    let info = info(&error);
    assert_eq!((info.attempts, info.request_id.len()), (1, 36));
    assert_eq!(
        harness_api_ext::Error::from(error).kind(),
        harness_api_ext::ErrorKind::Api
    );
    // A policy denied the change.
    let denied = Server::always(
        r#"{"status":"SUCCESS","data":{"connector":null,"governanceMetadata":{"deny":true,"status":"error","message":"tags.team is required"}}}"#,
    );
    let error = call(&at(denied.url()), &REPLACE)
        .text_answer()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Status);
    // Also for endpoints that the description lacks.
    let request = harness.request(Method::GET, "/ng/api/new");
    assert_eq!(request.text().await.unwrap_err().kind(), ErrorKind::Status);

    // The caller reads a stream.
    let body = call(&harness, &READ).byte_answer().await.unwrap();
    assert_eq!(body.into_inner().collect(1000).await.unwrap(), FAILED);
    // If the response is described, its media type changes nothing.
    let server = Server::answering(|_, _| {
        Reply::Raw(format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{FAILED}",
            FAILED.len()
        ))
    });
    static TEXT: Operation = Operation::new("export", "GET", "/v1/export")
        .answers(&["text/plain"])
        .response(&ResponseSchema::OPAQUE);
    for operation in [&READ, &TEXT] {
        let error = call(&at(server.url()), operation).text_answer().await;
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Status);
    }
    // If it is not described, text is not inspected.
    let request = at(server.url()).request(Method::GET, "/ng/api/new");
    assert_eq!(*request.text().await.unwrap(), FAILED);

    let server = Server::always(r#"{"status":"SUCCESS","data":{"status":"FAILED"}}"#);
    call(&at(server.url()), &READ).text_answer().await.unwrap();
}

#[tokio::test]
async fn every_outcome_of_a_call_knows_how_it_went() {
    let server = Server::answering(|_, request| match request.target() {
        "/v1/widgets/find" => Reply::json("200 OK", r#"{"a":1}"#),
        "/v1/widgets/run" => Reply::json("404 Not Found", "{}"),
        _ => Reply::json("200 OK", "not JSON"),
    });
    let harness = at(server.url());
    let answer = call(&harness, &READ).text_answer().await.unwrap();
    let id = server.last();
    let info_ = answer.attached::<CallInfo>().unwrap();
    assert_eq!(id.header("x-requestid"), Some(&*info_.request_id));
    assert!(info_.elapsed > Duration::ZERO);
    let error = call(&harness, &RUN).text_answer().await.unwrap_err();
    assert_eq!(info(&error).attempts, 1);
    let broken = call(&harness, &REPLACE).json::<bool>().await;
    let error = broken.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(info(&error).attempts, 1);
}

#[tokio::test]
async fn an_answer_larger_than_the_cap_is_refused_and_not_asked_for_again() {
    let server = Server::always(r#"{"long":"0123456789"}"#);
    let builder = builder().endpoint(server.url()).max_body(10);
    let harness = builder.build().unwrap();
    let error = call(&harness, &READ).text_answer().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    let chunked = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"long\":\"0123456789\"}";
    let server = Server::answering(move |_, _| Reply::Raw(chunked.to_owned()));
    let more = call(&at(server.url()), &READ).with_max_body(10);
    let error = more.text_answer().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    assert_eq!(server.requests().len(), 1);
    let enough = call(&at(server.url()), &READ).with_max_body(21);
    enough.text_answer().await.unwrap();
}

#[test]
fn the_classes_of_repetition_that_the_method_gives() {
    assert_eq!(Repeat::of_method("GET"), Repeat::Safe);
    assert_eq!(Repeat::of_method("DELETE"), Repeat::Idempotent);
    assert_eq!(Repeat::of_method("PATCH"), Repeat::Never);
}
