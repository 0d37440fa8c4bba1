//! The client: where the server is, what every request carries, and the layers it passes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::redirect::{Attempt, Policy};

use crate::base::Base;
use crate::error::Error;
use crate::redact;
use crate::request::Request;
use crate::transport::Layer;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const SILENCE: Duration = Duration::from_secs(300);
const MAX_REDIRECTS: usize = 5;
const MAX_BODY: u64 = 64 << 20;
const MAX_ERROR_BODY: u64 = 1 << 20;

/// A client of one server. Clones are cheap and share connections; it may be used by many tasks at once.
///
/// ```no_run
/// use harness_api::Client;
///
/// # fn main() -> Result<(), harness_api::Error> {
/// let client = Client::builder("https://app.harness.io").header("x-api-key", "pat.account.id.secret")?.build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    base: Base,
    headers: HeaderMap,
    layers: Vec<Arc<dyn Layer>>,
    max_body: u64,
    max_error_body: u64,
}

impl Client {
    /// A client without credentials, default headers and layers.
    ///
    /// The base URL may have a path prefix, with or without a slash at its end. When it ends in `/gateway`, operations
    /// whose path begins with `/gateway/` do not get it twice.
    ///
    /// # Errors
    ///
    /// Of kind [`Build`](crate::ErrorKind::Build), when the base URL is not an `http` or `https` URL without query and
    /// fragment, or the HTTP client cannot be made.
    pub fn new(base_url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(base_url).build()
    }

    /// Begins to make a client for the server at this URL; see [`new`](Self::new).
    pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder {
            base_url: base_url.into(),
            http: None,
            headers: HeaderMap::new(),
            layers: Vec::new(),
            max_body: MAX_BODY,
            max_error_body: MAX_ERROR_BODY,
        }
    }

    /// A call of an endpoint which the table of operations lacks. It passes the same layers as every other call.
    ///
    /// The path begins with a slash and holds no query. Placeholders in braces are filled with
    /// [`segment`](Request::segment), which encodes the values.
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::new(self, method, path)
    }

    /// The base URL, without user name, password, and a slash at its end.
    pub fn base_url(&self) -> String {
        self.0.base.to_string()
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    pub(crate) fn layers(&self) -> &[Arc<dyn Layer>] {
        &self.0.layers
    }

    pub(crate) fn max_body(&self) -> u64 {
        self.0.max_body
    }

    pub(crate) fn max_error_body(&self) -> u64 {
        self.0.max_error_body
    }
}

/// Without header values, user name and password.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &format_args!("{}", self.0.base))
            .field("headers", &self.0.headers.keys().collect::<Vec<_>>())
            .field("layers", &self.0.layers.len())
            .finish_non_exhaustive()
    }
}

/// Makes a [`Client`].
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    http: Option<reqwest::Client>,
    headers: HeaderMap,
    layers: Vec<Arc<dyn Layer>>,
    max_body: u64,
    max_error_body: u64,
}

impl ClientBuilder {
    /// Uses this HTTP client: for proxies, certificates, timeouts, pools.
    ///
    /// Its redirect policy counts. The one of reqwest follows redirects to other hosts, and takes only the standard
    /// credentials out of the request: an `x-api-key` would go with it. [`redirect_policy`] is the one of this crate.
    pub fn http(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Sends a header with every request. What an operation, its parameters or a call set under the same name wins;
    /// `Accept` and, where there is a body, `Content-Type` always come from the call.
    ///
    /// Values of credential headers are marked sensitive.
    ///
    /// # Errors
    ///
    /// Of kind [`Build`](crate::ErrorKind::Build), when the name or the value is not allowed in a header. The error does
    /// not hold the value.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let name = name
            .parse::<HeaderName>()
            .map_err(|_| Error::build("a header's name is not valid"))?;
        let value = redact::header_value(&name, value).ok_or_else(|| {
            Error::build(format!(
                "the value of header `{name}` holds bytes that are not allowed"
            ))
        })?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// Adds a layer below those added before: the first is the outermost.
    pub fn layer(mut self, layer: impl Layer + 'static) -> Self {
        self.layers.push(Arc::new(layer));
        self
    }

    /// Sets how many bytes of a buffered response are accepted: 64 MiB by default. Streamed responses have no limit.
    ///
    /// It bounds the memory that a response takes, whatever the server sends: a body and the value decoded from it take at
    /// most about three times the bytes of the body and half of this limit, so about 224 MiB by default. (That half is at
    /// least 16 MiB.) A value that would take more is an error of kind
    /// [`BodyTooLarge`](crate::ErrorKind::BodyTooLarge). Generated types and [`serde_json::Value`] are held to that; what
    /// types of your own allocate is not known here.
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = bytes;
        self
    }

    /// Sets how many bytes of the body of a failure are kept; 1 MiB when it is not set.
    pub fn max_error_body(mut self, bytes: u64) -> Self {
        self.max_error_body = bytes;
        self
    }

    /// Makes the client.
    ///
    /// Without [`http`](Self::http) the HTTP client gives up a connection after 15 seconds and an answer of which nothing
    /// arrives for 5 minutes, and follows redirects by [`redirect_policy`].
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn build(mut self) -> Result<Client, Error> {
        let base = Base::parse(&self.base_url)?;
        let http = match self.http {
            Some(http) => http,
            None => default_http()?,
        };
        let agent =
            HeaderValue::from_static(concat!("harness-api-rust/", env!("CARGO_PKG_VERSION")));
        self.headers.entry(USER_AGENT).or_insert(agent);
        Ok(Client(Arc::new(Inner {
            http,
            base,
            headers: self.headers,
            layers: self.layers,
            max_body: self.max_body,
            max_error_body: self.max_error_body,
        })))
    }
}

/// Without header values, user name and password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("layers", &self.layers.len())
            .finish_non_exhaustive()
    }
}

fn default_http() -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(SILENCE)
        .redirect(redirect_policy())
        .referer(false)
        .build()
        .map_err(Error::from_http)
}

/// The redirects this crate follows: 307 and 308, which keep method and body, to the same scheme, host and port, at most
/// five in a row.
///
/// Any other is handed back, as an error of kind [`Status`](crate::ErrorKind::Status) whose headers hold the `Location`:
/// elsewhere the credentials must not go, and 301, 302 and 303 turn a write into a read.
pub fn redirect_policy() -> Policy {
    Policy::custom(|attempt: Attempt<'_>| {
        let keeps = matches!(attempt.status().as_u16(), 307 | 308);
        let stays = attempt
            .previous()
            .last()
            .is_some_and(|from| same_origin(from, attempt.url()));
        if keeps && stays && attempt.previous().len() <= MAX_REDIRECTS {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}

fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}
