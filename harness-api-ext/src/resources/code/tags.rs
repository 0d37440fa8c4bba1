//! The tags of a repository.

use harness_api::code::{self as raw, types};
use harness_api::{CallOptions, Configure};

use super::repository::Repository;
use crate::Order;
use crate::error::Result;
use crate::resources::builder::{done, list, request, sendable, whole};

/// The tags of a repository.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let tags = harness.org("default").project("checkout").repository("shop").tags();
/// tags.create("v4.2", "main").message("Many more tills").await?;
/// for tag in tags.list().collect_all().await? {
///     println!("{:?}", tag.name);
/// }
/// tags.delete("v4.2").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Tags {
    pub(super) repository: Repository,
}

impl Tags {
    /// The tags.
    pub fn list(&self) -> ListTags {
        let Repository { scope, id } = &self.repository;
        let api = scope.raw().code();
        ListTags::new(scope.on(api.list_tags(scope.account(), &**id)))
    }

    /// A new tag of a branch or commit.
    pub fn create(&self, name: impl Into<String>, target: impl Into<String>) -> CreateTag {
        let name = name.into();
        CreateTag {
            repository: self.repository.naming("tag name", &name),
            body: types::OpenapiCreateTagRequest {
                name: Some(name),
                target: Some(target.into()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }

    /// Deletes a tag.
    pub fn delete(&self, name: impl Into<String>) -> DeleteTag {
        let Repository { scope, id } = &self.repository;
        let api = scope.raw().code();
        DeleteTag::new(scope.on(api.delete_tag(scope.account(), &**id, name)))
    }
}

list! {
    /// A list of tags: `GET /code/api/v1/repos/{repo_identifier}/tags`.
    ListTags(raw::ListTags) -> types::TypesCommitTag;
    /// Those whose name holds this text.
    search(impl Into<String>) => query;
    /// With the commit of each.
    include_commit(bool) => include_commit;
}

impl ListTags {
    /// By this field.
    pub fn sort(mut self, by: impl Into<types::ListTagsSort>, order: Order) -> Self {
        self.raw = self.raw.sort(by).order(order.lower());
        self
    }
}

request! {
    /// Deletes a tag: `DELETE /code/api/v1/repos/{repo_identifier}/tags/{tag_name}`.
    DeleteTag(raw::DeleteTag) -> () = done;
    /// Whether rules are passed over, by those who may.
    bypass_rules(bool) => bypass_rules;
}

/// Creates a tag: `POST /code/api/v1/repos/{repo_identifier}/tags`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateTag {
    repository: Repository,
    body: types::OpenapiCreateTagRequest,
    options: CallOptions,
}

impl CreateTag {
    /// The message, which makes it an annotated tag.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.body.message = Some(message.into());
        self
    }

    /// Whether rules are passed over, by those who may.
    pub fn bypass_rules(mut self, bypass: bool) -> Self {
        self.body.bypass_rules = Some(bypass);
        self
    }

    async fn run(self) -> Result<types::TypesCommitTag> {
        let Repository { scope, id } = self.repository;
        let request = scope
            .raw()
            .code()
            .create_tag(scope.account(), &*id)
            .body(&self.body)
            .with_options(self.options);
        whole(scope.on(request).send().await?)
    }
}

sendable!(CreateTag -> types::TypesCommitTag);
