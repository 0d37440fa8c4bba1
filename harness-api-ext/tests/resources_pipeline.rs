//! Pipelines, input sets, triggers, executions and approvals over HTTP.
#![cfg(feature = "pipeline")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{Exchange, KEY, PROJECT, Reply, Server, data, not_found, page};
use harness_api_ext::pipeline::{Interrupt, types};
use harness_api_ext::raw::Configure;
use harness_api_ext::{ErrorKind, GitStore, Harness, Result};
use serde_json::{Value, json};

const YAML: &str = "# kept as it is\npipeline:\n  identifier: deploy\n  timeout: <+input>\n";

/// The page of a list in the style of the older lists.
fn spring_page(items: &Value) -> String {
    let count = items.as_array().map_or(0, Vec::len);
    data(&json!({
        "content": items, "pageable": {}, "last": true, "totalElements": count, "totalPages": 1, "size": 25,
        "number": 0, "first": true, "numberOfElements": count, "empty": count == 0,
    }))
}

/// What a call that begins a run is answered.
fn begun() -> String {
    data(&json!({"planExecution": {"uuid": "pX9cD1Yw", "status": "RUNNING"}}))
}

/// Asserts that the last request was sent as YAML with this text.
#[track_caller]
fn saw_yaml(exchange: &Exchange, method: &str, target: &str, text: &str) {
    exchange.saw(method, target);
    let request = exchange.last();
    assert_eq!(request.header("content-type"), Some("application/yaml"));
    assert_eq!(request.body, text);
}

#[tokio::test]
async fn pipelines_are_listed_with_a_filter() -> Result<()> {
    let exchange = Exchange::answering(spring_page(&json!([{"identifier": "deploy"}])));
    let pipelines = exchange.project().pipelines();
    let list = pipelines.list().search("dep").module("cd");
    let found = list
        .identifiers(["deploy"])
        .name("Deploy")
        .collect_all()
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/pipeline/api/pipelines/list?{PROJECT}&searchTerm=dep&module=cd&page=0&size=100"),
        &json!({"filterType": "PipelineSetup", "pipelineIdentifiers": ["deploy"], "name": "Deploy"}),
    );
    assert_eq!(found[0].identifier.as_deref(), Some("deploy"));
    Ok(())
}

#[tokio::test]
async fn pipelines_are_read_and_written_as_they_are() -> Result<()> {
    let exchange =
        Exchange::answering(data(&json!({"yamlPipeline": YAML, "identifier": "deploy"})));
    let pipelines = exchange.project().pipelines();
    let read = pipelines.get("deploy").resolve_templates(true);
    let read = read.git(GitStore::branch("next")).await?;
    exchange.saw(
        "GET",
        &format!(
            "/pipeline/api/pipelines/deploy?{PROJECT}&getTemplatesResolvedPipeline=true&branch=next"
        ),
    );
    assert_eq!(read.yaml_pipeline.as_deref(), Some(YAML));

    let created = pipelines.create(YAML).await?;
    saw_yaml(
        &exchange,
        "POST",
        &format!("/pipeline/api/pipelines/v2?{PROJECT}"),
        YAML,
    );
    assert_eq!(created.identifier.as_deref(), Some("deploy"));

    let git = GitStore::branch("main")
        .last_object_id("0c1f4a")
        .commit_message("Wait longer");
    pipelines
        .update("deploy", YAML)
        .if_match("7")
        .git(git)
        .await?;
    saw_yaml(
        &exchange,
        "PUT",
        &format!(
            "/pipeline/api/pipelines/v2/deploy?{PROJECT}&branch=main&lastObjectId=0c1f4a&commitMsg=Wait%20longer"
        ),
        YAML,
    );
    assert_eq!(exchange.last().header("if-match"), Some("7"));

    let exchange = Exchange::answering(data(&json!(true)));
    exchange.project().pipelines().delete("deploy").await?;
    exchange.saw(
        "DELETE",
        &format!("/pipeline/api/pipelines/deploy?{PROJECT}"),
    );

    let exchange = Exchange::finding_nothing();
    not_found(exchange.project().pipelines().get("none").await);
    Ok(())
}

