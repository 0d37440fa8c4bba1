//! Infrastructure as code: workspaces, their executions and approvals, and the registries of modules and providers.

mod approvals;
mod executions;
mod registry;
mod workspaces;

pub use approvals::{AnswerApproval, Approvals, GetApproval, ListApprovals};
pub use executions::{
    ExecutionEnd, ExecutionSubject, Executions, GetExecution, ListExecutions, ListResourceChanges,
};
pub use harness_api::iacm::types;
pub use registry::{GetModule, GetProvider, ListModules, ListProviders, Modules, Providers};
pub use workspaces::{
    CloneWorkspace, CreateWorkspace, DeleteWorkspace, GetWorkspace, GetWorkspaceResources,
    ListWorkspaces, UnlockWorkspace, UpdateWorkspace, Workspaces,
};
