//! Every setter with a duration, with zero and with the maximum: no panic, and either an immediate end or no limit.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use harness_api_ext::mock::{Reply, RunScript, Server};
use harness_api_ext::pipeline::Run;
use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{BoxFuture, Configure, Incoming, Layer, Next, Outgoing, Request};
use harness_api_ext::{
    Backoff, CallExt, Error, ErrorKind, Harness, HarnessBuilder, Result, RetryPolicy, WaitFailure,
};
use tokio::time::{Instant, timeout};

use crate::clock::Clock;

const NONE: Duration = Duration::ZERO;
const LONGEST: Duration = Duration::MAX;
const SECOND: Duration = Duration::from_secs(1);
/// Maximum time of everything here.
const HOUR: Duration = Duration::from_secs(3600);

const WIDGETS: &str = "GET /v1/widgets";
const PIPELINE: &str = "pipeline:\n  identifier: deploy\n  name: Deploy\n  projectIdentifier: checkout\n  orgIdentifier: retail\n";

/// Setters that the tests below use, with their files.
const TRIED: [(&str, &str); 20] = [
    ("archive.rs", "deadline"),
    ("backoff.rs", "every"),
    ("backoff.rs", "growing"),
    ("builder.rs", "attempt_timeout"),
    ("builder.rs", "connect_timeout"),
    ("builder.rs", "idle_timeout"),
    ("builder.rs", "total_timeout"),
    ("call.rs", "with_attempt_timeout"),
    ("call.rs", "with_total_timeout"),
    ("mod.rs", "deadline"),
    ("options.rs", "timeout"),
    ("options.rs", "with_timeout"),
    ("reply.rs", "delay"),
    ("reply.rs", "slow"),
    ("retry.rs", "base_delay"),
    ("retry.rs", "max_delay"),
    ("retry.rs", "max_retry_after"),
    ("runs.rs", "every"),
    ("transport.rs", "limit_silence"),
    ("transport.rs", "set_error_body_timeout"),
];

#[test]
fn every_setter_that_takes_a_duration_is_tried() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    for sources in [own.join("src"), own.join("../harness-api/src")] {
        collect(&sources, &mut found);
    }
    let tried = TRIED.map(|(file, name)| (file.to_owned(), name.to_owned()));
    assert_eq!(found, BTreeSet::from(tried));
}

/// Collects the public functions with a duration parameter, by file and name.
fn collect(folder: &Path, found: &mut BTreeSet<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // Generated code has no such parameters: it uses numbers of seconds.
            if !path.ends_with("generated") {
                collect(&path, found);
            }
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for (at, _) in text.match_indices("fn ") {
            let line = text[..at]
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .trim_start();
            let rest = &text[at + 3..];
            let Some((name, rest)) = rest.split_once('(') else {
                continue;
            };
            let params = rest.split(" -> ").next().unwrap_or_default();
            let params = params.split('{').next().unwrap_or_default();
            // Methods of a public trait are public without a keyword.
            let is_public = matches!(line, "pub " | "pub async ") || name.starts_with("with_");
            if is_public && params.contains("Duration") {
                found.insert((file.clone(), name.to_owned()));
            }
        }
    }
}

/// Mock with a run of this script, a client for it, and a clock.
struct Place {
    server: Server,
    run: Run,
    counted: Cell<usize>,
    _clock: Clock,
}

impl Place {
    async fn open(script: RunScript) -> Result<Self> {
        let clock = Clock::start(SECOND);
        let server = Server::start().await?;
        server.add_project("retail", "checkout");
        server.pipeline_script("deploy", script);
        let project = server.harness().org("retail").project("checkout");
        project.pipelines().create(PIPELINE).await?;
        let run = project.pipeline("deploy").execute().await?;
        Ok(Self {
            server,
            run,
            counted: Cell::new(0),
            _clock: clock,
        })
    }

    async fn ended() -> Result<Self> {
        Self::open(RunScript::new(["Success"])).await
    }

    /// Sets the next responses to a read of widgets.
    fn next<const N: usize>(&self, replies: [Reply; N]) {
        self.server.answer_next(WIDGETS, replies);
    }