#[tokio::test]
async fn a_pipeline_that_a_policy_denies_is_an_error() {
    let exchange = Exchange::answering(data(&json!({
        "identifier": null,
        "governanceMetadata": {"id": "812", "deny": true, "status": "error", "message": "an owner is required"},
    })));
    let outcome = exchange.project().pipelines().create(YAML).await;
    let error = outcome.expect_err("a denial");
    assert!(error.policy_denial().is_some(), "{error}");
}

#[tokio::test]
async fn a_run_without_input_sets_has_its_inputs_as_yaml() -> Result<()> {
    let exchange = Exchange::answering(begun());
    let pipeline = exchange.project().pipeline("deploy");
    let run = pipeline.execute().await?;
    saw_yaml(
        &exchange,
        "POST",
        &format!("/pipeline/api/pipeline/execute/deploy?{PROJECT}"),
        "",
    );
    assert_eq!(exchange.last().header("content-length"), Some("0"));
    assert_eq!(run.id(), "pX9cD1Yw");

    let execute = exchange.project().pipelines().get("deploy").execute();
    let execute = execute.inputs_yaml(YAML).notes("hot fix").module("cd");
    execute.git(GitStore::branch("next")).await?;
    saw_yaml(
        &exchange,
        "POST",
        &format!(
            "/pipeline/api/pipeline/execute/deploy?{PROJECT}&branch=next&moduleType=cd&notesForPipelineExecution=hot%20fix"
        ),
        YAML,
    );
    Ok(())
}

#[tokio::test]
async fn input_sets_and_stages_have_operations_of_their_own() -> Result<()> {
    let exchange = Exchange::answering(begun());
    let pipeline = exchange.project().pipeline("deploy");
    pipeline
        .execute()
        .input_sets(["base", "nightly"])
        .module("cd")
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/pipeline/api/pipeline/execute/deploy/inputSetList?{PROJECT}&moduleType=cd"),
        &json!({"inputSetReferences": ["base", "nightly"]}),
    );
    assert_eq!(
        exchange.last().header("content-type"),
        Some("application/json")
    );

    pipeline
        .execute()
        .input_sets(["base"])
        .inputs_yaml(YAML)
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/pipeline/api/pipeline/execute/deploy/inputSetList?{PROJECT}"),
        &json!({"inputSetReferences": ["base"], "lastYamlToMerge": YAML}),
    );

    let execute = pipeline
        .execute()
        .stages(["build", "test"])
        .input_sets(["base"]);
    let run = execute.inputs_yaml(YAML).await?;
    exchange.saw_json(
        "POST",
        &format!("/pipeline/api/pipeline/execute/deploy/stages?{PROJECT}&inputSetIdentifiers=base"),
        &json!({"stageIdentifiers": ["build", "test"], "runtimeInputYaml": YAML}),
    );
    assert_eq!(run.id(), "pX9cD1Yw");
    Ok(())
}

#[tokio::test]
async fn what_acts_is_not_repeated_when_the_answer_is_lost() {
    for gone in [false, true] {
        let server = Server::answering(move |_, _| match gone {
            true => Reply::Close,
            false => Reply::json("503 Service Unavailable", "{}"),
        });
        let harness = Harness::builder().api_key(KEY).endpoint(server.url());
        let project = harness
            .build()
            .expect("a client")
            .org("retail")
            .project("checkout");
        let (pipeline, run) = (project.pipeline("deploy"), project.run("pX9cD1Yw"));
        let mut sent = 0;
        let mut failed_once = |outcome: Result<()>| {
            assert!(outcome.is_err());
            sent += 1;
            assert_eq!(server.requests().len(), sent, "{:?}", server.last());
        };
        failed_once(pipeline.execute().await.map(drop));
        failed_once(pipeline.execute().input_sets(["base"]).await.map(drop));
        failed_once(pipeline.execute().stages(["build"]).await.map(drop));
        failed_once(run.retry("deploy", ["build"]).await.map(drop));
        failed_once(run.abort().await);
        failed_once(project.approvals().approve("a1").await.map(drop));
    }
}

