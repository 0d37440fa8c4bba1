//! The branches of a repository.

use harness_api::code::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::repository::Repository;
use crate::Order;
use crate::error::Result;
use crate::resources::builder::{list, request, sendable, whole};

/// The branches of a repository.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let branches = harness.org("default").project("checkout").repository("shop").branches();
/// branches.create("next", "main").await?;
/// println!("{:?}", branches.get("next").await?.sha);
/// for branch in branches.list().collect_all().await? {
///     println!("{:?}", branch.name);
/// }
/// branches.delete("next").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Branches {
    pub(super) repository: Repository,
}

impl Branches {
    /// The branches.
    pub fn list(&self) -> ListBranches {
        let Repository { scope, id } = &self.repository;
        let api = scope.raw().code();
        ListBranches::new(scope.on(api.list_branches(scope.account(), &**id)))
    }

    /// A branch.
    pub fn get(&self, name: impl Into<String>) -> GetBranch {
        let Repository { scope, id } = &self.repository;
        let api = scope.raw().code();
        GetBranch::new(scope.on(api.get_branch(scope.account(), &**id, name)))
    }

    /// A new branch, which begins at another branch, a tag or a commit.
    pub fn create(&self, name: impl Into<String>, target: impl Into<String>) -> CreateBranch {
        let name = name.into();
        CreateBranch {
            repository: self.repository.naming("branch name", &name),
            body: types::OpenapiCreateBranchRequest {
                name: Some(name),
                target: Some(target.into()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Deletes a branch.
    pub fn delete(&self, name: impl Into<String>) -> DeleteBranch {
        let Repository { scope, id } = &self.repository;
        let api = scope.raw().code();
        DeleteBranch::new(scope.on(api.delete_branch(scope.account(), &**id, name)))
    }
}

list! {
    /// A list of branches: `GET /code/api/v1/repos/{repo_identifier}/branches`.
    ListBranches(raw::ListBranches) -> types::TypesBranchExtended;
    /// Those whose name holds this text.
    search(impl Into<String>) => query;
    /// With the last commit of each.
    include_commit(bool) => include_commit;
}

impl ListBranches {
    /// By this field.
    pub fn sort(mut self, by: impl Into<types::ListBranchesSort>, order: Order) -> Self {
        self.raw = self.raw.sort(by).order(order.lower());
        self
    }
}

request! {
    /// Reads a branch: `GET /code/api/v1/repos/{repo_identifier}/branches/{branch_name}`.
    GetBranch(raw::GetBranch) -> types::TypesBranchExtended = whole;
    /// With how its checks went.
    include_checks(bool) => include_checks;
    /// With the rules for it.
    include_rules(bool) => include_rules;
    /// With its pull requests.
    include_pull_requests(bool) => include_pullreqs;
}

request! {
    /// Deletes a branch: `DELETE /code/api/v1/repos/{repo_identifier}/branches/{branch_name}`.
    DeleteBranch(raw::DeleteBranch) -> types::TypesDeleteBranchOutput = whole;
    /// Whether rules are passed over, by those who may.
    bypass_rules(bool) => bypass_rules;
}

/// Creates a branch: `POST /code/api/v1/repos/{repo_identifier}/branches`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateBranch {
    repository: Repository,
    body: types::OpenapiCreateBranchRequest,
    options: CallOptions,
}

impl CreateBranch {
    /// Whether rules are passed over, by those who may.
    pub fn bypass_rules(mut self, bypass: bool) -> Self {
        self.body.bypass_rules = Some(bypass);
        self
    }

    async fn run(self) -> Result<types::TypesCreateBranchOutput> {
        let Repository { scope, id } = self.repository;
        let request = scope
            .raw()
            .code()
            .create_branch(scope.account(), &*id)
            .body(&self.body)
            .with_options(self.options);
        whole(scope.on(request).send().await?)
    }
}

sendable!(CreateBranch -> types::TypesCreateBranchOutput);
