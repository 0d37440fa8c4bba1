//! What became of all calls.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Excuse, judge::Stage};

/// What became of the calls of all modules.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Module by module.
    pub modules: Vec<Module>,
}

/// What became of the calls of one module.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The name of the module.
    pub name: String,
    /// How many operations were called with as little as they take.
    pub minimal: usize,
    /// How many operations were called with everything that they take.
    pub full: usize,
    /// How many calls were made: a body that can be given in several content types is sent in each.
    pub calls: usize,
    /// What went wrong, excused or not.
    pub failures: Vec<Failure>,
    /// How long it took.
    pub time: Duration,
}

/// A call that went wrong.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The id of the operation.
    pub operation: String,
    /// What was called and with what.
    pub request: String,
    /// At which stage.
    pub stage: Stage,
    /// What went wrong.
    pub reason: String,
    /// Why it is no fault of the client, where that is so.
    pub excuse: Option<Excuse>,
}

impl Module {
    /// How many calls came as far as this stage and through it.
    pub fn passed(&self, stage: Stage) -> usize {
        let failed = self
            .failures
            .iter()
            .filter(|failure| failure.stage <= stage);
        self.calls - failed.count()
    }

    /// How many calls are excused by a fix, are excused by the server, and are not excused.
    fn excused(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for failure in &self.failures {
            let [fixed, unjudged, wrong] = &mut counts;
            *match failure.excuse {
                Some(Excuse::Fix(_)) => fixed,
                Some(Excuse::Prism(_)) => unjudged,
                None => wrong,
            } += 1;
        }
        counts
    }
}

impl Report {
    /// Every call that went wrong without an excuse.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        let all = self.modules.iter().flat_map(|module| &module.failures);
        all.filter(|failure| failure.excuse.is_none())
    }

    /// The operations of the calls that are excused, by the excuse.
    fn excuses(&self) -> BTreeMap<&Excuse, BTreeSet<&str>> {
        let mut excuses: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
        for failure in self.modules.iter().flat_map(|module| &module.failures) {
            if let Some(excuse) = &failure.excuse {
                excuses
                    .entry(excuse)
                    .or_default()
                    .insert(&failure.operation);
            }
        }
        excuses
    }

    /// A table of the modules, and the failures below it.
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a text cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "{:<16} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>5} {:>8} {:>5} {:>7}",
            "module",
            "minimal",
            "full",
            "calls",
            "valid",
            "decoded",
            "equal",
            "fixed",
            "unjudged",
            "wrong",
            "seconds"
        )?;
        let mut all = Module {
            name: "all".to_owned(),
            ..Module::default()
        };
        for module in &self.modules {
            row(out, module)?;
            all.minimal += module.minimal;
            all.full += module.full;
            all.calls += module.calls;
            all.time += module.time;
            all.failures.extend(module.failures.iter().cloned());
        }
        row(out, &all)?;
        for (excuse, operations) in self.excuses() {
            let operations: Vec<&str> = operations.into_iter().collect();
            writeln!(out, "\n{excuse}:\n  {}", operations.join(", "))?;
        }
        for failure in self.failures() {
            writeln!(
                out,
                "\n{} ({}): {}\n  {}",
                failure.operation,
                failure.stage.name(),
                failure.reason,
                failure.request
            )?;
        }
        Ok(())
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        let modules = self.modules.iter().map(|module| {
            let failures: Vec<Value> = module
                .failures
                .iter()
                .map(|failure| {
                    json!({
                        "operation": failure.operation,
                        "stage": failure.stage.name(),
                        "reason": failure.reason,
                        "request": failure.request,
                        "excuse": failure.excuse.as_ref().map(ToString::to_string),
                    })
                })
                .collect();
            let [fixed, unjudged, wrong] = module.excused();
            json!({
                "module": module.name,
                "minimal": module.minimal,
                "full": module.full,
                "calls": module.calls,
                "valid": module.passed(Stage::Request),
                "decoded": module.passed(Stage::Answer),
                "equal": module.passed(Stage::Value),
                "fixed": fixed,
                "unjudged": unjudged,
                "wrong": wrong,
                "seconds": module.time.as_secs_f64(),
                "failures": failures,
            })
        });
        Value::Array(modules.collect())
    }
}

fn row(out: &mut String, module: &Module) -> std::fmt::Result {
    let [fixed, unjudged, wrong] = module.excused();
    writeln!(
        out,
        "{:<16} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {fixed:>5} {unjudged:>8} {wrong:>5} {:>7.2}",
        module.name,
        module.minimal,
        module.full,
        module.calls,
        module.passed(Stage::Request),
        module.passed(Stage::Answer),
        module.passed(Stage::Value),
        module.time.as_secs_f64()
    )
}
