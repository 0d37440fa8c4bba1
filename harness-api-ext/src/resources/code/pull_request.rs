//! One pull request.

use harness_api::code::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::repository::Repository;
use crate::error::Result;
use crate::resources::builder::{done, list, request, sendable, whole};

/// A pull request of a repository.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let shop = harness.org("default").project("checkout").repository("shop");
/// let pull = shop.pull_request(7);
/// let found = pull.get().await?;
/// pull.comment("Good.").await?;
/// if let Some(commit) = found.source_sha {
///     pull.merge("squash").source_sha(commit).delete_source_branch(true).await?;
/// }
///
/// pull.update().title("Many more tills").await?;
/// pull.add_reviewer(12).await?;
/// for reviewer in pull.reviewers().await? {
///     println!("{:?}", reviewer.review_decision);
/// }
/// pull.review("approved", "9b2d11").await?;
/// pull.remove_reviewer(12).await?;
/// pull.close().await?;
/// pull.reopen().await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PullRequest {
    pub(super) repository: Repository,
    pub(super) number: i64,
}

impl PullRequest {
    /// The number.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// Reads it.
    pub fn get(&self) -> GetPullRequest {
        let Repository { scope, id } = &self.repository;
        let api = scope.raw().code();
        GetPullRequest::new(scope.on(api.get_pull_req(scope.account(), &**id, self.number)))
    }

    /// Changes title or description; what is not given stays.
    pub fn update(&self) -> UpdatePullRequest {
        UpdatePullRequest {
            pull: self.clone(),
            body: types::OpenapiUpdatePullReqRequest::default(),
            options: CallOptions::default(),
        }
    }

