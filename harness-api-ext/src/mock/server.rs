//! The server as a test uses it.

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hyper::http::request::Parts;
use tokio::task::AbortHandle;

use super::check::{self, Violation};
use super::envelope::{Reason, Refusal};
use super::received::Received;
use super::reply::Reply;
use super::required;
use super::script::{Answerer, Scripts, Target};
use super::serve;
use super::services::{self, logs, runs::RunScript};
use super::state::State;
use crate::client::{ApiKey, Harness, HarnessBuilder};
use crate::error::{Error, Result};

/// Default account of a mock.
pub(super) const ACCOUNT: &str = "MockAccount_0123456789";
/// Kinds of entities that policies apply to.
const GOVERNED: &[&str] = &["connector", "secret", "service", "environment", "pipeline"];

/// Mock server on a free port of this machine, until it is dropped.
///
/// See [the module](super) for its features.
///
/// ```
/// use harness_api_ext::RetryPolicy;
/// use harness_api_ext::mock::{Reply, Server};
/// use harness_api_ext::raw::reqwest::Method;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// let server = Server::start().await?;
/// server.answer_with("GET /v1/widgets", |_| Reply::text(200, "none"));
/// let harness = server.harness();
/// assert_eq!(harness.base_url(), server.url());
///
/// let once = server.harness_builder().retry(RetryPolicy::never()).build()?;
/// assert_eq!(once.request(Method::GET, "/v1/widgets").text().await?.as_str(), "none");
///
/// server.answer_next("GET /v1/widgets", [Reply::disconnect()]);
/// assert!(once.request(Method::GET, "/v1/widgets").text().await.is_err());
/// assert_eq!(server.received_by("GET /v1/widgets").len(), server.received().len());
/// # Ok(())
/// # }
/// ```
pub struct Server {
    shared: Arc<Shared>,
    url: String,
    key: String,
    harness: Harness,
    running: AbortHandle,
}

/// Builder for a [`Server`].
///
/// ```
/// use harness_api_ext::mock::{Reply, Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// let server = Server::builder()
///     .account("Acme")
///     .prefix("/harness")
///     .fallback(|request| Some(Reply::text(200, request.path())))
///     .start()
///     .await?;
/// assert!(server.url().ends_with("/harness"));
/// assert_eq!(server.harness().account_id(), "Acme");
/// # Ok(())
/// # }
/// ```
#[must_use]
#[derive(Default)]
pub struct ServerBuilder {
    account: Option<String>,
    api_key: Option<String>,
    address: Option<SocketAddr>,
    prefix: String,
    fallback: Option<Fallback>,
    is_stateless: bool,
    most: Option<usize>,
    #[cfg(feature = "mock-described")]
    is_strict: bool,
}

/// Responds to requests without a handler, or returns `None`.
type Fallback = Box<dyn Fn(&Received) -> Option<Reply> + Send + Sync>;

pub(super) struct Shared {
    state: Mutex<State>,
    scripts: Mutex<Scripts>,
    received: Mutex<Kept>,
    most: usize,
    key: String,
    prefix: String,
    fallback: Option<Fallback>,
    is_stateless: bool,
    #[cfg(feature = "mock-described")]
    is_strict: bool,
}

/// Received requests.
#[derive(Default)]
struct Kept {
    count: usize,
    last: VecDeque<Received>,
}