    fn with(&self, change: impl FnOnce(HarnessBuilder) -> HarnessBuilder) -> Harness {
        change(self.server.harness_builder()).build().unwrap()
    }

    /// Returns the number of requests since the last call.
    fn count(&self) -> usize {
        let all = self.server.received().len();
        all - self.counted.replace(all)
    }
}

fn read(harness: &Harness) -> Request {
    harness.request(Method::GET, "/v1/widgets")
}

fn good() -> Reply {
    Reply::text(200, "good")
}

/// Returns the result of a future, which must end.
async fn end<T>(future: impl Future<Output = T>) -> (T, Duration) {
    let begun = Instant::now();
    let outcome = timeout(HOUR, future).await.expect("an end");
    (outcome, begun.elapsed())
}

#[tokio::test]
async fn times_of_calls() -> Result<()> {
    type Limit = fn(HarnessBuilder, Duration) -> HarnessBuilder;
    type Own = fn(Request, Duration) -> Request;
    let place = Place::ended().await?;
    let all: [(&str, Limit, Own); 7] = [
        ("connect", |it, time| it.connect_timeout(time), |it, _| it),
        ("attempt", |it, time| it.attempt_timeout(time), |it, _| it),
        ("total", |it, time| it.total_timeout(time), |it, _| it),
        (
            "own attempt",
            |it, _| it,
            |it, time| it.with_attempt_timeout(time),
        ),
        (
            "own total",
            |it, _| it,
            |it, time| it.with_total_timeout(time),
        ),
        ("exchange", |it, _| it, |it, time| it.with_timeout(time)),
        (
            "option",
            |it, _| it,
            |mut it, time| {
                it.options().timeout(time);
                it
            },
        ),
    ];
    for (name, limit, own) in all {
        for is_stream in [false, true] {
            let call = async |time: Duration| {
                let once = |it: HarnessBuilder| limit(it, time).retry(RetryPolicy::never());
                let call = own(read(&place.with(once)), time);
                if is_stream {
                    let body = call.bytes().await?.into_inner();
                    body.collect(100).await.map_err(Error::from)
                } else {
                    Ok(call.text().await?.bytes().clone())
                }
            };
            place.next([good()]);
            let (outcome, took) = end(call(LONGEST)).await;
            assert_eq!(outcome.unwrap(), "good", "{name}");
            assert!(took < SECOND, "{name}");
            place.count();
            place.next([good()]);
            let (outcome, took) = end(call(NONE)).await;
            place.server.forget_answers();
            let Err(error) = outcome else {
                assert_eq!(
                    name, "connect",
                    "a connection to this machine takes no time"
                );
                continue;
            };
            assert!(error.is_timeout(), "{name}: {error:?}");
            assert!(took < SECOND, "{name}");
            assert!(error.is_certainly_not_sent(), "{name}: {error:?}");
            assert_eq!(place.count(), 0, "{name}");
        }
    }
    // With all of them there is no limit at all, not even while the body of a failure is read.
    let free = place.with(|it| {
        it.connect_timeout(LONGEST)
            .attempt_timeout(LONGEST)
            .total_timeout(LONGEST)
    });
    let slow = |status| Reply::text(status, "slow").slow(SECOND);
    place.next([slow(200), slow(404), slow(200)]);
    assert_eq!(*read(&free).text().await?, "slow");
    let error = Error::from(read(&free).text().await.unwrap_err());
    assert_eq!(error.body(), "slow");
    let patient = read(&free)
        .with_timeout(LONGEST)
        .bytes()
        .await?
        .into_inner();
    assert_eq!(patient.collect(9).await?, "slow");
    Ok(())
}

