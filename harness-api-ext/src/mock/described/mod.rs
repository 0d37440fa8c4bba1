//! Values by the description: answers of all operations, bodies and parameters.

mod document;
mod sample;
mod words;

use harness_api::{Operation, Param};
use serde_json::Value;

use document::{Entry, Part};
pub use sample::Mode;

/// What the description says of every operation, made into values: the same for the same seed.
#[derive(Clone, Debug)]
pub struct Described {
    seed: u64,
}

impl Described {
    /// Values of this seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A body in JSON that an operation takes; `None` when it takes none.
    pub fn body(&self, operation: &'static Operation, mode: Mode) -> Option<Value> {
        self.sample(operation, Part::Body, "", mode)
    }

    /// A multipart body that an operation takes, its parts as members; `None` when it takes none.
    pub fn form(&self, operation: &'static Operation, mode: Mode) -> Option<Value> {
        self.sample(operation, Part::Form, "", mode)
    }

    /// A value of a parameter of an operation.
    pub fn param(&self, operation: &'static Operation, param: &Param, mode: Mode) -> Value {
        let part = Part::Param(param.place, param.name);
        let made = self.sample(operation, part, param.name, mode);
        made.unwrap_or_else(|| {
            let seed = words::mix(words::mix(self.seed, operation.id), param.name);
            words::text(param.name, "", seed).into()
        })
    }

    /// An answer in JSON of an operation; `None` when it gives none.
    pub fn value(&self, operation: &'static Operation, mode: Mode) -> Option<Value> {
        self.sample(operation, Part::Answer, "", mode)
    }

    fn sample(
        &self,
        operation: &'static Operation,
        part: Part<'_>,
        name: &str,
        mode: Mode,
    ) -> Option<Value> {
        let entry: Entry = document::find(operation)?;
        let seed = words::mix(self.seed, operation.id);
        sample::sample(
            entry.document.schemas(),
            entry.schema(part)?,
            name,
            seed,
            mode,
        )
    }
}
