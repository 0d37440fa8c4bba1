//! The pull requests of a repository.

use harness_api::code::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::repository::Repository;
use crate::Order;
use crate::error::Result;
use crate::resources::builder::{list, sendable, whole};

/// The pull requests of a repository.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let shop = harness.org("default").project("checkout").repository("shop");
/// let made = shop.pull_requests().create("More tills", "next", "main").draft(true).await?;
/// println!("{:?}", made.number);
/// for pull in shop.pull_requests().list().source_branch("next").collect_all().await? {
///     println!("{:?}: {:?}", pull.number, pull.title);
/// }
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PullRequests {
    pub(super) repository: Repository,
}

impl PullRequests {
    /// The pull requests, in whatever state unless [`state`](ListPullRequests::state) says which.
    pub fn list(&self) -> ListPullRequests {
        let Repository { scope, id } = &self.repository;
        let api = scope.raw().code();
        ListPullRequests::new(scope.on(api.list_pull_req(scope.account(), &**id)))
    }

    /// A new pull request: to take the commits of one branch into another.
    pub fn create(
        &self,
        title: impl Into<String>,
        source_branch: impl Into<String>,
        target_branch: impl Into<String>,
    ) -> CreatePullRequest {
        let (source, target) = (source_branch.into(), target_branch.into());
        CreatePullRequest {
            repository: self
                .repository
                .naming("source branch", &source)
                .naming("target branch", &target),
            body: types::OpenapiCreatePullReqRequest {
                title: Some(title.into()),
                source_branch: Some(source),
                target_branch: Some(target),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }
}

list! {
    /// A list of pull requests: `GET /code/api/v1/repos/{repo_identifier}/pullreq`.
    ListPullRequests(raw::ListPullReq) -> types::TypesPullReq;
    /// Those in one of these states.
    state(impl IntoIterator<Item = types::ListPullReqState>) => state;
    /// Those whose title holds this text.
    search(impl Into<String>) => query;
    /// Those from this branch.
    source_branch(impl Into<String>) => source_branch;
    /// Those into this branch.
    target_branch(impl Into<String>) => target_branch;
    /// Those that this user, by the number of the service, has written.
    author(i64) => author_id;
    /// Those that this user, by the number of the service, is to review.
    reviewer(i64) => reviewer_id;
    /// With how their checks went.
    include_checks(bool) => include_checks;
}

impl ListPullRequests {
    /// By this field.
    pub fn sort(mut self, by: impl Into<types::ListPullReqSort>, order: Order) -> Self {
        self.raw = self.raw.sort(by).order(order.lower());
        self
    }
}

/// Creates a pull request: `POST /code/api/v1/repos/{repo_identifier}/pullreq`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreatePullRequest {
    repository: Repository,
    body: types::OpenapiCreatePullReqRequest,
    options: CallOptions,
}

impl CreatePullRequest {
    /// What it is about.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.description = Some(text.into());
        self
    }

    /// Whether it is not ready to be merged yet.
    pub fn draft(mut self, draft: bool) -> Self {
        self.body.is_draft = Some(draft);
        self
    }

    /// The users who are asked to review it, by the numbers of the service.
    pub fn reviewers(mut self, users: impl IntoIterator<Item = i64>) -> Self {
        self.body.reviewer_ids = Some(users.into_iter().collect());
        self
    }

    /// The repository at the same level whose branch is the source, where it is another one, such as a fork.
    pub fn source_repository(mut self, id: impl AsRef<str>) -> Self {
        let id = id.as_ref();
        let scope = self
            .repository
            .scope
            .referring("source repository identifier", id);
        let parts = [
            Some(scope.account()),
            scope.org(),
            scope.project(),
            Some(id),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        self.body.source_repo_ref = Some(parts.join("/"));
        self.repository.scope = scope;
        self
    }

    async fn run(self) -> Result<types::TypesPullReq> {
        let Repository { scope, id } = self.repository;
        let request = scope
            .raw()
            .code()
            .create_pull_req(scope.account(), &*id)
            .body(&self.body)
            .with_options(self.options);
        whole(scope.on(request).send().await?)
    }
}

sendable!(CreatePullRequest -> types::TypesPullReq);