#[tokio::test]
async fn pauses_before_repetitions() -> Result<()> {
    let place = Place::ended().await?;
    let asking = |seconds: u64| Reply::status(503).header("Retry-After", seconds);
    // Retry policy, first response, whether the call succeeds, and the number of attempts.
    let policy = RetryPolicy::default;
    let all = [
        ("base 0", policy().base_delay(NONE), Reply::status(503), 2),
        ("base", policy().base_delay(LONGEST), Reply::status(503), 2),
        ("base, asked", policy().base_delay(LONGEST), asking(1), 2),
        ("most 0", policy().max_delay(NONE), Reply::status(503), 2),
        ("most", policy().max_delay(LONGEST), Reply::status(503), 2),
        ("asked 0", policy().max_retry_after(NONE), asking(1), 1),
        (
            "asked 0 for 0",
            policy().max_retry_after(NONE),
            asking(0),
            2,
        ),
        ("asked", policy().max_retry_after(LONGEST), asking(100), 2),
        (
            "asked for ever",
            policy().max_retry_after(LONGEST),
            asking(u64::MAX),
            1,
        ),
    ];
    for (name, policy, first, attempts) in all {
        place.count();
        place.next([first, good()]);
        let harness = place.with(|it| it.retry(policy));
        let (outcome, took) = end(read(&harness).text()).await;
        assert_eq!(place.count(), attempts, "{name}");
        assert_eq!(outcome.is_ok(), attempts == 2, "{name}");
        assert!(took < 200 * SECOND, "{name}");
        place.server.forget_answers();
    }
    // An unlimited pause is longer than the remaining time.
    place.next([Reply::status(503), good()]);
    let endless = policy().base_delay(LONGEST).max_delay(LONGEST);
    let (outcome, took) = end(read(&place.with(|it| it.retry(endless))).text()).await;
    assert_eq!(outcome.unwrap_err().status().unwrap(), 503);
    assert!(took < SECOND);
    Ok(())
}

#[tokio::test]
async fn waits_and_their_pauses() -> Result<()> {
    let place = Place::ended().await?;
    let run = &place.run;
    place.count();
    let (outcome, took) = end(run.wait().deadline(NONE).into_future()).await;
    let after = NONE;
    let passed = WaitFailure::DeadlinePassed { after };
    assert_eq!(outcome.unwrap_err().wait_failure(), Some(&passed));
    assert_eq!((place.count(), took), (0, NONE));
    assert!(run.wait().deadline(LONGEST).await.is_ok());

    let pauses = [
        ("none", Backoff::every(NONE), true),
        ("longest", Backoff::every(LONGEST), false),
        ("from none", Backoff::growing(NONE, 2.0, LONGEST), true),
        (
            "from none for ever",
            Backoff::growing(NONE, f64::MAX, LONGEST),
            true,
        ),
        (
            "from longest",
            Backoff::growing(LONGEST, 2.0, LONGEST),
            false,
        ),
        (
            "from longest to none",
            Backoff::growing(LONGEST, 2.0, NONE),
            true,
        ),
        (
            "at once for ever",
            Backoff::growing(SECOND, f64::MAX, LONGEST),
            false,
        ),
    ];
    for (name, backoff, is_over) in pauses {
        place
            .server
            .pipeline_script("deploy", ["Running", "Running", "Running", "Success"]);
        let project = place.server.harness().org("retail").project("checkout");
        let run = project.pipeline("deploy").execute().await?;
        let wait = run.wait().backoff(backoff).deadline(100 * SECOND);
        let (outcome, _) = end(wait.into_future()).await;
        assert_eq!(outcome.is_ok(), is_over, "{name}");
        if let Err(error) = outcome {
            assert_eq!(error.kind(), ErrorKind::Wait, "{name}");
        }
    }
    Ok(())
}

/// Stream that is always ready and never ends.
struct Endless;

impl harness_api_ext::Observe for Endless {
    type State = ();
    type End = ();

    fn name(&self) -> String {
        "nothing".to_owned()
    }

    fn observe(&self) -> harness_api_ext::Sending<()> {
        Box::pin(async {
            // Time passes during each poll, and nothing has to be waited for.
            tokio::time::advance(SECOND).await;
            Ok(())
        })
    }

