//! Blocking calls, waits and lists, for programs without async.

use std::future::{IntoFuture, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Wake, Waker};

use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task;

use crate::Items;
use crate::error::{Error, Result};

/// Blocks on a call or a wait.
///
/// It is implemented for everything that can be awaited with a result: builders, [`Wait`](crate::Wait), and futures
/// such as those of raw requests.
///
/// ```no_run
/// use harness_api_ext::blocking::Block;
///
/// # fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let project = harness.org("default").project("checkout");
/// let run = project.pipelines().get("deploy").execute().block()?;
/// println!("{:?}", run.wait().block()?.outcome);
/// # Ok(())
/// # }
/// ```
pub trait Block<T>: Sized {
    /// Sends the call, or waits, and blocks the thread until the result is available.
    ///
    /// In an async program it works only where threads may block: inside
    /// [`spawn_blocking`](tokio::task::spawn_blocking) and [`block_in_place`](tokio::task::block_in_place).
    ///
    /// # Errors
    ///
    /// Returns the errors of the call. Returns an error of kind [`Build`](crate::ErrorKind::Build) in async code, where
    /// blocking would stop other tasks: use `.await` there. The same kind is returned in a forked process by a client
    /// that was used before the fork, because its connections belong to the parent process.
    fn block(self) -> Result<T>;
}

impl<F, T, E> Block<T> for F
where
    F: IntoFuture<Output = std::result::Result<T, E>>,
    E: Into<Error>,
{
    fn block(self) -> Result<T> {
        runtime()?.block_on(self.into_future()).map_err(Into::into)
    }
}

/// Iterator over the items of a list. It blocks while it reads the next page.
///
/// ```
/// use harness_api_ext::{Items, Result};
///
/// fn show(items: Items<String>) -> Result<()> {
///     for item in items.blocking() {
///         println!("{}", item?);
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct BlockingItems<T>(Items<T>);

impl<T> Items<T> {
    /// Returns a blocking iterator over the items, for programs without async.
    pub fn blocking(self) -> BlockingItems<T> {
        BlockingItems(self)
    }
}

impl<T: DeserializeOwned + Send + 'static> Iterator for BlockingItems<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        match runtime() {
            Ok(runtime) => runtime.block_on(self.0.try_next()).transpose(),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Returns the runtime, with one thread of its own, that all blocking calls of the process share.
fn runtime() -> Result<&'static Runtime> {
    /// Runtime of the process that first made a blocking call.
    static FIRST: OnceLock<Own> = OnceLock::new();
    /// Runtime of a process that was forked later: threads do not survive a fork, so the first runtime would hang
    /// there.
    static FORKED: Mutex<Option<&'static Own>> = Mutex::new(None);

    if runs_async_code() {
        return Err(inside_of_async());
    }
    let process = std::process::id();
    let own = FIRST.get_or_init(|| Own::new(process));
    if own.process == process {
        return own.get();
    }
    let mut forked = FORKED.lock().unwrap_or_else(PoisonError::into_inner);
    match *forked {
        Some(own) if own.process == process => own.get(),
        _ => {
            // A runtime that was copied by a fork cannot be shut down.
            let own = &*Box::leak(Box::new(Own::new(process)));
            *forked = Some(own);
            own.get()
        }
    }
}

/// A runtime, and the process that its threads belong to.
struct Own {
    process: u32,
    runtime: std::io::Result<Runtime>,
}

impl Own {
    fn new(process: u32) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("harness-api")
            .enable_all()
            .build();
        Self { process, runtime }
    }

    fn get(&self) -> Result<&Runtime> {
        let runtime = self
            .runtime
            .as_ref()
            .map_err(|error| Error::build(format!("no runtime for blocking calls: {error}")))?;
        if task::try_id().is_some() && !may_block(runtime) {
            return Err(inside_of_async());
        }
        Ok(runtime)
    }
}

fn inside_of_async() -> Error {
    Error::build(
        "a blocking call in async code would stop other tasks: use `.await`, or block inside `spawn_blocking`",
    )
}

/// Returns whether this thread polls futures of a runtime, which would stop while the thread blocks.
fn runs_async_code() -> bool {
    if Handle::try_current().is_err() {
        return false;
    }
    // The future passed to `block_on` of a runtime is not a task; all other futures and `spawn_blocking` closures are.
    if task::try_id().is_none() {
        return true;
    }
    // Threads for blocking, and closures of `block_in_place`, have no scheduler that defers a waker: there it is woken
    // at once.
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut yielding = pin!(task::yield_now());
    let _ = yielding.as_mut().poll(&mut Context::from_waker(&waker));
    !woken.0.load(Ordering::Relaxed)
}

/// Returns whether the runtime can be blocked on. A task of a [`LocalSet`](tokio::task::LocalSet) may have no scheduler
/// either, and Tokio panics when it is blocked there.
fn may_block(runtime: &Runtime) -> bool {
    catch_unwind(AssertUnwindSafe(|| runtime.block_on(ready(())))).is_ok()
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
