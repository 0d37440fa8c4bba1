//! Deadlines of waits.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// Instant at which a wait ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    length: Duration,
    /// `None` if the instant cannot be represented.
    at: Option<Instant>,
}

impl Deadline {
    /// Returns the deadline after this time from now.
    pub(crate) fn after(length: Duration) -> Self {
        Self {
            length,
            at: Instant::now().checked_add(length),
        }
    }

    /// Returns the time between the start and the deadline.
    pub(crate) fn length(&self) -> Duration {
        self.length
    }

    /// Returns the remaining time; `None` if unlimited.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        Some(self.at?.saturating_duration_since(Instant::now()))
    }

    /// Returns whether the deadline has passed.
    pub(crate) fn has_passed(&self) -> bool {
        self.remaining() == Some(Duration::ZERO)
    }

    /// Awaits a future; `None` if the deadline passes first. After the deadline the future is not polled, so that a
    /// sequence of futures that are ready at once ends too.
    pub(crate) async fn limit<F: Future>(&self, future: F) -> Option<F::Output> {
        let Some(at) = self.at else {
            return Some(future.await);
        };
        if self.has_passed() {
            return None;
        }
        timeout_at(at, future).await.ok()
    }
}
