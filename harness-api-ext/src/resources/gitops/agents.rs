//! The agents at a level.

use harness_api::gitops::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::health::AgentSubject;
use super::install::{AgentDeploymentYaml, AgentHelmOverrides, AgentOperatorYaml};
use super::put_scope;
use crate::error::Result;
use crate::resources::builder::{described, done, list, request, sendable, whole};
use crate::scope::Scope;
use crate::wait::{Backoff, Wait, Watch};

/// The agents at one level: each runs in a cluster and does there what applications ask for. They are called by their
/// identifiers here, without the level.
///
/// ```
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # let harness = server.harness();
/// let agents = harness.account().gitops().agents();
/// agents.create("ops", "Operations").namespace("gitops").await?;
/// let manifests = agents.deployment_yaml("ops").namespace("gitops").await?;
/// println!("{manifests}"); // for kubectl apply
/// agents.wait_healthy("ops").deadline(Duration::from_secs(900)).await?;
///
/// // Other ways to install it.
/// let plain = agents.deploy_yaml("ops").await?;
/// let helm = agents.helm_overrides("ops").await?;
/// let operator = agents.operator_yaml("ops").await?;
/// println!("{} {} {}", plain.len(), helm.len(), operator.len());
///
/// for agent in agents.list().collect_all().await? {
///     println!("{:?}", agent.identifier);
/// }
/// let mut agent = agents.get("ops").await?;
/// agent.description = Some("For the tills".into());
/// agents.update(agent).await?;
/// let mut states = agents.watch("ops");
/// while let Some(state) = states.try_next().await? {
///     println!("{:?}", state.health);
/// }
/// agents.delete("ops").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Agents {
    scope: Scope,
}

impl Agents {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// The agents.
    pub fn list(&self) -> ListAgents {
        ListAgents::new(self.scope.on(self.scope.raw().gitops().agent_list()))
    }

    /// An agent, with its health as far as the service has heard of it.
    pub fn get(&self, id: impl Into<String>) -> GetAgent {
        GetAgent::new(self.scope.on(self.scope.raw().gitops().agent_get(id)))
    }

    /// A new agent, of the kind that brings its own Argo CD. The answer holds its private key, which is not shown again.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateAgent {
        let mut agent = types::V1Agent {
            identifier: Some(id.into()),
            name: Some(name.into()),
            type_: Some(types::V1AgentType::ManagedArgoProvider),
            ..Default::default()
        };
        put_scope!(agent, self.scope);
        CreateAgent {
            scope: self.scope.clone(),
            agent,
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the agent with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, mut agent: types::V1Agent) -> UpdateAgent {
        let scope = self
            .scope
            .adopting(&mut agent.org_identifier, &mut agent.project_identifier);
        agent
            .account_identifier
            .get_or_insert_with(|| scope.account().to_owned());
        let id = agent.identifier.clone().unwrap_or_default();
        let api = scope.raw().gitops();
        UpdateAgent::new(scope.on(api.agent_update(id, &agent)))
    }

    /// Deletes an agent from the service. What was installed in the cluster stays there.
    pub fn delete(&self, id: impl Into<String>) -> DeleteAgent {
        DeleteAgent::new(self.scope.on(self.scope.raw().gitops().agent_delete(id)))
    }

    /// The manifests that install an agent, as YAML. [`deployment_yaml`](Self::deployment_yaml) takes secret values too.
    pub fn deploy_yaml(&self, id: impl Into<String>) -> AgentDeployYaml {
        let api = self.scope.raw().gitops();
        AgentDeployYaml::new(self.scope.on(api.agent_get_deploy_yaml(id)))
    }

    /// The manifests that install an agent, as YAML, with all settings.
    pub fn deployment_yaml(&self, id: impl Into<String>) -> AgentDeploymentYaml {
        AgentDeploymentYaml::new(&self.scope, id.into())
    }

    /// Values that install an agent by its Helm chart, as YAML.
    pub fn helm_overrides(&self, id: impl Into<String>) -> AgentHelmOverrides {
        AgentHelmOverrides::new(&self.scope, id.into())
    }

    /// The manifest that installs an agent by its operator, as YAML.
    pub fn operator_yaml(&self, id: impl Into<String>) -> AgentOperatorYaml {
        AgentOperatorYaml::new(&self.scope, id.into())
    }

    /// Waits until an agent is connected, says that it is healthy, and none of its parts says that it is not.
    ///
    /// Nothing but the deadline ends the wait for one that is never installed.
    pub fn wait_healthy(&self, id: impl Into<String>) -> Wait<AgentSubject> {
        Wait::new(AgentSubject::new(self.clone(), id.into()))
    }

    /// The states of an agent as its health changes, up to the first in which it is healthy.
    pub fn watch(&self, id: impl Into<String>) -> Watch<AgentSubject> {
        Watch::new(
            AgentSubject::new(self.clone(), id.into()),
            Backoff::default(),
        )
    }
}

