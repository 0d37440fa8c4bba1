//! The triggers of a pipeline: what begins its runs without a person.

use std::sync::Arc;

use harness_api::Response;
use harness_api::pipeline::{self as raw, types};

use super::pipelines::Pipeline;
use crate::error::{self, Error, ErrorKind, Result};
use crate::resources::builder::{done, list, member, request};
use crate::scope::Scope;

impl Pipeline {
    /// The triggers of this pipeline.
    pub fn triggers(&self) -> Triggers {
        Triggers {
            scope: self.scope.clone(),
            pipeline: Arc::clone(&self.id),
        }
    }
}

/// The triggers of a pipeline.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let triggers = harness.org("default").project("checkout").pipeline("deploy").triggers();
/// let yaml = triggers.get("nightly").await?.yaml.unwrap_or_default();
/// triggers.update("nightly", yaml.replace("enabled: true", "enabled: false")).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Triggers {
    scope: Scope,
    pipeline: Arc<str>,
}

impl Triggers {
    /// The triggers, with their YAML, and when they last began a run.
    pub fn list(&self) -> ListTriggers {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.get_list_for_target(account, org, project, &*self.pipeline);
        ListTriggers::new(self.scope.on(request))
    }

    /// A trigger: its YAML as it was written.
    pub fn get(&self, id: impl Into<String>) -> GetTrigger {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.get_trigger(account, org, project, &*self.pipeline, id);
        GetTrigger::new(self.scope.on(request))
    }

    /// A new trigger from YAML that begins with `trigger:` and holds identifier, name and source.
    pub fn create(&self, yaml: impl Into<String>) -> CreateTrigger {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.create_trigger(account, org, project, &*self.pipeline, yaml);
        CreateTrigger::new(self.scope.on(request))
    }

    /// Puts this YAML in place of a trigger's.
    pub fn update(&self, id: impl Into<String>, yaml: impl Into<String>) -> UpdateTrigger {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.update_trigger(account, org, project, &*self.pipeline, id, yaml);
        UpdateTrigger::new(self.scope.on(request))
    }

    /// Deletes a trigger.
    pub fn delete(&self, id: impl Into<String>) -> DeleteTrigger {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.delete_trigger(account, org, project, &*self.pipeline, id);
        DeleteTrigger::new(self.scope.on(request))
    }
}

list! {
    /// A list of triggers: `GET /pipeline/api/triggers`.
    ListTriggers(raw::GetListForTarget) -> types::NgTriggerDetailsResponseDto;
    /// Those whose name, identifier or tags hold this text.
    search(impl Into<String>) => search_term;
}

request! {
    /// Reads a trigger: `GET /pipeline/api/triggers/{triggerIdentifier}`.
    GetTrigger(raw::GetTrigger) -> types::NgTriggerResponse = .data;
}

request! {
    /// Creates a trigger: `POST /pipeline/api/triggers`.
    CreateTrigger(raw::CreateTrigger) -> types::NgTriggerResponse = saved;
    /// Keeps the trigger even when its inputs do not fit the pipeline.
    ignore_error(bool) => ignore_error;
}

request! {
    /// Replaces the YAML of a trigger: `PUT /pipeline/api/triggers/{triggerIdentifier}`.
    UpdateTrigger(raw::UpdateTrigger) -> types::NgTriggerResponse = saved;
    /// Keeps the trigger even when its inputs do not fit the pipeline.
    ignore_error(bool) => ignore_error;
    /// Only when the trigger is still of this version.
    if_match(impl Into<String>) => if_match;
}

request! {
    /// Deletes a trigger: `DELETE /pipeline/api/triggers/{triggerIdentifier}`.
    DeleteTrigger(raw::DeleteTrigger) -> () = done;
    /// Only when the trigger is still of this version.
    if_match(impl Into<String>) => if_match;
}

/// The service answers with status 200 to YAML that it does not keep because it is not valid.
fn saved(
    answer: Response<types::ResponseDtongTriggerResponse>,
) -> Result<types::NgTriggerResponse> {
    let trigger: types::NgTriggerResponse = member(answer, |answer| answer.data)?;
    if trigger.error_response != Some(true) {
        return Ok(trigger);
    }
    let mut text = "the trigger is not valid, and is not saved".to_owned();
    for (place, faults) in trigger.errors.iter().flatten() {
        let fault = faults.get("message").or_else(|| faults.values().next());
        let fault = fault.map_or("", String::as_str);
        text += &format!("; {place}: {}", error::line(fault));
    }
    Err(Error::new(ErrorKind::Api, text))
}
