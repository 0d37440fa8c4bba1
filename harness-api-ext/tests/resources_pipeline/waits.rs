//! Waiting for runs, with the clock paused.

use std::time::Duration;

use harness_api_ext::pipeline::{Outcome, RunEnd, RunState};
use harness_api_ext::raw::ErrorKind as RawKind;
use harness_api_ext::{ErrorKind, Result, RetryPolicy, WaitFailure};
use tokio::time::Instant;

use crate::common::{Play, Stage, builder};
use crate::project;

/// A run with this status and this failure.
fn run(status: &str, failure: &str) -> Play {
    let body = format!(
        r#"{{"status":"SUCCESS","data":{{"pipelineExecutionSummary":{{"planExecutionId":"run1","status":"{status}","startTs":1000,"endTs":4500,"failureInfo":{{"message":"{failure}"}}}}}},"metaData":null,"correlationId":"c1"}}"#
    );
    Play::Answer(200, Vec::new(), body.leak())
}

fn states<const N: usize>(statuses: [&str; N]) -> Vec<Play> {
    statuses.map(|status| run(status, "")).into()
}

fn on(plays: Vec<Play>) -> (Stage, harness_api_ext::pipeline::Run) {
    let stage = Stage::playing(plays);
    let builder = builder().retry(RetryPolicy::never()).layer(stage.clone());
    let harness = builder.build().expect("a client");
    (stage, project(&harness).run("run1"))
}

async fn wait(plays: Vec<Play>) -> Result<RunEnd> {
    on(plays).1.wait().await
}

#[tokio::test(start_paused = true)]
async fn runs_end_in_many_ways_and_are_spelt_in_two() {
    let table = [
        ("Success", Outcome::Success),
        ("SUCCEEDED", Outcome::Success),
        ("IGNORE_FAILED", Outcome::IgnoredFailure),
        ("Failed", Outcome::Failed),
        ("FAILED", Outcome::Failed),
        ("Aborted", Outcome::Aborted),
        ("ABORTED", Outcome::Aborted),
        ("ApprovalRejected", Outcome::ApprovalRejected),
        ("APPROVAL_REJECTED", Outcome::ApprovalRejected),
    ];
    for (status, outcome) in table {
        let end = wait(states(["Running", status])).await.expect("an end");
        assert_eq!(end.outcome, outcome, "{status}");
        assert_eq!(end.duration(), Some(Duration::from_millis(3500)));
        assert_eq!(end.success().is_ok(), outcome.is_good(), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_why() {
    let end = wait(vec![run("Failed", "the image is missing")]).await;
    let error = end.expect("an end").success().expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Wait);
    let text = error.to_string();
    assert!(
        text.contains("run1") && text.contains("Failed: the image is missing"),
        "{text}"
    );
    let state = error.last_state::<RunState>().expect("the state");
    assert_eq!(*state.status(), *status("FAILED").await.status());
}

/// A state with this status.
async fn status(text: &str) -> RunState {
    let (_, run) = on(vec![run(text, "")]);
    run.watch()
        .try_next()
        .await
        .expect("read")
        .expect("a state")
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_goes_on() {
    let (stage, run) = on(states(["NotYetInvented", "QueuedForever", "Success"]));
    assert_eq!(run.wait().await.expect("an end").outcome, Outcome::Success);
    assert_eq!(
        stage.pauses(),
        [Duration::from_secs(2), Duration::from_secs(3)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_person_is_waited_for_on_request_only() {
    let waiting = [
        "Running",
        "ApprovalWaiting",
        "INTERVENTION_WAITING",
        "Success",
    ];
    let error = wait(states(waiting)).await.expect_err("a person");
    assert_eq!(error.wait_failure(), Some(&WaitFailure::NeedsPerson));
    let state = error.last_state::<RunState>().expect("the state");
    assert_eq!(state.status().as_str(), "ApprovalWaiting");
    let (_, run) = on(states(waiting));
    let end = run.wait().through_approvals().await.expect("an end");
    assert_eq!(end.outcome, Outcome::Success);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_wait_even_while_the_server_is_silent() {
    let mut plays = states(["Running"]);
    plays.push(Play::Hang);
    let (_, run) = on(plays);
    let begun = Instant::now();
    let after = Duration::from_secs(60);
    let error = run.wait().deadline(after).await.expect_err("too late");
    assert_eq!(begun.elapsed(), after);
    assert_eq!(
        error.wait_failure(),
        Some(&WaitFailure::DeadlinePassed { after })
    );
    let state = error.last_state::<RunState>().expect("the state");
    assert_eq!(state.status().as_str(), "Running");
}

#[tokio::test(start_paused = true)]
async fn contact_is_lost_after_failures_in_a_row() {
    let passing = [
        Play::status(503),
        Play::lost(),
        Play::refused(),
        Play::Fail(RawKind::Timeout, false),
        Play::status(502),
    ];
    let mut plays = states(["Running"]);
    plays.extend(passing.clone());
    plays.extend(states(["Running"]));
    plays.extend(passing);
    plays.extend(states(["Success"]));
    assert_eq!(wait(plays).await.expect("an end").outcome, Outcome::Success);
    let mut plays = states(["Running"]);
    plays.extend(vec![Play::status(503); 6]);
    plays.extend(states(["Success"]));
    let error = wait(plays).await.expect_err("lost");
    assert_eq!(error.wait_failure(), Some(&WaitFailure::LostContact));
    assert!(std::error::Error::source(&error).is_some());
    assert!(error.last_state::<RunState>().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_run_may_be_unknown_at_first_and_not_later() {
    let mut plays = vec![Play::status(404); 3];
    plays.extend(states(["Success"]));
    assert_eq!(wait(plays).await.expect("an end").outcome, Outcome::Success);
    let mut plays = states(["Running"]);
    plays.push(Play::status(404));
    assert!(wait(plays).await.expect_err("gone").is_not_found());
    let (stage, run) = on(vec![Play::status(404); 40]);
    assert!(run.wait().await.expect_err("never there").is_not_found());
    assert!(stage.attempts() < 10, "{}", stage.attempts());
}

#[tokio::test(start_paused = true)]
async fn who_may_not_ask_is_told_at_once() {
    let (stage, run) = on(vec![Play::status(403)]);
    let error = run.wait().await.expect_err("forbidden");
    assert!(error.is_permission_denied(), "{error}");
    assert_eq!(stage.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_watch_gives_news_only() {
    let (stage, run) = on(states([
        "Running", "RUNNING", "Running", "Paused", "Success",
    ]));
    let mut watch = run.watch();
    let mut seen = Vec::new();
    while let Some(state) = watch.try_next().await.expect("read") {
        seen.push(state.status().as_str().to_owned());
    }
    assert_eq!(seen, ["Running", "Paused", "Success"]);
    assert_eq!(stage.attempts(), 5);
}