#[tokio::test]
async fn a_run_is_read_stopped_and_repeated() -> Result<()> {
    let exchange = Exchange::answering(data(&json!({
        "pipelineExecutionSummary": {"planExecutionId": "pX9cD1Yw", "status": "Running"},
    })));
    let run = exchange.project().run("pX9cD1Yw");
    let detail = run.get().stage("node1").full_graph(true).await?;
    exchange.saw(
        "GET",
        &format!(
            "/pipeline/api/pipelines/execution/v2/pX9cD1Yw?{PROJECT}&stageNodeId=node1&renderFullBottomGraph=true"
        ),
    );
    let summary = detail.pipeline_execution_summary.expect("a summary");
    assert_eq!(summary.plan_execution_id.as_deref(), Some("pX9cD1Yw"));

    let exchange = Exchange::answering(data(&json!({"id": "i1", "type": "ABORT_ALL"})));
    let run = exchange.project().run("pX9cD1Yw");
    let target =
        format!("/pipeline/api/pipeline/execute/interrupt/pX9cD1Yw?{PROJECT}&interruptType=");
    run.abort().await?;
    exchange.saw("PUT", &format!("{target}AbortAll"));
    run.interrupt(Interrupt::UserMarkedFailure).await?;
    exchange.saw("PUT", &format!("{target}UserMarkedFailure"));

    let exchange = Exchange::answering(begun());
    let run = exchange.project().run("old");
    let target =
        format!("/pipeline/api/pipeline/execute/retry/deploy?{PROJECT}&planExecutionId=old");
    let again = run.retry("deploy", ["build", "test"]).await?;
    saw_yaml(
        &exchange,
        "POST",
        &format!("{target}&retryStages=build&retryStages=test"),
        "",
    );
    assert_eq!(again.id(), "pX9cD1Yw");
    let retry = run.retry("deploy", ["build"]).inputs_yaml(YAML);
    retry.all_parallel_stages(false).await?;
    saw_yaml(
        &exchange,
        "POST",
        &format!("{target}&retryStages=build&runAllStages=false"),
        YAML,
    );
    Ok(())
}

#[tokio::test]
async fn input_sets_are_listed_and_read() -> Result<()> {
    let exchange = Exchange::answering(page(
        &json!([{"identifier": "nightly", "inputSetType": "INPUT_SET"}]),
    ));
    let sets = exchange.project().pipeline("deploy").input_sets();
    let found = sets.list().search("night").collect_all().await?;
    let scope = format!("{PROJECT}&pipelineIdentifier=deploy");
    exchange.saw(
        "GET",
        &format!(
            "/pipeline/api/inputSets?{scope}&inputSetType=ALL&searchTerm=night&pageIndex=0&pageSize=100"
        ),
    );
    assert_eq!(found[0].identifier.as_deref(), Some("nightly"));

    let text = "inputSet:\n  identifier: nightly\n";
    let exchange = Exchange::answering(data(
        &json!({"identifier": "nightly", "inputSetYaml": text}),
    ));
    let sets = exchange.project().pipeline("deploy").input_sets();
    let read = sets.get("nightly").pipeline_branch("next").await?;
    exchange.saw(
        "GET",
        &format!("/pipeline/api/inputSets/nightly?{scope}&pipelineBranch=next"),
    );
    assert_eq!(read.input_set_yaml.as_deref(), Some(text));

    sets.create(text).await?;
    saw_yaml(
        &exchange,
        "POST",
        &format!("/pipeline/api/inputSets?{scope}"),
        text,
    );
    sets.update("nightly", text).if_match("3").await?;
    saw_yaml(
        &exchange,
        "PUT",
        &format!("/pipeline/api/inputSets/nightly?{scope}"),
        text,
    );
    assert_eq!(exchange.last().header("if-match"), Some("3"));

    let exchange = Exchange::answering(data(&json!(true)));
    exchange
        .project()
        .pipeline("deploy")
        .input_sets()
        .delete("nightly")
        .await?;
    exchange.saw(
        "DELETE",
        &format!("/pipeline/api/inputSets/nightly?{scope}"),
    );

    let exchange = Exchange::finding_nothing();
    not_found(
        exchange
            .project()
            .pipeline("deploy")
            .input_sets()
            .get("none")
            .await,
    );
    Ok(())
}

