//! The builder of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use harness_api::reqwest;
use harness_api::reqwest::header::HeaderValue;
use harness_api::{Layer, Redactor, ScopeLevel};

use super::http::{Http, Links};
use super::{ApiKey, Harness, Inner, server};
use crate::error::{Error, Result};
use crate::transport::{self, RateLimit, RetryPolicy, Transport};

/// Builder for a [`Harness`].
///
/// ```
/// use std::time::Duration;
///
/// use harness_api_ext::{Harness, RateLimit, RetryPolicy};
///
/// # fn main() -> harness_api_ext::Result<()> {
/// let harness = Harness::builder()
///     .api_key("sat.AcmeAccount.6650f0.example")
///     .endpoint("https://acme.harness.io")
///     .user_agent("acme-deployer/2.1")
///     .retry(RetryPolicy::default().max_attempts(5))
///     .rate_limit(RateLimit::per_minute(400))
///     .total_timeout(Duration::from_secs(120))
///     .build()?;
/// assert_eq!(harness.account_id(), "AcmeAccount");
/// # Ok(())
/// # }
/// ```
#[must_use]
#[derive(Default)]
pub struct HarnessBuilder {
    key: Option<ApiKey>,
    account: Option<String>,
    endpoint: Option<String>,
    org: Option<String>,
    project: Option<String>,
    user_agent: Option<String>,
    http_client: Option<reqwest::ClientBuilder>,
    http: Http,
    transport: Transport,
    layers: Vec<Arc<dyn Layer>>,
    max_body: Option<u64>,
}

impl HarnessBuilder {
    /// Sets the API key: a token that begins with `pat.` or `sat.`, or a key of the first generation.
    pub fn api_key(mut self, key: impl Into<ApiKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets the account identifier.
    ///
    /// It is required if the key does not contain it. If the key does, both must be equal. An empty identifier is an
    /// error.
    pub fn account(mut self, id: impl Into<String>) -> Self {
        self.account = Some(id.into());
        self
    }

    /// Sets the address of the server; `https://app.harness.io` by default.
    ///
    /// It may be a vanity host, a self-managed installation with a path prefix, or a mock, with or without `/gateway`
    /// at the end. Plain HTTP is accepted for loopback addresses only.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Sets the organization that [`Harness::default_org`] returns.
    pub fn default_org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// Sets the project that [`Harness::default_project`] returns. It requires [`default_org`](Self::default_org).
    pub fn default_project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// Sets the product name of the calling program, `name/version`, which `User-Agent` contains before the name of
    /// this crate.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Sets the builder of the HTTP client, with its own proxies, certificates, timeouts and connection pool.
    ///
    /// It is a builder rather than a client, because [`build`](Self::build) must set
    /// [`redirect_policy`](crate::raw::redirect_policy) on it: the default policy of reqwest follows redirects to other
    /// hosts and removes only standard credentials, so the API key would be sent to them. The policy of a finished
    /// client cannot be changed. The proxy, certificates and connect timeout of this builder are set on it too.
    ///
    /// ```
    /// use harness_api_ext::Harness;
    /// use harness_api_ext::raw::reqwest;
    ///
    /// # fn main() -> harness_api_ext::Result<()> {
    /// let http = reqwest::Client::builder().pool_max_idle_per_host(4);
    /// let harness = Harness::builder().api_key("sat.AcmeAccount.6650f0.example").http_client(http).build()?;
    /// # let _ = harness;
    /// # Ok(())
    /// # }
    /// ```
    pub fn http_client(mut self, http: reqwest::ClientBuilder) -> Self {
        self.http_client = Some(http);
        self
    }

    /// Sets a proxy for all requests, such as `http://proxy.example:3128`, instead of the proxies of the environment. A
    /// `socks5://` address requires the feature `socks` of reqwest.
    ///
    /// The proxies of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`) are not used for this machine
    /// (`localhost`, `127.0.0.1`, `[::1]` and so on), because they would receive the key in clear text. The proxy set
    /// here is used for every address, and receives the key of calls over plain HTTP.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http.proxy = Some(url.into());
        self
    }

