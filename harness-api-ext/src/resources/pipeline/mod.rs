//! Pipelines and their runs.

mod execute;
mod logs;
mod pipelines;
mod run;
mod status;

pub use execute::ExecutePipeline;
pub use harness_api::pipeline::types;
pub use logs::{LogArchive, LogLine, RunLogs, RunStep, StepLog};
pub use pipelines::{
    CreatePipeline, DeletePipeline, GetPipeline, ListPipelines, Pipeline, Pipelines, UpdatePipeline,
};
pub use run::{GetRun, Interrupt, InterruptRun, RetryRun, Run, RunEnd, RunState, RunSubject};
pub use status::{Outcome, RunStatus};
