//! Code: repositories, their branches, tags and content, and pull requests.

mod branches;
mod pull_request;
mod pull_requests;
mod repositories;
mod repository;
mod tags;

pub use branches::{Branches, CreateBranch, DeleteBranch, GetBranch, ListBranches};
pub use harness_api::code::types;
pub use pull_request::{
    AddReviewer, CommentPullRequest, GetPullRequest, ListReviewers, MergePullRequest, PullRequest,
    RemoveReviewer, ReviewPullRequest, SetPullRequestState, UpdatePullRequest,
};
pub use pull_requests::{CreatePullRequest, ListPullRequests, PullRequests};
pub use repositories::{
    CreateRepository, DeleteRepository, GetRepository, ListRepositories, Repositories,
    UpdateRepository,
};
pub use repository::{CommitFiles, GetContent, GetRaw, ListCommits, Repository};
pub use tags::{CreateTag, DeleteTag, ListTags, Tags};
