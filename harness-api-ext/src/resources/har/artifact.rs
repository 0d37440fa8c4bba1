//! One artifact, its versions and their files.

use harness_api::har::{self as raw, types};

use super::registry::Registry;
use crate::Order;
use crate::resources::builder::{done, list, request};

/// An artifact in a registry, such as an image or a package, with its versions.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let till = harness.org("default").project("checkout").registry("images").artifact("till");
/// println!("{:?}", till.get().await?.downloads_count);
/// for version in till.versions().collect_all().await? {
///     println!("{:?}", version.name);
/// }
/// println!("{:?}", till.version("4.2").get().await?);
/// till.delete().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Artifact {
    pub(super) registry: Registry,
    pub(super) name: String,
}

/// A version of an artifact.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let images = harness.org("default").project("checkout").registry("images");
/// let version = images.artifact("till").version("4.2");
/// println!("{:?} {:?}", version.get().await?, version.details().await?);
/// for file in version.files().collect_all().await? {
///     println!("{:?}", file.name);
/// }
/// println!("{}", version.file("README.md").await?);
/// version.delete().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Version {
    artifact: Artifact,
    version: String,
}

impl Artifact {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads what is known of it in short.
    pub fn get(&self) -> GetArtifact {
        let Registry { scope, reference } = &self.registry;
        let api = scope.raw().har();
        GetArtifact::new(scope.on(api.get_artifact_summary(&**reference, &*self.name)))
    }

    /// Its versions.
    pub fn versions(&self) -> ListVersions {
        let Registry { scope, reference } = &self.registry;
        let api = scope.raw().har();
        ListVersions::new(scope.on(api.get_all_artifact_versions(&**reference, &*self.name)))
    }

    /// A version of it. Nothing is sent.
    pub fn version(&self, version: impl Into<String>) -> Version {
        Version {
            artifact: self.clone(),
            version: version.into(),
        }
    }

    /// Deletes it with all its versions.
    pub fn delete(&self) -> DeleteArtifact {
        let Registry { scope, reference } = &self.registry;
        let api = scope.raw().har();
        DeleteArtifact::new(scope.on(api.delete_artifact(&**reference, &*self.name)))
    }
}

impl Version {
    /// The version, as it is called.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Reads what is known of it in short.
    pub fn get(&self) -> GetVersion {
        let Artifact { registry, name } = &self.artifact;
        let api = registry.scope.raw().har();
        let request =
            api.get_artifact_version_summary(&*registry.reference, &**name, &*self.version);
        GetVersion::new(registry.scope.on(request))
    }

    /// Reads what is known of it: what that is depends on the kind of package.
    pub fn details(&self) -> GetVersionDetails {
        let Artifact { registry, name } = &self.artifact;
        let api = registry.scope.raw().har();
        let request = api.get_artifact_details(&*registry.reference, &**name, &*self.version);
        GetVersionDetails::new(registry.scope.on(request))
    }

    /// Its files.
    pub fn files(&self) -> ListFiles {
        let Artifact { registry, name } = &self.artifact;
        let api = registry.scope.raw().har();
        let request = api.get_artifact_files(&*registry.reference, &**name, &*self.version);
        ListFiles::new(registry.scope.on(request))
    }

    /// A file of it: the link to its content.
    pub fn file(&self, file: impl Into<String>) -> GetArtifactFile {
        let Artifact { registry, name } = &self.artifact;
        let api = registry.scope.raw().har();
        let request = api.get_artifact_file(&*registry.reference, &**name, &*self.version, file);
        GetArtifactFile::new(registry.scope.on(request))
    }

    /// Deletes it.
    pub fn delete(&self) -> DeleteVersion {
        let Artifact { registry, name } = &self.artifact;
        let api = registry.scope.raw().har();
        let request = api.delete_artifact_version(&*registry.reference, &**name, &*self.version);
        DeleteVersion::new(registry.scope.on(request))
    }
}

request! {
    /// Reads an artifact: `GET /har/api/v1/registry/{registry_ref}/artifact/{artifact}/summary`.
    GetArtifact(raw::GetArtifactSummary) -> types::ArtifactSummary = .data;
    /// Of this kind, where a registry holds several: models or datasets.
    kind(impl Into<types::GetArtifactSummaryArtifactType>) => artifact_type;
}

request! {
    /// Deletes an artifact: `DELETE /har/api/v1/registry/{registry_ref}/artifact/{artifact}`.
    DeleteArtifact(raw::DeleteArtifact) -> () = done;
    /// Of this kind, where a registry holds several: models or datasets.
    kind(impl Into<types::DeleteArtifactType>) => artifact_type;
}

list! {
    /// A list of versions: `GET /har/api/v1/registry/{registry_ref}/artifact/{artifact}/versions`.
    ListVersions(raw::GetAllArtifactVersions) -> types::ArtifactVersionMetadata;
    /// Those whose name holds this text.
    search(impl Into<String>) => search_term;
    /// Whether deleted ones are left out, `exclude`, added, `include`, or are the only ones, `only`.
    deleted(impl Into<types::GetAllArtifactVersionsDeleted>) => deleted;
}

impl ListVersions {
    /// By this field, such as `lastModified`.
    pub fn sort(mut self, field: impl Into<String>, order: Order) -> Self {
        self.raw = self.raw.sort_field(field).sort_order(order.upper());
        self
    }
}

request! {
    /// Reads a version: `GET /har/api/v1/registry/{registry_ref}/artifact/{artifact}/version/{version}/summary`.
    GetVersion(raw::GetArtifactVersionSummary) -> types::ArtifactVersionSummary = .data;
    /// The part of an image with this digest.
    digest(impl Into<String>) => digest;
}

request! {
    /// Reads all of a version: `GET /har/api/v1/registry/{registry_ref}/artifact/{artifact}/version/{version}/details`.
    GetVersionDetails(raw::GetArtifactDetails) -> types::ArtifactDetail = .data;
    /// The version within it, where a package has such.
    child_version(impl Into<String>) => child_version;
}

list! {
    /// A list of files: `GET /har/api/v1/registry/{registry_ref}/artifact/{artifact}/version/{version}/files`.
    ListFiles(raw::GetArtifactFiles) -> types::FileDetail;
    /// Those whose name holds this text.
    search(impl Into<String>) => search_term;
}

request! {
    /// Reads the link to a file:
    /// `GET /har/api/v1/registry/{registry_ref}/artifact/{artifact}/version/{version}/file/{file_name}`.
    ///
    /// It leads to where the content is kept, which may be another host.
    GetArtifactFile(raw::GetArtifactFile) -> String = .download_url;
}

request! {
    /// Deletes a version: `DELETE /har/api/v1/registry/{registry_ref}/artifact/{artifact}/version/{version}`.
    DeleteVersion(raw::DeleteArtifactVersion) -> () = done;
}
