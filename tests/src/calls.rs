//! Calls of operations through their builders, with values given at run time.
//!
//! The generator writes one [`Calling`] per operation. The rest of the code is here, and is not generic if possible,
//! because there are thousands of operations.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use harness_api::model::Cell;
use harness_api::{BoxFuture, ByteStream, Bytes, Client, Error, FilePart, Response, Sending};
use serde::ser::Serialize;
use serde_json::Value;

use crate::dispatch::{Decoded, Fault, decoded, encoded};
use crate::generated::TABLES;

/// Callable operation.
pub struct Calling {
    /// Id of the operation.
    pub id: &'static str,
    /// Content types of its body, the one with the fewest values first; an empty one for no body.
    pub ways: &'static [&'static str],
    pub(crate) make: fn(&Client, &Given) -> Result<Going, Fault>,
}

/// Future of a call.
pub type Going = BoxFuture<'static, Result<Answer, Error>>;

impl Calling {
    /// Starts the call.
    ///
    /// # Errors
    ///
    /// Returns a fault if a value does not fit the type that the builder takes.
    pub fn call(&self, client: &Client, given: &Given) -> Result<Going, Fault> {
        let going = (self.make)(client, given)?;
        match given.faults.take().into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(going),
        }
    }
}

/// Returns every operation of the enabled modules, by module.
pub fn modules() -> impl Iterator<Item = (&'static str, &'static [Calling])> {
    TABLES.iter().map(|table| (table.module, table.calls))
}

/// Values of one call.
#[derive(Debug, Default)]
pub struct Given {
    /// Values of parameters, by their position in the operation.
    pub values: Vec<Option<Value>>,
    /// Body: JSON as text, or plain text.
    pub body: String,
    /// Index of the content type of the body.
    pub way: usize,
    /// Whether optional parameters are set too.
    pub full: bool,
    /// Whether the body is a multipart form.
    pub form: bool,
    /// The body after it was decoded and encoded.
    pub sent: RefCell<Option<Decoded>>,
    pub(crate) faults: RefCell<Vec<Fault>>,
}

#[allow(dead_code, reason = "which modules are compiled in decides")]
impl Given {
    pub(crate) fn way(&self) -> usize {
        self.way
    }

    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    pub(crate) fn is_full_form(&self) -> bool {
        self.full && self.form
    }

    pub(crate) fn text(&self, param: usize) -> String {
        match self.raw(param) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }

    pub(crate) fn int(&self, param: usize) -> i64 {
        self.scalar(param, "an integer", Value::as_i64)
    }

    pub(crate) fn number(&self, param: usize) -> f64 {
        self.scalar(param, "a number", Value::as_f64)
    }

    pub(crate) fn flag(&self, param: usize) -> bool {
        self.scalar(param, "a boolean", Value::as_bool)
    }

    pub(crate) fn texts(&self, param: usize) -> Vec<String> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.scalar(param, "a list", |value| {
            Some(value.as_array()?.iter().map(text).collect())
        })
    }

    pub(crate) fn ints(&self, param: usize) -> Vec<i64> {
        self.scalar(param, "a list of integers", |value| {
            value.as_array()?.iter().map(Value::as_i64).collect()
        })
    }

    pub(crate) fn file(&self, _param: usize) -> FilePart {
        FilePart::bytes("file.txt", "what the file holds").mime("text/plain")
    }

    /// Returns a value of any other type.
    pub(crate) fn value<T: Serialize + Cell>(&self, param: usize) -> Result<T, Fault> {
        let text = self
            .raw(param)
            .map_or_else(|| "null".to_owned(), Value::to_string);
        decoded(&text).map_err(|fault| fault.of(&format!("parameter {param}")))
    }

    /// Returns the body, decoded from JSON.
    pub(crate) fn body<T: Serialize + Cell>(&self) -> Result<T, Fault> {
        let value = decoded(&self.body).map_err(|fault| fault.of("body"))?;
        *self.sent.borrow_mut() = Some(encoded(&value).map_err(|fault| fault.of("body"))?);
        Ok(value)
    }

    pub(crate) fn body_text(&self) -> String {
        self.body.clone()
    }

    fn raw(&self, param: usize) -> Option<&Value> {
        let value = self.values.get(param).and_then(Option::as_ref);
        if value.is_none() {
            self.fault(param, "a value");
        }
        value
    }

    fn scalar<T: Default>(
        &self,
        param: usize,
        wanted: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> T {
        let value = self.raw(param).map(read);
        if let Some(None) = value {
            self.fault(param, wanted);
        }
        value.flatten().unwrap_or_default()
    }

    fn fault(&self, param: usize, wanted: &str) {
        self.faults.borrow_mut().push(Fault {
            message: format!("{wanted} is wanted"),
            path: format!("parameter {param}"),
        });
    }
}

/// Response to a call.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body as received.
    pub bytes: Bytes,
    /// Body as the client decoded it.
    pub read: Read,
}

/// Body as the client decoded it.
#[derive(Debug)]
pub enum Read {
    /// Value, encoded again.
    Json(Result<Decoded, Fault>),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
    /// No body.
    Empty,
}

/// Calls an operation that returns JSON.
#[allow(dead_code, reason = "which modules are compiled in decides")]
pub(crate) fn json<T: Serialize + Cell + Unpin + 'static>(sending: Sending<T>) -> Going {
    Box::pin(Reading {
        sending,
        read: |value| Read::Json(encoded(value)),
    })
}

/// Calls an operation that returns text.
#[allow(dead_code, reason = "which modules are compiled in decides")]
pub(crate) fn text(sending: Sending<String>) -> Going {
    Box::pin(Reading {
        sending,
        read: |text| Read::Text(text.clone()),
    })
}

/// Calls an operation that returns no body.
#[allow(dead_code, reason = "which modules are compiled in decides")]
pub(crate) fn empty(sending: Sending<()>) -> Going {
    Box::pin(Reading {
        sending,
        read: |()| Read::Empty,
    })
}

/// Calls an operation that returns bytes.
#[allow(dead_code, reason = "which modules are compiled in decides")]
pub(crate) fn bytes(sending: Sending<ByteStream>) -> Going {
    /// Larger than any response in a test.
    const LIMIT: u64 = 64 << 20;
    Box::pin(async {
        let (stream, parts) = sending.await?.into_parts();
        let bytes = stream.collect(LIMIT).await?;
        Ok(Answer {
            status: parts.status.as_u16(),
            read: Read::Bytes(bytes.clone()),
            bytes,
        })
    })
}

struct Reading<T> {
    sending: Sending<T>,
    read: fn(&T) -> Read,
}

impl<T> Future for Reading<T> {
    type Output = Result<Answer, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer: Response<T> = ready!(self.sending.as_mut().poll(context))?;
        Poll::Ready(Ok(Answer {
            status: answer.status().as_u16(),
            bytes: answer.bytes().clone(),
            read: (self.read)(&answer),
        }))
    }
}
