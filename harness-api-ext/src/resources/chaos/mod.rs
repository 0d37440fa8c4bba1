//! Chaos engineering: experiments and their runs, the infrastructures they act on, and probes.

mod experiments;
mod infrastructures;
mod outcome;
mod probes;
mod run;

pub use experiments::{
    DeleteExperiment, Experiments, GetExperiment, ListExperiments, RunExperiment, SaveExperiment,
};
pub use harness_api::chaos::types;
pub use infrastructures::{GetInfrastructure, Infrastructures, ListInfrastructures};
pub use outcome::Outcome;
pub use probes::{GetProbe, ListProbes, Probes};
pub use run::{
    ExperimentEnd, ExperimentRun, ExperimentRunSubject, GetExperimentRun, StopExperimentRun,
};
