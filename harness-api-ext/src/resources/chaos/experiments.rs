//! The chaos experiments of a project.

use harness_api::chaos::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::run::ExperimentRun;
use crate::error::Result;
use crate::resources::builder::{done, levels, list, member, request, sendable, whole};
use crate::scope::Scope;

levels! {
    /// The chaos experiments of this project.
    experiments -> Experiments on Project
}

/// The chaos experiments of a project.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let experiments = harness.org("default").project("checkout").experiments();
/// let run = experiments.run("75571ff0-26f8").await?;
/// let end = run.wait().deadline(Duration::from_secs(1800)).await?.success()?;
/// println!("resilience {:?}", end.state.resiliency_score);
///
/// for found in experiments.list().collect_all().await? {
///     println!("{:?}", found.name);
/// }
/// let found = experiments.get("75571ff0-26f8").await?;
/// println!("{:?} {:?}", found.identity, found.cron_syntax);
/// let manifest = "kind: KubernetesChaosExperiment\napiVersion: litmuschaos.io/v1alpha1\n";
/// experiments.save("pod_delete", "Pods go away", manifest).await?;
/// experiments.delete("75571ff0-26f8").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Experiments {
    scope: Scope,
}

/// The size of pages that lists ask for when no other is set; the operations require one. Larger ones are clipped.
pub(super) const PAGE: i64 = 50;

impl Experiments {
    /// The experiments.
    pub fn list(&self) -> ListExperiments {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().chaos();
        ListExperiments::new(
            self.scope
                .checked(api.list_chaos_v2_experiment(account, org, project, 0, PAGE)),
        )
    }

    /// An experiment, with the revisions of its manifest. One that does not exist is answered with status 500, and is
    /// [not found](crate::Error::is_not_found) all the same.
    pub fn get(&self, id: impl Into<String>) -> GetExperiment {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().chaos();
        GetExperiment::new(
            self.scope
                .checked(api.get_chaos_v2_experiment(account, org, project, id)),
        )
    }

    /// Stores an experiment of this manifest, in YAML or JSON as text: a new one, or a new revision of the one with this
    /// [id](SaveExperiment::id).
    pub fn save(
        &self,
        identity: impl Into<String>,
        name: impl Into<String>,
        manifest: impl Into<String>,
    ) -> SaveExperiment {
        let identity = identity.into();
        SaveExperiment {
            scope: self.scope.naming("experiment identity", &identity),
            experiment: types::ExperimentCreationRequest {
                identity: Some(identity),
                name: Some(name.into()),
                manifest: Some(manifest.into()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Deletes an experiment.
    pub fn delete(&self, id: impl Into<String>) -> DeleteExperiment {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().chaos();
        DeleteExperiment::new(
            self.scope
                .checked(api.delete_chaos_v2_experiment(account, org, project, id)),
        )
    }

    /// Runs an experiment, by the id that lists give. It is never repeated by itself once the server may have seen it.
    pub fn run(&self, id: impl Into<String>) -> RunExperiment {
        RunExperiment {
            scope: self.scope.clone(),
            id: id.into(),
            inputs: types::ExperimentRunRequest::default(),
            options: CallOptions::default(),
        }
    }

    /// A run that was begun before, by the id of the experiment and the id with which the run was announced. Nothing is
    /// sent.
    pub fn run_of(&self, id: impl Into<String>, notify_id: impl Into<String>) -> ExperimentRun {
        ExperimentRun::new(self.scope.clone(), id.into(), notify_id.into())
    }
}

list! {
    /// A list of experiments: `GET /gateway/chaos/manager/api/rest/v2/experiment`.
    ListExperiments(raw::ListChaosV2Experiment) -> types::ExperimentV2;
    /// Those whose name holds this text.
    search(impl Into<String>) => experiment_name;
    /// Those with these tags, with commas between them.
    tags(impl Into<String>) => tags;
    /// Those with these ids, with commas between them.
    ids(impl Into<String>) => experiment_ids;
}

impl ListExperiments {
    /// Those that act on this infrastructure of an environment.
    pub fn infrastructure(
        mut self,
        environment: impl Into<String>,
        infrastructure: impl Into<String>,
    ) -> Self {
        // One alone is ignored.
        self.raw = self
            .raw
            .environment_identifier(environment)
            .infra_id(infrastructure);
        self
    }
}

request! {
    /// Reads an experiment: `GET /gateway/chaos/manager/api/rest/v2/experiments/{experimentId}`.
    GetExperiment(raw::GetChaosV2Experiment) -> types::ChaosExperimentRequest = whole;
}

request! {
    /// Deletes an experiment: `DELETE /gateway/chaos/manager/api/rest/v2/experiment/{experimentId}`.
    DeleteExperiment(raw::DeleteChaosV2Experiment) -> () = done;
}

/// Stores an experiment: `POST /gateway/chaos/manager/api/rest/v2/experiment`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct SaveExperiment {
    scope: Scope,
    experiment: types::ExperimentCreationRequest,
    options: CallOptions,
}

impl SaveExperiment {
    /// The id of the experiment, where it exists.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.experiment.id = Some(id.into());
        self
    }

    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.experiment.description = Some(text.into());
        self
    }

    /// One tag more.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.experiment
            .tags
            .get_or_insert_default()
            .push(tag.into());
        self
    }

