//! Logs of runs: over loopback, and with a paused clock where the client waits.
#![cfg(feature = "pipeline")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{KEY, Reply, Server, builder, data};
use harness_api_ext::pipeline::{LogLine, Run, RunLogs};
use harness_api_ext::raw::reqwest::StatusCode;
use harness_api_ext::raw::reqwest::header::HeaderMap;
use harness_api_ext::raw::{BoxFuture, Error as RawError, Incoming, Layer, Next, Outgoing};
use harness_api_ext::{ErrorKind, Harness, Result, RetryPolicy};
use serde_json::{Value, json};

/// Long ago: the logs of steps that ended then are complete.
const BEGUN: i64 = 1_761_800_000_000;

fn run_of(harness: &Harness) -> Run {
    harness.org("retail").project("checkout").run("pX9cD1Yw")
}

fn run_at(server: &Server) -> Run {
    let builder = Harness::builder().api_key(KEY).endpoint(server.url());
    run_of(&builder.build().expect("a client"))
}

/// Returns a step that has ended, unless `ended` is 0. The key of its log is its name.
fn step(name: &str, begun: i64, ended: i64) -> Value {
    json!({
        "uuid": name, "name": name, "identifier": name, "baseFqn": format!("pipeline.stages.{name}"),
        "status": if ended == 0 { "Running" } else { "Success" }, "startTs": begun, "endTs": ended,
        "logBaseKey": name, "executableResponses": [],
    })
}

/// Returns the details of a run and its steps.
fn detail(status: &str, steps: &[Value]) -> String {
    let nodes: serde_json::Map<_, _> = steps
        .iter()
        .map(|step| {
            (
                step["uuid"].as_str().unwrap_or_default().to_owned(),
                step.clone(),
            )
        })
        .collect();
    data(&json!({
        "pipelineExecutionSummary": {
            "planExecutionId": "pX9cD1Yw", "pipelineIdentifier": "deploy", "runSequence": 41, "status": status,
            "shouldUseSimplifiedKey": true,
        },
        "executionGraph": {"rootNodeId": "root", "nodeMap": nodes, "nodeAdjacencyListMap": {}},
    }))
}

/// Returns a line in the format of the log service.
fn line(text: &str) -> String {
    json!({"level": "INFO", "pos": 0, "out": format!("{text}\n"), "time": "2026-11-20T10:11:12Z", "args": null})
        .to_string()
}

fn blob(lines: &[&str]) -> String {
    lines.iter().map(|text| line(text) + "\n").collect()
}

/// Returns events with these lines, without an end event.
fn events(lines: &[&str]) -> String {
    lines
        .iter()
        .map(|text| format!("event: ping\ndata:\n\ndata: {}\n\n", line(text)))
        .collect()
}

const EOF: &str = "event: error\ndata: eof\n\n";

/// Returns a response whose body ends with the connection.
fn open_ended(body: &str) -> Reply {
    Reply::Raw(format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n{body}"
    ))
}

/// Returns the next lines as `step: text`, up to the end.
async fn texts(logs: &mut RunLogs) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    while let Some(line) = logs.try_next().await? {
        texts.push(format!("{}: {}", line.step(), line.text()));
    }
    Ok(texts)
}

/// Status and body, by the requested log and the number of earlier requests for it.
type Answer = fn(&str, usize) -> (u16, String);

/// Log server without a network. A log is identified by the end of the path and the key.
struct Desk {
    asked: Arc<Mutex<Vec<String>>>,
    answer: Answer,
}

impl Layer for Desk {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        _: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, RawError>> {
        let url = request.request().url();
        let key = url.query_pairs().find(|(name, _)| name == "key");
        let last = url.path().rsplit('/').next().unwrap_or_default();
        let what = format!(
            "{last} {}",
            key.map_or_else(String::new, |(_, key)| key.into_owned())
        );
        let mut asked = self.asked.lock().expect("no panic");
        let before = asked.iter().filter(|one| **one == what).count();
        let (status, body) = (self.answer)(&what, before);
        asked.push(what);
        let status = StatusCode::from_u16(status).expect("a status");
        Box::pin(async move { Ok(Incoming::new(status, HeaderMap::new(), body)) })
    }
}

