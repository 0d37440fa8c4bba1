//! Generated examples of large responses. They have fields that are `null`, absent fields, and fields named
//! `unlisted...` that the description does not know.

use serde_json::{Map, Value, json};

/// Shared by a benchmark and a test, which use it in different ways.
pub(crate) struct Body {
    /// Name.
    pub(crate) name: &'static str,
    /// Document.
    pub(crate) json: Value,
}

/// Returns all three bodies, each with this number of items.
pub(crate) fn all(items: usize) -> [Body; 3] {
    [
        ("pipelines", pipelines(items)),
        ("pull requests", pull_requests(items)),
        ("execution nodes", execution(items)),
    ]
    .map(|(name, json)| Body { name, json })
}

/// Returns the part of a body that a client must keep.
pub(crate) fn kept(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, value)| !value.is_null() && !name.starts_with("unlisted"))
            .map(|(name, value)| (name.clone(), kept(value)))
            .collect(),
        Value::Array(items) => items.iter().map(kept).collect(),
        other => other.clone(),
    }
}

/// Returns a response of `POST /pipeline/api/pipelines/list`.
fn pipelines(items: usize) -> Value {
    let content: Vec<Value> = (0..items).map(pipeline).collect();
    json!({
        "status": "SUCCESS",
        "data": {
            "content": content,
            "pageable": {
                "sort": {"sorted": true, "unsorted": false, "empty": false},
                "pageSize": items, "pageNumber": 0, "offset": 0, "paged": true, "unpaged": false,
            },
            "totalElements": items, "totalPages": 1, "last": true, "first": true, "size": items, "number": 0,
            "sort": {"sorted": true, "unsorted": false, "empty": false},
            "numberOfElements": items, "empty": items == 0,
        },
        "metaData": null,
        "correlationId": "0d6c3c1e-77aa-4f5b-9d39-5f2f0c1a9b11",
    })
}

fn pipeline(index: usize) -> Value {
    let started = moment(index);
    let recent: Vec<Value> = (0..index % 4)
        .map(|run| {
            json!({
                "executorInfo": {"triggerType": "MANUAL", "username": "Robin Alder", "email": "robin@shop.example"},
                "startTs": started + run, "endTs": started + run + 61_000,
                "planExecutionId": format!("pe{index:06}x{run}Qk3vTzWmRb1s"),
                "status": if run == 2 { "Failed" } else { "Success" },
                "runSequence": 10 + run, "unlistedParent": null,
            })
        })
        .collect();
    json!({
        "name": format!("Deploy service {index}"),
        "identifier": format!("deploy_service_{index}"),
        "description": if index.is_multiple_of(3) { Value::Null } else { json!("Builds, tests and ships \"one\" service.\n") },
        "tags": {"team": "storefront", "tier": "gold", "empty": ""},
        "version": null,
        "numOfStages": 3 + index % 5,
        "createdAt": started,
        "lastUpdatedAt": started + 86_400_000,
        "modules": ["cd", "ci", "pms"],
        "executionSummaryInfo": {
            "numOfErrors": [0, 0, 1, 0, 0, 2, 0],
            "deployments": [1, 4, 2, 0, 0, 3, 1],
            "lastExecutionTs": started + 7_000,
            "lastExecutionStatus": "Success",
            "lastExecutionId": format!("pe{index:06}x0Qk3vTzWmRb1s"),
        },
        "filters": {
            "cd": {"deploymentTypes": ["Kubernetes"], "environmentNames": ["staging", "production"], "infrastructureTypes": []},
            "ci": {"repoNames": [format!("service-{index}")]},
        },
        "stageNames": ["Build", "Verify", "Staging", "Production"],
        "storeType": if index.is_multiple_of(2) { "REMOTE" } else { "INLINE" },
        "gitDetails": {
            "objectId": format!("{:040x}", index * 7_919 + 13),
            "branch": "main",
            "repoIdentifier": null,
            "rootFolder": null,
            "filePath": format!(".harness/pipelines/deploy_service_{index}.yaml"),
            "repoName": format!("service-{index}"),
            "commitId": format!("{:040x}", index * 104_729 + 5),
            "fileUrl": format!("https://git.shop.example/store/service-{index}/blob/main/.harness/deploy.yaml"),
            "repoUrl": format!("https://git.shop.example/store/service-{index}"),
            "parentEntityConnectorRef": null,
            "parentEntityRepoName": null,
            "isHarnessCodeRepo": false,
        },
        "entityValidityDetails": {"valid": true, "invalidYaml": null},
        "isDraft": false,
        "recentExecutionsInfo": recent,
        "connectorRef": "account.git",
        "isInlineHCEntity": false,
        "yamlVersion": "0",
        "unlistedStages": [{"name": "Build", "steps": 4}, {"name": "Verify", "steps": 2}],
    })
}

