//! What can be set on any one call, whatever the operation.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName};

use crate::redact::{self, Redactor};

/// Settings of one call beside its parameters. Builders of operations set them through [`Configure`].
#[derive(Default, Clone)]
pub struct CallOptions {
    pub(crate) headers: HeaderMap,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_body: Option<u64>,
    pub(crate) attached: Attached,
    /// The first thing that was wrong; it comes out when the call is sent.
    pub(crate) fault: Option<String>,
}

/// What goes with a call, its response and its error: values which callers hand to layers, one of a type, and the keys that
/// must not show.
#[derive(Default, Clone)]
pub(crate) struct Attached {
    values: Vec<Arc<dyn Any + Send + Sync>>,
    pub(crate) redactor: Redactor,
}

impl Attached {
    pub(crate) fn set<T: Send + Sync + 'static>(&mut self, value: T) {
        self.values.retain(|held| !held.is::<T>());
        self.values.push(Arc::new(value));
    }

    pub(crate) fn extend(&mut self, more: Self) {
        self.values.extend(more.values);
        self.knows(&more.redactor);
    }

    /// Adds keys that must not show.
    pub(crate) fn knows(&mut self, redactor: &Redactor) {
        self.redactor = self.redactor.merged(redactor);
    }

    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        self.values.iter().find_map(|held| held.downcast_ref())
    }
}

impl CallOptions {
    /// Sets a header, in place of one with this name from the operation or the client. A name or value that is not
    /// allowed comes out as an error when the call is sent.
    pub fn header(&mut self, name: &str, value: &str) {
        let Ok(name) = name.parse::<HeaderName>() else {
            self.fault("a header's name is not valid".to_owned());
            return;
        };
        match redact::header_value(&name, value) {
            Some(value) => {
                self.headers.insert(name, value);
            }
            None => self.fault(format!(
                "the value of header `{name}` holds bytes that are not allowed"
            )),
        }
    }

    /// Adds a pair to the query, behind what the operation puts there.
    pub fn query(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.query.push((name.into(), value.into()));
    }

    /// Sets the time from sending the request to the last byte of the answer. It replaces the limit of the HTTP client,
    /// and where a layer repeats the call it holds for each attempt. Zero fails the call before anything is sent;
    /// [`Duration::MAX`] is no limit.
    pub fn timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }

    /// Sets how many bytes of a buffered response are accepted, in place of the client's limit; see
    /// [`ClientBuilder::max_body`](crate::ClientBuilder::max_body).
    pub fn max_body(&mut self, bytes: u64) {
        self.max_body = Some(bytes);
    }

    /// Hands a value to the layers, which find it by its type; one of the same type is replaced.
    pub fn attach<T: Send + Sync + 'static>(&mut self, value: T) {
        self.attached.set(value);
    }

    /// What was attached under this type.
    pub fn attached<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.attached.get()
    }

    /// Makes the call fail with an error of kind [`Build`](crate::ErrorKind::Build) when it is sent. The first reason given
    /// counts.
    ///
    /// Builders whose setters cannot fail report a value that they must not send this way. The reason should be one line
    /// and contain nothing secret.
    ///
    /// ```
    /// use harness_api::{Client, Configure, ErrorKind};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), harness_api::Error> {
    /// let client = Client::new("https://app.harness.io")?;
    /// let mut request = client.request("DELETE", "/v1/widgets/w1");
    /// request.options().refuse("the widget identifier is empty");
    /// assert_eq!(request.empty().await.unwrap_err().kind(), ErrorKind::Build);
    /// # Ok(())
    /// # }
    /// ```
    pub fn refuse(&mut self, reason: impl Into<String>) {
        self.fault(reason.into());
    }

    pub(crate) fn fault(&mut self, message: String) {
        self.fault.get_or_insert(message);
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field(
                "query",
                &self.query.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            )
            .field("timeout", &self.timeout)
            .field("max_body", &self.max_body)
            .field("fault", &self.fault)
            .finish_non_exhaustive()
    }
}

/// Settings which every call has. The names begin with `with_`, so that they never meet a parameter of an operation.
///
/// ```no_run
/// use std::time::Duration;
///
/// use harness_api::{Client, Configure};
///
/// # async fn run() -> Result<(), harness_api::Error> {
/// let client = Client::new("https://app.harness.io")?;
/// let orgs = client
///     .request("GET", "/v1/orgs")
///     .with_query("limit", "10")
///     .with_header("Harness-Account", "an-account")
///     .with_timeout(Duration::from_secs(5))
///     .text()
///     .await?;
/// println!("{}", *orgs);
/// # Ok(())
/// # }
/// ```
pub trait Configure: Sized {
    /// The settings of this call.
    fn options(&mut self) -> &mut CallOptions;

    /// With a header, in place of one with this name from the operation or the client.
    #[must_use]
    fn with_header(mut self, name: &str, value: &str) -> Self {
        self.options().header(name, value);
        self
    }

    /// With one more pair in the query.
    #[must_use]
    fn with_query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options().query(name, value);
        self
    }

    /// With this `Accept` header, in place of the one the operation declares.
    #[must_use]
    fn with_accept(mut self, media: &str) -> Self {
        self.options().header(ACCEPT.as_str(), media);
        self
    }

    /// With this time from sending the request to the last byte of the answer, streamed answers included. Where a layer
    /// repeats the call it holds for each attempt.
    #[must_use]
    fn with_timeout(mut self, timeout: Duration) -> Self {
        self.options().timeout(timeout);
        self
    }

    /// With this limit of bytes for a buffered answer.
    #[must_use]
    fn with_max_body(mut self, bytes: u64) -> Self {
        self.options().max_body(bytes);
        self
    }

    /// With a value for the layers, which find it by its type.
    #[must_use]
    fn with_attached<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.options().attach(value);
        self
    }

    /// With all of these settings in place of those made so far. What was wrong with a value that was set before is still
    /// an error when the call is sent.
    #[must_use]
    fn with_options(mut self, options: CallOptions) -> Self {
        let before = std::mem::replace(self.options(), options);
        if let Some(fault) = before.fault {
            self.options().fault = Some(fault);
        }
        self
    }
}
