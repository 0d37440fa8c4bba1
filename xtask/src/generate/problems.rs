//! What needs a decision before the client can be generated.

use std::fmt::Display;

use anyhow::{Result, bail};

/// Problems in the order in which they were found.
///
/// A stage notes what it can go on without, so that all of it is seen at once and a description that does not fit yet
/// can still be compared. Who generates asks for [`none`](Self::none) after each stage.
#[derive(Clone, Debug, Default)]
pub struct Problems(Vec<String>);

impl Problems {
    /// Adds one.
    pub fn note(&mut self, problem: impl Display) {
        self.0.push(problem.to_string());
    }

    /// Adds what failed; gives what did not.
    pub fn unless<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.note(format!("{error:#}"))).ok()
    }

    /// Fails if there are any, with all of them.
    pub fn none(&self) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        bail!("{}", self.0.join("\n"))
    }

    /// All of them.
    pub fn list(&self) -> &[String] {
        &self.0
    }
}
