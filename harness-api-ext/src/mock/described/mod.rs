//! Values generated from the description: responses of all operations, bodies and parameters.

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

/// Generator of values from the description. The same seed generates the same values.
///
/// ```
/// use harness_api_ext::mock::{Described, Mode, Received};
/// use harness_api_ext::raw::Operation;
///
/// /// Generated values have no violations.
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
    /// Creates a generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            made: Mutex::default(),
        }
    }

    /// Returns the response to a request; `None` if the description lacks its operation.
    ///
    /// Lists are reduced to the requested page, and the paging fields agree with it. Organization and project are those
    /// of the request.
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

    /// Returns a JSON body for an operation; `None` if it has none.
    pub fn body(&self, operation: &'static Operation, mode: Mode) -> Option<Value> {
        self.sample(operation, Part::Body, "", mode)
    }

    /// Returns a multipart body for an operation, as an object with its parts; `None` if it has none.
    pub fn form(&self, operation: &'static Operation, mode: Mode) -> Option<Value> {
        self.sample(operation, Part::Form, "", mode)
    }

    /// Returns a value for a parameter of an operation.
    pub fn param(&self, operation: &'static Operation, param: &Param, mode: Mode) -> Value {
        let part = Part::Param(param.place, param.name);
        let made = self.sample(operation, part, param.name, mode);
        made.unwrap_or_else(|| {
            let seed = words::mix(words::mix(self.seed, operation.id), param.name);
            words::text(param.name, "", seed).into()
        })
    }

    /// Returns a JSON response of an operation; `None` if it has none.
    pub fn value(&self, operation: &'static Operation, mode: Mode) -> Option<Value> {
        self.sample(operation, Part::Answer, "", mode)
    }

    /// Returns the violations of the JSON body of a request.
    pub fn check_body(&self, operation: &'static Operation, body: &Value) -> Vec<Violation> {
        check(operation, Part::Body, body)
    }

    /// Returns the violations of a JSON response.
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