    /// Adds one or more root certificates in PEM, for self-managed installations. It requires the feature `rustls` or
    /// `native-tls`.
    pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.roots.push(pem.into());
        self
    }

    /// Sets the client certificate: the certificate chain and the private key in PEM. It requires the feature `rustls`.
    pub fn client_identity_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.identity = Some(pem.into());
        self
    }

    /// Sets the timeout for connecting; 15 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = Some(timeout);
        self
    }

    /// Sets the timeout of one attempt; 60 seconds by default, 10 minutes for downloads and uploads.
    ///
    /// It runs from the start of the request to the last byte of a buffered response, or to the head of a streamed one.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.transport.timeouts.attempt = Some(timeout);
        self
    }

    /// Sets the timeout of a call with all its attempts; 5 minutes by default, 30 minutes for downloads and uploads.
    ///
    /// It includes the delays between attempts and the waits for limits, and ends at the head of a streamed response. A
    /// call with a longer timeout for its attempts has at least that long.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.transport.timeouts.total = Some(timeout);
        self
    }

    /// Sets the idle timeout of streamed responses; 10 minutes by default.
    ///
    /// If no byte of the body arrives for this long, the stream ends with an error of kind
    /// [`Timeout`](harness_api::ErrorKind::Timeout).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use harness_api_ext::Harness;
    ///
    /// # fn main() -> harness_api_ext::Result<()> {
    /// let harness = Harness::builder()
    ///     .api_key("sat.AcmeAccount.6650f0.example")
    ///     .idle_timeout(Duration::from_secs(90))
    ///     .build()?;
    /// # let _ = harness;
    /// # Ok(())
    /// # }
    /// ```
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.http.idle_timeout = Some(timeout);
        self
    }

    /// Sets the retry policy; [`RetryPolicy::never`] disables retries.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.transport.retry = policy;
        self
    }

    /// Sets a rate limit for requests; none by default. Requests above the rate are delayed.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.transport.rate = Some(limit);
        self
    }

    /// Sets the maximum number of concurrent requests, at least one; unlimited by default.
    ///
    /// A streamed response counts until its head has arrived. A call that waits before a retry does not count.
    pub fn max_concurrency(mut self, calls: usize) -> Self {
        self.transport.concurrency = Some(calls);
        self
    }

    /// Sets the maximum size of a buffered response in bytes; 64 MiB by default. Streams are unlimited.
    ///
    /// The limit bounds the memory of a response, whatever the server sends: the body and the values decoded from it
    /// take at most about three times the size of the body plus half of this limit, so about 224 MiB by default. A
    /// response that would take more is an error of kind [`Decode`](crate::ErrorKind::Decode).
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Adds a layer around each attempt. It sees requests just before they are sent, and responses as they arrive.
    pub fn layer(mut self, layer: impl Layer + 'static) -> Self {
        self.layers.push(Arc::new(layer));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Returns an error of kind [`Build`](crate::ErrorKind::Build):
    ///
    /// - if the key is missing, or is surrounded by other text, such as quotes or `Bearer`;
    /// - if the account is missing, or differs from the account of the key;
    /// - if the identifier of the account, the default organization or the default project is empty;
    /// - if the address is not a URL, or uses plain HTTP to another machine;
    /// - if a certificate or proxy cannot be read, with the cause as the source of the error;
    /// - if the user agent is not a valid header value.
    pub fn build(self) -> Result<Harness> {
        let key = self.key.filter(|key| !key.is_empty()).ok_or_else(|| {
            Error::build("the API key is missing: call `api_key` or set HARNESS_PLATFORM_API_KEY")
        })?;
        key.check()?;
        let redactor = key.redactor();
        let account = account(&key, self.account, &redactor)?;
        for (level, id) in [
            (ScopeLevel::Account, Some(&account)),
            (ScopeLevel::Org, self.org.as_ref()),
            (ScopeLevel::Project, self.project.as_ref()),
        ] {
            id.map_or(Ok(()), |id| level.check(id))
                .map_err(Error::build)?;
        }
        if self.project.is_some() && self.org.is_none() {
            return Err(Error::build(
                "a default project requires a default organization",
            ));
        }
        let endpoint = self.endpoint.as_deref().unwrap_or(server::SAAS);
        let url = server::check(endpoint, &redactor)?;
        let agent = agent(self.user_agent.as_deref())?;
        let mut transport = self.transport;
        transport.timeouts.idle = self.http.idle_timeout();
        let http = self.http.calls(self.http_client)?;
        let account: Arc<str> = account.into();
        let mut builder = harness_api::Client::builder(url.as_str())
            .http(http)
            .header("x-api-key", key.expose())
            .map_err(|_| Error::build("the key contains bytes that are not valid in a header"))?
            .header("user-agent", &agent)?;
        if let Some(bytes) = self.max_body {
            builder = builder.max_body(bytes);
        }
        for layer in transport::layers(transport, Arc::clone(&account)) {
            builder = builder.layer(layer);
        }
        for layer in self.layers {
            builder = builder.layer(layer);
        }
        Ok(Harness(Arc::new(Inner {
            raw: builder.build()?,
            links: Links::new(self.http, agent),
            account,
            org: self.org.map(Into::into),
            project: self.project.map(Into::into),
        })))
    }
}

const OWN_AGENT: &str = concat!("harness-api-rust/", env!("CARGO_PKG_VERSION"));

/// Returns the `User-Agent` header: the product of the caller, then the name of this crate.
fn agent(product: Option<&str>) -> Result<String> {
    let Some(product) = product.map(str::trim) else {
        return Ok(OWN_AGENT.to_owned());
    };
    if product.is_empty() {
        return Err(Error::build("the user agent is empty"));
    }
    let agent = format!("{product} {OWN_AGENT}");
    match HeaderValue::from_bytes(agent.as_bytes()) {
        Ok(_) => Ok(agent),
        Err(error) => Err(Error::build(
            "the user agent contains characters that are not valid in a header",
        )
        .with_source(error)),
    }
}

