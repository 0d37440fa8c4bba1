//! The input sets of a pipeline: inputs that are kept under a name.

use std::sync::Arc;

use harness_api::pipeline::{self as raw, types};
use harness_api::{CallOptions, Configure, Response};

use super::pipelines::Pipeline;
use crate::error::{Error, ErrorKind, Result};
use crate::resources::builder::{done, in_git, list, member, request, sendable, texts};
use crate::scope::Scope;

impl Pipeline {
    /// The input sets of this pipeline.
    pub fn input_sets(&self) -> InputSets {
        InputSets {
            scope: self.scope.clone(),
            pipeline: Arc::clone(&self.id),
        }
    }
}

/// The input sets of a pipeline.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let pipeline = harness.org("default").project("checkout").pipeline("deploy");
/// let inputs = pipeline.input_sets();
/// println!("{}", inputs.template().await?.input_set_template_yaml.unwrap_or_default());
/// let merged = inputs.merge(["base", "nightly"]).await?.pipeline_yaml.unwrap_or_default();
/// pipeline.execute().inputs_yaml(merged).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct InputSets {
    scope: Scope,
    pipeline: Arc<str>,
}

impl InputSets {
    /// The input sets, and overlays, which are lists of input sets.
    pub fn list(&self) -> ListInputSets {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.list_input_set(account, org, project, &*self.pipeline);
        ListInputSets::new(
            self.scope
                .on(request.input_set_type(types::ListInputSetType::All)),
        )
    }

    /// An input set: its YAML as it was written, and where it is kept.
    ///
    /// One that does not fit the pipeline any more is given too: `error_response` is true, and `input_set_error_wrapper`
    /// tells why.
    pub fn get(&self, id: impl Into<String>) -> GetInputSet {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.get_input_set(id, account, org, project, &*self.pipeline);
        GetInputSet::new(self.scope.on(request))
    }

    /// A new input set from YAML that begins with `inputSet:` and holds identifier, name and pipeline.
    pub fn create(&self, yaml: impl Into<String>) -> CreateInputSet {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.post_input_set(account, org, project, &*self.pipeline, yaml);
        CreateInputSet::new(self.scope.on(request))
    }

    /// Puts this YAML in place of an input set's.
    pub fn update(&self, id: impl Into<String>, yaml: impl Into<String>) -> UpdateInputSet {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.put_input_set(id, account, org, project, &*self.pipeline, yaml);
        UpdateInputSet::new(self.scope.on(request))
    }

    /// Deletes an input set.
    pub fn delete(&self, id: impl Into<String>) -> DeleteInputSet {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.delete_input_set(id, account, org, project, &*self.pipeline);
        DeleteInputSet::new(self.scope.on(request))
    }

