//! The client: where the server is, what every request carries, and the layers it passes.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{NoProxy, Proxy, Url};

use crate::base::Base;
use crate::error::Error;
use crate::redact::{self, Redactor};
use crate::redirect::redirect_policy;
use crate::request::Request;
use crate::transport::Layer;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const SILENCE: Duration = Duration::from_secs(300);
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
    redactor: Redactor,
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

    /// Returns what masks the keys of this client: the credentials among the headers that it sends with every request.
    ///
    /// ```
    /// # fn main() -> Result<(), harness_api::Error> {
    /// let client = harness_api::Client::builder("https://app.harness.io").header("x-api-key", "first-generation")?.build()?;
    /// assert_eq!(client.redactor().one_line("no key\nfirst-generation", 80), "no key ***");
    /// # Ok(())
    /// # }
    /// ```
    pub fn redactor(&self) -> &Redactor {
        &self.0.redactor
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
    http: Option<reqwest::ClientBuilder>,
    headers: HeaderMap,
    layers: Vec<Arc<dyn Layer>>,
    max_body: u64,
    max_error_body: u64,
}

impl ClientBuilder {
    /// Sets what the HTTP client is built from: its proxies, certificates, timeouts and pool.
    ///
    /// A builder and not a client, because [`build`](Self::build) sets [`redirect_policy`] on it last, and turns `Referer`
    /// off. The policy of reqwest follows redirects to other hosts, and takes only the standard credentials out of the
    /// request, so that an `x-api-key` would go along; a client that is made already cannot be asked for its policy.
    ///
    /// A key in the default headers of this builder is not known to the client, and not masked in texts of the server: use
    /// [`header`](Self::header).
    ///
    /// ```
    /// use harness_api::{Client, reqwest};
    ///
    /// # fn main() -> Result<(), harness_api::Error> {
    /// let http = reqwest::Client::builder().pool_max_idle_per_host(4);
    /// let client = Client::builder("https://app.harness.io").http(http).build()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http(mut self, http: reqwest::ClientBuilder) -> Self {
        self.http = Some(http);
        self
    }

    /// Sends a header with every request. What an operation, its parameters or a call set under the same name wins;
    /// `Accept` and, where there is a body, `Content-Type` always come from the call.
    ///
    /// Values of credential headers are marked sensitive, and masked in texts of the server. Whether one is a credential is
    /// told by its name: `Authorization`, `Cookie`, and what has `token`, `secret`, `password` or an API key in it.
    ///
    /// # Errors
    ///
    /// Of kind [`Build`](crate::ErrorKind::Build), when the name or the value is not allowed in a header. The error does
    /// not hold the value.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let name = name
            .parse::<HeaderName>()
            .map_err(|error| Error::build("a header's name is not valid").with_source(error))?;
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

    /// Builds the client.
    ///
    /// Without [`http`](Self::http) the HTTP client gives up a connection after 15 seconds and an answer of which nothing
    /// arrives for 5 minutes. Redirects are followed by [`redirect_policy`] in any case.
    ///
    /// Proxies in the environment (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`) count, except where the base URL is that of
    /// the own machine, by [`is_loopback`]: a proxy would get the key in the clear. One that is set on the builder given to
    /// [`http`](Self::http) counts in any case.
    ///
    /// # Errors
    ///
    /// As [`Client::new`].
    pub fn build(mut self) -> Result<Client, Error> {
        let base = Base::parse(&self.base_url)?;
        let mut http = self.http.unwrap_or_else(default_http);
        if is_loopback(base.url()) {
            http = http.proxy(no_proxy().map_err(Error::from_client)?);
        }
        // Retries are the business of layers, which know what may be sent twice.
        let never = reqwest::retry::never().max_retries_per_request(0);
        let http = http.redirect(redirect_policy()).retry(never).referer(false);
        let http = http.build().map_err(Error::from_client)?;
        let agent =
            HeaderValue::from_static(concat!("harness-api-rust/", env!("CARGO_PKG_VERSION")));
        self.headers.entry(USER_AGENT).or_insert(agent);
        Ok(Client(Arc::new(Inner {
            http,
            base,
            redactor: Redactor::default().with_headers(&self.headers),
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
}

/// A proxy for no host at all. Set last, it takes the place of those in the environment, and those that were set before it
/// stay.
fn no_proxy() -> reqwest::Result<Proxy> {
    let every_host = NoProxy::from_string("*, 0.0.0.0/0, ::/0");
    Ok(Proxy::http("http://localhost")?.no_proxy(every_host))
}

/// Returns whether a URL is that of the own machine: `localhost`, a name below it, or a loopback address.
///
/// ```
/// use harness_api::{is_loopback, reqwest::Url};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// assert!(is_loopback(&Url::parse("http://[::1]:8080")?));
/// assert!(!is_loopback(&Url::parse("https://app.harness.io")?));
/// # Ok(())
/// # }
/// ```
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse();
    match address.map(|address: IpAddr| address.to_canonical()) {
        Ok(address) => address.is_loopback(),
        Err(_) => {
            let name = host.trim_end_matches('.');
            let top = name.rsplit('.').next().unwrap_or_default();
            top.eq_ignore_ascii_case("localhost")
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_own_machine_is_known_by_all_its_names() {
        for own in [
            "http://127.0.0.1",
            "http://127.255.0.9:80/x",
            "http://2130706433",
            "http://0x7f.1",
            "https://[::1]:8443",
            "http://[::ffff:127.0.0.1]",
            "http://[0:0:0:0:0:ffff:7f00:2]",
            "http://localhost:3000",
            "http://LOCALHOST.",
            "http://harness.localhost",
        ] {
            assert!(is_loopback(&Url::parse(own).unwrap()), "{own}");
        }
        for other in [
            "http://128.0.0.1",
            "http://0.0.0.0",
            "http://[::2]",
            "http://[::ffff:10.0.0.1]",
            "http://localhost.example",
            "http://notlocalhost",
            "http://127.0.0.1.example",
            "data:text/plain,localhost",
        ] {
            assert!(!is_loopback(&Url::parse(other).unwrap()), "{other}");
        }
    }

    #[test]
    fn a_client_that_cannot_be_built_says_why() {
        let invalid = reqwest::Client::builder().user_agent("a\nb");
        let error = Client::builder("https://app.harness.io").http(invalid);
        let error = error.build().unwrap_err();
        assert!(error.is_build());
        assert_eq!(
            error.to_string(),
            "the HTTP client cannot be made: failed to parse header value"
        );
        assert!(std::error::Error::source(&error).is_some());
    }
}
