//! The projects of an organization.

use harness_api::platform::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{described, done, levels, list, member, request, sendable};
use crate::scope::Scope;

levels! {
    /// The projects of this organization.
    projects -> Projects on Org
}

/// The projects of an organization.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let projects = harness.org("retail").projects();
/// projects.create("checkout", "Checkout").description("The shop's till").tag("team", "pay").await?;
/// let mut found = projects.list().search("check").items();
/// while let Some(found) = found.try_next().await? {
///     println!("{:?}", found.project.and_then(|project| project.name));
/// }
/// if let Some(mut checkout) = projects.get("checkout").await?.project {
///     checkout.description = Some("All tills".into());
///     projects.update(*checkout).await?;
/// }
/// projects.delete("checkout").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Projects {
    scope: Scope,
}

impl Projects {
    /// The projects, by name.
    pub fn list(&self) -> ListProjects {
        let api = self.scope.raw().platform();
        ListProjects::new(self.scope.on(api.get_project_list(self.scope.account())))
    }

    /// A project.
    pub fn get(&self, id: impl Into<String>) -> GetProject {
        let api = self.scope.raw().platform();
        GetProject::new(self.scope.on(api.get_project(id, self.scope.account())))
    }

    /// A new project. Identifiers have letters, digits, `_` and `$`, and do not begin with a digit.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateProject {
        CreateProject {
            scope: self.scope.clone(),
            project: types::NgProject {
                identifier: Some(id.into()),
                name: Some(name.into()),
                org_identifier: self.scope.org().map(str::to_owned),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the project with its identifier is. What is not set is reset: begin with what
    /// [`get`](Self::get) gives.
    pub fn update(&self, mut project: types::NgProject) -> UpdateProject {
        let id = project.identifier.clone().unwrap_or_default();
        let scope = self.scope.adopting(&mut project.org_identifier, &mut None);
        let body = types::NgProjectRequest::new(project);
        let api = scope.raw().platform();
        UpdateProject::new(scope.on(api.put_project(id, scope.account(), &body)))
    }

    /// Deletes a project and everything in it.
    pub fn delete(&self, id: impl Into<String>) -> DeleteProject {
        let api = self.scope.raw().platform();
        DeleteProject::new(self.scope.on(api.delete_project(id, self.scope.account())))
    }
}

list! {
    /// A list of projects: `GET /ng/api/projects`.
    ListProjects(raw::GetProjectList) -> types::NgProjectResponse;
    /// Those whose name, identifier, description or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Those with these identifiers.
    identifiers(impl IntoIterator<Item = impl Into<String>>) => identifiers;
    /// Those that the caller marked as favourites, or all.
    only_favorites(bool) => only_favorites;
}

request! {
    /// Reads a project: `GET /ng/api/projects/{identifier}`.
    GetProject(raw::GetProject) -> types::NgProjectResponse = .data;
}

request! {
    /// Replaces a project: `PUT /ng/api/projects/{identifier}`.
    UpdateProject(raw::PutProject) -> types::NgProjectResponse = .data;
    /// Only when the project is still of this version.
    if_match(impl Into<String>) => if_match;
}

request! {
    /// Deletes a project: `DELETE /ng/api/projects/{identifier}`.
    DeleteProject(raw::DeleteProject) -> () = done;
    /// Only when the project is still of this version.
    if_match(impl Into<String>) => if_match;
}

/// Creates a project: `POST /ng/api/projects`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateProject {
    scope: Scope,
    project: types::NgProject,
    options: CallOptions,
}

impl CreateProject {
    /// Its colour in lists, such as `#0063f7`.
    pub fn color(mut self, color: impl Into<String>) -> Self {
        self.project.color = Some(color.into());
        self
    }

    async fn run(self) -> Result<types::NgProjectResponse> {
        let body = types::NgProjectRequest::new(self.project);
        let request = self
            .scope
            .raw()
            .platform()
            .post_project(self.scope.account(), &body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

described!(CreateProject.project);
sendable!(CreateProject -> types::NgProjectResponse);
