//! The clusters of agents.

use std::collections::BTreeMap;

use harness_api::gitops::{self as raw, types};
use harness_api::{CallOptions, Configure};
use secrecy::{ExposeSecret, SecretString};

use super::{body_list, sorted};
use crate::error::Result;
use crate::resources::builder::{done, request, sendable, whole};
use crate::scope::Scope;

/// The clusters that applications are deployed to. Each is known to one agent.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let clusters = harness.org("default").project("checkout").gitops().clusters();
/// clusters
///     .create("account.ops", "tills", "https://tills.example.com")
///     .bearer_token("<+secrets.getValue(\"tills_token\")>")
///     .insecure(true)
///     .await?;
/// for found in clusters.list().agent("account.ops").collect_all().await? {
///     println!("{:?}", found.identifier);
/// }
/// if let Some(mut cluster) = clusters.get("account.ops", "tills").await?.cluster {
///     cluster.name = Some("The tills".into());
///     clusters.update("account.ops", "tills", *cluster).await?;
/// }
/// clusters.delete("account.ops", "tills").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Clusters {
    scope: Scope,
}

impl Clusters {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// The clusters of all agents.
    pub fn list(&self) -> ListClusters {
        ListClusters::new(self.scope.clone())
    }

    /// A cluster of an agent.
    pub fn get(&self, agent: impl Into<String>, id: impl Into<String>) -> GetCluster {
        let api = self.scope.raw().gitops();
        GetCluster::new(self.scope.on(api.agent_cluster_get(agent, id)))
    }

    /// A new cluster of an agent, with the address of its API server.
    pub fn create(
        &self,
        agent: impl Into<String>,
        id: impl Into<String>,
        server: impl Into<String>,
    ) -> CreateCluster {
        let id = id.into();
        CreateCluster {
            scope: self.scope.clone(),
            agent: agent.into(),
            cluster: types::ClustersCluster {
                name: Some(id.clone()),
                server: Some(server.into()),
                ..Default::default()
            },
            id,
            tags: None,
            upsert: None,
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what a cluster is. Begin with what [`get`](Self::get) gives in `cluster`.
    pub fn update(
        &self,
        agent: impl Into<String>,
        id: impl Into<String>,
        cluster: types::ClustersCluster,
    ) -> UpdateCluster {
        UpdateCluster {
            scope: self.scope.clone(),
            agent: agent.into(),
            id: id.into(),
            body: types::ClustersClusterUpdateRequest {
                cluster: Some(Box::new(cluster)),
                ..Default::default()
            },
            force: None,
            options: CallOptions::default(),
        }
    }

    /// Removes a cluster from an agent. What runs in it stays.
    pub fn delete(&self, agent: impl Into<String>, id: impl Into<String>) -> DeleteCluster {
        let api = self.scope.raw().gitops();
        DeleteCluster::new(self.scope.on(api.agent_cluster_delete(agent, id)))
    }
}

body_list! {
    /// A list of clusters: `POST /gitops/api/v1/clusters`.
    ListClusters(cluster_list(Servicev1ClusterQuery) -> ClusterList) -> Servicev1Cluster
}
sorted!(ListClusters by ClusterQueryClusterSortByOptions);

impl ListClusters {
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
    /// Reads a cluster: `GET /gitops/api/v1/agents/{agentIdentifier}/clusters/{identifier}`.
    GetCluster(raw::AgentClusterGet) -> types::Servicev1Cluster = whole;
}

request! {
    /// Deletes a cluster: `DELETE /gitops/api/v1/agents/{agentIdentifier}/clusters/{identifier}`.
    DeleteCluster(raw::AgentClusterDelete) -> () = done;
    /// Even where applications use it, or its agent does not answer.
    force(bool) => force_delete;
}

/// Creates a cluster: `POST /gitops/api/v1/agents/{agentIdentifier}/clusters`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateCluster {
    scope: Scope,
    agent: String,
    id: String,
    cluster: types::ClustersCluster,
    tags: Option<BTreeMap<String, String>>,
    upsert: Option<bool>,
    options: CallOptions,
}

impl CreateCluster {
    /// The name, in place of the identifier.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.cluster.name = Some(name.into());
        self
    }

