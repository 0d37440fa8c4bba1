//! From the id of an operation to the types of its body and its answer.

use std::fmt;

use harness_api::model::{Bare, Cell, Misfit, misfits_of};
use harness_api::{Call, Client, FilePart};
use serde::de::DeserializeOwned;
use serde::ser::Serialize;
use serde_json::Value;

use crate::calls::Calling;
use crate::generated::TABLES;

/// What one module of the client can decode; the generator writes one of these a module.
#[derive(Clone, Copy)]
pub(crate) struct Table {
    /// The id of an operation, the type of its body, the type of its answer.
    pub(crate) rows: &'static [(&'static str, Option<Again>, Option<Again>)],
    /// The path of a type, and its size in bytes.
    pub(crate) sizes: &'static [(&'static str, usize)],
    /// A call of every operation that takes a form.
    pub(crate) forms: &'static [Form],
    /// The name of the module.
    pub(crate) module: &'static str,
    /// Every operation, to be called with any values.
    pub(crate) calls: &'static [Calling],
}

/// A call of an operation with every part of its form.
#[derive(Clone, Copy)]
pub struct Form {
    /// The id of the operation.
    pub id: &'static str,
    /// The parts that the call should send: name and content.
    pub parts: &'static [(&'static str, Content)],
    /// Makes the call with a client and with what makes the files.
    pub call: fn(&Client, &dyn Fn() -> FilePart) -> Call,
}

/// What a part of a form holds.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// Texts, each in a part of its own.
    Texts(&'static [&'static str]),
    /// This JSON.
    Json(&'static str),
    /// A file.
    File,
}

/// Decodes JSON text into a type and encodes it again.
pub(crate) type Again = fn(&str) -> Result<Decoded, Fault>;

/// A value that went through its type.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// What the type encodes to.
    pub value: Value,
    /// Where members were kept aside as JSON because they did not fit: names and indexes joined by dots.
    pub misfits: Vec<String>,
}

/// Why a text could not be decoded.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// Where: a path as `content[3].name`, or `.` for the whole.
    pub path: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.message, self.path)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// The same within a larger thing.
    pub(crate) fn of(self, what: &str) -> Self {
        Self {
            path: format!("{what}, {}", self.path),
            ..self
        }
    }
}

/// The types of one operation.
#[derive(Clone, Copy)]
pub struct Types {
    request: Option<Again>,
    response: Option<Again>,
}

impl Types {
    /// Sends a body through its type; `None` when the operation has no body of JSON.
    pub fn request(&self, json: &str) -> Option<Result<Decoded, Fault>> {
        self.request.map(|again| again(json))
    }

    /// Sends an answer through its type; `None` when the operation has no answer of JSON.
    pub fn response(&self, json: &str) -> Option<Result<Decoded, Fault>> {
        self.response.map(|again| again(json))
    }
}

/// The types of the operation with this id, if its module is compiled in.
pub fn types(operation: &str) -> Option<Types> {
    TABLES
        .iter()
        .flat_map(|table| table.rows)
        .find(|(id, _, _)| *id == operation)
        .map(|&(_, request, response)| Types { request, response })
}

/// The path and the size of every type that is compiled in.
pub fn sizes() -> impl Iterator<Item = (&'static str, usize)> {
    TABLES.iter().flat_map(|table| table.sizes).copied()
}

/// The calls of all operations that take a form and are compiled in.
pub fn forms() -> impl Iterator<Item = &'static Form> {
    TABLES.iter().flat_map(|table| table.forms)
}

/// A value for a call, from the JSON that the generator wrote for it.
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
#[allow(dead_code, reason = "which modules are compiled in decides")]
pub(crate) fn sample<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("an example of the type")
}

/// Sends JSON through `T`, the way the client reads it and writes it.
pub(crate) fn again<T: Serialize + Cell>(text: &str) -> Result<Decoded, Fault> {
    encoded(&decoded::<T>(text)?)
}

/// Reads JSON the way the client does.
#[inline(never)]
pub(crate) fn decoded<T: Cell>(text: &str) -> Result<T, Fault> {
    let mut json = serde_json::Deserializer::from_str(text);
    let Bare::<T>(value) = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| fault(error.inner(), error.path().to_string()))?;
    json.end().map_err(|error| fault(&error, ".".to_owned()))?;
    Ok(value)
}

/// Writes a value the way the client does.
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