/// Locks a mutex. If another thread panicked with the lock, its test has failed already, and the data are intact.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ServerBuilder {
    /// Sets the account identifier; `MockAccount_0123456789` by default.
    pub fn account(mut self, id: impl Into<String>) -> Self {
        self.account = Some(id.into());
        self
    }

    /// Sets a prefix of all paths, such as `/harness`, to simulate a self-managed platform behind a proxy.
    pub fn prefix(mut self, path: impl Into<String>) -> Self {
        let path: String = path.into();
        self.prefix = path.trim_end_matches('/').to_owned();
        self
    }

    /// Sets a function that responds to operations without a handler. If it returns `None`, the mock responds with 501.
    pub fn fallback(
        mut self,
        answer: impl Fn(&Received) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.fallback = Some(Box::new(answer));
        self
    }

    /// Sets the API key that the server accepts; a generated one by default.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// Sets the address to listen on; a free port of this machine by default.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Validates all values of requests by the schemas of the description. Operations without a handler respond with
    /// generated values that satisfy the schemas, the same for the same seed.
    #[cfg(feature = "mock-described")]
    #[cfg_attr(docsrs, doc(cfg(feature = "mock-described")))]
    pub fn described(mut self, seed: u64) -> Self {
        let described = super::Described::new(seed);
        self.is_strict = true;
        self.fallback(move |request| described.answer(request))
    }

    /// Sets the number of latest requests to store, for a server that runs for a long time; all by default.
    pub fn remember(mut self, requests: usize) -> Self {
        self.most = Some(requests);
        self
    }

    /// Disables all handlers, and leaves every request to the fallback: no entity is created, and none is missing.
    pub fn stateless(mut self) -> Self {
        self.is_stateless = true;
        self
    }

    /// Starts the server on the runtime of the caller.
    ///
    /// # Errors
    ///
    /// Returns an error of kind [`Build`](crate::ErrorKind::Build) if the server cannot listen on the address.
    pub async fn start(self) -> Result<Server> {
        let account = self.account.unwrap_or_else(|| ACCOUNT.to_owned());
        let listening = serve::listen(self.address).await;
        let (listener, address) =
            listening.map_err(|error| Error::build(format!("the mock cannot listen: {error}")))?;
        let url = format!("http://{address}{}", self.prefix);
        let own = || format!("sat.{account}.{:016x}.mock", fastrand::u64(..));
        let key = self.api_key.unwrap_or_else(own);
        let mut ready = Harness::builder().api_key(key.as_str()).endpoint(&url);
        // A key of the first generation does not contain the account.
        if ApiKey::new(key.as_str()).account().is_none() {
            ready = ready.account(&account);
        }
        let harness = ready.build()?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(&account)),
            scripts: Mutex::default(),
            received: Mutex::default(),
            most: self.most.unwrap_or(usize::MAX),
            key: key.clone(),
            prefix: self.prefix,
            fallback: self.fallback,
            is_stateless: self.is_stateless,
            #[cfg(feature = "mock-described")]
            is_strict: self.is_strict,
        });
        let running = tokio::spawn(serve::accept(listener, Arc::clone(&shared)));
        Ok(Server {
            shared,
            url,
            key,
            harness,
            running: running.abort_handle(),
        })
    }
}

impl Server {
    /// Starts a server with an account that contains only the organization `default`.
    ///
    /// # Errors
    ///
    /// Returns an error of kind [`Build`](crate::ErrorKind::Build) if no port is free.
    pub async fn start() -> Result<Self> {
        Self::builder().start().await
    }

    /// Returns a builder for a server.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// Returns the address, without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the API key that the server accepts. It is valid for this server only.
    pub fn api_key(&self) -> &str {
        &self.key
    }

    /// Returns a client for the server.
    pub fn harness(&self) -> Harness {
        self.harness.clone()
    }

    /// Returns a builder for clients of the server, with address and key set.
    pub fn harness_builder(&self) -> HarnessBuilder {
        Harness::builder()
            .api_key(self.key.as_str())
            .account(self.harness.account_id())
            .endpoint(&self.url)
    }

    /// Adds an organization if it does not exist.
    pub fn add_org(&self, org: &str) {
        lock(&self.shared.state).add_org(org);
    }

    /// Adds a project and its organization if they do not exist.
    pub fn add_project(&self, org: &str, project: &str) {
        lock(&self.shared.state).add_project(org, project);
    }

    /// Revokes a permission, such as `core_connector_edit`: operations that require it fail from now on.
    pub fn deny(&self, permission: &str) {
        lock(&self.shared.state).deny(permission);
    }

