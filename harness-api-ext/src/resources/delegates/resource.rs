//! The delegates of an account, an organization or a project.

use harness_api::delegates::{self as raw, types};
use harness_api::{CallOptions, Configure, Response};

use crate::error::Result;
use crate::resources::builder::{done, items, levels, request, sendable, texts, whole};
use crate::scope::Scope;

levels! {
    /// The delegates at this level.
    delegates -> Delegates on Account Org Project
}

/// Delegates at one level.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let delegates = harness.org("default").project("checkout").delegates();
/// for delegate in delegates.list().tags(["linux"]).await? {
///     println!("{:?}: connected {:?}", delegate.name, delegate.connected);
/// }
/// let manifest = delegates.kubernetes_manifest("shop-delegate", "shop").await?;
/// println!("{manifest}"); // for kubectl apply
/// let compose = delegates.docker_manifest("shop-delegate", "shop").await?;
/// println!("{compose} of {:?}", delegates.latest_version().await?.latest_supported_version);
/// delegates.add_tags("shop-delegate", ["arm"]).await?;
/// delegates.set_tags("shop-delegate", ["linux", "arm"]).await?;
/// delegates.delete("shop-delegate").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Delegates {
    scope: Scope,
}

impl Delegates {
    /// The delegates at this level, all at once.
    pub fn list(&self) -> ListDelegates {
        ListDelegates {
            scope: self.scope.clone(),
            filter: types::DelegateFilterPropertiesDto::new(
                types::DelegateFilterPropertiesDtoFilterType::Delegate,
            ),
            all: None,
            options: CallOptions::default(),
        }
    }

    /// Deletes a delegate here. What runs in the cluster has to be stopped there.
    pub fn delete(&self, id: impl Into<String>) -> DeleteDelegate {
        let api = self.scope.raw().delegates();
        DeleteDelegate::new(self.scope.on(api.delete_delegate(self.scope.account(), id)))
    }

    /// The tags by which pipelines choose a delegate.
    pub fn tags(&self, delegate: impl Into<String>) -> GetDelegateTags {
        let api = self.scope.raw().delegates();
        GetDelegateTags::new(
            self.scope
                .on(api.list_tags_for_delegate_group(self.scope.account(), delegate)),
        )
    }

    /// Gives a delegate more tags.
    pub fn add_tags(
        &self,
        delegate: impl Into<String>,
        tags: impl IntoIterator<Item = impl Into<String>>,
    ) -> AddDelegateTags {
        let api = self.scope.raw().delegates();
        AddDelegateTags::new(self.scope.on(api.add_tags_to_delegate_group(
            self.scope.account(),
            delegate,
            &group_tags(tags),
        )))
    }

    /// Gives a delegate these tags in place of those that it has.
    pub fn set_tags(
        &self,
        delegate: impl Into<String>,
        tags: impl IntoIterator<Item = impl Into<String>>,
    ) -> SetDelegateTags {
        let api = self.scope.raw().delegates();
        SetDelegateTags::new(self.scope.on(api.update_tags_of_delegate_group(
            self.scope.account(),
            delegate,
            &group_tags(tags),
        )))
    }

    /// The latest version of the delegate that is supported, which is the tag of its image.
    pub fn latest_version(&self) -> GetDelegateVersion {
        let api = self.scope.raw().delegates();
        GetDelegateVersion::new(
            self.scope
                .on(api.published_delegate_version(self.scope.account())),
        )
    }

    /// The Kubernetes manifest of a new delegate with this name, which connects with this token. It holds the token's
    /// value.
    pub fn kubernetes_manifest(
        &self,
        name: impl Into<String>,
        token: impl Into<String>,
    ) -> GetKubernetesManifest {
        let (scope, body) = self.download(name.into(), token.into());
        let api = scope.raw().delegates();
        GetKubernetesManifest::new(
            scope.on(api.download_kubernetes_delegate_yaml(scope.account(), &body)),
        )
    }

