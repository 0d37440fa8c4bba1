//! The HTTP clients of a client.

use std::sync::OnceLock;
use std::time::Duration;

use harness_api::reqwest::redirect::{Attempt, Policy};
use harness_api::reqwest::{self, Proxy, Url};
use harness_api::{is_loopback, reqwest::ClientBuilder};

use super::tls;
use crate::error::{Error, Result, cause};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Default idle timeout of streams. Buffered bodies have the timeout of their attempt, and need no second timer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// Longest timeout that can be added to the current time: in effect, none.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// Supported schemes of proxies. reqwest ignores a proxy with any other scheme and connects directly.
const PROXIES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// Settings of every HTTP client.
#[derive(Default)]
pub(super) struct Http {
    pub(super) proxy: Option<String>,
    pub(super) roots: Vec<Vec<u8>>,
    pub(super) identity: Option<Vec<u8>>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) idle_timeout: Option<Duration>,
}

impl Http {
    /// Returns the idle timeout of streamed bodies.
    pub(super) fn idle_timeout(&self) -> Duration {
        self.idle_timeout.unwrap_or(IDLE_TIMEOUT)
    }

    /// Builds the client for calls from the builder of the caller, or from a new one, with these settings.
    pub(super) fn calls(&self, given: Option<ClientBuilder>) -> Result<ClientBuilder> {
        match given {
            Some(given) => self.set(given),
            None => self.own(),
        }
    }

    fn own(&self) -> Result<ClientBuilder> {
        self.set(reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT))
    }

    fn set(&self, mut builder: ClientBuilder) -> Result<ClientBuilder> {
        if let Some(timeout) = self.connect_timeout {
            builder = builder.connect_timeout(timeout);
        }
        if let Some(url) = &self.proxy {
            builder = builder.proxy(proxy(url)?);
        }
        for (index, pem) in self.roots.iter().enumerate() {
            builder = tls::trust(builder, pem, index + 1)?;
        }
        if let Some(pem) = &self.identity {
            builder = tls::identify(builder, pem)?;
        }
        Ok(builder)
    }
}

/// Returns a proxy for all requests. Its address may contain a password, and is not shown.
fn proxy(url: &str) -> Result<Proxy> {
    let url = url.trim();
    let proxy = Proxy::all(url).map_err(|error| {
        let why = cause(&error);
        let message = format!(
            "the address of the proxy is not a URL: {why}; expected a form such as http://proxy.example:3128"
        );
        Error::build(message).with_source(error)
    })?;
    match url.split_once("://") {
        Some((scheme, _))
            if !PROXIES
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known)) =>
        {
            Err(Error::build(
                "the address of the proxy begins with an unknown scheme; it must begin with http://, https:// or socks5://",
            ))
        }
        _ => Ok(proxy),
    }
}

/// HTTP clients for pre-signed URLs. They follow redirects, because they send no API key.
///
/// They are built at first use: most programs never need them, and each costs as much as the client for calls. The
/// builder that the caller set applies only to the client for calls.
pub(super) struct Links {
    http: Http,
    agent: String,
    /// Ignores the proxies of the environment, for URLs of this machine.
    direct: OnceLock<reqwest::Client>,
    other: OnceLock<reqwest::Client>,
}

impl Links {
    pub(super) fn new(http: Http, agent: String) -> Self {
        Self {
            http,
            agent,
            direct: OnceLock::new(),
            other: OnceLock::new(),
        }
    }

    /// Returns the client for a URL.
    pub(super) fn client(&self, link: &Url) -> Result<&reqwest::Client> {
        let has_proxy = self.http.proxy.is_some();
        let is_direct = !has_proxy && is_loopback(link);
        let cell = if is_direct { &self.direct } else { &self.other };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let builder = self
            .http
            .own()?
            .referer(false)
            .read_timeout(self.http.idle_timeout().min(LONGEST))
            .user_agent(&self.agent);
        let builder = match (is_direct, has_proxy) {
            (true, _) => builder.no_proxy(),
            (false, true) => builder,
            (false, false) => builder.redirect(Policy::custom(not_to_own_machine)),
        };
        let client = builder.build().map_err(|error| {
            let message = format!("the HTTP client cannot be built: {}", cause(&error));
            Error::build(message).with_source(error)
        })?;
        Ok(cell.get_or_init(|| client))
    }
}

/// Follows redirects, except from other hosts to this machine: they would use a proxy of the environment.
fn not_to_own_machine(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    if is_loopback(attempt.url()) {
        attempt.error("another host redirects to this machine")
    } else {
        Policy::default().redirect(attempt)
    }
}
