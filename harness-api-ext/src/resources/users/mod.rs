//! Users, invitations, user groups, service accounts, API keys and tokens.

mod api_keys;
mod groups;
mod people;
mod service_accounts;
mod tokens;

pub use api_keys::{ApiKeys, CreateApiKey, DeleteApiKey, GetApiKey, ListApiKeys, UpdateApiKey};
pub use groups::{
    AddMember, CreateUserGroup, DeleteUserGroup, GetUserGroup, HasMember, ListMembers,
    ListUserGroups, RemoveMember, UpdateUserGroup, UserGroups,
};
pub use harness_api::users::types;
pub use people::{
    GetCurrentUser, GetUser, InviteUsers, ListInvites, ListUsers, RemoveUser, RevokeInvite, Users,
};
pub use service_accounts::{
    CreateServiceAccount, DeleteServiceAccount, GetServiceAccount, ListServiceAccounts,
    ServiceAccounts, UpdateServiceAccount,
};
pub use tokens::{
    CreateToken, DeleteToken, ListTokens, RotateToken, Tokens, UpdateToken, ValidateToken,
};
