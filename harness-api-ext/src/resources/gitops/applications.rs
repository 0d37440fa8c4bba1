//! The applications of agents.

use harness_api::gitops::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::{body_list, sorted};
use crate::error::Result;
use crate::resources::builder::{sendable, whole};
use crate::scope::Scope;

/// The applications at one level: what is deployed, from where, and to which cluster.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let gitops = harness.org("default").project("checkout").gitops();
/// gitops
///     .applications()
///     .create("account.ops", "billing")
///     .source("https://git.example.com/retail/shop.git", "deploy/billing", "main")
///     .repository("account.shop")
///     .destination("https://tills.example.com", "billing")
///     .cluster("account.tills")
///     .await?;
/// let mut found = gitops.applications().list().search("bill").items();
/// while let Some(application) = found.try_next().await? {
///     println!("{:?} of {:?}", application.name, application.agent_identifier);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Applications {
    scope: Scope,
}

impl Applications {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope }
    }

    /// The applications of all agents, as far as the service has heard of them.
    pub fn list(&self) -> ListApplications {
        ListApplications::new(self.scope.clone())
    }

    /// A new application of an agent. Source and destination are needed, and a cluster; and a repository, unless that is not
    /// [checked](CreateApplication::skip_repo_validation).
    pub fn create(&self, agent: impl Into<String>, name: impl Into<String>) -> CreateApplication {
        let name = name.into();
        CreateApplication {
            scope: self.scope.naming("application name", &name),
            agent: agent.into(),
            metadata: types::V1ObjectMeta {
                name: Some(name),
                ..Default::default()
            },
            spec: types::ApplicationsApplicationSpec::default(),
            upsert: None,
            validate: None,
            cluster: None,
            repositories: Vec::new(),
            skip_repo_validation: None,
            options: CallOptions::default(),
        }
    }
}

body_list! {
    /// A list of applications: `POST /gitops/api/v1/applications`.
    ListApplications(application_list(Servicev1ApplicationQuery) -> ApplicationList) -> Servicev1Application
}
sorted!(ListApplications by ApplicationQueryApplicationSortByOptions);

impl ListApplications {
    /// Without their state, which is quicker.
    pub fn metadata_only(mut self, only: bool) -> Self {
        self.query.metadata_only = Some(only);
        self
    }

    /// With these fields of each only, such as `app.status.health`.
    pub fn fields<I>(mut self, fields: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.query.fields = Some(fields.into_iter().map(Into::into).collect());
        self
    }
}

/// The request, with the identifiers of repositories: there is one parameter for one, and another for several.
macro_rules! repositories {
    ($request:expr, $ids:expr) => {
        match <[String; 1]>::try_from($ids) {
            Ok([id]) => $request.repo_identifier(id),
            Err(ids) => $request.repo_identifiers(ids),
        }
    };
}
pub(super) use repositories;

/// Creates an application: `POST /gitops/api/v1/agents/{agentIdentifier}/applications`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateApplication {
    scope: Scope,
    agent: String,
    metadata: types::V1ObjectMeta,
    spec: types::ApplicationsApplicationSpec,
    upsert: Option<bool>,
    validate: Option<bool>,
    cluster: Option<String>,
    repositories: Vec<String>,
    skip_repo_validation: Option<bool>,
    options: CallOptions,
}

impl CreateApplication {
    /// Where its manifests are: a repository, the folder in it, and a branch, tag or commit.
    pub fn source(
        mut self,
        repository_url: impl Into<String>,
        path: impl Into<String>,
        revision: impl Into<String>,
    ) -> Self {
        self.spec.source = Some(Box::new(types::ApplicationsApplicationSource {
            repo_url: Some(repository_url.into()),
            path: Some(path.into()),
            target_revision: Some(revision.into()),
            ..Default::default()
        }));
        self
    }

    /// The Helm chart it is made of: a repository of charts, the chart, and its version.
    pub fn chart(
        mut self,
        repository_url: impl Into<String>,
        chart: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        self.spec.source = Some(Box::new(types::ApplicationsApplicationSource {
            repo_url: Some(repository_url.into()),
            chart: Some(chart.into()),
            target_revision: Some(version.into()),
            ..Default::default()
        }));
        self
    }

