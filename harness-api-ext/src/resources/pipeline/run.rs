//! A run of a pipeline: waiting for it, watching, stopping, repeating.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use harness_api::pipeline::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::status::{Outcome, RunStatus};
use crate::error::{Error, Result};
use crate::resources::builder::{Unshown, done, member, request, sendable};
use crate::scope::Scope;
use crate::wait::{Backoff, Observe, Progress, Wait, WaitFailure, Watch};
use crate::{Project, Sending};

impl Project {
    /// A run, by the id of its execution. Nothing is sent.
    ///
    /// ```no_run
    /// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
    /// let run = harness.org("default").project("checkout").run("mK3yQ0bTS0u1");
    /// println!("{:?}", run.get().await?.pipeline_execution_summary);
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(&self, execution: impl Into<String>) -> Run {
        Run::new(self.scope.clone(), execution.into())
    }
}

/// A run of a pipeline.
///
/// ```no_run
/// use std::time::Duration;
///
/// use harness_api_ext::pipeline::Interrupt;
///
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let project = harness.org("default").project("checkout");
/// let run = project.pipelines().get("deploy").execute().inputs_yaml("pipeline: {}").await?;
/// let end = run.wait().deadline(Duration::from_secs(3600)).await?.success()?;
/// println!("{} took {:?}", run.id(), end.duration());
///
/// // What it has done, step by step, and why it waits.
/// for step in run.steps().await? {
///     println!("{}: {}", step.name(), step.status());
///     let mut log = run.step_log(&step);
///     while let Some(line) = log.try_next().await? {
///         println!("{}", line.text());
///     }
/// }
/// for approval in run.approvals().await? {
///     println!("{:?}", approval.status);
/// }
/// run.log_archive().await?.write_to("run.zip").await?;
///
/// // Stopping it, and beginning again where it failed.
/// run.interrupt(Interrupt::UserMarkedFailure).await?;
/// run.abort().await?;
/// let again = run.retry("deploy", ["build"]).await?;
/// println!("{:?}", again.retry_history("deploy").await?);
/// let mut states = again.watch();
/// while let Some(state) = states.try_next().await? {
///     println!("{}", state.status());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Run {
    pub(crate) scope: Scope,
    id: Arc<str>,
}

impl Run {
    pub(crate) fn new(scope: Scope, id: String) -> Self {
        Self {
            scope: scope.naming("run identifier", &id),
            id: id.into(),
        }
    }

    /// The id of the execution.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Reads what is known of the run: a summary and, on request, the graph of its steps.
    pub fn get(&self) -> GetRun {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        GetRun::new(
            self.scope
                .on(api.get_execution_detail_v2(account, org, project, &*self.id)),
        )
    }

    /// Waits for the end, good or bad: [`RunEnd`] tells which.
    ///
    /// It ends early with a [`WaitFailure`] when the deadline passes, when a person is needed, and when the server cannot
    /// be asked any more. The run itself goes on in all three cases, and when the future is dropped.
    pub fn wait(&self) -> Wait<RunSubject> {
        Wait::new(RunSubject(self.clone()))
    }

    /// Its states as they change, the last included.
    pub fn watch(&self) -> Watch<RunSubject> {
        Watch::new(RunSubject(self.clone()), Backoff::default())
    }

    /// Stops the run: every stage is told to stop, and what runs is killed.
    pub fn abort(&self) -> InterruptRun {
        self.interrupt(Interrupt::AbortAll)
    }

    /// Interrupts the run.
    pub fn interrupt(&self, how: Interrupt) -> InterruptRun {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        InterruptRun::new(self.scope.on(api.put_handle_interrupt(
            account,
            org,
            project,
            how.as_str(),
            &*self.id,
        )))
    }

    /// Interrupts one stage, by the id that it has in the graph of the run.
    ///
    /// ```no_run
    /// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
    /// use harness_api_ext::pipeline::Interrupt;
    ///
    /// let run = harness.org("default").project("checkout").run("mK3yQ0bTS0u1");
    /// run.interrupt_stage("bU1ldN0de", Interrupt::UserMarkedFailure).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn interrupt_stage(&self, stage: impl Into<String>, how: Interrupt) -> InterruptStage {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        InterruptStage::new(self.scope.on(api.handle_stage_interrupt(
            account,
            org,
            project,
            how.as_str(),
            &*self.id,
            stage,
        )))
    }

    /// The runs that repeat this one or that it repeats.
    pub fn retry_history(&self, pipeline: impl Into<String>) -> GetRetryHistory {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.retry_history(account, org, project, pipeline, &*self.id);
        GetRetryHistory::new(self.scope.on(request))
    }

    /// Runs the pipeline again from these stages on, with the inputs it had or others.
    pub fn retry<I>(&self, pipeline: impl Into<String>, stages: I) -> RetryRun
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        RetryRun {
            scope: self.scope.clone(),
            execution: Arc::clone(&self.id),
            pipeline: pipeline.into(),
            stages: stages.into_iter().map(Into::into).collect(),
            inputs: Unshown(None),
            all: None,
            options: CallOptions::default(),
        }
    }
}

