//! Services, environments, infrastructures, overrides and freeze windows: what pipelines deploy, and where.

mod environment_groups;
mod environments;
mod freezes;
mod infrastructures;
mod service_overrides;
mod services;

pub use environment_groups::{
    CreateEnvironmentGroup, DeleteEnvironmentGroup, EnvironmentGroups, GetEnvironmentGroup,
    ListEnvironmentGroups, UpdateEnvironmentGroup,
};
pub use environments::{
    CreateEnvironment, DeleteEnvironment, Environments, GetEnvironment, ListEnvironments,
    UpdateEnvironment,
};
pub use freezes::{
    CreateFreeze, DeleteFreeze, Freezes, GetFreeze, GetGlobalFreeze, ListFreezes, SetFreezeStatus,
    SetGlobalFreeze, UpdateFreeze,
};
pub use harness_api::cd::types;
pub use infrastructures::{
    CreateInfrastructure, DeleteInfrastructure, GetInfrastructure, Infrastructures,
    ListInfrastructures, UpdateInfrastructure,
};
pub use service_overrides::{
    DeleteServiceOverride, GetServiceOverride, ServiceOverrides, WriteServiceOverride,
};
pub use services::{
    CreateService, DeleteService, GetService, ListServices, Services, UpdateService,
};
