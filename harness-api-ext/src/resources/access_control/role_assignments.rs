//! The role assignments of an account, an organization or a project.

use harness_api::access_control::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{PageSettings, levels, member, pages, request, sendable, texts};
use crate::scope::Scope;

levels! {
    /// The role assignments at this level.
    role_assignments -> RoleAssignments on Account Org Project
}

/// Who can have a role: a user by `uuid`, a user group or a service account by identifier.
///
/// ```
/// use harness_api_ext::access_control::Principal;
///
/// let group = Principal::user_group("developers").of_level("organization");
/// let assignment = group.given("_pipeline_executor", "_all_project_level_resources");
/// # let _ = assignment;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Principal(types::AuthzPrincipal);

impl Principal {
    fn new(kind: types::AuthzPrincipalType, id: String) -> Self {
        Self(types::AuthzPrincipal {
            identifier: Some(id),
            type_: Some(kind),
            ..Default::default()
        })
    }

    /// A user.
    pub fn user(id: impl Into<String>) -> Self {
        Self::new(types::AuthzPrincipalType::User, id.into())
    }

    /// A user group.
    pub fn user_group(id: impl Into<String>) -> Self {
        Self::new(types::AuthzPrincipalType::UserGroup, id.into())
    }

    /// A service account.
    pub fn service_account(id: impl Into<String>) -> Self {
        Self::new(types::AuthzPrincipalType::ServiceAccount, id.into())
    }

    /// The level where it is defined, when that is not the level of the assignment: `account`, `organization` or
    /// `project`.
    pub fn of_level(mut self, level: impl Into<String>) -> Self {
        self.0.scope_level = Some(level.into());
        self
    }

    /// The assignment that gives it a role on the resources of a group. Members that are not set can be: the identifier
    /// for example, which the service makes up otherwise.
    pub fn given(
        self,
        role: impl Into<String>,
        resource_group: impl Into<String>,
    ) -> types::AuthzRoleAssignment {
        types::AuthzRoleAssignment {
            role_identifier: Some(role.into()),
            resource_group_identifier: Some(resource_group.into()),
            principal: Some(Box::new(self.0)),
            ..Default::default()
        }
    }
}

impl From<Principal> for types::AuthzPrincipal {
    fn from(principal: Principal) -> Self {
        principal.0
    }
}

/// Role assignments at one level: who has which role on which resource group.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// use harness_api_ext::access_control::Principal;
///
/// let assignments = harness.org("default").project("checkout").role_assignments();
/// let robot = Principal::service_account("robot").given("_pipeline_executor", "till");
/// assignments.create(robot).await?;
/// for found in assignments.list().roles(["_pipeline_executor"]).collect_all().await? {
///     println!("{:?}", found.role_assignment.and_then(|assignment| assignment.principal));
/// }
///
/// let ada = Principal::user("lnFZRF6jQO6tQnB9znMALw").given("_project_viewer", "till");
/// let made = assignments.create_all([ada]).await?;
/// let ids: Vec<String> = made
///     .into_iter()
///     .filter_map(|made| made.role_assignment?.identifier)
///     .collect();
/// println!("{:?}", assignments.get("robot_runs").await?.role_assignment);
/// assignments.delete("robot_runs").await?;
/// assignments.delete_all(ids).await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RoleAssignments {
    scope: Scope,
}

impl RoleAssignments {
    /// The role assignments.
    pub fn list(&self) -> ListRoleAssignments {
        ListRoleAssignments {
            scope: self.scope.clone(),
            filter: types::RoleAssignmentFilter::default(),
            paging: PageSettings::default(),
            options: CallOptions::default(),
        }
    }

    /// A role assignment.
    pub fn get(&self, id: impl Into<String>) -> GetRoleAssignment {
        let api = self.scope.raw().access_control();
        GetRoleAssignment::new(
            self.scope
                .on(api.get_role_assignment(self.scope.account(), id)),
        )
    }

    /// A new role assignment, as [`Principal::given`] makes it.
    pub fn create(&self, assignment: types::AuthzRoleAssignment) -> CreateRoleAssignment {
        CreateRoleAssignment {
            scope: assigning(&self.scope, &assignment),
            assignment,
            options: CallOptions::default(),
        }
    }

    /// Several new role assignments at once. Gives those that were created.
    pub fn create_all(
        &self,
        assignments: impl IntoIterator<Item = types::AuthzRoleAssignment>,
    ) -> CreateRoleAssignments {
        let assignments: Vec<_> = assignments.into_iter().collect();
        let scope = assignments
            .iter()
            .fold(self.scope.clone(), |scope, assignment| {
                assigning(&scope, assignment)
            });
        let body = types::RoleAssignmentCreateRequest::new(assignments);
        let api = scope.raw().access_control();
        CreateRoleAssignments::new(scope.on(api.post_role_assignments(scope.account(), &body)))
    }

