//! A run of an experiment: waiting for it, watching, stopping.

use std::sync::Arc;

use harness_api::Redactor;
use harness_api::chaos::{self as raw, types};

use super::outcome::Outcome;
use crate::Sending;
use crate::error::Result;
use crate::resources::builder::{done, request, whole};
use crate::scope::Scope;
use crate::wait::{Backoff, Observe, Progress, Wait, WaitFailure, Watch};

/// A run of an experiment.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let experiments = harness.org("default").project("checkout").experiments();
/// let run = experiments.run_of("75571ff0-26f8", "56536eba-1d35");
/// let mut states = run.watch();
/// while let Some(state) = states.try_next().await? {
///     println!("{:?}: {:?} faults of {:?}", state.phase, state.faults_passed, state.total_faults);
/// }
/// run.stop().await?;
/// println!("{:?}", run.wait().await?.state.resiliency_score);
/// println!("{:?}", run.get().await?.phase);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ExperimentRun {
    scope: Scope,
    experiment: Arc<str>,
    notify_id: Arc<str>,
}

impl ExperimentRun {
    pub(super) fn new(scope: Scope, experiment: String, notify_id: String) -> Self {
        Self {
            scope: scope
                .naming("experiment identifier", &experiment)
                .naming("notify id of the run", &notify_id),
            experiment: experiment.into(),
            notify_id: notify_id.into(),
        }
    }

    /// The id of the experiment.
    pub fn experiment(&self) -> &str {
        &self.experiment
    }

    /// The id with which the run was announced. The run gets another when it begins, which
    /// [`get`](Self::get) tells.
    pub fn notify_id(&self) -> &str {
        &self.notify_id
    }

    /// Reads what is known of the run. In its first moments it may not be found.
    pub fn get(&self) -> GetExperimentRun {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().chaos();
        let request = api.get_chaos_v2_experiment_run(account, org, project, &*self.experiment);
        GetExperimentRun::new(self.scope.checked(request.notify_id(&*self.notify_id)))
    }

    /// Waits for the end, good or bad: [`ExperimentEnd`] tells which.
    pub fn wait(&self) -> Wait<ExperimentRunSubject> {
        Wait::new(ExperimentRunSubject(self.clone()))
    }

    /// Its states as they change, the last included.
    pub fn watch(&self) -> Watch<ExperimentRunSubject> {
        Watch::new(ExperimentRunSubject(self.clone()), Backoff::default())
    }

    /// Stops the run, and takes back the faults that it has injected.
    pub fn stop(&self) -> StopExperimentRun {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().chaos();
        // Either of the two ids is enough, and the other is sent empty.
        StopExperimentRun::new(self.scope.checked(api.stop_chaos_v2_experiment(
            account,
            org,
            project,
            &*self.experiment,
            "",
            &*self.notify_id,
        )))
    }
}

request! {
    /// Reads a run: `GET /gateway/chaos/manager/api/rest/v2/experiments/{experimentId}/run`.
    GetExperimentRun(raw::GetChaosV2ExperimentRun) -> types::ChaosExperimentRun = whole;
}

request! {
    /// Stops a run: `POST /gateway/chaos/manager/api/rest/v2/experiment/{experimentId}/stop`.
    StopExperimentRun(raw::StopChaosV2Experiment) -> () = done;
    /// Calls it stopped even where the infrastructure does not answer.
    force(bool) => force;
}

/// How a run has ended.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let experiments = harness.org("default").project("checkout").experiments();
/// let end = experiments.run("75571ff0-26f8").await?.wait().await?;
/// println!("{:?}", end.outcome);
/// println!("{:?}", end.success()?.state.resiliency_score);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExperimentEnd {
    /// Good or bad, and why.
    pub outcome: Outcome,
    /// What the server tells at the end; `resiliency_score` is in percent.
    pub state: types::ChaosExperimentRun,
    name: String,
    redactor: Redactor,
}

impl ExperimentEnd {
    /// The end, when the faults were injected and everything held.
    ///
    /// # Errors
    ///
    /// Of kind [`Wait`](crate::ErrorKind::Wait) with [`WaitFailure::Failed`], when not. The message has what the server
    /// says of the failure.
    pub fn success(self) -> Result<Self> {
        if self.outcome.is_good() {
            return Ok(self);
        }
        let phase = self.state.phase.as_deref().unwrap_or("unknown");
        let said = self.state.error_response.as_deref();
        let status = match said.filter(|text| !text.is_empty()) {
            Some(text) => format!("{phase}: {text}"),
            None => phase.to_owned(),
        };
        Err(WaitFailure::failed(
            &self.redactor,
            &self.name,
            &status,
            self.state,
        ))
    }
}

/// A run as something that can be waited for.
#[derive(Debug, Clone)]
pub struct ExperimentRunSubject(ExperimentRun);

impl Observe for ExperimentRunSubject {
    type State = types::ChaosExperimentRun;
    type End = ExperimentEnd;

    fn name(&self) -> String {
        format!(
            "run {} of experiment {}",
            self.0.notify_id, self.0.experiment
        )
    }

    fn observe(&self) -> Sending<Self::State> {
        self.0.get().send()
    }

    fn progress(&self, state: &Self::State) -> Progress<ExperimentEnd> {
        let phase = state.phase.as_deref().unwrap_or_default();
        match Outcome::of(phase, state.completed == Some(true)) {
            Some(outcome) => Progress::Ended(ExperimentEnd {
                outcome,
                state: state.clone(),
                name: self.name(),
                redactor: self.0.scope.harness.redactor().clone(),
            }),
            None => Progress::Running,
        }
    }

    fn is_same(&self, one: &Self::State, other: &Self::State) -> bool {
        let counts = |state: &Self::State| {
            (
                state.faults_passed,
                state.faults_failed,
                state.faults_awaited,
                state.faults_stopped,
            )
        };
        one.phase == other.phase && counts(one) == counts(other)
    }
}
