//! Workspaces: a configuration, the variables it takes, and the state that it has made.

use std::collections::BTreeMap;

use harness_api::iacm::{self as raw, types};
use harness_api::{CallOptions, Configure};
use serde_json::Value;

use crate::Order;
use crate::error::{Error, Result};
use crate::resources::builder::{done, levels, list, request, sendable, whole};
use crate::scope::Scope;

levels! {
    /// The workspaces of this project.
    workspaces -> Workspaces on Project
}

/// The workspaces of a project.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let workspaces = harness.org("default").project("checkout").workspaces();
/// workspaces
///     .create("network", "Network", "opentofu", "account.aws")
///     .provisioner_version("1.8.1")
///     .repository("account.github", "infra", "network")
///     .branch("main")
///     .variable("region", "eu-west-1")
///     .secret_environment_variable("DB_PASSWORD", "org.db_password")
///     .await?;
/// let mut workspace = workspaces.get("network").await?;
/// workspace.repository_branch = Some("next".into());
/// workspaces.update(workspace).await?;
/// let resources = workspaces.resources("network").await?;
/// println!("{} workspaces, {:?}", workspaces.list().await?.len(), resources.resources.map(|all| all.len()));
/// workspaces.clone_to("network", "network_eu", "Network in Europe").await?;
/// workspaces.force_unlock("network").await?;
/// workspaces.delete("network_eu").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Workspaces {
    scope: Scope,
}

impl Workspaces {
    /// The workspaces, in short.
    pub fn list(&self) -> ListWorkspaces {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        ListWorkspaces::new(self.scope.on(api.list_workspaces(org, project)))
    }

    /// A workspace, with its variables. Those of secrets hold the reference to the secret.
    pub fn get(&self, id: impl Into<String>) -> GetWorkspace {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        GetWorkspace::new(self.scope.on(api.show_workspace(org, project, id)))
    }

