//! What became of all calls.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::judge::Stage;

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
    /// What went wrong.
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
}

impl Report {
    /// Every call that went wrong.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.modules.iter().flat_map(|module| &module.failures)
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
            "{:<16} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8}",
            "module", "minimal", "full", "calls", "valid", "decoded", "equal", "seconds"
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
        for failure in &all.failures {
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
                    })
                })
                .collect();
            json!({
                "module": module.name,
                "minimal": module.minimal,
                "full": module.full,
                "calls": module.calls,
                "valid": module.passed(Stage::Request),
                "decoded": module.passed(Stage::Answer),
                "equal": module.passed(Stage::Value),
                "seconds": module.time.as_secs_f64(),
                "failures": failures,
            })
        });
        Value::Array(modules.collect())
    }
}

fn row(out: &mut String, module: &Module) -> std::fmt::Result {
    writeln!(
        out,
        "{:<16} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8.2}",
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
