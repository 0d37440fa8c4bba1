//! One repository, and what is in it.

use std::sync::Arc;

use harness_api::code::{self as raw, types};
use harness_api::{ByteStream, CallOptions, Configure};

use super::branches::Branches;
use super::pull_request::PullRequest;
use super::pull_requests::PullRequests;
use super::tags::Tags;
use crate::error::Result;
use crate::resources::builder::{list, request, sendable, whole};
use crate::scope::Scope;
use crate::{Account, Org, Project};

macro_rules! on_levels {
    ($($level:ident)+) => {$(
        impl $level {
            /// A Git repository that Harness Code keeps at this level, for what is in it. Nothing is sent.
            pub fn repository(&self, id: impl Into<String>) -> Repository {
                let id = id.into();
                Repository {
                    scope: self.scope.referring("repository identifier", &id),
                    id: id.into(),
                }
            }
        }
    )+};
}
on_levels!(Account Org Project);

/// A Git repository that Harness Code keeps.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let shop = harness.org("default").project("checkout").repository("shop");
/// let readme = shop.raw("README.md").at("main").await?.collect(1 << 20).await?;
/// let commit = shop
///     .commit("main", "Say less")
///     .update("README.md", "Tills.\n", "0c1f4a")
///     .create("docs/tills.md", "More about tills.\n")
///     .await?;
/// println!("{} bytes before {:?}", readme.len(), commit.commit_id);
///
/// for commit in shop.commits().limit(10).collect_all().await? {
///     println!("{:?}", commit.title);
/// }
/// println!("{:?}", shop.content("docs").at("main").await?.type_);
/// let branches = shop.branches().list().collect_all().await?.len();
/// let tags = shop.tags().list().collect_all().await?.len();
/// let pulls = shop.pull_requests().list().collect_all().await?.len();
/// println!("{branches} branches, {tags} tags, {pulls} pull requests");
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Repository {
    pub(super) scope: Scope,
    pub(super) id: Arc<str>,
}

impl Repository {
    /// Returns this repository for a call about something of this name: one that is empty makes the call fail.
    pub(super) fn naming(&self, what: &str, name: &str) -> Self {
        Self {
            scope: self.scope.naming(what, name),
            id: Arc::clone(&self.id),
        }
    }

    /// The identifier.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its branches.
    pub fn branches(&self) -> Branches {
        Branches {
            repository: self.clone(),
        }
    }

    /// Its tags.
    pub fn tags(&self) -> Tags {
        Tags {
            repository: self.clone(),
        }
    }

    /// Its pull requests.
    pub fn pull_requests(&self) -> PullRequests {
        PullRequests {
            repository: self.clone(),
        }
    }

    /// A pull request of it. Nothing is sent.
    pub fn pull_request(&self, number: i64) -> PullRequest {
        PullRequest {
            repository: self.clone(),
            number,
        }
    }

    /// The commits of its default branch, the newest first.
    pub fn commits(&self) -> ListCommits {
        let api = self.scope.raw().code();
        let request = api.list_commits(self.scope.account(), &*self.id);
        ListCommits::new(self.scope.on(request))
    }

    /// A file or folder: its content and, on request, the commit that changed it last. The content of files is base64.
    pub fn content(&self, path: impl Into<String>) -> GetContent {
        let api = self.scope.raw().code();
        let request = api.get_content(self.scope.account(), &*self.id, path);
        GetContent::new(self.scope.on(request))
    }

    /// A file, byte for byte.
    pub fn raw(&self, path: impl Into<String>) -> GetRaw {
        let api = self.scope.raw().code();
        let request = api.get_raw(self.scope.account(), &*self.id, path);
        GetRaw::new(self.scope.on(request))
    }