    /// Grants a revoked permission again.
    pub fn allow(&self, permission: &str) {
        lock(&self.shared.state).allow(permission);
    }

    /// Adds a policy that denies every creation and update of a kind: `connector`, `secret`, `service`, `environment`
    /// or `pipeline`.
    ///
    /// # Panics
    ///
    /// Panics if the kind is none of these.
    #[track_caller]
    pub fn deny_by_policy(&self, kind: &str, policy: &str, message: &str) {
        assert!(
            GOVERNED.contains(&kind),
            "policies apply to {}, but not to `{kind}`",
            GOVERNED.join(", ")
        );
        lock(&self.shared.state).deny_by_policy(kind, policy, message);
    }

    /// Removes all policies.
    pub fn lift_policies(&self) {
        lock(&self.shared.state).lift_policies();
    }

    /// Sets how the runs of a pipeline proceed, by its identifier; see [`RunScript`].
    pub fn pipeline_script(&self, pipeline: &str, script: impl Into<RunScript>) {
        lock(&self.shared.state)
            .runs
            .set_script(pipeline, script.into());
    }

    /// Sets the next responses of an operation. After them, the operation responds as before.
    ///
    /// The operation is identified by its id, or by method and path: `"createConnector"`, `"POST /ng/api/connectors"`.
    /// The path may contain values or the placeholders of the operation.
    ///
    /// # Panics
    ///
    /// Panics if no operation has the id.
    #[track_caller]
    pub fn answer_next(&self, operation: &str, replies: impl IntoIterator<Item = Reply>) {
        let target = Target::read(operation);
        lock(&self.shared.scripts).next(target, replies);
    }

    /// Sets a function that creates all further responses of an operation, identified as in
    /// [`answer_next`](Self::answer_next).
    ///
    /// # Panics
    ///
    /// Panics if no operation has the id.
    #[track_caller]
    pub fn answer_with(
        &self,
        operation: &str,
        answer: impl Fn(&Received) -> Reply + Send + Sync + 'static,
    ) {
        let target = Target::read(operation);
        let answer: Answerer = Arc::new(answer);
        lock(&self.shared.scripts).always(target, answer);
    }

    /// Removes all responses that were set.
    pub fn forget_answers(&self) {
        lock(&self.shared.scripts).clear();
    }

    /// Returns the received requests, in order.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).last.iter().cloned().collect()
    }

    /// Returns the received requests that call an operation, identified as in [`answer_next`](Self::answer_next).
    ///
    /// # Panics
    ///
    /// Panics if no operation has the id.
    #[track_caller]
    pub fn received_by(&self, operation: &str) -> Vec<Received> {
        let target = Target::read(operation);
        let mut received = self.received();
        received.retain(|request| target.fits(request));
        received
    }

    /// Asserts that a request that calls an operation and satisfies a condition was received.
    ///
    /// # Panics
    ///
    /// Panics if there is none, and lists the received requests.
    #[track_caller]
    pub fn assert_received(&self, operation: &str, fits: impl Fn(&Received) -> bool) {
        let calls = self.received_by(operation);
        if calls.iter().any(fits) {
            return;
        }
        if calls.is_empty() {
            panic!(
                "no request called `{operation}`; received requests:\n{}",
                lines(&self.received())
            );
        }
        panic!(
            "none of {} calls of `{operation}` satisfies the condition:\n{}",
            calls.len(),
            details(&calls)
        );
    }

    /// Asserts that all received requests satisfy the description.
    ///
    /// # Panics
    ///
    /// Panics if a request has violations, and lists them.
    #[track_caller]
    pub fn assert_no_violations(&self) {
        let mut received = self.received();
        received.retain(|request| !request.violations().is_empty());
        let lines: Vec<String> = received
            .iter()
            .flat_map(|request| {
                let violations = request.violations().iter();
                violations.map(move |violation| format!("  {request}: {violation}"))
            })
            .collect();
        assert!(lines.is_empty(), "violations:\n{}", lines.join("\n"));
    }

    /// Asserts that no request that calls an operation was received.
    ///
    /// # Panics
    ///
    /// Panics if there is one, and lists them.
    #[track_caller]
    pub fn assert_not_received(&self, operation: &str) {
        let calls = self.received_by(operation);
        assert!(
            calls.is_empty(),
            "`{operation}` was called:\n{}",
            details(&calls)
        );
    }
}

