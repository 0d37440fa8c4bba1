//! For programs without async: every call, wait and list of this crate, one after the other.

use std::future::IntoFuture;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::Items;
use crate::error::{Error, Result};

/// Sends a builder's call, or waits for what it waits for, and blocks until the outcome is there.
///
/// It works on all that `.await` works on: builders, [`Wait`](crate::Wait), and futures such as those of raw requests.
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
    /// Blocks this thread until the outcome is there.
    ///
    /// # Errors
    ///
    /// Those of the call; and one of kind [`Build`](crate::ErrorKind::Build) inside of an async runtime, where blocking
    /// would stop other tasks: use `.await` there.
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

/// The items of a list, as an iterator that blocks when it needs the next page.
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
    /// The items as an iterator, for programs without async.
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

/// One runtime with one thread of its own, for all blocking calls of the program.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    if Handle::try_current().is_ok() {
        return Err(Error::build(
            "a blocking call inside of an async runtime: use `.await` there",
        ));
    }
    RUNTIME
        .get_or_init(|| {
            Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("harness-api")
                .enable_all()
                .build()
        })
        .as_ref()
        .map_err(|error| Error::build(format!("no runtime for blocking calls: {error}")))
}
