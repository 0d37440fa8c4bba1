//! The registries at a level.

use harness_api::har::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::{registry_ref, space};
use crate::Order;
use crate::error::{Error, Result};
use crate::resources::builder::{done, levels, list, member, request, sendable};
use crate::scope::Scope;

levels! {
    /// The artifact registries at this level.
    registries -> Registries on Account Org Project
}

/// The artifact registries at one level.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let registries = harness.org("default").project("checkout").registries();
/// registries.create("hub", "DOCKER").upstream("Dockerhub").await?;
/// registries.create("images", "DOCKER").upstream_proxies(["hub"]).description("Of the shop").await?;
/// for found in registries.list().package_types(["DOCKER"]).collect_all().await? {
///     println!("{:?} at {:?}", found.identifier, found.url);
/// }
///
/// for artifact in registries.artifacts().collect_all().await? {
///     println!("{:?}", artifact.name);
/// }
/// let mut images = registries.get("images").await?;
/// images.description = Some("Of all shops".into());
/// registries.update(images).await?;
/// registries.delete("hub").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Registries {
    scope: Scope,
}

impl Registries {
    /// The registries at this level; [`scope`](ListRegistries::scope) adds those above or below.
    pub fn list(&self) -> ListRegistries {
        let api = self.scope.raw().har();
        ListRegistries::new(self.scope.on(api.get_all_registries(space(&self.scope))))
    }

    /// The artifacts of all registries at this level.
    pub fn artifacts(&self) -> ListSpaceArtifacts {
        let api = self.scope.raw().har();
        ListSpaceArtifacts::new(self.scope.on(api.get_all_artifacts(space(&self.scope))))
    }

    /// A registry.
    pub fn get(&self, id: impl AsRef<str>) -> GetRegistry {
        let scope = self.registry(id.as_ref());
        let reference = registry_ref(&scope, id.as_ref());
        GetRegistry::new(scope.on(scope.raw().har().get_registry(reference)))
    }

    /// A new registry for packages of this kind. It keeps packages itself, unless [`upstream`](CreateRegistry::upstream)
    /// makes a proxy of it.
    pub fn create(
        &self,
        id: impl Into<String>,
        package_type: impl Into<types::PackageType>,
    ) -> CreateRegistry {
        let id = id.into();
        let scope = self.registry(&id);
        let mut registry = types::RegistryRequest::new(id, false, package_type);
        registry.parent_ref = Some(space(&self.scope));
        registry.config = Some(types::VirtualConfig::default().into());
        CreateRegistry {
            scope,
            registry,
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the registry with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, registry: types::Registry) -> UpdateRegistry {
        let id = registry.identifier.as_deref().unwrap_or_default();
        UpdateRegistry {
            scope: self.registry(id),
            registry,
            options: CallOptions::default(),
        }
    }

    /// Deletes a registry and everything in it.
    pub fn delete(&self, id: impl AsRef<str>) -> DeleteRegistry {
        let scope = self.registry(id.as_ref());
        let reference = registry_ref(&scope, id.as_ref());
        DeleteRegistry::new(scope.on(scope.raw().har().delete_registry(reference)))
    }

    fn registry(&self, id: &str) -> Scope {
        self.scope.referring("registry identifier", id)
    }
}

list! {
    /// A list of registries: `GET /har/api/v1/spaces/{space_ref}/registries`.
    ListRegistries(raw::GetAllRegistries) -> types::RegistryMetadata;
    /// Those whose identifier holds this text.
    search(impl Into<String>) => search_term;
    /// Those for packages of these kinds.
    package_types(impl IntoIterator<Item = impl Into<String>>) => package_type;
    /// Those that keep packages themselves, `VIRTUAL`, or are proxies, `UPSTREAM`.
    kind(impl Into<types::GetAllRegistriesType>) => type_;
    /// Those of the levels above too, `ancestors`, or of those below, `descendants`.
    scope(impl Into<types::GetAllRegistriesScope>) => scope;
}

impl ListRegistries {
    /// By this field, such as `lastModified`.
    pub fn sort(mut self, field: impl Into<String>, order: Order) -> Self {
        self.raw = self.raw.sort_field(field).sort_order(order.upper());
        self
    }
}

list! {
    /// A list of artifacts of all registries: `GET /har/api/v1/spaces/{space_ref}/artifacts`.
    ListSpaceArtifacts(raw::GetAllArtifacts) -> types::ArtifactMetadata;
    /// Those whose name holds this text.
    search(impl Into<String>) => search_term;
    /// Those in these registries.
    registries(impl IntoIterator<Item = impl Into<String>>) => reg_identifier;
    /// Those that are packages of these kinds.
    package_types(impl IntoIterator<Item = impl Into<String>>) => package_type;
    /// The latest version of each only.
    latest_version(bool) => latest_version;
    /// Those that are deployed.
    deployed(bool) => deployed_artifact;
}

impl ListSpaceArtifacts {
    /// By this field, such as `lastModified`.
    pub fn sort(mut self, field: impl Into<String>, order: Order) -> Self {
        self.raw = self.raw.sort_field(field).sort_order(order.upper());
        self
    }
}

request! {
    /// Reads a registry: `GET /har/api/v1/registry/{registry_ref}`.
    GetRegistry(raw::GetRegistry) -> types::Registry = .data;
}

request! {
    /// Deletes a registry: `DELETE /har/api/v1/registry/{registry_ref}`.
    DeleteRegistry(raw::DeleteRegistry) -> () = done;
}

/// Creates a registry: `POST /har/api/v1/registry`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateRegistry {
    scope: Scope,
    registry: types::RegistryRequest,
    options: CallOptions,
}

