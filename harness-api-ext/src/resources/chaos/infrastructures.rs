//! Chaos infrastructures: where experiments act.

use harness_api::chaos::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::experiments::PAGE;
use crate::resources::builder::{PageSettings, levels, pages, request, whole};
use crate::scope::Scope;

levels! {
    /// The chaos infrastructures of this project.
    chaos_infrastructures -> Infrastructures on Project
}

/// The chaos infrastructures of a project, on Kubernetes.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let infrastructures = harness.org("default").project("checkout").chaos_infrastructures();
/// for found in infrastructures.list().environment("prod").collect_all().await? {
///     println!("{:?} is {:?}", found.name, found.status);
/// }
/// let cluster = harness.org("default").project("checkout").chaos_infrastructures().get("prod", "cluster").await?;
/// println!("{:?}", cluster.name);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Infrastructures {
    scope: Scope,
}

impl Infrastructures {
    /// The infrastructures.
    pub fn list(&self) -> ListInfrastructures {
        ListInfrastructures {
            scope: self.scope.clone(),
            environment: None,
            search: None,
            filter: types::KubernetesInfraV2FilterInput::default(),
            paging: PageSettings::default(),
            options: CallOptions::default(),
        }
    }

    /// An infrastructure of an environment.
    pub fn get(&self, environment: impl Into<String>, id: impl Into<String>) -> GetInfrastructure {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().chaos();
        GetInfrastructure::new(self.scope.checked(api.get_infra_v2(
            id,
            account,
            org,
            project,
            environment,
        )))
    }
}

/// A list of infrastructures: `POST /gateway/chaos/manager/api/rest/v2/infrastructures`.
#[derive(Debug)]
#[must_use = "nothing is sent before the list is read"]
pub struct ListInfrastructures {
    scope: Scope,
    environment: Option<String>,
    search: Option<String>,
    filter: types::KubernetesInfraV2FilterInput,
    paging: PageSettings,
    options: CallOptions,
}

impl ListInfrastructures {
    /// Those of this environment.
    pub fn environment(mut self, id: impl Into<String>) -> Self {
        self.environment = Some(id.into());
        self
    }

    /// Those whose name holds this text.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.search = Some(text.into());
        self
    }

    /// Those in this state, such as `ACTIVE`.
    pub fn status(mut self, status: impl Into<String>) -> Self {
        self.filter.status = Some(status.into());
        self
    }

    fn into_raw(self) -> raw::ListInfraV2 {
        let (account, org, project) = self.scope.required();
        let body = types::ListKubernetesInfraV2Request {
            filter: Some(Box::new(self.filter)),
            ..Default::default()
        };
        let mut request = self
            .scope
            .raw()
            .chaos()
            .list_infra_v2(account, org, project, 0, PAGE, &body)
            .with_options(self.options);
        if let Some(environment) = self.environment {
            request = request.environment_identifier(environment);
        }
        if let Some(text) = self.search {
            request = request.search(text);
        }
        self.scope.checked(request)
    }
}

impl Configure for ListInfrastructures {
    fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }
}

pages!(ListInfrastructures -> types::KubernetesInfrastructureV2Details);

request! {
    /// Reads an infrastructure: `GET /gateway/chaos/manager/api/rest/v2/infrastructure/{identity}`.
    GetInfrastructure(raw::GetInfraV2) -> types::KubernetesInfrastructureV2Details = whole;
}
