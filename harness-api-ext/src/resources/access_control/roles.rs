//! The roles of an account, an organization or a project.

use harness_api::access_control::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{described, levels, list, member, request, sendable, texts};
use crate::scope::Scope;

levels! {
    /// The roles at this level, the built-in ones included.
    roles -> Roles on Account Org Project
}

/// Roles at one level: named sets of permissions. The identifiers of built-in ones begin with `_`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let roles = harness.org("default").project("checkout").roles();
/// roles
///     .create("runner", "Runner")
///     .permissions(["core_pipeline_view", "core_pipeline_execute"])
///     .await?;
/// if let Some(mut runner) = roles.get("runner").await?.role {
///     runner.description = Some("Runs pipelines".into());
///     roles.update(*runner).await?;
/// }
/// roles.delete("runner").await?;
/// println!("{} are left", roles.list().collect_all().await?.len());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Roles {
    scope: Scope,
}

impl Roles {
    /// The roles, with the number of those who have them.
    pub fn list(&self) -> ListRoles {
        let api = self.scope.raw().access_control();
        ListRoles::new(self.scope.on(api.get_role_list(self.scope.account())))
    }

    /// A role.
    pub fn get(&self, id: impl Into<String>) -> GetRole {
        let api = self.scope.raw().access_control();
        GetRole::new(self.scope.on(api.get_role(id, self.scope.account())))
    }

    /// A new role, for assignments at this level unless [`assignable_at`](CreateRole::assignable_at) says otherwise.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateRole {
        let level = match (self.scope.org(), self.scope.project()) {
            (None, _) => types::RoleAllowedScopeLevels::Account,
            (Some(_), None) => types::RoleAllowedScopeLevels::Organization,
            (Some(_), Some(_)) => types::RoleAllowedScopeLevels::Project,
        };
        CreateRole {
            scope: self.scope.clone(),
            role: types::Role {
                identifier: Some(id.into()),
                name: Some(name.into()),
                allowed_scope_levels: Some(vec![level]),
                permissions: Some(Vec::new()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the role with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, role: types::Role) -> UpdateRole {
        let id = role.identifier.clone().unwrap_or_default();
        let api = self.scope.raw().access_control();
        UpdateRole::new(self.scope.on(api.put_role(id, self.scope.account(), &role)))
    }

    /// Deletes a role, and gives what it was.
    pub fn delete(&self, id: impl Into<String>) -> DeleteRole {
        let api = self.scope.raw().access_control();
        DeleteRole::new(self.scope.on(api.delete_role(id, self.scope.account())))
    }

    /// The permissions that roles at this level can have.
    pub fn permissions(&self) -> ListPermissions {
        let api = self.scope.raw().access_control();
        ListPermissions::new(self.scope.on(api.get_permission_list(self.scope.account())))
    }
}

list! {
    /// A list of roles: `GET /authz/api/roles`.
    ListRoles(raw::GetRoleList) -> types::RoleWithPrincipalCountResponse;
    /// Those whose name, identifier or tags hold this text.
    search(impl Into<String>) => search_term;
    /// The built-in ones, or the others.
    built_in(bool) => harness_managed;
}

list! {
    /// A list of permissions: `GET /authz/api/permissions`.
    ListPermissions(raw::GetPermissionList) -> types::PermissionResponse;
    /// Those of all levels.
    of_all_levels(bool) => scope_filter_disabled;
}

request! {
    /// Reads a role: `GET /authz/api/roles/{identifier}`.
    GetRole(raw::GetRole) -> types::AuthzRoleResponse = .data;
}

request! {
    /// Replaces a role: `PUT /authz/api/roles/{identifier}`.
    UpdateRole(raw::PutRole) -> types::AuthzRoleResponse = .data;
}

request! {
    /// Deletes a role: `DELETE /authz/api/roles/{identifier}`.
    DeleteRole(raw::DeleteRole) -> types::AuthzRoleResponse = .data;
}

/// Creates a role: `POST /authz/api/roles`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateRole {
    scope: Scope,
    role: types::Role,
    options: CallOptions,
}

impl CreateRole {
    /// The permissions that it has, such as `core_pipeline_execute`.
    pub fn permissions(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.role.permissions = Some(texts(ids));
        self
    }

    /// The levels at which it can be assigned.
    pub fn assignable_at<I>(mut self, levels: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<types::RoleAllowedScopeLevels>,
    {
        self.role.allowed_scope_levels = Some(levels.into_iter().map(Into::into).collect());
        self
    }

    async fn run(self) -> Result<types::AuthzRoleResponse> {
        let request = self
            .scope
            .raw()
            .access_control()
            .post_role(self.scope.account(), &self.role)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

described!(CreateRole.role);
sendable!(CreateRole -> types::AuthzRoleResponse);