impl CreateRegistry {
    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.registry.description = Some(text.into());
        self
    }

    /// One label more.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.registry
            .labels
            .get_or_insert_default()
            .push(label.into());
        self
    }

    /// Whether everybody may read it.
    pub fn public(mut self, public: bool) -> Self {
        self.registry.is_public = public;
        self
    }

    /// The proxies that are asked for what it does not have, by identifier and in this order.
    pub fn upstream_proxies<I>(mut self, proxies: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let config = types::VirtualConfig {
            upstream_proxies: Some(proxies.into_iter().map(Into::into).collect()),
            ..Default::default()
        };
        self.registry.config = Some(config.into());
        self
    }

    /// Makes it a proxy of a public registry, such as `Dockerhub` or `MavenCentral`.
    /// [`config`](Self::config) has what other registries need.
    pub fn upstream(mut self, source: impl Into<types::UpstreamConfigSource>) -> Self {
        let config = types::UpstreamConfig {
            source: Some(source.into()),
            auth_type: Some(types::AuthType::Anonymous),
            ..Default::default()
        };
        self.registry.config = Some(config.into());
        self
    }

    /// All that is set about what it keeps or is a proxy of.
    pub fn config(mut self, config: impl Into<types::RegistryConfig>) -> Self {
        self.registry.config = Some(config.into());
        self
    }

    /// One pattern more of packages that may be put in; all may, when there is none.
    pub fn allow(mut self, pattern: impl Into<String>) -> Self {
        let patterns = self.registry.allowed_pattern.get_or_insert_default();
        patterns.push(pattern.into());
        self
    }

    /// One pattern more of packages that may not be put in.
    pub fn block(mut self, pattern: impl Into<String>) -> Self {
        let patterns = self.registry.blocked_pattern.get_or_insert_default();
        patterns.push(pattern.into());
        self
    }

    async fn run(self) -> Result<types::Registry> {
        let request = self
            .scope
            .raw()
            .har()
            .create_registry(space(&self.scope))
            .body(&self.registry)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(CreateRegistry -> types::Registry);

/// Replaces a registry: `PUT /har/api/v1/registry/{registry_ref}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateRegistry {
    scope: Scope,
    registry: types::Registry,
    options: CallOptions,
}

impl UpdateRegistry {
    async fn run(self) -> Result<types::Registry> {
        let types::Registry {
            allowed_pattern,
            blocked_pattern,
            cleanup_policy,
            config,
            description,
            identifier,
            is_public,
            labels,
            package_type,
            policy_refs,
            scanners,
            ..
        } = self.registry;
        let identifier = identifier.unwrap_or_default();
        let package_type =
            package_type.ok_or_else(|| Error::build("the registry has no package type"))?;
        let reference = registry_ref(&self.scope, &identifier);
        let body = types::RegistryRequest {
            allowed_pattern,
            blocked_pattern,
            cleanup_policy,
            config,
            description,
            labels,
            policy_refs,
            scanners,
            parent_ref: Some(space(&self.scope)),
            ..types::RegistryRequest::new(identifier, is_public.unwrap_or_default(), package_type)
        };
        let request = self
            .scope
            .raw()
            .har()
            .modify_registry(reference)
            .body(&body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(UpdateRegistry -> types::Registry);
