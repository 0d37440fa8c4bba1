//! Beginning and repeating runs.

use harness_api_ext::pipeline::Interrupt;
use harness_api_ext::{ErrorKind, Harness};

use crate::common::{Reply, Server, builder};
use crate::one_call::{exchange, good};
use crate::{SCOPE, project};

const BEGUN: &str = r#"{"status":"SUCCESS","data":{"planExecution":{"uuid":"run1","status":"RUNNING"},"isRunFromV1":false},"metaData":null,"correlationId":"c1"}"#;

#[tokio::test]
async fn inputs_decide_which_operation_begins_a_run() {
    let yaml = "pipeline:\n  identifier: deploy\n";
    let run = good(
        |harness| {
            project(&harness)
                .pipeline("deploy")
                .execute()
                .inputs_yaml(yaml)
        },
        &format!("POST /pipeline/api/pipeline/execute/deploy?{SCOPE}"),
        yaml,
        BEGUN,
    )
    .await;
    assert_eq!(run.id(), "run1");
    good(
        |harness| {
            let execute = project(&harness).pipelines().get("deploy").execute();
            execute.input_sets(["nightly", "eu"]).inputs_yaml(yaml).module("cd")
        },
        &format!("POST /pipeline/api/pipeline/execute/deploy/inputSetList?{SCOPE}&moduleType=cd"),
        r#"{"inputSetReferences":["nightly","eu"],"lastYamlToMerge":"pipeline:\n  identifier: deploy\n"}"#,
        BEGUN,
    )
    .await;
    good(
        |harness| {
            project(&harness)
                .pipeline("deploy")
                .execute()
                .stages(["build"])
        },
        &format!("POST /pipeline/api/pipeline/execute/deploy/stages?{SCOPE}"),
        r#"{"stageIdentifiers":["build"]}"#,
        BEGUN,
    )
    .await;
}

#[tokio::test]
async fn no_inputs_are_an_empty_text_of_yaml() {
    let server = Server::always(BEGUN);
    let harness = builder().endpoint(server.url()).build().expect("a client");
    let run = project(&harness).pipeline("deploy").execute().await;
    assert_eq!(run.expect("begun").id(), "run1");
    let seen = server.last();
    assert_eq!(seen.header("content-type"), Some("application/yaml"));
    assert_eq!(seen.header("content-length"), Some("0"));
    assert_eq!(seen.body, "");
}

#[tokio::test]
async fn what_begins_or_answers_is_not_repeated_after_a_lost_answer() {
    let server = Server::answering(|_, _| Reply::Close);
    let harness = builder().endpoint(server.url()).build().expect("a client");
    let pipeline = project(&harness).pipeline("deploy");
    let run = project(&harness).run("run1");
    let approvals = project(&harness).approvals();
    let calls = [
        pipeline.execute().await.err(),
        pipeline.execute().input_sets(["a"]).await.err(),
        pipeline.execute().stages(["a"]).await.err(),
        run.retry("deploy", ["a"]).await.err(),
        run.abort().await.err(),
        approvals.approve("a1").await.err(),
        pipeline.triggers().send_event("t", 1.into()).await.err(),
    ];
    for error in &calls {
        let kind = error.as_ref().map(harness_api_ext::Error::kind);
        assert_eq!(kind, Some(ErrorKind::Transport), "{error:?}");
    }
    assert_eq!(server.requests().len(), calls.len());
}

#[tokio::test]
async fn runs_are_repeated_and_interrupted() {
    let run = good(
        |harness| project(&harness).run("run0").retry("deploy", ["a", "b"]).all_parallel_stages(true),
        &format!("POST /pipeline/api/pipeline/execute/retry/deploy?{SCOPE}&planExecutionId=run0&retryStages=a&retryStages=b&runAllStages=true"),
        "",
        BEGUN,
    )
    .await;
    assert_eq!(run.id(), "run1");
    let interrupted =
        r#"{"status":"SUCCESS","data":{"id":"i1","type":"ABORTALL"},"metaData":null}"#;
    good(
        |harness| project(&harness).run("run1").abort(),
        &format!(
            "PUT /pipeline/api/pipeline/execute/interrupt/run1?{SCOPE}&interruptType=AbortAll"
        ),
        "",
        interrupted,
    )
    .await;
    good(
        |harness| project(&harness).run("run1").interrupt_stage("node1", Interrupt::UserMarkedFailure),
        &format!("PUT /pipeline/api/pipeline/execute/interrupt/run1/node1?{SCOPE}&interruptType=UserMarkedFailure"),
        "",
        interrupted,
    )
    .await;
    let history = good(
        |harness| project(&harness).run("run1").retry_history("deploy"),
        &format!("GET /pipeline/api/pipeline/execute/retryHistory/run1?{SCOPE}&pipelineIdentifier=deploy"),
        "",
        r#"{"status":"SUCCESS","data":{"latestExecutionId":"run1","executionInfos":[{"uuid":"run0"}]},"metaData":null}"#,
    )
    .await;
    assert_eq!(history.latest_execution_id.as_deref(), Some("run1"));
}

#[tokio::test]
async fn a_pipeline_that_is_not_there_is_not_found() {
    let error = exchange(
        |harness: Harness| project(&harness).pipeline("deploy").execute(),
        &format!("POST /pipeline/api/pipeline/execute/deploy?{SCOPE}"),
        "",
        "404 Not Found",
        r#"{"status":"ERROR","code":"ENTITY_NOT_FOUND","message":"It was not found","correlationId":"c1","responseMessages":[]}"#,
    )
    .await
    .expect_err("not there");
    assert!(error.is_not_found(), "{error}");
}
