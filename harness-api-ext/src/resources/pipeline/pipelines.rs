//! The pipelines of a project.

use std::sync::Arc;

use harness_api::Configure;
use harness_api::pipeline::{self as raw, types};

use super::execute::ExecutePipeline;
use crate::Project;
use crate::error::Result;
use crate::resources::builder::{PageSettings, awaitable, done, in_git, member, pages, request};
use crate::scope::Scope;

impl Project {
    /// The pipelines of this project.
    pub fn pipelines(&self) -> Pipelines {
        Pipelines {
            scope: self.scope.clone(),
        }
    }

    /// A pipeline, for what belongs to it. Nothing is sent.
    pub fn pipeline(&self, id: impl Into<String>) -> Pipeline {
        let id = id.into();
        Pipeline {
            scope: self.scope.naming("pipeline identifier", &id),
            id: id.into(),
        }
    }
}

/// The pipelines of a project.
///
/// ```
/// # use harness_api_ext::mock::Server;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = Server::start().await?;
/// # server.add_project("retail", "checkout");
/// # let project = server.harness().org("retail").project("checkout");
/// let yaml = "
/// pipeline:
///   identifier: deploy
///   name: Deploy
///   orgIdentifier: retail
///   projectIdentifier: checkout
/// ";
/// let pipelines = project.pipelines();
/// pipelines.create(yaml).await?;
/// pipelines.update("deploy", yaml.replace("name: Deploy", "name: Deploy the till")).await?;
///
/// let stored = pipelines.get("deploy").await?.yaml_pipeline.unwrap_or_default();
/// assert!(stored.contains("the till"));
/// for found in pipelines.list().search("till").collect_all().await? {
///     println!("{:?}", found.name);
/// }
///
/// pipelines.get("deploy").execute().await?;
/// pipelines.delete("deploy").await?;
/// assert!(pipelines.get("deploy").await.is_err_and(|error| error.is_not_found()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Pipelines {
    scope: Scope,
}

/// A pipeline of a project.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let deploy = harness.org("default").project("checkout").pipeline("deploy");
/// let run = deploy.execute().inputs_yaml("pipeline:\n  identifier: deploy\n").await?;
/// println!("{} runs as {}", deploy.id(), run.id());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Pipeline {
    pub(crate) scope: Scope,
    pub(crate) id: Arc<str>,
}

impl Pipelines {
    /// The pipelines, those that changed last first.
    pub fn list(&self) -> ListPipelines {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        ListPipelines {
            raw: self.scope.on(api.get_pipeline_list(account, org, project)),
            filter: types::PipelineFilterProperties::new(
                types::PipelineFilterPropertiesFilterType::PipelineSetup,
            ),
            paging: PageSettings::default(),
        }
    }

    /// A pipeline: its YAML as it was written, and where it is kept. [`execute`](GetPipeline::execute) runs it instead.
    pub fn get(&self, id: impl Into<String>) -> GetPipeline {
        let id = id.into();
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        GetPipeline {
            raw: self.scope.on(api.get_pipeline(account, org, project, &*id)),
            scope: self.scope.clone(),
            id,
        }
    }

    /// A new pipeline from YAML, which holds identifier and name and is kept as it is. The answer has the identifier alone.
    pub fn create(&self, yaml: impl Into<String>) -> CreatePipeline {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        CreatePipeline::new(
            self.scope
                .on(api.post_pipeline_v2(account, org, project, yaml)),
        )
    }

    /// Puts this YAML in place of a pipeline's. The answer has the identifier alone.
    pub fn update(&self, id: impl Into<String>, yaml: impl Into<String>) -> UpdatePipeline {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        UpdatePipeline::new(
            self.scope
                .on(api.update_pipeline_v2(account, org, project, id, yaml)),
        )
    }

    /// Deletes a pipeline, with its input sets and triggers.
    pub fn delete(&self, id: impl Into<String>) -> DeletePipeline {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        DeletePipeline::new(
            self.scope
                .on(api.delete_pipeline(account, org, project, id)),
        )
    }
}

impl Pipeline {
    /// The identifier.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Begins a run.
    pub fn execute(&self) -> ExecutePipeline {
        ExecutePipeline::new(self.scope.clone(), self.id.to_string())
    }
}

/// A list of pipelines: `POST /pipeline/api/pipelines/list`.
#[derive(Debug)]
#[must_use = "nothing is sent before the list is read"]
pub struct ListPipelines {
    raw: raw::GetPipelineList,
    filter: types::PipelineFilterProperties,
    paging: PageSettings,
}

impl ListPipelines {
    /// Those whose name, identifier or tags hold this text.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.raw = self.raw.search_term(text);
        self
    }

    /// Those with stages of this module, such as `cd` or `ci`.
    pub fn module(mut self, module: impl Into<String>) -> Self {
        self.raw = self.raw.module(module);
        self
    }

    /// Those with these identifiers.
    pub fn identifiers<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.filter.pipeline_identifiers = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Those with this name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.filter.name = Some(name.into());
        self
    }

    fn into_raw(self) -> raw::GetPipelineList {
        self.raw.body(&self.filter)
    }
}

impl Configure for ListPipelines {
    fn options(&mut self) -> &mut harness_api::CallOptions {
        self.raw.options()
    }
}

pages!(ListPipelines -> types::PmsPipelineSummaryResponse);

/// Reads a pipeline: `GET /pipeline/api/pipelines/{pipelineIdentifier}`.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let get = harness.org("default").project("checkout").pipelines().get("deploy");
/// println!("{:?}", get.resolve_templates(true).await?.resolved_templates_pipeline_yaml);
///
/// // Or run it.
/// let run = harness.org("default").project("checkout").pipelines().get("deploy").execute().await?;
/// println!("{}", run.id());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct GetPipeline {
    raw: raw::GetPipeline,
    scope: Scope,
    id: String,
}

impl GetPipeline {
    /// Reads its text with the templates it refers to put in, as `resolved_templates_pipeline_yaml`.
    pub fn resolve_templates(mut self, resolve: bool) -> Self {
        self.raw = self.raw.get_templates_resolved_pipeline(resolve);
        self
    }

    /// Begins a run of it, in place of reading it.
    pub fn execute(self) -> ExecutePipeline {
        ExecutePipeline::new(self.scope, self.id)
    }

    async fn run(self) -> Result<types::PmsPipelineResponse> {
        member(self.raw.send().await?, |answer| answer.data)
    }
}

impl Configure for GetPipeline {
    fn options(&mut self) -> &mut harness_api::CallOptions {
        self.raw.options()
    }
}

in_git!(GetPipeline);
awaitable!(GetPipeline -> types::PmsPipelineResponse);

request! {
    /// Creates a pipeline: `POST /pipeline/api/pipelines/v2`.
    CreatePipeline(raw::PostPipelineV2) -> types::PipelineSaveResponse = .data;
}
in_git!(CreatePipeline);

request! {
    /// Replaces the YAML of a pipeline: `PUT /pipeline/api/pipelines/v2/{pipelineIdentifier}`.
    UpdatePipeline(raw::UpdatePipelineV2) -> types::PipelineSaveResponse = .data;
    /// Only when the pipeline is still of this version.
    if_match(impl Into<String>) => if_match;
}
in_git!(UpdatePipeline);

request! {
    /// Deletes a pipeline: `DELETE /pipeline/api/pipelines/{pipelineIdentifier}`.
    DeletePipeline(raw::DeletePipeline) -> () = done;
    /// Only when the pipeline is still of this version.
    if_match(impl Into<String>) => if_match;
}
in_git!(DeletePipeline);
