//! The user groups of an account, an organization or a project.

use harness_api::users::{self as raw, types};
use harness_api::{CallOptions, Configure};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::resources::builder::{
    awaitable, described, filtered, levels, list, request, sendable, texts,
};
use crate::scope::Scope;

levels! {
    /// The user groups at this level.
    user_groups -> UserGroups on Account Org Project
}

/// User groups at one level. Users are named by their `uuid`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let groups = harness.org("retail").user_groups();
/// groups.create("developers", "Developers").description("Who builds the shop").await?;
/// groups.add_member("developers", "lnFZRF6jQO6tQnB9znMALw").await?;
/// if groups.has_member("developers", "lnFZRF6jQO6tQnB9znMALw").await? {
///     groups.remove_member("developers", "lnFZRF6jQO6tQnB9znMALw").await?;
/// }
/// for member in groups.members("developers").collect_all().await? {
///     println!("{:?}", member.email);
/// }
/// let mut group = groups.get("developers").await?;
/// group.description = Some("Who builds the till".into());
/// groups.update(group).await?;
/// groups.delete("developers").await?;
/// println!("{} groups", groups.list().collect_all().await?.len());
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct UserGroups {
    scope: Scope,
}

impl UserGroups {
    /// The user groups.
    pub fn list(&self) -> ListUserGroups {
        let api = self.scope.raw().users();
        ListUserGroups::new(self.scope.on(api.get_user_group_list(self.scope.account())))
    }

    /// A user group.
    pub fn get(&self, id: impl Into<String>) -> GetUserGroup {
        let api = self.scope.raw().users();
        GetUserGroup::new(self.scope.on(api.get_user_group(self.scope.account(), id)))
    }

    /// A new user group, without members.
    pub fn create(&self, id: impl Into<String>, name: impl Into<String>) -> CreateUserGroup {
        CreateUserGroup {
            group: types::UserGroup {
                identifier: Some(id.into()),
                name: Some(name.into()),
                account_identifier: Some(self.scope.account().to_owned()),
                org_identifier: self.scope.org().map(str::to_owned),
                project_identifier: self.scope.project().map(str::to_owned),
                ..Default::default()
            },
            scope: self.scope.clone(),
            options: CallOptions::default(),
        }
    }

    /// Puts this in place of what the group with its identifier is, its members included. What is not set is reset:
    /// begin with what [`get`](Self::get) gives.
    pub fn update(&self, mut group: types::UserGroup) -> UpdateUserGroup {
        let scope = self
            .scope
            .adopting(&mut group.org_identifier, &mut group.project_identifier)
            .naming(
                "user group identifier",
                group.identifier.as_deref().unwrap_or_default(),
            );
        let api = scope.raw().users();
        UpdateUserGroup {
            raw: scope.on(api.put_user_group(scope.account(), &group)),
        }
    }

    /// Deletes a user group, and gives what it was.
    pub fn delete(&self, id: impl Into<String>) -> DeleteUserGroup {
        let api = self.scope.raw().users();
        DeleteUserGroup::new(
            self.scope
                .on(api.delete_user_group(self.scope.account(), id)),
        )
    }

    /// The members of a group.
    pub fn members(&self, group: impl Into<String>) -> ListMembers {
        let api = self.scope.raw().users();
        ListMembers::new(
            self.scope
                .on(api.get_user_list_in_user_group(group, self.scope.account())),
            types::UserFilter::default(),
        )
    }

    /// Whether a user is a member of a group.
    pub fn has_member(&self, group: impl Into<String>, user: impl Into<String>) -> HasMember {
        let api = self.scope.raw().users();
        HasMember::new(
            self.scope
                .on(api.get_member(self.scope.account(), group, user)),
        )
    }

    /// Makes a user a member of a group.
    pub fn add_member(&self, group: impl Into<String>, user: impl Into<String>) -> AddMember {
        let api = self.scope.raw().users();
        AddMember::new(
            self.scope
                .on(api.put_member(self.scope.account(), group, user)),
        )
    }