fn lines(requests: &[Received]) -> String {
    if requests.is_empty() {
        return "  nothing".to_owned();
    }
    let lines: Vec<String> = requests
        .iter()
        .map(|request| format!("  {request}"))
        .collect();
    lines.join("\n")
}

fn details(requests: &[Received]) -> String {
    let lines: Vec<String> = requests
        .iter()
        .map(|request| format!("  {request:?}"))
        .collect();
    lines.join("\n")
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("account", &self.account)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Returns the response to a request, and the id under which the request is stored.
    pub(super) fn answer(&self, head: &Parts, body: Bytes) -> (Reply, String) {
        let path = head.uri.path();
        // Pre-signed URLs contain only the host, not the prefix.
        let inner = if logs::is_link(path) {
            Some(path)
        } else {
            path.strip_prefix(&*self.prefix)
        };
        let inner = inner.filter(|path| path.starts_with('/'));
        let query = head.uri.query().unwrap_or_default();
        let method = head.method.as_str();
        let path = inner.unwrap_or(path);
        let request = Received::new(method, path, query, &head.headers, body);
        let violations = self.violations(&request);
        let request = {
            let mut received = lock(&self.received);
            let request = request.kept(received.count, violations);
            received.count += 1;
            if received.last.len() >= self.most {
                received.last.pop_front();
            }
            if self.most > 0 {
                received.last.push_back(request.clone());
            }
            request
        };
        let correlation = request.correlation();
        if inner.is_none() {
            return (Reply::text(404, "404 page not found"), correlation);
        }
        let key = head.headers.get("x-api-key");
        let is_known = key.is_some_and(|key| key.as_bytes() == self.key.as_bytes());
        let reply = self.reply(&request, key.is_some(), is_known);
        (reply.unwrap_or_else(Reply::from), correlation)
    }

    fn violations(&self, request: &Received) -> Vec<Violation> {
        if logs::is_link(request.path()) {
            return Vec::new();
        }
        let found = check::violations(request);
        #[cfg(feature = "mock-described")]
        if self.is_strict {
            return [found, super::described::violations(request)].concat();
        }
        [found, required::violations(request)].concat()
    }

    fn reply(
        &self,
        request: &Received,
        has_key: bool,
        is_known: bool,
    ) -> std::result::Result<Reply, Refusal> {
        let scripted = lock(&self.scripts).take(request);
        if let Some(answer) = scripted {
            return Ok(answer(request));
        }
        if logs::is_link(request.path()) {
            return logs::link(&mut lock(&self.state), request, has_key);
        }
        let refuse = |message: &str| Err(Refusal::new(Reason::Unauthenticated, message));
        if !is_known {
            return refuse(if has_key {
                "Invalid API key"
            } else {
                "The API key is missing"
            });
        }
        check::check(request)?;
        let mut state = lock(&self.state);
        let accounts = [
            request.query("accountIdentifier"),
            request.header("harness-account"),
        ];
        if accounts
            .into_iter()
            .flatten()
            .any(|account| account != state.account)
        {
            return refuse("The API key belongs to another account");
        }
        let id = request.operation().map_or("", |operation| operation.id);
        if !self.is_stateless
            && let Some(handler) = services::find(id)
        {
            state.permit(handler.permission, &request.place())?;
            return (handler.answer)(&mut state, request);
        }
        drop(state);
        let answer = self
            .fallback
            .as_ref()
            .and_then(|fallback| fallback(request));
        answer.ok_or_else(|| {
            let message = format!(
                "the mock has no handler for `{id}`: set a response with `answer_next` or `answer_with`"
            );
            Refusal::new(Reason::NotImplemented, message)
        })
    }
}
