//! The services that pipelines deploy.

use harness_api::cd::{self as raw, types};
use harness_api::{CallOptions, Configure, Response};

use crate::error::Result;
use crate::resources::builder::{described, done, in_git, levels, list, member, request, sendable};
use crate::scope::Scope;

levels! {
    /// The services at this level.
    services -> Services on Account Org Project
}

/// Services at one level.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let services = harness.org("retail").project("checkout").services();
/// services.create("till", "Till").yaml("service:\n  identifier: till\n  name: Till\n").await?;
/// let mut till = services.get("till").await?;
/// till.description = Some("Takes the money".into());
/// services.update(till).await?;
/// services.delete("till").await?;
/// println!("{} are left", services.list().collect_all().await?.len());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Services {
    scope: Scope,
}

impl Services {
    /// The services.
    pub fn list(&self) -> ListServices {
        let api = self.scope.raw().cd();
        ListServices::new(self.scope.on(api.get_service_list(self.scope.account())))
    }

    /// A service, with its YAML as it was written.
    pub fn get(&self, id: impl Into<String>) -> GetService {
        let api = self.scope.raw().cd();
        GetService::new(self.scope.on(api.get_service_v2(id, self.scope.account())))
    }

    /// A new service.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateService {
        CreateService {
            service: types::ServiceRequest {
                identifier: Some(id.into()),
                name: Some(name.into()),
                org_identifier: self.scope.org().map(str::to_owned),
                project_identifier: self.scope.project().map(str::to_owned),
                ..Default::default()
            },
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the service with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives. Name, description and tags stand in the YAML too, which has to agree with them.
    pub fn update(&self, service: types::ServiceResponseDetails) -> UpdateService {
        let id = service.identifier.as_deref().unwrap_or_default();
        let scope = self.scope.naming("service identifier", id);
        let body = types::ServiceRequest {
            identifier: service.identifier,
            name: service.name,
            description: service.description,
            tags: service.tags,
            yaml: service.yaml,
            org_identifier: self.scope.org().map(str::to_owned),
            project_identifier: self.scope.project().map(str::to_owned),
            ..Default::default()
        };
        let api = scope.raw().cd();
        UpdateService::new(scope.on(api.update_service_v2(scope.account(), &body)))
    }

    /// Deletes a service.
    pub fn delete(&self, id: impl Into<String>) -> DeleteService {
        let api = self.scope.raw().cd();
        DeleteService::new(
            self.scope
                .on(api.delete_service_v2(id, self.scope.account())),
        )
    }
}

fn service(
    answer: Response<types::ResponseDtoServiceResponse>,
) -> Result<types::ServiceResponseDetails> {
    member(answer, |answer| answer.data?.service)
}

list! {
    /// A list of services: `GET /ng/api/servicesV2`.
    ListServices(raw::GetServiceList) -> types::NgServiceResponse;
    /// Those whose name, identifier, description or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Those that are deployed in this way, such as `Kubernetes`.
    deployment_type(impl Into<types::GetServiceListType>) => type_;
    /// Those of GitOps, or the others.
    gitops(bool) => git_ops_enabled;
    /// Those of the levels above as well, which can be used here.
    with_those_above(bool) => include_all_services_accessible_at_scope;
}

request! {
    /// Reads a service: `GET /ng/api/servicesV2/{serviceIdentifier}`.
    GetService(raw::GetServiceV2) -> types::ServiceResponseDetails = service;
}

request! {
    /// Replaces a service: `PUT /ng/api/servicesV2`.
    UpdateService(raw::UpdateServiceV2) -> types::ServiceResponseDetails = service;
    /// Only when the service is still of this version.
    if_match(impl Into<String>) => if_match;
}
in_git!(UpdateService);

request! {
    /// Deletes a service: `DELETE /ng/api/servicesV2/{serviceIdentifier}`.
    DeleteService(raw::DeleteServiceV2) -> () = done;
    /// Deletes it even where it is referred to, when the account allows that.
    force(bool) => force_delete;
    /// Only when the service is still of this version.
    if_match(impl Into<String>) => if_match;
}

/// Creates a service: `POST /ng/api/servicesV2`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateService {
    scope: Scope,
    service: types::ServiceRequest,
    options: CallOptions,
}

impl CreateService {
    /// Its definition, which begins with `service:` and is kept as it is.
    pub fn yaml(mut self, yaml: impl Into<String>) -> Self {
        self.service.yaml = Some(yaml.into());
        self
    }

    async fn run(self) -> Result<types::ServiceResponseDetails> {
        let request = self
            .scope
            .raw()
            .cd()
            .create_service_v2(self.scope.account(), &self.service)
            .with_options(self.options);
        service(self.scope.on(request).send().await?)
    }
}

described!(CreateService.service);
sendable!(CreateService -> types::ServiceResponseDetails);