    /// A new workspace for a tool, such as `opentofu` or `terraform`, which reaches the cloud by a connector. Say too
    /// where its [code](CreateWorkspace::repository) is.
    pub fn create(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        provisioner: impl Into<String>,
        provider_connector: impl Into<String>,
    ) -> CreateWorkspace {
        CreateWorkspace {
            scope: self.scope.clone(),
            workspace: types::CreateWorkspaceRequest::new(
                BTreeMap::new(),
                id,
                name,
                provider_connector,
                provisioner,
                BTreeMap::new(),
            ),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the workspace with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, workspace: types::WorkspacesShowWorkspaceResponseBody) -> UpdateWorkspace {
        UpdateWorkspace {
            scope: self.scope.clone(),
            workspace,
            options: CallOptions::default(),
        }
    }

    /// Deletes a workspace and its state. What it has made in the cloud stays: destroy that by a pipeline before.
    pub fn delete(&self, id: impl Into<String>) -> DeleteWorkspace {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        DeleteWorkspace::new(self.scope.on(api.destroy_workspace(org, project, id)))
    }

    /// Makes a workspace like this one, without its state.
    pub fn clone_to(
        &self,
        id: impl Into<String>,
        new_id: impl Into<String>,
        new_name: impl Into<String>,
    ) -> CloneWorkspace {
        let new_id = new_id.into();
        CloneWorkspace {
            scope: self
                .scope
                .naming("identifier of the new workspace", &new_id),
            id: id.into(),
            body: types::CloneWorkspaceRequest::new(new_id, new_name),
            options: CallOptions::default(),
        }
    }

    /// Takes the lock away that an execution has left on the state.
    pub fn force_unlock(&self, id: impl Into<String>) -> UnlockWorkspace {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        UnlockWorkspace::new(self.scope.on(api.force_unlock_workspace(org, project, id)))
    }

    /// What the state of a workspace holds: resources, data sources and outputs.
    pub fn resources(&self, id: impl Into<String>) -> GetWorkspaceResources {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        GetWorkspaceResources::new(self.scope.on(api.list_resources(org, project, id)))
    }
}

list! {
    /// A list of workspaces: `GET /iacm/api/orgs/{org}/projects/{project}/workspaces`.
    ListWorkspaces(raw::ListWorkspaces) -> types::WorkspaceResourceSummary;
    /// Those whose name or identifier holds this text.
    search(impl Into<String>) => search_term;
    /// Those in one of these states, such as `active` or `drifted`.
    statuses(impl IntoIterator<Item = impl Into<String>>) => status;
    /// Those with these tags.
    tags(impl IntoIterator<Item = impl Into<String>>) => tags;
}

impl ListWorkspaces {
    /// By this field, `name` or `updated`.
    pub fn sort(mut self, field: impl Into<String>, order: Order) -> Self {
        let sort = format!("{},{}", field.into(), order.upper());
        self.raw = self.raw.sort(sort.as_str());
        self
    }
}

request! {
    /// Reads a workspace: `GET /iacm/api/orgs/{org}/projects/{project}/workspaces/{identifier}`.
    GetWorkspace(raw::ShowWorkspace) -> types::WorkspacesShowWorkspaceResponseBody = whole;
}

request! {
    /// Deletes a workspace: `DELETE /iacm/api/orgs/{org}/projects/{project}/workspaces/{identifier}`.
    DeleteWorkspace(raw::DestroyWorkspace) -> () = done;
}

request! {
    /// Unlocks a workspace:
    /// `POST /iacm/api/orgs/{org}/projects/{project}/workspaces/{identifier}/actions/force-unlock`.
    UnlockWorkspace(raw::ForceUnlockWorkspace) -> () = done;
}

request! {
    /// Reads what a state holds: `GET /iacm/api/orgs/{org}/projects/{project}/workspaces/{workspace}/resources`.
    GetWorkspaceResources(raw::ListResources) -> types::ListResourcesResponse = whole;
    /// Resources of these types, such as `aws_vpc`.
    types(impl IntoIterator<Item = impl Into<String>>) => resource_types;
}

/// Creates a workspace: `POST /iacm/api/orgs/{org}/projects/{project}/workspaces`.
///
/// It gives what policies said, when there are any; a policy that denies makes an error.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateWorkspace {
    scope: Scope,
    workspace: types::CreateWorkspaceRequest,
    options: CallOptions,
}

