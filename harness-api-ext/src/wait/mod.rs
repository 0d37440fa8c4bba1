//! Waiting for what the server does: one waiter for runs, syncs, health and tests.

mod backoff;
mod deadline;
mod failure;
mod watch;

use std::future::IntoFuture;
use std::time::Duration;

use tokio::time::Instant;

pub use backoff::Backoff;
pub(crate) use deadline::Deadline;
pub use failure::WaitFailure;
pub use watch::Watch;

use crate::Sending;
use crate::error::{Error, Result};

/// How many observations in a row may fail before contact counts as lost.
const TOLERATED: u32 = 5;

/// How long something that was just begun may not be found, or trouble the server: services learn of it one after another.
const UNKNOWN_AT_FIRST: Duration = Duration::from_secs(30);

/// Something on the server that changes until it comes to an end.
///
/// The waits of this crate are made of it, and your own can be: whatever can be read again and again can be waited for.
///
/// ```
/// use std::time::Duration;
///
/// use harness_api_ext::raw::reqwest::Method;
/// use harness_api_ext::{Backoff, Error, Harness, Observe, Progress, Sending, Wait};
/// use serde_json::Value;
///
/// /// An export that the server prepares.
/// struct Export(Harness);
///
/// impl Observe for Export {
///     type State = String;
///     type End = ();
///
///     fn name(&self) -> String {
///         "the export".to_owned()
///     }
///
///     fn observe(&self) -> Sending<String> {
///         let read = self.0.request(Method::GET, "/v1/export").send::<Value>();
///         Box::pin(async move {
///             let answer = read.await.map_err(Error::from)?;
///             Ok(answer["state"].as_str().unwrap_or_default().to_owned())
///         })
///     }
///
///     fn progress(&self, state: &String) -> Progress<()> {
///         match state.as_str() {
///             "DONE" => Progress::Ended(()),
///             "HELD" => Progress::NeedsPerson,
///             _ => Progress::Running,
///         }
///     }
/// }
///
/// # use harness_api_ext::mock::{Reply, Server};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = Server::start().await?;
/// # let state = |state: &str| Reply::json(200, &serde_json::json!({"state": state}));
/// # server.answer_next("GET /v1/export", [state("QUEUED"), state("DONE")]);
/// # let harness = server.harness();
/// Wait::new(Export(harness)).backoff(Backoff::every(Duration::from_millis(5))).await?;
/// # Ok(())
/// # }
/// ```
pub trait Observe: Send + Sync + 'static {
    /// What an observation gives.
    type State: Clone + Send + Sync + 'static;

    /// What is there at the end.
    type End: Send + 'static;

    /// What is waited for, in a few words, for errors.
    fn name(&self) -> String;

    /// Looks once.
    fn observe(&self) -> Sending<Self::State>;

    /// How far it is.
    fn progress(&self, state: &Self::State) -> Progress<Self::End>;

    /// Whether the second is no news after the first. Without it, [`Watch`] gives every observation.
    fn is_same(&self, _: &Self::State, _: &Self::State) -> bool {
        false
    }
}

/// How far something is.
///
/// ```
/// use harness_api_ext::Progress;
///
/// let of = |state: &str| match state {
///     "RUNNING" => Progress::Running,
///     "APPROVAL" => Progress::NeedsPerson,
///     other => Progress::Ended(other.to_owned()),
/// };
/// assert_eq!(of("DONE"), Progress::Ended("DONE".to_owned()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Progress<E> {
    /// It goes on by itself.
    Running,
    /// It goes on when a person has done something.
    NeedsPerson,
    /// It has come to an end, good or bad.
    Ended(E),
}

/// Waits until something has come to an end. `.await` begins to wait.
///
/// It looks at growing intervals. What fails for a moment, such as a connection or a service that does not answer, is
/// tolerated, but not more than five times in a row; in the first 30 seconds it may not be found. Dropping the future ends the
/// waiting at once and changes nothing on the server.
///
/// # Errors
///
/// Of kind [`Wait`](crate::ErrorKind::Wait), with a [`WaitFailure`] attached that tells apart: the deadline passed, a
/// person is needed, contact was lost. [`Error::last_state`] has the last state. An error that will not
/// pass, such as a missing permission, comes as it is.
///
/// ```
/// use std::time::Duration;
///
/// use harness_api_ext::{Backoff, Observe, Result, Wait};
///
/// async fn patiently<O: Observe>(subject: O) -> Result<O::End> {
///     let often = Backoff::growing(Duration::from_secs(1), 2.0, Duration::from_secs(60));
///     Wait::new(subject).backoff(often).deadline(Duration::from_secs(3600)).through_approvals().await
/// }
/// ```
#[must_use = "nothing is waited for before `.await`"]
#[derive(Debug)]
pub struct Wait<O> {
    subject: O,
    backoff: Backoff,
    deadline: Option<Duration>,
    persons: bool,
}

