//! Who may do what: roles, resource groups, role assignments, and checks.

mod access;
mod resource_groups;
mod role_assignments;
mod roles;

pub use access::{Access, Can, CheckAccess, CheckEach};
pub use harness_api::access_control::types;
pub use resource_groups::{
    CreateResourceGroup, DeleteResourceGroup, GetResourceGroup, ListResourceGroups, ResourceGroups,
    UpdateResourceGroup,
};
pub use role_assignments::{
    CreateRoleAssignment, CreateRoleAssignments, DeleteRoleAssignment, DeleteRoleAssignments,
    GetRoleAssignment, ListRoleAssignments, Principal, RoleAssignments,
};
pub use roles::{CreateRole, DeleteRole, GetRole, ListPermissions, ListRoles, Roles, UpdateRole};
