//! The tokens that delegates connect with.

use std::time::SystemTime;

use harness_api::Response;
use harness_api::delegates::{self as raw, types};
use secrecy::SecretString;

use crate::error::Result;
use crate::resources::builder::{done, items, levels, member, millis, request};
use crate::scope::Scope;

levels! {
    /// The tokens that delegates of this level connect with.
    delegate_tokens -> DelegateTokens on Account Org Project
}

/// Delegate tokens at one level. They are named, and have no other identifier.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let tokens = harness.org("default").project("checkout").delegate_tokens();
/// let token = tokens.create("shop").await?;
/// println!("{:?}", token.value.is_some());
/// tokens.revoke("shop").await?;
/// for delegate in tokens.delegates("shop").await? {
///     println!("{:?} came with it", delegate.group_name);
/// }
/// tokens.delete("shop").await?;
/// println!("{} are left", tokens.list().await?.len());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DelegateTokens {
    scope: Scope,
}

/// A delegate token, with its value apart, which is not printed.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # let harness = server.harness();
/// let token = harness.account().delegate_tokens().create("shop").await?;
/// println!("{:?}, shown: {}", token.details.status, token.value.is_some());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DelegateToken {
    /// What is known of the token; its `value` is always `None`.
    pub details: types::DelegateTokenDetails,
    /// The token itself, when the service shows it: it does so when the token is created, and to those who may see it.
    pub value: Option<SecretString>,
}

impl From<types::DelegateTokenDetails> for DelegateToken {
    fn from(mut details: types::DelegateTokenDetails) -> Self {
        let value = details.value.take().map(SecretString::from);
        Self { details, value }
    }
}

impl DelegateTokens {
    /// The tokens, all at once.
    pub fn list(&self) -> ListDelegateTokens {
        let api = self.scope.raw().delegates();
        ListDelegateTokens::new(
            self.scope
                .on(api.get_cg_delegate_tokens(self.scope.account())),
        )
    }

    /// A new token.
    pub fn create(&self, name: impl Into<String>) -> CreateDelegateToken {
        let (scope, name) = self.token(name.into());
        let api = scope.raw().delegates();
        CreateDelegateToken::new(scope.on(api.create_delegate_token(scope.account(), name)))
    }

    /// Revokes a token: delegates that connect with it are refused from then on.
    pub fn revoke(&self, name: impl Into<String>) -> RevokeDelegateToken {
        let (scope, name) = self.token(name.into());
        let api = scope.raw().delegates();
        RevokeDelegateToken::new(scope.on(api.revoke_cg_delegate_token(scope.account(), name)))
    }

    /// Deletes a token.
    pub fn delete(&self, name: impl Into<String>) -> DeleteDelegateToken {
        let (scope, name) = self.token(name.into());
        let api = scope.raw().delegates();
        DeleteDelegateToken::new(scope.on(api.delete_ng_delegate_token(scope.account(), name)))
    }

    /// The delegates that connect with a token.
    pub fn delegates(&self, name: impl Into<String>) -> ListDelegatesOfToken {
        let (scope, name) = self.token(name.into());
        let api = scope.raw().delegates();
        let request = api
            .get_delegate_groups_using_token(scope.account())
            .delegate_token_name(name);
        ListDelegatesOfToken::new(scope.on(request))
    }

    fn token(&self, name: String) -> (Scope, String) {
        (self.scope.naming("delegate token name", &name), name)
    }
}

request! {
    /// Reads the tokens: `GET /ng/api/delegate-token-ng`.
    ListDelegateTokens(raw::GetCgDelegateTokens) -> Vec<DelegateToken> = tokens;
    /// The one with this name.
    name(impl Into<String>) => name;
    /// Those that are `ACTIVE`, or `REVOKED`.
    status(impl Into<types::GetCgDelegateTokensStatus>) => status;
}

request! {
    /// Creates a token: `POST /ng/api/delegate-token-ng`.
    CreateDelegateToken(raw::CreateDelegateToken) -> DelegateToken = token;
}

impl CreateDelegateToken {
    /// The time at which it is revoked by itself.
    pub fn revoke_at(mut self, time: SystemTime) -> Self {
        self.raw = self.raw.revoke_after(millis(time));
        self
    }
}

request! {
    /// Revokes a token: `PUT /ng/api/delegate-token-ng`.
    RevokeDelegateToken(raw::RevokeCgDelegateToken) -> DelegateToken = token;
}

request! {
    /// Deletes a token: `DELETE /ng/api/delegate-token-ng`.
    DeleteDelegateToken(raw::DeleteNgDelegateToken) -> () = done;
}

request! {
    /// Reads the delegates that connect with a token: `GET /ng/api/delegate-token-ng/delegate-groups`.
    ListDelegatesOfToken(raw::GetDelegateGroupsUsingToken) -> Vec<types::DelegateGroupDetails> = groups;
}

fn token(answer: Response<types::RestResponseDelegateTokenDetails>) -> Result<DelegateToken> {
    let details: types::DelegateTokenDetails = member(answer, |answer| answer.resource)?;
    Ok(details.into())
}

fn tokens(
    answer: Response<types::RestResponseListDelegateTokenDetails>,
) -> Result<Vec<DelegateToken>> {
    let tokens: Vec<types::DelegateTokenDetails> =
        items(answer, "resource", |answer| answer.resource)?;
    Ok(tokens.into_iter().map(Into::into).collect())
}

fn groups(
    answer: Response<types::RestResponseDelegateGroupListing>,
) -> Result<Vec<types::DelegateGroupDetails>> {
    items(answer, "resource.delegateGroupDetails", |answer| {
        answer.resource?.delegate_group_details
    })
}
