//! Pipelines, their runs, logs and approvals.

use std::time::Duration;

use harness_api_ext::mock::{Reply, RunScript, Server};
use harness_api_ext::pipeline::Outcome;
use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::{Backoff, Project, Result, WaitFailure};

use crate::{call, failure, in_project, json};

const YAML: &str = "\
pipeline:
  name: Deploy
  identifier: deploy
  # kept as it is
  stages:
    - stage:
        name: Build
        identifier: build
        spec:
          execution:
            steps:
              - step: { type: Run }
              - step:
                  name: Compile
                  identifier: compile
              - step:
                  name: Test
                  identifier: test
";

const FAST: Duration = Duration::from_millis(10);

async fn deployed() -> Result<(Server, Project)> {
    let server = Server::start().await?;
    server.add_project("retail", "checkout");
    let project = server.harness().org("retail").project("checkout");
    project.pipelines().create(YAML).await?;
    Ok((server, project))
}

#[tokio::test]
async fn pipelines_keep_their_text() -> Result<()> {
    let (_server, project) = deployed().await?;
    let pipelines = project.pipelines();
    let read = pipelines.get("deploy").await?;
    assert_eq!(read.yaml_pipeline.as_deref(), Some(YAML));
    let changed = YAML.replace("name: Deploy", "name: Deploy it");
    let saved = pipelines.update("deploy", changed).await?;
    assert_eq!(saved.identifier.as_deref(), Some("deploy"));
    let listed = pipelines.list().collect_all().await?;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name.as_deref(), Some("Deploy it"));
    assert!(failure(pipelines.create(YAML).await).is_already_exists());
    assert!(failure(pipelines.create("pipeline:\n  name: x\n").await).is_validation());
    pipelines.delete("deploy").await?;
    assert!(failure(pipelines.get("deploy").await).is_not_found());
    Ok(())
}

#[tokio::test]
async fn a_run_goes_through_the_statuses_of_its_script() -> Result<()> {
    let (server, project) = deployed().await?;
    server.pipeline_script("deploy", ["Running", "Running", "Success"]);
    let run = project
        .pipeline("deploy")
        .execute()
        .notes("because")
        .await?;
    let end = run.wait().backoff(Backoff::every(FAST)).await?.success()?;
    assert_eq!(end.outcome, Outcome::Success);
    assert_eq!(server.received_by("getExecutionDetailV2").len(), 3);

    let script = RunScript::new(["Running", "Failed"])
        .every(FAST)
        .failing_with("exit code 1");
    server.pipeline_script("deploy", script);
    let run = project.pipeline("deploy").execute().await?;
    let end = run.wait().backoff(Backoff::every(FAST)).await?;
    assert_eq!(
        (end.outcome, end.failure_message()),
        (Outcome::Failed, Some("exit code 1"))
    );
    let again = run.retry("deploy", ["build"]).await?;
    assert_ne!(again.id(), run.id());
    assert_eq!(
        again
            .get()
            .await?
            .pipeline_execution_summary
            .expect("a summary")
            .run_sequence,
        Some(3)
    );
    Ok(())
}

#[tokio::test]
async fn logs_are_streamed_while_a_step_runs_and_kept_after_it() -> Result<()> {
    let (server, project) = deployed().await?;
    let script = RunScript::new(["Running", "Success"]).log("compile", ["cargo build", "done"]);
    server.pipeline_script("deploy", script);
    let run = project.pipeline("deploy").execute().await?;
    let steps = run.steps().await?;
    assert_eq!(steps.len(), 1);
    assert!(steps[0].ended().is_none());
    let mut lines = Vec::new();
    let mut log = run.step_log(&steps[0]);
    while let Some(line) = log.try_next().await? {
        lines.push(line.text().to_owned());
    }
    assert_eq!(lines, ["cargo build", "done"]);
    assert_eq!(server.received_by("logStream").len(), 1);
    server.assert_not_received("logBlob");

    let steps = run.steps().await?;
    assert_eq!(
        steps.iter().map(|step| step.name()).collect::<Vec<_>>(),
        ["compile", "test"]
    );
    let mut log = run.step_log(&steps[1]);
    assert_eq!(
        log.try_next().await?.expect("a line").text(),
        "Executing Test"
    );
    server.assert_received("logBlob", |request| {
        request
            .query("key")
            .is_some_and(|key| key.ends_with("/steps/test"))
    });

    let mut archive = run.log_archive().await?;
    let mut bytes = Vec::new();
    while let Some(piece) = archive.chunk().await? {
        bytes.extend_from_slice(&piece);
    }
    assert!(String::from_utf8_lossy(&bytes).starts_with("cargo build\ndone\n"));
    Ok(())
}

