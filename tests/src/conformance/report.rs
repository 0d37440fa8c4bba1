//! Results of all calls.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Excuse, judge::Stage};

/// Results of the calls of all modules.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Results by module.
    pub modules: Vec<Module>,
}

/// Results of the calls of one module.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// Name of the module.
    pub name: String,
    /// Number of operations called with minimal values.
    pub minimal: usize,
    /// Number of operations called with full values.
    pub full: usize,
    /// Number of calls: a body with several content types is sent in each.
    pub calls: usize,
    /// Failures, excused or not.
    pub failures: Vec<Failure>,
    /// Duration.
    pub time: Duration,
}

/// Failed call.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Id of the operation.
    pub operation: String,
    /// Description of the call.
    pub request: String,
    /// Stage of the failure.
    pub stage: Stage,
    /// Reason of the failure.
    pub reason: String,
    /// Reason why it is not a fault of the client, if so.
    pub excuse: Option<Excuse>,
}

impl Module {
    /// Returns the number of calls that passed this stage.
    pub fn passed(&self, stage: Stage) -> usize {
        let failed = self
            .failures
            .iter()
            .filter(|failure| failure.stage <= stage);
        self.calls - failed.count()
    }

    /// Returns the numbers of calls that are excused by a fix, excused by the server, and not excused.
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
    /// Returns every failure without an excuse.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        let all = self.modules.iter().flat_map(|module| &module.failures);
        all.filter(|failure| failure.excuse.is_none())
    }

    /// Returns the operations of the excused calls, by excuse.
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

    /// Returns a table of the modules, with the failures below it.
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

    /// Returns the results as JSON.
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
