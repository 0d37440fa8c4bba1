//! GitOps: agents, and the clusters, repositories and applications that they look after.
//!
//! [`Agents`] takes the identifiers of agents as they are, at the level that they belong to. Everywhere else an agent is named
//! with its level: `account.<id>`, `org.<id>`, and `<id>` alone for one of a project. So are clusters and repositories that
//! an application refers to.

mod agents;
mod application;
mod applications;
mod clusters;
mod health;
mod install;
mod repositories;
mod repository_credentials;
mod state;
mod sync;

pub use agents::{
    AgentDeployYaml, Agents, CreateAgent, DeleteAgent, GetAgent, ListAgents, UpdateAgent,
};
pub use application::{
    Application, DeleteApplication, GetApplication, GetResourceTree, ListManagedResources,
    RollbackApplication, TerminateOperation, UpdateApplication,
};
pub use applications::{Applications, CreateApplication, ListApplications};
pub use clusters::{
    Clusters, CreateCluster, DeleteCluster, GetCluster, ListClusters, UpdateCluster,
};
pub use harness_api::gitops::types;
pub use health::AgentSubject;
pub use install::{AgentDeploymentYaml, AgentHelmOverrides, AgentOperatorYaml};
pub use repositories::{
    CreateRepository, DeleteRepository, GetRepository, ListRepositories, Repositories,
    UpdateRepository,
};
pub use repository_credentials::{
    CreateRepositoryCredentials, DeleteRepositoryCredentials, GetRepositoryCredentials,
    ListRepositoryCredentials, RepositoryCredentials, UpdateRepositoryCredentials,
};
pub use state::{
    ApplicationEnd, ApplicationOutcome, ApplicationState, ApplicationSubject, Health, Phase,
    SyncStatus,
};
pub use sync::{StartedSync, SyncApplication};

use crate::Error;
use crate::resources::builder::levels;
use crate::scope::Scope;

levels! {
    /// What GitOps has at this level.
    gitops -> GitOps on Account Org Project
}

/// GitOps at one level.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let gitops = harness.org("default").project("checkout").gitops();
/// let billing = gitops.application("account.ops", "billing");
/// let sync = billing.sync().revision("v1.4.0").prune(true).await?;
/// let end = sync.wait().deadline(Duration::from_secs(600)).await?.success()?;
/// println!("{} and {}", end.state.sync(), end.state.health());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct GitOps {
    scope: Scope,
}

impl GitOps {
    /// The agents.
    pub fn agents(&self) -> Agents {
        Agents::new(self.scope.clone())
    }

    /// The clusters that applications are deployed to.
    pub fn clusters(&self) -> Clusters {
        Clusters::new(self.scope.clone())
    }

    /// The repositories that applications are read from.
    pub fn repositories(&self) -> Repositories {
        Repositories::new(self.scope.clone())
    }

    /// Credentials for repositories whose address begins alike.
    pub fn repository_credentials(&self) -> RepositoryCredentials {
        RepositoryCredentials::new(self.scope.clone())
    }

    /// The applications of all agents.
    pub fn applications(&self) -> Applications {
        Applications::new(self.scope.clone())
    }

    /// An application of an agent, for what can be done with it. Nothing is sent.
    pub fn application(&self, agent: impl Into<String>, name: impl Into<String>) -> Application {
        Application::new(self.scope.clone(), agent.into(), name.into())
    }
}

/// Whether a call failed because the agent is not there: it was never installed, or has not connected.
///
/// What needs the agent, such as reading its applications one by one, fails then, with a status that differs from case to
/// case. Whoever looks through many agents will want to count such a one as empty.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// use harness_api_ext::gitops::is_agent_absent;
///
/// let billing = harness.org("default").project("checkout").gitops().application("ops", "billing");
/// match billing.get().await {
///     Err(error) if is_agent_absent(&error) => println!("the agent has not connected"),
///     found => println!("{:?}", found?.name),
/// }
/// # Ok(())
/// # }
/// ```
pub fn is_agent_absent(error: &Error) -> bool {
    const TEXTS: [&str; 3] = [
        "agent is not registered",
        "never connected",
        "not implemented",
    ];
    let text = error.message().to_ascii_lowercase();
    error.kind() == crate::ErrorKind::Api && TEXTS.iter().any(|known| text.contains(known))
}

/// Sets account, organization and project in a body, where this service reads them when there is one.
macro_rules! put_scope {
    ($body:expr, $scope:expr) => {
        $body.account_identifier = Some($scope.account().to_owned());
        $body.org_identifier = $scope.org().map(str::to_owned);
        $body.project_identifier = $scope.project().map(str::to_owned);
    };
}

/// A list whose filter and page are in the body.
macro_rules! body_list {
    ($(#[$doc:meta])* $name:ident($call:ident($body:ident) -> $raw:ident) -> $item:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "nothing is sent before the list is read"]
        pub struct $name {
            scope: $crate::scope::Scope,
            query: types::$body,
            paging: $crate::resources::builder::PageSettings,
            options: harness_api::CallOptions,
        }

        impl $name {
            fn new(scope: $crate::scope::Scope) -> Self {
                let mut query = types::$body::default();
                $crate::resources::gitops::put_scope!(query, scope);
                Self { scope, query, paging: Default::default(), options: Default::default() }
            }

            /// Those whose name or identifier holds this text.
            pub fn search(mut self, text: impl Into<String>) -> Self {
                self.query.search_term = Some(text.into());
                self
            }

            /// A filter in the language of the service, for which there is no type here.
            pub fn filter(mut self, filter: serde_json::Value) -> Self {
                self.query.filter = Some(filter);
                self
            }

            fn into_raw(self) -> raw::$raw {
                let request = self.scope.raw().gitops().$call(&self.query);
                self.scope.on(harness_api::Configure::with_options(request, self.options))
            }
        }

        impl harness_api::Configure for $name {
            fn options(&mut self) -> &mut harness_api::CallOptions {
                &mut self.options
            }
        }

        $crate::resources::builder::pages!($name -> types::$item);
    };
}

/// `sort`, for a list with members for it in the body.
macro_rules! sorted {
    ($name:ident by $by:ident) => {
        impl $name {
            /// By this field.
            pub fn sort(mut self, by: impl Into<types::$by>, order: $crate::Order) -> Self {
                self.query.sort_by = Some(by.into());
                self.query.sort_order = Some(order.upper().into());
                self
            }
        }
    };
}

use {body_list, put_scope, sorted};
