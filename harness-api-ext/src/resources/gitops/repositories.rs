//! The repositories of agents.

use harness_api::gitops::{self as raw, types};
use harness_api::{CallOptions, Configure};
use secrecy::{ExposeSecret, SecretString};

use super::{body_list, sorted};
use crate::error::Result;
use crate::resources::builder::{done, request, sendable, whole};
use crate::scope::Scope;

/// The repositories that applications are read from: of Git, of Helm charts, or of OCI. Each is known to one agent.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let repositories = harness.org("default").project("checkout").gitops().repositories();
/// repositories
///     .create("account.ops", "shop", "https://git.example.com/retail/shop.git")
///     .login("deployer", "<+secrets.getValue(\"git_token\")>")
///     .await?;
/// println!("{} repositories", repositories.list().agent("account.ops").collect_all().await?.len());
/// if let Some(mut shop) = repositories.get("account.ops", "shop").await?.repository {
///     shop.enable_lfs = Some(true);
///     repositories.update("account.ops", "shop", *shop).await?;
/// }
/// repositories.delete("account.ops", "shop").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Repositories {
    scope: Scope,
}

impl Repositories {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// The repositories of all agents.
    pub fn list(&self) -> ListRepositories {
        ListRepositories::new(self.scope.clone())
    }

    /// A repository of an agent.
    pub fn get(&self, agent: impl Into<String>, id: impl Into<String>) -> GetRepository {
        let api = self.scope.raw().gitops();
        GetRepository::new(self.scope.on(api.agent_repository_get(agent, id)))
    }

    /// A new repository of an agent, with its address. It is one of Git unless [`kind`](CreateRepository::kind) says
    /// otherwise.
    pub fn create(
        &self,
        agent: impl Into<String>,
        id: impl Into<String>,
        url: impl Into<String>,
    ) -> CreateRepository {
        let id = id.into();
        CreateRepository {
            scope: self.scope.clone(),
            agent: agent.into(),
            repository: types::RepositoriesRepository {
                name: Some(id.clone()),
                repo: Some(url.into()),
                type_: Some("git".to_owned()),
                ..Default::default()
            },
            id,
            credentials: None,
            upsert: None,
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what a repository is. Begin with what [`get`](Self::get) gives in `repository`; it does not
    /// show secret values, which have to be set again.
    pub fn update(
        &self,
        agent: impl Into<String>,
        id: impl Into<String>,
        repository: types::RepositoriesRepository,
    ) -> UpdateRepository {
        UpdateRepository {
            scope: self.scope.clone(),
            agent: agent.into(),
            id: id.into(),
            body: types::RepositoriesRepoUpdateRequest {
                repo: Some(Box::new(repository)),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Removes a repository from an agent.
    pub fn delete(&self, agent: impl Into<String>, id: impl Into<String>) -> DeleteRepository {
        let api = self.scope.raw().gitops();
        DeleteRepository::new(self.scope.on(api.agent_repository_delete(agent, id)))
    }
}

body_list! {
    /// A list of repositories: `POST /gitops/api/v1/repositories`.
    ListRepositories(repository_list(V1RepoListReq) -> RepositoryList) -> Servicev1Repository
}
sorted!(ListRepositories by RepoListReqRepoSortByOptions);

impl ListRepositories {
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
    /// Reads a repository: `GET /gitops/api/v1/agents/{agentIdentifier}/repositories/{identifier}`.
    GetRepository(raw::AgentRepositoryGet) -> types::Servicev1Repository = whole;
    /// Whether the agent tests the connection anew, in place of telling what it knows.
    refresh(bool) => query_force_refresh;
}

request! {
    /// Deletes a repository: `DELETE /gitops/api/v1/agents/{agentIdentifier}/repositories/{identifier}`.
    DeleteRepository(raw::AgentRepositoryDelete) -> () = done;
    /// Even where applications use it, or its agent does not answer.
    force(bool) => force_delete;
}

/// Creates a repository: `POST /gitops/api/v1/agents/{agentIdentifier}/repositories`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateRepository {
    scope: Scope,
    agent: String,
    id: String,
    repository: types::RepositoriesRepository,
    credentials: Option<String>,
    upsert: Option<bool>,
    options: CallOptions,
}

impl CreateRepository {
    /// The name, in place of the identifier.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.repository.name = Some(name.into());
        self
    }

    /// What it holds: `git` or `helm`.
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.repository.type_ = Some(kind.into());
        self
    }

    /// Whether it is a registry of OCI artifacts.
    pub fn oci(mut self, oci: bool) -> Self {
        self.repository.enable_oci = Some(oci);
        self
    }

    /// How it is connected to, such as `HTTPS`, `HTTPS_ANONYMOUS`, `SSH` or `GITHUB`.
    pub fn connection_type(mut self, connection: impl Into<String>) -> Self {
        self.repository.connection_type = Some(connection.into());
        self
    }

    /// A user, and the password or token.
    pub fn login(mut self, user: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.repository.username = Some(user.into());
        self.repository.password = Some(password.into().expose_secret().to_owned());
        self
    }

    /// The private key for SSH, as PEM.
    pub fn ssh_private_key(mut self, key: impl Into<SecretString>) -> Self {
        self.repository.ssh_private_key = Some(key.into().expose_secret().to_owned());
        self
    }

    /// The stored credentials to use.
    pub fn credentials(mut self, id: impl Into<String>) -> Self {
        self.credentials = Some(id.into());
        self
    }

    /// Whether the server's certificate, or host key, is taken as it is.
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.repository.insecure = Some(insecure);
        self
    }

    /// Whether large files are read too.
    pub fn lfs(mut self, lfs: bool) -> Self {
        self.repository.enable_lfs = Some(lfs);
        self
    }

    /// The proxy to it.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.repository.proxy = Some(url.into());
        self
    }

    /// The project of Argo CD that it belongs to.
    pub fn argo_project(mut self, project: impl Into<String>) -> Self {
        self.repository.project = Some(project.into());
        self
    }

    /// All of it, in place of what was set.
    pub fn repository(mut self, repository: types::RepositoriesRepository) -> Self {
        self.repository = repository;
        self
    }

    /// Whether one that is there already is replaced.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = Some(upsert);
        self
    }

    async fn run(self) -> Result<types::Servicev1Repository> {
        let body = types::RepositoriesRepoCreateRequest {
            repo: Some(Box::new(self.repository)),
            upsert: self.upsert,
            ..Default::default()
        };
        let mut request = self
            .scope
            .raw()
            .gitops()
            .agent_repository_create(self.agent, &body)
            .identifier(self.id)
            .with_options(self.options);
        if let Some(credentials) = self.credentials {
            request = request.repo_creds_id(credentials);
        }
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(CreateRepository -> types::Servicev1Repository);

/// Replaces a repository: `PUT /gitops/api/v1/agents/{agentIdentifier}/repositories/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateRepository {
    scope: Scope,
    agent: String,
    id: String,
    body: types::RepositoriesRepoUpdateRequest,
    options: CallOptions,
}

impl UpdateRepository {
    /// Replaces these fields only, such as `name` or `username`.
    pub fn only<I>(mut self, fields: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.body.update_mask = Some(Box::new(types::ProtobufFieldMask {
            paths: Some(fields.into_iter().map(Into::into).collect()),
            ..Default::default()
        }));
        self
    }

    async fn run(self) -> Result<types::Servicev1Repository> {
        let request = self
            .scope
            .raw()
            .gitops()
            .agent_repository_update(self.agent, self.id, &self.body)
            .with_options(self.options);
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(UpdateRepository -> types::Servicev1Repository);
