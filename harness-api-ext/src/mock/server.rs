//! The server, as a test holds it.

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

/// The account that a mock plays when nothing else is said.
const ACCOUNT: &str = "MockAccount_0123456789";
/// The kinds of things that policies are asked about.
const GOVERNED: &[&str] = &["connector", "secret", "service", "environment", "pipeline"];

/// A server that plays Harness, on a free port of this machine, until it is dropped.
///
/// See [the module](super) for what it can do.
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

/// Makes a [`Server`].
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

/// Answers what no handler answers, or not.
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

/// The requests that have arrived.
#[derive(Default)]
struct Kept {
    count: usize,
    last: VecDeque<Received>,
}

/// What another thread was doing when it panicked is a failed test already; the data is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ServerBuilder {
    /// The id of the account; `MockAccount_0123456789` when it is not set.
    pub fn account(mut self, id: impl Into<String>) -> Self {
        self.account = Some(id.into());
        self
    }

    /// A path in front of all others, such as `/harness`: for a platform of your own behind a proxy.
    pub fn prefix(mut self, path: impl Into<String>) -> Self {
        let path: String = path.into();
        self.prefix = path.trim_end_matches('/').to_owned();
        self
    }

    /// Answers operations that the mock has no handler for. Those for which it gives `None` are answered with 501.
    pub fn fallback(
        mut self,
        answer: impl Fn(&Received) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.fallback = Some(Box::new(answer));
        self
    }

    /// The key that the server accepts; one of its own when it is not set.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(key.into());
        self
    }

    /// The address to listen on; a free port of this machine when it is not set.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Checks all values of requests by the schemas of the description, and answers what the mock has no handler for with
    /// values that these allow, the same for the same seed.
    #[cfg(feature = "mock-described")]
    #[cfg_attr(docsrs, doc(cfg(feature = "mock-described")))]
    pub fn described(mut self, seed: u64) -> Self {
        let described = super::Described::new(seed);
        self.is_strict = true;
        self.fallback(move |request| described.answer(request))
    }

    /// Keeps the last so many requests only, for a server that runs for long; all of them when it is not set.
    pub fn remember(mut self, requests: usize) -> Self {
        self.most = Some(requests);
        self
    }

    /// Leaves everything to the fallback: nothing is created, and nothing is missing.
    pub fn stateless(mut self) -> Self {
        self.is_stateless = true;
        self
    }

    /// Starts the server, on the runtime of the caller.
    ///
    /// # Errors
    ///
    /// Of kind [`Build`](crate::ErrorKind::Build), when no port is free.
    pub async fn start(self) -> Result<Server> {
        let account = self.account.unwrap_or_else(|| ACCOUNT.to_owned());
        let listening = serve::listen(self.address).await;
        let (listener, address) =
            listening.map_err(|error| Error::build(format!("the mock has no port: {error}")))?;
        let url = format!("http://{address}{}", self.prefix);
        let own = || format!("sat.{account}.{:016x}.mock", fastrand::u64(..));
        let key = self.api_key.unwrap_or_else(own);
        let mut ready = Harness::builder().api_key(key.as_str()).endpoint(&url);
        // A key of the first generation does not hold the account.
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
    /// Starts a server with an account that has the organization `default` and nothing else.
    ///
    /// # Errors
    ///
    /// Of kind [`Build`](crate::ErrorKind::Build), when no port is free.
    pub async fn start() -> Result<Self> {
        Self::builder().start().await
    }

    /// Begins to make a server.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// Its address, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The key that it accepts. It is good for nothing else.
    pub fn api_key(&self) -> &str {
        &self.key
    }

    /// A client of it.
    pub fn harness(&self) -> Harness {
        self.harness.clone()
    }

    /// A builder of clients of it, for what else a test wants to set.
    pub fn harness_builder(&self) -> HarnessBuilder {
        Harness::builder()
            .api_key(self.key.as_str())
            .account(self.harness.account_id())
            .endpoint(&self.url)
    }

    /// Adds an organization, unless it is there.
    pub fn add_org(&self, org: &str) {
        lock(&self.shared.state).add_org(org);
    }

    /// Adds a project, and its organization, unless they are there.
    pub fn add_project(&self, org: &str, project: &str) {
        lock(&self.shared.state).add_project(org, project);
    }

    /// Takes a permission away, such as `core_connector_edit`: what needs it is refused from now on.
    pub fn deny(&self, permission: &str) {
        lock(&self.shared.state).deny(permission);
    }

    /// Gives a permission back.
    pub fn allow(&self, permission: &str) {
        lock(&self.shared.state).allow(permission);
    }

    /// Lets a policy deny everything of a kind that is created or updated: `connector`, `secret`, `service`,
    /// `environment` or `pipeline`.
    ///
    /// # Panics
    ///
    /// For other kinds.
    #[track_caller]
    pub fn deny_by_policy(&self, kind: &str, policy: &str, message: &str) {
        assert!(
            GOVERNED.contains(&kind),
            "policies are about {}, and not `{kind}`",
            GOVERNED.join(", ")
        );
        lock(&self.shared.state).deny_by_policy(kind, policy, message);
    }

    /// Takes all policies away.
    pub fn lift_policies(&self) {
        lock(&self.shared.state).lift_policies();
    }

    /// How runs of a pipeline go, by its identifier; see [`RunScript`].
    pub fn pipeline_script(&self, pipeline: &str, script: impl Into<RunScript>) {
        lock(&self.shared.state)
            .runs
            .set_script(pipeline, script.into());
    }

    /// The next answers to an operation, in place of those it would give; after them it answers as before.
    ///
    /// The operation is named by its id, or by method and path: `"createConnector"`, `"POST /ng/api/connectors"`, the path
    /// as it is sent or with its placeholders.
    ///
    /// # Panics
    ///
    /// When no operation has the id.
    #[track_caller]
    pub fn answer_next(&self, operation: &str, replies: impl IntoIterator<Item = Reply>) {
        let target = Target::read(operation);
        lock(&self.shared.scripts).next(target, replies);
    }

    /// What an operation answers from now on, made of each request; it is named as in [`answer_next`](Self::answer_next).
    ///
    /// # Panics
    ///
    /// When no operation has the id.
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

    /// Forgets all answers that were told.
    pub fn forget_answers(&self) {
        lock(&self.shared.scripts).clear();
    }

    /// The requests that have arrived, in their order.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).last.iter().cloned().collect()
    }

    /// The requests that call an operation, named as in [`answer_next`](Self::answer_next).
    ///
    /// # Panics
    ///
    /// When no operation has the id.
    #[track_caller]
    pub fn received_by(&self, operation: &str) -> Vec<Received> {
        let target = Target::read(operation);
        let mut received = self.received();
        received.retain(|request| target.fits(request));
        received
    }

    /// Asserts that a request has arrived which calls an operation and fits.
    ///
    /// # Panics
    ///
    /// When none has, with those that have arrived.
    #[track_caller]
    pub fn assert_received(&self, operation: &str, fits: impl Fn(&Received) -> bool) {
        let calls = self.received_by(operation);
        if calls.iter().any(fits) {
            return;
        }
        if calls.is_empty() {
            panic!(
                "nothing called `{operation}`; what arrived:\n{}",
                lines(&self.received())
            );
        }
        panic!(
            "none of {} calls of `{operation}` fits:\n{}",
            calls.len(),
            details(&calls)
        );
    }

    /// Asserts that the description allows everything that has arrived.
    ///
    /// # Panics
    ///
    /// When a request has violations, with them.
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

    /// Asserts that no request has arrived which calls an operation.
    ///
    /// # Panics
    ///
    /// When one has, with those that have.
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
    /// The answer to a request, and the id under which it is kept.
    pub(super) fn answer(&self, head: &Parts, body: Bytes) -> (Reply, String) {
        let path = head.uri.path();
        // Links that carry their own permission name the host alone.
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
                "the mock does not play `{id}`: tell it what to answer by `answer_next` or `answer_with`"
            );
            Refusal::new(Reason::NotImplemented, message)
        })
    }
}