/// Returns a response of `GET /code/api/v1/repos/{repo_identifier}/pullreq`.
fn pull_requests(items: usize) -> Value {
    (0..items).map(pull_request).collect()
}

fn pull_request(index: usize) -> Value {
    let created = moment(index);
    let person = |id: usize, name: &str| {
        json!({
            "id": id, "uid": format!("user{id}ZQm2L9"), "display_name": name, "email": format!("user{id}@shop.example"),
            "type": "user", "created": created - 9_000, "updated": created - 8_000,
        })
    };
    let merged = !index.is_multiple_of(3);
    json!({
        "number": index + 1,
        "created": created,
        "edited": created + 50,
        "updated": created + 60_000,
        "closed": if merged { json!(created + 70_000) } else { Value::Null },
        "state": if merged { "merged" } else { "open" },
        "is_draft": false,
        "title": format!("Round prices of basket {index} once"),
        "description": "Prices were rounded per item.\n\nNow they are rounded for the whole basket; see the notes in `docs/prices.md`.",
        "source_repo_id": 41, "source_branch": format!("prices-{index}"),
        "source_sha": format!("{:040x}", index * 15_485_863 + 3),
        "target_repo_id": 41, "target_branch": "main",
        "merged": if merged { json!(created + 70_000) } else { Value::Null },
        "merge_method": if merged { json!("squash") } else { Value::Null },
        "merge_check_status": "mergeable",
        "merge_target_sha": format!("{:040x}", index * 32_452_843 + 7),
        "merge_base_sha": format!("{:040x}", index * 49_979_687 + 9),
        "merge_sha": if merged { json!(format!("{:040x}", index * 67_867_967 + 1)) } else { Value::Null },
        "merge_violations_bypassed": null,
        "rebase_check_status": "unchecked",
        "author": person(7, "Robin Alder"),
        "merger": if merged { person(8, "Kim Birch") } else { Value::Null },
        "stats": {
            "commits": 1 + index % 9, "files_changed": 2 + index % 31, "additions": 5 * index, "deletions": 2 * index,
            "conversations": index % 4, "unresolved_count": 0,
        },
        "labels": [
            {"id": 1, "key": "area", "color": "blue", "scope": 0, "value": "prices", "value_id": 11, "value_color": "green", "value_count": 3},
            {"id": 2, "key": "risk", "color": "red", "scope": 1},
        ],
        "check_summary": {"pending": 0, "running": 0, "success": 6, "failure": 0, "error": 0},
        "rules": [
            {"identifier": "reviewed", "type": "branch", "state": "active", "repo_path": "store/service", "space_path": ""},
        ],
        "unlistedReactions": {"thumbs": 2, "hearts": 0},
    })
}

/// Returns a response of `GET /pipeline/api/pipelines/execution/v2/{planExecutionId}`.
fn execution(items: usize) -> Value {
    let nodes: Map<String, Value> = (0..items)
        .map(|index| (node_id(index), node(index)))
        .collect();
    let edges: Map<String, Value> = (0..items)
        .map(|index| {
            let children: Vec<String> = (2 * index + 1..2 * index + 3)
                .filter(|child| *child < items)
                .map(node_id)
                .collect();
            (node_id(index), json!({"children": children, "nextIds": []}))
        })
        .collect();
    let layout: Map<String, Value> = (0..items.div_ceil(20))
        .map(|index| (node_id(index), layout(index)))
        .collect();
    json!({
        "status": "SUCCESS",
        "data": {
            "pipelineExecutionSummary": {
                "pipelineIdentifier": "deploy_service_1", "orgIdentifier": "default", "projectIdentifier": "storefront",
                "planExecutionId": "pe000001x0Qk3vTzWmRb1s", "name": "Deploy service 1", "yamlVersion": "0",
                "status": "Failed", "tags": [{"key": "team", "value": "storefront"}], "labels": [],
                "modules": ["cd"], "startTs": moment(0), "endTs": moment(9), "createdAt": moment(0),
                "canRetry": true, "showRetryHistory": false, "runSequence": 77, "storeType": "INLINE",
                "successfulStagesCount": 3, "failedStagesCount": 1, "runningStagesCount": 0, "totalStagesCount": 4,
                "executionErrorInfo": null, "startingNodeId": node_id(0), "layoutNodeMap": layout,
            },
            "executionGraph": {
                "rootNodeId": node_id(0),
                "nodeMap": nodes,
                "nodeAdjacencyListMap": edges,
                "executionMetadata": {"accountId": "acme", "planExecutionId": "pe000001x0Qk3vTzWmRb1s"},
                "representationStrategy": "camelCase",
            },
            "childGraph": null,
        },
        "metaData": null,
        "correlationId": "f1a3d0b8-20cf-4a31-8a39-54b8b4d6e0aa",
    })
}

