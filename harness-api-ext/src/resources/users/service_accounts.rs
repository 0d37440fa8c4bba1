//! The service accounts of an account, an organization or a project.

use harness_api::users::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::api_keys::ApiKeys;
use crate::error::Result;
use crate::resources::builder::{described, done, levels, list, member, request, sendable};
use crate::scope::Scope;

levels! {
    /// The service accounts at this level.
    service_accounts -> ServiceAccounts on Account Org Project
}

/// Service accounts at one level: callers that are no people. What they may do is given to them by
/// role assignments.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let accounts = harness.org("default").project("checkout").service_accounts();
/// accounts.create("robot", "Robot", "robot@example.com").await?;
/// let keys = accounts.api_keys("robot");
/// keys.create("ci", "CI").await?;
/// let token = keys.tokens("ci").create("first", "First").await?;
///
/// for found in accounts.list().collect_all().await? {
///     println!("{:?}: {:?} tokens", found.service_account.and_then(|robot| robot.identifier), found.tokens_count);
/// }
/// if let Some(mut robot) = accounts.get("robot").await?.service_account {
///     robot.description = Some("Deploys".into());
///     accounts.update(*robot).await?;
/// }
/// accounts.delete("robot").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ServiceAccounts {
    scope: Scope,
}

impl ServiceAccounts {
    /// The service accounts, with their roles and the number of their tokens.
    pub fn list(&self) -> ListServiceAccounts {
        let api = self.scope.raw().users();
        ListServiceAccounts::new(
            self.scope
                .on(api.list_aggregated_service_accounts(self.scope.account())),
        )
    }

    /// A service account, with its roles and the number of its tokens.
    pub fn get(&self, id: impl Into<String>) -> GetServiceAccount {
        let api = self.scope.raw().users();
        GetServiceAccount::new(
            self.scope
                .on(api.get_aggregated_service_account(self.scope.account(), id)),
        )
    }

    /// A new service account. The address is only a name: nothing is sent there.
    pub fn create(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        email: impl Into<String>,
    ) -> CreateServiceAccount {
        CreateServiceAccount {
            account: types::ServiceAccount {
                identifier: Some(id.into()),
                name: Some(name.into()),
                email: Some(email.into()),
                account_identifier: Some(self.scope.account().to_owned()),
                org_identifier: self.scope.org().map(str::to_owned),
                project_identifier: self.scope.project().map(str::to_owned),
                ..Default::default()
            },
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the service account with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, mut account: types::ServiceAccount) -> UpdateServiceAccount {
        let id = account.identifier.clone().unwrap_or_default();
        let scope = self
            .scope
            .adopting(&mut account.org_identifier, &mut account.project_identifier);
        let api = scope.raw().users();
        UpdateServiceAccount::new(scope.on(api.update_service_account(
            scope.account(),
            id,
            &account,
        )))
    }

    /// Deletes a service account.
    pub fn delete(&self, id: impl Into<String>) -> DeleteServiceAccount {
        let api = self.scope.raw().users();
        DeleteServiceAccount::new(
            self.scope
                .on(api.delete_service_account(self.scope.account(), id)),
        )
    }

    /// The API keys of a service account.
    pub fn api_keys(&self, service_account: impl Into<String>) -> ApiKeys {
        ApiKeys::new(
            self.scope.clone(),
            types::ApiKeyType::ServiceAccount,
            service_account.into(),
        )
    }
}

list! {
    /// A list of service accounts: `GET /ng/api/serviceaccount/aggregate`.
    ListServiceAccounts(raw::ListAggregatedServiceAccounts) -> types::ServiceAccountAggregate;
    /// Those whose name or identifier holds this text.
    search(impl Into<String>) => search_term;
    /// Those with these identifiers.
    identifiers(impl IntoIterator<Item = impl Into<String>>) => identifiers;
}

request! {
    /// Reads a service account: `GET /ng/api/serviceaccount/aggregate/{identifier}`.
    GetServiceAccount(raw::GetAggregatedServiceAccount) -> types::ServiceAccountAggregate = .data;
}

request! {
    /// Replaces a service account: `PUT /ng/api/serviceaccount/{identifier}`.
    UpdateServiceAccount(raw::UpdateServiceAccount) -> types::ServiceAccount = .data;
}

request! {
    /// Deletes a service account: `DELETE /ng/api/serviceaccount/{identifier}`.
    DeleteServiceAccount(raw::DeleteServiceAccount) -> () = done;
}

/// Creates a service account: `POST /ng/api/serviceaccount`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateServiceAccount {
    scope: Scope,
    account: types::ServiceAccount,
    options: CallOptions,
}

impl CreateServiceAccount {
    async fn run(self) -> Result<types::ServiceAccount> {
        let request = self
            .scope
            .raw()
            .users()
            .create_service_account(self.scope.account(), &self.account)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

described!(CreateServiceAccount.account);
sendable!(CreateServiceAccount -> types::ServiceAccount);
