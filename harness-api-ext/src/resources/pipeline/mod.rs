//! Pipelines and their runs.

mod approvals;
mod execute;
mod executions;
mod input_sets;
mod logs;
mod pipelines;
mod run;
mod status;
mod triggers;

pub use approvals::{AnswerApproval, Approval, Approvals, ListApprovals};
pub use execute::ExecutePipeline;
pub use executions::{Executions, ListExecutions};
pub use harness_api::pipeline::types;
pub use input_sets::{
    CreateInputSet, DeleteInputSet, GetInputSet, GetInputTemplate, InputSets, ListInputSets,
    MergeInputSets, UpdateInputSet,
};
pub use logs::{LogArchive, LogLine, RunLogs, RunStep, StepLog};
pub use pipelines::{
    CreatePipeline, DeletePipeline, GetPipeline, ListPipelines, Pipeline, Pipelines, UpdatePipeline,
};
pub use run::{GetRun, Interrupt, InterruptRun, RetryRun, Run, RunEnd, RunState, RunSubject};
pub use status::{Outcome, RunStatus};
pub use triggers::{
    CreateTrigger, DeleteTrigger, GetTrigger, ListTriggers, Triggers, UpdateTrigger,
};