    /// Deletes a role assignment, and gives what it was. There is no change: delete and create.
    pub fn delete(&self, id: impl Into<String>) -> DeleteRoleAssignment {
        let api = self.scope.raw().access_control();
        DeleteRoleAssignment::new(
            self.scope
                .on(api.delete_role_assignment(self.scope.account(), id)),
        )
    }

    /// Deletes several role assignments, and gives how many it did and how many not.
    pub fn delete_all(
        &self,
        ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> DeleteRoleAssignments {
        let ids = texts(ids);
        let scope = self.scope.naming_each("role assignment identifier", &ids);
        let api = scope.raw().access_control();
        DeleteRoleAssignments::new(scope.on(api.bulk_delete_role_assignment(scope.account(), &ids)))
    }
}

/// The scope for a call that creates an assignment: who gets which role on what has to be said.
fn assigning(scope: &Scope, assignment: &types::AuthzRoleAssignment) -> Scope {
    let principal = assignment.principal.as_deref();
    let principal = principal.and_then(|principal| principal.identifier.as_deref());
    [
        ("principal identifier", principal),
        ("role identifier", assignment.role_identifier.as_deref()),
        (
            "resource group identifier",
            assignment.resource_group_identifier.as_deref(),
        ),
    ]
    .into_iter()
    .fold(scope.clone(), |scope, (what, id)| {
        scope.naming(what, id.unwrap_or_default())
    })
}

/// A list of role assignments: `POST /authz/api/roleassignments/filter`.
#[derive(Debug)]
#[must_use = "nothing is sent before the list is read"]
pub struct ListRoleAssignments {
    scope: Scope,
    filter: types::RoleAssignmentFilter,
    paging: PageSettings,
    options: CallOptions,
}

impl ListRoleAssignments {
    /// Those of these roles.
    pub fn roles(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter.role_filter = Some(texts(ids));
        self
    }

    /// Those on these resource groups.
    pub fn resource_groups(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter.resource_group_filter = Some(texts(ids));
        self
    }

    /// Those of these principals.
    pub fn principals(mut self, principals: impl IntoIterator<Item = Principal>) -> Self {
        self.filter.principal_filter = Some(principals.into_iter().map(Into::into).collect());
        self
    }

    /// Those of principals of these kinds, such as `SERVICE_ACCOUNT`.
    pub fn principal_kinds<I>(mut self, kinds: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<types::RoleAssignmentFilterPrincipalTypeFilter>,
    {
        self.filter.principal_type_filter = Some(kinds.into_iter().map(Into::into).collect());
        self
    }

    /// The built-in ones, or the others.
    pub fn built_in(mut self, built_in: bool) -> Self {
        self.filter.harness_managed_filter = Some(vec![built_in]);
        self
    }

    fn into_raw(self) -> raw::GetFilteredRoleAssignmentList {
        let api = self.scope.raw().access_control();
        let request = api
            .get_filtered_role_assignment_list(self.scope.account(), &self.filter)
            .with_options(self.options);
        self.scope.on(request)
    }
}

impl Configure for ListRoleAssignments {
    fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }
}

pages!(ListRoleAssignments -> types::AuthzRoleAssignmentResponse);

request! {
    /// Reads a role assignment: `GET /authz/api/roleassignments/{identifier}`.
    GetRoleAssignment(raw::GetRoleAssignment) -> types::AuthzRoleAssignmentResponse = .data;
}

request! {
    /// Creates role assignments: `POST /authz/api/roleassignments/multi`.
    CreateRoleAssignments(raw::PostRoleAssignments) -> Vec<types::AuthzRoleAssignmentResponse> = .data;
}

request! {
    /// Deletes a role assignment: `DELETE /authz/api/roleassignments/{identifier}`.
    DeleteRoleAssignment(raw::DeleteRoleAssignment) -> types::AuthzRoleAssignmentResponse = .data;
}

request! {
    /// Deletes role assignments: `POST /authz/api/roleassignments/delete/batch`.
    DeleteRoleAssignments(raw::BulkDeleteRoleAssignment) -> types::RoleAssignmentDeleteResponseDto = .data;
}

/// Creates a role assignment: `POST /authz/api/roleassignments`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateRoleAssignment {
    scope: Scope,
    assignment: types::AuthzRoleAssignment,
    options: CallOptions,
}

impl CreateRoleAssignment {
    /// Its identifier, in place of one that the service makes up.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.assignment.identifier = Some(id.into());
        self
    }

    /// Whether it is without effect for now.
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.assignment.disabled = Some(disabled);
        self
    }

    async fn run(self) -> Result<types::AuthzRoleAssignmentResponse> {
        let request = self
            .scope
            .raw()
            .access_control()
            .post_role_assignment(self.scope.account(), &self.assignment)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(CreateRoleAssignment -> types::AuthzRoleAssignmentResponse);
