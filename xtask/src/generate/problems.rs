//! What needs a decision before the client can be generated.

use std::fmt::Display;

use anyhow::{Result, bail};

use super::proposal::Proposal;

/// Problems in the order in which they were found.
///
/// A stage notes what it can go on without, so that all of it is seen at once and a description that does not fit yet
/// can still be compared. Who generates asks for [`none`](Self::none) at the end.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    texts: Vec<String>,
    proposals: Vec<Proposal>,
}

impl Problems {
    /// Adds one.
    pub fn note(&mut self, problem: impl Display) {
        self.texts.push(problem.to_string());
    }

    /// Adds one that lines of a table would settle, and shows them below it.
    pub fn propose(&mut self, problem: impl Display, proposals: Vec<Proposal>) {
        let mut text = problem.to_string();
        for proposal in &proposals {
            text += &format!("\n{}", proposal.text());
        }
        self.texts.push(text);
        self.proposals.extend(proposals);
    }

    /// Adds what failed; gives what did not.
    pub fn unless<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.note(format!("{error:#}"))).ok()
    }

    /// Fails if there are any, with all of them.
    pub fn none(&self) -> Result<()> {
        if self.texts.is_empty() {
            return Ok(());
        }
        bail!("{}", self.texts.join("\n"))
    }

    /// All of them.
    pub fn list(&self) -> &[String] {
        &self.texts
    }

    /// The lines of tables that would settle some of them.
    pub fn proposals(&self) -> &[Proposal] {
        &self.proposals
    }
}