    /// A commit of changed files to a branch, to be filled with changes.
    pub fn commit(&self, branch: impl Into<String>, title: impl Into<String>) -> CommitFiles {
        let branch = branch.into();
        CommitFiles {
            repository: self.naming("branch name", &branch),
            body: types::OpenapiCommitFilesRequest {
                branch: Some(branch),
                title: Some(title.into()),
                actions: Some(Vec::new()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }
}

list! {
    /// A list of commits: `GET /code/api/v1/repos/{repo_identifier}/commits`.
    ListCommits(raw::ListCommits) -> types::TypesCommit;
    /// Those up to this branch, tag or commit.
    at(impl Into<String>) => git_ref;
    /// Those that are not in this branch, tag or commit yet.
    after(impl Into<String>) => after;
    /// Those that changed this file or folder.
    path(impl Into<String>) => path;
    /// Those since this time, in seconds since 1970.
    since(i64) => since;
    /// Those until this time, in seconds since 1970.
    until(i64) => until;
    /// Those of this author.
    author(impl Into<String>) => author;
}

request! {
    /// Reads a file or folder: `GET /code/api/v1/repos/{repo_identifier}/content/{path}`.
    GetContent(raw::GetContent) -> types::OpenapiGetContentOutput = whole;
    /// In this branch, tag or commit, in place of the default branch.
    at(impl Into<String>) => git_ref;
    /// With the commit that changed it last.
    include_commit(bool) => include_commit;
}

request! {
    /// Reads a file as it is: `GET /code/api/v1/repos/{repo_identifier}/raw/{path}`.
    GetRaw(raw::GetRaw) -> ByteStream = whole;
    /// In this branch, tag or commit, in place of the default branch.
    at(impl Into<String>) => git_ref;
}

/// Commits files: `POST /code/api/v1/repos/{repo_identifier}/commits`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CommitFiles {
    repository: Repository,
    body: types::OpenapiCommitFilesRequest,
    options: CallOptions,
}

impl CommitFiles {
    /// The message below the title.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.body.message = Some(message.into());
        self
    }

    /// To a new branch of this name, which begins at the other.
    pub fn new_branch(mut self, branch: impl Into<String>) -> Self {
        self.body.new_branch = Some(branch.into());
        self
    }

    /// Adds a file with this text.
    pub fn create(self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.action(types::RepoCommitFileAction {
            action: Some(types::GitFileAction::Create),
            path: Some(path.into()),
            payload: Some(text.into()),
            encoding: Some(types::EnumContentEncodingType::Utf8),
            ..Default::default()
        })
    }

    /// Puts this text in place of a file's, if that still has this object id, which reading its
    /// [`content`](Repository::content) has given as `sha`.
    pub fn update(
        self,
        path: impl Into<String>,
        text: impl Into<String>,
        sha: impl Into<String>,
    ) -> Self {
        self.action(types::RepoCommitFileAction {
            action: Some(types::GitFileAction::Update),
            path: Some(path.into()),
            payload: Some(text.into()),
            encoding: Some(types::EnumContentEncodingType::Utf8),
            sha: Some(sha.into().into()),
            ..Default::default()
        })
    }

    /// Deletes a file.
    pub fn delete(self, path: impl Into<String>) -> Self {
        self.action(types::RepoCommitFileAction {
            action: Some(types::GitFileAction::Delete),
            path: Some(path.into()),
            ..Default::default()
        })
    }

    /// Any change, such as moving a file, or one that is not text.
    pub fn action(mut self, action: types::RepoCommitFileAction) -> Self {
        self.body.actions.get_or_insert_default().push(action);
        self
    }

    /// Whether rules of the branch are passed over, by those who may.
    pub fn bypass_rules(mut self, bypass: bool) -> Self {
        self.body.bypass_rules = Some(bypass);
        self
    }

    async fn run(self) -> Result<types::TypesCommitFilesResponse> {
        let Repository { scope, id } = self.repository;
        let request = scope
            .raw()
            .code()
            .commit_files(scope.account(), &*id)
            .body(&self.body)
            .with_options(self.options);
        whole(scope.on(request).send().await?)
    }
}

sendable!(CommitFiles -> types::TypesCommitFilesResponse);
