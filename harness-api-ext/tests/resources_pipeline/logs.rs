//! The archive of what steps have written.

use std::time::Duration;

use harness_api_ext::pipeline::Run;
use harness_api_ext::{ErrorKind, RetryPolicy};

use crate::common::{Play, Reply, Server, Stage, builder};
use crate::project;

const ENDED: &str = r#"{"status":"SUCCESS","data":{"pipelineExecutionSummary":{"planExecutionId":"run1","pipelineIdentifier":"deploy","runSequence":7,"status":"Success"},"executionGraph":{"rootNodeId":"n1","nodeMap":{"n1":{"uuid":"n1","identifier":"compile","name":"Compile","startTs":1000,"endTs":2000,"status":"Success","logBaseKey":"key1"}},"nodeAdjacencyListMap":{}}},"metaData":null}"#;

fn answer(body: &'static str) -> Play {
    Play::Answer(200, Vec::new(), body)
}

fn on(plays: impl IntoIterator<Item = Play>) -> (Stage, Run) {
    let stage = Stage::playing(plays);
    let builder = builder().retry(RetryPolicy::never()).layer(stage.clone());
    let harness = builder.build().expect("a client");
    (stage, project(&harness).run("run1"))
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
