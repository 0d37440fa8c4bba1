//! The input sets of a pipeline: inputs that are kept under a name.

use std::sync::Arc;

use harness_api::pipeline::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::Pipeline;
use crate::error::Result;
use crate::resources::builder::{done, in_git, list, member, request, sendable};
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

/// The input sets of a pipeline. An overlay is a list of others.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let pipeline = harness.org("default").project("checkout").pipeline("deploy");
/// let wanted = pipeline.input_sets().template().await?.input_set_template_yaml;
/// # let _ = wanted;
/// pipeline.input_sets().create("inputSet:\n  identifier: nightly\n  name: Nightly\n").await?;
/// pipeline.execute().input_sets(["nightly"]).await?;
///
/// let sets = pipeline.input_sets();
/// println!("{wanted:?} of {}", sets.list().collect_all().await?.len());
/// let yaml = sets.get("nightly").await?.input_set_yaml.unwrap_or_default();
/// sets.update("nightly", yaml.replace("Nightly", "Every night")).await?;
/// sets.create_overlay("overlayInputSet:\n  identifier: all\n  name: All\n").await?;
/// let yaml = sets.get_overlay("all").await?.overlay_input_set_yaml.unwrap_or_default();
/// sets.update_overlay("all", yaml.replace("All", "Everything")).await?;
/// println!("{:?}", sets.merge(["nightly", "all"]).await?.pipeline_yaml);
/// sets.delete("nightly").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct InputSets {
    scope: Scope,
    pipeline: Arc<str>,
}

impl InputSets {
    /// The input sets and overlays.
    pub fn list(&self) -> ListInputSets {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.list_input_set(account, org, project, &*self.pipeline);
        ListInputSets::new(self.scope.on(request))
    }

    /// An input set, with its YAML as it was written. Where it does not fit the pipeline any more, `is_error_response`
    /// says so, and `input_set_error_wrapper` why.
    pub fn get(&self, id: impl Into<String>) -> GetInputSet {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.get_input_set(id, account, org, project, &*self.pipeline);
        GetInputSet::new(self.scope.on(request))
    }

    /// A new input set from YAML, which begins with `inputSet:` and is kept as it is. One that does not fit its pipeline is an
    /// error that tells what does not, by its place.
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

    /// Deletes an input set or an overlay.
    pub fn delete(&self, id: impl Into<String>) -> DeleteInputSet {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.delete_input_set(id, account, org, project, &*self.pipeline);
        DeleteInputSet::new(self.scope.on(request))
    }

    /// An overlay, with its YAML as it was written.
    pub fn get_overlay(&self, id: impl Into<String>) -> GetOverlayInputSet {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.get_overlay_input_set(id, account, org, project, &*self.pipeline);
        GetOverlayInputSet::new(self.scope.on(request))
    }

    /// A new overlay from YAML, which begins with `overlayInputSet:` and is kept as it is.
    pub fn create_overlay(&self, yaml: impl Into<String>) -> CreateOverlayInputSet {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.post_overlay_input_set(account, org, project, &*self.pipeline, yaml);
        CreateOverlayInputSet::new(self.scope.on(request))
    }

    /// Puts this YAML in place of an overlay's.
    pub fn update_overlay(
        &self,
        id: impl Into<String>,
        yaml: impl Into<String>,
    ) -> UpdateOverlayInputSet {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.put_overlay_input_set(id, account, org, project, &*self.pipeline, yaml);
        UpdateOverlayInputSet::new(self.scope.on(request))
    }

    /// The inputs that the pipeline asks for at its run, as YAML to be filled in; no text where it asks for none.
    pub fn template(&self) -> GetInputTemplate {
        GetInputTemplate {
            scope: self.scope.clone(),
            pipeline: Arc::clone(&self.pipeline),
            body: types::InputSetTemplateRequest::default(),
            options: CallOptions::default(),
        }
    }

    /// What input sets give together, merged in this order.
    pub fn merge<I>(&self, ids: I) -> MergeInputSets
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        MergeInputSets {
            scope: self.scope.clone(),
            pipeline: Arc::clone(&self.pipeline),
            body: types::MergeInputSetRequest {
                input_set_references: Some(ids.into_iter().map(Into::into).collect()),
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
    /// Input sets, overlays, or both, which is what comes without it.
    kind(impl Into<types::ListInputSetType>) => input_set_type;
}

request! {
    /// Reads an input set: `GET /pipeline/api/inputSets/{inputSetIdentifier}`.
    GetInputSet(raw::GetInputSet) -> types::InputSetResponse = .data;
}
in_git!(GetInputSet);

request! {
    /// Creates an input set: `POST /pipeline/api/inputSets`.
    CreateInputSet(raw::PostInputSet) -> types::InputSetResponse = .data;
}
in_git!(CreateInputSet);

request! {
    /// Replaces the YAML of an input set: `PUT /pipeline/api/inputSets/{inputSetIdentifier}`.
    UpdateInputSet(raw::PutInputSet) -> types::InputSetResponse = .data;
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

request! {
    /// Reads an overlay: `GET /pipeline/api/inputSets/overlay/{inputSetIdentifier}`.
    GetOverlayInputSet(raw::GetOverlayInputSet) -> types::OverlayInputSetResponse = .data;
}
in_git!(GetOverlayInputSet);

request! {
    /// Creates an overlay: `POST /pipeline/api/inputSets/overlay`.
    CreateOverlayInputSet(raw::PostOverlayInputSet) -> types::OverlayInputSetResponse = .data;
}
in_git!(CreateOverlayInputSet);

request! {
    /// Replaces the YAML of an overlay: `PUT /pipeline/api/inputSets/overlay/{inputSetIdentifier}`.
    UpdateOverlayInputSet(raw::PutOverlayInputSet) -> types::OverlayInputSetResponse = .data;
    /// Only when the overlay is still of this version.
    if_match(impl Into<String>) => if_match;
}
in_git!(UpdateOverlayInputSet);

/// Reads the inputs that a pipeline asks for: `POST /pipeline/api/inputSets/template`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct GetInputTemplate {
    scope: Scope,
    pipeline: Arc<str>,
    body: types::InputSetTemplateRequest,
    options: CallOptions,
}

impl GetInputTemplate {
    /// The inputs of these stages alone.
    pub fn stages<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.body.stage_identifiers = Some(ids.into_iter().map(Into::into).collect());
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

/// Merges input sets: `POST /pipeline/api/inputSets/merge`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct MergeInputSets {
    scope: Scope,
    pipeline: Arc<str>,
    body: types::MergeInputSetRequest,
    options: CallOptions,
}

impl MergeInputSets {
    /// Inputs as YAML that go on top.
    pub fn inputs_yaml(mut self, yaml: impl Into<String>) -> Self {
        self.body.last_yaml_to_merge = Some(yaml.into());
        self
    }

    /// The inputs of these stages alone.
    pub fn stages<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.body.stage_identifiers = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Gives the whole pipeline with the inputs put in too, as `complete_pipeline_yaml`.
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
