//! What begins runs of a pipeline by itself.

use std::sync::Arc;

use harness_api::pipeline::{self as raw, types};
use harness_api::{CallOptions, Configure};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::Pipeline;
use crate::error::Result;
use crate::resources::builder::{Unshown, done, list, member, request, sendable};
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
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let triggers = harness.org("default").project("checkout").pipeline("deploy").triggers();
/// triggers.create("trigger:\n  identifier: nightly\n  name: Nightly\n").await?;
/// let state = triggers.details("nightly").await?.trigger_status;
/// println!("{state:?}");
///
/// for found in triggers.list().collect_all().await? {
///     println!("{:?}", found.identifier);
/// }
/// for event in triggers.events("nightly").limit(10).collect_all().await? {
///     println!("{:?}", event.final_status);
/// }
/// triggers.send_event("tOkEn", serde_json::json!({"tag": "v4.2"})).await?;
/// let yaml = triggers.get("nightly").await?.yaml.unwrap_or_default();
/// triggers.update("nightly", yaml.replace("Nightly", "Every night")).await?;
/// triggers.delete("nightly").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Triggers {
    scope: Scope,
    pipeline: Arc<str>,
}

impl Triggers {
    /// The triggers, with what became of them last.
    pub fn list(&self) -> ListTriggers {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.get_list_for_target(account, org, project, &*self.pipeline);
        ListTriggers::new(self.scope.on(request))
    }

    /// A trigger, with its YAML as it was written. Where it does not fit the pipeline any more, `error_response` says so,
    /// and `errors` why.
    pub fn get(&self, id: impl Into<String>) -> GetTrigger {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.get_trigger(account, org, project, &*self.pipeline, id);
        GetTrigger::new(self.scope.on(request))
    }

    /// A trigger, with what became of it last and whether the Git host knows of it.
    pub fn details(&self, id: impl Into<String>) -> GetTriggerDetails {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.get_trigger_details(account, org, project, id, &*self.pipeline);
        GetTriggerDetails::new(self.scope.on(request))
    }

    /// A new trigger from YAML, which begins with `trigger:` and is kept as it is. Its webhook is registered at the Git
    /// host some seconds later.
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

    /// The events that a trigger has seen, and what became of them.
    pub fn events(&self, id: impl Into<String>) -> ListTriggerEvents {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.trigger_event_history_new(account, org, project, &*self.pipeline, id);
        ListTriggerEvents::new(self.scope.on(request))
    }

    /// Sends an event to the custom webhook triggers of this pipeline. The token stands in the URL of the webhook.
    pub fn send_event(&self, token: impl Into<SecretString>, event: Value) -> SendEvent {
        SendEvent {
            scope: self.scope.clone(),
            pipeline: Arc::clone(&self.pipeline),
            token: token.into(),
            event: Unshown(event),
            trigger: None,
            options: CallOptions::default(),
        }
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
    /// Reads a trigger and its state: `GET /pipeline/api/triggers/{triggerIdentifier}/details`.
    GetTriggerDetails(raw::GetTriggerDetails) -> types::NgTriggerDetailsResponseDto = .data;
}

request! {
    /// Creates a trigger: `POST /pipeline/api/triggers`.
    CreateTrigger(raw::CreateTrigger) -> types::NgTriggerResponse = .data;
    /// Keeps it even where it does not fit the pipeline.
    ignore_error(bool) => ignore_error;
}

request! {
    /// Replaces the YAML of a trigger: `PUT /pipeline/api/triggers/{triggerIdentifier}`.
    UpdateTrigger(raw::UpdateTrigger) -> types::NgTriggerResponse = .data;
    /// Keeps it even where it does not fit the pipeline.
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

list! {
    /// A list of events: `GET /pipeline/api/triggers/eventHistory/{triggerIdentifier}`.
    ListTriggerEvents(raw::TriggerEventHistoryNew) -> types::NgTriggerEventHistoryDto;
    /// Those that hold this text.
    search(impl Into<String>) => search_term;
    /// Gives what was sent too.
    with_payload(bool) => should_send_trigger_payload;
}

/// Sends an event: `POST /pipeline/api/webhook/custom/{webhookToken}/v3`.
///
/// It is never repeated by itself once the server may have seen it.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct SendEvent {
    scope: Scope,
    pipeline: Arc<str>,
    token: SecretString,
    event: Unshown<Value>,
    trigger: Option<String>,
    options: CallOptions,
}

impl SendEvent {
    /// To this trigger alone.
    pub fn trigger(mut self, id: impl Into<String>) -> Self {
        self.trigger = Some(id.into());
        self
    }

    async fn run(self) -> Result<types::NgProcessWebhookResponse> {
        let (account, org, project) = self.scope.required();
        let token = self.token.expose_secret();
        let mut request = self
            .scope
            .raw()
            .pipeline()
            .process_custom_webhook_event_v3(token, account, org, project, &self.event.0)
            .pipeline_identifier(&*self.pipeline)
            .with_options(self.options);
        if let Some(trigger) = self.trigger {
            request = request.trigger_identifier(trigger);
        }
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(SendEvent -> types::NgProcessWebhookResponse);
