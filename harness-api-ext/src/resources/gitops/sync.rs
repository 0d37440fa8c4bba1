//! Bringing a cluster in step with the source of an application.

use harness_api::gitops::types;
use harness_api::{CallOptions, Configure};
use serde_json::Value;

use super::application::Application;
use super::state::{ApplicationState, ApplicationSubject, Until};
use crate::error::Result;
use crate::resources::builder::{sendable, whole};
use crate::wait::{Backoff, Wait, Watch};

/// Begins a sync: `POST /gitops/api/v1/agents/{agentIdentifier}/applications/{request.name}/sync`.
///
/// It is not sent again after a failure that leaves open whether it was received.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct SyncApplication {
    application: Application,
    body: types::ApplicationsApplicationSyncRequest,
    options: CallOptions,
}

impl SyncApplication {
    pub(super) fn new(application: Application) -> Self {
        Self {
            body: types::ApplicationsApplicationSyncRequest {
                name: Some(application.name.to_string()),
                app_namespace: application.namespace.as_deref().map(str::to_owned),
                prune: Some(false),
                dry_run: Some(false),
                ..Default::default()
            },
            application,
            options: CallOptions::default(),
        }
    }

    /// To this branch, tag or commit, in place of the one that the application names.
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.body.revision = Some(revision.into());
        self
    }

    /// Whether what is gone from the source is removed.
    pub fn prune(mut self, prune: bool) -> Self {
        self.body.prune = Some(prune);
        self
    }

    /// Whether it is tried only, without a change.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.body.dry_run = Some(dry_run);
        self
    }

    /// One resource more to be synced; all of them, when none is given. The group of what Kubernetes calls core is empty,
    /// and so is the namespace of what has none.
    pub fn resource(
        mut self,
        group: impl Into<String>,
        kind: impl Into<String>,
        namespace: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        let resource = types::ApplicationsSyncOperationResource {
            group: Some(group.into()),
            kind: Some(kind.into()),
            namespace: Some(namespace.into()),
            name: Some(name.into()),
            ..Default::default()
        };
        self.body.resources.get_or_insert_default().push(resource);
        self
    }

    /// Whether resources that cannot be changed are deleted and made anew.
    pub fn force(mut self, force: bool) -> Self {
        let strategy = self.body.strategy.get_or_insert_default();
        strategy.hook.get_or_insert_default().force = Some(force);
        self
    }

    /// How it is done: with hooks or without.
    pub fn strategy(mut self, strategy: types::ApplicationsSyncStrategy) -> Self {
        self.body.strategy = Some(Box::new(strategy));
        self
    }

    /// One option more, such as `ApplyOutOfSyncOnly=true`.
    pub fn option(mut self, option: impl Into<String>) -> Self {
        let options = self.body.sync_options.get_or_insert_default();
        options.items.get_or_insert_default().push(option.into());
        self
    }

    /// How often, and after which pauses, the agent tries again.
    pub fn retry(mut self, retry: types::ApplicationsRetryStrategy) -> Self {
        self.body.retry_strategy = Some(Box::new(retry));
        self
    }

    /// Something to be known about it, such as a reason.
    pub fn info(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let info = types::ApplicationsInfo {
            name: Some(name.into()),
            value: Some(value.into()),
            ..Default::default()
        };
        self.body.infos.get_or_insert_default().push(info);
        self
    }

    /// The project of Argo CD that the application belongs to.
    pub fn argo_project(mut self, project: impl Into<String>) -> Self {
        self.body.project = Some(project.into());
        self
    }

    async fn run(self) -> Result<StartedSync> {
        let Application {
            scope, agent, name, ..
        } = &self.application;
        let request = scope
            .raw()
            .gitops()
            .agent_application_sync(&**agent, &**name, &self.body)
            .with_options(self.options);
        let state = ApplicationState::new(whole(scope.on(request).send().await?)?);
        Ok(StartedSync {
            until: match &self.body {
                body if body.dry_run == Some(true) => Until::Idle,
                body if body.resources.is_some() => Until::Healthy,
                _ => Until::Ready,
            },
            before: state.finished_before(),
            application: self.application,
            state,
        })
    }
}

sendable!(SyncApplication -> StartedSync);

/// A sync that the agent has taken on.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let gitops = harness.org("default").project("checkout").gitops();
/// let sync = gitops.application("account.ops", "billing").sync().prune(true).await?;
/// println!("{} was {:?}", sync.application().name(), sync.state().phase());
/// let mut states = sync.watch();
/// while let Some(state) = states.try_next().await? {
///     println!("{state:?}");
/// }
/// sync.wait().await?.success()?; // in step with the source, and healthy
/// sync.wait_over().await?; // over, whatever the application is then
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct StartedSync {
    application: Application,
    state: ApplicationState,
    until: Until,
    /// When the operation before it was begun, where the answer still told of that.
    before: Option<Value>,
}

impl StartedSync {
    /// The application.
    pub fn application(&self) -> &Application {
        &self.application
    }

    /// The state as it was answered, most often that of before.
    pub fn state(&self) -> &ApplicationState {
        &self.state
    }

    /// Waits until the sync is over, the application is in step with its source, and healthy; or until the sync has
    /// failed. See [`Application::wait`].
    ///
    /// After a dry run it waits for the end of that alone; after a sync of some resources, not for the whole being in step.
    pub fn wait(&self) -> Wait<ApplicationSubject> {
        Wait::new(self.subject(self.until))
    }

    /// Waits until the sync is over, well or not, whatever the application is then.
    pub fn wait_over(&self) -> Wait<ApplicationSubject> {
        Wait::new(self.subject(Until::Idle))
    }

    /// The states of the application as they change, up to the one that [`wait`](Self::wait) would end with.
    pub fn watch(&self) -> Watch<ApplicationSubject> {
        Watch::new(self.subject(self.until), Backoff::default())
    }

    fn subject(&self, until: Until) -> ApplicationSubject {
        ApplicationSubject::of_sync(self.application.clone(), until, self.before.clone())
    }
}
