//! Rate and concurrency of requests.

use std::time::Duration;

use harness_api_ext::raw::{Error, ErrorKind};
use harness_api_ext::{CallExt, Harness, RateLimit};
use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::common::{Play, Stage, builder};
use crate::{READ, call, info};

const SECOND: Duration = Duration::from_secs(1);

fn limited(stage: &Stage, rate: RateLimit) -> Harness {
    let builder = builder().rate_limit(rate).layer(stage.clone());
    builder.build().unwrap()
}

/// Makes concurrent calls, each with a clone.
async fn burst(harness: &Harness, calls: usize, total: Duration) -> Vec<Result<(), Error>> {
    let mut tasks = JoinSet::new();
    for _ in 0..calls {
        let call = call(&harness.clone(), &READ).with_total_timeout(total);
        tasks.spawn(async move { call.text_answer().await.map(drop) });
    }
    tasks.join_all().await
}

fn starts(stage: &Stage, begun: Instant) -> Vec<u128> {
    let seen = stage.seen();
    seen.iter()
        .map(|seen| (seen.at - begun).as_millis())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn requests_are_spaced_after_the_burst() {
    let begun = Instant::now();
    let stage = Stage::default();
    let harness = limited(&stage, RateLimit::per_second(10).burst(3));
    assert!(
        burst(&harness, 6, 60 * SECOND)
            .await
            .iter()
            .all(Result::is_ok)
    );
    assert_eq!(starts(&stage, begun), [0, 0, 0, 100, 200, 300]);
    sleep(10 * SECOND).await;
    burst(&harness, 4, 60 * SECOND).await;
    assert_eq!(starts(&stage, begun)[6..], [10_300, 10_300, 10_300, 10_400]);
}

#[tokio::test(start_paused = true)]
async fn repetitions_count() {
    let begun = Instant::now();
    let stage = Stage::playing([Play::with(429, "retry-after", 0)]);
    let harness = limited(&stage, RateLimit::per_minute(6));
    call(&harness, &READ).text_answer().await.unwrap();
    assert_eq!(starts(&stage, begun), [0, 10_000]);
}

#[tokio::test(start_paused = true)]
async fn the_preset_keeps_to_400_in_any_minute() {
    let stage = Stage::default();
    let harness = limited(&stage, RateLimit::documented());
    assert!(
        burst(&harness, 1500, 600 * SECOND)
            .await
            .iter()
            .all(Result::is_ok)
    );
    let seen = stage.seen();
    for pair in seen.windows(401) {
        assert!(pair[400].at - pair[0].at >= 60 * SECOND);
    }
    // It is not much slower than that either.
    assert!(seen[1499].at - seen[0].at < 240 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_place_that_comes_too_late_is_refused_at_once() {
    let begun = Instant::now();
    let stage = Stage::default();
    let harness = limited(&stage, RateLimit::per_minute(1));
    let outcomes = burst(&harness, 2, 59 * SECOND).await;
    let errors: Vec<Error> = outcomes.into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].kind(), ErrorKind::Layer);
    assert!(errors[0].is_certainly_not_sent());
    assert!(errors[0].message().contains("60000 ms"), "{}", errors[0]);
    assert_eq!((begun.elapsed(), stage.attempts()), (Duration::ZERO, 1));
    assert_eq!(info(&errors[0]).attempts, 0);
    let error: harness_api_ext::Error = errors.into_iter().next().unwrap().into();
    assert_eq!(error.kind(), harness_api_ext::ErrorKind::Refused);
}

#[tokio::test(start_paused = true)]
async fn a_repetition_that_is_refused_keeps_the_failure_before_it() {
    let stage = Stage::playing([Play::lost()]);
    let harness = limited(&stage, RateLimit::per_minute(1));
    let call = call(&harness, &READ).with_total_timeout(30 * SECOND);
    let error = call.text_answer().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Layer);
    assert!(!error.is_certainly_not_sent());
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "played");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_while_it_waits_gives_its_place_back() {
    let begun = Instant::now();
    let stage = Stage::default();
    let harness = limited(&stage, RateLimit::per_second(1));
    call(&harness, &READ).text_answer().await.unwrap();
    for _ in 0..5 {
        let waiting = call(&harness, &READ).text_answer();
        assert!(timeout(SECOND / 100, waiting).await.is_err());
    }
    call(&harness, &READ).text_answer().await.unwrap();
    assert_eq!(starts(&stage, begun), [0, 1000]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_place_is_not_handed_out_twice() {
    let begun = Instant::now();
    let stage = Stage::default();
    let harness = limited(&stage, RateLimit::per_second(20));
    let mut tasks = JoinSet::new();
    for number in 0..200 {
        let call = call(&harness, &READ);
        tasks.spawn(async move {
            // Every second call is dropped while it waits, each at another time.
            let patience = SECOND / 500 * (number + 1);
            let allowed = if number % 2 == 0 { SECOND } else { patience };
            drop(timeout(allowed, call.text_answer()).await);
        });
    }
    sleep(SECOND / 2).await;
    let out = starts(&stage, begun);
    assert_eq!(out, (0..10).map(|n| n * 50).collect::<Vec<u128>>());
    tasks.join_all().await;
}

/// Call of the model: its start, and the time at which it is dropped.
#[derive(Clone, Debug)]
struct Caller {
    begins: u64,
    patience: u64,
    total: u64,
}

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let caller = (
        0..3_000_u64,
        prop_oneof![1..400_u64, 1..20_000_u64],
        100..30_000_u64,
    );
    let caller = caller.prop_map(|(begins, patience, total)| Caller {
        begins,
        patience,
        total,
    });
    proptest::collection::vec(caller, 1..80)
}

/// Sends the calls of all callers with a clock of its own, and waits for each until it is dropped.
async fn send_all(harness: &Harness, callers: Vec<Caller>) {
    let mut tasks = JoinSet::new();
    for caller in callers {
        let millis = Duration::from_millis;
        let call = call(harness, &READ).with_total_timeout(millis(caller.total));
        tasks.spawn(async move {
            sleep(millis(caller.begins)).await;
            drop(timeout(millis(caller.patience), call.text_answer()).await);
        });
    }
    tasks.join_all().await;
}

fn paused() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// With any dropped calls: in no period are more requests sent than the burst and the rate, and no permit is lost.
    #[test]
    fn the_rate_holds_whatever_is_dropped(callers in callers(), rate in 1..40_u32, burst in 1..6_u32) {
        paused().block_on(async {
            let stage = Stage::default();
            let limit = RateLimit::per_second(rate).burst(burst);
            let harness = limited(&stage, limit);
            send_all(&harness, callers).await;
            let seen = stage.seen();
            let interval = f64::from(rate).recip();
            for (first, from) in seen.iter().enumerate() {
                for (last, to) in seen.iter().enumerate().skip(first) {
                    let allowed = f64::from(burst) + (to.at - from.at).as_secs_f64() / interval;
                    prop_assert!((last - first + 1) as f64 <= allowed + 1e-6);
                }
            }
            // After an idle time the whole burst is available again, and the queue is empty.
            let quiet = Duration::from_secs_f64(interval * f64::from(burst) + 0.001);
            sleep(quiet).await;
            let (begun, before) = (Instant::now(), stage.attempts());
            let calls = usize::try_from(burst).unwrap() + 1;
            let outcomes = burst_of(&harness, calls).await;
            prop_assert!(outcomes.iter().all(Result::is_ok));
            let mut again = starts(&stage, begun).split_off(before);
            prop_assert!(again.pop().is_some_and(|last| last > 0));
            prop_assert!(again.iter().all(|at| *at == 0));
            Ok(())
        })?;
    }

    /// With any dropped calls: the concurrency stays within the limit, and all permits are free in the end.
    #[test]
    fn concurrency_holds_whatever_is_dropped(callers in callers(), most in 1..5_usize) {
        paused().block_on(async {
            let slow = Play::After(SECOND / 5, Play::status(200).into());
            let stage = Stage::playing(vec![slow; 100]);
            let builder = builder().max_concurrency(most).layer(stage.clone());
            let harness = builder.build().unwrap();
            send_all(&harness, callers).await;
            prop_assert!(stage.most_at_once() <= most);
            let begun = Instant::now();
            let outcomes = burst_of(&harness, most).await;
            prop_assert!(outcomes.iter().all(Result::is_ok));
            prop_assert!(begun.elapsed() <= SECOND / 5);
            Ok(())
        })?;
    }
}