#[tokio::test]
async fn an_input_set_that_does_not_fit_is_not_saved() -> Result<()> {
    let exchange = Exchange::answering(data(&json!({
        "identifier": "nightly", "errorResponse": true,
        "inputSetErrorWrapper": {"type": "InputSetErrorWrapper", "errorPipelineYaml": "pipeline:\n"},
    })));
    let sets = exchange.project().pipeline("deploy").input_sets();
    assert_eq!(sets.get("nightly").await?.error_response, Some(true));
    for outcome in [sets.create("x").await, sets.update("nightly", "x").await] {
        let error = outcome.expect_err("a failure");
        assert_eq!(error.kind(), ErrorKind::Api);
        assert!(error.to_string().contains("`nightly`"), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn inputs_are_asked_for_and_merged() -> Result<()> {
    let exchange = Exchange::answering(data(
        &json!({"inputSetTemplateYaml": YAML, "hasInputSets": true}),
    ));
    let sets = exchange.project().pipeline("deploy").input_sets();
    let scope = format!("{PROJECT}&pipelineIdentifier=deploy");
    let template = sets.template().await?;
    let target = format!("/pipeline/api/inputSets/template?{scope}");
    exchange.saw_json("POST", &target, &json!({"stageIdentifiers": []}));
    assert_eq!(template.input_set_template_yaml.as_deref(), Some(YAML));
    sets.template()
        .stages(["build"])
        .git(GitStore::branch("next"))
        .await?;
    exchange.saw_json(
        "POST",
        &format!("{target}&branch=next"),
        &json!({"stageIdentifiers": ["build"]}),
    );

    let exchange = Exchange::answering(data(
        &json!({"pipelineYaml": YAML, "completePipelineYaml": null}),
    ));
    let sets = exchange.project().pipeline("deploy").input_sets();
    let merged = sets
        .merge(["base", "nightly"])
        .inputs_yaml(YAML)
        .stages(["build"]);
    let merged = merged.with_pipeline(true).await?;
    exchange.saw_json(
        "POST",
        &format!("/pipeline/api/inputSets/merge?{scope}"),
        &json!({
            "inputSetReferences": ["base", "nightly"], "lastYamlToMerge": YAML, "stageIdentifiers": ["build"],
            "withMergedPipelineYaml": true,
        }),
    );
    assert_eq!(merged.pipeline_yaml.as_deref(), Some(YAML));
    Ok(())
}

#[tokio::test]
async fn triggers_belong_to_a_pipeline() -> Result<()> {
    let exchange = Exchange::answering(page(&json!([{"identifier": "nightly", "enabled": true}])));
    let triggers = exchange.project().pipeline("deploy").triggers();
    let found = triggers.list().search("night").collect_all().await?;
    let scope = format!("{PROJECT}&targetIdentifier=deploy");
    exchange.saw(
        "GET",
        &format!("/pipeline/api/triggers?{scope}&searchTerm=night&page=0&size=100"),
    );
    assert_eq!(found[0].enabled, Some(true));

    let text = "trigger:\n  identifier: nightly\n";
    let exchange = Exchange::answering(data(
        &json!({"identifier": "nightly", "yaml": text, "errorResponse": false}),
    ));
    let triggers = exchange.project().pipeline("deploy").triggers();
    assert_eq!(triggers.get("nightly").await?.yaml.as_deref(), Some(text));
    exchange.saw("GET", &format!("/pipeline/api/triggers/nightly?{scope}"));
    triggers.create(text).ignore_error(true).await?;
    saw_yaml(
        &exchange,
        "POST",
        &format!("/pipeline/api/triggers?{scope}&ignoreError=true"),
        text,
    );
    triggers.update("nightly", text).if_match("3").await?;
    saw_yaml(
        &exchange,
        "PUT",
        &format!("/pipeline/api/triggers/nightly?{scope}"),
        text,
    );
    assert_eq!(exchange.last().header("if-match"), Some("3"));

    let exchange = Exchange::answering(data(&json!(true)));
    exchange
        .project()
        .pipeline("deploy")
        .triggers()
        .delete("nightly")
        .await?;
    exchange.saw("DELETE", &format!("/pipeline/api/triggers/nightly?{scope}"));

    let exchange = Exchange::finding_nothing();
    not_found(
        exchange
            .project()
            .pipeline("deploy")
            .triggers()
            .get("none")
            .await,
    );
    Ok(())
}

#[tokio::test]
async fn a_trigger_that_is_not_valid_is_not_saved() -> Result<()> {
    let exchange = Exchange::answering(data(&json!({
        "identifier": "nightly", "errorResponse": true,
        "errors": {"trigger.source": {"fieldName": "source", "message": "a cron\nis missing"}},
    })));
    let triggers = exchange.project().pipeline("deploy").triggers();
    for outcome in [
        triggers.create("x").await,
        triggers.update("nightly", "x").await,
    ] {
        let error = outcome.expect_err("a failure");
        assert_eq!(error.kind(), ErrorKind::Api);
        assert!(
            error
                .to_string()
                .contains("trigger.source: a cron is missing"),
            "{error}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn executions_are_listed_by_filter() -> Result<()> {
    let exchange = Exchange::answering(spring_page(&json!([
        {"planExecutionId": "pX9cD1Yw", "status": "Failed", "runSequence": "41"},
    ])));
    let list = exchange.project().executions().list();
    let list = list
        .status(["Failed"])
        .pipelines(["deploy"])
        .pipeline_name("Deploy")
        .triggers(["nightly"]);
    let found = list
        .search("dep")
        .module("cd")
        .mine(true)
        .page_size(20)
        .collect_all()
        .await?;
    exchange.saw_json(
        "POST",
        &format!(
            "/pipeline/api/pipelines/execution/summary?{PROJECT}&searchTerm=dep&module=cd&myDeployments=true&page=0&size=20"
        ),
        &json!({
            "filterType": "PipelineExecution", "status": ["Failed"], "pipelineIdentifiers": ["deploy"],
            "pipelineName": "Deploy", "triggerIdentifiers": ["nightly"],
        }),
    );
    assert_eq!(found[0].run_sequence, Some(41));

    exchange
        .project()
        .pipeline("deploy")
        .executions()
        .list()
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/pipeline/api/pipelines/execution/summary?{PROJECT}&pipelineIdentifier=deploy&page=0&size=100"),
        &json!({"filterType": "PipelineExecution"}),
    );
    assert_eq!(
        exchange.project().executions().run("pX9cD1Yw").id(),
        "pX9cD1Yw"
    );

    let exchange = Exchange::finding_nothing();
    not_found(exchange.project().executions().get("none").await);
    exchange.saw(
        "GET",
        &format!("/pipeline/api/pipelines/execution/v2/none?{PROJECT}"),
    );
    Ok(())
}

#[tokio::test]
async fn approvals_are_listed_and_answered() -> Result<()> {
    let waiting = json!([{
        "id": "a1", "type": "HarnessApproval", "status": "WAITING", "deadline": 1_761_800_900_000_i64,
        "created": 1_761_800_000_000_i64, "updated": null, "error_message": null, "details": {"minimumCount": 1},
    }]);
    let exchange = Exchange::answering(waiting.to_string());
    let project = exchange.project();
    let list = project.run("pX9cD1Yw").approvals();
    let list = list.status(types::GetApprovalInstancesByExecutionIdApprovalStatus::Waiting);
    let found = list.kind("HarnessApproval").step("n1").await?;
    let path = "/v1/orgs/retail/projects/checkout/approvals/execution/pX9cD1Yw";
    exchange.saw(
        "GET",
        &format!(
            "{path}?approval_status=WAITING&approval_type=HarnessApproval&node_execution_id=n1"
        ),
    );
    assert!(found[0].is_waiting());
    assert_eq!(
        (&*found[0].id, found[0].details["minimumCount"].as_i64()),
        ("a1", Some(1))
    );
    assert_eq!(project.approvals().list("pX9cD1Yw").await?, found);
    exchange.saw("GET", path);

    let exchange = Exchange::answering(data(&json!({"id": "a1", "status": "APPROVED"})));
    let approvals = exchange.project().approvals();
    let target = "/pipeline/api/approvals/a1/harness/activity?accountIdentifier=AcmeAccount";
    let answered = approvals
        .approve("a1")
        .comment("Tested")
        .input("ticket", "OPS-7")
        .await?;
    exchange.saw_json(
        "POST",
        target,
        &json!({"action": "APPROVE", "comments": "Tested", "approverInputs": [{"name": "ticket", "value": "OPS-7"}]}),
    );
    assert_eq!(answered.status.as_deref(), Some("APPROVED"));
    approvals
        .reject("a1")
        .with_header("x-reason", "late")
        .await?;
    exchange.saw_json(
        "POST",
        target,
        &json!({"action": "REJECT", "comments": "", "approverInputs": []}),
    );
    assert_eq!(exchange.last().header("x-reason"), Some("late"));

    let exchange = Exchange::finding_nothing();
    not_found(exchange.project().run("none").approvals().await);
    not_found(exchange.project().approvals().approve("none").await);
    Ok(())
}
