//! The repositories at a level.

use harness_api::code::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::Order;
use crate::error::Result;
use crate::resources::builder::{done, levels, list, request, sendable, whole};
use crate::scope::Scope;

levels! {
    /// The Git repositories that Harness Code keeps at this level.
    repositories -> Repositories on Account Org Project
}

/// The Git repositories that Harness Code keeps at one level.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let project = harness.org("default").project("checkout");
/// project.repositories().create("shop").description("The shop").readme(true).await?;
/// let shop = project.repository("shop");
/// shop.branches().create("next", "main").await?;
/// let pull = shop.pull_requests().create("More tills", "next", "main").await?;
/// shop.pull_request(pull.number.unwrap_or_default()).merge("squash").await?;
///
/// for found in project.repositories().list().collect_all().await? {
///     println!("{:?}", found.identifier);
/// }
/// println!("{:?}", project.repositories().get("shop").await?.default_branch);
/// project.repositories().update("shop").description("The old shop").await?;
/// project.repositories().delete("shop").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Repositories {
    scope: Scope,
}

impl Repositories {
    /// The repositories at this level.
    pub fn list(&self) -> ListRepositories {
        let api = self.scope.raw().code();
        ListRepositories::new(self.scope.on(api.list_repos(self.scope.account())))
    }

    /// A repository.
    pub fn get(&self, id: impl Into<String>) -> GetRepository {
        let id = id.into();
        let scope = self.repository(&id);
        let api = scope.raw().code();
        GetRepository::new(scope.on(api.get_repository(scope.account(), id)))
    }

    /// A new repository, which is empty unless something is put in.
    pub fn create(&self, id: impl Into<String>) -> CreateRepository {
        let id = id.into();
        CreateRepository {
            scope: self.repository(&id),
            body: types::OpenapiCreateRepositoryRequest {
                identifier: Some(id),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Changes what is set about a repository; the rest stays as it is.
    pub fn update(&self, id: impl Into<String>) -> UpdateRepository {
        let id = id.into();
        UpdateRepository {
            scope: self.repository(&id),
            id,
            body: types::OpenapiUpdateRepoRequest::default(),
            options: CallOptions::default(),
        }
    }

    /// Deletes a repository. The service keeps it for a while, and can restore it.
    pub fn delete(&self, id: impl Into<String>) -> DeleteRepository {
        let id = id.into();
        let scope = self.repository(&id);
        let api = scope.raw().code();
        DeleteRepository::new(scope.on(api.delete_repository(scope.account(), id)))
    }

    fn repository(&self, id: &str) -> Scope {
        self.scope.referring("repository identifier", id)
    }
}

list! {
    /// A list of repositories: `GET /code/api/v1/repos`.
    ListRepositories(raw::ListRepos) -> types::RepoRepositoryOutput;
    /// Those whose identifier holds this text.
    search(impl Into<String>) => query;
    /// Those of the levels below too.
    recursive(bool) => recursive;
    /// Those that the caller marked as favourites, or all.
    only_favorites(bool) => only_favorites;
}

impl ListRepositories {
    /// By this field.
    pub fn sort(mut self, by: impl Into<types::ListReposSort>, order: Order) -> Self {
        self.raw = self.raw.sort(by).order(order.lower());
        self
    }
}

request! {
    /// Reads a repository: `GET /code/api/v1/repos/{repo_identifier}`.
    GetRepository(raw::GetRepository) -> types::RepoRepositoryOutput = whole;
}

request! {
    /// Deletes a repository: `DELETE /code/api/v1/repos/{repo_identifier}`.
    DeleteRepository(raw::DeleteRepository) -> () = done;
}

/// Creates a repository: `POST /code/api/v1/repos`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateRepository {
    scope: Scope,
    body: types::OpenapiCreateRepositoryRequest,
    options: CallOptions,
}

impl CreateRepository {
    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.description = Some(text.into());
        self
    }

    /// The branch it begins with.
    pub fn default_branch(mut self, branch: impl Into<String>) -> Self {
        self.body.default_branch = Some(branch.into());
        self
    }

    /// Whether it begins with a readme file.
    pub fn readme(mut self, readme: bool) -> Self {
        self.body.readme = Some(readme);
        self
    }

    /// The licence it begins with, such as `mit`.
    pub fn license(mut self, license: impl Into<String>) -> Self {
        self.body.license = Some(license.into());
        self
    }

    /// The list of files to ignore that it begins with, such as `Rust`.
    pub fn gitignore(mut self, template: impl Into<String>) -> Self {
        self.body.git_ignore = Some(template.into());
        self
    }

    /// Whether everybody may read it.
    pub fn public(mut self, public: bool) -> Self {
        self.body.is_public = Some(public);
        self
    }

    async fn run(self) -> Result<types::RepoRepositoryOutput> {
        let request = self
            .scope
            .raw()
            .code()
            .create_repository(self.scope.account())
            .body(&self.body)
            .with_options(self.options);
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(CreateRepository -> types::RepoRepositoryOutput);

/// Changes a repository: `PATCH /code/api/v1/repos/{repo_identifier}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateRepository {
    scope: Scope,
    id: String,
    body: types::OpenapiUpdateRepoRequest,
    options: CallOptions,
}

impl UpdateRepository {
    /// What it is for.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.description = text.into().into();
        self
    }

    async fn run(self) -> Result<types::RepoRepositoryOutput> {
        let request = self
            .scope
            .raw()
            .code()
            .update_repository(self.scope.account(), self.id)
            .body(&self.body)
            .with_options(self.options);
        whole(self.scope.on(request).send().await?)
    }
}

sendable!(UpdateRepository -> types::RepoRepositoryOutput);
