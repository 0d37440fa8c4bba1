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
pub use executions::{Executions, ListExecutionOutlines, ListExecutions};
pub use harness_api::pipeline::types;
pub use input_sets::{
    CreateInputSet, CreateOverlayInputSet, DeleteInputSet, GetInputSet, GetInputTemplate,
    GetOverlayInputSet, InputSets, ListInputSets, MergeInputSets, UpdateInputSet,
    UpdateOverlayInputSet,
};
pub use logs::{LogArchive, LogLine, RunLogs, RunStep, StepLog};
pub use pipelines::{
    CreatePipeline, DeletePipeline, GetPipeline, ListPipelines, Pipeline, Pipelines, UpdatePipeline,
};
pub use run::{
    GetRetryHistory, GetRun, Interrupt, InterruptRun, InterruptStage, RetryRun, Run, RunEnd,
    RunState, RunSubject,
};
pub use status::{Outcome, RunStatus};
pub use triggers::{
    CreateTrigger, DeleteTrigger, GetTrigger, GetTriggerDetails, ListTriggerEvents, ListTriggers,
    SendEvent, Triggers, UpdateTrigger,
};
