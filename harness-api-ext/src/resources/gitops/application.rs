//! One application, and what can be done with it.

use std::sync::Arc;

use harness_api::gitops::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::applications::repositories;
use super::state::{ApplicationSubject, Until};
use super::sync::SyncApplication;
use crate::error::Result;
use crate::resources::builder::{done, list, request, sendable, whole};
use crate::scope::Scope;
use crate::wait::{Backoff, Wait, Watch};

/// An application of an agent.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let gitops = harness.org("default").project("checkout").gitops();
/// let billing = gitops.application("account.ops", "billing");
/// let end = billing.wait().deadline(Duration::from_secs(600)).await?;
/// println!("{:?}: {} and {}", end.outcome, end.state.sync(), end.state.health());
///
/// let tree = billing.resource_tree().await?;
/// println!("{:?} resources", tree.nodes.map(|nodes| nodes.len()));
/// for found in billing.managed_resources().collect_all().await? {
///     println!("{:?} {:?}", found.kind, found.name);
/// }
/// if let Some(application) = billing.get().await?.app {
///     billing.update(*application).await?;
/// }
/// billing.rollback(4).await?;
/// billing.wait_synced().await?;
/// billing.wait_healthy().await?;
/// let mut states = billing.watch();
/// if let Some(state) = states.try_next().await? {
///     println!("{:?} {} {}", state.phase(), state.health(), state.sync());
/// }
/// billing.terminate().await?;
/// billing.delete().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Application {
    pub(super) scope: Scope,
    pub(super) agent: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) namespace: Option<Arc<str>>,
}

/// The request, with the namespace of the application where one is set.
macro_rules! in_namespace {
    ($application:expr, $request:expr, $setter:ident) => {{
        let request = $application.scope.on($request);
        match &$application.namespace {
            Some(namespace) => request.$setter(&**namespace),
            None => request,
        }
    }};
}

impl Application {
    pub(super) fn new(scope: Scope, agent: String, name: String) -> Self {
        Self {
            scope,
            agent: agent.into(),
            name: name.into(),
            namespace: None,
        }
    }