/// How a run is interrupted.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// use harness_api_ext::pipeline::Interrupt;
///
/// let run = harness.org("default").project("checkout").run("mK3yQ0bTS0u1");
/// run.interrupt(Interrupt::UserMarkedFailure).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Interrupt {
    /// It is stopped.
    AbortAll,
    /// What runs is marked as failed, so that the failure strategies of the pipeline decide.
    UserMarkedFailure,
}

impl Interrupt {
    fn as_str(self) -> &'static str {
        match self {
            Self::AbortAll => "AbortAll",
            Self::UserMarkedFailure => "UserMarkedFailure",
        }
    }
}

request! {
    /// Reads a run: `GET /pipeline/api/pipelines/execution/v2/{planExecutionId}`.
    GetRun(raw::GetExecutionDetailV2) -> types::PipelineExecutionDetail = .data;
    /// Reads the graph of this stage too.
    stage(impl Into<String>) => stage_node_id;
    /// Reads the graph of all stages: without it, steps of other stages are missing.
    full_graph(bool) => render_full_bottom_graph;
}

request! {
    /// Interrupts a run: `PUT /pipeline/api/pipeline/execute/interrupt/{planExecutionId}`.
    InterruptRun(raw::PutHandleInterrupt) -> () = done;
}

request! {
    /// Interrupts a stage of a run:
    /// `PUT /pipeline/api/pipeline/execute/interrupt/{planExecutionId}/{nodeExecutionId}`.
    InterruptStage(raw::HandleStageInterrupt) -> () = done;
}

request! {
    /// Reads how a run was repeated: `GET /pipeline/api/pipeline/execute/retryHistory/{planExecutionId}`.
    GetRetryHistory(raw::RetryHistory) -> types::RetryHistoryResponse = .data;
}

/// Runs a pipeline again from some of its stages on: `POST /pipeline/api/pipeline/execute/retry/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct RetryRun {
    scope: Scope,
    execution: Arc<str>,
    pipeline: String,
    stages: Vec<String>,
    inputs: Unshown<Option<String>>,
    all: Option<bool>,
    options: CallOptions,
}

impl RetryRun {
    /// The runtime inputs as YAML, in place of those the run had.
    pub fn inputs_yaml(mut self, yaml: impl Into<String>) -> Self {
        self.inputs = Unshown(Some(yaml.into()));
        self
    }

    /// Whether all stages that ran side by side run again, or those that failed only.
    pub fn all_parallel_stages(mut self, all: bool) -> Self {
        self.all = Some(all);
        self
    }

    async fn run(self) -> Result<Run> {
        let (account, org, project) = self.scope.required();
        let mut request = self
            .scope
            .raw()
            .pipeline()
            .retry_pipeline(
                account,
                org,
                project,
                &*self.execution,
                self.stages,
                self.pipeline,
            )
            .body(self.inputs.0.unwrap_or_default())
            .with_options(self.options);
        if let Some(all) = self.all {
            request = request.run_all_stages(all);
        }
        let answer = self.scope.on(request).send().await?;
        let id: String = member(answer, |answer| answer.data?.plan_execution?.uuid)?;
        Ok(Run::new(self.scope, id))
    }
}

sendable!(RetryRun -> Run);

/// What is seen of a run while it is waited for.
///
/// ```
/// # use harness_api_ext::mock::{RunScript, Server};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = Server::start().await?;
/// # server.add_project("retail", "checkout");
/// # server.pipeline_script("deploy", RunScript::new(["Success"]));
/// # let project = server.harness().org("retail").project("checkout");
/// # let yaml = "pipeline:\n  identifier: deploy\n  name: Deploy\n  orgIdentifier: retail\n  projectIdentifier: checkout\n";
/// # project.pipelines().create(yaml).await?;
/// # let run = project.pipeline("deploy").execute().await?;
/// let mut states = run.watch();
/// while let Some(state) = states.try_next().await? {
///     println!("{} of {:?}", state.status(), state.summary().name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RunState {
    summary: Arc<types::PipelineExecutionSummary>,
    status: RunStatus,
}

