//! Checks of what may be done in an account, an organization or a project.

use harness_api::access_control::types;
use harness_api::{CallOptions, Configure};

use super::role_assignments::Principal;
use crate::error::{Error, Result};
use crate::resources::builder::{levels, sendable};
use crate::scope::Scope;

levels! {
    /// What may be done at this level.
    access -> Access on Account Org Project
}

/// Checks at one level. Nothing is done, and nothing is refused: the answer says whether it would be.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// use harness_api_ext::access_control::Principal;
///
/// let access = harness.org("default").project("checkout").access();
/// if access.can("core_pipeline_execute").on("PIPELINE", "deploy").await? {
///     println!("this key may run it");
/// }
/// let robot = Principal::service_account("robot");
/// let found = access
///     .check([
///         access.can("core_pipeline_view").on_any("PIPELINE"),
///         access.can("core_secret_access").on("SECRET", "db_password"),
///     ])
///     .by(robot)
///     .await?;
/// println!("{} of 2", found.iter().filter(|check| check.permitted == Some(true)).count());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Access {
    scope: Scope,
}

impl Access {
    /// Begins to ask for a permission, such as `core_pipeline_execute`.
    pub fn can(&self, permission: impl Into<String>) -> Can {
        Can {
            scope: self.scope.clone(),
            permission: permission.into(),
        }
    }

    /// Asks for several permissions at once. Gives an answer for each, in the order of the service. By whom is said of
    /// all together, by [`CheckEach::by`]; what a single one says of it does not count.
    pub fn check(&self, checks: impl IntoIterator<Item = CheckAccess>) -> CheckEach {
        let mut scope = self.scope.clone();
        let checks = checks.into_iter().map(|check| {
            scope = scope.refusing_as(&check.scope);
            check.check
        });
        CheckEach {
            checks: checks.collect(),
            scope,
            principal: None,
            options: CallOptions::default(),
        }
    }
}

/// A permission, still without what it is for.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let access = harness.org("default").project("checkout").access();
/// let deploy = access.can("core_pipeline_execute").on("PIPELINE", "deploy").await?;
/// let create = access.can("core_connector_edit").on_any("CONNECTOR").await?;
/// println!("{deploy} {create}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is asked before it is said what the permission is for"]
pub struct Can {
    scope: Scope,
    permission: String,
}

impl Can {
    /// For a resource: its kind, such as `PIPELINE`, and its identifier.
    pub fn on(self, kind: impl Into<String>, id: impl Into<String>) -> CheckAccess {
        let id = id.into();
        let mut check = self.on_any(kind);
        check.scope = check.scope.naming("resource identifier", &id);
        check.check.resource_identifier = Some(id);
        check
    }

    /// For all resources of a kind at this level.
    pub fn on_any(self, kind: impl Into<String>) -> CheckAccess {
        let resource_scope = types::ResourceScope {
            account_identifier: Some(self.scope.account().to_owned()),
            org_identifier: self.scope.org().map(str::to_owned),
            project_identifier: self.scope.project().map(str::to_owned),
            ..Default::default()
        };
        CheckAccess {
            check: types::PermissionCheck {
                resource_scope: Some(Box::new(resource_scope)),
                ..types::PermissionCheck::new(self.permission, kind)
            },
            scope: self.scope,
            principal: None,
            options: CallOptions::default(),
        }
    }
}

/// Whether something may be done: `POST /authz/api/acl`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CheckAccess {
    scope: Scope,
    check: types::PermissionCheck,
    principal: Option<Principal>,
    options: CallOptions,
}

impl CheckAccess {
    /// By whom; without it, by the caller.
    pub fn by(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    async fn run(self) -> Result<bool> {
        let found = ask(&self.scope, vec![self.check], self.principal, self.options).await?;
        Ok(!found.is_empty() && found.iter().all(|check| check.permitted == Some(true)))
    }
}

sendable!(CheckAccess -> bool);

/// Whether several things may be done: `POST /authz/api/acl`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CheckEach {
    scope: Scope,
    checks: Vec<types::PermissionCheck>,
    principal: Option<Principal>,
    options: CallOptions,
}

impl CheckEach {
    /// By whom; without it, by the caller.
    pub fn by(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    async fn run(self) -> Result<Vec<types::AccessControl>> {
        ask(&self.scope, self.checks, self.principal, self.options).await
    }
}

sendable!(CheckEach -> Vec<types::AccessControl>);

async fn ask(
    scope: &Scope,
    checks: Vec<types::PermissionCheck>,
    principal: Option<Principal>,
    options: CallOptions,
) -> Result<Vec<types::AccessControl>> {
    let body = types::AccessCheckRequest {
        principal: principal.map(|principal| Box::new(principal.into())),
        ..types::AccessCheckRequest::new(checks)
    };
    let request = scope
        .raw()
        .access_control()
        .get_access_control_list(&body)
        .with_options(options);
    let (answer, parts) = scope.on(request).send().await?.into_parts();
    answer
        .data
        .and_then(|data| data.access_control_list)
        .ok_or_else(|| Error::missing(parts, "access control list"))
}