    /// The application of this name in another namespace, where the agent looks after several.
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into().into());
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The identifier of the agent.
    pub fn agent(&self) -> &str {
        &self.agent
    }

    /// Reads it, with its state.
    pub fn get(&self) -> GetApplication {
        let api = self.scope.raw().gitops();
        let request = api.agent_application_get(&*self.agent, &*self.name);
        GetApplication::new(in_namespace!(self, request, query_app_namespace))
    }

    /// Puts this in place of what it is: begin with what [`get`](Self::get) gives in `app`.
    pub fn update(&self, application: types::ApplicationsApplication) -> UpdateApplication {
        UpdateApplication {
            application: self.clone(),
            body: types::ApplicationsApplicationUpdateRequest {
                application: Some(Box::new(application)),
                ..Default::default()
            },
            cluster: None,
            repositories: Vec::new(),
            skip_repo_validation: None,
            options: CallOptions::default(),
        }
    }

    /// Deletes it, and what it has deployed unless [`cascade`](DeleteApplication::cascade) says otherwise.
    pub fn delete(&self) -> DeleteApplication {
        let api = self.scope.raw().gitops();
        let request = api.agent_application_delete(&*self.agent, &*self.name);
        DeleteApplication::new(in_namespace!(self, request, request_app_namespace))
    }

    /// Begins to bring the cluster in step with the source.
    pub fn sync(&self) -> SyncApplication {
        SyncApplication::new(self.clone())
    }

    /// Stops what is being done with it.
    pub fn terminate(&self) -> TerminateOperation {
        let api = self.scope.raw().gitops();
        let request = api.agent_application_terminate_operation(&*self.agent, &*self.name);
        TerminateOperation::new(in_namespace!(self, request, request_app_namespace))
    }

    /// Goes back to what was deployed before: to an entry of `app.status.history`, by its id.
    pub fn rollback(&self, history: i64) -> RollbackApplication {
        RollbackApplication {
            application: self.clone(),
            body: types::ApplicationsApplicationRollbackRequest {
                name: Some(self.name.to_string()),
                id: Some(history.to_string()),
                prune: Some(false),
                dry_run: Some(false),
                app_namespace: self.namespace.as_deref().map(str::to_owned),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Everything that it has deployed, and what that has made in turn.
    pub fn resource_tree(&self) -> GetResourceTree {
        let api = self.scope.raw().gitops();
        let request = api.agent_application_resource_tree(&*self.agent, &*self.name);
        GetResourceTree::new(in_namespace!(self, request, query_app_namespace))
    }

    /// What it has deployed: as it should be, as it is, and how the two differ.
    pub fn managed_resources(&self) -> ListManagedResources {
        let api = self.scope.raw().gitops();
        let request = api.agent_application_managed_resources(&*self.agent, &*self.name);
        ListManagedResources::new(in_namespace!(self, request, query_app_namespace))
    }

    /// Waits until nothing is being done with it, it is in step with its source, and healthy. It ends too when what was
    /// done last has failed: [`ApplicationEnd`](super::ApplicationEnd) tells which.
    ///
    /// An application that is degraded or out of step is waited for, since both may pass: set a deadline. One that is
    /// suspended needs a person, which ends the wait unless it is told to go on
    /// [`through_approvals`](Wait::through_approvals). After [`sync`](Self::sync), wait for what that gives.
    pub fn wait(&self) -> Wait<ApplicationSubject> {
        Wait::new(ApplicationSubject::new(self.clone(), Until::Ready))
    }

    /// Waits as [`wait`](Self::wait) does, for health only.
    pub fn wait_healthy(&self) -> Wait<ApplicationSubject> {
        Wait::new(ApplicationSubject::new(self.clone(), Until::Healthy))
    }

    /// Waits as [`wait`](Self::wait) does, for being in step only.
    pub fn wait_synced(&self) -> Wait<ApplicationSubject> {
        Wait::new(ApplicationSubject::new(self.clone(), Until::Synced))
    }

    /// Its states as they change, up to the one that [`wait`](Self::wait) would end with.
    pub fn watch(&self) -> Watch<ApplicationSubject> {
        let subject = ApplicationSubject::new(self.clone(), Until::Ready);
        Watch::new(subject, Backoff::default())
    }
}

request! {
    /// Reads an application: `GET /gitops/api/v1/agents/{agentIdentifier}/applications/{request.name}`.
    GetApplication(raw::AgentApplicationGet) -> types::Servicev1Application = whole;
    /// Looks at source and cluster before: `normal`, or `hard` to read the source anew.
    refresh(impl Into<String>) => query_refresh;
    /// What the service has heard last, without asking the agent.
    from_service(bool) => fetch_from_harness;
}

request! {
    /// Deletes an application: `DELETE /gitops/api/v1/agents/{agentIdentifier}/applications/{request.name}`.
    DeleteApplication(raw::AgentApplicationDelete) -> () = done;
    /// Whether what it has deployed is deleted too.
    cascade(bool) => request_cascade;
    /// How that is done: `foreground` or `background`.
    propagation_policy(impl Into<String>) => request_propagation_policy;
    /// The project of Argo CD that it belongs to.
    argo_project(impl Into<String>) => request_project;
    /// Takes its finalizers away before, so that nothing can hold it back.
    remove_finalizers(bool) => options_remove_existing_finalizers;
}

request! {
    /// Stops what is being done with an application:
    /// `DELETE /gitops/api/v1/agents/{agentIdentifier}/applications/{request.name}/operation`.
    TerminateOperation(raw::AgentApplicationTerminateOperation) -> () = done;
}

request! {
    /// Reads what an application has deployed:
    /// `GET /gitops/api/v1/agents/{agentIdentifier}/applications/{query.applicationName}/resource-tree`.
    GetResourceTree(raw::AgentApplicationResourceTree) -> types::ApplicationsApplicationTree = whole;
    /// Of this kind, such as `Deployment`.
    kind(impl Into<String>) => query_kind;
    /// Of this name.
    name(impl Into<String>) => query_name;
}

list! {
    /// What an application has deployed, with differences:
    /// `GET /gitops/api/v1/agents/{agentIdentifier}/applications/{query.applicationName}/managed-resources`.
    ListManagedResources(raw::AgentApplicationManagedResources) -> types::ApplicationsResourceDiff;
    /// Of this kind, such as `Deployment`.
    kind(impl Into<String>) => query_kind;
    /// Of this name.
    name(impl Into<String>) => query_name;
}

/// Replaces an application: `PUT /gitops/api/v1/agents/{agentIdentifier}/applications/{request.name}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateApplication {
    application: Application,
    body: types::ApplicationsApplicationUpdateRequest,
    cluster: Option<String>,
    repositories: Vec<String>,
    skip_repo_validation: Option<bool>,
    options: CallOptions,
}

impl UpdateApplication {
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

    /// Whether the agent checks that source and destination exist.
    pub fn validate(mut self, validate: bool) -> Self {
        self.body.validate = Some(validate);
        self
    }

    async fn run(self) -> Result<types::Servicev1Application> {
        let Application {
            scope, agent, name, ..
        } = self.application;
        let mut request = scope
            .raw()
            .gitops()
            .agent_application_update(&*agent, &*name, &self.body)
            .with_options(self.options);
        if let Some(cluster) = self.cluster {
            request = request.cluster_identifier(cluster);
        }
        request = repositories!(request, self.repositories);
        if let Some(skip) = self.skip_repo_validation {
            request = request.skip_repo_validation(skip);
        }
        whole(scope.on(request).send().await?)
    }
}

sendable!(UpdateApplication -> types::Servicev1Application);

/// Goes back to what was deployed before:
/// `POST /gitops/api/v1/agents/{agentIdentifier}/applications/{request.name}/rollback`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct RollbackApplication {
    application: Application,
    body: types::ApplicationsApplicationRollbackRequest,
    options: CallOptions,
}

impl RollbackApplication {
    /// Whether what was added since is removed.
    pub fn prune(mut self, prune: bool) -> Self {
        self.body.prune = Some(prune);
        self
    }

    /// Whether it is tried only, without a change.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.body.dry_run = Some(dry_run);
        self
    }

    async fn run(self) -> Result<types::Servicev1Application> {
        let Application {
            scope, agent, name, ..
        } = self.application;
        let request = scope
            .raw()
            .gitops()
            .agent_application_rollback(&*agent, &*name, &self.body)
            .with_options(self.options);
        whole(scope.on(request).send().await?)
    }
}

sendable!(RollbackApplication -> types::Servicev1Application);