    /// One namespace more that applications may be deployed to; all of them, when none is given.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.cluster
            .namespaces
            .get_or_insert_default()
            .push(namespace.into());
        self
    }

    /// The project of Argo CD that it belongs to.
    pub fn argo_project(mut self, project: impl Into<String>) -> Self {
        self.cluster.project = Some(project.into());
        self
    }

    /// How it is connected to, such as `SERVICE_ACCOUNT`, `USERNAME_PASSWORD` or `IN_CLUSTER`.
    pub fn connection_type(mut self, connection: impl Into<String>) -> Self {
        self.config_mut().cluster_connection_type = Some(connection.into());
        self
    }

    /// The token of a service account.
    pub fn bearer_token(mut self, token: impl Into<SecretString>) -> Self {
        self.config_mut().bearer_token = Some(token.into().expose_secret().to_owned());
        self
    }

    /// A user and the password.
    pub fn login(mut self, user: impl Into<String>, password: impl Into<SecretString>) -> Self {
        self.config_mut().username = Some(user.into());
        self.config_mut().password = Some(password.into().expose_secret().to_owned());
        self
    }

    /// The certificate that its server's is checked with, as base64 of PEM.
    pub fn ca_data(mut self, ca: impl Into<String>) -> Self {
        self.tls().ca_data = Some(ca.into());
        self
    }

    /// Whether the certificate of its server is taken as it is.
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.tls().insecure = Some(insecure);
        self
    }

    /// All that is set about the connection, in place of what was.
    pub fn config(mut self, config: types::ClustersClusterConfig) -> Self {
        self.cluster.config = Some(Box::new(config));
        self
    }

    /// One tag more. A tag without a value has an empty one.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags
            .get_or_insert_default()
            .insert(key.into(), value.into());
        self
    }

    /// Whether one that is there already is replaced.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = Some(upsert);
        self
    }

    fn config_mut(&mut self) -> &mut types::ClustersClusterConfig {
        self.cluster.config.get_or_insert_default()
    }

    fn tls(&mut self) -> &mut types::ClustersTlsClientConfig {
        self.config_mut().tls_client_config.get_or_insert_default()
    }

    async fn run(self) -> Result<types::Servicev1Cluster> {
        let body = types::ClustersClusterCreateRequest {
            cluster: Some(Box::new(self.cluster)),
            tags: self.tags,
            upsert: self.upsert,
            ..Default::default()
        };
        let request = self
            .scope
            .raw()
            .gitops()
            .agent_cluster_create(self.agent, &body)
            .identifier(self.id)
            .with_options(self.options);
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(CreateCluster -> types::Servicev1Cluster);

/// Replaces a cluster: `PUT /gitops/api/v1/agents/{agentIdentifier}/clusters/{identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateCluster {
    scope: Scope,
    agent: String,
    id: String,
    body: types::ClustersClusterUpdateRequest,
    force: Option<bool>,
    options: CallOptions,
}

impl UpdateCluster {
    /// Replaces these fields only, such as `name` or `namespaces`.
    pub fn only<I>(mut self, fields: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.body.updated_fields = Some(fields.into_iter().map(Into::into).collect());
        self
    }

    /// One tag more, where all tags are replaced.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.body
            .tags
            .get_or_insert_default()
            .insert(key.into(), value.into());
        self
    }

    /// Even where its agent does not answer.
    pub fn force(mut self, force: bool) -> Self {
        self.force = Some(force);
        self
    }

    async fn run(self) -> Result<types::Servicev1Cluster> {
        let mut request = self
            .scope
            .raw()
            .gitops()
            .agent_cluster_update(self.agent, self.id, &self.body)
            .with_options(self.options);
        if let Some(force) = self.force {
            request = request.force_update(force);
        }
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(UpdateCluster -> types::Servicev1Cluster);
