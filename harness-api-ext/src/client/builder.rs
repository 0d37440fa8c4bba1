//! What a client can be made with.

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

/// Makes a [`Harness`].
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
    /// The key: a token that begins with `pat.` or `sat.`, or an older one.
    pub fn api_key(mut self, key: impl Into<ApiKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The id of the account. It is needed where the key does not hold it; where it does, both must agree. An empty one is an
    /// error.
    pub fn account(mut self, id: impl Into<String>) -> Self {
        self.account = Some(id.into());
        self
    }

    /// The address of the server, `https://app.harness.io` when it is not set.
    ///
    /// It may be a vanity host, an installation of your own with a prefix in its path, with or without `/gateway` at its
    /// end, or a mock. Plain HTTP is taken for loopback addresses only.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// What [`Harness::default_org`] gives.
    pub fn default_org(mut self, org: impl Into<String>) -> Self {
        self.org = Some(org.into());
        self
    }

    /// What [`Harness::default_project`] gives; it needs [`default_org`](Self::default_org).
    pub fn default_project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// Who calls, in front of this crate's own name in `User-Agent`: `name/version`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Sets what the HTTP client of the calls is built from, with its own proxies, certificates, timeouts and pool.
    ///
    /// A builder and not a client, because [`build`](Self::build) sets [`redirect_policy`](crate::raw::redirect_policy) on
    /// it last: the policy of reqwest follows redirects to other hosts and takes only standard credentials out, so that the
    /// key would go along, and a client that is made already cannot be asked for its policy. Proxy, certificates and
    /// connect timeout of this builder are set on it too.
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

    /// Sends everything through this proxy, in place of those in the environment: `http://proxy.example:3128`. A `socks5://`
    /// address needs the feature `socks` of reqwest.
    ///
    /// The proxies of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`) are not used for the own machine
    /// (`localhost`, `127.0.0.1`, `[::1]` and the like), because they would get the key in the clear. The one that is set
    /// here is used for every address, and gets the key of calls by plain HTTP.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http.proxy = Some(url.into());
        self
    }

    /// Trusts one more authority, a certificate in PEM or several of them: for installations of your own. It needs the
    /// feature `rustls` or `native-tls`.
    pub fn root_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.roots.push(pem.into());
        self
    }

    /// Shows this certificate to the server: certificate chain and private key in PEM. It needs the feature
    /// `rustls`.
    pub fn client_identity_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.identity = Some(pem.into());
        self
    }

    /// How long a connection may take to be made; 15 seconds when it is not set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = Some(timeout);
        self
    }

    /// How long one attempt may take, from the request to the head of the answer and, for a buffered answer, its last
    /// byte; 60 seconds when it is not set, 10 minutes for downloads and uploads.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.transport.timeouts.attempt = Some(timeout);
        self
    }

    /// How long a call may take with all its attempts, the pauses between them and the waiting for limits, up to the head
    /// of a streamed answer; 5 minutes when it is not set, 30 for downloads and uploads. A call to whose attempts more is
    /// given has as much.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.transport.timeouts.total = Some(timeout);
        self
    }

    /// Sets how long nothing may arrive in the body of a streamed response before it ends with an error of kind
    /// [`Timeout`](harness_api::ErrorKind::Timeout); 10 minutes when it is not set.
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

    /// How calls are repeated; [`RetryPolicy::never`] turns it off.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.transport.retry = policy;
        self
    }

    /// Holds calls back to stay below a rate; there is no limit when it is not set.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.transport.rate = Some(limit);
        self
    }

    /// How many requests may be on their way at once, at least one; there is no limit when it is not set. A streamed
    /// answer counts until its head, and a call that pauses before a repetition does not.
    pub fn max_concurrency(mut self, calls: usize) -> Self {
        self.transport.concurrency = Some(calls);
        self
    }

    /// Sets how many bytes of a buffered response are accepted: 64 MiB by default. Streams have no limit.
    ///
    /// It bounds the memory that a response takes, whatever the server sends: a body and what is decoded from it take at
    /// most about three times the bytes of the body and half of this limit, so about 224 MiB by default. What would take
    /// more is an error of kind [`Decode`](crate::ErrorKind::Decode).
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Adds a layer of your own, around each attempt: it sees requests as they leave, and answers as they come.
    pub fn layer(mut self, layer: impl Layer + 'static) -> Self {
        self.layers.push(Arc::new(layer));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Of kind [`Build`](crate::ErrorKind::Build): no key, or one with something around it, such as quotes or `Bearer`; an
    /// account that is missing or not that of the key; an empty identifier of account, default organization or default
    /// project; an address that is not a URL, or plain HTTP to another machine; a certificate or proxy that cannot be read,
    /// with the cause as its source; a user agent that a header cannot carry.
    pub fn build(self) -> Result<Harness> {
        let key = self.key.filter(|key| !key.is_empty()).ok_or_else(|| {
            Error::build("there is no key: call `api_key` or set HARNESS_PLATFORM_API_KEY")
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
                "a default project needs a default organization",
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
            .map_err(|_| Error::build("the key holds bytes that a header cannot carry"))?
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

/// The name of the caller's program in front of our own.
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
            "the user agent holds characters that a header cannot carry",
        )
        .with_source(error)),
    }
}

fn account(key: &ApiKey, given: Option<String>, redactor: &Redactor) -> Result<String> {
    let line = |text: &str| redactor.one_line(text, 100);
    let given = given.map(|id| id.trim().to_owned());
    let id = key.account().or(given.as_deref()).unwrap_or_default();
    if let Err(error) = HeaderValue::from_str(id) {
        return Err(
            Error::build("the account id holds characters that a header cannot carry")
                .with_source(error),
        );
    }
    match (key.account(), given) {
        (_, Some(given)) if given.is_empty() => Ok(given),
        (Some(of_key), Some(given)) if of_key != given => Err(Error::build(format!(
            "the key belongs to account `{}`, and the account is set to `{}`",
            line(of_key),
            line(&given)
        ))),
        (Some(of_key), _) => Ok(of_key.to_owned()),
        (None, Some(given)) => Ok(given),
        (None, None) => Err(Error::build(
            "the account is not known, because the key does not hold it: call `account` or set HARNESS_ACCOUNT_ID",
        )),
    }
}

/// Without the key, certificates and addresses.
impl fmt::Debug for HarnessBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever mixes up two settings must not see the key.
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

    /// Certificates have tests of their own.
    #[test]
    fn what_a_setter_cannot_use_is_refused_and_named() {
        let key = |key: &str| Harness::builder().api_key(key).account("AcmeAccount");
        for (builder, why, has_source) in [
            (key(""), "there is no key", false),
            (key(" \n"), "there is no key", false),
            (key("Bearer sat.a.b.s3cret"), "`Bearer`", false),
            (key("'first-s3cret'"), "quotes", false),
            (key("first\ns3cret"), "line break", false),
            (key("SAT.AcmeAccount.6650f0.s3cret"), "misspelt", false),
            (
                Harness::builder().api_key("first-s3cret"),
                "the account is not known",
                false,
            ),
            (builder().account("Other"), "belongs to account", false),
            (
                key("first-generation").account("Ac\nme"),
                "the account id holds",
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
                "needs a default organization",
                false,
            ),
            (builder().user_agent(" "), "the user agent is empty", false),
            (builder().user_agent("a\nb"), "the user agent holds", true),
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
                "the HTTP client cannot be made: failed to parse header value",
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
