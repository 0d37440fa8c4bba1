//! The tokens of an API key.

use std::sync::Arc;
use std::time::SystemTime;

use harness_api::users::{self as raw, types};
use harness_api::{CallOptions, Configure, Response};
use secrecy::{ExposeSecret, SecretString};

use crate::error::Result;
use crate::resources::builder::{
    awaitable, described, done, list, member, millis, request, sendable,
};
use crate::scope::{Account, Scope};

impl Account {
    /// What a token of a service account is, when it is valid; this client may have another. For the key of a user,
    /// [`current_user`](Self::current_user) tells.
    ///
    /// ```no_run
    /// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
    /// let token = harness.account().validate_token("sat.AcmeAccount.6650f0.example").await?;
    /// println!("{:?} until {:?}", token.identifier, token.valid_to);
    /// # Ok(())
    /// # }
    /// ```
    pub fn validate_token(&self, token: impl Into<SecretString>) -> ValidateToken {
        let api = self.scope.raw().users();
        let token = token.into();
        ValidateToken::new(api.validate_token(self.scope.account(), token.expose_secret()))
    }
}

/// The tokens of an API key: what calls are made with.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// use std::time::{Duration, SystemTime};
/// use harness_api_ext::Harness;
///
/// let tokens = harness.account().service_accounts().api_keys("robot").tokens("ci");
/// let month = Duration::from_secs(30 * 24 * 3600);
/// let token = tokens.create("first", "First").valid_until(SystemTime::now() + month).await?;
/// let robot = Harness::builder().api_key(token).build()?;
///
/// let token = tokens.rotate("first").keep_old_until(SystemTime::now() + month).await?;
/// let info = robot.account().validate_token(token).await?;
/// println!("{:?}", info.identifier);
/// for found in tokens.list().collect_all().await? {
///     if let Some(mut token) = found.token {
///         token.description = Some("Of the build".into());
///         tokens.update(*token).await?;
///     }
/// }
/// tokens.delete("first").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Tokens {
    scope: Scope,
    kind: types::ApiKeyType,
    owner: Arc<str>,
    key: Arc<str>,
}

impl Tokens {
    pub(super) fn new(scope: Scope, kind: types::ApiKeyType, owner: Arc<str>, key: String) -> Self {
        Self {
            scope: scope.naming("API key identifier", &key),
            kind,
            owner,
            key: key.into(),
        }
    }

    /// The tokens, without their secrets.
    pub fn list(&self) -> ListTokens {
        let api = self.scope.raw().users();
        let request = api
            .list_aggregated_tokens(self.scope.account(), self.kind.as_str())
            .parent_identifier(&*self.owner)
            .api_key_identifier(&*self.key);
        ListTokens::new(self.scope.on(request))
    }

    /// A new token. What it gives is the token itself, which is shown this once.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateToken {
        CreateToken {
            token: types::Token {
                identifier: Some(id.into()),
                name: Some(name.into()),
                api_key_type: Some(self.kind.as_str().into()),
                parent_identifier: Some(self.owner.to_string()),
                api_key_identifier: Some(self.key.to_string()),
                account_identifier: Some(self.scope.account().to_owned()),
                org_identifier: self.scope.org().map(str::to_owned),
                project_identifier: self.scope.project().map(str::to_owned),
                ..Default::default()
            },
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the token with its identifier is; its secret stays. What is not set is reset: begin
    /// with what [`list`](Self::list) gives.
    pub fn update(&self, mut token: types::Token) -> UpdateToken {
        let id = token.identifier.clone().unwrap_or_default();
        let scope = self
            .scope
            .adopting(&mut token.org_identifier, &mut token.project_identifier)
            .owning("owner", &self.owner, &mut token.parent_identifier)
            .owning("API key", &self.key, &mut token.api_key_identifier);
        let account = scope.account().to_owned();
        token.account_identifier.get_or_insert(account);
        let kind = self.kind.as_str();
        token.api_key_type.get_or_insert_with(|| kind.into());
        let api = scope.raw().users();
        let request = api.update_token(id, scope.account()).body(&token);
        UpdateToken::new(scope.on(request))
    }

    /// A new secret for a token, which is shown this once. How long the old one works beside it is said by
    /// [`keep_old_until`](RotateToken::keep_old_until).
    pub fn rotate(&self, id: impl Into<String>) -> RotateToken {
        let api = self.scope.raw().users();
        RotateToken {
            raw: self.scope.on(api.rotate_token(
                id,
                self.scope.account(),
                self.kind.as_str(),
                &*self.owner,
                &*self.key,
            )),
        }
    }

    /// Deletes a token: it is refused from then on.
    pub fn delete(&self, id: impl Into<String>) -> DeleteToken {
        let api = self.scope.raw().users();
        DeleteToken::new(self.scope.on(api.delete_token(
            id,
            self.scope.account(),
            self.kind.as_str(),
            &*self.owner,
            &*self.key,
        )))
    }
}

list! {
    /// A list of tokens: `GET /ng/api/token/aggregate`.
    ListTokens(raw::ListAggregatedTokens) -> types::TokenAggregate;
    /// Those whose name or identifier holds this text.
    search(impl Into<String>) => search_term;
    /// Those with these identifiers.
    identifiers(impl IntoIterator<Item = impl Into<String>>) => identifiers;
    /// Those that are valid, or all.
    only_active(bool) => include_only_active_tokens;
}

request! {
    /// Replaces what is known of a token: `PUT /ng/api/token/{identifier}`.
    UpdateToken(raw::UpdateToken) -> types::Token = .data;
}

request! {
    /// Deletes a token: `DELETE /ng/api/token/{identifier}`.
    DeleteToken(raw::DeleteToken) -> () = done;
}

request! {
    /// Says what a token is: `POST /ng/api/token/validate`, the token as plain text.
    ValidateToken(raw::ValidateToken) -> types::Token = .data;
}

/// Takes the token out of the answer that shows it.
fn secret(answer: Response<types::ResponseDtoTokenValue>) -> Result<SecretString> {
    member(answer, |answer| answer.data).map(SecretString::from)
}

/// Gives a token a new secret: `POST /ng/api/token/rotate/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct RotateToken {
    raw: raw::RotateToken,
}

impl RotateToken {
    /// The time until which the old secret works too.
    pub fn keep_old_until(mut self, time: SystemTime) -> Self {
        self.raw = self.raw.rotate_timestamp(millis(time));
        self
    }

    async fn run(self) -> Result<SecretString> {
        secret(self.raw.send().await?)
    }
}

impl Configure for RotateToken {
    fn options(&mut self) -> &mut CallOptions {
        self.raw.options()
    }
}

awaitable!(RotateToken -> SecretString);

/// Creates a token: `POST /ng/api/token`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateToken {
    scope: Scope,
    token: types::Token,
    options: CallOptions,
}

impl CreateToken {
    /// The time from which it is valid; without it, now.
    pub fn valid_from(mut self, time: SystemTime) -> Self {
        self.token.valid_from = Some(millis(time));
        self
    }

    /// The time until which it is valid. Accounts may set a limit.
    pub fn valid_until(mut self, time: SystemTime) -> Self {
        self.token.valid_to = Some(millis(time));
        self
    }

    async fn run(self) -> Result<SecretString> {
        let request = self
            .scope
            .raw()
            .users()
            .create_token(self.scope.account(), &self.token)
            .with_options(self.options);
        secret(self.scope.on(request).send().await?)
    }
}

described!(CreateToken.token);
sendable!(CreateToken -> SecretString);
