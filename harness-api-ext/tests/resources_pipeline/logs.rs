//! What steps have written.

use std::time::Duration;

use harness_api_ext::pipeline::{LogLine, Run};
use harness_api_ext::{ErrorKind, Result, RetryPolicy};

use crate::common::{Play, Reply, Server, Stage, builder};
use crate::project;

const ENDED: &str = r#"{"status":"SUCCESS","data":{"pipelineExecutionSummary":{"planExecutionId":"run1","pipelineIdentifier":"deploy","runSequence":7,"status":"Success"},"executionGraph":{"rootNodeId":"n1","nodeMap":{"n1":{"uuid":"n1","identifier":"compile","name":"Compile","startTs":1000,"endTs":2000,"status":"Success","logBaseKey":"key1"}},"nodeAdjacencyListMap":{}}},"metaData":null}"#;

fn running() -> &'static str {
    ENDED
        .replace(
            r#""endTs":2000,"status":"Success""#,
            r#""status":"Running""#,
        )
        .leak()
}

fn answer(body: &'static str) -> Play {
    Play::Answer(200, Vec::new(), body)
}

fn on(plays: impl IntoIterator<Item = Play>) -> (Stage, Run) {
    let stage = Stage::playing(plays);
    let builder = builder().retry(RetryPolicy::never()).layer(stage.clone());
    let harness = builder.build().expect("a client");
    (stage, project(&harness).run("run1"))
}

async fn texts(run: &Run) -> Result<Vec<String>> {
    let mut logs = run.logs();
    let mut texts = Vec::new();
    while let Some(line) = logs.try_next().await? {
        assert_eq!(line.step(), "Compile");
        texts.push(LogLine::text(&line).to_owned());
    }
    Ok(texts)
}

#[tokio::test(start_paused = true)]
async fn the_log_of_an_ended_step_may_come_late() {
    let lines = answer("{\"level\":\"INFO\",\"out\":\"one\\n\"}\n{\"out\":\"two\"}\n");
    let (stage, run) = on([answer(ENDED), answer(""), answer(""), lines]);
    assert_eq!(texts(&run).await.expect("lines"), ["one", "two"]);
    assert_eq!(stage.pauses()[1..], [Duration::from_secs(2); 2]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_pings_and_ends_with_eof() {
    let body = "event: ping\n\ndata: {\"out\":\"one\"}\n\nevent: ping\ndata: x\n\ndata: {\"out\":\"two\"}\n\nevent: error\ndata: eof\n\n";
    let (_, run) = on([answer(running()), answer(body)]);
    assert_eq!(texts(&run).await.expect("lines"), ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_off_goes_on_without_repeating_lines() {
    let (stage, run) = on([
        answer(running()),
        answer("data: {\"out\":\"one\"}\n\n"),
        Play::lost(),
        answer("data: {\"out\":\"one\"}\n\ndata: {\"out\":\"two\"}\n\nevent: error\ndata: eof\n\n"),
    ]);
    assert_eq!(texts(&run).await.expect("lines"), ["one", "two"]);
    assert_eq!(stage.attempts(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_the_log_service_is_an_error() {
    let (_, run) = on([
        answer(running()),
        answer("event: error\ndata: no such key\n\n"),
    ]);
    let error = texts(&run).await.expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.to_string().contains("no such key"), "{error}");
}

#[tokio::test]
async fn an_archive_is_fetched_from_the_own_host_without_the_key() {
    let server = Server::answering(|_, request| {
        let target = request.target();
        if target.starts_with("/gateway/log-service/blob/download") {
            return Reply::json(
                "200 OK",
                r#"{"status":"success","link":"https://app.harness.io/storage/logs.zip?signature=s1"}"#,
            );
        }
        if target.starts_with("/storage/") {
            return Reply::json("200 OK", "zipped");
        }
        Reply::json("200 OK", ENDED)
    });
    let harness = builder().endpoint(server.url()).build().expect("a client");
    let mut file = project(&harness)
        .run("run1")
        .log_archive()
        .await
        .expect("a file");
    let piece = file.chunk().await.expect("read").expect("a piece");
    assert_eq!(&piece[..], b"zipped");
    let seen = server.requests();
    let asked = &seen[1];
    assert_eq!(asked.method(), "POST");
    let prefix = "prefix=AcmeAccount%2Fpipeline%2Fdeploy%2F7%2F-run1";
    let target = asked.target().replace('/', "%2F");
    assert!(
        target.contains(prefix) && target.contains("accountID=AcmeAccount"),
        "{target}"
    );
    let fetched = server.last();
    assert_eq!(fetched.target(), "/storage/logs.zip?signature=s1");
    assert_eq!(fetched.header("x-api-key"), None);
    assert_eq!(fetched.header("authorization"), None);
}

#[tokio::test(start_paused = true)]
async fn an_archive_that_is_not_made_says_why() {
    let (stage, run) = on([
        answer(ENDED),
        answer(r#"{"status":"queued"}"#),
        answer(r#"{"status":"in_progress"}"#),
        answer(r#"{"status":"failed","message":"nothing to pack"}"#),
    ]);
    let error = run.log_archive().await.expect_err("no file");
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.to_string().contains("nothing to pack"), "{error}");
    assert_eq!(stage.pauses()[1..], [Duration::from_secs(3); 2]);
}