    /// Takes a user out of a group.
    pub fn remove_member(&self, group: impl Into<String>, user: impl Into<String>) -> RemoveMember {
        let api = self.scope.raw().users();
        RemoveMember::new(
            self.scope
                .on(api.delete_member(self.scope.account(), group, user)),
        )
    }
}

list! {
    /// A list of user groups: `GET /ng/api/user-groups`.
    ListUserGroups(raw::GetUserGroupList) -> types::UserGroup;
    /// Those whose name, identifier or tags hold this text.
    search(impl Into<String>) => search_term;
    /// Which levels they are of; by default this one.
    levels(impl Into<types::GetUserGroupListFilterType>) => filter_type;
}

filtered! {
    /// A list of members: `POST /ng/api/user-groups/{identifier}/users`.
    ListMembers(raw::GetUserListInUserGroup, types::UserFilter) -> types::UserMetadata;
}

impl ListMembers {
    /// Those whose name or address holds this text.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.filter.search_term = Some(text.into());
        self
    }
}

request! {
    /// Reads a user group: `GET /ng/api/user-groups/{identifier}`.
    GetUserGroup(raw::GetUserGroup) -> types::UserGroup = .data;
}

request! {
    /// Deletes a user group: `DELETE /ng/api/user-groups/{identifier}`.
    DeleteUserGroup(raw::DeleteUserGroup) -> types::UserGroup = .data;
}

request! {
    /// Whether a user is a member: `GET /ng/api/user-groups/{identifier}/member/{userIdentifier}`.
    HasMember(raw::GetMember) -> bool = .data;
}

request! {
    /// Adds a member, and gives the group: `PUT /ng/api/user-groups/{identifier}/member/{userIdentifier}`.
    AddMember(raw::PutMember) -> types::UserGroup = .data;
}

request! {
    /// Takes out a member, and gives the group: `DELETE /ng/api/user-groups/{identifier}/member/{userIdentifier}`.
    RemoveMember(raw::DeleteMember) -> types::UserGroup = .data;
}

/// What a creation or an update answers: the group, or where policies are on, the group beside their verdict.
#[derive(Deserialize)]
struct Saved {
    data: Option<SavedGroup>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SavedGroup {
    WithVerdict {
        #[serde(rename = "userGroup")]
        group: Box<types::UserGroup>,
    },
    Alone(Box<types::UserGroup>),
}

async fn saved(call: harness_api::Call) -> Result<types::UserGroup> {
    let (answer, parts) = call.json::<Saved>().await?.into_parts();
    match answer.data {
        Some(SavedGroup::WithVerdict { group } | SavedGroup::Alone(group)) => Ok(*group),
        None => Err(Error::missing(parts, "value")),
    }
}

/// Replaces a user group: `PUT /ng/api/user-groups`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct UpdateUserGroup {
    raw: raw::PutUserGroup,
}

impl UpdateUserGroup {
    async fn run(self) -> Result<types::UserGroup> {
        saved(self.raw.into_call()).await
    }
}

impl Configure for UpdateUserGroup {
    fn options(&mut self) -> &mut CallOptions {
        self.raw.options()
    }
}

awaitable!(UpdateUserGroup -> types::UserGroup);

/// Creates a user group: `POST /ng/api/user-groups`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct CreateUserGroup {
    scope: Scope,
    group: types::UserGroup,
    options: CallOptions,
}

impl CreateUserGroup {
    /// Its members, by their `uuid`.
    pub fn users(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.group.users = Some(texts(ids));
        self
    }

    async fn run(self) -> Result<types::UserGroup> {
        let request = self
            .scope
            .raw()
            .users()
            .post_user_group(self.scope.account(), &self.group)
            .with_options(self.options);
        saved(self.scope.on(request).into_call()).await
    }
}

described!(CreateUserGroup.group);
sendable!(CreateUserGroup -> types::UserGroup);
