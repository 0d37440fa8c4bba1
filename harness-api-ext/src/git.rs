//! Entities stored in a Git repository.

/// Location of an entity in Git, and the details of the commit of a change. All entities that can be stored in Git use
/// this type.
///
/// A call sends those settings that its operation has a parameter for, whatever the parameter is called.
///
/// ```
/// use harness_api_ext::GitStore;
///
/// let read = GitStore::branch("feature-1");
/// let write = GitStore::branch("feature-1")
///     .commit_message("Deploy to the second region")
///     .last_object_id("0c1f4a")
///     .last_commit_id("9b2d11");
/// # let _ = (read, write);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct GitStore {
    branch: Option<String>,
    base_branch: Option<String>,
    repo: Option<String>,
    connector: Option<String>,
    file_path: Option<String>,
    commit_message: Option<String>,
    last_object_id: Option<String>,
    last_commit_id: Option<String>,
    harness_code: bool,
    remote: bool,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        pub fn $name(mut self, value: impl Into<String>) -> Self {
            self.$name = Some(value.into());
            self
        }
    )*};
}

impl GitStore {
    /// Returns the location of an entity on a branch.
    pub fn branch(branch: impl Into<String>) -> Self {
        Self {
            branch: Some(branch.into()),
            ..Self::default()
        }
    }

    /// Returns the location of a new entity: a file of a repository that a connector reaches.
    pub fn create(
        connector: impl Into<String>,
        repo: impl Into<String>,
        branch: impl Into<String>,
        file_path: impl Into<String>,
    ) -> Self {
        Self {
            branch: Some(branch.into()),
            connector: Some(connector.into()),
            repo: Some(repo.into()),
            file_path: Some(file_path.into()),
            remote: true,
            ..Self::default()
        }
    }

    /// Returns the location of a new entity: a file of a repository of Harness Code, which needs no connector.
    pub fn create_in_code(
        repo: impl Into<String>,
        branch: impl Into<String>,
        file_path: impl Into<String>,
    ) -> Self {
        Self {
            branch: Some(branch.into()),
            repo: Some(repo.into()),
            file_path: Some(file_path.into()),
            remote: true,
            harness_code: true,
            ..Self::default()
        }
    }

    setters! {
        /// Sets the base of a new branch. The change is then committed to a branch that does not exist yet.
        base_branch
        /// Sets the repository.
        repo
        /// Sets the connector that reaches the repository.
        connector
        /// Sets the path of the file, relative to the root of the repository.
        file_path
        /// Sets the commit message.
        commit_message
        /// Sets the object id of the content that was read last, from the Git details of the entity. An update requires
        /// it, and fails with a conflict if the file has changed since.
        last_object_id
        /// Sets the commit id of the content that was read last, from the Git details of the entity.
        last_commit_id
    }

    /// Returns the value for a parameter of this name.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let flag = |on: bool| on.then_some("true");
        match name {
            "branch" | "branchName" | "branch_name" | "git_branch" => self.branch.as_deref(),
            "baseBranch" | "base_branch" | "git_base_branch" => self.base_branch.as_deref(),
            "isNewBranch" | "is_new_branch" | "git_is_new_branch" => {
                flag(self.base_branch.is_some())
            }
            "repoName" | "repo_name" | "repoIdentifier" => self.repo.as_deref(),
            "connectorRef" | "connector_ref" | "parentEntityConnectorRef" => {
                self.connector.as_deref()
            }
            "filePath" | "file_path" => self.file_path.as_deref(),
            "commitMsg" | "commit_message" | "git_commit_msg" => self.commit_message.as_deref(),
            "lastObjectId" | "last_object_id" | "git_file_id" => self.last_object_id.as_deref(),
            "lastCommitId" | "last_commit_id" | "git_commit_sha" => self.last_commit_id.as_deref(),
            "isHarnessCodeRepo" | "is_harness_code_repo" => flag(self.harness_code),
            "storeType" | "store_type" => self.remote.then_some("REMOTE"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_on_a_new_branch_says_so() {
        let git = GitStore::branch("next").base_branch("main");
        assert_eq!(git.value("isNewBranch"), Some("true"));
        assert_eq!(git.value("baseBranch"), Some("main"));
        assert_eq!(GitStore::branch("main").value("isNewBranch"), None);
    }

    #[test]
    fn only_a_new_entity_says_where_it_is_stored() {
        assert_eq!(
            GitStore::create("org.git", "shop", "main", ".harness/a.yaml").value("storeType"),
            Some("REMOTE")
        );
        assert_eq!(
            GitStore::create_in_code("shop", "main", "a.yaml").value("isHarnessCodeRepo"),
            Some("true")
        );
        assert_eq!(GitStore::branch("main").value("storeType"), None);
        assert_eq!(GitStore::branch("main").value("orgIdentifier"), None);
    }
}
