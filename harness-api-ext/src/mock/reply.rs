//! Responses of the mock.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::envelope::{Reason, Refusal};

/// Response of a script, a handler or a fallback.
///
/// ```
/// use std::time::Duration;
///
/// use harness_api_ext::mock::Reply;
///
/// let busy = Reply::status(503).header("Retry-After", "1").delay(Duration::from_millis(20));
/// let gone = Reply::error(404, "Connector hub not found");
/// # let _ = (busy, gone);
/// ```
#[derive(Clone, Debug)]
pub struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) content: Content,
    pub(super) delay: Duration,
    pub(super) fault: Option<Fault>,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Bytes(Bytes),
    /// Pieces, each after a delay.
    Pieces(Vec<(Duration, Bytes)>),
    /// Written in the format of the requested service.
    Refusal(Refusal),
}

/// Fault on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Disconnect,
    Reset,
    CutShort,
    Slow(Duration),
}

impl Reply {
    fn new(status: u16, content_type: &str, content: Content) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            content,
            delay: Duration::ZERO,
            fault: None,
        }
    }

    /// Returns a JSON response.
    pub fn json(status: u16, body: &Value) -> Self {
        let text = body.to_string();
        Self::new(status, "application/json", Content::Bytes(text.into()))
    }

    /// Returns a plain text response.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        let text: String = body.into();
        Self::new(status, "text/plain", Content::Bytes(text.into()))
    }

    /// Returns a response with any bytes.
    pub fn bytes(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::new(status, content_type, Content::Bytes(body.into()))
    }

    /// Returns an HTML page, such as those of proxies and login forms.
    pub fn html(status: u16) -> Self {
        let page = format!(
            "<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
        );
        Self::bytes(status, "text/html", page)
    }

    /// Returns a response with this status: an HTML page for a failure, as the edge returns it, or else an empty body.
    pub fn status(status: u16) -> Self {
        if status >= 400 {
            Self::html(status)
        } else {
            Self::new(status, "application/json", Content::Bytes(Bytes::new()))
        }
    }

    /// Returns a failure with this status, in the format of the requested service.
    pub fn error(status: u16, message: impl Into<String>) -> Self {
        Refusal::new(Reason::of_status(status), message)
            .status(status)
            .into()
    }

    /// Closes the connection without a response.
    pub fn disconnect() -> Self {
        Self::without_answer(Fault::Disconnect)
    }

    /// Resets the connection (`RST`) without a response, like a gateway that crashes.
    pub fn reset() -> Self {
        Self::without_answer(Fault::Reset)
    }

    fn without_answer(fault: Fault) -> Self {
        let mut reply = Self::status(200);
        reply.fault = Some(fault);
        reply
    }

    /// Returns a JSON success that is not valid UTF-8.
    pub fn invalid_utf8() -> Self {
        Self::bytes(200, "application/json", &b"{\"status\":\"\xff\xfe\"}"[..])
    }

    /// Returns a valid JSON success with a body of about this many bytes.
    pub fn huge(bytes: usize) -> Self {
        let mut body = b"{\"status\":\"SUCCESS\",\"filler\":\"".to_vec();
        body.resize(body.len() + bytes, b'x');
        body.extend_from_slice(b"\"}");
        Self::bytes(200, "application/json", body)
    }

    pub(super) fn pieces(content_type: &str, pieces: Vec<(Duration, Bytes)>) -> Self {
        Self::new(200, content_type, Content::Pieces(pieces))
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.headers.push((name.into(), value.to_string()));
        self
    }

    /// Sets a content type that differs from the one of the body.
    pub fn content_type(mut self, value: impl Into<String>) -> Self {
        self.headers.retain(|(name, _)| name != "content-type");
        self.header("content-type", value.into())
    }

    /// Delays the response.
    pub fn delay(mut self, time: Duration) -> Self {
        self.delay = time;
        self
    }

    /// Closes the connection after half of the body.
    pub fn cut_short(mut self) -> Self {
        self.fault = Some(Fault::CutShort);
        self
    }

    /// Sends the body byte by byte, each after this delay.
    pub fn slow(mut self, pause: Duration) -> Self {
        self.fault = Some(Fault::Slow(pause));
        self
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        Self::new(0, "application/json", Content::Refusal(refusal))
    }
}
