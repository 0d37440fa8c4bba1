//! One call: what was set so far, and how it is sent.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::{FilePart, RequestBody, Source};
use crate::client::Client;
use crate::content::is_json_type;
use crate::decode::{self, Received};
use crate::error::{Endpoint, Error, Target};
use crate::exchange::{self, Wanted};
use crate::model::{Cell, Part};
use crate::operation::{Operation, Place};
use crate::options::{CallOptions, Configure};
use crate::query;
use crate::reading::{Reading, Typed};
use crate::redact;
use crate::response::Response;
use crate::stream::ByteStream;

/// A call on its way, boxed: one kind of future for all operations.
pub type Sending<T> = Pin<Box<dyn Future<Output = Result<Response<T>, Error>> + Send>>;

/// One call of an operation: the values of its parameters, its body, and how to read the answer.
///
/// Builders of operations are thin coats over this type. Parameters are named by their position in
/// [`Operation::params`], which decides where a value goes and what it is called there. Setting a parameter again replaces
/// its value. What is wrong with a value comes out when the call is sent, as an error of kind
/// [`Build`](crate::ErrorKind::Build); no setter panics.
///
/// ```no_run
/// use harness_api::{Call, Client, Operation, Param};
///
/// static LIST_WIDGETS: Operation = Operation::new("listWidgets", "GET", "/v1/widgets")
///     .params(&[Param::query("sort", false), Param::query("limit", false)])
///     .answers(&["application/json"]);
///
/// # async fn run(client: Client) -> Result<(), harness_api::Error> {
/// let mut call = Call::new(&client, &LIST_WIDGETS);
/// call.text(0, "name");
/// call.int(1, 50);
/// let widgets = call.json::<Vec<serde_json::Value>>().await?;
/// println!("{} of {:?}", widgets.len(), widgets.header("X-Total-Elements"));
/// # Ok(())
/// # }
/// ```
pub struct Call(
    // One pointer, since builders pass a call from setter to setter by value.
    pub(crate) Box<Parts>,
);

/// What a call consists of.
pub(crate) struct Parts {
    pub(crate) client: Client,
    pub(crate) target: Target,
    /// The values of parameters, in the order of the table.
    pub(crate) values: Vec<(usize, Value)>,
    /// Values for placeholders of a path outside the table.
    pub(crate) segments: Vec<(String, String)>,
    pub(crate) body: Option<(Cow<'static, str>, Source)>,
    pub(crate) options: CallOptions,
}

/// The value of a parameter.
pub(crate) enum Value {
    One(String),
    Many(Vec<String>),
    Pairs(Vec<(String, String)>),
    Json(Bytes),
    File(FilePart),
}

impl Value {
    fn again(&self) -> Option<Self> {
        Some(match self {
            Self::One(text) => Self::One(text.clone()),
            Self::Many(texts) => Self::Many(texts.clone()),
            Self::Pairs(pairs) => Self::Pairs(pairs.clone()),
            Self::Json(json) => Self::Json(json.clone()),
            Self::File(file) => Self::File(file.again()?),
        })
    }
}

impl Call {
    /// A call of an operation, nothing set.
    pub fn new(client: &Client, operation: &'static Operation) -> Self {
        Self::aimed(client, Target::Table(operation))
    }

    /// A call of an endpoint outside the table.
    pub(crate) fn free(client: &Client, method: &str, path: &str) -> Self {
        let endpoint = Endpoint {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
        };
        let mut call = Self::aimed(client, Target::Free(Arc::new(endpoint)));
        if path.contains(['?', '#']) {
            call.0
                .options
                .fault("the path holds a query or a fragment: a query is set apart".to_owned());
        }
        call
    }

    fn aimed(client: &Client, target: Target) -> Self {
        Self(Box::new(Parts {
            client: client.clone(),
            target,
            values: Vec::new(),
            segments: Vec::new(),
            body: None,
            options: CallOptions::default(),
        }))
    }

    /// The operation that is called; `None` for an endpoint outside the table.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.target.operation()
    }

    /// The client that sends the call.
    pub fn client(&self) -> &Client {
        &self.0.client
    }

    /// Whether a parameter has a value.
    pub fn is_set(&self, param: usize) -> bool {
        self.0.values.iter().any(|(set, _)| *set == param)
    }

    /// The value of a parameter, when it is set to a single one: a text, a number or a flag.
    pub fn value(&self, param: usize) -> Option<&str> {
        self.0.values.iter().find_map(|(set, value)| match value {
            Value::One(text) if *set == param => Some(text.as_str()),
            _ => None,
        })
    }

    /// The body, when it is made of bytes that are at hand.
    pub fn body(&self) -> Option<&Bytes> {
        match &self.0.body {
            Some((_, Source::Bytes(bytes))) => Some(bytes),
            _ => None,
        }
    }