    /// Merges it in this way: `merge`, `squash`, `rebase` or `fast-forward`.
    ///
    /// Where rules or conflicts stand against it, the error has
    /// [`rule_violations`](crate::Error::rule_violations) or [`conflict_files`](crate::Error::conflict_files).
    pub fn merge(&self, method: impl Into<types::EnumMergeMethod>) -> MergePullRequest {
        MergePullRequest {
            pull: self.clone(),
            body: types::OpenapiMergePullReq {
                method: Some(method.into()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Closes it without merging.
    pub fn close(&self) -> SetPullRequestState {
        self.set_state(types::EnumPullReqState::Closed)
    }

    /// Opens it again.
    pub fn reopen(&self) -> SetPullRequestState {
        self.set_state(types::EnumPullReqState::Open)
    }

    fn set_state(&self, state: types::EnumPullReqState) -> SetPullRequestState {
        SetPullRequestState {
            pull: self.clone(),
            body: types::OpenapiStatePullReqRequest {
                state: Some(state),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Comments it.
    pub fn comment(&self, text: impl Into<String>) -> CommentPullRequest {
        CommentPullRequest {
            pull: self.clone(),
            body: types::OpenapiCommentCreatePullReqRequest {
                text: Some(text.into()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Says what the caller thinks of it, as of this commit: `approved`, `changereq` or `reviewed`.
    pub fn review(
        &self,
        decision: impl Into<types::EnumPullReqReviewDecision>,
        commit_sha: impl Into<String>,
    ) -> ReviewPullRequest {
        let Repository { scope, id } = &self.repository;
        let body = types::OpenapiReviewSubmitPullReqRequest {
            decision: Some(decision.into()),
            commit_sha: Some(commit_sha.into()),
            ..Default::default()
        };
        let api = scope.raw().code();
        let request = api
            .review_submit_pull_req(scope.account(), &**id, self.number)
            .body(&body);
        ReviewPullRequest::new(scope.on(request))
    }

    /// Those who are asked to review it.
    pub fn reviewers(&self) -> ListReviewers {
        let Repository { scope, id } = &self.repository;
        let api = scope.raw().code();
        let request = api.reviewer_list_pull_req(scope.account(), &**id, self.number);
        ListReviewers::new(scope.on(request))
    }

    /// Asks a user, by the number of the service, to review it.
    pub fn add_reviewer(&self, user: i64) -> AddReviewer {
        let Repository { scope, id } = &self.repository;
        let body = types::OpenapiReviewerAddPullReqRequest {
            reviewer_id: Some(user),
            ..Default::default()
        };
        let api = scope.raw().code();
        let request = api
            .reviewer_add_pull_req(scope.account(), &**id, self.number)
            .body(&body);
        AddReviewer::new(scope.on(request))
    }

    /// Asks a user, by the number of the service, no more to review it.
    pub fn remove_reviewer(&self, user: i64) -> RemoveReviewer {
        let Repository { scope, id } = &self.repository;
        let api = scope.raw().code();
        let request = api.reviewer_delete_pull_req(scope.account(), &**id, self.number, user);
        RemoveReviewer::new(scope.on(request))
    }
}

request! {
    /// Reads a pull request: `GET /code/api/v1/repos/{repo_identifier}/pullreq/{pullreq_number}`.
    GetPullRequest(raw::GetPullReq) -> types::TypesPullReq = whole;
}

request! {
    /// Reviews a pull request: `POST /code/api/v1/repos/{repo_identifier}/pullreq/{pullreq_number}/reviews`.
    ReviewPullRequest(raw::ReviewSubmitPullReq) -> () = done;
}

list! {
    /// A list of reviewers: `GET /code/api/v1/repos/{repo_identifier}/pullreq/{pullreq_number}/reviewers`.
    ListReviewers(raw::ReviewerListPullReq) -> types::TypesPullReqReviewer;
}

request! {
    /// Adds a reviewer: `PUT /code/api/v1/repos/{repo_identifier}/pullreq/{pullreq_number}/reviewers`.
    AddReviewer(raw::ReviewerAddPullReq) -> types::TypesPullReqReviewer = whole;
}

request! {
    /// Removes a reviewer:
    /// `DELETE /code/api/v1/repos/{repo_identifier}/pullreq/{pullreq_number}/reviewers/{pullreq_reviewer_id}`.
    RemoveReviewer(raw::ReviewerDeletePullReq) -> () = done;
}

/// A builder of a call with a body.
macro_rules! with_body {
    ($(#[$doc:meta])* $name:ident($call:ident($body:ident)) -> $out:ty) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "nothing is sent before `send` or `.await`"]
        pub struct $name {
            pull: PullRequest,
            body: types::$body,
            options: CallOptions,
        }

        impl $name {
            async fn run(self) -> Result<$out> {
                let Repository { scope, id } = self.pull.repository;
                let request = scope
                    .raw()
                    .code()
                    .$call(scope.account(), &*id, self.pull.number)
                    .body(&self.body)
                    .with_options(self.options);
                whole(scope.on(request).send().await?)
            }
        }

        sendable!($name -> $out);
    };
}

with_body! {
    /// Changes a pull request: `PATCH /code/api/v1/repos/{repo_identifier}/pullreq/{pullreq_number}`.
    UpdatePullRequest(update_pull_req(OpenapiUpdatePullReqRequest)) -> types::TypesPullReq
}

impl UpdatePullRequest {
    /// The title.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.body.title = title.into().into();
        self
    }

    /// What it is about.
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.description = text.into().into();
        self
    }
}

with_body! {
    /// Merges a pull request: `POST /code/api/v1/repos/{repo_identifier}/pullreq/{pullreq_number}/merge`.
    MergePullRequest(merge_pull_req_op(OpenapiMergePullReq)) -> types::TypesMergeResponse
}

impl MergePullRequest {
    /// Only when the last commit of the source is this one.
    pub fn source_sha(mut self, commit: impl Into<String>) -> Self {
        self.body.source_sha = Some(commit.into());
        self
    }

    /// The title of the commit.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.body.title = Some(title.into());
        self
    }

    /// The message of the commit.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.body.message = Some(message.into());
        self
    }

    /// Whether the source branch is deleted then.
    pub fn delete_source_branch(mut self, delete: bool) -> Self {
        self.body.delete_source_branch = Some(delete);
        self
    }

    /// Whether rules are passed over, by those who may.
    pub fn bypass_rules(mut self, bypass: bool) -> Self {
        self.body.bypass_rules = Some(bypass);
        self
    }

    /// Whether it is tried only: the answer tells what stands against it.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.body.dry_run = Some(dry_run);
        self
    }
}

with_body! {
    /// Closes or opens a pull request: `POST /code/api/v1/repos/{repo_identifier}/pullreq/{pullreq_number}/state`.
    SetPullRequestState(state_pull_req(OpenapiStatePullReqRequest)) -> types::TypesPullReq
}

impl SetPullRequestState {
    /// Whether it is not ready to be merged yet.
    pub fn draft(mut self, draft: bool) -> Self {
        self.body.is_draft = Some(draft);
        self
    }
}

with_body! {
    /// Comments a pull request: `POST /code/api/v1/repos/{repo_identifier}/pullreq/{pullreq_number}/comments`.
    CommentPullRequest(comment_create_pull_req(OpenapiCommentCreatePullReqRequest)) -> types::TypesPullReqActivity
}

impl CommentPullRequest {
    /// As an answer to this comment.
    pub fn reply_to(mut self, comment: i64) -> Self {
        self.body.parent_id = Some(comment);
        self
    }

    /// About these lines, counted from 1, of a file as it is in the source, between these two commits.
    pub fn lines(
        mut self,
        path: impl Into<String>,
        lines: std::ops::RangeInclusive<i64>,
        target_commit: impl Into<String>,
        source_commit: impl Into<String>,
    ) -> Self {
        self.body.path = Some(path.into());
        self.body.line_start = Some(*lines.start());
        self.body.line_end = Some(*lines.end());
        self.body.line_start_new = Some(true);
        self.body.line_end_new = Some(true);
        self.body.target_commit_sha = Some(target_commit.into());
        self.body.source_commit_sha = Some(source_commit.into());
        self
    }
}
