//! Diagnostics: what the stages report about a description, its fixes and its tables.
//!
//! A stage adds what it can continue without, so that everything is seen at once and a description that does not fit
//! yet can still be compared. The caller of the pipeline decides whether errors end the run.

mod proposal;

use std::fmt;

use anyhow::{Error, Result, bail};

pub use proposal::{Proposal, quoted, write};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The client lacks something that the description has. It goes into `openapi/losses.md`.
    Loss,
    /// The client cannot be generated until this is decided.
    Error,
}

/// One thing that a stage reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What it is about: the id of an operation, or the place of an error in the description. Empty for more than one.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// Lines of the tables that would settle it.
    pub proposals: Vec<Proposal>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)?;
        for proposal in &self.proposals {
            write!(f, "\n{proposal}")?;
        }
        Ok(())
    }
}

/// Collects diagnostics in the order in which they are found.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds an error at a place of the description.
    pub fn error(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.propose(place, message, Vec::new());
    }

    /// Adds an error that lines of a table would settle.
    pub fn propose(
        &mut self,
        place: impl Into<String>,
        message: impl Into<String>,
        proposals: Vec<Proposal>,
    ) {
        self.0.push(Diagnostic {
            severity: Severity::Error,
            place: place.into(),
            message: message.into(),
            proposals,
        });
    }

    /// Adds something of an operation that the client cannot express.
    pub fn loss(&mut self, operation: &str, message: String) {
        self.0.push(Diagnostic {
            severity: Severity::Loss,
            place: operation.to_owned(),
            message,
            proposals: Vec::new(),
        });
    }

    /// Returns the value of a result, or adds its error.
    pub fn ok<T>(&mut self, place: &str, result: Result<T>) -> Option<T> {
        let add = |error: Error| self.error(place, format!("{error:#}"));
        result.map_err(add).ok()
    }

    /// Returns the errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        let list = self.0.iter();
        list.filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns what the client lacks, as operation and message, in order and each once.
    pub fn losses(&self) -> Vec<(&str, &str)> {
        let losses = self.0.iter();
        let losses = losses.filter(|diagnostic| diagnostic.severity == Severity::Loss);
        let mut losses: Vec<_> = losses
            .map(|diagnostic| (diagnostic.place.as_str(), diagnostic.message.as_str()))
            .collect();
        losses.sort_unstable();
        losses.dedup();
        losses
    }

    /// Returns the texts of the errors.
    pub fn messages(&self) -> Vec<String> {
        self.errors().map(Diagnostic::to_string).collect()
    }

    /// Returns the lines of tables that would settle errors.
    pub fn proposals(&self) -> Vec<&Proposal> {
        self.errors()
            .flat_map(|diagnostic| &diagnostic.proposals)
            .collect()
    }

    /// Fails with all errors, if there are any.
    pub fn check(&self) -> Result<()> {
        match self.messages() {
            messages if messages.is_empty() => Ok(()),
            messages => bail!("{}", messages.join("\n")),
        }
    }
}
