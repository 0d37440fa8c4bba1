//! What belongs to pipelines, on the wire.

use crate::one_call::{exchange, good};
use crate::{SCOPE, project};

const DONE: &str = r#"{"status":"SUCCESS","data":true,"metaData":null,"correlationId":"c1"}"#;
const EMPTY: &str = r#"{"status":"SUCCESS","data":{"content":[],"totalItems":0,"totalElements":0,"last":true,"empty":true},"metaData":null}"#;
const ABSENT: &str = r#"{"status":"ERROR","code":"ENTITY_NOT_FOUND","message":"It was not found","correlationId":"c1","responseMessages":[]}"#;

macro_rules! input_set {
    ($member:literal) => {
        concat!(
            r#"{"status":"SUCCESS","data":{"identifier":"nightly","isErrorResponse":false,""#,
            $member,
            r#"":"a: 1 # x\n"},"metaData":null}"#
        )
    };
}

#[tokio::test]
async fn input_sets() {
    let yaml = "inputSet:\n  identifier: nightly # x\n";
    let base = format!("{SCOPE}&pipelineIdentifier=deploy");
    let one = "/pipeline/api/inputSets/nightly";
    let overlay = "/pipeline/api/inputSets/overlay";
    let answer = input_set!("inputSetYaml");
    let of_overlay = input_set!("overlayInputSetYaml");
    let made = good(
        |h| project(&h).pipeline("deploy").input_sets().create(yaml),
        &format!("POST /pipeline/api/inputSets?{base}"),
        yaml,
        answer,
    )
    .await;
    assert_eq!(made.input_set_yaml.as_deref(), Some("a: 1 # x\n"));
    good(
        |h| project(&h).pipeline("deploy").input_sets().get("nightly"),
        &format!("GET {one}?{base}"),
        "",
        answer,
    )
    .await;
    good(
        |h| {
            project(&h)
                .pipeline("deploy")
                .input_sets()
                .update("nightly", yaml)
        },
        &format!("PUT {one}?{base}"),
        yaml,
        answer,
    )
    .await;
    good(
        |h| {
            project(&h)
                .pipeline("deploy")
                .input_sets()
                .delete("nightly")
        },
        &format!("DELETE {one}?{base}"),
        "",
        DONE,
    )
    .await;
    let made = good(
        |h| {
            project(&h)
                .pipeline("deploy")
                .input_sets()
                .create_overlay(yaml)
        },
        &format!("POST {overlay}?{base}"),
        yaml,
        of_overlay,
    )
    .await;
    assert_eq!(made.overlay_input_set_yaml.as_deref(), Some("a: 1 # x\n"));
    good(
        |h| {
            project(&h)
                .pipeline("deploy")
                .input_sets()
                .get_overlay("all")
        },
        &format!("GET {overlay}/all?{base}"),
        "",
        of_overlay,
    )
    .await;
    good(
        |h| {
            project(&h)
                .pipeline("deploy")
                .input_sets()
                .update_overlay("all", yaml)
        },
        &format!("PUT {overlay}/all?{base}"),
        yaml,
        of_overlay,
    )
    .await;
    good(
        |h| {
            project(&h)
                .pipeline("deploy")
                .input_sets()
                .list()
                .search("ni")
                .kind("INPUT_SET")
        },
        &format!("GET /pipeline/api/inputSets?{base}&searchTerm=ni&inputSetType=INPUT_SET&…"),
        "",
        EMPTY,
    )
    .await;
    let template = good(
        |h| project(&h).pipeline("deploy").input_sets().template().stages(["build"]),
        &format!("POST /pipeline/api/inputSets/template?{base}"),
        r#"{"stageIdentifiers":["build"]}"#,
        r#"{"status":"SUCCESS","data":{"inputSetTemplateYaml":"pipeline:\n","hasInputSets":true},"metaData":null}"#,
    )
    .await;
    assert_eq!(
        template.input_set_template_yaml.as_deref(),
        Some("pipeline:\n")
    );
    let merged = good(
        |h| project(&h).pipeline("deploy").input_sets().merge(["a", "b"]).inputs_yaml("x: 1").with_pipeline(true),
        &format!("POST /pipeline/api/inputSets/merge?{base}"),
        r#"{"inputSetReferences":["a","b"],"lastYamlToMerge":"x: 1","withMergedPipelineYaml":true}"#,
        r#"{"status":"SUCCESS","data":{"pipelineYaml":"pipeline:\n","isErrorResponse":false},"metaData":null}"#,
    )
    .await;
    assert_eq!(merged.pipeline_yaml.as_deref(), Some("pipeline:\n"));
    let error = exchange(
        |h| project(&h).pipeline("deploy").input_sets().get("nightly"),
        &format!("GET {one}?{base}"),
        "",
        "404 Not Found",
        ABSENT,
    )
    .await;
    assert!(error.expect_err("not there").is_not_found());
}

