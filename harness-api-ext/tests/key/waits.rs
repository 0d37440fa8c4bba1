//! Texts of the server in a success, which become an error later.

use harness_api_ext::mock::{Reply, RunScript, Server};
use harness_api_ext::{Error, ErrorKind, WaitFailure};
use serde_json::json;

/// Key of the first generation, which has no recognizable format.
const KEY: &str = "c4n4ryFirst+Gen/7Qw2Lp9";

fn check(error: &Error) {
    let shown = format!(
        "{error} {error:?} {} {:?}",
        error.message(),
        error.wait_failure()
    );
    assert!(shown.contains("***"), "{shown}");
    for part in ["c4n4ry", "7Qw2Lp9"] {
        assert!(!shown.contains(part), "{shown}");
    }
}

#[tokio::test]
async fn a_run_that_failed_does_not_tell_the_key() {
    let server = Server::builder().api_key(KEY).start().await;
    let server = server.expect("a server");
    server.add_project("retail", "checkout");
    let said = format!("no access with\n{KEY}, or c4n4ryFirst%2BGen%2F7Qw2Lp9");
    let script = RunScript::new(["Failed"]).failing_with(said);
    server.pipeline_script("deploy", script);
    let project = server.harness().org("retail").project("checkout");
    let yaml = "pipeline:\n  identifier: deploy\n  name: Deploy\n  orgIdentifier: retail\n  projectIdentifier: checkout\n";
    project.pipelines().create(yaml).await.expect("a pipeline");
    let run = project.pipeline("deploy").execute().await.expect("a run");
    let end = run.wait().await.expect("an end");
    let error = end.success().expect_err("it failed");
    assert!(matches!(
        error.wait_failure(),
        Some(WaitFailure::Failed { .. })
    ));
    check(&error);

    let failed = json!({"status": "failed", "message": format!("no bucket for {KEY}")});
    server.answer_next("logArchive", [Reply::json(200, &failed)]);
    let error = run.log_archive().await.expect_err("no archive");
    assert_eq!(error.kind(), ErrorKind::Api);
    check(&error);
}
