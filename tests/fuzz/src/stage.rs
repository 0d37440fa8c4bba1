//! A client with a function as its server, under a clock that jumps from wait to wait.

use std::cell::OnceCell;
use std::sync::{Arc, Mutex, PoisonError};

use harness_api::{BoxFuture, Error, Incoming, Layer, Next, Outgoing};
use harness_api_ext::{Harness, HarnessBuilder, RetryPolicy};
use tokio::runtime::Runtime;

/// Key of all clients, and the part of it that must never be shown.
pub(crate) const KEY: &str = "pat.AcmeAccount.6650f0example.hushHushHush";
pub(crate) const SECRET: &str = "hushHushHush";

/// Response of the server to a request.
type Server = Box<dyn FnMut(&Outgoing) -> Result<Incoming, Error> + Send>;

/// Client with its server and runtime.
pub(crate) struct Stage {
    pub(crate) harness: Harness,
    pub(crate) runtime: Runtime,
    server: Arc<Mutex<Server>>,
}

struct Desk(Arc<Mutex<Server>>);

impl Layer for Desk {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        _: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        let mut server = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = server(&request);
        Box::pin(async move { answer })
    }
}

impl Stage {
    /// Creates a client with a retry policy.
    pub(crate) fn new(retry: RetryPolicy) -> Self {
        let server: Arc<Mutex<Server>> = Arc::new(Mutex::new(Box::new(nobody)));
        let harness = builder()
            .retry(retry)
            .layer(Desk(Arc::clone(&server)))
            .build()
            .expect("a client");
        Self {
            harness,
            runtime: runtime(),
            server,
        }
    }

    /// Runs a function with this server.
    pub(crate) fn play<T>(
        &self,
        server: impl FnMut(&Outgoing) -> Result<Incoming, Error> + Send + 'static,
        run: impl Future<Output = T>,
    ) -> T {
        self.put(Box::new(server));
        let value = self.runtime.block_on(run);
        self.put(Box::new(nobody));
        value
    }

    fn put(&self, server: Server) {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = server;
    }
}

fn nobody(request: &Outgoing) -> Result<Incoming, Error> {
    Err(request.error(harness_api::ErrorKind::Connect, "nobody is there"))
}

pub(crate) fn builder() -> HarnessBuilder {
    Harness::builder()
        .api_key(KEY)
        .endpoint("http://127.0.0.1:9")
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
}

/// Runs a function with the client of this thread that never retries.
pub(crate) fn on_stage<T>(run: impl FnOnce(&Stage) -> T) -> T {
    thread_local! {
        static STAGE: OnceCell<Stage> = const { OnceCell::new() };
    }
    STAGE.with(|stage| run(stage.get_or_init(|| Stage::new(RetryPolicy::never()))))
}
