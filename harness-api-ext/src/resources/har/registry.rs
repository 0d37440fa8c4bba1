//! One registry.

use harness_api::har::{self as raw, types};

use super::artifact::Artifact;
use super::registry_ref;
use crate::resources::builder::{list, request};
use crate::scope::Scope;
use crate::{Account, Order, Org, Project};

macro_rules! on_levels {
    ($($level:ident)+) => {$(
        impl $level {
            /// An artifact registry at this level, for what is in it. Nothing is sent.
            pub fn registry(&self, id: impl AsRef<str>) -> Registry {
                Registry::new(&self.scope, id.as_ref())
            }
        }
    )+};
}
on_levels!(Account Org Project);

/// An artifact registry.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let images = harness.org("default").project("checkout").registry("images");
/// let mut versions = images.artifact("till").versions().items();
/// while let Some(version) = versions.try_next().await? {
///     println!("{:?}: {:?}", version.name, version.size);
/// }
/// for artifact in images.artifacts().collect_all().await? {
///     println!("{:?}", artifact.name);
/// }
/// println!("{:?}", images.client_setup().await?.main_header);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Registry {
    pub(super) scope: Scope,
    pub(super) reference: String,
}

impl Registry {
    fn new(scope: &Scope, id: &str) -> Self {
        Self {
            scope: scope.referring("registry identifier", id),
            reference: registry_ref(scope, id),
        }
    }

    /// Its reference: account, organization, project and identifier, with slashes between.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The artifacts in it.
    pub fn artifacts(&self) -> ListArtifacts {
        let api = self.scope.raw().har();
        let request = api.get_all_artifacts_by_registry(&*self.reference);
        ListArtifacts::new(self.scope.on(request))
    }

    /// An artifact in it. Nothing is sent.
    pub fn artifact(&self, name: impl Into<String>) -> Artifact {
        Artifact {
            registry: self.clone(),
            name: name.into(),
        }
    }

    /// What a client, such as `docker` or `npm`, has to be told to use it.
    pub fn client_setup(&self) -> GetClientSetup {
        let api = self.scope.raw().har();
        let request = api.get_client_setup_details(&*self.reference);
        GetClientSetup::new(self.scope.on(request))
    }
}

list! {
    /// A list of artifacts: `GET /har/api/v1/registry/{registry_ref}/artifacts`.
    ListArtifacts(raw::GetAllArtifactsByRegistry) -> types::RegistryArtifactMetadata;
    /// Those whose name holds this text.
    search(impl Into<String>) => search_term;
    /// Those with these labels.
    labels(impl IntoIterator<Item = impl Into<String>>) => label;
    /// Those of this kind, where a registry holds several: models or datasets.
    kind(impl Into<types::GetAllArtifactsByRegistryArtifactType>) => artifact_type;
}

impl ListArtifacts {
    /// By this field, such as `lastModified`.
    pub fn sort(mut self, field: impl Into<String>, order: Order) -> Self {
        self.raw = self.raw.sort_field(field).sort_order(order.upper());
        self
    }
}

request! {
    /// Reads how a client is set up: `GET /har/api/v1/registry/{registry_ref}/client-setup-details`.
    GetClientSetup(raw::GetClientSetupDetails) -> types::ClientSetupDetails = .data;
    /// With this artifact in the commands.
    artifact(impl Into<String>) => artifact;
    /// With this version in the commands.
    version(impl Into<String>) => version;
}
