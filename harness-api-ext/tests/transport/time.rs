//! Timeouts of attempts and calls.

use std::error::Error as _;
use std::time::Duration;

use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{Configure, ErrorKind, Operation, Repeat, RequestBody};
use harness_api_ext::{CallExt, CallInfo, Harness, RetryPolicy};
use tokio::time::Instant;

use crate::common::{Play, Reply, Server, Stage, builder};
use crate::{READ, RUN, call, info};

const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);

static TEXT: Operation = Operation::new("exportWidgets", "GET", "/v1/widgets/export")
    .answers(&["text/csv"])
    .repeat(Repeat::Never);

fn on(stage: &Stage) -> Harness {
    builder().layer(stage.clone()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn attempts_have_a_minute_and_what_moves_much_has_ten() {
    let hang = || on(&Stage::playing([Play::Hang]));
    let begun = Instant::now();
    let error = call(&hang(), &RUN).text_answer().await.unwrap_err();
    assert!(error.is_timeout() && !error.is_certainly_not_sent());
    assert_eq!(begun.elapsed().as_secs(), 60);

    let begun = Instant::now();
    call(&hang(), &RUN).byte_answer().await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 600);

    let begun = Instant::now();
    call(&hang(), &TEXT).text_answer().await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 600);

    let begun = Instant::now();
    let upload = hang().request(Method::POST, "/v1/files");
    let upload = upload.bytes_body("text/plain", RequestBody::from_file(file!()));
    upload.text().await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 600);
}

#[tokio::test(start_paused = true)]
async fn the_time_of_attempts_is_set_by_client_and_by_call() {
    let stage = Stage::playing(vec![Play::Hang; 3]);
    let builder = builder().attempt_timeout(7 * SECOND).layer(stage);
    let harness = builder.build().unwrap();
    let begun = Instant::now();
    call(&harness, &RUN).text_answer().await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 7);
    let streamed = call(&harness, &RUN).with_attempt_timeout(2 * SECOND);
    streamed.byte_answer().await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 9);
    // More than the total timeout of the client.
    let long = call(&harness, &RUN).with_attempt_timeout(1000 * SECOND);
    long.text_answer().await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 1009);
}

#[tokio::test(start_paused = true)]
async fn the_total_time_ends_a_call_with_what_came_before() {
    let stage = Stage::playing([Play::status(503), Play::Hang]);
    let builder = builder().total_timeout(30 * SECOND).layer(stage.clone());
    let harness = builder.build().unwrap();
    let begun = Instant::now();
    let error = call(&harness, &READ).text_answer().await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 30);
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(!error.is_certainly_not_sent());
    let told = error.source().map(ToString::to_string);
    assert!(
        told.is_some_and(|told| told.contains("503")),
        "{error} {error:?}"
    );
    assert_eq!(info(&error).attempts, 2);

    stage.then([Play::Hang]);
    let begun = Instant::now();
    let quick = call(&harness, &READ).with_total_timeout(SECOND);
    let error = quick.text_answer().await.unwrap_err();
    assert_eq!(begun.elapsed(), SECOND);
    assert!(error.message().contains("1s"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn calls_end_after_five_minutes_by_default() {
    let stage = Stage::playing(vec![Play::After(59 * SECOND, Play::lost().into()); 20]);
    let builder = builder()
        .retry(RetryPolicy::default().max_attempts(20))
        .layer(stage.clone());
    let harness = builder.build().unwrap();
    let begun = Instant::now();
    let error = call(&harness, &READ).text_answer().await.unwrap_err();
    assert!(error.is_timeout() || error.is_transport());
    let took = begun.elapsed();
    assert!(
        took > 280 * SECOND && took <= 300 * SECOND + MILLISECOND,
        "{took:?}"
    );
}

/// Returns a response whose head announces more than it sends.
fn cut() -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\":"
        .to_owned()
}

fn at(server: &Server) -> Harness {
    let retry = RetryPolicy::default()
        .base_delay(MILLISECOND)
        .max_attempts(3);
    let builder = builder().endpoint(server.url()).retry(retry);
    builder.build().unwrap()
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_failed_attempt() {
    let broken = |number, _: &_| {
        if number == 0 {
            Reply::Raw(cut())
        } else {
            Reply::json("200 OK", "{}")
        }
    };
    let server = Server::answering(broken);
    let answer = call(&at(&server), &READ).text_answer().await.unwrap();
    assert_eq!(answer.attached::<CallInfo>().unwrap().attempts, 2);

    let server = Server::answering(broken);
    let error = call(&at(&server), &RUN).text_answer().await.unwrap_err();
    assert!(error.is_transport());
    assert_eq!(error.status().unwrap(), 200);
    assert_eq!(
        (&error.body()[..], error.is_truncated()),
        (&b"{\"a\":"[..], true)
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_stalls_ends_with_the_attempt() {
    for head in [cut(), cut().replace("200 OK", "404 Not Found")] {
        let is_failure = head.contains("404");
        let server = Server::answering(move |_, _| Reply::Stall(head.clone(), 20 * SECOND));
        let quick = call(&at(&server), &RUN).with_attempt_timeout(SECOND);
        let begun = std::time::Instant::now();
        let error = quick.text_answer().await.unwrap_err();
        assert!(begun.elapsed() < 10 * SECOND);
        if is_failure {
            assert_eq!(error.status().unwrap(), 404);
            assert!(error.is_truncated());
        } else {
            assert!(error.is_timeout(), "{error:?}");
        }
    }
}

#[tokio::test]
async fn the_callers_own_limit_of_the_exchange_wins() {
    let server = Server::answering(|_, _| {
        std::thread::sleep(400 * MILLISECOND);
        Reply::json("200 OK", "{}")
    });
    let builder = builder()
        .endpoint(server.url())
        .attempt_timeout(100 * MILLISECOND)
        .total_timeout(200 * MILLISECOND);
    let harness = builder.build().unwrap();
    let patient = call(&harness, &RUN).with_timeout(20 * SECOND);
    patient.text_answer().await.unwrap();
    let hasty = call(&harness, &RUN).with_timeout(20 * MILLISECOND);
    assert!(hasty.text_answer().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_stream_outlives_the_time_of_its_attempt() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nConnection: close\r\n\r\nfirst";
    let server = Server::answering(move |_, _| Reply::Stall(head.to_owned(), 1200 * MILLISECOND));
    let call = call(&at(&server), &TEXT)
        .with_attempt_timeout(500 * MILLISECOND)
        .with_total_timeout(600 * MILLISECOND);
    let body = call.byte_answer().await.unwrap().into_inner();
    assert_eq!(body.collect(100).await.unwrap(), "first");
}