#[tokio::test]
async fn runs_are_stopped_once() -> Result<()> {
    let (server, project) = deployed().await?;
    server.pipeline_script("deploy", ["Running"]);
    let run = project.pipeline("deploy").execute().await?;
    run.abort().await?;
    let end = run.wait().await?;
    assert_eq!(end.outcome, Outcome::Aborted);
    assert!(failure(run.abort().await).is_validation());
    let list = in_project(
        &server.harness(),
        Method::POST,
        "/pipeline/api/pipelines/execution/summary",
    );
    let listed =
        json(list.json_body(&serde_json::json!({"filterType": "PipelineExecution"}))).await?;
    assert_eq!(listed["data"]["totalElements"], 1);
    assert_eq!(listed["data"]["content"][0]["status"], "Aborted");
    Ok(())
}

#[tokio::test]
async fn a_run_waits_until_somebody_decides() -> Result<()> {
    let (server, project) = deployed().await?;
    server.pipeline_script("deploy", ["Running", "ApprovalWaiting", "Success"]);
    let harness = server.harness();
    for (action, outcome) in [
        ("APPROVE", Outcome::Success),
        ("REJECT", Outcome::ApprovalRejected),
    ] {
        let run = project.pipeline("deploy").execute().await?;
        let waiting = failure(run.wait().backoff(Backoff::every(FAST)).await);
        assert_eq!(
            waiting.wait_failure(),
            Some(&WaitFailure::NeedsPerson),
            "{waiting}"
        );
        let path = format!(
            "/v1/orgs/retail/projects/checkout/approvals/execution/{}",
            run.id()
        );
        let approvals = json(call(&harness, Method::GET, &path)).await?;
        let id = approvals[0]["id"].as_str().expect("an approval").to_owned();
        let path = format!("/pipeline/api/approvals/{id}/harness/activity");
        let activity = serde_json::json!({"action": action, "comments": "", "approverInputs": []});
        json(call(&harness, Method::POST, &path).json_body(&activity)).await?;
        let end = run.wait().backoff(Backoff::every(FAST)).await?;
        assert_eq!(end.outcome, outcome);
        let late = call(&harness, Method::POST, &path).json_body(&activity);
        assert!(failure(json(late).await).is_validation());
    }
    Ok(())
}

#[tokio::test]
async fn input_sets_belong_to_a_pipeline() -> Result<()> {
    let (server, project) = deployed().await?;
    let harness = server.harness();
    let yaml =
        "inputSet:\n  name: Nightly\n  identifier: nightly\n  pipeline:\n    identifier: deploy\n";
    let path = "/pipeline/api/inputSets";
    let create = in_project(
        &harness,
        Method::POST,
        &format!("{path}?pipelineIdentifier=deploy"),
    );
    json(create.text_body("application/yaml", yaml)).await?;
    let read = in_project(
        &harness,
        Method::GET,
        &format!("{path}/nightly?pipelineIdentifier=deploy"),
    );
    assert_eq!(json(read).await?["data"]["inputSetYaml"], yaml);
    project
        .pipeline("deploy")
        .execute()
        .input_sets(["nightly"])
        .await?;
    let missing = failure(
        project
            .pipeline("deploy")
            .execute()
            .input_sets(["weekly"])
            .await,
    );
    assert!(missing.is_not_found(), "{missing}");
    project.pipelines().delete("deploy").await?;
    project.pipelines().create(YAML).await?;
    let list = in_project(
        &harness,
        Method::GET,
        &format!("{path}?pipelineIdentifier=deploy"),
    );
    assert_eq!(json(list).await?["data"]["totalItems"], 0);
    Ok(())
}

#[tokio::test]
async fn policies_deny_by_a_success_without_the_thing() -> Result<()> {
    let (server, project) = deployed().await?;
    server.deny_by_policy("pipeline", "need-team", "tags.team is required");
    let denied = failure(project.pipelines().update("deploy", YAML).await);
    assert!(denied.is_policy_denied(), "{denied}");
    assert!(
        denied.to_string().contains("tags.team is required"),
        "{denied}"
    );
    server.lift_policies();
    project.pipelines().update("deploy", YAML).await?;
    server.deny("core_pipeline_execute");
    server.answer_next("getPipeline", [Reply::error(403, "not yours")]);
    assert!(failure(project.pipeline("deploy").execute().await).is_permission_denied());
    assert!(failure(project.pipelines().get("deploy").await).is_permission_denied());
    assert!(project.pipelines().get("deploy").await.is_ok());
    Ok(())
}