impl RunState {
    /// The status.
    pub fn status(&self) -> &RunStatus {
        &self.status
    }

    /// Everything that the server tells in short.
    pub fn summary(&self) -> &types::PipelineExecutionSummary {
        &self.summary
    }
}

impl fmt::Debug for RunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunState")
            .field("status", &self.status)
            .field("summary", &self.summary)
            .finish()
    }
}

/// How a run has ended.
///
/// ```
/// use harness_api_ext::pipeline::Outcome;
///
/// # use harness_api_ext::mock::{RunScript, Server};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = Server::start().await?;
/// # server.add_project("retail", "checkout");
/// # server.pipeline_script("deploy", RunScript::new(["Failed"]).failing_with("exit code 1"));
/// # let project = server.harness().org("retail").project("checkout");
/// # let yaml = "pipeline:\n  identifier: deploy\n  name: Deploy\n  orgIdentifier: retail\n  projectIdentifier: checkout\n";
/// # project.pipelines().create(yaml).await?;
/// # let run = project.pipeline("deploy").execute().await?;
/// let end = run.wait().await?;
/// assert_eq!((end.outcome, end.failure_message()), (Outcome::Failed, Some("exit code 1")));
/// println!("{} took {:?}", end.run().id(), end.duration());
/// assert!(end.success().is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunEnd {
    /// Good or bad, and why.
    pub outcome: Outcome,
    /// The state at the end.
    pub state: RunState,
    run: Run,
}

impl RunEnd {
    /// The run, when it has ended well.
    ///
    /// # Errors
    ///
    /// Of kind [`Wait`](crate::ErrorKind::Wait) with [`WaitFailure::Failed`], when it has not. The message has what the
    /// server says of the failure.
    pub fn success(self) -> Result<Self> {
        if self.outcome.is_good() {
            return Ok(self);
        }
        let name = format!("run {}", self.run.id);
        let status = match self.failure_message() {
            Some(text) => format!("{}: {text}", self.state.status),
            None => self.state.status.to_string(),
        };
        let redactor = self.run.scope.harness.redactor();
        Err(WaitFailure::failed(redactor, &name, &status, self.state))
    }

    /// What the server says of the failure.
    pub fn failure_message(&self) -> Option<&str> {
        let summary = &*self.state.summary;
        let failure = summary
            .failure_info
            .as_deref()
            .and_then(|info| info.message.as_deref());
        let error = summary
            .execution_error_info
            .as_deref()
            .and_then(|info| info.message.as_deref());
        failure
            .filter(|text| !text.is_empty())
            .or(error)
            .filter(|text| !text.is_empty())
    }

    /// From the beginning to the end.
    pub fn duration(&self) -> Option<Duration> {
        let summary = &*self.state.summary;
        let took = summary.end_ts?.checked_sub(summary.start_ts?)?;
        u64::try_from(took).ok().map(Duration::from_millis)
    }

    /// The run.
    pub fn run(&self) -> &Run {
        &self.run
    }
}

/// A run as something that can be waited for.
#[derive(Debug, Clone)]
pub struct RunSubject(Run);

impl Observe for RunSubject {
    type State = RunState;
    type End = RunEnd;

    fn name(&self) -> String {
        format!("run {}", self.0.id)
    }

    fn observe(&self) -> Sending<RunState> {
        let read = self.0.get();
        Box::pin(async move {
            let detail = read.await?;
            let summary = detail.pipeline_execution_summary.ok_or_else(|| {
                Error::new(
                    crate::ErrorKind::Decode,
                    "the answer about a run has no summary",
                )
            })?;
            let status = summary.status.as_ref().map_or_else(
                || RunStatus::new(""),
                |status| RunStatus::new(status.as_str()),
            );
            Ok(RunState {
                summary: Arc::from(summary),
                status,
            })
        })
    }

    fn progress(&self, state: &RunState) -> Progress<RunEnd> {
        match state.status.outcome() {
            Some(outcome) => Progress::Ended(RunEnd {
                outcome,
                state: state.clone(),
                run: self.0.clone(),
            }),
            None if state.status.needs_person() => Progress::NeedsPerson,
            None => Progress::Running,
        }
    }

    fn is_same(&self, one: &RunState, other: &RunState) -> bool {
        let stages = |state: &RunState| {
            let nodes = state.summary.layout_node_map.iter().flatten();
            nodes
                .map(|(id, node)| (id.clone(), node.status.as_ref().map(ToString::to_string)))
                .collect::<Vec<_>>()
        };
        one.status == other.status && stages(one) == stages(other)
    }
}
