//! Organizations and projects, variables, settings and the file store.

mod file_store;
mod organizations;
mod projects;
mod settings;
mod variables;

pub use file_store::{
    CreateFile, DeleteFile, DownloadFile, FileStore, GetFile, GetFolder, ListFiles, UpdateFile,
};
pub use harness_api::platform::types;
pub use organizations::{
    CreateOrganization, DeleteOrganization, GetOrganization, ListOrganizations, Organizations,
    UpdateOrganization,
};
pub use projects::{
    CreateProject, DeleteProject, GetProject, ListProjects, Projects, UpdateProject,
};
pub use settings::{GetSetting, ListSettings, Settings};
pub use variables::{
    CreateVariable, DeleteVariable, GetVariable, ListVariables, UpdateVariable, Variables,
};
