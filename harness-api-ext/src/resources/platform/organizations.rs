//! The organizations of an account.

use harness_api::platform::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{described, done, levels, list, member, request, sendable};
use crate::scope::Scope;

levels! {
    /// The organizations of this account.
    organizations -> Organizations on Account
}

/// The organizations of an account.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let organizations = harness.account().organizations();
/// organizations.create("retail", "Retail").description("Shops and tills").await?;
/// for found in organizations.list().collect_all().await? {
///     println!("{:?}", found.organization.and_then(|organization| organization.identifier));
/// }
/// if let Some(mut retail) = organizations.get("retail").await?.organization {
///     retail.name = Some("Retail and tills".into());
///     organizations.update(*retail).await?;
/// }
/// organizations.delete("retail").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Organizations {
    scope: Scope,
}

impl Organizations {
    /// The organizations, by name.
    pub fn list(&self) -> ListOrganizations {
        let api = self.scope.raw().platform();
        ListOrganizations::new(api.get_organization_list(self.scope.account()))
    }

    /// An organization.
    pub fn get(&self, id: impl Into<String>) -> GetOrganization {
        let api = self.scope.raw().platform();
        GetOrganization::new(api.get_organization(id, self.scope.account()))
    }

    /// A new organization. Identifiers have letters, digits, `_` and `$`, and do not begin with a digit.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateOrganization {
        CreateOrganization {
            scope: self.scope.clone(),
            organization: types::NgOrganization {
                identifier: Some(id.into()),
                name: Some(name.into()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the organization with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, organization: types::NgOrganization) -> UpdateOrganization {
        let id = organization.identifier.clone().unwrap_or_default();
        let body = types::OrganizationRequest::new(organization);
        let api = self.scope.raw().platform();
        UpdateOrganization::new(api.put_organization(id, self.scope.account(), &body))
    }

    /// Deletes an organization and everything in it.
    pub fn delete(&self, id: impl Into<String>) -> DeleteOrganization {
        let api = self.scope.raw().platform();
        DeleteOrganization::new(api.delete_organization(id, self.scope.account()))
    }
}

list! {
    /// A list of organizations: `GET /ng/api/organizations`.
    ListOrganizations(raw::GetOrganizationList) -> types::NgOrganizationResponse;
    /// Those whose name, identifier, description or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Those with these identifiers.
    identifiers(impl IntoIterator<Item = impl Into<String>>) => identifiers;
}

request! {
    /// Reads an organization: `GET /ng/api/organizations/{identifier}`.
    GetOrganization(raw::GetOrganization) -> types::NgOrganizationResponse = .data;
}

request! {
    /// Replaces an organization: `PUT /ng/api/organizations/{identifier}`.
    UpdateOrganization(raw::PutOrganization) -> types::NgOrganizationResponse = .data;
    /// Only when the organization is still of this version.
    if_match(impl Into<String>) => if_match;
}

request! {
    /// Deletes an organization: `DELETE /ng/api/organizations/{identifier}`.
    DeleteOrganization(raw::DeleteOrganization) -> () = done;
    /// Only when the organization is still of this version.
    if_match(impl Into<String>) => if_match;
}

/// Creates an organization: `POST /ng/api/organizations`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateOrganization {
    scope: Scope,
    organization: types::NgOrganization,
    options: CallOptions,
}

impl CreateOrganization {
    async fn run(self) -> Result<types::NgOrganizationResponse> {
        let body = types::OrganizationRequest::new(self.organization);
        let request = self
            .scope
            .raw()
            .platform()
            .post_organization(self.scope.account(), &body)
            .with_options(self.options);
        member(request.send().await?, |answer| answer.data)
    }
}

described!(CreateOrganization.organization);
sendable!(CreateOrganization -> types::NgOrganizationResponse);