    /// The same call again; `None` when its body or a part of it is a stream, which can be sent once.
    pub fn try_clone(&self) -> Option<Self> {
        let mut values = Vec::with_capacity(self.0.values.len());
        for (param, value) in &self.0.values {
            values.push((*param, value.again()?));
        }
        let body = match &self.0.body {
            Some((media, source)) => Some((media.clone(), source.again()?)),
            None => None,
        };
        Some(Self(Box::new(Parts {
            client: self.0.client.clone(),
            target: self.0.target.clone(),
            values,
            segments: self.0.segments.clone(),
            body,
            options: self.0.options.clone(),
        })))
    }

    /// Sets a parameter to a text.
    pub fn text(&mut self, param: usize, value: impl Into<String>) {
        self.set(param, Value::One(value.into()));
    }

    /// Sets a parameter to a whole number.
    pub fn int(&mut self, param: usize, value: i64) {
        self.set(param, Value::One(value.to_string()));
    }

    /// Sets a parameter to a number; one that is not finite has no text and is an error.
    pub fn number(&mut self, param: usize, value: f64) {
        if value.is_finite() {
            self.set(param, Value::One(value.to_string()));
        } else {
            self.fault(param, "the number is not finite");
        }
    }

    /// Sets a parameter to `true` or `false`.
    pub fn flag(&mut self, param: usize, value: bool) {
        self.set(param, Value::One(value.to_string()));
    }

