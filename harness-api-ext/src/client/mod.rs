//! The client: its credentials, its server, and the methods that call operations.

mod builder;
mod credentials;
mod environment;
mod http;
mod server;
mod tls;

use std::fmt;
use std::sync::Arc;

use harness_api::Redactor;
use harness_api::reqwest::{self, Url};

pub use builder::HarnessBuilder;
pub use credentials::{ApiKey, KeyKind};

use self::http::Links;
use crate::error::Result;
use crate::scope::{Account, Org, Project, Scope};

/// Client for the Harness Platform API. Clones are cheap and share connections, limits and the retry budget.
///
/// ```no_run
/// use harness_api_ext::Harness;
///
/// # async fn run() -> harness_api_ext::Result<()> {
/// let harness = Harness::builder().api_key("pat.AcmeAccount.6650f0.example").build()?;
/// let project = harness.org("default").project("checkout");
/// println!("{} at {}, {:?}", harness.account_id(), harness.base_url(), project);
///
/// // Or with all settings from the environment.
/// let harness = Harness::builder_from_env()?.user_agent("acme-deployer/2.1").build()?;
/// println!("{:?} {:?}", harness.default_org(), harness.default_project());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Harness(Arc<Inner>);

struct Inner {
    raw: harness_api::Client,
    /// Client for pre-signed URLs, without key and layers.
    links: Links,
    account: Arc<str>,
    org: Option<Arc<str>>,
    project: Option<Arc<str>>,
}

impl Harness {
    /// Returns a builder for a client.
    pub fn builder() -> HarnessBuilder {
        HarnessBuilder::default()
    }

    /// Creates a client from environment variables.
    ///
    /// | Variable | Meaning |
    /// |---|---|
    /// | `HARNESS_PLATFORM_API_KEY` | the API key |
    /// | `HARNESS_API_KEY` | the API key if the other variable is not set; used only if it begins with `pat.` or `sat.`, because other tools keep a key of the first generation there |
    /// | `HARNESS_ACCOUNT_ID` | the account, required if the key does not contain it |
    /// | `HARNESS_ENDPOINT` | the server, `https://app.harness.io` by default |
    /// | `HARNESS_ORG` | the organization of [`default_org`](Self::default_org) |
    /// | `HARNESS_PROJECT` | the project of [`default_project`](Self::default_project) |
    ///
    /// An empty variable counts as not set.
    ///
    /// # Errors
    ///
    /// Returns an error of kind [`Build`](crate::ErrorKind::Build) that names the missing variable, or the two
    /// variables that contradict each other.
    pub fn from_env() -> Result<Self> {
        Self::builder_from_env()?.build()
    }

    /// Returns a builder filled from environment variables; see [`from_env`](Self::from_env).
    ///
    /// # Errors
    ///
    /// See [`from_env`](Self::from_env).
    pub fn builder_from_env() -> Result<HarnessBuilder> {
        environment::builder(|name| std::env::var(name))
    }

    /// Returns the raw client with every operation of the API. It uses the key, scope, retries, limits and tracing of
    /// this client.
    ///
    /// Its errors convert to those of this crate with `?`. If an operation has a parameter for the account and it is
    /// not set, it is filled in; [`InScope`](crate::InScope) does the same for organization and project.
    ///
    /// ```no_run
    /// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
    /// let account = harness.raw().platform().get_account_ng(harness.account_id()).send().await?;
    /// println!("{:?}", account.data.as_ref().and_then(|account| account.name.as_deref()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn raw(&self) -> &harness_api::Client {
        &self.0.raw
    }

    /// Returns a request for an endpoint that the description of the API lacks. It has all features of
    /// [`raw`](Self::raw).
    ///
    /// The path begins with a slash. [`segment`](harness_api::Request::segment) fills placeholders in braces.
    pub fn request(
        &self,
        method: harness_api::reqwest::Method,
        path: &str,
    ) -> harness_api::Request {
        self.0.raw.request(method.as_str(), path)
    }

    /// Returns a handle for the account.
    pub fn account(&self) -> Account {
        Account::new(Scope::new(self.clone(), None, None))
    }

    /// Returns a handle for an organization of the account. Sends no request: whether the organization exists is known
    /// only when the handle is used.
    pub fn org(&self, org: impl Into<String>) -> Org {
        self.account().org(org)
    }

    /// Returns a handle for the organization from the builder or `HARNESS_ORG`, if set.
    pub fn default_org(&self) -> Option<Org> {
        Some(self.org(&**self.0.org.as_ref()?))
    }

    /// Returns a handle for the project from the builder or `HARNESS_PROJECT`, if set.
    pub fn default_project(&self) -> Option<Project> {
        Some(self.default_org()?.project(&**self.0.project.as_ref()?))
    }

    /// Returns the account identifier.
    pub fn account_id(&self) -> &str {
        &self.0.account
    }

    /// Returns the address of the server, without a trailing slash.
    pub fn base_url(&self) -> String {
        self.0.raw.base_url()
    }

    /// Returns an HTTP client that sends no API key, for a pre-signed URL.
    pub(crate) fn plain(&self, link: &Url) -> Result<&reqwest::Client> {
        self.0.links.client(link)
    }

    /// Returns the redactor that masks the key of this client in texts.
    pub(crate) fn redactor(&self) -> &Redactor {
        self.0.raw.redactor()
    }
}

/// Shows the server and the account, but not the key.
impl fmt::Debug for Harness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Harness")
            .field("server", &self.base_url())
            .field("account", &self.0.account)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Serves one request, and returns it.
    async fn serve(listener: TcpListener, answer: String) -> std::io::Result<String> {
        let (mut stream, _) = listener.accept().await?;
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut request).await? == 0 {
                break;
            }
        }
        stream.write_all(answer.as_bytes()).await?;
        Ok(String::from_utf8_lossy(&request).to_ascii_lowercase())
    }

    #[tokio::test]
    async fn links_with_their_own_permission_are_fetched_without_the_key() -> std::io::Result<()> {
        for own_client in [false, true] {
            let store = TcpListener::bind("127.0.0.1:0").await?;
            let moved = TcpListener::bind("127.0.0.1:0").await?;
            let link = format!("http://{}/log?signature=s1gned", store.local_addr()?);
            let head = format!(
                "HTTP/1.1 302 Found\r\nLocation: http://{}/log\r\nContent-Length: 0\r\n\r\n",
                moved.local_addr()?
            );
            let body = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nlog".to_owned();
            let first = tokio::spawn(serve(store, head));
            let second = tokio::spawn(serve(moved, body));
            let mut builder = Harness::builder().api_key("sat.AcmeAccount.6650f0.c4n4ry");
            if own_client {
                builder = builder.http_client(reqwest::Client::builder());
            }
            let harness = builder.build().map_err(std::io::Error::other)?;
            let link = Url::parse(&link).map_err(std::io::Error::other)?;
            let plain = harness.plain(&link).map_err(std::io::Error::other)?;
            let answer = plain.get(link).send().await;
            let text = answer.map_err(std::io::Error::other)?.text().await;
            assert_eq!(text.map_err(std::io::Error::other)?, "log");
            for request in [first.await??, second.await??] {
                assert!(request.starts_with("get /log"), "{request}");
                for secret in ["x-api-key", "c4n4ry", "authorization", "referer"] {
                    assert!(!request.contains(secret), "{request}");
                }
            }
        }
        Ok(())
    }
}