#[tokio::test]
async fn triggers() {
    let yaml = "trigger:\n  identifier: nightly # x\n";
    let base = format!("{SCOPE}&targetIdentifier=deploy");
    let one = "/pipeline/api/triggers/nightly";
    let answer = r#"{"status":"SUCCESS","data":{"identifier":"nightly","enabled":true,"yaml":"trigger:\n"},"metaData":null}"#;
    let made = good(
        |h| {
            project(&h)
                .pipeline("deploy")
                .triggers()
                .create(yaml)
                .ignore_error(true)
        },
        &format!("POST /pipeline/api/triggers?{base}&ignoreError=true"),
        yaml,
        answer,
    )
    .await;
    assert_eq!(made.yaml.as_deref(), Some("trigger:\n"));
    good(
        |h| project(&h).pipeline("deploy").triggers().get("nightly"),
        &format!("GET {one}?{base}"),
        "",
        answer,
    )
    .await;
    good(
        |h| project(&h).pipeline("deploy").triggers().details("nightly"),
        &format!("GET {one}/details?{base}"),
        "",
        answer,
    )
    .await;
    good(
        |h| {
            project(&h)
                .pipeline("deploy")
                .triggers()
                .update("nightly", yaml)
        },
        &format!("PUT {one}?{base}"),
        yaml,
        answer,
    )
    .await;
    good(
        |h| project(&h).pipeline("deploy").triggers().delete("nightly"),
        &format!("DELETE {one}?{base}"),
        "",
        DONE,
    )
    .await;
    good(
        |h| {
            project(&h)
                .pipeline("deploy")
                .triggers()
                .list()
                .search("ni")
        },
        &format!("GET /pipeline/api/triggers?{base}&searchTerm=ni&…"),
        "",
        EMPTY,
    )
    .await;
    good(
        |h| project(&h).pipeline("deploy").triggers().events("nightly"),
        &format!("GET /pipeline/api/triggers/eventHistory/nightly?{base}&…"),
        "",
        EMPTY,
    )
    .await;
    let sent = good(
        |h| {
            let event = project(&h).pipeline("deploy").triggers().send_event("t0ken", serde_json::json!({"tag": "v1"}));
            assert!(!format!("{event:?}").contains("t0ken"));
            event.trigger("nightly")
        },
        &format!("POST /pipeline/api/webhook/custom/t0ken/v3?{SCOPE}&pipelineIdentifier=deploy&triggerIdentifier=nightly"),
        r#"{"tag":"v1"}"#,
        r#"{"status":"SUCCESS","data":{"eventCorrelationId":"e1"},"metaData":null}"#,
    )
    .await;
    assert_eq!(sent.event_correlation_id.as_deref(), Some("e1"));
    let error = exchange(
        |h| project(&h).pipeline("deploy").triggers().get("nightly"),
        &format!("GET {one}?{base}"),
        "",
        "404 Not Found",
        ABSENT,
    )
    .await;
    assert!(error.expect_err("not there").is_not_found());
}

#[tokio::test]
async fn executions() {
    let page = good(
        |h| project(&h).pipeline("deploy").executions().list().statuses(["Failed"]).module("cd"),
        &format!("POST /pipeline/api/pipelines/execution/summary?{SCOPE}&pipelineIdentifier=deploy&module=cd&…"),
        r#"{"filterType":"PipelineExecution","status":["Failed"]}"#,
        r#"{"status":"SUCCESS","data":{"content":[{"planExecutionId":"run1","status":"Failed"}],"last":true,"totalElements":1,"number":0},"metaData":null}"#,
    )
    .await;
    assert_eq!(page.items.len(), 1);
    let page = good(
        |h| project(&h).executions().outline().identifiers(["run1"]),
        &format!("POST /pipeline/api/pipelines/execution/summary/outline?{SCOPE}&…"),
        r#"{"planExecutionIds":["run1"]}"#,
        r#"{"status":"SUCCESS","data":{"content":[{"planExecutionId":"run1"}],"hasMore":false},"metaData":null}"#,
    )
    .await;
    assert_eq!(page.items.len(), 1);
    let detail = good(
        |h| project(&h).executions().get("run1").full_graph(true),
        &format!("GET /pipeline/api/pipelines/execution/v2/run1?{SCOPE}&renderFullBottomGraph=true"),
        "",
        r#"{"status":"SUCCESS","data":{"pipelineExecutionSummary":{"planExecutionId":"run1"}},"metaData":null}"#,
    )
    .await;
    assert!(detail.pipeline_execution_summary.is_some());
}