fn account(key: &ApiKey, given: Option<String>, redactor: &Redactor) -> Result<String> {
    let line = |text: &str| redactor.one_line(text, 100);
    let given = given.map(|id| id.trim().to_owned());
    let id = key.account().or(given.as_deref()).unwrap_or_default();
    if let Err(error) = HeaderValue::from_str(id) {
        return Err(Error::build(
            "the account id contains characters that are not valid in a header",
        )
        .with_source(error));
    }
    match (key.account(), given) {
        (_, Some(given)) if given.is_empty() => Ok(given),
        (Some(of_key), Some(given)) if of_key != given => Err(Error::build(format!(
            "the key belongs to account `{}`, but the account is set to `{}`",
            line(of_key),
            line(&given)
        ))),
        (Some(of_key), _) => Ok(of_key.to_owned()),
        (None, Some(given)) => Ok(given),
        (None, None) => Err(Error::build(
            "the account is unknown, because the key does not contain it: call `account` or set HARNESS_ACCOUNT_ID",
        )),
    }
}

/// Omits the key, certificates and addresses.
impl fmt::Debug for HarnessBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A caller may confuse two settings, so the key is masked in all of them.
        let redactor = self.key.as_ref().map(ApiKey::redactor).unwrap_or_default();
        let account = self.account.as_deref().map(|id| redactor.one_line(id, 100));
        f.debug_struct("HarnessBuilder")
            .field("key", &self.key)
            .field("account", &account)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use crate::ErrorKind;

    fn builder() -> HarnessBuilder {
        Harness::builder().api_key("sat.AcmeAccount.6650f0.s3cret")
    }

    /// Certificates have their own tests.
    #[test]
    fn what_a_setter_cannot_use_is_refused_and_named() {
        let key = |key: &str| Harness::builder().api_key(key).account("AcmeAccount");
        for (builder, why, has_source) in [
            (key(""), "the API key is missing", false),
            (key(" \n"), "the API key is missing", false),
            (key("Bearer sat.a.b.s3cret"), "`Bearer`", false),
            (key("'first-s3cret'"), "quotes", false),
            (key("first\ns3cret"), "line break", false),
            (key("SAT.AcmeAccount.6650f0.s3cret"), "misspelt", false),
            (
                Harness::builder().api_key("first-s3cret"),
                "the account is unknown",
                false,
            ),
            (builder().account("Other"), "belongs to account", false),
            (
                key("first-generation").account("Ac\nme"),
                "the account id contains",
                true,
            ),
            (builder().endpoint(""), "is empty", false),
            (
                builder().endpoint("app.harness.io"),
                "is `https://app.harness.io` meant?",
                false,
            ),
            (builder().endpoint("https://a b"), "is not a URL", true),
            (
                builder().endpoint("https://acme.example?x=1"),
                "a query or a fragment",
                false,
            ),
            (
                builder().default_org(""),
                "the organization identifier is empty",
                false,
            ),
            (
                builder().default_org("retail").default_project(" "),
                "the project identifier is empty",
                false,
            ),
            (
                builder().default_project("checkout"),
                "requires a default organization",
                false,
            ),
            (builder().user_agent(" "), "the user agent is empty", false),
            (
                builder().user_agent("a\nb"),
                "the user agent contains",
                true,
            ),
            (builder().proxy(""), "proxy is not a URL", true),
            (builder().proxy("http://"), "proxy is not a URL", true),
            (
                builder().proxy("http://u:s3cret@[bad"),
                "proxy is not a URL: invalid IPv6 address",
                true,
            ),
            (
                builder().proxy("ftp://proxy.example"),
                "begins with an unknown scheme",
                false,
            ),
            (
                builder().http_client(reqwest::Client::builder().user_agent("a\nb")),
                ": failed to parse header value",
                true,
            ),
        ] {
            let error = builder.build().map(|_| ()).expect_err(why);
            assert_eq!(error.kind(), ErrorKind::Build, "{why}");
            let text = error.to_string();
            assert!(text.contains(why), "{why}: {text}");
            assert!(!text.contains("s3cret") && !text.contains('\n'), "{text}");
            assert_eq!(error.source().is_some(), has_source, "{why}: {error:?}");
        }
        for proxy in [
            "proxy.example:3128",
            "http://u:pw@proxy.example",
            "HTTPS://proxy.example",
            "socks5h://proxy.example",
        ] {
            assert!(builder().proxy(proxy).build().is_ok(), "{proxy}");
        }
    }

    #[test]
    fn settings_go_onto_the_http_client_of_the_caller() {
        let given = || reqwest::Client::builder().pool_max_idle_per_host(1);
        let builder = builder().http_client(given()).proxy("http://[bad");
        assert!(builder.build().is_err());
    }
}
