//! Values by the description: answers of all operations, bodies and parameters.

mod answer;
mod document;
mod page;
mod pattern;
mod sample;
mod validate;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use harness_api::{Operation, Param};
use serde_json::Value;

use super::check::Violation;
use super::received::Received;
use super::reply::Reply;
use answer::Made;
use document::{Entry, Part};
pub use sample::Mode;
pub(super) use validate::violations;

/// What the description says of every operation, made into values: the same for the same seed.
///
/// ```
/// use harness_api_ext::mock::{Described, Mode, Received};
/// use harness_api_ext::raw::Operation;
///
/// /// What it makes has no violations.
/// fn check(operation: &'static Operation, request: &Received) {
///     let described = Described::new(7);
///     assert!(described.answer(request).is_some());
///     if let Some(answer) = described.value(operation, Mode::Minimal) {
///         assert!(described.check_answer(operation, &answer).is_empty());
///     }
///     if let Some(body) = described.body(operation, Mode::Full) {
///         assert!(described.check_body(operation, &body).is_empty());
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Described {
    seed: u64,
    made: Mutex<HashMap<&'static str, Arc<Made>>>,
}

impl Described {
    /// Values of this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            made: Mutex::default(),
        }
    }

    /// The answer to a request; `None` when the description lacks its operation.
    ///
    /// Lists are cut to the page that is asked for, and what tells of pages agrees with it. Organization and project are
    /// those of the request.
    pub fn answer(&self, request: &Received) -> Option<Reply> {
        let operation = request.operation()?;
        let entry = document::find(operation)?;
        let made = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            let make = || Arc::new(Made::of(&entry, operation, self.seed));
            Arc::clone(made.entry(operation.id).or_insert_with(make))
        };
        Some(made.reply(operation, request))
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

    /// What is wrong with a body in JSON that is sent to an operation.
    pub fn check_body(&self, operation: &'static Operation, body: &Value) -> Vec<Violation> {
        check(operation, Part::Body, body)
    }

    /// What is wrong with an answer in JSON of an operation.
    pub fn check_answer(&self, operation: &'static Operation, answer: &Value) -> Vec<Violation> {
        check(operation, Part::Answer, answer)
    }

    fn sample(
        &self,
        operation: &'static Operation,
        part: Part,
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

fn check(operation: &'static Operation, part: Part, value: &Value) -> Vec<Violation> {
    let entry = document::find(operation);
    entry.map_or_else(Vec::new, |entry| validate::faults(&entry, part, "", value))
}

#[cfg(test)]
mod tests;
