//! The client: where the server is, what every request carries, and the layers it passes.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::base::Base;
use crate::error::Error;
use crate::redact;
use crate::redirect::redirect_policy;
use crate::request::Request;
use crate::transport::Layer;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const SILENCE: Duration = Duration::from_secs(300);
const MAX_BODY: u64 = 256 << 20;
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
    http: Http,
    base: Base,
    headers: HeaderMap,
    layers: Vec<Arc<dyn Layer>>,
    max_body: u64,
    max_error_body: u64,
}

/// The HTTP client.
#[derive(Debug)]
pub(crate) struct Http {
    pub(crate) client: reqwest::Client,
    /// Whether it follows redirects by [`redirect_policy`] alone: a caller's own may follow any, and does not tell.
    pub(crate) is_ours: bool,
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
            http: Source::Builder(default_http()),
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

    pub(crate) fn http(&self) -> &Http {
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

/// Where the HTTP client comes from.
enum Source {
    Client(reqwest::Client),
    Builder(reqwest::ClientBuilder),
}

/// Makes a [`Client`].
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    http: Source,
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
    ///
    /// Such a client does not tell whether it followed a redirect, so that a failed connection is never
    /// [certainly not sent](Error::is_certainly_not_sent). Prefer [`http_builder`](Self::http_builder).
    pub fn http(mut self, http: reqwest::Client) -> Self {
        self.http = Source::Client(http);
        self
    }

    /// Builds the HTTP client from these settings: proxies, certificates, timeouts, pools. Whatever they say, it follows
    /// redirects by [`redirect_policy`], and repeats no request by itself.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use harness_api::{Client, reqwest};
    ///
    /// # fn main() -> Result<(), harness_api::Error> {
    /// let http = reqwest::Client::builder().connect_timeout(Duration::from_secs(3));
    /// let client = Client::builder("https://app.harness.io").http_builder(http).build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http_builder(mut self, http: reqwest::ClientBuilder) -> Self {
        self.http = Source::Builder(http);
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

    /// Sets how many bytes of a buffered answer are accepted; 256 MiB when it is not set. Streamed answers have no limit.
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
    /// Without [`http`](Self::http) and [`http_builder`](Self::http_builder) the HTTP client gives up a connection after 15
    /// seconds and an answer of which nothing arrives for 5 minutes, and follows redirects by [`redirect_policy`].
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn build(mut self) -> Result<Client, Error> {
        let base = Base::parse(&self.base_url)?;
        let http = match self.http {
            Source::Client(client) => Http {
                client,
                is_ours: false,
            },
            Source::Builder(builder) => {
                // Repetition is the business of layers, which know what bears it.
                let never = reqwest::retry::never().max_retries_per_request(0);
                let client = builder.redirect(redirect_policy()).retry(never).build();
                Http {
                    client: client.map_err(Error::from_client)?,
                    is_ours: true,
                }
            }
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

fn default_http() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(SILENCE)
        .referer(false)
}
