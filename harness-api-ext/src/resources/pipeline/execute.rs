//! Beginning a run.

use harness_api::pipeline::types;
use harness_api::{CallOptions, Configure};

use super::run::Run;
use crate::error::Result;
use crate::resources::builder::{Unshown, in_git, member, sendable};
use crate::scope::Scope;

/// Begins a run of a pipeline.
///
/// It is one of three operations: `POST /pipeline/api/pipeline/execute/{identifier}` with the inputs as YAML, or
/// `…/inputSetList` when input sets are named, because the other ignores them, or `…/stages` for some stages only.
///
/// It is never repeated by itself once the server may have seen it.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct ExecutePipeline {
    scope: Scope,
    pipeline: String,
    inputs: Unshown<Option<String>>,
    input_sets: Vec<String>,
    stages: Vec<String>,
    notes: Option<String>,
    module: Option<String>,
    options: CallOptions,
}

impl ExecutePipeline {
    pub(crate) fn new(scope: Scope, pipeline: String) -> Self {
        Self {
            scope,
            pipeline,
            inputs: Unshown(None),
            input_sets: Vec::new(),
            stages: Vec::new(),
            notes: None,
            module: None,
            options: CallOptions::default(),
        }
    }

    /// The runtime inputs, as YAML that begins with `pipeline:`. With input sets they go on top of these.
    pub fn inputs_yaml(mut self, yaml: impl Into<String>) -> Self {
        self.inputs = Unshown(Some(yaml.into()));
        self
    }

    /// Input sets, merged in this order.
    pub fn input_sets<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.input_sets.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Runs these stages alone, where the pipeline allows it.
    pub fn stages<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.stages.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Why it is run, shown with the run.
    pub fn notes(mut self, text: impl Into<String>) -> Self {
        self.notes = Some(text.into());
        self
    }

    /// The module under which it is run, such as `cd` or `ci`.
    pub fn module(mut self, module: impl Into<String>) -> Self {
        self.module = Some(module.into());
        self
    }

    async fn run(self) -> Result<Run> {
        let Self {
            scope,
            pipeline,
            inputs: Unshown(inputs),
            input_sets,
            stages,
            notes,
            module,
            options,
        } = self;
        let (account, org, project) = scope.required();
        let api = scope.raw().pipeline();
        // The three builders have the same setters and no type in common.
        macro_rules! send {
            ($request:expr) => {{
                let mut request = $request.with_options(options);
                if let Some(notes) = notes {
                    request = request.notes_for_pipeline_execution(notes);
                }
                if let Some(module) = module {
                    request = request.module_type(module);
                }
                scope.on(request).send().await?
            }};
        }
        let answer = if !stages.is_empty() {
            let body = types::RunStageRequest {
                stage_identifiers: Some(stages),
                runtime_input_yaml: inputs,
                ..Default::default()
            };
            let mut request = api
                .post_execute_stages(account, org, project, &*pipeline)
                .body(&body);
            if !input_sets.is_empty() {
                request = request.input_set_identifiers(input_sets);
            }
            send!(request)
        } else if !input_sets.is_empty() {
            let body = types::MergeInputSetRequest {
                input_set_references: Some(input_sets),
                last_yaml_to_merge: inputs,
                ..Default::default()
            };
            send!(api.post_pipeline_execute_with_input_set_list(
                account, org, project, &*pipeline, &body
            ))
        } else {
            // No inputs are an empty text: without a body the server refuses.
            send!(api.post_pipeline_execute_with_input_set_yaml(
                account,
                org,
                project,
                &*pipeline,
                inputs.unwrap_or_default()
            ))
        };
        let id: String = member(answer, |answer| answer.data?.plan_execution?.uuid)?;
        Ok(Run::new(scope, id))
    }
}

in_git!(ExecutePipeline);
sendable!(ExecutePipeline -> Run);