/// Returns a run with this server, and the requests to it.
fn run_with(answer: Answer) -> (Run, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::default();
    let desk = Desk {
        asked: Arc::clone(&asked),
        answer,
    };
    let builder = builder().retry(RetryPolicy::never()).layer(desk);
    (run_of(&builder.build().expect("a client")), asked)
}

fn count(asked: &Mutex<Vec<String>>, what: &str) -> usize {
    asked
        .lock()
        .expect("no panic")
        .iter()
        .filter(|one| *one == what)
        .count()
}

const DETAIL: &str = "pX9cD1Yw ";

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(since.as_millis()).expect("a near time")
}

#[tokio::test]
async fn steps_that_have_begun_are_listed_in_their_order() -> Result<()> {
    let mut task = step("deploy", BEGUN + 5, BEGUN + 9);
    task["executableResponses"] = json!([
        {"async": {"logKeys": ["deploy-a", "deploy-b"]}}, {"task": {"logKeys": ["deploy-b", "deploy-c"]}},
    ]);
    let steps = [
        step("test", BEGUN + 3, 0),
        task,
        step("later", 0, 0),
        step("build", BEGUN + 1, BEGUN + 2),
    ];
    let body = detail("Running", &steps);
    let server = Server::answering(move |_, _| Reply::json("200 OK", body.clone()));
    let found = run_at(&server).steps().await?;
    assert!(
        server
            .last()
            .target()
            .contains("renderFullBottomGraph=true")
    );
    let names: Vec<_> = found
        .iter()
        .map(|step| (step.name(), step.log_keys().len()))
        .collect();
    assert_eq!(names, [("build", 1), ("test", 1), ("deploy", 3)]);
    assert_eq!(found[2].log_keys(), ["deploy-a", "deploy-b", "deploy-c"]);
    let build = &found[0];
    assert_eq!(
        (build.id(), build.path()),
        ("build", Some("pipeline.stages.build"))
    );
    assert_eq!(
        (build.started(), build.ended()),
        (Some(BEGUN + 1), Some(BEGUN + 2))
    );
    assert_eq!(
        (build.status().as_str(), found[1].ended()),
        ("Success", None)
    );
    Ok(())
}

#[tokio::test]
async fn logs_of_steps_that_ended_are_read_one_after_the_other() -> Result<()> {
    let steps = [
        step("test", BEGUN + 3, BEGUN + 4),
        step("build", BEGUN + 1, BEGUN + 2),
        step("quiet", BEGUN + 2, BEGUN + 3),
    ];
    let server = Server::answering(move |_, request| match request.target() {
        target if target.contains("key=build") => {
            Reply::json("200 OK", blob(&["npm ci", "\u{1b}[32mdone"]))
        }
        target if target.contains("key=test") => {
            Reply::json("200 OK", blob(&["1 passed"]) + "not JSON\n\n")
        }
        target if target.contains("key=quiet") => Reply::json("404 Not Found", "{}"),
        _ => Reply::json("200 OK", detail("Success", &steps)),
    });
    let run = run_at(&server);
    let mut logs = run.logs();
    assert_eq!(server.requests().len(), 0);
    let first = logs.try_next().await?.expect("a line");
    let parts = |line: &LogLine| {
        (
            line.level().map(str::to_owned),
            line.time().map(str::to_owned),
        )
    };
    assert_eq!((first.step(), first.text()), ("build", "npm ci"));
    assert_eq!(
        parts(&first),
        (Some("INFO".into()), Some("2026-11-20T10:11:12Z".into()))
    );
    assert_eq!(
        texts(&mut logs).await?,
        ["build: \u{1b}[32mdone", "test: 1 passed", "test: not JSON"]
    );
    assert!(logs.try_next().await?.is_none());

    let asked: Vec<String> = server
        .requests()
        .iter()
        .map(|request| request.target().to_owned())
        .collect();
    assert_eq!(asked.len(), 4, "{asked:?}");
    assert!(
        asked[1].starts_with("/gateway/log-service/blob?"),
        "{asked:?}"
    );
    assert!(
        asked[1].contains("accountID=AcmeAccount&key=build"),
        "{asked:?}"
    );
    assert_eq!(server.last().header("x-api-key"), Some(KEY));
    Ok(())
}

