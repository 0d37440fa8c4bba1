//! Finds the types of the body and the response of an operation by its id.

use std::fmt;

use harness_api::model::{Bare, Cell, Misfit, misfits_of};
use harness_api::{Call, Client, FilePart};
use serde::de::DeserializeOwned;
use serde::ser::Serialize;
use serde_json::Value;

use crate::calls::Calling;
use crate::generated::TABLES;

/// Types and calls of one module. The generator writes one table per module.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    /// Id of an operation, type of its body, type of its response.
    pub(crate) rows: &'static [(&'static str, Option<Again>, Option<Again>)],
    /// Path of a type, and its size in bytes.
    pub(crate) sizes: &'static [(&'static str, usize)],
    /// Calls of all operations that take a form.
    pub(crate) forms: &'static [Form],
    /// Name of the module.
    pub(crate) module: &'static str,
    /// Calls of all operations, with any values.
    pub(crate) calls: &'static [Calling],
}

/// Call of an operation with every part of its form.
#[derive(Clone, Copy)]
pub struct Form {
    /// Id of the operation.
    pub id: &'static str,
    /// Expected parts: name and content.
    pub parts: &'static [(&'static str, Content)],
    /// Makes the call with a client and a source of files.
    pub call: fn(&Client, &dyn Fn() -> FilePart) -> Call,
}

/// Content of a part of a form.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// Texts, each in a part of its own.
    Texts(&'static [&'static str]),
    /// JSON.
    Json(&'static str),
    /// File.
    File,
}

/// Decodes JSON text to a type and encodes it again.
pub(crate) type Again = fn(&str) -> Result<Decoded, Fault>;

/// Decoded and encoded value.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// Encoded value.
    pub value: Value,
    /// Paths of mismatched fields, which are kept as JSON: names and indexes joined by dots.
    pub misfits: Vec<String>,
}

/// Reason why a text could not be decoded.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Error message.
    pub message: String,
    /// Path such as `content[3].name`, or `.` for the whole value.
    pub path: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.message, self.path)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// Returns the fault within a larger value.
    pub(crate) fn of(self, what: &str) -> Self {
        Self {
            path: format!("{what}, {}", self.path),
            ..self
        }
    }
}

/// Types of one operation.
#[derive(Clone, Copy)]
pub struct Types {
    request: Option<Again>,
    response: Option<Again>,
}

impl Types {
    /// Decodes and encodes a body; `None` if the operation has no JSON body.
    pub fn request(&self, json: &str) -> Option<Result<Decoded, Fault>> {
        self.request.map(|again| again(json))
    }

    /// Decodes and encodes a response; `None` if the operation has no JSON response.
    pub fn response(&self, json: &str) -> Option<Result<Decoded, Fault>> {
        self.response.map(|again| again(json))
    }
}

/// Returns the types of an operation by its id, if its module is enabled.
pub fn types(operation: &str) -> Option<Types> {
    TABLES
        .iter()
        .flat_map(|table| table.rows)
        .find(|(id, _, _)| *id == operation)
        .map(|&(_, request, response)| Types { request, response })
}

/// Returns path and size of every type of the enabled modules.
pub fn sizes() -> impl Iterator<Item = (&'static str, usize)> {
    TABLES.iter().flat_map(|table| table.sizes).copied()
}

/// Returns the calls of all operations of the enabled modules that take a form.
pub fn forms() -> impl Iterator<Item = &'static Form> {
    TABLES.iter().flat_map(|table| table.forms)
}

/// Returns a value for a call, from the JSON that the generator wrote.
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
#[allow(dead_code, reason = "which modules are compiled in decides")]
pub(crate) fn sample<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("an example of the type")
}

/// Decodes JSON to `T` and encodes it again, as the client does.
pub(crate) fn again<T: Serialize + Cell>(text: &str) -> Result<Decoded, Fault> {
    encoded(&decoded::<T>(text)?)
}

/// Decodes JSON as the client does.
#[inline(never)]
pub(crate) fn decoded<T: Cell>(text: &str) -> Result<T, Fault> {
    let mut json = serde_json::Deserializer::from_str(text);
    let Bare::<T>(value) = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| fault(error.inner(), error.path().to_string()))?;
    json.end().map_err(|error| fault(&error, ".".to_owned()))?;
    Ok(value)
}

/// Encodes a value as the client does.
#[inline(never)]
pub(crate) fn encoded<T: Serialize + Cell>(value: &T) -> Result<Decoded, Fault> {
    noted(serde_json::to_value(value), misfits_of(value))
}

fn noted(value: Result<Value, serde_json::Error>, misfits: Vec<Misfit>) -> Result<Decoded, Fault> {
    match value {
        Ok(value) => Ok(Decoded {
            value,
            misfits: misfits.into_iter().map(|misfit| misfit.path).collect(),
        }),
        Err(error) => Err(fault(&error, ".".to_owned())),
    }
}

fn fault(error: &serde_json::Error, path: String) -> Fault {
    Fault {
        message: error.to_string(),
        path,
    }
}
