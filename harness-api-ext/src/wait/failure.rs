//! Why a wait did not end as hoped.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use harness_api::Redactor;

use crate::error::{Error, ErrorKind, line};

/// Why a wait ended before what was waited for; on the [`Error`] as [`wait_failure`](Error::wait_failure).
///
/// ```
/// # fn look(error: harness_api_ext::Error) {
/// use harness_api_ext::WaitFailure;
///
/// match error.wait_failure() {
///     Some(WaitFailure::DeadlinePassed { after }) => println!("it goes on after {after:?}"),
///     Some(WaitFailure::NeedsPerson) => println!("somebody has to approve"),
///     _ => eprintln!("{error}"),
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitFailure {
    /// The deadline passed; it goes on, on the server.
    DeadlinePassed {
        /// How long it was waited for.
        after: Duration,
    },
    /// It goes on when a person has approved, or given input.
    NeedsPerson,
    /// The server could not be asked any more, several times in a row; it may go on.
    LostContact,
    /// It came to an end that was not the one wanted.
    Failed {
        /// The state it ended in.
        status: String,
    },
}

/// The last state that was seen, whatever its type.
struct LastState(Arc<dyn Any + Send + Sync>);

impl WaitFailure {
    /// The error for an end that was not wanted. The status has words of the server.
    pub(crate) fn failed<S: Send + Sync + 'static>(
        redactor: &Redactor,
        name: &str,
        status: &str,
        state: S,
    ) -> Error {
        let status = redactor.one_line(status, 300);
        Self::Failed { status }.error(name, Some(state), None)
    }

    pub(crate) fn error<S: Send + Sync + 'static>(
        self,
        name: &str,
        state: Option<S>,
        source: Option<Error>,
    ) -> Error {
        let mut error = Error::new(
            ErrorKind::Wait,
            line(&format!("waiting for {name}: {self}")),
        );
        if let Some(source) = source {
            error = error.with_source(source);
        }
        if let Some(state) = state {
            error = error.with_attached(LastState(Arc::new(state)));
        }
        error.with_attached(self)
    }
}

impl fmt::Display for WaitFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeadlinePassed { after } => {
                write!(f, "not at an end after {} s", after.as_secs_f64())
            }
            Self::NeedsPerson => f.write_str("it needs a person to go on"),
            Self::LostContact => {
                f.write_str("the server could not be asked several times in a row")
            }
            Self::Failed { status } => write!(f, "it ended as {status}"),
        }
    }
}

impl Error {
    /// Why a wait ended early, for [`ErrorKind::Wait`].
    pub fn wait_failure(&self) -> Option<&WaitFailure> {
        self.attached()
    }

    /// The last state that a wait has seen, when it is of this type: the `State` of what was waited for.
    pub fn last_state<S: 'static>(&self) -> Option<&S> {
        self.attached::<LastState>()?.0.downcast_ref()
    }
}
