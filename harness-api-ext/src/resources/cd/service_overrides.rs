//! What environments and infrastructures change of services.

use harness_api::cd::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{done, levels, member, request, sendable};
use crate::scope::Scope;

levels! {
    /// The overrides of services at this level.
    service_overrides -> ServiceOverrides on Account Org Project
}

/// Overrides of services at one level, of the second version.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let overrides = harness.org("retail").project("checkout").service_overrides();
/// let made = overrides.create("live", "variables: []").service("till").await?;
/// let id = made.identifier.unwrap_or_default();
/// println!("{:?}", overrides.get(&*id).await?.yaml);
/// overrides.update("live", "variables: []").service("till").await?;
/// overrides.delete(id).await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ServiceOverrides {
    scope: Scope,
}

impl ServiceOverrides {
    /// An override, by the identifier that the server gave it.
    pub fn get(&self, id: impl Into<String>) -> GetServiceOverride {
        let api = self.scope.raw().cd();
        GetServiceOverride::new(
            self.scope
                .on(api.get_service_overrides(id, self.scope.account())),
        )
    }

    /// A new override in an environment, from YAML that is kept as it is: of all services, in the whole environment,
    /// unless the builder says which.
    pub fn create(
        &self,
        environment: impl Into<String>,
        yaml: impl Into<String>,
    ) -> WriteServiceOverride {
        self.write(environment, yaml, false)
    }

    /// Puts this YAML in place of an override's, which is found by environment, service, infrastructure and cluster.
    pub fn update(
        &self,
        environment: impl Into<String>,
        yaml: impl Into<String>,
    ) -> WriteServiceOverride {
        self.write(environment, yaml, true)
    }

    /// Deletes an override.
    pub fn delete(&self, id: impl Into<String>) -> DeleteServiceOverride {
        let api = self.scope.raw().cd();
        DeleteServiceOverride::new(
            self.scope
                .on(api.delete_service_override(id, self.scope.account())),
        )
    }

    fn write(
        &self,
        environment: impl Into<String>,
        yaml: impl Into<String>,
        replace: bool,
    ) -> WriteServiceOverride {
        let environment = environment.into();
        WriteServiceOverride {
            scope: self.scope.naming("environment identifier", &environment),
            environment,
            yaml: yaml.into(),
            service: None,
            infrastructure: None,
            cluster: None,
            replace,
            options: CallOptions::default(),
        }
    }
}

request! {
    /// Reads an override: `GET /ng/api/serviceOverrides/{identifier}`.
    GetServiceOverride(raw::GetServiceOverrides) -> types::ServiceOverrideResponseV2 = .data;
}

request! {
    /// Deletes an override: `DELETE /ng/api/serviceOverrides/{identifier}`.
    DeleteServiceOverride(raw::DeleteServiceOverride) -> () = done;
}

/// Creates an override, `POST /ng/api/serviceOverrides`, or replaces one, `PUT /ng/api/serviceOverrides`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct WriteServiceOverride {
    scope: Scope,
    environment: String,
    yaml: String,
    service: Option<String>,
    infrastructure: Option<String>,
    cluster: Option<String>,
    replace: bool,
    options: CallOptions,
}

impl WriteServiceOverride {
    /// Of this service only.
    pub fn service(mut self, service: impl Into<String>) -> Self {
        self.service = Some(service.into());
        self
    }

    /// On this infrastructure only.
    pub fn infrastructure(mut self, infrastructure: impl Into<String>) -> Self {
        self.infrastructure = Some(infrastructure.into());
        self
    }

    /// On this GitOps cluster only.
    pub fn cluster(mut self, cluster: impl Into<String>) -> Self {
        self.cluster = Some(cluster.into());
        self
    }

    /// The kind, which follows from what it is for.
    fn kind(&self) -> types::ServiceOverrideRequestV2Type {
        use types::ServiceOverrideRequestV2Type as Kind;
        let service = self.service.is_some();
        match (&self.cluster, &self.infrastructure) {
            (Some(_), _) if service => Kind::ClusterServiceOverride,
            (Some(_), _) => Kind::ClusterGlobalOverride,
            (None, Some(_)) if service => Kind::InfraServiceOverride,
            (None, Some(_)) => Kind::InfraGlobalOverride,
            (None, None) if service => Kind::EnvServiceOverride,
            (None, None) => Kind::EnvGlobalOverride,
        }
    }

    async fn run(self) -> Result<types::ServiceOverrideResponseV2> {
        let kind = self.kind();
        let mut body = types::ServiceOverrideRequestV2::new(self.environment, kind);
        body.yaml = Some(self.yaml);
        body.service_ref = self.service;
        body.infra_identifier = self.infrastructure;
        body.cluster_identifier = self.cluster;
        body.org_identifier = self.scope.org().map(str::to_owned);
        body.project_identifier = self.scope.project().map(str::to_owned);
        let api = self.scope.raw().cd();
        let account = self.scope.account();
        let answer = if self.replace {
            let request = api.update_service_override(account, &body);
            let request = request.with_options(self.options);
            self.scope.on(request).send().await?
        } else {
            let request = api.create_service_override(account, &body);
            let request = request.with_options(self.options);
            self.scope.on(request).send().await?
        };
        member(answer, |answer| answer.data)
    }
}

sendable!(WriteServiceOverride -> types::ServiceOverrideResponseV2);
