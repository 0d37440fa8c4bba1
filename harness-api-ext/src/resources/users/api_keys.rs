//! The API keys of a user or a service account.

use std::sync::Arc;

use harness_api::users::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::tokens::Tokens;
use crate::error::Result;
use crate::resources::builder::{described, done, list, member, request, sendable};
use crate::scope::Scope;

/// The API keys of a user or a service account. A key has no secret of its own: its [tokens](Self::tokens) are what
/// calls are made with.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # let harness = server.harness();
/// let keys = harness.account().service_accounts().api_keys("robot");
/// keys.create("ci", "CI").description("For the build").await?;
/// for found in keys.list().collect_all().await? {
///     println!("{:?}: {:?} tokens", found.api_key.and_then(|key| key.identifier), found.tokens_count);
/// }
/// if let Some(mut key) = keys.get("ci").await?.api_key {
///     key.description = Some("For builds of the shop".into());
///     keys.update(*key).await?;
/// }
/// keys.delete("ci").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ApiKeys {
    scope: Scope,
    kind: types::ApiKeyType,
    owner: Arc<str>,
}

impl ApiKeys {
    pub(super) fn new(scope: Scope, kind: types::ApiKeyType, owner: String) -> Self {
        Self {
            scope: scope.naming("identifier of the owner of the API key", &owner),
            kind,
            owner: owner.into(),
        }
    }

    /// The keys, with the number of their tokens.
    pub fn list(&self) -> ListApiKeys {
        let api = self.scope.raw().users();
        ListApiKeys::new(self.scope.on(api.list_aggregated_api_keys(
            self.scope.account(),
            self.kind.as_str(),
            &*self.owner,
        )))
    }

    /// A key, with the number of its tokens.
    pub fn get(&self, id: impl Into<String>) -> GetApiKey {
        let api = self.scope.raw().users();
        GetApiKey::new(self.scope.on(api.get_aggregated_api_key(
            self.scope.account(),
            self.kind.as_str(),
            &*self.owner,
            id,
        )))
    }

    /// A new key.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateApiKey {
        CreateApiKey {
            key: types::ApiKey {
                identifier: Some(id.into()),
                name: Some(name.into()),
                api_key_type: Some(self.kind.clone()),
                parent_identifier: Some(self.owner.to_string()),
                account_identifier: Some(self.scope.account().to_owned()),
                org_identifier: self.scope.org().map(str::to_owned),
                project_identifier: self.scope.project().map(str::to_owned),
                ..Default::default()
            },
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the key with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, mut key: types::ApiKey) -> UpdateApiKey {
        let id = key.identifier.clone().unwrap_or_default();
        let scope = self
            .scope
            .adopting(&mut key.org_identifier, &mut key.project_identifier)
            .owning("owner", &self.owner, &mut key.parent_identifier);
        let account = scope.account().to_owned();
        key.account_identifier.get_or_insert(account);
        key.api_key_type.get_or_insert_with(|| self.kind.clone());
        let api = scope.raw().users();
        UpdateApiKey::new(scope.on(api.update_api_key(id).body(&key)))
    }

    /// Deletes a key.
    pub fn delete(&self, id: impl Into<String>) -> DeleteApiKey {
        let api = self.scope.raw().users();
        DeleteApiKey::new(self.scope.on(api.delete_api_key(
            self.scope.account(),
            self.kind.as_str(),
            &*self.owner,
            id,
        )))
    }

    /// The tokens of a key.
    pub fn tokens(&self, key: impl Into<String>) -> Tokens {
        Tokens::new(
            self.scope.clone(),
            self.kind.clone(),
            Arc::clone(&self.owner),
            key.into(),
        )
    }
}

list! {
    /// A list of keys: `GET /ng/api/apikey/aggregate`.
    ListApiKeys(raw::ListAggregatedApiKeys) -> types::ApiKeyAggregate;
    /// Those whose name or identifier holds this text.
    search(impl Into<String>) => search_term;
    /// Those with these identifiers.
    identifiers(impl IntoIterator<Item = impl Into<String>>) => identifiers;
}

request! {
    /// Reads a key: `GET /ng/api/apikey/aggregate/{identifier}`.
    GetApiKey(raw::GetAggregatedApiKey) -> types::ApiKeyAggregate = .data;
}

request! {
    /// Replaces a key: `PUT /ng/api/apikey/{identifier}`.
    UpdateApiKey(raw::UpdateApiKey) -> types::ApiKey = .data;
}

request! {
    /// Deletes a key: `DELETE /ng/api/apikey/{identifier}`.
    DeleteApiKey(raw::DeleteApiKey) -> () = done;
}

/// Creates a key: `POST /ng/api/apikey`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateApiKey {
    scope: Scope,
    key: types::ApiKey,
    options: CallOptions,
}

impl CreateApiKey {
    async fn run(self) -> Result<types::ApiKey> {
        let request = self
            .scope
            .raw()
            .users()
            .create_api_key(self.scope.account())
            .body(&self.key)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

described!(CreateApiKey.key);
sendable!(CreateApiKey -> types::ApiKey);