    /// Sets a parameter to a list of texts: its key is repeated in the query, its part in a form.
    pub fn texts<I>(&mut self, param: usize, values: I)
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.set(
            param,
            Value::Many(values.into_iter().map(Into::into).collect()),
        );
    }

    /// Sets a parameter to a list of whole numbers.
    pub fn ints(&mut self, param: usize, values: impl IntoIterator<Item = i64>) {
        self.set(
            param,
            Value::Many(values.into_iter().map(|value| value.to_string()).collect()),
        );
    }

    /// Sets a parameter to an object: in the query each member which is a scalar gives one key, a list repeats its key,
    /// and null gives none; in a form the object is a part of JSON.
    pub fn object(&mut self, param: usize, value: &impl Serialize) {
        match self.place(param) {
            Some(Place::Query) => self.pairs(param, serde_json::to_value(value)),
            Some(Place::Form) => match serde_json::to_vec(value) {
                Ok(json) => self.set(param, Value::Json(json.into())),
                Err(_) => self.fault(param, "it cannot be written as JSON"),
            },
            _ => self.fault(param, "an object has no form there"),
        }
    }

    fn pairs(&mut self, param: usize, object: serde_json::Result<serde_json::Value>) {
        match query::explode(object) {
            Ok(pairs) => self.set(param, Value::Pairs(pairs)),
            Err(fault) => self.fault(param, &fault),
        }
    }

    /// Sets a part of a form to a file.
    pub fn file(&mut self, param: usize, file: FilePart) {
        if self.place(param) == Some(Place::Form) {
            self.set(param, Value::File(file));
        } else {
            self.fault(param, "a file has no form there");
        }
    }

    /// Sets the body to a JSON document.
    ///
    /// Its content type is `application/json`, or where the operation has only another type of the JSON family, that one.
    pub fn body_json(&mut self, body: &impl Serialize) {
        self.json_body(serde_json::to_vec(body));
    }

    /// Sets the body to a value of a generated type, as JSON.
    #[allow(
        dead_code,
        reason = "which operations need it depends on the modules that are compiled in"
    )]
    pub(crate) fn body_part(&mut self, body: Part<'_>) {
        self.json_body(serde_json::to_vec(&body));
    }

    fn json_body(&mut self, json: serde_json::Result<Vec<u8>>) {
        match json {
            Ok(json) => {
                let media = self.json_type();
                self.0.body = Some((Cow::Borrowed(media), Source::Bytes(json.into())));
            }
            Err(error) => {
                let reason = redact::one_line(&error.to_string(), 120);
                self.0
                    .options
                    .fault(format!("the body cannot be written as JSON: {reason}"));
            }
        }
    }

    /// Sets the body to a text, sent as it is: YAML keeps its order, comments and expressions.
    pub fn body_text(
        &mut self,
        content_type: impl Into<Cow<'static, str>>,
        text: impl Into<String>,
    ) {
        self.0.body = Some((content_type.into(), Source::Bytes(text.into().into())));
    }

    /// Sets the body to bytes, a file or a stream.
    pub fn body_bytes(
        &mut self,
        content_type: impl Into<Cow<'static, str>>,
        body: impl Into<RequestBody>,
    ) {
        self.0.body = Some((content_type.into(), body.into().0));
    }

    /// Sends the call and decodes a JSON answer.
    ///
    /// # Errors
    ///
    /// [`Build`](crate::ErrorKind::Build) for what was wrong with the values; [`Connect`](crate::ErrorKind::Connect),
    /// [`Timeout`](crate::ErrorKind::Timeout) and [`Transport`](crate::ErrorKind::Transport) when no answer came;
    /// [`Status`](crate::ErrorKind::Status) for any status but 2XX; [`Decode`](crate::ErrorKind::Decode),
    /// [`EmptyBody`](crate::ErrorKind::EmptyBody), [`UnexpectedContent`](crate::ErrorKind::UnexpectedContent) and
    /// [`BodyTooLarge`](crate::ErrorKind::BodyTooLarge) when the answer cannot be used.
    pub fn json<T: DeserializeOwned + 'static>(self) -> Sending<T> {
        self.read(Wanted::Json, decode::json)
    }

    /// Sends the call and decodes a JSON answer of a generated type, or a bare list or map: `null` in it is dropped.
    #[allow(
        dead_code,
        reason = "which operations need it depends on the modules that are compiled in"
    )]
    #[inline]
    pub(crate) fn typed<T: Cell + 'static>(self) -> Sending<T> {
        Box::pin(Typed::new(exchange::buffered(self, Wanted::Json)))
    }

    /// Sends the call and decodes a JSON answer, or gives `None` where the server sends no body.
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json), without [`EmptyBody`](crate::ErrorKind::EmptyBody).
    pub fn json_or_empty<T: DeserializeOwned + 'static>(self) -> Sending<Option<T>> {
        self.read(Wanted::Json, decode::json_or_empty)
    }

    /// Sends the call and gives the answer as text, whatever its media type.
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json); [`Decode`](crate::ErrorKind::Decode) when the answer is not in UTF-8, and
    /// [`UnexpectedContent`](crate::ErrorKind::UnexpectedContent) for an HTML page which was not asked for.
    pub fn text_answer(self) -> Sending<String> {
        self.read(Wanted::Declared, decode::text)
    }

    /// Sends the call and gives the body of the answer as it arrives.
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json), as far as they show before the body.
    pub fn byte_answer(self) -> Sending<ByteStream> {
        Box::pin(exchange::stream(self))
    }

    /// Sends the call and expects no content; a body is kept in the response as bytes.
    ///
    /// # Errors
    ///
    /// As [`json`](Self::json); [`UnexpectedContent`](crate::ErrorKind::UnexpectedContent) for an HTML page which was not
    /// asked for.
    pub fn empty(self) -> Sending<()> {
        self.read(Wanted::Json, decode::nothing)
    }

    /// The part that depends on the type is one function pointer: the way to the server is the same for all.
    fn read<T: 'static>(
        self,
        wanted: Wanted,
        finish: fn(Received) -> Result<Response<T>, Error>,
    ) -> Sending<T> {
        Box::pin(Reading {
            received: exchange::buffered(self, wanted),
            finish,
        })
    }

    fn json_type(&self) -> &'static str {
        const JSON: &str = "application/json";
        let bodies = self
            .0
            .target
            .operation()
            .map_or(&[][..], |operation| operation.bodies);
        if bodies.contains(&JSON) {
            return JSON;
        }
        bodies
            .iter()
            .copied()
            .find(|media| is_json_type(media))
            .unwrap_or(JSON)
    }

    fn place(&self, param: usize) -> Option<Place> {
        self.0
            .target
            .operation()?
            .params
            .get(param)
            .map(|param| param.place)
    }

    fn set(&mut self, param: usize, value: Value) {
        let values = &mut self.0.values;
        let at = values.iter().position(|(set, _)| *set >= param);
        let at = at.unwrap_or(values.len());
        match values.get_mut(at) {
            Some((set, old)) if *set == param => *old = value,
            _ => values.insert(at, (param, value)),
        }
    }

    fn fault(&mut self, param: usize, fault: &str) {
        let name = self
            .0
            .target
            .operation()
            .and_then(|operation| operation.params.get(param))
            .map_or("?", |param| param.name);
        self.0.options.fault(format!("parameter `{name}`: {fault}"));
    }
}

impl Configure for Call {
    fn options(&mut self) -> &mut CallOptions {
        &mut self.0.options
    }
}

/// Without the values of parameters and the body.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let params = self
            .0
            .target
            .operation()
            .map_or(&[][..], |operation| operation.params);
        let set: Vec<_> = self
            .0
            .values
            .iter()
            .filter_map(|(index, _)| params.get(*index))
            .map(|param| param.name)
            .collect();
        f.debug_struct("Call")
            .field("target", &format_args!("{}", self.0.target))
            .field("set", &set)
            .field("body", &self.0.body)
            .field("options", &self.0.options)
            .finish_non_exhaustive()
    }
}
