//! The runs of a project or of one of its pipelines.

use std::sync::Arc;

use harness_api::Configure;
use harness_api::pipeline::{self as raw, types};

use super::Pipeline;
use super::run::{GetRun, Run};
use crate::Project;
use crate::resources::builder::{PageSettings, pages};
use crate::scope::Scope;

impl Project {
    /// The runs of this project's pipelines.
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

/// Runs of pipelines.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let executions = harness.org("default").project("checkout").pipeline("deploy").executions();
/// for run in executions.list().statuses(["Failed"]).limit(10).collect_all().await? {
///     println!("{:?} {:?}", run.plan_execution_id, run.end_ts);
/// }
/// let short = executions.outline().limit(100).collect_all().await?;
/// let detail = executions.get("mK3yQ0bTS0u1").await?;
/// println!("{} {:?}", short.len(), detail.pipeline_execution_summary.and_then(|run| run.name));
/// executions.run("mK3yQ0bTS0u1").abort().await?;
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
        let mut raw = api.get_list_of_executions(account, org, project);
        if let Some(pipeline) = &self.pipeline {
            raw = raw.pipeline_identifier(&**pipeline);
        }
        ListExecutions {
            raw: self.scope.on(raw),
            filter: types::FilterProperties {
                filter_type: Some("PipelineExecution".into()),
                ..Default::default()
            },
            paging: PageSettings::default(),
        }
    }

    /// The runs in brief, the newest first.
    pub fn outline(&self) -> ListExecutionOutlines {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        ListExecutionOutlines {
            raw: self
                .scope
                .on(api.get_list_of_executions_outline(account, org, project)),
            filter: types::PipelineExecutionOutlineFilterDto {
                pipeline_identifier: self.pipeline.as_deref().map(str::to_owned),
                ..Default::default()
            },
            paging: PageSettings::default(),
        }
    }

    /// Reads what is known of a run.
    pub fn get(&self, execution: impl Into<String>) -> GetRun {
        self.run(execution).get()
    }

    /// A run, by the id of its execution, to wait for or to stop. Nothing is sent.
    pub fn run(&self, execution: impl Into<String>) -> Run {
        Run::new(self.scope.clone(), execution.into())
    }
}

/// A list of runs: `POST /pipeline/api/pipelines/execution/summary`.
#[derive(Debug)]
#[must_use = "nothing is sent before the list is read"]
pub struct ListExecutions {
    raw: raw::GetListOfExecutions,
    filter: types::FilterProperties,
    paging: PageSettings,
}

impl ListExecutions {
    /// Those whose pipeline's name or identifier holds this text.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.raw = self.raw.search_term(text);
        self
    }

    /// Those of this module, such as `cd` or `ci`.
    pub fn module(mut self, module: impl Into<String>) -> Self {
        self.raw = self.raw.module(module);
        self
    }

    /// Those with one of these statuses, such as `Failed`.
    pub fn statuses<I>(mut self, statuses: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.filter.status = Some(statuses.into_iter().map(Into::into).collect());
        self
    }

    /// Those with these ids.
    pub fn identifiers<I>(mut self, executions: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.filter.plan_execution_ids = Some(executions.into_iter().map(Into::into).collect());
        self
    }

    /// Those that the caller began.
    pub fn mine(mut self, mine: bool) -> Self {
        self.raw = self.raw.my_deployments(mine);
        self
    }

    fn into_raw(self) -> raw::GetListOfExecutions {
        self.raw.body(&self.filter)
    }
}

impl Configure for ListExecutions {
    fn options(&mut self) -> &mut harness_api::CallOptions {
        self.raw.options()
    }
}

pages!(ListExecutions -> types::PipelineExecutionSummary);

/// A list of runs in brief: `POST /pipeline/api/pipelines/execution/summary/outline`.
#[derive(Debug)]
#[must_use = "nothing is sent before the list is read"]
pub struct ListExecutionOutlines {
    raw: raw::GetListOfExecutionsOutline,
    filter: types::PipelineExecutionOutlineFilterDto,
    paging: PageSettings,
}

impl ListExecutionOutlines {
    /// Those with one of these statuses.
    pub fn statuses<I>(mut self, statuses: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<types::PipelineExecutionOutlineFilterDtoStatus>,
    {
        self.filter.status = Some(statuses.into_iter().map(Into::into).collect());
        self
    }

    /// Those with these ids.
    pub fn identifiers<I>(mut self, executions: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.filter.plan_execution_ids = Some(executions.into_iter().map(Into::into).collect());
        self
    }

    fn into_raw(self) -> raw::GetListOfExecutionsOutline {
        self.raw.body(&self.filter)
    }
}

impl Configure for ListExecutionOutlines {
    fn options(&mut self) -> &mut harness_api::CallOptions {
        self.raw.options()
    }
}

pages!(ListExecutionOutlines -> types::PipelineExecutionOutline);
