//! Scripted responses, and faults on the wire.

use std::time::{Duration, Instant};

use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{Configure, Request};
use harness_api_ext::{Envelope, ErrorKind, Harness, Result, RetryPolicy};
use serde_json::json;

use crate::{call, failure};

/// Operation that the mock supports with any modules.
const BLOB: &str = "/gateway/log-service/blob";

fn blob(harness: &Harness) -> Request {
    let request = call(harness, Method::GET, BLOB);
    request
        .with_query("accountID", "MockAccount_0123456789")
        .with_query("key", "k")
}

async fn server() -> Result<(Server, Harness)> {
    let server = Server::start().await?;
    let once = server
        .harness_builder()
        .retry(RetryPolicy::never())
        .build()?;
    Ok((server, once))
}

#[tokio::test]
async fn busy_twice_and_then_fine() -> Result<()> {
    let server = Server::start().await?;
    let quick = RetryPolicy::default().base_delay(Duration::from_millis(1));
    let harness = server.harness_builder().retry(quick).build()?;
    server.answer_next(
        "logBlob",
        [
            Reply::status(503),
            Reply::status(503),
            Reply::text(200, "line"),
        ],
    );
    assert_eq!(blob(&harness).text().await?.into_inner(), "line");
    assert_eq!(server.received_by("logBlob").len(), 3);
    // The script is used up: the next response is that of the mock.
    let gone = failure(
        blob(&harness)
            .text()
            .await
            .map_err(harness_api_ext::Error::from),
    );
    assert_eq!(gone.envelope(), Some(Envelope::MessageOnly), "{gone}");
    assert!(gone.is_not_found(), "{gone}");
    Ok(())
}

#[tokio::test]
async fn answers_are_made_of_requests_until_they_are_forgotten() -> Result<()> {
    let (server, harness) = server().await?;
    server.answer_with("GET /v9/{widgets}", |_| {
        Reply::text(200, "never: no such template")
    });
    server.answer_with("GET /v9/widgets", |request| {
        Reply::json(201, &json!({"asked": request.query("size")})).header("X-Total", 7)
    });
    let request = || call(&harness, Method::GET, "/v9/widgets").with_query("size", "3");
    let answer = request().send::<serde_json::Value>().await?;
    assert_eq!(
        (answer.status().as_u16(), answer.header("x-total")),
        (201, Some("7"))
    );
    assert_eq!(answer["asked"], "3");
    server.forget_answers();
    assert!(request().send::<serde_json::Value>().await.is_err());
    Ok(())
}

#[tokio::test]
async fn faults_reach_the_client_as_they_would() -> Result<()> {
    let (server, harness) = server().await?;
    let whole = || Reply::json(200, &json!({"status": "SUCCESS", "data": "x".repeat(1000)}));
    for (reply, kind) in [
        (Reply::disconnect(), ErrorKind::Transport),
        (Reply::reset(), ErrorKind::Transport),
        (whole().cut_short(), ErrorKind::Transport),
        (Reply::html(200), ErrorKind::Decode),
        (Reply::invalid_utf8(), ErrorKind::Decode),
        (
            whole().content_type("application/pdf").cut_short(),
            ErrorKind::Transport,
        ),
        (Reply::status(502), ErrorKind::Api),
    ] {
        let told = format!("{reply:?}");
        server.answer_next("logBlob", [reply]);
        let answer = blob(&harness).send::<serde_json::Value>().await;
        let error = answer.map_err(harness_api_ext::Error::from).err();
        assert_eq!(error.map(|error| error.kind()), Some(kind), "{told}");
    }
    assert_eq!(server.received().len(), 7);
    // An explicit content type takes precedence over the one of the body.
    server.answer_next("logBlob", [whole().content_type("text/html")]);
    let answer = blob(&harness).send::<serde_json::Value>().await?;
    assert_eq!(answer.header("content-type"), Some("text/html"));
    Ok(())
}

