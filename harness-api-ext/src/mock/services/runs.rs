//! Runs of pipelines, which change their status by a script.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::yaml::{Document, Step};
use super::{Answer, Handler, input_sets, ng, on, pipelines};
use crate::mock::envelope::Refusal;
use crate::mock::paging::Page;
use crate::mock::received::Received;
use crate::mock::state::State;
use crate::mock::store::{Place, now};

const VIEW: &str = "core_pipeline_view";
const EXECUTE: &str = "core_pipeline_execute";

pub(super) const HANDLERS: &[Handler] = &[
    on("postPipelineExecuteWithInputSetYaml", EXECUTE, execute),
    on(
        "postPipelineExecuteWithInputSetList",
        EXECUTE,
        execute_with_sets,
    ),
    on("postExecuteStages", EXECUTE, execute_stages),
    on("retryPipeline", EXECUTE, retry),
    on("putHandleInterrupt", EXECUTE, interrupt),
    on("getExecutionDetailV2", VIEW, detail),
    on("getListOfExecutions", VIEW, list),
];

/// Script for the runs of a pipeline: their statuses, and the logs of their steps.
///
/// A run takes its next status each time it is read, or at fixed intervals. It stays in `ApprovalWaiting` until it is
/// approved, and in its last status forever. `into` converts a list of statuses to a script:
///
/// ```
/// use std::time::Duration;
///
/// use harness_api_ext::mock::RunScript;
///
/// let slow = RunScript::new(["Running", "Running", "Failed"])
///     .every(Duration::from_millis(50))
///     .failing_with("exit code 1")
///     .log("compile", ["cargo build", "error: linking failed"]);
/// # let _ = slow;
/// ```
#[derive(Clone, Debug)]
pub struct RunScript {
    statuses: Vec<String>,
    every: Option<Duration>,
    failure: Option<String>,
    logs: BTreeMap<String, Vec<String>>,
}

impl RunScript {
    /// Creates a script with these statuses, spelt as in responses: `Running`, `ApprovalWaiting`, `Success`. Without
    /// statuses, a run succeeds at once.
    pub fn new<I>(statuses: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let mut statuses: Vec<String> = statuses.into_iter().map(Into::into).collect();
        if statuses.is_empty() {
            statuses.push("Success".to_owned());
        }
        Self {
            statuses,
            every: None,
            failure: None,
            logs: BTreeMap::new(),
        }
    }

    /// Changes the status at this interval, instead of each time the run is read.
    pub fn every(mut self, time: Duration) -> Self {
        self.every = Some(time);
        self
    }

    /// Sets the failure message of a failed run.
    pub fn failing_with(mut self, message: impl Into<String>) -> Self {
        self.failure = Some(message.into());
        self
    }

    /// Sets the log lines of a step, by its identifier.
    pub fn log<I>(mut self, step: impl Into<String>, lines: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let lines = lines.into_iter().map(Into::into).collect();
        self.logs.insert(step.into(), lines);
        self
    }
}

