//! Calls of endpoints which the table of operations lacks.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::body::RequestBody;
use crate::call::{Call, Sending};
use crate::client::Client;
use crate::options::{CallOptions, Configure};
use crate::stream::ByteStream;

/// A call of any endpoint, made by [`Client::request`]. Query, headers and timeout are set through [`Configure`].
///
/// ```no_run
/// use harness_api::{Client, Configure};
///
/// # async fn run(client: Client) -> Result<(), harness_api::Error> {
/// let created = client
///     .request("POST", "/v1/orgs/{org}/widgets")
///     .segment("org", "retail")
///     .with_query("dryRun", "true")
///     .json_body(&serde_json::json!({ "identifier": "w1" }))
///     .send::<serde_json::Value>()
///     .await?;
/// println!("{}", created["identifier"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct Request {
    call: Call,
}

impl Request {
    pub(crate) fn new(client: &Client, method: &str, path: &str) -> Self {
        Self {
            call: Call::free(client, method, path),
        }
    }

    /// Fills a placeholder of the path; the value is encoded, and one that would change the route is refused.
    pub fn segment(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.call.0.segments.push((name.into(), value.into()));
        self
    }

    /// Sets the body to a JSON document.
    pub fn json_body(mut self, body: &impl Serialize) -> Self {
        self.call.body_json(body);
        self
    }

    /// Sets the body to a text of this content type, sent as it is.
    pub fn text_body(
        mut self,
        content_type: impl Into<Cow<'static, str>>,
        text: impl Into<String>,
    ) -> Self {
        self.call.body_text(content_type, text);
        self
    }

    /// Sets the body to bytes, a file or a stream of this content type.
    pub fn bytes_body(
        mut self,
        content_type: impl Into<Cow<'static, str>>,
        body: impl Into<RequestBody>,
    ) -> Self {
        self.call.body_bytes(content_type, body);
        self
    }

    /// Sends the request and decodes a JSON answer; see [`Call::json`] for the errors.
    pub fn send<T: DeserializeOwned + 'static>(self) -> Sending<T> {
        self.call.json()
    }

    /// Sends the request and decodes a JSON answer, or gives `None` where there is no body; see [`Call::json_or_empty`].
    pub fn send_or_empty<T: DeserializeOwned + 'static>(self) -> Sending<Option<T>> {
        self.call.json_or_empty()
    }

    /// Sends the request and gives the answer as text; see [`Call::text_answer`] for the errors.
    pub fn text(self) -> Sending<String> {
        self.call.text_answer()
    }

    /// Sends the request and gives the body of the answer as it arrives; see [`Call::byte_answer`] for the errors.
    pub fn bytes(self) -> Sending<ByteStream> {
        self.call.byte_answer()
    }

    /// Sends the request and expects no content; see [`Call::empty`] for the errors.
    pub fn empty(self) -> Sending<()> {
        self.call.empty()
    }
}

impl From<Request> for Call {
    fn from(request: Request) -> Self {
        request.call
    }
}

impl Configure for Request {
    fn options(&mut self) -> &mut CallOptions {
        self.call.options()
    }
}
