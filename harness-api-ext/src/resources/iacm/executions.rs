//! What pipelines have done to workspaces.

use std::time::SystemTime;

use harness_api::Redactor;
use harness_api::iacm::{self as raw, types};

use crate::Sending;
use crate::error::Result;
use crate::resources::builder::{levels, list, millis, request, whole};
use crate::scope::Scope;
use crate::wait::{Observe, Progress, Wait, WaitFailure};

levels! {
    /// The executions of workspaces in this project.
    workspace_executions -> Executions on Project
}

/// The executions of workspaces: what a stage of a run of a pipeline does to one.
///
/// They are begun by running the pipeline.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let executions = harness.org("default").project("checkout").workspace_executions();
/// let end = executions.wait("pZ3kq0", "x81Fhe").await?.success()?;
/// for changed in executions.resource_changes("pZ3kq0").await? {
///     println!("{changed:?}");
/// }
/// let latest = executions.list().limit(1).collect_all().await?;
/// let stage = executions.get("pZ3kq0", "x81Fhe").await?;
/// println!("{} {:?}", latest.len(), stage.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Executions {
    scope: Scope,
}

impl Executions {
    /// The executions.
    pub fn list(&self) -> ListExecutions {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        ListExecutions::new(self.scope.on(api.list_executions(org, project)))
    }

    /// What a stage of a run does: by the id of the run and that of the stage's execution.
    pub fn get(&self, run: impl Into<String>, stage: impl Into<String>) -> GetExecution {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        GetExecution::new(self.scope.on(api.show_execution(org, project, run, stage)))
    }

    /// What a run changed, planned to change or found to have drifted, for each of its stages.
    pub fn resource_changes(&self, run: impl Into<String>) -> ListResourceChanges {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        let request = api.list_resource_changes_all_stages(org, project, run);
        ListResourceChanges::new(self.scope.on(request))
    }

    /// Waits for the end of what a stage does, good or bad: [`ExecutionEnd`] tells which.
    pub fn wait(&self, run: impl Into<String>, stage: impl Into<String>) -> Wait<ExecutionSubject> {
        Wait::new(ExecutionSubject {
            executions: self.clone(),
            run: run.into(),
            stage: stage.into(),
        })
    }
}

list! {
    /// A list of executions: `GET /iacm/api/orgs/{org}/projects/{project}/executions`.
    ListExecutions(raw::ListExecutions) -> types::HarnessIacmExecution;
    /// Those of this workspace.
    workspace(impl Into<String>) => workspace;
    /// Those of this run of a pipeline.
    run_id(impl Into<String>) => pipeline_execution_id;
    /// Those of the pipeline of this name.
    pipeline(impl Into<String>) => pipeline_name;
    /// Those in one of these states: `none` while they run, `success`, `failure`.
    statuses(impl IntoIterator<Item = impl Into<String>>) => status;
}

impl ListExecutions {
    /// Those begun at or after this time.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.raw = self.raw.start_time(millis(time));
        self
    }

    /// Those begun at or before this time.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.raw = self.raw.end_time(millis(time));
        self
    }
}

request! {
    /// Reads an execution:
    /// `GET /iacm/api/orgs/{org}/projects/{project}/executions/{pipeline_execution_id}/{pipeline_stage_id}`.
    GetExecution(raw::ShowExecution) -> types::ShowExecutionResponse = whole;
}

request! {
    /// Reads what a run changed:
    /// `GET /iacm/api/orgs/{org}/projects/{project}/executions/{pipeline_execution_id}/resource-changes-all-stages`.
    ListResourceChanges(raw::ListResourceChangesAllStages) -> Vec<types::HarnessIacmChangedResources> = whole;
    /// Leaves out the states before and after.
    without_state(bool) => exclude_state;
}

/// How an execution has ended.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let executions = harness.org("default").project("checkout").workspace_executions();
/// let end = executions.wait("pZ3kq0", "x81Fhe").await?;
/// println!("{}", end.is_success());
/// println!("{:?}", end.success()?.state.status);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExecutionEnd {
    /// What the server tells at the end.
    pub state: types::ShowExecutionResponse,
    name: String,
    redactor: Redactor,
}

impl ExecutionEnd {
    /// Whether it succeeded.
    pub fn is_success(&self) -> bool {
        self.state.status == Some(types::ShowExecutionResponseStatus::Success)
    }

    /// The end, when it is a good one.
    ///
    /// # Errors
    ///
    /// Of kind [`Wait`](crate::ErrorKind::Wait) with [`WaitFailure::Failed`], when it is not.
    pub fn success(self) -> Result<Self> {
        if self.is_success() {
            return Ok(self);
        }
        let status = self.state.status.as_ref();
        let status = status.map_or_else(String::new, ToString::to_string);
        Err(WaitFailure::failed(
            &self.redactor,
            &self.name,
            &status,
            self.state,
        ))
    }
}

/// An execution as something that can be waited for.
#[derive(Debug, Clone)]
pub struct ExecutionSubject {
    executions: Executions,
    run: String,
    stage: String,
}

impl Observe for ExecutionSubject {
    type State = types::ShowExecutionResponse;
    type End = ExecutionEnd;

    fn name(&self) -> String {
        format!("the execution in stage {} of run {}", self.stage, self.run)
    }

    fn observe(&self) -> Sending<Self::State> {
        self.executions.get(&*self.run, &*self.stage).send()
    }

    fn progress(&self, state: &Self::State) -> Progress<ExecutionEnd> {
        use types::ShowExecutionResponseStatus as Status;
        match state.status {
            Some(Status::Success | Status::Failure) => Progress::Ended(ExecutionEnd {
                state: state.clone(),
                name: self.name(),
                redactor: self.executions.scope.harness.redactor().clone(),
            }),
            _ => Progress::Running,
        }
    }

    fn is_same(&self, one: &Self::State, other: &Self::State) -> bool {
        one.status == other.status
    }
}
