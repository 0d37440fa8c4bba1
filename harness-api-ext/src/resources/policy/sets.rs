//! Policy sets: which policies are applied to what, and when.

use harness_api::model::Maybe;
use harness_api::policy::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::Order;
use crate::error::Result;
use crate::resources::builder::{done, levels, list, request, sendable, whole};
use crate::scope::Scope;

levels! {
    /// The policy sets at this level.
    policy_sets -> PolicySets on Account Org Project
}

/// Policy sets at one level. A set applies policies to entities of a type at an action, such as pipelines at `onrun`.
///
/// ```
/// use harness_api_ext::policy::types::LinkedpolicyidentifierSeverity as Severity;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # let harness = server.harness();
/// let sets = harness.account().policy_sets();
/// sets.create("tags", "Tags", "pipeline", "onsave").await?;
/// sets.update("tags").policies([("account.need_tags", Severity::Error)]).await?;
/// println!("{:?}", sets.get("tags").await?.policies);
/// sets.delete("tags").await?;
/// println!("{} are left", sets.list().collect_all().await?.len());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PolicySets {
    scope: Scope,
}

impl PolicySets {
    /// The policy sets.
    pub fn list(&self) -> ListPolicySets {
        let api = self.scope.raw().policy();
        ListPolicySets::new(self.scope.on(api.list_policy_sets()))
    }

    /// A policy set, with the policies it applies.
    pub fn get(&self, id: impl Into<String>) -> GetPolicySet {
        let api = self.scope.raw().policy();
        GetPolicySet::new(self.scope.on(api.find_policy_set(id)))
    }

    /// A new policy set for entities of a type, such as `pipeline`, at an action, such as `onsave` or `onrun`. Which
    /// policies it applies is said by [`update`](Self::update).
    pub fn create(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        entity: impl Into<String>,
        action: impl Into<String>,
    ) -> CreatePolicySet {
        CreatePolicySet {
            scope: self.scope.clone(),
            set: types::PolicySetCreateRequestBody::new(action, true, id, name, entity),
            options: CallOptions::default(),
        }
    }

    /// Changes a policy set. What is not set stays as it is.
    pub fn update(&self, id: impl Into<String>) -> UpdatePolicySet {
        UpdatePolicySet {
            scope: self.scope.clone(),
            id: id.into(),
            changes: types::PolicySetUpdateRequestBody::default(),
            options: CallOptions::default(),
        }
    }

    /// Deletes a policy set; the policies stay.
    pub fn delete(&self, id: impl Into<String>) -> DeletePolicySet {
        let api = self.scope.raw().policy();
        DeletePolicySet::new(self.scope.on(api.delete_policy_set(id)))
    }
}

list! {
    /// A list of policy sets: `GET /pm/api/v1/policysets`.
    ListPolicySets(raw::ListPolicySets) -> types::PolicyManagementPolicySet;
    /// Those whose name or identifier holds this text.
    search(impl Into<String>) => search_term;
    /// Those for this type of entity.
    entity(impl Into<String>) => type_;
    /// Those for this action.
    action(impl Into<String>) => action;
}

impl ListPolicySets {
    /// By this field, `name` or `updated`.
    pub fn sort(mut self, field: impl Into<String>, order: Order) -> Self {
        let sort = format!("{},{}", field.into(), order.upper());
        self.raw = self.raw.sort(sort.as_str());
        self
    }
}

request! {
    /// Reads a policy set: `GET /pm/api/v1/policysets/{identifier}`.
    GetPolicySet(raw::FindPolicySet) -> types::PolicyManagementPolicySet = whole;
}

request! {
    /// Deletes a policy set: `DELETE /pm/api/v1/policysets/{identifier}`.
    DeletePolicySet(raw::DeletePolicySet) -> () = done;
}

/// Creates a policy set: `POST /pm/api/v1/policysets`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreatePolicySet {
    scope: Scope,
    set: types::PolicySetCreateRequestBody,
    options: CallOptions,
}

impl CreatePolicySet {
    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.set.description = Some(text.into());
        self
    }

    /// Whether it is applied, which it is unless this says otherwise.
    pub fn enabled(mut self, on: bool) -> Self {
        self.set.enabled = on;
        self
    }

    async fn run(self) -> Result<types::PolicyManagementPolicySet> {
        let request = self
            .scope
            .raw()
            .policy()
            .create_policy_set(&self.set)
            .with_options(self.options);
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(CreatePolicySet -> types::PolicyManagementPolicySet);

/// Changes a policy set: `PATCH /pm/api/v1/policysets/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdatePolicySet {
    scope: Scope,
    id: String,
    changes: types::PolicySetUpdateRequestBody,
    options: CallOptions,
}

impl UpdatePolicySet {
    /// Another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.changes.name = name.into().into();
        self
    }

    /// Another description.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.changes.description = text.into().into();
        self
    }

    /// Whether it is applied.
    pub fn enabled(mut self, on: bool) -> Self {
        self.changes.enabled = Maybe::Value(on);
        self
    }

    /// The policies it applies, in place of those it has. Those of a level above have a prefix: `account.need_tags`. A
    /// denial of severity `warning` does not stop what is checked.
    pub fn policies<I, P, S>(mut self, policies: I) -> Self
    where
        I: IntoIterator<Item = (P, S)>,
        P: Into<String>,
        S: Into<types::LinkedpolicyidentifierSeverity>,
    {
        let linked = policies
            .into_iter()
            .map(|(id, severity)| types::Linkedpolicyidentifier::new(id, severity));
        self.changes.policies = Maybe::Value(linked.collect());
        self
    }

    async fn run(self) -> Result<()> {
        let request = self
            .scope
            .raw()
            .policy()
            .update_policy_set(self.id, &self.changes)
            .with_options(self.options);
        done(self.scope.on(request).send().await?)
    }
}

sendable!(UpdatePolicySet -> ());
