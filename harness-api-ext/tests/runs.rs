//! Waiting for runs and watching them, with a paused clock.
#![cfg(feature = "pipeline")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use common::{Play, Stage, builder, data};
use futures_core::Stream;
use harness_api_ext::pipeline::{Outcome, Run, RunState};
use harness_api_ext::raw::ErrorKind as RawKind;
use harness_api_ext::{
    Backoff, Error, ErrorKind, Observe, Progress, Result, RetryPolicy, Sending, Wait, WaitFailure,
    Watch,
};
use serde_json::{Value, json};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// Returns a run whose server plays this, one attempt per poll.
fn run_on(stage: &Stage) -> Run {
    let builder = builder().retry(RetryPolicy::never()).layer(stage.clone());
    let harness = builder.build().expect("a client");
    harness.org("retail").project("checkout").run("pX9cD1Yw")
}

/// Returns the details of a run.
fn summary(summary: &Value) -> Play {
    let body = data(&json!({"pipelineExecutionSummary": summary, "executionGraph": null}));
    Play::Answer(200, Vec::new(), body.leak())
}

fn status(status: &str) -> Play {
    summary(&json!({"planExecutionId": "pX9cD1Yw", "status": status}))
}

/// Returns a failure in the envelope of the service.
fn refusal(status: u16, code: &str) -> Play {
    let body = json!({"status": "ERROR", "code": code, "message": "no", "correlationId": "c0ffee"});
    Play::Answer(status, Vec::new(), body.to_string().leak())
}

fn not_found() -> Play {
    refusal(404, "RESOURCE_NOT_FOUND_EXCEPTION")
}

/// Returns the error of a wait, its reason, and the last observed status.
#[track_caller]
fn waiting<T: std::fmt::Debug>(outcome: Result<T>) -> (Error, WaitFailure, Option<String>) {
    let error = outcome.expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Wait, "{error}");
    let why = error.wait_failure().expect("a reason").clone();
    let last = error.last_state::<RunState>();
    let last = last.map(|state| state.status().to_string());
    (error, why, last)
}