#[tokio::test]
async fn the_log_of_a_step_that_runs_is_a_stream() -> Result<()> {
    let server = Server::answering(|number, request| match request.target() {
        target if target.contains("/stream?") => {
            assert_eq!(request.header("accept"), Some("text/event-stream"));
            open_ended(&(": hello\n\n".to_owned() + &events(&["one", "two"]) + EOF))
        }
        _ if number == 0 => Reply::json("200 OK", detail("Running", &[step("build", BEGUN, 0)])),
        _ => Reply::json(
            "200 OK",
            detail("Success", &[step("build", BEGUN, BEGUN + 9)]),
        ),
    });
    let mut logs = run_at(&server).logs();
    assert_eq!(texts(&mut logs).await?, ["build: one", "build: two"]);
    assert_eq!(server.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_taken_up_without_repeating_lines() -> Result<()> {
    let server = Server::answering(|number, request| match request.target() {
        target if target.contains("/stream?") => match number {
            1 => Reply::Raw(format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n{}data: {{\"out\":\"cut",
                events(&["one", "two"])
            )),
            _ => open_ended(&(events(&["one", "two", "three"]) + EOF)),
        },
        _ => Reply::json("200 OK", detail("Running", &[step("build", BEGUN, 0)])),
    });
    let run = run_at(&server);
    let steps = run.steps().await?;
    let mut log = run.step_log(&steps[0]);
    let mut lines = Vec::new();
    while let Some(line) = log.try_next().await? {
        lines.push(line.text().to_owned());
    }
    assert_eq!(lines, ["one", "two", "three"]);
    assert_eq!(server.requests().len(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ended_meanwhile_is_read_to_its_end_elsewhere() -> Result<()> {
    let ends: [Answer; 2] = [
        |what, before| match (what, before) {
            ("stream build", 0) => (200, events(&["one", "two"])),
            ("stream build", _) => (200, EOF.to_owned()),
            ("blob build", _) => (200, blob(&["one", "two", "three"])),
            (_, 0) => (200, detail("Running", &[step("build", BEGUN, 0)])),
            _ => (200, detail("Success", &[step("build", BEGUN, BEGUN + 9)])),
        },
        |what, before| match (what, before) {
            ("stream build", 0) => (200, events(&["one", "two"])),
            ("stream build", _) => (404, String::new()),
            ("blob build", _) => (200, blob(&["one", "two", "three"])),
            (_, 0) => (200, detail("Running", &[step("build", BEGUN, 0)])),
            _ => (200, detail("Success", &[step("build", BEGUN, BEGUN + 9)])),
        },
    ];
    for answer in ends {
        let (run, asked) = run_with(answer);
        assert_eq!(
            texts(&mut run.logs()).await?,
            ["build: one", "build: two", "build: three"]
        );
        assert_eq!(
            (count(&asked, "stream build"), count(&asked, "blob build")),
            (2, 1)
        );
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_off_again_and_again_is_given_up() -> Result<()> {
    let (run, asked) = run_with(|what, _| match what {
        "stream build" => (200, events(&["one"])),
        "stream test" => (200, events(&["two"]) + EOF),
        _ => (
            200,
            detail(
                "Failed",
                &[step("build", BEGUN, 0), step("test", BEGUN + 1, 0)],
            ),
        ),
    });
    // A log that is requested alone does not know that the run has ended.
    let steps = run.steps().await?;
    let mut log = run.step_log(&steps[0]);
    assert_eq!(log.try_next().await?.expect("a line").text(), "one");
    let error = log.try_next().await.expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    assert!(error.to_string().contains("`build`"), "{error}");
    assert_eq!(count(&asked, "stream build"), 6);
    assert!(log.try_next().await?.is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failure_in_one_log_does_not_end_the_others() -> Result<()> {
    let (run, _) = run_with(|what, before| match (what, before) {
        ("stream build-a", _) => (
            200,
            events(&["one"]) + "event: error\ndata: disk\ndata: full\n\n",
        ),
        ("stream build-b", _) => (200, events(&["two"]) + EOF),
        ("blob test", _) => (403, json!({"message": "forbidden"}).to_string()),
        ("blob last", _) => (200, blob(&["three"])),
        (_, looks) => {
            let ended = BEGUN + 9;
            let mut build = step("build", BEGUN, if looks == 0 { 0 } else { ended });
            build["executableResponses"] = json!([{"task": {"logKeys": ["build-a", "build-b"]}}]);
            let steps = [
                build,
                step("test", BEGUN + 1, ended),
                step("last", BEGUN + 2, ended),
            ];
            (
                200,
                detail(if looks == 0 { "Running" } else { "Success" }, &steps),
            )
        }
    });
    let mut logs = run.logs();
    assert_eq!(logs.try_next().await?.expect("a line").text(), "one");
    let error = logs.try_next().await.expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.to_string().contains("`build`: disk full"), "{error}");
    assert_eq!(logs.try_next().await?.expect("a line").text(), "two");
    let error = logs.try_next().await.expect_err("a failure");
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    assert_eq!(texts(&mut logs).await?, ["last: three"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_log_of_a_step_that_has_just_ended_may_come_late() -> Result<()> {
    let (run, asked) = run_with(|what, before| match (what, before) {
        ("blob build", 0) => (404, String::new()),
        ("blob build", 1) => (200, "\n".to_owned()),
        ("blob build", _) => (200, blob(&["one"])),
        _ => (200, detail("Success", &[step("build", BEGUN, now())])),
    });
    let begun = tokio::time::Instant::now();
    assert_eq!(texts(&mut run.logs()).await?, ["build: one"]);
    assert_eq!(
        (count(&asked, "blob build"), begun.elapsed()),
        (3, Duration::from_secs(4))
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_old_log_that_is_empty_is_asked_for_once() -> Result<()> {
    let (run, asked) = run_with(|what, _| match what {
        "blob build" => (200, String::new()),
        _ => (200, detail("Success", &[step("build", BEGUN, BEGUN + 1)])),
    });
    assert!(texts(&mut run.logs()).await?.is_empty());
    assert_eq!(count(&asked, "blob build"), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_step_without_a_log_yet_is_looked_at_again() -> Result<()> {
    let (run, asked) = run_with(|what, before| match (what, before) {
        (DETAIL, 0..3) => (200, detail("Running", &[step("build", BEGUN, 0)])),
        (DETAIL, _) => (200, detail("Success", &[step("build", BEGUN, BEGUN + 9)])),
        ("blob build", _) => (404, String::new()),
        ("stream build", 2) => (200, events(&["one"]) + EOF),
        _ => (404, String::new()),
    });
    assert_eq!(texts(&mut run.logs()).await?, ["build: one"]);
    assert_eq!(
        (count(&asked, DETAIL), count(&asked, "stream build")),
        (4, 3)
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn looking_for_steps_is_patient() -> Result<()> {
    let (run, asked) = run_with(|what, before| match (what, before) {
        (DETAIL, 0) => (
            404,
            json!({"status": "ERROR", "code": "ENTITY_NOT_FOUND", "message": "no"}).to_string(),
        ),
        (DETAIL, 1 | 3) => (503, String::new()),
        (DETAIL, 2) => (200, detail("Running", &[])),
        (DETAIL, _) => (200, detail("Success", &[step("build", BEGUN, BEGUN + 9)])),
        _ => (200, blob(&["one"])),
    });
    assert_eq!(texts(&mut run.logs()).await?, ["build: one"]);
    assert_eq!(count(&asked, DETAIL), 5);

    let (run, asked) = run_with(|_, _| {
        (
            403,
            json!({"status": "ERROR", "code": "NG_ACCESS_DENIED", "message": "no"}).to_string(),
        )
    });
    let error = run.logs().try_next().await.expect_err("a failure");
    assert!(error.is_permission_denied(), "{error}");
    assert_eq!(count(&asked, DETAIL), 1);
    Ok(())
}

/// Returns a server that creates an archive: it is queued once, and then available at this link.
fn packing(link: &'static str) -> Server {
    Server::answering(move |number, request| match request.target() {
        target if target.contains("/blob/download?") && number == 1 => Reply::json(
            "200 OK",
            json!({"status": "queued", "link": null}).to_string(),
        ),
        target if target.contains("/blob/download?") => Reply::json(
            "200 OK",
            json!({"status": "success", "link": link, "expires": 9}).to_string(),
        ),
        target if target.starts_with("/storage/") => open_ended("PK zip"),
        _ => Reply::json("200 OK", detail("Success", &[])),
    })
}

#[tokio::test]
async fn the_archive_is_fetched_from_the_own_host_without_the_key() -> Result<()> {
    let server = packing("https://app.harness.io/storage/logs/41.zip?signature=s1gned");
    let archive = run_at(&server).log_archive().await?;
    assert_eq!(archive.collect(1 << 20).await?, "PK zip");
    let requests = server.requests();
    assert_eq!(requests.len(), 4);
    let (asked, fetched) = (&requests[1], &requests[3]);
    assert_eq!(asked.method(), "POST");
    let prefix = "AcmeAccount%2Fpipeline%2Fdeploy%2F41%2F-pX9cD1Yw";
    assert!(
        asked.target().contains("accountID=AcmeAccount"),
        "{}",
        asked.target()
    );
    assert!(
        asked
            .target()
            .replace('/', "%2F")
            .contains(&format!("prefix={prefix}")),
        "{}",
        asked.target()
    );
    assert_eq!(
        (fetched.method(), fetched.target()),
        ("GET", "/storage/logs/41.zip?signature=s1gned")
    );
    for name in ["x-api-key", "authorization", "harness-account"] {
        assert_eq!(fetched.header(name), None);
    }
    Ok(())
}

#[tokio::test]
async fn an_archive_elsewhere_is_fetched_from_there_and_its_link_is_not_told() -> Result<()> {
    let store = Server::answering(|number, _| match number {
        0 => open_ended("PK zip"),
        _ => Reply::json("403 Forbidden", "<Error>expired</Error>"),
    });
    let link: &'static str = format!("{}/bucket/41.zip?signature=s1gned", store.url()).leak();
    let archive = run_at(&packing(link)).log_archive();
    assert_eq!(archive.await?.collect(1 << 20).await?, "PK zip");
    assert_eq!(store.last().target(), "/bucket/41.zip?signature=s1gned");
    assert_eq!(store.last().header("x-api-key"), None);

    let error = run_at(&packing(link))
        .log_archive()
        .await
        .expect_err("a failure");
    let told = format!("{error} {error:?}");
    assert!(told.contains("403") && !told.contains("s1gned"), "{told}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_archive_that_is_not_made_is_an_error() {
    let (run, _) = run_with(|what, _| match what {
        "download " => (
            200,
            json!({"status": "failed", "message": "nothing\nto pack"}).to_string(),
        ),
        _ => (200, detail("Success", &[])),
    });
    let error = run.log_archive().await.expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.to_string().contains("nothing to pack"), "{error}");

    let (run, asked) = run_with(|what, _| match what {
        "download " => (200, json!({"status": "in_progress"}).to_string()),
        _ => (200, detail("Success", &[])),
    });
    let archive = run.log_archive().deadline(Duration::from_secs(10));
    let error = archive.await.expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Wait);
    assert_eq!(count(&asked, "download "), 4);
}