impl<O: Observe> Wait<O> {
    /// Returns a wait without deadline. It looks at once, again after 2 seconds, and then at intervals that grow to 30.
    pub fn new(subject: O) -> Self {
        Self {
            subject,
            backoff: Backoff::default(),
            deadline: None,
            persons: false,
        }
    }

    /// Gives up after this time, with [`WaitFailure::DeadlinePassed`]. It counts from `.await`, and a request that is on its
    /// way then is abandoned. Zero gives up without a look; [`Duration::MAX`] is no deadline.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.deadline = Some(after);
        self
    }

    /// Sets the pauses between two looks. Zero looks again at once.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Goes on waiting while a person is needed, in place of ending with [`WaitFailure::NeedsPerson`].
    pub fn through_approvals(mut self) -> Self {
        self.persons = true;
        self
    }

    async fn run(self) -> Result<O::End> {
        let Self {
            subject,
            backoff,
            deadline,
            persons,
        } = self;
        let mut observer = Observer::new(subject, backoff);
        let deadline = deadline.map(Deadline::after);
        loop {
            let seen = match &deadline {
                Some(deadline) => match deadline.limit(observer.next()).await {
                    Some(seen) => seen,
                    None => return Err(observer.deadline(deadline.length())),
                },
                None => observer.next().await,
            };
            let state = seen?;
            match observer.subject.progress(&state) {
                Progress::Ended(end) => return Ok(end),
                Progress::NeedsPerson if !persons => {
                    return Err(WaitFailure::NeedsPerson.error(
                        &observer.subject.name(),
                        Some(state),
                        None,
                    ));
                }
                Progress::NeedsPerson | Progress::Running => observer.last = Some(state),
            }
        }
    }
}

impl<O: Observe> IntoFuture for Wait<O> {
    type Output = Result<O::End>;
    type IntoFuture = Sending<O::End>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// Looks again and again, with pauses, and tolerates what passes.
pub(crate) struct Observer<O: Observe> {
    pub(crate) subject: O,
    backoff: Backoff,
    begun: Instant,
    round: u32,
    pub(crate) last: Option<O::State>,
}

impl<O: Observe> Observer<O> {
    pub(crate) fn new(subject: O, backoff: Backoff) -> Self {
        Self {
            subject,
            backoff,
            begun: Instant::now(),
            round: 0,
            last: None,
        }
    }

    /// The next state, after a pause; at once the first time.
    pub(crate) async fn next(&mut self) -> Result<O::State> {
        let mut failed = 0;
        loop {
            if self.round > 0 {
                tokio::time::sleep(self.backoff.pause(self.round)).await;
            }
            self.round += 1;
            match self.subject.observe().await {
                Ok(state) => return Ok(state),
                Err(error) => {
                    let young = self.begun.elapsed() < UNKNOWN_AT_FIRST && self.last.is_none();
                    let at_fault = error
                        .status()
                        .is_some_and(|status| status.is_server_error());
                    let passing = young && (error.is_not_found() || at_fault);
                    if !(error.is_retryable() || passing) {
                        return Err(error);
                    }
                    failed += 1;
                    if failed > TOLERATED && !(young && error.is_not_found()) {
                        let name = self.subject.name();
                        return Err(WaitFailure::LostContact.error(
                            &name,
                            self.last.clone(),
                            Some(error),
                        ));
                    }
                }
            }
        }
    }

    /// Begins with short pauses again.
    pub(crate) fn look_sooner(&mut self) {
        self.round = 1;
    }

    fn deadline(mut self, after: Duration) -> Error {
        WaitFailure::DeadlinePassed { after }.error(&self.subject.name(), self.last.take(), None)
    }
}