#[tokio::test]
async fn answers_can_be_late_slow_and_large() -> Result<()> {
    let (server, harness) = server().await?;
    let begun = Instant::now();
    server.answer_next(
        "logBlob",
        [Reply::text(200, "late").delay(Duration::from_millis(60))],
    );
    assert_eq!(blob(&harness).text().await?.into_inner(), "late");
    assert!(begun.elapsed() >= Duration::from_millis(60));

    let begun = Instant::now();
    server.answer_next(
        "logBlob",
        [Reply::text(200, "slow").slow(Duration::from_millis(20))],
    );
    assert_eq!(blob(&harness).text().await?.into_inner(), "slow");
    assert!(begun.elapsed() >= Duration::from_millis(80));

    server.answer_next("logBlob", [Reply::huge(1 << 20), Reply::huge(1 << 20)]);
    let answer = blob(&harness).send::<serde_json::Value>().await?;
    assert!(answer.bytes().len() > 1 << 20);
    let limited = blob(&harness)
        .with_max_body(1 << 10)
        .send::<serde_json::Value>()
        .await;
    let error = failure(limited.map_err(harness_api_ext::Error::from));
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");

    let impatient = blob(&harness).with_timeout(Duration::from_millis(30));
    server.answer_next(
        "logBlob",
        [Reply::text(200, "late").delay(Duration::from_secs(5))],
    );
    let error = failure(impatient.text().await.map_err(harness_api_ext::Error::from));
    assert!(error.is_timeout(), "{error}");
    Ok(())
}

#[tokio::test]
async fn what_the_mock_does_not_play_is_the_fallbacks() -> Result<()> {
    let server = Server::builder()
        .fallback(|request| {
            let operation = request.operation()?;
            (operation.method == "GET").then(|| Reply::json(200, &json!({"played": operation.id})))
        })
        .start()
        .await?;
    let harness = server
        .harness_builder()
        .retry(RetryPolicy::never())
        .build()?;
    let get = call(
        &harness,
        Method::GET,
        "/pipeline/api/pipelines/execution/x/notes",
    );
    let post = call(
        &harness,
        Method::POST,
        "/pipeline/api/pipelines/execution/url",
    );
    if cfg!(feature = "pipeline") {
        let place = |request: Request| {
            request
                .with_query("orgIdentifier", "a")
                .with_query("projectIdentifier", "b")
        };
        let answer = place(get).send::<serde_json::Value>().await?;
        assert_eq!(answer["played"], "getNotesForExecution");
        let post = place(post)
            .with_query("pipelineIdentifier", "c")
            .with_query("planExecutionId", "d");
        let error = failure(
            post.json_body(&json!({}))
                .empty()
                .await
                .map_err(harness_api_ext::Error::from),
        );
        assert_eq!(
            error.status().map(|status| status.as_u16()),
            Some(501),
            "{error}"
        );
        assert!(error.message().contains("`getExecutionURL`"), "{error}");
    }
    Ok(())
}

/// Returns the bytes of a response on the socket, and whether the connection was closed properly.
async fn on_the_wire(server: &Server, reply: Reply) -> (String, std::io::Result<()>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    server.answer_next("GET /v9/wire", [reply]);
    let address = server.url().strip_prefix("http://").expect("plain HTTP");
    let mut socket = tokio::net::TcpStream::connect(address).await.expect("made");
    let request = format!("GET /v9/wire HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("sent");
    let mut bytes = Vec::new();
    let end = socket.read_to_end(&mut bytes).await.map(drop);
    (String::from_utf8(bytes).expect("ASCII"), end)
}

#[tokio::test]
async fn connections_are_closed_or_reset_as_told() -> Result<()> {
    let (server, _) = server().await?;
    let (bytes, end) = on_the_wire(&server, Reply::disconnect()).await;
    assert!(bytes.is_empty() && end.is_ok(), "{bytes} {end:?}");
    let (bytes, end) = on_the_wire(&server, Reply::reset()).await;
    let fault = end.expect_err("a reset").kind();
    assert!(
        bytes.is_empty() && fault == std::io::ErrorKind::ConnectionReset,
        "{fault}"
    );
    let (bytes, end) = on_the_wire(&server, Reply::text(200, "half of it").cut_short()).await;
    assert!(
        bytes.contains("content-length: 10\r\n") && bytes.ends_with("\r\n\r\nhalf "),
        "{bytes}"
    );
    assert!(end.is_ok(), "{end:?}");
    Ok(())
}