    /// The address of the cluster's API server, and the namespace there.
    pub fn destination(mut self, server: impl Into<String>, namespace: impl Into<String>) -> Self {
        self.spec.destination = Some(Box::new(types::ApplicationsApplicationDestination {
            server: Some(server.into()),
            namespace: Some(namespace.into()),
            ..Default::default()
        }));
        self
    }

    /// The identifier of the cluster, by which the service knows what is at the destination.
    pub fn cluster(mut self, id: impl Into<String>) -> Self {
        self.cluster = Some(id.into());
        self
    }

    /// The identifier of the repository, by which the service knows what the source is; once for each source.
    pub fn repository(mut self, id: impl Into<String>) -> Self {
        self.repositories.push(id.into());
        self
    }

    /// Leaves out the check that the repository is known to the service.
    pub fn skip_repo_validation(mut self, skip: bool) -> Self {
        self.skip_repo_validation = Some(skip);
        self
    }

    /// The project of Argo CD that it belongs to, in place of the one that the service finds for this level.
    pub fn argo_project(mut self, project: impl Into<String>) -> Self {
        self.spec.project = Some(project.into());
        self
    }

    /// Keeps the cluster in step by itself: whether what is gone from the source is removed, and whether changes in the
    /// cluster are undone.
    pub fn auto_sync(mut self, prune: bool, self_heal: bool) -> Self {
        let policy = self.spec.sync_policy.get_or_insert_default();
        policy.automated = Some(Box::new(types::ApplicationsSyncPolicyAutomated {
            prune: Some(prune),
            self_heal: Some(self_heal),
            ..Default::default()
        }));
        self
    }

    /// One option more for each sync, such as `CreateNamespace=true`.
    pub fn sync_option(mut self, option: impl Into<String>) -> Self {
        let policy = self.spec.sync_policy.get_or_insert_default();
        policy
            .sync_options
            .get_or_insert_default()
            .push(option.into());
        self
    }

    /// All of what it is, in place of what was set.
    pub fn spec(mut self, spec: types::ApplicationsApplicationSpec) -> Self {
        self.spec = spec;
        self
    }

    /// The namespace of the application itself, where the agent looks after several.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.metadata.namespace = Some(namespace.into());
        self
    }

    /// One label more, such as `harness.io/serviceRef` or `harness.io/envRef`.
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let labels = self.metadata.labels.get_or_insert_default();
        labels.insert(key.into(), value.into());
        self
    }

    /// One annotation more.
    pub fn annotation(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let annotations = self.metadata.annotations.get_or_insert_default();
        annotations.insert(key.into(), value.into());
        self
    }

    /// One finalizer more.
    pub fn finalizer(mut self, finalizer: impl Into<String>) -> Self {
        self.metadata
            .finalizers
            .get_or_insert_default()
            .push(finalizer.into());
        self
    }

    /// Whether the agent checks that source and destination exist.
    pub fn validate(mut self, validate: bool) -> Self {
        self.validate = Some(validate);
        self
    }

    /// Whether one that is there already is replaced.
    pub fn upsert(mut self, upsert: bool) -> Self {
        self.upsert = Some(upsert);
        self
    }

    async fn run(self) -> Result<types::Servicev1Application> {
        let body = types::ApplicationsApplicationCreateRequest {
            application: Some(Box::new(types::ApplicationsApplication {
                metadata: Some(Box::new(self.metadata)),
                spec: Some(Box::new(self.spec)),
                ..Default::default()
            })),
            upsert: self.upsert,
            validate: self.validate,
            ..Default::default()
        };
        let mut request = self
            .scope
            .raw()
            .gitops()
            .agent_application_create(self.agent, &body)
            .with_options(self.options);
        if let Some(cluster) = self.cluster {
            request = request.cluster_identifier(cluster);
        }
        request = repositories!(request, self.repositories);
        if let Some(skip) = self.skip_repo_validation {
            request = request.skip_repo_validation(skip);
        }
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(CreateApplication -> types::Servicev1Application);