    /// The infrastructure that it acts on, and its kind. One of kind `KubernetesV2` is written
    /// `environment/infrastructure`.
    pub fn infrastructure(
        mut self,
        infrastructure: impl Into<String>,
        kind: impl Into<types::ExperimentInfraType>,
    ) -> Self {
        self.experiment.infra_id = Some(infrastructure.into());
        self.experiment.infra_type = Some(kind.into());
        self
    }

    /// Runs it at these times, in the form of cron.
    pub fn schedule(mut self, cron: impl Into<String>) -> Self {
        self.experiment.cron_syntax = Some(cron.into());
        self
    }

    /// Whether the server refuses a manifest that it does not understand.
    pub fn validate(mut self, on: bool) -> Self {
        self.experiment.validate_manifest = Some(on);
        self
    }

    async fn run(self) -> Result<types::ExperimentCreationRequest> {
        let (account, org, project) = self.scope.required();
        let request = self
            .scope
            .raw()
            .chaos()
            .save_chaos_v2_experiment(account, org, project, &self.experiment)
            .with_options(self.options);
        member(self.scope.checked(request).send().await?, |answer| {
            answer.data
        })
    }
}

sendable!(SaveExperiment -> types::ExperimentCreationRequest);

/// Runs an experiment: `POST /gateway/chaos/manager/api/rest/v2/experiments/{experimentId}/run`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct RunExperiment {
    scope: Scope,
    id: String,
    inputs: types::ExperimentRunRequest,
    options: CallOptions,
}

impl RunExperiment {
    /// Takes the inputs from this set.
    pub fn input_set(mut self, id: impl Into<String>) -> Self {
        self.inputs.inputset_identity = Some(id.into());
        self
    }

    /// The inputs.
    pub fn inputs(mut self, inputs: types::ChaosExperimentInputsetSpec) -> Self {
        self.inputs.runtime_inputs = Some(Box::new(inputs));
        self
    }

    async fn run(self) -> Result<ExperimentRun> {
        let (account, org, project) = self.scope.required();
        let request = self
            .scope
            .raw()
            .chaos()
            .run_chaos_v2_experiment(account, org, project, &*self.id, false, false, &self.inputs)
            .with_options(self.options);
        let notify_id = member(self.scope.checked(request).send().await?, |answer| {
            answer.notify_id
        })?;
        Ok(ExperimentRun::new(self.scope, self.id, notify_id))
    }
}

sendable!(RunExperiment -> ExperimentRun);
