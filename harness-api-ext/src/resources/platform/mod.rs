//! Organizations and projects.

mod organizations;
mod projects;

pub use harness_api::platform::types;
pub use organizations::{
    CreateOrganization, DeleteOrganization, GetOrganization, ListOrganizations, Organizations,
    UpdateOrganization,
};
pub use projects::{
    CreateProject, DeleteProject, GetProject, ListProjects, Projects, UpdateProject,
};
