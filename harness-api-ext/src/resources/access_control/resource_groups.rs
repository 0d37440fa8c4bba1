//! The resource groups of an account, an organization or a project.

use harness_api::access_control::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{described, done, levels, list, member, request, sendable, texts};
use crate::scope::Scope;

levels! {
    /// The resource groups at this level, the built-in ones included.
    resource_groups -> ResourceGroups on Account Org Project
}

/// Resource groups at one level: what roles are given for.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let groups = harness.org("default").project("checkout").resource_groups();
/// groups
///     .create("till", "The till")
///     .resources("PIPELINE", ["deploy", "rollback"])
///     .every("ENVIRONMENT")
///     .await?;
/// if let Some(mut till) = groups.get("till").await?.resource_group {
///     till.name = Some("All tills".into());
///     groups.update(*till).await?;
/// }
/// groups.delete("till").await?;
/// println!("{} are left", groups.list().collect_all().await?.len());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ResourceGroups {
    scope: Scope,
}

impl ResourceGroups {
    /// The resource groups.
    pub fn list(&self) -> ListResourceGroups {
        let api = self.scope.raw().access_control();
        ListResourceGroups::new(
            self.scope
                .on(api.get_resource_group_list_v2(self.scope.account())),
        )
    }

    /// A resource group.
    pub fn get(&self, id: impl Into<String>) -> GetResourceGroup {
        let api = self.scope.raw().access_control();
        GetResourceGroup::new(
            self.scope
                .on(api.get_resource_group_v2(id, self.scope.account())),
        )
    }

    /// A new resource group, for what is at this level and not below, without resources yet.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateResourceGroup {
        let account = Some(self.scope.account().to_owned());
        let org = self.scope.org().map(str::to_owned);
        let project = self.scope.project().map(str::to_owned);
        CreateResourceGroup {
            scope: self.scope.clone(),
            group: types::ResourceGroupV2 {
                identifier: Some(id.into()),
                name: Some(name.into()),
                account_identifier: account.clone(),
                org_identifier: org.clone(),
                project_identifier: project.clone(),
                included_scopes: Some(vec![types::ScopeSelector {
                    account_identifier: account,
                    org_identifier: org,
                    project_identifier: project,
                    filter: Some(types::ScopeSelectorFilter::ExcludingChildScopes),
                    ..Default::default()
                }]),
                resource_filter: Some(Box::new(types::AuthzResourceFilter {
                    include_all_resources: Some(false),
                    ..Default::default()
                })),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the resource group with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, mut group: types::ResourceGroupV2) -> UpdateResourceGroup {
        let id = group.identifier.clone().unwrap_or_default();
        let scope = self
            .scope
            .adopting(&mut group.org_identifier, &mut group.project_identifier);
        let body = types::ResourceGroupV2Request::new(group);
        let api = scope.raw().access_control();
        UpdateResourceGroup::new(scope.on(api.update_resource_group_v2(id, scope.account(), &body)))
    }

    /// Deletes a resource group.
    pub fn delete(&self, id: impl Into<String>) -> DeleteResourceGroup {
        let api = self.scope.raw().access_control();
        DeleteResourceGroup::new(
            self.scope
                .on(api.delete_resource_group_v2(id, self.scope.account())),
        )
    }
}

list! {
    /// A list of resource groups: `GET /authz/api/v2/resourcegroup`.
    ListResourceGroups(raw::GetResourceGroupListV2) -> types::ResourceGroupV2Response;
    /// Those whose name, identifier or tags hold this text.
    search(impl Into<String>) => search_term;
}

request! {
    /// Reads a resource group: `GET /authz/api/v2/resourcegroup/{identifier}`.
    GetResourceGroup(raw::GetResourceGroupV2) -> types::ResourceGroupV2Response = .data;
}

request! {
    /// Replaces a resource group: `PUT /authz/api/v2/resourcegroup/{identifier}`.
    UpdateResourceGroup(raw::UpdateResourceGroupV2) -> types::ResourceGroupV2Response = .data;
}

request! {
    /// Deletes a resource group: `DELETE /authz/api/v2/resourcegroup/{identifier}`.
    DeleteResourceGroup(raw::DeleteResourceGroupV2) -> () = done;
}

/// Creates a resource group: `POST /authz/api/v2/resourcegroup`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateResourceGroup {
    scope: Scope,
    group: types::ResourceGroupV2,
    options: CallOptions,
}

impl CreateResourceGroup {
    /// Resources of every kind.
    pub fn everything(mut self) -> Self {
        self.filter().include_all_resources = Some(true);
        self
    }

    /// All resources of one kind more, such as `PIPELINE`, those that come to be later included.
    pub fn every(mut self, kind: impl Into<String>) -> Self {
        self.filter()
            .resources
            .get_or_insert_default()
            .push(types::ResourceSelectorV2 {
                resource_type: Some(kind.into()),
                ..Default::default()
            });
        self
    }

    /// Resources of one kind more: those with these identifiers.
    pub fn resources(
        mut self,
        kind: impl Into<String>,
        ids: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.filter()
            .resources
            .get_or_insert_default()
            .push(types::ResourceSelectorV2 {
                resource_type: Some(kind.into()),
                identifiers: Some(texts(ids)),
                ..Default::default()
            });
        self
    }

    /// What is at the levels below as well.
    pub fn with_levels_below(mut self) -> Self {
        for scope in self.group.included_scopes.iter_mut().flatten() {
            scope.filter = Some(types::ScopeSelectorFilter::IncludingChildScopes);
        }
        self
    }

    /// Exactly these scopes, in place of this level.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = types::ScopeSelector>) -> Self {
        self.group.included_scopes = Some(scopes.into_iter().collect());
        self
    }

    /// Its colour in lists, such as `#0063f7`.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.group.color = Some(color.into());
        self
    }

    fn filter(&mut self) -> &mut types::AuthzResourceFilter {
        self.group.resource_filter.get_or_insert_default()
    }

    async fn run(self) -> Result<types::ResourceGroupV2Response> {
        let body = types::ResourceGroupV2Request::new(self.group);
        let request = self
            .scope
            .raw()
            .access_control()
            .create_resource_group_v2(self.scope.account(), &body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

described!(CreateResourceGroup.group);
sendable!(CreateResourceGroup -> types::ResourceGroupV2Response);
