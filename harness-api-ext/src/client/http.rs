//! The HTTP clients that a client is made of.

use std::sync::OnceLock;
use std::time::Duration;

use harness_api::redirect_policy;
use harness_api::reqwest::{self, Proxy};

use super::tls;
use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long nothing may arrive in the body of a stream. What is read whole has the time of its attempt, and is spared a
/// timer more.
pub(super) const SILENCE: Duration = Duration::from_secs(10 * 60);

/// The HTTP client: the caller's, or what ours is made with.
#[derive(Default)]
pub(super) struct Http {
    pub(super) given: Option<reqwest::Client>,
    pub(super) proxy: Option<String>,
    pub(super) roots: Vec<Vec<u8>>,
    pub(super) identity: Option<Vec<u8>>,
    pub(super) connect_timeout: Option<Duration>,
}

impl Http {
    pub(super) fn build(&self) -> Result<reqwest::Client> {
        let own = self.proxy.is_some()
            || !self.roots.is_empty()
            || self.identity.is_some()
            || self.connect_timeout.is_some();
        if let Some(http) = &self.given {
            return if own {
                Err(Error::build(
                    "an HTTP client of your own excludes proxy, certificates and connect timeout: set them there",
                ))
            } else {
                Ok(http.clone())
            };
        }
        made(self.ours()?.redirect(redirect_policy()))
    }

    /// What all clients of ours have in common.
    fn ours(&self) -> Result<reqwest::ClientBuilder> {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout.unwrap_or(CONNECT_TIMEOUT))
            .referer(false);
        if let Some(url) = &self.proxy {
            let proxy = Proxy::all(url)
                .map_err(|_| Error::build("the address of the proxy is not a URL"))?;
            builder = builder.proxy(proxy);
        }
        for pem in &self.roots {
            builder = tls::trust(builder, pem)?;
        }
        if let Some(pem) = &self.identity {
            builder = tls::identify(builder, pem)?;
        }
        Ok(builder)
    }
}

/// A client for links that carry their own permission. It may follow redirects: there is no key to lose.
///
/// It is made when it is first asked for: most programs never do, and it costs as much as the client of the calls. A client
/// that the caller gave is for the server of the calls, and has no part in it.
pub(super) struct Plain {
    http: Http,
    agent: String,
    client: OnceLock<reqwest::Client>,
}

impl Plain {
    pub(super) fn new(http: Http, agent: String) -> Self {
        Self {
            http,
            agent,
            client: OnceLock::new(),
        }
    }

    pub(super) fn client(&self) -> Result<&reqwest::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = made(
            self.http
                .ours()?
                .read_timeout(SILENCE)
                .user_agent(&self.agent),
        )?;
        Ok(self.client.get_or_init(|| client))
    }
}

fn made(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    builder
        .build()
        .map_err(|error| Error::build(format!("the HTTP client cannot be made: {error}")))
}
