//! What the mock answers with.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::envelope::{Reason, Refusal};

/// An answer: of a script, of a handler, or of a fallback.
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
    /// Each after a pause.
    Pieces(Vec<(Duration, Bytes)>),
    /// Written in the form of the service that was asked.
    Refusal(Refusal),
}

/// What goes wrong on the wire.
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

    /// An answer in JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        let text = body.to_string();
        Self::new(status, "application/json", Content::Bytes(text.into()))
    }

    /// An answer in plain text.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        let text: String = body.into();
        Self::new(status, "text/plain", Content::Bytes(text.into()))
    }

    /// An answer of any bytes.
    pub fn bytes(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::new(status, content_type, Content::Bytes(body.into()))
    }

    /// A page of HTML, such as a proxy or a login gives.
    pub fn html(status: u16) -> Self {
        let page = format!(
            "<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
        );
        Self::bytes(status, "text/html", page)
    }

    /// An answer with this status: a failure as the edge gives it, with a page of HTML; otherwise an empty body.
    pub fn status(status: u16) -> Self {
        if status >= 400 {
            Self::html(status)
        } else {
            Self::new(status, "application/json", Content::Bytes(Bytes::new()))
        }
    }

    /// A failure with this status, in the form that the service has which is asked.
    pub fn error(status: u16, message: impl Into<String>) -> Self {
        Refusal::new(Reason::of_status(status), message)
            .status(status)
            .into()
    }

    /// No answer at all: the connection is closed in good order.
    pub fn disconnect() -> Self {
        Self::without_answer(Fault::Disconnect)
    }

    /// No answer at all: the connection is reset, as by a gateway that crashes (`RST`).
    pub fn reset() -> Self {
        Self::without_answer(Fault::Reset)
    }

    fn without_answer(fault: Fault) -> Self {
        let mut reply = Self::status(200);
        reply.fault = Some(fault);
        reply
    }

    /// A success in JSON that is not valid UTF-8.
    pub fn invalid_utf8() -> Self {
        Self::bytes(200, "application/json", &b"{\"status\":\"\xff\xfe\"}"[..])
    }

    /// A success in valid JSON with a body of about this many bytes.
    pub fn huge(bytes: usize) -> Self {
        let mut body = b"{\"status\":\"SUCCESS\",\"filler\":\"".to_vec();
        body.resize(body.len() + bytes, b'x');
        body.extend_from_slice(b"\"}");
        Self::bytes(200, "application/json", body)
    }

    pub(super) fn pieces(content_type: &str, pieces: Vec<(Duration, Bytes)>) -> Self {
        Self::new(200, content_type, Content::Pieces(pieces))
    }

    /// One header more.
    pub fn header(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.headers.push((name.into(), value.to_string()));
        self
    }

    /// Another content type than the body has.
    pub fn content_type(mut self, value: impl Into<String>) -> Self {
        self.headers.retain(|(name, _)| name != "content-type");
        self.header("content-type", value.into())
    }

    /// Waits so long before the answer begins.
    pub fn delay(mut self, time: Duration) -> Self {
        self.delay = time;
        self
    }

    /// Closes the connection after half of the body.
    pub fn cut_short(mut self) -> Self {
        self.fault = Some(Fault::CutShort);
        self
    }

    /// Sends the body byte by byte with this pause before each.
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
