//! The infrastructures of an environment.

use std::sync::Arc;

use harness_api::cd::{self as raw, types};
use harness_api::{CallOptions, Configure, Response};

use crate::error::{Error, ErrorKind, Result};
use crate::resources::builder::{described, done, list, member, request, sendable};
use crate::scope::Scope;

/// The infrastructures of an environment, by
/// [`Environments::infrastructures`](super::Environments::infrastructures).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let project = harness.org("retail").project("checkout");
/// let infrastructures = project.environments().infrastructures("live");
/// let yaml = "infrastructureDefinition:\n  identifier: eu\n  name: EU\n";
/// infrastructures.create("eu", "EU", yaml).kind("KubernetesDirect").deployment_type("Kubernetes").await?;
/// for found in infrastructures.list().collect_all().await? {
///     println!("{:?}", found.infrastructure.and_then(|infrastructure| infrastructure.name));
/// }
/// let mut eu = infrastructures.get("eu").await?;
/// eu.description = Some("Two regions".into());
/// infrastructures.update(eu).await?;
/// infrastructures.delete("eu").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Infrastructures {
    scope: Scope,
    environment: Arc<str>,
}

impl Infrastructures {
    pub(super) fn new(scope: Scope, environment: String) -> Self {
        Self {
            scope: scope.naming("environment identifier", &environment),
            environment: environment.into(),
        }
    }

    /// The infrastructures of the environment.
    pub fn list(&self) -> ListInfrastructures {
        let api = self.scope.raw().cd();
        let request = api.get_infrastructure_list(self.scope.account(), &*self.environment);
        ListInfrastructures::new(self.scope.on(request))
    }

    /// An infrastructure, with its YAML as it was written.
    pub fn get(&self, id: impl Into<String>) -> GetInfrastructure {
        let api = self.scope.raw().cd();
        let request = api.get_infrastructure(id, self.scope.account(), &*self.environment);
        GetInfrastructure::new(self.scope.on(request))
    }

    /// A new infrastructure from YAML, which begins with `infrastructureDefinition:`, is kept as it is, and must not be
    /// empty.
    pub fn create(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        yaml: impl Into<String>,
    ) -> CreateInfrastructure {
        let mut infrastructure = self.request(yaml);
        infrastructure.identifier = Some(id.into());
        infrastructure.name = Some(name.into());
        CreateInfrastructure {
            infrastructure,
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the infrastructure with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, infrastructure: types::InfrastructureResponseDto) -> UpdateInfrastructure {
        let id = infrastructure.identifier.as_deref().unwrap_or_default();
        let scope = self.scope.naming("infrastructure identifier", id);
        let mut body = self.request(infrastructure.yaml.unwrap_or_default());
        body.identifier = infrastructure.identifier;
        body.name = infrastructure.name;
        body.description = infrastructure.description;
        body.tags = infrastructure.tags;
        body.type_ = infrastructure.type_.map(|kind| kind.as_str().into());
        body.deployment_type = infrastructure
            .deployment_type
            .map(|kind| kind.as_str().into());
        let api = scope.raw().cd();
        let request = api.update_infrastructure(scope.account(), &body);
        UpdateInfrastructure::new(scope.on(request))
    }

    /// Deletes an infrastructure.
    pub fn delete(&self, id: impl Into<String>) -> DeleteInfrastructure {
        let api = self.scope.raw().cd();
        let request = api.delete_infrastructure(id, self.scope.account(), &*self.environment);
        DeleteInfrastructure::new(self.scope.on(request))
    }

    fn request(&self, yaml: impl Into<String>) -> types::InfrastructureRequest {
        let mut request = types::InfrastructureRequest::new(yaml);
        request.environment_ref = Some(self.environment.to_string());
        request.org_identifier = self.scope.org().map(str::to_owned);
        request.project_identifier = self.scope.project().map(str::to_owned);
        request
    }
}

fn infrastructure(
    answer: Response<types::ResponseDtoInfrastructureResponse>,
) -> Result<types::InfrastructureResponseDto> {
    member(answer, |answer| answer.data?.infrastructure)
}

list! {
    /// A list of infrastructures: `GET /ng/api/infrastructures`.
    ListInfrastructures(raw::GetInfrastructureList) -> types::NgInfrastructureResponse;
    /// Those whose name, identifier, description or tags hold this text.
    search(impl Into<String>) => search_term;
}

request! {
    /// Reads an infrastructure: `GET /ng/api/infrastructures/{infraIdentifier}`.
    GetInfrastructure(raw::GetInfrastructure) -> types::InfrastructureResponseDto = infrastructure;
}

request! {
    /// Replaces an infrastructure: `PUT /ng/api/infrastructures`.
    UpdateInfrastructure(raw::UpdateInfrastructure) -> types::InfrastructureResponseDto = infrastructure;
}

request! {
    /// Deletes an infrastructure: `DELETE /ng/api/infrastructures/{infraIdentifier}`.
    DeleteInfrastructure(raw::DeleteInfrastructure) -> () = done;
    /// Deletes it even where it is referred to, when the account allows that.
    force(bool) => force_delete;
}

/// Creates an infrastructure: `POST /ng/api/infrastructures`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateInfrastructure {
    scope: Scope,
    infrastructure: types::InfrastructureRequest,
    options: CallOptions,
}

impl CreateInfrastructure {
    /// What it is, such as `KubernetesDirect`.
    pub fn kind(mut self, kind: impl Into<types::InfrastructureRequestType>) -> Self {
        self.infrastructure.type_ = Some(kind.into());
        self
    }

    /// How services are deployed to it, such as `Kubernetes`.
    pub fn deployment_type(mut self, kind: impl Into<String>) -> Self {
        self.infrastructure.deployment_type = Some(kind.into().into());
        self
    }

    async fn run(self) -> Result<types::InfrastructureResponseDto> {
        if self.infrastructure.yaml.trim().is_empty() {
            return Err(Error::new(
                ErrorKind::Build,
                "the YAML of an infrastructure must not be empty",
            ));
        }
        let request = self
            .scope
            .raw()
            .cd()
            .create_infrastructure(self.scope.account(), &self.infrastructure)
            .with_options(self.options);
        infrastructure(self.scope.on(request).send().await?)
    }
}

described!(CreateInfrastructure.infrastructure);
sendable!(CreateInfrastructure -> types::InfrastructureResponseDto);
