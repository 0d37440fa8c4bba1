//! Targets: the users, services or devices that flags are served to.

use harness_api::ff::{self as raw, types};
use harness_api::{CallOptions, Configure};
use serde_json::{Map, Value};

use crate::Project;
use crate::error::Result;
use crate::resources::builder::{done, list, request, sendable, whole};
use crate::scope::Scope;

impl Project {
    /// The targets of feature flags in an environment of this project.
    pub fn targets(&self, environment: impl Into<String>) -> Targets {
        let environment = environment.into();
        Targets {
            scope: self.scope.naming("environment identifier", &environment),
            environment,
        }
    }
}

/// The targets in an environment.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let targets = harness.org("default").project("checkout").targets("prod");
/// targets.create("shop_7", "Shop 7").attribute("country", "fr").await?;
/// for target in targets.list().collect_all().await? {
///     println!("{:?}", target.identifier);
/// }
/// let mut shop = targets.get("shop_7").await?;
/// shop.name = Some("The seventh shop".into());
/// targets.update(shop).await?;
/// targets.delete("shop_7").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Targets {
    scope: Scope,
    environment: String,
}

impl Targets {
    /// The targets.
    pub fn list(&self) -> ListTargets {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        ListTargets::new(self.scope.checked(api.get_all_targets(
            account,
            org,
            project,
            &*self.environment,
        )))
    }

    /// A target.
    pub fn get(&self, id: impl Into<String>) -> GetTarget {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        GetTarget::new(self.scope.checked(api.get_target(
            id,
            account,
            org,
            project,
            &*self.environment,
        )))
    }

    /// A new target.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateTarget {
        let (account, org, project) = self.scope.required();
        CreateTarget {
            target: types::Target {
                identifier: Some(id.into()),
                name: Some(name.into()),
                account: Some(account.to_owned()),
                org: Some(org.to_owned()),
                project: Some(project.to_owned()),
                environment: Some(self.environment.clone()),
                ..Default::default()
            },
            attributes: Map::new(),
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the target with its identifier is: begin with what [`get`](Self::get) gives.
    pub fn update(&self, mut target: types::Target) -> UpdateTarget {
        let scope = self.scope.adopting(&mut target.org, &mut target.project);
        let (account, org, project) = scope.required();
        let id = target.identifier.clone().unwrap_or_default();
        let api = scope.raw().ff();
        UpdateTarget::new(scope.checked(api.modify_target(
            id,
            account,
            org,
            project,
            &*self.environment,
            &target,
        )))
    }

    /// Deletes a target.
    pub fn delete(&self, id: impl Into<String>) -> DeleteTarget {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().ff();
        DeleteTarget::new(self.scope.checked(api.delete_target(
            id,
            account,
            org,
            project,
            &*self.environment,
        )))
    }
}

list! {
    /// A list of targets: `GET /cf/admin/targets`.
    ListTargets(raw::GetAllTargets) -> types::Target;
    /// Those whose name holds this text.
    search(impl Into<String>) => target_name;
}

request! {
    /// Reads a target: `GET /cf/admin/targets/{identifier}`.
    GetTarget(raw::GetTarget) -> types::Target = whole;
}

request! {
    /// Replaces a target: `PUT /cf/admin/targets/{identifier}`.
    UpdateTarget(raw::ModifyTarget) -> types::Target = whole;
}

request! {
    /// Deletes a target: `DELETE /cf/admin/targets/{identifier}`.
    DeleteTarget(raw::DeleteTarget) -> () = done;
}

/// Creates a target: `POST /cf/admin/targets`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateTarget {
    scope: Scope,
    target: types::Target,
    attributes: Map<String, Value>,
    options: CallOptions,
}

impl CreateTarget {
    /// One attribute more, which rules can ask for.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// Whether it is not shown in lists, because nobody knows who it is.
    pub fn anonymous(mut self, hidden: bool) -> Self {
        self.target.anonymous = Some(hidden);
        self
    }

    async fn run(mut self) -> Result<()> {
        if !self.attributes.is_empty() {
            self.target.attributes = Some(Value::Object(self.attributes));
        }
        let (account, org, _) = self.scope.required();
        let request = self
            .scope
            .raw()
            .ff()
            .create_target(account, org, &self.target)
            .with_options(self.options);
        done(self.scope.checked(request).send().await?)
    }
}

sendable!(CreateTarget -> ());
