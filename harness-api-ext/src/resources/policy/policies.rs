//! Policies: rules in Rego.

use harness_api::policy::{self as raw, types};
use harness_api::{CallOptions, Configure};
use serde_json::Value;

use crate::Order;
use crate::error::Result;
use crate::git::GitStore;
use crate::resources::builder::{done, in_git, levels, list, request, sendable, whole};
use crate::scope::Scope;

levels! {
    /// The policies at this level.
    policies -> Policies on Account Org Project
}

/// Policies at one level.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let policies = harness.org("default").project("checkout").policies();
/// let rego = "package pipeline\ndeny[\"a pipeline needs tags\"] { not input.pipeline.tags }";
/// let verdict = policies.evaluate(rego, &serde_json::json!({"pipeline": {}})).await?;
/// println!("{:?}", verdict.deny_messages);
/// policies.create("need_tags", "Need tags").rego(rego).await?;
///
/// println!("{:?}", policies.get("need_tags").await?.rego);
/// policies.update("need_tags").rego(rego.replace("needs tags", "needs a team")).await?;
/// policies.delete("need_tags").await?;
/// println!("{} are left", policies.list().collect_all().await?.len());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Policies {
    scope: Scope,
}

impl Policies {
    /// The policies.
    pub fn list(&self) -> ListPolicies {
        let api = self.scope.raw().policy();
        ListPolicies::new(self.scope.on(api.list_policies()))
    }

    /// A policy.
    pub fn get(&self, id: impl Into<String>) -> GetPolicy {
        let api = self.scope.raw().policy();
        GetPolicy::new(self.scope.on(api.find_policy(id)))
    }

    /// A new policy. It does nothing before a [set](super::PolicySets) applies it.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreatePolicy {
        CreatePolicy {
            scope: self.scope.clone(),
            policy: types::CreateRequestBody::new(id, name),
            options: CallOptions::default(),
        }
    }

    /// Changes a policy. What is not set stays as it is.
    pub fn update(&self, id: impl Into<String>) -> UpdatePolicy {
        UpdatePolicy {
            scope: self.scope.clone(),
            id: id.into(),
            changes: types::UpdateRequestBody::default(),
            options: CallOptions::default(),
        }
    }

    /// Deletes a policy.
    pub fn delete(&self, id: impl Into<String>) -> DeletePolicy {
        let api = self.scope.raw().policy();
        DeletePolicy::new(self.scope.on(api.delete_policy(id)))
    }

    /// Evaluates a rule over an input. Nothing is stored.
    pub fn evaluate(&self, rego: impl Into<String>, input: &Value) -> EvaluatePolicy {
        let body = types::EvaluateRequestBody::new(input.to_string(), rego);
        let api = self.scope.raw().policy();
        EvaluatePolicy::new(self.scope.on(api.evaluate(&body)))
    }
}

list! {
    /// A list of policies: `GET /pm/api/v1/policies`.
    ListPolicies(raw::ListPolicies) -> types::PolicyManagementPolicy;
    /// Those whose name or identifier holds this text.
    search(impl Into<String>) => search_term;
    /// Leaves out the rules themselves.
    without_rego(bool) => exclude_rego_from_response;
    /// Says how many sets apply each.
    with_set_count(bool) => include_policy_set_count;
}

impl ListPolicies {
    /// By this field, `name` or `updated`.
    pub fn sort(mut self, field: impl Into<String>, order: Order) -> Self {
        let sort = format!("{},{}", field.into(), order.upper());
        self.raw = self.raw.sort(sort.as_str());
        self
    }
}

request! {
    /// Reads a policy: `GET /pm/api/v1/policies/{identifier}`.
    GetPolicy(raw::FindPolicy) -> types::PolicyManagementPolicy = whole;
}
in_git!(GetPolicy);

request! {
    /// Deletes a policy: `DELETE /pm/api/v1/policies/{identifier}`.
    DeletePolicy(raw::DeletePolicy) -> () = done;
    /// Deletes it even where sets apply it.
    force(bool) => force;
}

request! {
    /// Evaluates a rule: `POST /pm/api/v1/evaluate`. A denial is an answer, not an error: `status` tells.
    EvaluatePolicy(raw::Evaluate) -> types::EvaluatedPolicy = whole;
}

/// Creates a policy: `POST /pm/api/v1/policies`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreatePolicy {
    scope: Scope,
    policy: types::CreateRequestBody,
    options: CallOptions,
}

impl CreatePolicy {
    /// The rule, as Rego. The package is the kind of entity, such as `pipeline`.
    pub fn rego(mut self, text: impl Into<String>) -> Self {
        self.policy.rego = Some(text.into());
        self
    }

    /// Where in Git its text is kept, and how it is committed.
    pub fn git(mut self, git: GitStore) -> Self {
        let text = |name| git.value(name).map(str::to_owned);
        self.policy.git_connector_ref = text("connector_ref");
        self.policy.git_repo = text("repo_name");
        self.policy.git_path = text("file_path");
        self.options.attach(git);
        self
    }

    async fn run(self) -> Result<types::PolicyManagementPolicy> {
        let request = self
            .scope
            .raw()
            .policy()
            .create_policy(&self.policy)
            .with_options(self.options);
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(CreatePolicy -> types::PolicyManagementPolicy);

/// Changes a policy: `PATCH /pm/api/v1/policies/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdatePolicy {
    scope: Scope,
    id: String,
    changes: types::UpdateRequestBody,
    options: CallOptions,
}

impl UpdatePolicy {
    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.changes.name = name.into().into();
        self
    }

    /// Another rule, as Rego.
    pub fn rego(mut self, text: impl Into<String>) -> Self {
        self.changes.rego = text.into().into();
        self
    }

    async fn run(self) -> Result<()> {
        let request = self
            .scope
            .raw()
            .policy()
            .update_policy(self.id, &self.changes)
            .with_options(self.options);
        done(self.scope.on(request).send().await?)
    }
}

in_git!(UpdatePolicy);
sendable!(UpdatePolicy -> ());