#[tokio::test]
async fn approvals() {
    let found = good(
        |h| project(&h).run("run1").approvals().status("WAITING"),
        "GET /v1/orgs/retail/projects/checkout/approvals/execution/run1?approval_status=WAITING",
        "",
        r#"[{"id":"a1","type":"HarnessApproval","status":"WAITING","deadline":1761800000000,"error_message":null,"details":{"approvers":{"minimumCount":1}}}]"#,
    )
    .await;
    assert_eq!(
        (found.len(), found[0].kind.as_deref(), found[0].deadline),
        (1, Some("HarnessApproval"), Some(1_761_800_000_000))
    );
    let answered = r#"{"status":"SUCCESS","data":{"id":"a1","status":"APPROVED"},"metaData":null}"#;
    let path = "POST /pipeline/api/approvals/a1/harness/activity?accountIdentifier=AcmeAccount";
    good(
        |h| {
            project(&h)
                .approvals()
                .approve("a1")
                .comment("seen")
                .input("size", "2")
        },
        path,
        r#"{"action":"APPROVE","comments":"seen","approverInputs":[{"name":"size","value":"2"}]}"#,
        answered,
    )
    .await;
    good(
        |h| project(&h).approvals().reject("a1"),
        path,
        r#"{"action":"REJECT","comments":"","approverInputs":[]}"#,
        answered,
    )
    .await;
}

#[tokio::test]
async fn an_approval_that_is_not_there_is_not_found() {
    let error = exchange(
        |h| project(&h).approvals().reject("a1"),
        "POST /pipeline/api/approvals/a1/harness/activity?accountIdentifier=AcmeAccount",
        r#"{"action":"REJECT","comments":"","approverInputs":[]}"#,
        "404 Not Found",
        ABSENT,
    )
    .await;
    assert!(error.expect_err("not there").is_not_found());
}

#[tokio::test]
async fn pipelines() {
    let yaml = "pipeline:\n  identifier: deploy # x\n";
    let saved = r#"{"status":"SUCCESS","data":{"identifier":"deploy","governanceMetadata":null},"metaData":null}"#;
    let one = "/pipeline/api/pipelines/deploy";
    let made = good(
        |h| project(&h).pipelines().create(yaml),
        &format!("POST /pipeline/api/pipelines/v2?{SCOPE}"),
        yaml,
        saved,
    )
    .await;
    assert_eq!(made.identifier.as_deref(), Some("deploy"));
    good(
        |h| project(&h).pipelines().update("deploy", yaml).if_match("3"),
        &format!("PUT /pipeline/api/pipelines/v2/deploy?{SCOPE}"),
        yaml,
        saved,
    )
    .await;
    let found = good(
        |h| {
            project(&h)
                .pipelines()
                .get("deploy")
                .resolve_templates(true)
        },
        &format!("GET {one}?{SCOPE}&getTemplatesResolvedPipeline=true"),
        "",
        r#"{"status":"SUCCESS","data":{"yamlPipeline":"pipeline: # x\n"},"metaData":null}"#,
    )
    .await;
    assert_eq!(found.yaml_pipeline.as_deref(), Some("pipeline: # x\n"));
    good(
        |h| project(&h).pipelines().delete("deploy"),
        &format!("DELETE {one}?{SCOPE}"),
        "",
        DONE,
    )
    .await;
    good(
        |h| {
            project(&h)
                .pipelines()
                .list()
                .search("de")
                .module("cd")
                .identifiers(["deploy"])
        },
        &format!("POST /pipeline/api/pipelines/list?{SCOPE}&searchTerm=de&module=cd&…"),
        r#"{"filterType":"PipelineSetup","pipelineIdentifiers":["deploy"]}"#,
        EMPTY,
    )
    .await;
    let error = exchange(
        |h| project(&h).pipelines().get("deploy"),
        &format!("GET {one}?{SCOPE}"),
        "",
        "404 Not Found",
        ABSENT,
    )
    .await;
    assert!(error.expect_err("not there").is_not_found());
}