#[tokio::test(start_paused = true)]
async fn a_run_is_looked_at_with_growing_pauses_until_it_succeeds() -> Result<()> {
    let looks = ["NotStarted", "Running", "SomethingNew", "RUNNING"];
    let stage = Stage::playing(looks.map(status));
    stage.then([summary(&json!({
        "status": "Success", "startTs": 1_761_800_000_000_i64, "endTs": 1_761_800_004_500_i64,
    }))]);
    let run = run_on(&stage);
    let end = run.wait().await?.success()?;
    assert_eq!(end.outcome, Outcome::Success);
    assert_eq!(end.duration(), Some(Duration::from_millis(4500)));
    assert_eq!((end.run().id(), end.failure_message()), ("pX9cD1Yw", None));
    let pauses: Vec<_> = stage.pauses().iter().map(Duration::as_millis).collect();
    assert_eq!(pauses, [2_000, 3_000, 4_500, 6_750]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn ends_are_told_apart_in_both_spellings() -> Result<()> {
    for (one, other, outcome, good) in [
        ("Success", "SUCCEEDED", Outcome::Success, true),
        (
            "IgnoreFailed",
            "IGNORE_FAILED",
            Outcome::IgnoredFailure,
            true,
        ),
        ("Skipped", "SKIPPED", Outcome::Skipped, true),
        ("Failed", "FAILED", Outcome::Failed, false),
        ("Errored", "ERRORED", Outcome::Errored, false),
        ("Aborted", "ABORTED", Outcome::Aborted, false),
        (
            "AbortedByFreeze",
            "FREEZE_FAILED",
            Outcome::AbortedByFreeze,
            false,
        ),
        ("Expired", "EXPIRED", Outcome::Expired, false),
        (
            "ApprovalRejected",
            "APPROVAL_REJECTED",
            Outcome::ApprovalRejected,
            false,
        ),
        ("Suspended", "SUSPENDED", Outcome::Suspended, false),
    ] {
        for text in [one, other] {
            let end = run_on(&Stage::playing([status(text)])).wait().await?;
            assert_eq!(end.outcome, outcome, "{text}");
            assert_eq!(end.success().is_ok(), good, "{text}");
        }
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failed_run_tells_why() -> Result<()> {
    let texts = [
        (
            json!({"failureInfo": {"message": "exit 1\nin step test"}}),
            Some("exit 1 in step test"),
        ),
        (
            json!({"failureInfo": {"message": ""}, "executionErrorInfo": {"message": "no runner"}}),
            Some("no runner"),
        ),
        (json!({"failureInfo": null}), None),
    ];
    for (mut told, text) in texts {
        told["status"] = json!("Failed");
        let end = run_on(&Stage::playing([summary(&told)])).wait().await?;
        assert_eq!(end.outcome, Outcome::Failed);
        let (error, why, last) = waiting(end.success());
        let status = text.map_or("Failed".to_owned(), |text| format!("Failed: {text}"));
        assert!(
            error
                .to_string()
                .contains(&format!("run pX9cD1Yw: it ended as {status}")),
            "{error}"
        );
        assert_eq!(why, WaitFailure::Failed { status });
        assert_eq!(last.as_deref(), Some("Failed"));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_when_a_person_is_needed_or_goes_on() -> Result<()> {
    for text in [
        "ApprovalWaiting",
        "APPROVAL_WAITING",
        "InterventionWaiting",
        "InputWaiting",
        "Paused",
    ] {
        let stage = Stage::playing([status("Running"), status(text), status("Success")]);
        let (_, why, last) = waiting(run_on(&stage).wait().await);
        assert_eq!(
            (why, last.as_deref()),
            (WaitFailure::NeedsPerson, Some(text))
        );
        assert_eq!(stage.attempts(), 2);

        let stage = Stage::playing([status(text), status(text), status("Success")]);
        let end = run_on(&stage).wait().through_approvals().await?;
        assert_eq!(end.outcome, Outcome::Success);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_deadline_holds_in_pauses_and_while_the_server_is_silent() {
    let every = Backoff::every(SECOND * 4);
    for last in [status("Running"), Play::Hang] {
        let stage = Stage::playing([status("Queued"), status("Running"), last]);
        let begun = Instant::now();
        let outcome = run_on(&stage)
            .wait()
            .backoff(every)
            .deadline(SECOND * 10)
            .await;
        let (error, why, last) = waiting(outcome);
        assert_eq!(begun.elapsed(), SECOND * 10);
        assert_eq!(why, WaitFailure::DeadlinePassed { after: SECOND * 10 });
        assert_eq!(last.as_deref(), Some("Running"));
        assert!(
            error.to_string().contains("not finished after 10 s"),
            "{error}"
        );
    }
    let outcome = run_on(&Stage::playing([Play::Hang]))
        .wait()
        .deadline(SECOND)
        .await;
    assert_eq!(waiting(outcome).2, None);
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tolerated_for_a_while() -> Result<()> {
    let fault = || {
        [
            Play::status(503),
            Play::lost(),
            Play::refused(),
            Play::Fail(RawKind::Timeout, false),
            Play::status(504),
        ]
    };
    let stage = Stage::playing(fault());
    stage.then([status("Running")]);
    stage.then(fault());
    stage.then([status("Success")]);
    run_on(&stage).wait().await?.success()?;
    assert_eq!(stage.attempts(), 12);

    let stage = Stage::playing([status("Running")]);
    stage.then(fault());
    stage.then([Play::status(502), status("Success")]);
    let (error, why, last) = waiting(run_on(&stage).wait().await);
    assert_eq!(
        (why, last.as_deref()),
        (WaitFailure::LostContact, Some("Running"))
    );
    assert_eq!(stage.attempts(), 7);
    let source = std::error::Error::source(&error).expect("a source");
    assert!(source.to_string().contains("502"), "{source}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_run_may_not_be_found_at_first_only() -> Result<()> {
    let stage = Stage::playing([
        not_found(),
        refusal(500, "UNKNOWN_ERROR"),
        not_found(),
        status("Running"),
        status("Success"),
    ]);
    run_on(&stage).wait().await?.success()?;

    let stage = Stage::playing([status("Running"), refusal(500, "UNKNOWN_ERROR")]);
    let error = run_on(&stage).wait().await.expect_err("a failure");
    assert_eq!((error.kind(), stage.attempts()), (ErrorKind::Api, 2));

    let stage = Stage::playing([status("Running"), not_found(), status("Success")]);
    let error = run_on(&stage).wait().await.expect_err("a failure");
    assert!(error.is_not_found(), "{error}");
    assert_eq!(stage.attempts(), 2);

    let stage = Stage::playing(std::iter::repeat_with(not_found).take(20));
    let begun = Instant::now();
    let error = run_on(&stage).wait().await.expect_err("a failure");
    assert!(error.is_not_found(), "{error}");
    assert!((SECOND * 30..SECOND * 61).contains(&begun.elapsed()));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_will_not_pass_comes_at_once_and_as_it_is() {
    let stage = Stage::playing([refusal(403, "NG_ACCESS_DENIED"), status("Success")]);
    let error = run_on(&stage).wait().await.expect_err("a failure");
    assert!(error.is_permission_denied(), "{error}");
    assert_eq!((error.wait_failure(), stage.attempts()), (None, 1));

    let stage = Stage::playing([Play::status(200)]);
    let error = run_on(&stage).wait().await.expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_looks_no_more() {
    let stage = Stage::playing(std::iter::repeat_with(|| status("Running")).take(9));
    let run = run_on(&stage);
    let waiting = tokio::time::timeout(SECOND * 6, async { run.wait().await });
    assert!(waiting.await.is_err());
    tokio::time::sleep(SECOND * 60).await;
    assert_eq!(stage.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_watch_gives_news_only_and_ends_after_the_last() -> Result<()> {
    let stages = |text: &str, stage: &str| {
        summary(
            &json!({"status": text, "layoutNodeMap": {"n1": {"nodeIdentifier": "build", "status": stage}}}),
        )
    };
    let stage = Stage::playing([
        not_found(),
        stages("Running", "NotStarted"),
        stages("Running", "NotStarted"),
        stages("RUNNING", "NotStarted"),
        stages("Running", "Success"),
        Play::status(503),
        stages("Running", "Success"),
        stages("ApprovalWaiting", "Success"),
        stages("Success", "Success"),
    ]);
    let mut watch = run_on(&stage).watch();
    assert_eq!(stage.attempts(), 0);
    let mut seen = Vec::new();
    while let Some(state) = watch.try_next().await? {
        let nodes = state.summary().layout_node_map.iter().flatten();
        let built = nodes.filter(|(_, node)| {
            node.status
                .as_ref()
                .is_some_and(|s| s.as_str() == "Success")
        });
        seen.push(format!("{} {}", state.status(), built.count()));
    }
    assert_eq!(
        seen,
        ["Running 0", "Running 1", "ApprovalWaiting 1", "Success 1"]
    );
    assert_eq!(stage.attempts(), 9);
    assert!(watch.try_next().await?.is_none());
    assert_eq!(stage.attempts(), 9);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_watch_goes_on_after_an_error() -> Result<()> {
    let stage = Stage::playing([status("Running")]);
    stage.then(std::iter::repeat_n(Play::status(503), 6));
    stage.then([status("Running"), status("Failed")]);
    let mut watch = run_on(&stage).watch();
    assert!(watch.try_next().await?.is_some());
    let (_, why, last) = waiting(watch.try_next().await);
    assert_eq!(
        (why, last.as_deref()),
        (WaitFailure::LostContact, Some("Running"))
    );
    let state = watch.try_next().await?.expect("news");
    assert_eq!(state.status().as_str(), "Failed");
    assert!(watch.try_next().await?.is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_is_interrupted_loses_nothing_and_is_a_stream() -> Result<()> {
    let late = Play::After(SECOND * 5, Box::new(status("Aborted")));
    let stage = Stage::playing([status("Running"), late]);
    let mut watch = run_on(&stage).watch();
    assert!(watch.try_next().await?.is_some());
    for _ in 0..3 {
        assert!(
            tokio::time::timeout(SECOND, watch.try_next())
                .await
                .is_err()
        );
    }
    let item = poll_fn(|context| Pin::new(&mut watch).poll_next(context)).await;
    assert_eq!(item.expect("an item")?.status().as_str(), "Aborted");
    assert_eq!(stage.attempts(), 2);
    let end = poll_fn(|context| Pin::new(&mut watch).poll_next(context)).await;
    assert!(end.is_none());
    Ok(())
}

/// Kettle that boils at the third poll.
#[derive(Clone, Default)]
struct Kettle(Arc<AtomicU32>);

impl Observe for Kettle {
    type State = u32;
    type End = &'static str;

    fn name(&self) -> String {
        "the kettle".to_owned()
    }

    fn observe(&self) -> Sending<u32> {
        let look = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move { Ok(look) })
    }

    fn progress(&self, look: &u32) -> Progress<&'static str> {
        match look {
            3.. => Progress::Ended("it boils"),
            _ => Progress::Running,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn other_things_can_be_waited_for() -> Result<()> {
    let begun = Instant::now();
    let every = Backoff::every(SECOND);
    assert_eq!(
        Wait::new(Kettle::default()).backoff(every).await?,
        "it boils"
    );
    assert_eq!(begun.elapsed(), SECOND * 2);

    let mut watch = Watch::new(Kettle::default(), every);
    for look in 1..=3 {
        assert_eq!(watch.try_next().await?, Some(look));
    }
    assert_eq!(watch.try_next().await?, None);

    let outcome = Wait::new(Kettle::default()).deadline(SECOND).await;
    let error = outcome.expect_err("a failure");
    assert!(error.to_string().contains("the kettle"), "{error}");
    assert_eq!(error.last_state::<u32>(), Some(&1));
    Ok(())
}