list! {
    /// A list of agents: `GET /gitops/api/v1/agents`.
    ListAgents(raw::AgentList) -> types::V1Agent;
    /// Those whose name or identifier holds this text.
    search(impl Into<String>) => search_term;
    /// Those of this kind.
    kind(impl Into<types::AgentListType>) => type_;
    /// Those with these tags, as `key:value`.
    tags(impl IntoIterator<Item = impl Into<String>>) => tags;
    /// Those that are connected, or are not.
    connected(impl Into<types::AgentListConnectedStatus>) => connected_status;
    /// Those that are healthy, or are not.
    health(impl Into<types::AgentListHealthStatus>) => health_status;
    /// Those of all levels.
    ignore_scope(bool) => ignore_scope;
    /// Without health, which is quicker.
    metadata_only(bool) => metadata_only;
}

impl ListAgents {
    /// By this field.
    pub fn sort(mut self, by: impl Into<types::AgentListSortBy>, order: crate::Order) -> Self {
        self.raw = self.raw.sort_by(by).sort_order(order.upper());
        self
    }
}

request! {
    /// Reads an agent: `GET /gitops/api/v1/agents/{identifier}`.
    GetAgent(raw::AgentGet) -> types::V1Agent = whole;
    /// With its credentials, for those who may see them.
    with_credentials(bool) => with_credentials;
}

request! {
    /// Replaces an agent: `PUT /gitops/api/v1/agents/{identifier}`.
    UpdateAgent(raw::AgentUpdate) -> types::V1Agent = whole;
}

request! {
    /// Deletes an agent: `DELETE /gitops/api/v1/agents/{identifier}`.
    DeleteAgent(raw::AgentDelete) -> () = done;
}

request! {
    /// Reads the manifests of an agent: `GET /gitops/api/v1/agents/{agentIdentifier}/deploy.yaml`.
    ///
    /// Its settings are part of the address, so there are none for secret values.
    AgentDeployYaml(raw::AgentGetDeployYaml) -> String = whole;
    /// The namespace to install into.
    namespace(impl Into<String>) => namespace;
    /// Without the definitions of custom resources, where the cluster has them.
    skip_crds(bool) => skip_crds;
    /// Certificates to trust, as base64 of PEM.
    ca_data(impl Into<String>) => ca_data;
    /// For the node of this identifier, where the agent has several for disaster recovery.
    disaster_recovery_node(impl Into<String>) => disaster_recovery_identifier;
    /// The proxy for HTTP.
    http_proxy(impl Into<String>) => proxy_http;
    /// The proxy for HTTPS.
    https_proxy(impl Into<String>) => proxy_https;
    /// Whether the certificate of the proxy is taken as it is.
    proxy_skip_tls_verify(bool) => proxy_skip_ssl_verify;
    /// Whether Helm charts may refer to files outside of their folder.
    helm_path_traversal(bool) => argocd_settings_enable_helm_path_traversal;
    /// Whether the agent's own cluster can be deployed to, even where that is off by default.
    in_cluster(bool) => argocd_settings_force_enable_in_cluster;
    /// With the plugin of Argo CD that puts in values from Harness.
    harness_plugin(bool) => argocd_settings_enable_argocd_harness_plugin;
}

/// Creates an agent: `POST /gitops/api/v1/agents`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateAgent {
    scope: Scope,
    agent: types::V1Agent,
    options: CallOptions,
}

impl CreateAgent {
    /// The kind, such as one that uses the Argo CD which is there.
    pub fn kind(mut self, kind: impl Into<types::V1AgentType>) -> Self {
        self.agent.type_ = Some(kind.into());
        self
    }

    /// What does the work.
    pub fn operator(mut self, operator: impl Into<types::V1AgentOperator>) -> Self {
        self.agent.operator = Some(operator.into());
        self
    }

    /// The namespace that it is installed into.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.metadata().namespace = Some(namespace.into());
        self
    }

    /// With several instances of its parts.
    pub fn high_availability(mut self, on: bool) -> Self {
        self.metadata().high_availability = Some(on);
        self
    }

    /// With rights in its namespace only, in place of the whole cluster.
    pub fn namespaced(mut self, on: bool) -> Self {
        self.metadata().is_namespaced = Some(on);
        self
    }

    /// Beside an Argo CD that is there already.
    pub fn existing_installation(mut self, on: bool) -> Self {
        self.metadata().existing_installation = Some(on);
        self
    }

    fn metadata(&mut self) -> &mut types::V1AgentMetadata {
        self.agent.metadata.get_or_insert_default()
    }

    async fn run(self) -> Result<types::V1Agent> {
        let request = self
            .scope
            .raw()
            .gitops()
            .agent_create(&self.agent)
            .with_options(self.options);
        whole(self.scope.on(request).send().await?)
    }
}

described!(CreateAgent.agent);
sendable!(CreateAgent -> types::V1Agent);
