//! Credentials that repositories of agents share.

use harness_api::gitops::{self as raw, types};
use harness_api::{CallOptions, Configure};
use secrecy::{ExposeSecret, SecretString};

use super::body_list;
use crate::error::Result;
use crate::resources::builder::{done, request, sendable, whole};
use crate::scope::Scope;

/// Credentials for all repositories whose address begins alike. Each is known to one agent.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let credentials = harness.org("default").project("checkout").gitops().repository_credentials();
/// credentials
///     .create("account.ops", "retail", "https://git.example.com/retail")
///     .login("deployer", "<+secrets.getValue(\"git_token\")>")
///     .await?;
/// println!("{} credentials", credentials.list().collect_all().await?.len());
/// if let Some(mut found) = credentials.get("account.ops", "retail").await?.repo_creds {
///     found.username = Some("robot".into());
///     credentials.update("account.ops", "retail", *found).await?;
/// }
/// credentials.delete("account.ops", "retail").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RepositoryCredentials {
    scope: Scope,
}

impl RepositoryCredentials {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// The credentials of all agents.
    pub fn list(&self) -> ListRepositoryCredentials {
        ListRepositoryCredentials::new(self.scope.clone())
    }

    /// Credentials of an agent, without what is secret about them.
    pub fn get(&self, agent: impl Into<String>, id: impl Into<String>) -> GetRepositoryCredentials {
        let api = self.scope.raw().gitops();
        let request = api.agent_repository_credentials_get(agent, id);
        GetRepositoryCredentials::new(self.scope.on(request))
    }

    /// New credentials of an agent, with the beginning of the addresses that they are for. They are for Git unless
    /// [`kind`](CreateRepositoryCredentials::kind) says otherwise.
    pub fn create(
        &self,
        agent: impl Into<String>,
        id: impl Into<String>,
        url: impl Into<String>,
    ) -> CreateRepositoryCredentials {
        CreateRepositoryCredentials {
            scope: self.scope.clone(),
            agent: agent.into(),
            id: id.into(),
            credentials: types::HrepocredsRepoCreds {
                url: Some(url.into()),
                type_: Some("git".to_owned()),
                ..Default::default()
            },
            upsert: None,
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what credentials are. What is secret about them has to be set again.
    pub fn update(
        &self,
        agent: impl Into<String>,
        id: impl Into<String>,
        credentials: types::HrepocredsRepoCreds,
    ) -> UpdateRepositoryCredentials {
        let body = types::HrepocredsRepoCredsUpdateRequest {
            creds: Some(Box::new(credentials)),
            ..Default::default()
        };
        let api = self.scope.raw().gitops();
        let request = api.agent_repository_credentials_update(agent, id, &body);
        UpdateRepositoryCredentials::new(self.scope.on(request))
    }

    /// Removes credentials from an agent.
    pub fn delete(
        &self,
        agent: impl Into<String>,
        id: impl Into<String>,
    ) -> DeleteRepositoryCredentials {
        let api = self.scope.raw().gitops();
        let request = api.agent_repository_credentials_delete(agent, id);
        DeleteRepositoryCredentials::new(self.scope.on(request))
    }
}

body_list! {
    /// A list of credentials: `POST /gitops/api/v1/repocreds`.
    ListRepositoryCredentials(
        agent_repository_credentials_list(V1RepositoryCredentialsQuery) -> AgentRepositoryCredentialsList
    ) -> Servicev1RepositoryCredentials
}

impl ListRepositoryCredentials {
    /// Those of this agent.
    pub fn agent(mut self, agent: impl Into<String>) -> Self {
        self.query.agent_identifier = Some(agent.into());
        self
    }

    /// Those of the levels below too.
    pub fn include_child_scopes(mut self, include: bool) -> Self {
        self.query.include_child_scopes = Some(include.into());
        self
    }
}

request! {
    /// Reads credentials: `GET /gitops/api/v1/agents/{agentIdentifier}/repocreds/{identifier}`.
    GetRepositoryCredentials(raw::AgentRepositoryCredentialsGet) -> types::Servicev1RepositoryCredentials = whole;
}

request! {
    /// Replaces credentials: `PUT /gitops/api/v1/agents/{agentIdentifier}/repocreds/{identifier}`.
    UpdateRepositoryCredentials(raw::AgentRepositoryCredentialsUpdate) -> types::Servicev1RepositoryCredentials = whole;
}

request! {
    /// Deletes credentials: `DELETE /gitops/api/v1/agents/{agentIdentifier}/repocreds/{identifier}`.
    DeleteRepositoryCredentials(raw::AgentRepositoryCredentialsDelete) -> () = done;
}

/// Creates credentials: `POST /gitops/api/v1/agents/{agentIdentifier}/repocreds`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateRepositoryCredentials {
    scope: Scope,
    agent: String,
    id: String,
    credentials: types::HrepocredsRepoCreds,
    upsert: Option<bool>,
    options: CallOptions,
}

impl CreateRepositoryCredentials {
    /// What the repositories hold: `git` or `helm`.
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.credentials.type_ = Some(kind.into());
        self
    }

    /// Whether they are registries of OCI artifacts.
    pub fn oci(mut self, oci: bool) -> Self {
        self.credentials.enable_oci = Some(oci);
        self
    }

    /// A user, and the password or token.
    pub fn login(mut self, user: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.credentials.username = Some(user.into());
        self.credentials.password = Some(password.into().expose_secret().to_owned());
        self
    }

    /// The private key for SSH, as PEM.
    pub fn ssh_private_key(mut self, key: impl Into<SecretString>) -> Self {
        self.credentials.ssh_private_key = Some(key.into().expose_secret().to_owned());
        self
    }

    /// All of them, in place of what was set.
    pub fn credentials(mut self, credentials: types::HrepocredsRepoCreds) -> Self {
        self.credentials = credentials;
        self
    }

    /// Whether those that are there already are replaced.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = Some(upsert);
        self
    }

    async fn run(self) -> Result<types::Servicev1RepositoryCredentials> {
        let body = types::HrepocredsRepoCredsCreateRequest {
            creds: Some(Box::new(self.credentials)),
            upsert: self.upsert,
            ..Default::default()
        };
        let request = self
            .scope
            .raw()
            .gitops()
            .agent_repository_credentials_create(self.agent, &body)
            .identifier(self.id)
            .with_options(self.options);
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(CreateRepositoryCredentials -> types::Servicev1RepositoryCredentials);
