//! Retried calls, the delays and the number of attempts.

use std::time::{Duration, SystemTime};

use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{Bytes, Configure, ErrorKind, Operation, Repeat, RequestBody};
use harness_api_ext::{CallExt, CallInfo, Harness, RetryPolicy};
use proptest::prelude::*;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::common::{Play, Stage, builder};
use crate::{READ, REPLACE, RUN, call, info};

fn on(stage: &Stage) -> Harness {
    builder().layer(stage.clone()).build().unwrap()
}

fn with(stage: &Stage, policy: RetryPolicy) -> Harness {
    builder()
        .retry(policy)
        .layer(stage.clone())
        .build()
        .unwrap()
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn each_outcome_is_repeated_for_those_operations_that_allow_it() {
    let timeout = Play::Fail(ErrorKind::Timeout, false);
    let connect_timeout = Play::Fail(ErrorKind::Timeout, true);
    // For reads, idempotent writes, other writes.
    let table = [
        (Play::refused(), [true, true, true]),
        (connect_timeout, [true, true, true]),
        (Play::status(429), [true, true, true]),
        (Play::lost(), [true, true, false]),
        (timeout, [true, true, false]),
        (Play::status(502), [true, true, false]),
        (Play::status(503), [true, true, false]),
        (Play::status(504), [true, true, false]),
        (Play::status(408), [true, false, false]),
        (Play::status(423), [true, false, false]),
        (Play::status(499), [true, false, false]),
        (Play::status(400), [false, false, false]),
        (Play::status(401), [false, false, false]),
        (Play::status(404), [false, false, false]),
        (Play::status(409), [false, false, false]),
        (Play::status(500), [false, false, false]),
        (Play::status(501), [false, false, false]),
        (Play::status(307), [false, false, false]),
        (Play::status(200), [false, false, false]),
        (Play::Fail(ErrorKind::Layer, false), [false, false, false]),
        (Play::Fail(ErrorKind::Build, true), [false, false, false]),
    ];
    let stage = Stage::default();
    let harness = on(&stage);
    for (play, expected) in table {
        for (operation, repeated) in [&READ, &REPLACE, &RUN].into_iter().zip(expected) {
            let before = stage.attempts();
            stage.then([play.clone()]);
            let outcome = call(&harness, operation).text_answer().await;
            let attempts = stage.attempts() - before;
            let expected = if repeated { 2 } else { 1 };
            assert_eq!(attempts, expected, "{play:?} of {operation}");
            if repeated {
                let answer = outcome.unwrap();
                assert_eq!(answer.attached::<CallInfo>().unwrap().attempts, 2);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn outside_the_table_the_method_decides_and_the_caller_may_declare() {
    for (method, repeated) in [
        (Method::GET, true),
        (Method::HEAD, true),
        (Method::PUT, true),
        (Method::DELETE, true),
        (Method::POST, false),
        (Method::PATCH, false),
    ] {
        let stage = Stage::playing([Play::lost()]);
        let request = on(&stage).request(method.clone(), "/v1/widgets");
        assert_eq!(request.text().await.is_ok(), repeated, "{method}");
    }
    for operation in [&RUN, &READ] {
        let stage = Stage::playing([Play::lost()]);
        let call = call(&on(&stage), operation).with_repeatable();
        assert!(call.text_answer().await.is_ok());
    }
    // A declared idempotent call is not a read: it does not wait for a lock.
    let stage = Stage::playing([Play::status(423)]);
    let call = call(&on(&stage), &RUN).with_repeatable();
    assert!(call.text_answer().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn attempts_are_capped_by_client_and_by_call() {
    let stage = Stage::playing(vec![Play::status(503); 40]);
    let error = call(&on(&stage), &READ).text_answer().await.unwrap_err();
    assert_eq!((stage.attempts(), info(&error).attempts), (4, 4));
    assert_eq!(error.status().unwrap(), 503);

    let harness = with(&stage, RetryPolicy::default().max_attempts(6));
    call(&harness, &READ).text_answer().await.unwrap_err();
    assert_eq!(stage.attempts(), 4 + 6);
    let once = call(&harness, &READ).without_retry();
    once.text_answer().await.unwrap_err();
    assert_eq!(stage.attempts(), 4 + 6 + 1);
    let twice = call(&harness, &READ).with_retry(RetryPolicy::default().max_attempts(2));
    twice.text_answer().await.unwrap_err();
    assert_eq!(stage.attempts(), 4 + 6 + 1 + 2);

    let never = with(&stage, RetryPolicy::never());
    call(&never, &READ).text_answer().await.unwrap_err();
    assert_eq!(stage.attempts(), 4 + 6 + 1 + 2 + 1);
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_up_to_their_cap_and_are_random() {
    let policy = RetryPolicy::default()
        .max_attempts(8)
        .base_delay(SECOND)
        .max_delay(6 * SECOND);
    let stage = Stage::default();
    let harness = with(&stage, policy);
    let mut longest = [Duration::ZERO; 7];
    for n in 0..12 {
        stage.then(vec![Play::lost(); 7]);
        call(&harness, &READ).text_answer().await.unwrap();
        for (longest, pause) in longest.iter_mut().zip(&stage.pauses()[n * 8..]) {
            *longest = *pause.max(longest);
        }
    }
    // The timer has a resolution of a millisecond.
    let caps = [1, 2, 4, 6, 6, 6, 6].map(|cap| cap * SECOND + Duration::from_millis(1));
    for (longest, cap) in longest.into_iter().zip(caps) {
        assert!(
            longest <= cap && longest > cap / 4,
            "{longest:?} of {cap:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_server_says_how_long_to_wait() {
    let date = |seconds| httpdate::fmt_http_date(SystemTime::now() + seconds * SECOND);
    let spread = Duration::from_millis(501);
    for (play, least, most) in [
        (Play::with(429, "retry-after", 7), 7 * SECOND, 7 * SECOND),
        (Play::with(503, "retry-after", 7), 7 * SECOND, 7 * SECOND),
        (
            Play::with(429, "retry-after", date(20)),
            17 * SECOND,
            20 * SECOND,
        ),
        // With a server clock that is an hour ahead.
        (
            Play::Answer(
                429,
                vec![("retry-after", date(3620)), ("date", date(3600))],
                "",
            ),
            20 * SECOND,
            20 * SECOND,
        ),
        (Play::with(429, "retry-after", 60), 60 * SECOND, 60 * SECOND),
        (Play::with(429, "retry-after", "soon"), SECOND, SECOND),
        (Play::status(429), SECOND, SECOND),
        (
            Play::Answer(
                429,
                vec![
                    ("x-ratelimit-reset-seconds-org", "3".to_owned()),
                    ("x-ratelimit-reset-seconds-ip", "9".to_owned()),
                ],
                "",
            ),
            9 * SECOND,
            9 * SECOND,
        ),
    ] {
        let stage = Stage::playing([play.clone()]);
        call(&on(&stage), &READ).text_answer().await.unwrap();
        let pause = stage.pauses()[0];
        assert!(
            pause >= least && pause <= most + spread,
            "{play:?}: {pause:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_cap_or_the_time_left_ends_the_call_at_once() {
    let begun = Instant::now();
    let stage = Stage::playing([Play::with(429, "retry-after", 61)]);
    let error = call(&on(&stage), &READ).text_answer().await.unwrap_err();
    assert_eq!(error.headers().unwrap()["retry-after"], "61");
    assert_eq!((stage.attempts(), begun.elapsed()), (1, Duration::ZERO));

    let stage = Stage::playing([Play::with(429, "retry-after", 30)]);
    let call_ = call(&on(&stage), &READ).with_total_timeout(29 * SECOND);
    let error = call_.text_answer().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 429);
    assert_eq!((stage.attempts(), begun.elapsed()), (1, Duration::ZERO));

    let stage = Stage::playing([Play::with(429, "retry-after", 100)]);
    let patient = RetryPolicy::default().max_retry_after(200 * SECOND);
    call(&with(&stage, patient), &READ)
        .text_answer()
        .await
        .unwrap();
    assert!(begun.elapsed() >= 100 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn clones_share_a_budget_which_successes_refill() {
    let stage = Stage::playing(vec![Play::lost(); 202]);
    let harness = with(&stage, RetryPolicy::default().max_attempts(2));
    for n in 0..100 {
        call(&harness.clone(), &READ)
            .text_answer()
            .await
            .unwrap_err();
        assert_eq!(stage.attempts(), 2 * (n + 1));
    }
    call(&harness, &READ).text_answer().await.unwrap_err();
    call(&harness, &READ).text_answer().await.unwrap_err();
    assert_eq!(stage.attempts(), 202, "the budget is used up");
    for _ in 0..5 {
        call(&harness, &READ).text_answer().await.unwrap();
    }
    stage.then([Play::lost()]);
    call(&harness, &READ).text_answer().await.unwrap();
    // The success has returned its tokens.
    stage.then([Play::lost()]);
    call(&harness, &READ).text_answer().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_in_its_pause_takes_nothing_from_the_budget() {
    let stage = Stage::playing(vec![Play::with(429, "retry-after", 30); 120]);
    let harness = on(&stage);
    for n in 1..=120 {
        let waiting = call(&harness, &READ).text_answer();
        assert!(timeout(SECOND, waiting).await.is_err());
        assert_eq!(stage.attempts(), n);
    }
    stage.then([Play::lost()]);
    call(&harness, &READ).text_answer().await.unwrap();
    assert_eq!(stage.attempts(), 122);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// With any dropped calls: the budget is sufficient for 100 retries, each of which was sent, and for no more.
    #[test]
    fn the_budget_pays_for_what_is_sent(patience in proptest::collection::vec(0..6_000_u64, 1..150)) {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let stage = Stage::playing(vec![Play::lost(); 5_000]);
            let harness = on(&stage);
            let mut tasks = JoinSet::new();
            let mut calls = patience.len();
            for millis in patience {
                let call = call(&harness, &READ).text_answer();
                let patience = Duration::from_millis(millis);
                tasks.spawn(async move { drop(timeout(patience, call).await) });
            }
            tasks.join_all().await;
            let repeated = stage.attempts() - calls;
            prop_assert!(repeated <= 100);
            // The remaining tokens are sufficient for the rest, to the last one.
            while stage.attempts() - calls < 100 {
                let before = stage.attempts();
                call(&harness, &READ).text_answer().await.unwrap_err();
                calls += 1;
                prop_assert!(stage.attempts() > before + 1);
            }
            call(&harness, &READ).text_answer().await.unwrap_err();
            prop_assert_eq!(stage.attempts() - calls, 101);
            Ok(())
        })?;
    }
}

#[tokio::test(start_paused = true)]
async fn timeouts_cost_twice_as_much() {
    let stage = Stage::playing(vec![Play::Fail(ErrorKind::Timeout, false); 101]);
    let harness = with(&stage, RetryPolicy::default().max_attempts(2));
    for _ in 0..51 {
        call(&harness, &READ).text_answer().await.unwrap_err();
    }
    assert_eq!(stage.attempts(), 2 * 50 + 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_sent_once_and_other_bodies_again() {
    let put = |stage: &Stage| on(stage).request(Method::PUT, "/v1/widgets/one");
    for play in [Play::status(503), Play::status(429), Play::refused()] {
        let stage = Stage::playing([play]);
        let body = RequestBody::from_stream(Pieces(Some(Bytes::from_static(b"piece"))));
        let sent = put(&stage).bytes_body("text/plain", body).text().await;
        assert!(sent.is_err());
        assert_eq!(stage.attempts(), 1);
    }
    for body in [RequestBody::from("bytes"), RequestBody::from_file(file!())] {
        let stage = Stage::playing([Play::status(503)]);
        put(&stage)
            .bytes_body("text/plain", body)
            .text()
            .await
            .unwrap();
        assert_eq!(stage.attempts(), 2);
    }
}

struct Pieces(Option<Bytes>);

impl futures_core::Stream for Pieces {
    type Item = std::io::Result<Bytes>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().map(Ok))
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_finds_nothing_after_a_lost_answer_is_told_apart() {
    for (first, lost) in [
        (Play::lost(), true),
        (Play::status(504), true),
        (Play::refused(), false),
        (Play::status(429), false),
    ] {
        let stage = Stage::playing([first.clone(), Play::status(404)]);
        let request = on(&stage).request(Method::DELETE, "/v1/widgets/one");
        let error = request.empty().await.unwrap_err();
        assert_eq!(error.status().unwrap(), 404);
        assert_eq!(info(&error).outcome_lost, lost, "{first:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_certain_of_the_last_attempt_must_be_certain_of_all() {
    let stage = Stage::playing(vec![Play::refused(); 4]);
    let error = call(&on(&stage), &RUN).text_answer().await.unwrap_err();
    assert_eq!(stage.attempts(), 4);
    assert!(error.is_certainly_not_sent());

    let stage = Stage::playing([
        Play::lost(),
        Play::refused(),
        Play::refused(),
        Play::refused(),
    ]);
    let error = call(&on(&stage), &READ).text_answer().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(!error.is_certainly_not_sent());
}

#[tokio::test(start_paused = true)]
async fn an_agent_that_is_not_there_is_not_asked_again() {
    let mut operation = Operation::new("listApps", "GET", "/gitops/api/v1/applications")
        .answers(&["application/json"])
        .repeat(Repeat::Safe);
    operation.module = "gitops";
    let operation: &'static Operation = Box::leak(Box::new(operation));
    for (body, attempts) in [
        (r#"{"code":14,"message":"agent is not registered"}"#, 1),
        (r#"{"code":14,"message":"try again"}"#, 2),
    ] {
        let stage = Stage::playing([Play::Answer(503, Vec::new(), body)]);
        let outcome = call(&on(&stage), operation).text_answer().await;
        assert_eq!(stage.attempts(), attempts, "{body}");
        if let Err(error) = outcome {
            assert_eq!(error.server_message(), Some("agent is not registered"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn all_attempts_carry_one_id() {
    let stage = Stage::playing([Play::status(503), Play::status(503)]);
    let harness = on(&stage);
    let answer = call(&harness, &READ).text_answer().await.unwrap();
    let info = answer.attached::<CallInfo>().unwrap();
    assert_eq!(info.request_id.len(), 36);
    assert!(
        stage
            .seen()
            .iter()
            .all(|seen| seen.request_id == info.request_id)
    );
    assert_eq!(info.elapsed, stage.pauses().iter().sum::<Duration>());
    let next = call(&harness, &READ).text_answer().await.unwrap();
    assert_ne!(
        next.attached::<CallInfo>().unwrap().request_id,
        info.request_id
    );

    for request in [
        call(&harness, &READ).with_request_id("mine"),
        call(&harness, &READ).with_header("X-requestId", "mine"),
    ] {
        let answer = request.text_answer().await.unwrap();
        assert_eq!(answer.attached::<CallInfo>().unwrap().request_id, "mine");
        assert_eq!(stage.seen().last().unwrap().request_id, "mine");
    }
}
