//! The pipeline: one value that carries a description through the stages.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{
    Tables,
    api::Api,
    before::Before,
    behaviour, call,
    diagnostics::Diagnostics,
    fix::{self, Applied},
    layout,
    lower::{self, Lowered},
    partition::{self, Partition},
    progenitor, refine,
};

/// Receives the name of the stage that begins.
pub type Progress<'p> = &'p mut dyn FnMut(&str);

/// A description on its way through the stages: what each of them made, and what they report.
///
/// A stage leaves out what it cannot handle, adds the reason to the diagnostics and goes on, so that there is something to
/// compare before the tables fit.
#[derive(Debug, Default)]
pub struct Pipeline {
    /// The description; its faults are corrected by [`fix`](Self::fix).
    pub document: Value,
    /// What the fixes did.
    pub applied: Vec<Applied>,
    /// The description in the form that progenitor takes.
    pub lowered: Lowered,
    /// The division of `lowered` into modules.
    pub partition: Partition,
    /// The API in terms of Rust.
    pub api: Api,
    /// Time spent on each module.
    pub spent: BTreeMap<String, Duration>,
    /// What the stages report.
    pub diagnostics: Diagnostics,
}

impl Pipeline {
    /// Returns the pipeline of a description, before the first stage.
    pub fn new(document: Value) -> Self {
        Self {
            document,
            ..Self::default()
        }
    }

    /// Goes through all stages. An operation that no rule places stays in the module that it has in the client of `before`.
    pub fn run(&mut self, tables: &Tables, before: &dyn Before, progress: Progress<'_>) {
        progress("fixes");
        self.fix(tables);
        progress("lower, partition");
        self.lower(tables, before);
        self.refine(tables, progress);
    }

    /// Corrects known faults of the description.
    pub fn fix(&mut self, tables: &Tables) {
        self.applied = fix::apply(&mut self.document, &tables.fixes, &mut self.diagnostics);
    }

    /// Lowers the description and divides it into modules.
    pub fn lower(&mut self, tables: &Tables, before: &dyn Before) {
        self.lowered = lower::lower(&self.document, tables, before, &mut self.diagnostics);
        self.partition = partition::partition(&self.lowered, &tables.map);
    }

    /// Makes the API of what is lowered: by progenitor, refinement and the rules of behaviour. Then decides how operations are
    /// called and which file holds what. A module that progenitor refuses is left out.
    pub fn refine(&mut self, tables: &Tables, progress: Progress<'_>) {
        let Self {
            document,
            lowered,
            partition,
            api,
            spent,
            diagnostics,
            ..
        } = self;
        let mut outlines = Vec::new();
        partition.parts.retain(|part| {
            progress(&format!("progenitor: {}", part.name));
            let start = Instant::now();
            let outline = diagnostics.ok("", progenitor::outline(lowered, part));
            spent.insert(part.name.clone(), start.elapsed());
            let made = outline.is_some();
            outlines.extend(outline);
            made
        });
        progress("refine");
        *api = refine::refine(lowered, partition, &outlines, diagnostics);
        progress("behaviour");
        behaviour::behaviour(api, document, tables.behaviour.as_ref(), diagnostics);
        call::describe(api, diagnostics);
        layout::divide(api);
    }
}
