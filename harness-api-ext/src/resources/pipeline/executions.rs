//! The runs of a project, or of one of its pipelines.

use std::sync::Arc;

use harness_api::pipeline::{self as raw, types};

use super::pipelines::Pipeline;
use super::run::{GetRun, Run};
use crate::Project;
use crate::resources::builder::{filtered, texts};
use crate::scope::Scope;

impl Project {
    /// The runs of all pipelines of this project.
    pub fn executions(&self) -> Executions {
        Executions {
            scope: self.scope.clone(),
            pipeline: None,
        }
    }
}

impl Pipeline {
    /// The runs of this pipeline.
    pub fn executions(&self) -> Executions {
        Executions {
            scope: self.scope.clone(),
            pipeline: Some(Arc::clone(&self.id)),
        }
    }
}

/// The runs of a project, or of one pipeline.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let executions = harness.org("default").project("checkout").executions();
/// for failed in executions.list().status(["Failed", "Errored"]).limit(20).collect_all().await? {
///     println!("{:?} {:?}", failed.pipeline_identifier, failed.run_sequence);
/// }
/// executions.run("pX9cD1Yw").abort().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Executions {
    scope: Scope,
    pipeline: Option<Arc<str>>,
}

impl Executions {
    /// The runs, the newest first.
    pub fn list(&self) -> ListExecutions {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let mut request = api.get_list_of_executions(account, org, project);
        if let Some(pipeline) = &self.pipeline {
            request = request.pipeline_identifier(&**pipeline);
        }
        ListExecutions::new(
            self.scope.on(request),
            types::FilterProperties {
                filter_type: Some(types::FilterPropertiesFilterType::PipelineExecution),
                ..Default::default()
            },
        )
    }

    /// Reads what is known of a run, by the id of its execution.
    pub fn get(&self, execution: impl Into<String>) -> GetRun {
        self.run(execution).get()
    }

    /// A run, by the id of its execution. Nothing is sent.
    pub fn run(&self, execution: impl Into<String>) -> Run {
        Run::new(self.scope.clone(), execution.into())
    }
}

filtered! {
    /// A list of runs: `POST /pipeline/api/pipelines/execution/summary`.
    ListExecutions(raw::GetListOfExecutions, types::FilterProperties) -> types::PipelineExecutionSummary;
    /// Those whose pipeline's name, identifier or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Those with stages of this module, such as `cd` or `ci`.
    module(impl Into<String>) => module;
    /// Those that the caller began.
    mine(bool) => my_deployments;
}

impl ListExecutions {
    /// Those with one of these statuses, as [`RunStatus::as_str`](super::RunStatus::as_str) spells them: `Failed`.
    pub fn status(mut self, statuses: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter.status = Some(texts(statuses));
        self
    }

    /// Those of these pipelines.
    pub fn pipelines(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter.pipeline_identifiers = Some(texts(ids));
        self
    }

    /// Those of pipelines with this name.
    pub fn pipeline_name(mut self, name: impl Into<String>) -> Self {
        self.filter.pipeline_name = Some(name.into());
        self
    }

    /// Those that these triggers began.
    pub fn triggers(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter.trigger_identifiers = Some(texts(ids));
        self
    }
}