impl CreateWorkspace {
    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.workspace.description = Some(text.into());
        self
    }

    /// One tag more. A tag without a value has an empty one.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let tags = self.workspace.tags.get_or_insert_default();
        tags.insert(key.into(), value.into());
        self
    }

    /// The version of the tool, such as `1.8.1`.
    pub fn provisioner_version(mut self, version: impl Into<String>) -> Self {
        self.workspace.provisioner_version = Some(version.into());
        self
    }

    /// Where its code is: in this folder of a repository that a connector reaches.
    pub fn repository(
        mut self,
        connector: impl Into<String>,
        repo: impl Into<String>,
        path: impl Into<String>,
    ) -> Self {
        self.workspace.repository_connector = Some(connector.into());
        self.workspace.repository = Some(repo.into());
        self.workspace.repository_path = Some(path.into());
        self
    }

    /// The branch of the code; not with a [commit](Self::commit).
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.workspace.repository_branch = Some(branch.into());
        self
    }

    /// The commit or tag of the code; not with a [branch](Self::branch).
    pub fn commit(mut self, commit: impl Into<String>) -> Self {
        self.workspace.repository_commit = Some(commit.into());
        self
    }

    /// Whether costs are estimated.
    pub fn cost_estimation(mut self, on: bool) -> Self {
        self.workspace.cost_estimation_enabled = Some(on);
        self
    }

    /// Sets of variables that it uses as well.
    pub fn variable_sets<I>(mut self, sets: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.workspace.variable_sets = Some(sets.into_iter().map(Into::into).collect());
        self
    }

    /// One variable more of the configuration.
    pub fn variable(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, variable) = variable(key, value, types::IacmVariableValueType::String);
        self.workspace.terraform_variables.insert(key, variable);
        self
    }

    /// One variable more of the configuration, whose value is a secret: `org.db_password`.
    pub fn secret_variable(mut self, key: impl Into<String>, secret: impl Into<String>) -> Self {
        let (key, variable) = variable(key, secret, types::IacmVariableValueType::Secret);
        self.workspace.terraform_variables.insert(key, variable);
        self
    }

    /// One environment variable more.
    pub fn environment_variable(
        mut self,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        let (key, variable) = variable(key, value, types::IacmVariableValueType::String);
        self.workspace.environment_variables.insert(key, variable);
        self
    }

    /// One environment variable more, whose value is a secret: `org.db_password`.
    pub fn secret_environment_variable(
        mut self,
        key: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        let (key, variable) = variable(key, secret, types::IacmVariableValueType::Secret);
        self.workspace.environment_variables.insert(key, variable);
        self
    }

    async fn run(self) -> Result<Option<types::IacmEvaluation>> {
        let (_, org, project) = self.scope.required();
        let request = self
            .scope
            .raw()
            .iacm()
            .create_workspace(org, project, &self.workspace)
            .with_options(self.options);
        // The server may answer with nothing at all.
        let answer = self.scope.on(request).send().await?.into_inner();
        Ok(answer.policy_evaluation.map(|boxed| *boxed))
    }
}

sendable!(CreateWorkspace -> Option<types::IacmEvaluation>);

fn variable(
    key: impl Into<String>,
    value: impl Into<String>,
    kind: types::IacmVariableValueType,
) -> (String, types::IacmVariable) {
    let key = key.into();
    (key.clone(), types::IacmVariable::new(key, value, kind))
}

/// Replaces a workspace: `PUT /iacm/api/orgs/{org}/projects/{project}/workspaces/{identifier}`.
///
/// It gives what policies said, when there are any; a policy that denies makes an error.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateWorkspace {
    scope: Scope,
    workspace: types::WorkspacesShowWorkspaceResponseBody,
    options: CallOptions,
}

impl UpdateWorkspace {
    async fn run(self) -> Result<Option<types::IacmEvaluation>> {
        // The same members, less those that the server sets.
        let body: types::UpdateWorkspaceRequest =
            serde_json::from_value(json(&self.workspace)?).map_err(|_| unwritable())?;
        let id = self.workspace.identifier.unwrap_or_default();
        let (_, org, project) = self.scope.required();
        let request = self
            .scope
            .raw()
            .iacm()
            .update_workspace(org, project, id, &body)
            .with_options(self.options);
        let answer = self.scope.on(request).send().await?.into_inner();
        Ok(answer.policy_evaluation.map(|boxed| *boxed))
    }
}

sendable!(UpdateWorkspace -> Option<types::IacmEvaluation>);

/// Makes a workspace like another: `POST /iacm/api/orgs/{org}/projects/{project}/workspaces/{workspace}/clone`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CloneWorkspace {
    scope: Scope,
    id: String,
    body: types::CloneWorkspaceRequest,
    options: CallOptions,
}

impl CloneWorkspace {
    async fn run(self) -> Result<Option<types::IacmEvaluation>> {
        let (_, org, project) = self.scope.required();
        let request = self
            .scope
            .raw()
            .iacm()
            .clone_workspace(org, project, self.id, &self.body)
            .with_options(self.options);
        let answer = self.scope.on(request).send().await?.into_inner();
        Ok(answer.policy_evaluation.map(|boxed| *boxed))
    }
}

sendable!(CloneWorkspace -> Option<types::IacmEvaluation>);

fn json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|_| unwritable())
}

fn unwritable() -> Error {
    Error::build("the workspace cannot be written as JSON")
}
