//! Reasons why a wait ended early.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use harness_api::Redactor;

use crate::error::{Error, ErrorKind, line};

/// Reason why a wait ended early. [`Error::wait_failure`] returns it.
///
/// ```
/// # fn look(error: harness_api_ext::Error) {
/// use harness_api_ext::WaitFailure;
///
/// match error.wait_failure() {
///     Some(WaitFailure::DeadlinePassed { after }) => println!("still running after {after:?}"),
///     Some(WaitFailure::NeedsPerson) => println!("a person must approve"),
///     _ => eprintln!("{error}"),
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitFailure {
    /// The deadline passed. The work continues on the server.
    DeadlinePassed {
        /// Duration of the wait.
        after: Duration,
    },
    /// The work continues only after a person has approved it or given input.
    NeedsPerson,
    /// Several polls in a row failed. The work may continue on the server.
    LostContact,
    /// The work ended in another state than the expected one.
    Failed {
        /// Final state.
        status: String,
    },
}

/// Last observed state, of any type.
struct LastState(Arc<dyn Any + Send + Sync>);

impl WaitFailure {
    /// Returns the error for an unexpected final state. The status is text of the server, and is masked.
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
                write!(f, "not finished after {} s", after.as_secs_f64())
            }
            Self::NeedsPerson => f.write_str("it needs the action of a person"),
            Self::LostContact => f.write_str("polling failed several times in a row"),
            Self::Failed { status } => write!(f, "it ended as {status}"),
        }
    }
}

impl Error {
    /// Returns why a wait ended early, for errors of kind [`ErrorKind::Wait`].
    pub fn wait_failure(&self) -> Option<&WaitFailure> {
        self.attached()
    }

    /// Returns the last state that the wait observed, if it is of this type: the `State` of the observed subject.
    pub fn last_state<S: 'static>(&self) -> Option<&S> {
        self.attached::<LastState>()?.0.downcast_ref()
    }
}
