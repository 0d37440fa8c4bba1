//! The artifact registry: registries, and the artifacts, versions and files in them.

mod artifact;
mod registries;
mod registry;

pub use artifact::{
    Artifact, DeleteArtifact, DeleteVersion, GetArtifact, GetArtifactFile, GetVersion,
    GetVersionDetails, ListFiles, ListVersions, Version,
};
pub use harness_api::har::types;
pub use registries::{
    CreateRegistry, DeleteRegistry, GetRegistry, ListRegistries, ListSpaceArtifacts, Registries,
    UpdateRegistry,
};
pub use registry::{GetClientSetup, ListArtifacts, Registry};

use crate::scope::Scope;

/// The reference of a level: account, organization and project, as far as they are set, with slashes between.
fn space(scope: &Scope) -> String {
    let mut reference = scope.account().to_owned();
    for part in [scope.org(), scope.project()].into_iter().flatten() {
        reference.push('/');
        reference.push_str(part);
    }
    reference
}

/// The reference of a registry: that of its level, and its identifier.
fn registry_ref(scope: &Scope, id: &str) -> String {
    format!("{}/{id}", space(scope))
}
