//! Waiting for long-running work on the server: runs, syncs, health checks and tests.

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

/// Number of consecutive polls that may fail before the contact counts as lost.
const TOLERATED: u32 = 5;

/// Time after the start in which the subject may be missing or cause server errors, because services learn of new work
/// one after another.
const UNKNOWN_AT_FIRST: Duration = Duration::from_secs(30);

/// Long-running work on the server that can be polled.
///
/// All waits of this crate implement it. Implement it to wait for anything else that can be read repeatedly.
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
///             let response = read.await.map_err(Error::from)?;
///             Ok(response["state"].as_str().unwrap_or_default().to_owned())
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
    /// Observed state.
    type State: Clone + Send + Sync + 'static;

    /// Outcome of finished work.
    type End: Send + 'static;

    /// Returns a short name for error messages.
    fn name(&self) -> String;

    /// Reads the state once.
    fn observe(&self) -> Sending<Self::State>;

    /// Returns the progress that a state shows.
    fn progress(&self, state: &Self::State) -> Progress<Self::End>;

    /// Returns whether the second state is no change from the first. By default every state counts as a change, and
    /// [`Watch`] yields all of them.
    fn is_same(&self, _: &Self::State, _: &Self::State) -> bool {
        false
    }
}

/// Progress of long-running work.
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
    /// The work is running.
    Running,
    /// The work waits for the action of a person.
    NeedsPerson,
    /// The work has finished, successfully or not.
    Ended(E),
}

/// Waits until the work has finished. The wait starts with `.await`.
///
/// The state is polled at growing intervals. Temporary failures, such as a lost connection or an unavailable service,
/// are tolerated up to five times in a row. In the first 30 seconds the subject may be missing. Dropping the future
/// ends the wait at once and changes nothing on the server.
///
/// # Errors
///
/// Returns an error of kind [`Wait`](crate::ErrorKind::Wait) with a [`WaitFailure`]: the deadline passed, a person is
/// needed, or the contact was lost. [`Error::last_state`] returns the last state. Other errors, such as a missing
/// permission, are returned unchanged.
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
#[must_use = "a wait does nothing before `.await`"]
#[derive(Debug)]
pub struct Wait<O> {
    subject: O,
    backoff: Backoff,
    deadline: Option<Duration>,
    persons: bool,
}

impl<O: Observe> Wait<O> {
    /// Returns a wait without deadline. It polls at once, again after 2 seconds, and then at intervals that grow to 30
    /// seconds.
    pub fn new(subject: O) -> Self {
        Self {
            subject,
            backoff: Backoff::default(),
            deadline: None,
            persons: false,
        }
    }

    /// Sets a deadline, after which the wait fails with [`WaitFailure::DeadlinePassed`].
    ///
    /// The time starts with `.await`. A request in progress at the deadline is abandoned. Zero fails without a poll;
    /// [`Duration::MAX`] is no deadline.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.deadline = Some(after);
        self
    }

    /// Sets the intervals between polls. Zero polls again at once.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Keeps waiting while the action of a person is needed, instead of failing with [`WaitFailure::NeedsPerson`].
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

/// Polls at intervals, and tolerates temporary failures.
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

    /// Returns the next state, after an interval; the first time at once.
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

    /// Restarts with short intervals.
    pub(crate) fn look_sooner(&mut self) {
        self.round = 1;
    }

    fn deadline(mut self, after: Duration) -> Error {
        WaitFailure::DeadlinePassed { after }.error(&self.subject.name(), self.last.take(), None)
    }
}