/// Runs are read twice before they succeed.
impl Default for RunScript {
    fn default() -> Self {
        Self::new(["Running", "Running", "Success"])
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for RunScript {
    fn from(statuses: [S; N]) -> Self {
        Self::new(statuses)
    }
}

/// All runs, and the scripts for new ones.
#[derive(Debug, Default)]
pub(in crate::mock) struct Runs {
    scripts: BTreeMap<String, RunScript>,
    runs: Vec<Run>,
}

#[derive(Debug)]
pub(super) struct Run {
    pub(super) id: String,
    pub(super) place: Place,
    pub(super) pipeline: String,
    name: String,
    /// Number of the run within its pipeline, counted from 1.
    pub(super) sequence: usize,
    script: RunScript,
    /// Index of its status in the script.
    at: usize,
    looked_at: bool,
    approved: bool,
    /// Status that an interruption has set.
    forced: Option<String>,
    began: Instant,
    started: i64,
    ended: Option<i64>,
    steps: Vec<Step>,
    is_retry: bool,
}

impl Runs {
    pub(in crate::mock) fn set_script(&mut self, pipeline: &str, script: RunScript) {
        self.scripts.insert(pipeline.to_owned(), script);
    }

    pub(super) fn find(&mut self, place: &Place, id: &str) -> Result<&mut Run, Refusal> {
        let found = self
            .runs
            .iter_mut()
            .find(|run| run.id == id && run.place == *place);
        found.ok_or_else(|| Refusal::not_found("Plan execution", id))
    }

    pub(super) fn any(&mut self, fits: impl Fn(&Run) -> bool) -> Option<&mut Run> {
        self.runs.iter_mut().find(|run| fits(run))
    }
}

impl Run {
    pub(super) fn status(&self) -> &str {
        let scripted = self.script.statuses.get(self.at);
        self.forced
            .as_deref()
            .or(scripted.map(String::as_str))
            .unwrap_or("Success")
    }

    pub(super) fn is_over(&self) -> bool {
        is_final(self.status())
    }

    pub(super) fn waits_for_approval(&self) -> bool {
        self.status() == "ApprovalWaiting"
    }

    /// Approves the run, which continues.
    pub(super) fn approve(&mut self) {
        self.approved = true;
        self.go_to(self.at + 1);
    }

    pub(super) fn force(&mut self, status: &str) {
        self.forced = Some(status.to_owned());
        self.note_end();
    }

    /// Advances the run to its current status. A read advances it if no interval is set.
    fn go_on(&mut self, is_look: bool) {
        match self.script.every {
            Some(every) => {
                let steps = self.began.elapsed().as_millis() / every.as_millis().max(1);
                self.go_to(usize::try_from(steps).unwrap_or(usize::MAX));
            }
            None if is_look && self.looked_at => self.go_to(self.at + 1),
            None => {}
        }
        self.looked_at |= is_look;
        self.note_end();
    }

    fn go_to(&mut self, target: usize) {
        let last = self.script.statuses.len() - 1;
        while self.forced.is_none()
            && self.at < target.min(last)
            && (self.approved || !self.waits_for_approval())
        {
            self.approved &= !self.waits_for_approval();
            self.at += 1;
        }
        self.note_end();
    }

    fn note_end(&mut self) {
        if self.ended.is_none() && self.is_over() {
            self.ended = Some(now());
        }
    }

    /// Returns the started steps, each with its status. One more step starts with each status of the script.
    fn begun(&self) -> Vec<(&Step, String)> {
        let over = self.is_over();
        let count = if over {
            self.steps.len()
        } else {
            self.steps.len().min(self.at + 1)
        };
        let begun = self.steps.iter().take(count).enumerate();
        begun
            .map(|(index, step)| {
                let status = if index + 1 < count {
                    "Success"
                } else {
                    self.status()
                };
                (step, status.to_owned())
            })
            .collect()
    }

    /// Returns the prefix under which the log service stores everything of the run.
    pub(super) fn log_prefix(&self, account: &str) -> String {
        format!(
            "{account}/pipeline/{}/{}/-{}",
            self.pipeline, self.sequence, self.id
        )
    }

    fn log_key(&self, account: &str, step: &Step) -> String {
        format!(
            "{}/pipeline/stages/{}/spec/execution/steps/{}",
            self.log_prefix(account),
            step.stage,
            step.id
        )
    }

    /// Returns the lines of the step with this key, and whether it has ended.
    pub(super) fn log(&self, account: &str, key: &str) -> Option<(Vec<String>, bool)> {
        let steps = self.begun();
        let (step, status) = steps
            .iter()
            .find(|(step, _)| self.log_key(account, step) == key)?;
        Some((self.lines(step), is_final(status)))
    }

    /// Returns the lines of all started steps.
    pub(super) fn all_lines(&self) -> Vec<String> {
        self.begun()
            .iter()
            .flat_map(|(step, _)| self.lines(step))
            .collect()
    }

    fn lines(&self, step: &Step) -> Vec<String> {
        let told = self.script.logs.get(&step.id).cloned();
        told.unwrap_or_else(|| {
            vec![
                format!("Executing {}", step.name),
                format!("{} is done", step.name),
            ]
        })
    }

    fn failure(&self) -> Option<&str> {
        let failed = matches!(self.status(), "Failed" | "Errored" | "Expired");
        failed.then(|| {
            self.script
                .failure
                .as_deref()
                .unwrap_or("failed by the script")
        })
    }

    fn summary(&self) -> Value {
        let mut stages: BTreeMap<&str, Value> = BTreeMap::new();
        for (step, status) in self.begun() {
            let node = json!({
                "nodeType": "Custom", "nodeGroup": "STAGE", "nodeIdentifier": step.stage,
                "name": step.stage, "nodeUuid": step.stage, "nodeExecutionId": format!("{}-{}", self.id, step.stage),
                "status": status, "startTs": self.started, "endTs": self.ended,
            });
            stages.insert(&step.stage, node);
        }
        let failure = self.failure();
        json!({
            "pipelineIdentifier": self.pipeline, "planExecutionId": self.id, "name": self.name,
            "orgIdentifier": self.place.org, "projectIdentifier": self.place.project,
            "status": self.status(), "runSequence": self.sequence, "createdAt": self.started,
            "startTs": self.started, "endTs": self.ended, "tags": [], "modules": [],
            "layoutNodeMap": stages, "startingNodeId": self.steps.first().map(|step| &step.stage),
            "failureInfo": failure.map(|message| json!({"message": message, "failureTypeList": [], "responseMessages": []})),
            "executionErrorInfo": failure.map(|message| json!({"message": message})),
            "shouldUseSimplifiedKey": true, "canRetry": self.is_over(), "isRetriedExecution": self.is_retry,
            "governanceMetadata": null, "gitDetails": null,
        })
    }

    fn graph(&self, account: &str) -> Value {
        let mut nodes = serde_json::Map::new();
        let mut links = serde_json::Map::new();
        let mut node = |uuid: &str,
                        name: &str,
                        path: String,
                        kind: &str,
                        status: &str,
                        keys: Option<&str>| {
            let ended = if is_final(status) {
                Some(self.ended.unwrap_or_else(now))
            } else {
                None
            };
            let work = keys.map(|key| json!([{"async": {"logKeys": [key], "callbackIds": [], "units": [], "status": "SUCCEEDED"}}]));
            nodes.insert(uuid.to_owned(), json!({
                "uuid": uuid, "setupId": uuid, "name": name, "identifier": name, "baseFqn": path,
                "stepType": kind, "status": status, "startTs": self.started, "endTs": ended,
                "logBaseKey": keys, "executableResponses": work.unwrap_or_else(|| json!([])),
                "unitProgresses": [], "skipInfo": null, "nodeRunInfo": null, "strategyMetadata": null,
            }));
        };
        node(
            "root",
            "pipeline",
            "pipeline".to_owned(),
            "PIPELINE_SECTION",
            self.status(),
            None,
        );
        let mut stages: Vec<String> = Vec::new();
        let mut children: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (step, status) in self.begun() {
            let stage = format!("stage-{}", step.stage);
            if !stages.contains(&stage) {
                stages.push(stage.clone());
                let path = format!("pipeline.stages.{}", step.stage);
                node(
                    &stage,
                    &step.stage,
                    path,
                    "IntegrationStageStepPMS",
                    self.status(),
                    None,
                );
            }
            let uuid = format!("step-{}-{}", step.stage, step.id);
            let path = format!(
                "pipeline.stages.{}.spec.execution.steps.{}",
                step.stage, step.id
            );
            let key = self.log_key(account, step);
            node(&uuid, &step.id, path, "Run", &status, Some(&key));
            children.entry(stage).or_default().push(uuid);
        }
        let link = |children: &[String]| json!({"children": children, "nextIds": []});
        links.insert("root".to_owned(), link(&stages));
        for (stage, steps) in &children {
            links.insert(stage.clone(), link(steps));
            for step in steps {
                links.insert(step.clone(), link(&[]));
            }
        }
        json!({"rootNodeId": "root", "nodeMap": nodes, "nodeAdjacencyListMap": links, "executionMetadata": {}})
    }
}

/// Starts a run.
fn begin(state: &mut State, request: &Received, stages: &[String], is_retry: bool) -> Answer {
    let (place, pipeline) = (request.place(), request.id("identifier"));
    let entity = state.store.get(pipelines::KIND, &place, pipeline)?;
    let text = entity.body["yaml"].as_str().unwrap_or_default();
    let mut steps = Document::parse(text)?.steps();
    if steps.is_empty() {
        let [stage, id, name] = ["main", "run", "run"].map(str::to_owned);
        steps.push(Step { stage, id, name });
    }
    if let Some(unknown) = stages
        .iter()
        .find(|stage| !steps.iter().any(|step| step.stage == **stage))
    {
        return Err(Refusal::invalid(format!(
            "the pipeline has no stage [{unknown}]"
        )));
    }
    steps.retain(|step| stages.is_empty() || stages.contains(&step.stage));
    let name = entity.body["name"].as_str().unwrap_or(pipeline).to_owned();
    let runs = &mut state.runs;
    let before = runs
        .runs
        .iter()
        .filter(|run| run.pipeline == pipeline && run.place == place);
    let run = Run {
        id: format!("{:022x}", fastrand::u128(..) >> 40),
        sequence: before.count() + 1,
        script: runs.scripts.get(pipeline).cloned().unwrap_or_default(),
        pipeline: pipeline.to_owned(),
        place,
        name,
        at: 0,
        looked_at: false,
        approved: false,
        forced: None,
        began: Instant::now(),
        started: now(),
        ended: None,
        steps,
        is_retry,
    };
    let answer = json!({
        "git": false,
        "planExecution": {
            "uuid": run.id, "planId": run.id, "status": "RUNNING", "startTs": run.started,
            "metadata": {"runSequence": run.sequence, "pipelineIdentifier": run.pipeline},
        },
    });
    runs.runs.push(run);
    ng::data(request, answer)
}

fn execute(state: &mut State, request: &Received) -> Answer {
    begin(state, request, &[], false)
}

fn sets_exist(state: &mut State, request: &Received, sets: &[String]) -> Result<(), Refusal> {
    let pipeline = request.id("identifier");
    sets.iter()
        .try_for_each(|set| input_sets::find(state, &request.place(), pipeline, set))
}

fn execute_with_sets(state: &mut State, request: &Received) -> Answer {
    let sets = ng::texts(&request.json()["inputSetReferences"]);
    sets_exist(state, request, &sets)?;
    begin(state, request, &[], false)
}

fn execute_stages(state: &mut State, request: &Received) -> Answer {
    sets_exist(state, request, &ng::values(request, "inputSetIdentifiers"))?;
    let stages = ng::texts(&request.json()["stageIdentifiers"]);
    begin(state, request, &stages, false)
}

fn retry(state: &mut State, request: &Received) -> Answer {
    let place = request.place();
    let run = state
        .runs
        .find(&place, request.query("planExecutionId").unwrap_or_default())?;
    if !run.is_over() {
        return Err(Refusal::invalid(
            "a run can be retried only after it has ended",
        ));
    }
    begin(state, request, &[], true)
}

fn interrupt(state: &mut State, request: &Received) -> Answer {
    let run = state
        .runs
        .find(&request.place(), request.id("planExecutionId"))?;
    run.go_on(false);
    if run.is_over() {
        return Err(Refusal::invalid(
            "the run has ended, and cannot be interrupted",
        ));
    }
    let kind = request.query("interruptType").unwrap_or_default();
    match kind {
        "AbortAll" | "Abort" => run.force("Aborted"),
        "UserMarkedFailure" => run.force("Failed"),
        "ExpireAll" => run.force("Expired"),
        other => {
            return Err(Refusal::invalid(format!(
                "the mock does not support the interrupt [{other}]"
            )));
        }
    }
    let id = run.id.clone();
    ng::data(
        request,
        json!({"id": id, "type": kind, "planExecutionId": id}),
    )
}

fn detail(state: &mut State, request: &Received) -> Answer {
    let run = state
        .runs
        .find(&request.place(), request.id("planExecutionId"))?;
    run.go_on(true);
    // Without either parameter, steps are omitted.
    let graph = request.query("renderFullBottomGraph") == Some("true")
        || request.query("stageNodeId").is_some();
    let graph = if graph {
        run.graph(&state.account)
    } else {
        Value::Null
    };
    let detail = json!({"pipelineExecutionSummary": run.summary(), "executionGraph": graph});
    ng::data(request, detail)
}

fn list(state: &mut State, request: &Received) -> Answer {
    let place = request.place();
    let pipeline = request.query("pipelineIdentifier");
    let statuses = ng::values(request, "status");
    let search = request
        .query("searchTerm")
        .unwrap_or_default()
        .to_lowercase();
    state.runs.runs.iter_mut().for_each(|run| run.go_on(false));
    let runs = state.runs.runs.iter().rev();
    let rows = runs
        .filter(|run| run.place == place && pipeline.is_none_or(|id| id == run.pipeline))
        .filter(|run| statuses.is_empty() || statuses.iter().any(|status| status == run.status()))
        .filter(|run| run.name.to_lowercase().contains(&search))
        .map(Run::summary)
        .collect();
    ng::data(request, Page::of(request, rows).spring())
}

/// Returns whether a run or a step with this status has ended.
fn is_final(status: &str) -> bool {
    matches!(
        status,
        "Success"
            | "IgnoreFailed"
            | "Skipped"
            | "Failed"
            | "Errored"
            | "Aborted"
            | "AbortedByFreeze"
            | "Expired"
            | "ApprovalRejected"
            | "Suspended"
            | "RollbackFailed"
    )
}
