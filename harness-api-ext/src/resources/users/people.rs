//! The users of an account, an organization or a project, and those who are invited.

use std::collections::BTreeMap;

use harness_api::users::{self as raw, types};
use harness_api::{CallOptions, Configure, Response};

use super::api_keys::ApiKeys;
use crate::error::Result;
use crate::resources::builder::{done, filtered, levels, member, request, sendable, texts};
use crate::scope::{Account, Scope};

levels! {
    /// The users at this level.
    users -> Users on Account Org Project
}

impl Account {
    /// The user whose key this client has. The key of a service account is refused.
    ///
    /// ```no_run
    /// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
    /// println!("{:?}", harness.account().current_user().await?.email);
    /// # Ok(())
    /// # }
    /// ```
    pub fn current_user(&self) -> GetCurrentUser {
        let api = self.scope.raw().users();
        GetCurrentUser::new(api.get_current_user_info(self.scope.account()))
    }
}

/// Users at one level: those who have a role there.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("retail", "checkout");
/// # let harness = server.harness();
/// let users = harness.org("retail").users();
/// let outcome = users.invite(["ada@example.com"]).user_groups(["developers"]).await?;
/// println!("{:?}", outcome.get("ada@example.com"));
/// for found in users.list().search("ada").collect_all().await? {
///     println!("{:?}", found.user.and_then(|user| user.email));
/// }
/// println!("{:?} asks", harness.account().current_user().await?.email);
/// for invite in users.invites().collect_all().await? {
///     users.revoke_invite(invite.id.unwrap_or_default()).await?;
/// }
/// users.remove("lnFZRF6jQO6tQnB9znMALw").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Users {
    scope: Scope,
}

impl Users {
    /// The users at this level, with their roles.
    pub fn list(&self) -> ListUsers {
        let api = self.scope.raw().users();
        ListUsers::new(
            self.scope
                .on(api.get_aggregated_users(self.scope.account())),
            types::AclAggregateFilter::default(),
        )
    }

    /// A user with the roles at this level. The id is the `uuid` of the user.
    pub fn get(&self, id: impl Into<String>) -> GetUser {
        let api = self.scope.raw().users();
        GetUser::new(
            self.scope
                .on(api.get_aggregated_user(id, self.scope.account())),
        )
    }

    /// Adds users by their addresses; who has no account is sent an invitation.
    pub fn invite(&self, emails: impl IntoIterator<Item = impl Into<String>>) -> InviteUsers {
        let emails = texts(emails);
        InviteUsers {
            scope: self.scope.naming_each("email address", &emails),
            users: types::AddUsersDto::new(emails),
            options: CallOptions::default(),
        }
    }

    /// Removes a user from this level.
    pub fn remove(&self, id: impl Into<String>) -> RemoveUser {
        let api = self.scope.raw().users();
        RemoveUser::new(self.scope.on(api.remove_user(id, self.scope.account())))
    }

    /// The invitations that were not accepted yet.
    pub fn invites(&self) -> ListInvites {
        let api = self.scope.raw().users();
        ListInvites::new(
            self.scope
                .on(api.get_pending_users_aggregated(self.scope.account())),
            types::AclAggregateFilter::default(),
        )
    }

    /// Takes back an invitation.
    pub fn revoke_invite(&self, id: impl Into<String>) -> RevokeInvite {
        let api = self.scope.raw().users();
        RevokeInvite::new(
            self.scope
                .checked(api.delete_invite(self.scope.account(), id)),
        )
    }

    /// The API keys of a user, by the `uuid` of the user. They belong to the account, whatever level this is.
    pub fn api_keys(&self, user: impl Into<String>) -> ApiKeys {
        // They belong to the user, whatever the level.
        let account = self.scope.of_account();
        ApiKeys::new(account, types::ApiKeyType::User, user.into())
    }
}

filtered! {
    /// A list of users: `POST /ng/api/user/aggregate`.
    ListUsers(raw::GetAggregatedUsers, types::AclAggregateFilter) -> types::UserAggregateDto;
    /// Those whose name or address holds this text.
    search(impl Into<String>) => search_term;
}

filtered! {
    /// A list of open invitations: `POST /ng/api/invites/aggregate`.
    ListInvites(raw::GetPendingUsersAggregated, types::AclAggregateFilter) -> types::Invite;
    /// Those whose name or address holds this text.
    search(impl Into<String>) => search_term;
}

/// Setters for the roles that those who are listed have.
macro_rules! by_role {
    ($($name:ident)*) => {$(
        impl $name {
            /// Those with one of these roles.
            pub fn roles(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
                self.filter.role_identifiers = Some(texts(ids));
                self
            }

            /// Those with a role on one of these resource groups.
            pub fn resource_groups(
                mut self,
                ids: impl IntoIterator<Item = impl Into<String>>,
            ) -> Self {
                self.filter.resource_group_identifiers = Some(texts(ids));
                self
            }
        }
    )*};
}
by_role!(ListUsers ListInvites);

request! {
    /// Reads the user whose key is used: `GET /ng/api/user/currentUser`. For service accounts there is none.
    GetCurrentUser(raw::GetCurrentUserInfo) -> types::UserInfo = .data;
}

request! {
    /// Reads a user with the roles at this level: `GET /ng/api/user/aggregate/{userId}`.
    GetUser(raw::GetAggregatedUser) -> types::UserAggregateDto = .data;
}

request! {
    /// Removes a user from this level: `DELETE /ng/api/user/{userId}`.
    RemoveUser(raw::RemoveUser) -> () = done;
}

request! {
    /// Takes back an invitation, and gives what it was: `DELETE /ng/api/invites/{inviteId}`.
    RevokeInvite(raw::DeleteInvite) -> Option<types::Invite> = invitation;
}

fn invitation(answer: Response<types::ResponseDtoOptionalInvite>) -> Result<Option<types::Invite>> {
    Ok(answer.into_inner().data.map(|invite| *invite))
}

/// Adds users: `POST /ng/api/user/users`. Gives what came of it by address, such as `USER_INVITED_SUCCESSFULLY` or
/// `USER_ALREADY_ADDED`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct InviteUsers {
    scope: Scope,
    users: types::AddUsersDto,
    options: CallOptions,
}

impl InviteUsers {
    /// The user groups that they become members of.
    pub fn user_groups(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.users.user_groups = Some(texts(ids));
        self
    }

    /// One role more that they have, on the resources of a group.
    pub fn role(mut self, role: impl Into<String>, resource_group: impl Into<String>) -> Self {
        self.users
            .role_bindings
            .get_or_insert_default()
            .push(types::RoleBinding {
                role_identifier: Some(role.into()),
                resource_group_identifier: Some(resource_group.into()),
                ..Default::default()
            });
        self
    }

    async fn run(self) -> Result<BTreeMap<String, String>> {
        let request = self
            .scope
            .raw()
            .users()
            .add_users(self.scope.account(), &self.users)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| {
            answer.data?.add_user_response_map
        })
    }
}

sendable!(InviteUsers -> BTreeMap<String, String>);