async fn burst_of(harness: &Harness, calls: usize) -> Vec<Result<(), Error>> {
    burst(harness, calls, 60 * SECOND).await
}

#[tokio::test(start_paused = true)]
async fn no_more_are_on_their_way_at_once_than_allowed() {
    let begun = Instant::now();
    let stage = Stage::playing(vec![Play::After(SECOND, Play::status(200).into()); 20]);
    let builder = builder().max_concurrency(3).layer(stage.clone());
    let harness = builder.build().unwrap();
    assert!(
        burst(&harness, 20, 60 * SECOND)
            .await
            .iter()
            .all(Result::is_ok)
    );
    assert_eq!((stage.most_at_once(), stage.attempts()), (3, 20));
    assert_eq!(begun.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_pause_before_a_repetition_lets_others_pass() {
    let stage = Stage::playing([Play::with(429, "retry-after", 30)]);
    let builder = builder().max_concurrency(1).layer(stage.clone());
    let harness = builder.build().unwrap();
    let begun = Instant::now();
    let held = tokio::spawn(call(&harness, &READ).text_answer());
    sleep(SECOND).await;
    call(&harness, &READ).text_answer().await.unwrap();
    assert_eq!(begun.elapsed(), SECOND);
    held.await.unwrap().unwrap();
    assert!(begun.elapsed() >= 30 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_turn_is_part_of_the_total_time() {
    let stage = Stage::playing([Play::Hang]);
    let builder = builder().max_concurrency(0).layer(stage.clone());
    let harness = builder.build().unwrap();
    let _held = tokio::spawn(call(&harness, &READ).text_answer());
    tokio::task::yield_now().await;
    let call = call(&harness, &READ).with_total_timeout(2 * SECOND);
    let error = call.text_answer().await.unwrap_err();
    assert!(error.is_timeout() && error.is_certainly_not_sent());
    assert!(
        error.message().contains("for the limits of the client"),
        "{error}"
    );
    assert_eq!(stage.attempts(), 1);
}