    /// The Docker Compose file of a new delegate with this name, which connects with this token. It holds the token's
    /// value.
    pub fn docker_manifest(
        &self,
        name: impl Into<String>,
        token: impl Into<String>,
    ) -> GetDockerManifest {
        let (scope, body) = self.download(name.into(), token.into());
        let api = scope.raw().delegates();
        GetDockerManifest::new(scope.on(api.download_docker_delegate_yaml(scope.account(), &body)))
    }

    fn download(&self, name: String, token: String) -> (Scope, types::DelegateDownloadRequest) {
        let scope = self
            .scope
            .naming("delegate name", &name)
            .naming("delegate token name", &token);
        let body = types::DelegateDownloadRequest {
            token_name: Some(token),
            ..types::DelegateDownloadRequest::new(name)
        };
        (scope, body)
    }
}

fn group_tags(tags: impl IntoIterator<Item = impl Into<String>>) -> types::DelegateGroupTags {
    types::DelegateGroupTags {
        tags: Some(texts(tags)),
        ..Default::default()
    }
}

/// A list of delegates: `POST /ng/api/delegate-setup/listDelegates`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct ListDelegates {
    scope: Scope,
    filter: types::DelegateFilterPropertiesDto,
    all: Option<bool>,
    options: CallOptions,
}

impl ListDelegates {
    /// The one with this name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.filter.delegate_name = Some(name.into());
        self
    }

    /// Those with these tags.
    pub fn tags(mut self, tags: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.filter.delegate_tags = Some(texts(tags));
        self
    }

    /// Those of this status, such as `CONNECTED`.
    pub fn status(mut self, status: impl Into<types::DelegateFilterPropertiesDtoStatus>) -> Self {
        self.filter.status = Some(status.into());
        self
    }

    /// All of them, and not only those of this level.
    pub fn all(mut self, all: bool) -> Self {
        self.all = Some(all);
        self
    }

    async fn run(self) -> Result<Vec<types::DelegateListResponse>> {
        let mut request = self
            .scope
            .raw()
            .delegates()
            .list_delegates(self.scope.account())
            .body(&self.filter)
            .with_options(self.options);
        if let Some(all) = self.all {
            request = request.all(all);
        }
        items(self.scope.on(request).send().await?, "resource", |answer| {
            answer.resource
        })
    }
}

sendable!(ListDelegates -> Vec<types::DelegateListResponse>);

request! {
    /// Deletes a delegate: `DELETE /ng/api/delegate-setup/delegate/{delegateIdentifier}`.
    DeleteDelegate(raw::DeleteDelegate) -> () = done;
}

request! {
    /// Reads the tags of a delegate: `GET /ng/api/delegate-group-tags/{groupIdentifier}`.
    GetDelegateTags(raw::ListTagsForDelegateGroup) -> Vec<String> = tags;
}

request! {
    /// Adds tags, and gives all: `POST /ng/api/delegate-group-tags/{groupIdentifier}`.
    AddDelegateTags(raw::AddTagsToDelegateGroup) -> Vec<String> = tags;
}

request! {
    /// Replaces the tags, and gives all: `PUT /ng/api/delegate-group-tags/{groupIdentifier}`.
    SetDelegateTags(raw::UpdateTagsOfDelegateGroup) -> Vec<String> = tags;
}

fn tags(answer: Response<types::RestResponseDelegateGroupDto>) -> Result<Vec<String>> {
    items(answer, "resource.tags", |answer| answer.resource?.tags)
}

request! {
    /// Reads the latest version: `GET /ng/api/delegate-setup/latest-supported-version`.
    GetDelegateVersion(raw::PublishedDelegateVersion) -> types::SupportedDelegateVersion = .resource;
}

request! {
    /// Reads a manifest for Kubernetes: `POST /ng/api/download-delegates/kubernetes`.
    GetKubernetesManifest(raw::DownloadKubernetesDelegateYaml) -> String = whole;
}

request! {
    /// Reads a file for Docker Compose: `POST /ng/api/download-delegates/docker`.
    GetDockerManifest(raw::DownloadDockerDelegateYaml) -> String = whole;
}
