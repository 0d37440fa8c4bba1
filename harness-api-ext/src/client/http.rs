//! The HTTP clients that a client is made of.

use std::sync::OnceLock;
use std::time::Duration;

use harness_api::reqwest::redirect::{Attempt, Policy};
use harness_api::reqwest::{self, Proxy, Url};
use harness_api::{is_loopback, reqwest::ClientBuilder};

use super::tls;
use crate::error::{Error, Result, cause};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long nothing may arrive in the body of a stream. What is read whole has the time of its attempt, and is spared a
/// timer more.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// As good as no timeout, for an HTTP client that adds it to the present.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The schemes of proxies. What has another one is passed over by the HTTP client, and everything goes directly.
const PROXIES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// What is set for every HTTP client.
#[derive(Default)]
pub(super) struct Http {
    pub(super) proxy: Option<String>,
    pub(super) roots: Vec<Vec<u8>>,
    pub(super) identity: Option<Vec<u8>>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) idle_timeout: Option<Duration>,
}

impl Http {
    /// How long nothing may arrive in the body of a stream.
    pub(super) fn idle_timeout(&self) -> Duration {
        self.idle_timeout.unwrap_or(IDLE_TIMEOUT)
    }

    /// What the client of the calls is built from: the caller's builder, or one of ours, with what is set.
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

/// A proxy for everything. Its address may hold a password, and is not shown.
fn proxy(url: &str) -> Result<Proxy> {
    let url = url.trim();
    let proxy = Proxy::all(url).map_err(|error| {
        let why = cause(&error);
        let message = format!(
            "the address of the proxy is not a URL: {why}; it looks like http://proxy.example:3128"
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
/// They are made when they are first asked for: most programs never do, and each costs as much as the client of the calls. A
/// builder that the caller gave is for the server of the calls, and has no part in them.
pub(super) struct Links {
    http: Http,
    agent: String,
    /// Without the proxies of the environment: for links to the own machine.
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

    /// The client for a link.
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
            let message = format!("the HTTP client cannot be made: {}", cause(&error));
            Error::build(message).with_source(error)
        })?;
        Ok(cell.get_or_init(|| client))
    }
}

/// Follows redirects, but not from elsewhere to this machine: that would go through a proxy of the environment.
fn not_to_own_machine(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    if is_loopback(attempt.url()) {
        attempt.error("a redirect of another host leads to this machine")
    } else {
        Policy::default().redirect(attempt)
    }
}