fn node(index: usize) -> Value {
    let started = moment(index);
    let failed = index % 10 == 9;
    json!({
        "uuid": node_id(index),
        "setupId": format!("setup{index:05}hL0pB7cA"),
        "name": format!("Roll out {index}"),
        "identifier": format!("roll_out_{index}"),
        "baseFqn": format!("pipeline.stages.production.spec.execution.steps.group_{}.steps.roll_out_{index}", index / 8),
        "outcomes": {
            "output": {"deploymentInfoOutcome": {"serverInstanceInfoList": ["pod-1", "pod-2"]}, "podIps": [], "replicas": 3},
        },
        "stepParameters": {
            "identifier": [format!("roll_out_{index}")], "name": ["Roll out"], "timeout": ["10m"],
            "spec": {"skipDryRun": [false], "delegateSelectors": ["eu", "linux"], "pruningEnabled": false, "weight": 12.5},
        },
        "startTs": started,
        "endTs": started + 42_000,
        "createdAt": started - 1,
        "stepType": "K8sRollingDeploy",
        "status": if failed { "Failed" } else { "Success" },
        "failureInfo": if failed {
            json!({"message": "The rollout took longer than 10 minutes.", "failureTypeList": ["TIMEOUT_ERROR"], "responseMessages": []})
        } else {
            Value::Null
        },
        "skipInfo": null,
        "nodeRunInfo": {"whenCondition": "<+OnStageSuccess>", "evaluatedCondition": true, "expressions": [], "isManualExecution": false},
        "executableResponses": [
            {"task": {"taskId": format!("task{index:05}"), "taskCategory": "DELEGATE_TASK_V2", "logKeys": ["a/b/c"], "units": ["Fetch", "Apply"], "taskName": "Roll out"}},
        ],
        "unitProgresses": [
            {"unitName": "Fetch", "status": "SUCCESS", "startTime": started, "endTime": started + 9},
            {"unitName": "Apply", "status": "SUCCESS", "startTime": started + 9, "endTime": started + 99},
        ],
        "progressData": {},
        "delegateInfoList": [
            {"id": "Dw3n1vXyT", "name": "eu-linux-0", "taskId": format!("task{index:05}"), "taskName": "Roll out"},
        ],
        "interruptHistories": [],
        "stepDetails": {},
        "strategyMetadata": null,
        "executionInputConfigured": false,
        "logBaseKey": format!("acme/pipeline/deploy_service_1/77/roll_out_{index}"),
        "unlistedLevel": {"depth": 5, "labels": ["x", "y"]},
    })
}

fn layout(index: usize) -> Value {
    json!({
        "nodeType": "Deployment", "nodeGroup": "STAGE", "nodeIdentifier": format!("stage_{index}"), "name": "Production",
        "nodeUuid": node_id(index), "status": "Success", "module": "cd",
        "moduleInfo": {"cd": {"serviceInfo": {"identifier": "shop", "artifacts": []}}},
        "startTs": moment(index), "endTs": moment(index + 1), "edgeLayoutList": {"currentNodeChildren": [], "nextIds": []},
        "nodeExecutionId": format!("exec{index:05}"), "executionInputConfigured": false,
    })
}

fn node_id(index: usize) -> String {
    format!("n{:021x}", index * 2_654_435_761 + 12_345)
}

fn moment(index: usize) -> usize {
    1_795_000_000_000 + index * 61_003
}
