//! What a client can be made with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use harness_api::Layer;
use harness_api::reqwest;

use super::http::{Http, Plain, SILENCE};
use super::{ApiKey, Harness, Inner, server};
use crate::error::{Error, Result, line};
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

    /// The id of the account. It is needed where the key does not hold it; where it does, both must agree.
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

    /// Uses this HTTP client, with its proxies, certificates, timeouts and pool.
    ///
    /// Give it [`redirect_policy`](crate::raw::redirect_policy): the one of reqwest follows redirects to other hosts and
    /// takes only standard credentials out, so that the key would go along. What this builder would set on its own client
    /// (proxy, certificates, connect timeout) excludes it.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http.given = Some(http);
        self
    }

    /// Sends everything through this proxy, in place of those in the environment.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http.proxy = Some(url.into());
        self
    }

    /// Trusts one more authority, a certificate in PEM: for installations of your own. It needs the feature `rustls` or
    /// `native-tls`.
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

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// Of kind [`Build`](crate::ErrorKind::Build): no key; an account that is missing or not that of the key; an address
    /// that is not a URL, or plain HTTP to another machine; a certificate or proxy that cannot be read.
    pub fn build(self) -> Result<Harness> {
        let key = self.key.filter(|key| !key.is_empty()).ok_or_else(|| {
            Error::build("there is no key: call `api_key` or set HARNESS_PLATFORM_API_KEY")
        })?;
        let account = account(&key, self.account)?;
        if self.project.is_some() && self.org.is_none() {
            return Err(Error::build(
                "a default project needs a default organization",
            ));
        }
        let url = server::check(self.endpoint.as_deref().unwrap_or(server::SAAS))?;
        let agent = match &self.user_agent {
            Some(product) => format!("{product} {OWN_AGENT}"),
            None => OWN_AGENT.to_owned(),
        };
        let http = self.http.build()?;
        let mut transport = self.transport;
        // A client of the caller's has its own.
        transport.timeouts.silence = self.http.given.is_none().then_some(SILENCE);
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
            plain: Plain::new(self.http, agent),
            account,
            org: self.org.map(Into::into),
            project: self.project.map(Into::into),
        })))
    }
}

const OWN_AGENT: &str = concat!("harness-api-rust/", env!("CARGO_PKG_VERSION"));

fn account(key: &ApiKey, given: Option<String>) -> Result<String> {
    let given = given
        .map(|id| id.trim().to_owned())
        .filter(|id| !id.is_empty());
    match (key.account(), given) {
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
        f.debug_struct("HarnessBuilder")
            .field("key", &self.key)
            .field("account", &self.account)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}