    fn progress(&self, (): &()) -> harness_api_ext::Progress<()> {
        harness_api_ext::Progress::Running
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_without_pauses_keeps_its_deadline() {
    let wait = harness_api_ext::Wait::new(Endless).backoff(Backoff::every(NONE));
    let error = wait.deadline(10 * SECOND).await.unwrap_err();
    let after = 10 * SECOND;
    assert_eq!(
        error.wait_failure(),
        Some(&WaitFailure::DeadlinePassed { after })
    );
}

#[tokio::test]
async fn archives() -> Result<()> {
    let place = Place::ended().await?;
    place.run.wait().await?;
    place.count();
    let (outcome, took) = end(place.run.log_archive().deadline(NONE).into_future()).await;
    let after = NONE;
    let passed = WaitFailure::DeadlinePassed { after };
    assert_eq!(outcome.unwrap_err().wait_failure(), Some(&passed));
    assert_eq!((place.count(), took), (0, NONE));
    let archive = place.run.log_archive().deadline(LONGEST).await?;
    archive.collect(1 << 20).await?;
    Ok(())
}

/// Sets limits for reading above all layers.
struct Reading(Duration);

impl Layer for Reading {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, harness_api_ext::Result<Incoming, harness_api_ext::raw::Error>> {
        Box::pin(async move {
            let mut response = next.run(request).await?;
            response.limit_silence(self.0);
            response.set_error_body_timeout(self.0);
            Ok(response)
        })
    }
}

#[tokio::test]
async fn what_is_read_after_all_layers() -> Result<()> {
    let place = Place::ended().await?;
    let slow = |status| Reply::text(status, "slow").slow(SECOND);
    for (time, is_read) in [(NONE, false), (LONGEST, true)] {
        let raw = harness_api_ext::raw::Client::builder(place.server.url()).layer(Reading(time));
        let client = raw.build()?;
        place.next([slow(200), slow(404)]);
        let body = client
            .request("GET", "/v1/widgets")
            .bytes()
            .await?
            .into_inner();
        let (outcome, took) = end(body.collect(9)).await;
        assert_eq!(outcome.is_ok(), is_read);
        assert!(is_read || outcome.unwrap_err().is_timeout() && took < SECOND);
        let (outcome, took) = end(client.request("GET", "/v1/widgets").bytes()).await;
        let error = outcome.map(drop).unwrap_err();
        assert_eq!(error.status().unwrap(), 404);
        assert_eq!(
            (error.body() == "slow", error.is_truncated()),
            (is_read, !is_read)
        );
        assert!(is_read || took < SECOND);

        let harness = place.with(|it| it.idle_timeout(time));
        place.next([slow(200), slow(200)]);
        let body = read(&harness).bytes().await?.into_inner();
        let (outcome, took) = end(body.collect(9)).await;
        assert_eq!(outcome.is_ok(), is_read);
        assert!(is_read || outcome.unwrap_err().is_timeout() && took < SECOND);
        // It has no effect on a buffered response.
        assert_eq!(*read(&harness).text().await?, "slow");
        let project = harness.org("retail").project("checkout");
        let archive = project.run(place.run.id()).log_archive();
        let (outcome, _) = end(async { Ok(archive.await?.collect(1 << 20).await?) }).await;
        let outcome: Result<_> = outcome;
        assert!(outcome.is_ok() || !is_read && outcome.unwrap_err().is_timeout());
    }
    Ok(())
}

#[tokio::test]
async fn times_of_the_mock() -> Result<()> {
    let place = Place::open(RunScript::new(["Running", "Success"]).every(LONGEST)).await?;
    let harness = place.with(|it| it.retry(RetryPolicy::never()));
    for (reply, is_good) in [
        (good().delay(NONE), true),
        (good().delay(LONGEST), false),
        (good().slow(NONE), true),
        (good().slow(LONGEST), false),
    ] {
        place.next([reply]);
        let (outcome, _) = end(read(&harness).text()).await;
        assert_eq!(outcome.is_ok(), is_good);
    }
    let wait = place.run.wait().deadline(100 * SECOND);
    assert!(wait.await.unwrap_err().wait_failure().is_some());
    place
        .server
        .pipeline_script("deploy", RunScript::new(["Running", "Success"]).every(NONE));
    let project = place.server.harness().org("retail").project("checkout");
    let run = project.pipeline("deploy").execute().await?;
    run.wait().await?.success()?;
    Ok(())
}
