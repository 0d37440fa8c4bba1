//! The environments that pipelines deploy to.

use harness_api::cd::{self as raw, types};
use harness_api::{CallOptions, Configure, Response};

use super::infrastructures::Infrastructures;
use crate::error::Result;
use crate::resources::builder::{described, done, levels, list, member, request, sendable};
use crate::scope::Scope;

levels! {
    /// The environments at this level.
    environments -> Environments on Account Org Project
}

/// Environments at one level.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let environments = harness.org("retail").project("checkout").environments();
/// environments.create("live", "Live", "Production").tag("region", "eu").await?;
/// let infrastructures = environments.infrastructures("live").list().collect_all().await?;
/// println!("{} infrastructures", infrastructures.len());
/// let mut live = environments.get("live").await?;
/// live.description = Some("Where customers are".into());
/// environments.update(live).await?;
/// environments.delete("live").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Environments {
    scope: Scope,
}

impl Environments {
    /// The environments.
    pub fn list(&self) -> ListEnvironments {
        let api = self.scope.raw().cd();
        ListEnvironments::new(
            self.scope
                .on(api.get_environment_list(self.scope.account())),
        )
    }

    /// An environment, with its YAML as it was written.
    pub fn get(&self, id: impl Into<String>) -> GetEnvironment {
        let api = self.scope.raw().cd();
        GetEnvironment::new(
            self.scope
                .on(api.get_environment_v2(id, self.scope.account())),
        )
    }

    /// A new environment of a kind: `Production` or `PreProduction`.
    pub fn create(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        kind: impl Into<types::EnvironmentRequestType>,
    ) -> CreateEnvironment {
        let mut environment = types::EnvironmentRequest::new(kind);
        environment.identifier = Some(id.into());
        environment.name = Some(name.into());
        environment.org_identifier = self.scope.org().map(str::to_owned);
        environment.project_identifier = self.scope.project().map(str::to_owned);
        CreateEnvironment {
            environment,
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the environment with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives. Name, kind, description and tags stand in the YAML too, which has to agree with them.
    pub fn update(&self, environment: types::EnvironmentResponseDetails) -> UpdateEnvironment {
        let id = environment.identifier.as_deref().unwrap_or_default();
        let scope = self.scope.naming("environment identifier", id);
        let kind = environment.type_.as_ref().map_or("", |kind| kind.as_str());
        let mut body = types::EnvironmentRequest::new(kind);
        body.identifier = environment.identifier;
        body.name = environment.name;
        body.description = environment.description;
        body.color = environment.color;
        body.tags = environment.tags;
        body.yaml = environment.yaml;
        body.org_identifier = self.scope.org().map(str::to_owned);
        body.project_identifier = self.scope.project().map(str::to_owned);
        let api = scope.raw().cd();
        let request = api.update_environment_v2(scope.account()).body(&body);
        UpdateEnvironment::new(scope.on(request))
    }

    /// Deletes an environment.
    pub fn delete(&self, id: impl Into<String>) -> DeleteEnvironment {
        let api = self.scope.raw().cd();
        DeleteEnvironment::new(
            self.scope
                .on(api.delete_environment_v2(id, self.scope.account())),
        )
    }

    /// The infrastructures of an environment.
    pub fn infrastructures(&self, environment: impl Into<String>) -> Infrastructures {
        Infrastructures::new(self.scope.clone(), environment.into())
    }
}

fn environment(
    answer: Response<types::ResponseDtoEnvironmentResponse>,
) -> Result<types::EnvironmentResponseDetails> {
    member(answer, |answer| answer.data?.environment)
}

list! {
    /// A list of environments: `GET /ng/api/environmentsV2`.
    ListEnvironments(raw::GetEnvironmentList) -> types::NgEnvironmentResponse;
    /// Those whose name, identifier, description or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Those with these identifiers.
    identifiers(impl IntoIterator<Item = impl Into<String>>) => env_identifiers;
}

request! {
    /// Reads an environment: `GET /ng/api/environmentsV2/{environmentIdentifier}`.
    GetEnvironment(raw::GetEnvironmentV2) -> types::EnvironmentResponseDetails = environment;
}

request! {
    /// Replaces an environment: `PUT /ng/api/environmentsV2`.
    UpdateEnvironment(raw::UpdateEnvironmentV2) -> types::EnvironmentResponseDetails = environment;
    /// Only when the environment is still of this version.
    if_match(impl Into<String>) => if_match;
}

request! {
    /// Deletes an environment: `DELETE /ng/api/environmentsV2/{environmentIdentifier}`.
    DeleteEnvironment(raw::DeleteEnvironmentV2) -> () = done;
    /// Deletes it even where it is referred to, when the account allows that.
    force(bool) => force_delete;
    /// Only when the environment is still of this version.
    if_match(impl Into<String>) => if_match;
}

/// Creates an environment: `POST /ng/api/environmentsV2`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateEnvironment {
    scope: Scope,
    environment: types::EnvironmentRequest,
    options: CallOptions,
}

impl CreateEnvironment {
    /// Its colour in lists, such as `#0063f7`.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.environment.color = Some(color.into());
        self
    }

    /// Its definition, which begins with `environment:` and is kept as it is.
    pub fn yaml(mut self, yaml: impl Into<String>) -> Self {
        self.environment.yaml = Some(yaml.into());
        self
    }

    async fn run(self) -> Result<types::EnvironmentResponseDetails> {
        let request = self
            .scope
            .raw()
            .cd()
            .create_environment_v2(self.scope.account())
            .body(&self.environment)
            .with_options(self.options);
        environment(self.scope.on(request).send().await?)
    }
}

described!(CreateEnvironment.environment);
sendable!(CreateEnvironment -> types::EnvironmentResponseDetails);