    /// What the pipeline asks for when it is run, as YAML with `<+input>` where a value belongs. A pipeline that asks for
    /// nothing has no `input_set_template_yaml`.
    pub fn template(&self) -> GetInputTemplate {
        GetInputTemplate {
            scope: self.scope.clone(),
            pipeline: Arc::clone(&self.pipeline),
            body: types::InputSetTemplateRequest {
                stage_identifiers: Some(Vec::new()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Puts input sets together, later ones over earlier ones. Nothing is kept.
    pub fn merge(&self, ids: impl IntoIterator<Item = impl Into<String>>) -> MergeInputSets {
        MergeInputSets {
            scope: self.scope.clone(),
            pipeline: Arc::clone(&self.pipeline),
            body: types::MergeInputSetRequest {
                input_set_references: Some(texts(ids)),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }
}

list! {
    /// A list of input sets: `GET /pipeline/api/inputSets`.
    ListInputSets(raw::ListInputSet) -> types::InputSetSummaryResponse;
    /// Those whose name, identifier or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Input sets alone, or overlays alone.
    kind(impl Into<types::ListInputSetType>) => input_set_type;
}
in_git!(ListInputSets);

request! {
    /// Reads an input set: `GET /pipeline/api/inputSets/{inputSetIdentifier}`.
    GetInputSet(raw::GetInputSet) -> types::InputSetResponse = .data;
    /// The branch of the pipeline, when it is not the same as that of the input set.
    pipeline_branch(impl Into<String>) => pipeline_branch;
}
in_git!(GetInputSet);

request! {
    /// Creates an input set: `POST /pipeline/api/inputSets`.
    CreateInputSet(raw::PostInputSet) -> types::InputSetResponse = saved;
    /// The branch of the pipeline, when it is not the same as that of the input set.
    pipeline_branch(impl Into<String>) => pipeline_branch;
}
in_git!(CreateInputSet);

request! {
    /// Replaces the YAML of an input set: `PUT /pipeline/api/inputSets/{inputSetIdentifier}`.
    UpdateInputSet(raw::PutInputSet) -> types::InputSetResponse = saved;
    /// The branch of the pipeline, when it is not the same as that of the input set.
    pipeline_branch(impl Into<String>) => pipeline_branch;
    /// Only when the input set is still of this version.
    if_match(impl Into<String>) => if_match;
}
in_git!(UpdateInputSet);

request! {
    /// Deletes an input set: `DELETE /pipeline/api/inputSets/{inputSetIdentifier}`.
    DeleteInputSet(raw::DeleteInputSet) -> () = done;
    /// Only when the input set is still of this version.
    if_match(impl Into<String>) => if_match;
}
in_git!(DeleteInputSet);

/// The service answers with status 200 to YAML that it does not keep because it does not fit the pipeline.
fn saved(answer: Response<types::ResponseDtoInputSetResponse>) -> Result<types::InputSetResponse> {
    let set: types::InputSetResponse = member(answer, |answer| answer.data)?;
    if set.error_response == Some(true) || set.is_error_response == Some(true) {
        let id = set.identifier.as_deref().unwrap_or_default();
        let text = format!("input set `{id}` does not fit its pipeline, and is not saved");
        return Err(Error::new(ErrorKind::Api, text));
    }
    Ok(set)
}

/// Reads what a pipeline asks for: `POST /pipeline/api/inputSets/template`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct GetInputTemplate {
    scope: Scope,
    pipeline: Arc<str>,
    body: types::InputSetTemplateRequest,
    options: CallOptions,
}

impl GetInputTemplate {
    /// What these stages ask for when they alone are run.
    pub fn stages(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.body.stage_identifiers = Some(texts(ids));
        self
    }

    async fn run(self) -> Result<types::InputSetTemplateWithReplacedExpressionsResponse> {
        let (account, org, project) = self.scope.required();
        let request = self
            .scope
            .raw()
            .pipeline()
            .runtime_input_template(account, org, project, &*self.pipeline)
            .body(&self.body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

in_git!(GetInputTemplate);
sendable!(GetInputTemplate -> types::InputSetTemplateWithReplacedExpressionsResponse);

/// Puts input sets together: `POST /pipeline/api/inputSets/merge`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct MergeInputSets {
    scope: Scope,
    pipeline: Arc<str>,
    body: types::MergeInputSetRequest,
    options: CallOptions,
}

impl MergeInputSets {
    /// Inputs that go on top, as YAML that begins with `pipeline:`.
    pub fn inputs_yaml(mut self, yaml: impl Into<String>) -> Self {
        self.body.last_yaml_to_merge = Some(yaml.into());
        self
    }

    /// Inputs of these stages alone.
    pub fn stages(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.body.stage_identifiers = Some(texts(ids));
        self
    }

    /// Gives the pipeline with the inputs put in too, as `complete_pipeline_yaml`.
    pub fn with_pipeline(mut self, with: bool) -> Self {
        self.body.with_merged_pipeline_yaml = Some(with);
        self
    }

    async fn run(self) -> Result<types::MergeInputSetResponse> {
        let (account, org, project) = self.scope.required();
        let request = self
            .scope
            .raw()
            .pipeline()
            .merge_input_sets(account, org, project, &*self.pipeline, &self.body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

in_git!(MergeInputSets);
sendable!(MergeInputSets -> types::MergeInputSetResponse);
