//! The end of a wait.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// A moment after which nothing is waited for any more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    length: Duration,
    /// `None` where it is beyond all time.
    at: Option<Instant>,
}

impl Deadline {
    /// Returns the deadline this long from now.
    pub(crate) fn after(length: Duration) -> Self {
        Self {
            length,
            at: Instant::now().checked_add(length),
        }
    }

    /// Returns the time from the beginning to the deadline.
    pub(crate) fn length(&self) -> Duration {
        self.length
    }

    /// Returns the time that is left; `None` without an end.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        Some(self.at?.saturating_duration_since(Instant::now()))
    }

    /// Returns whether the deadline has passed.
    pub(crate) fn has_passed(&self) -> bool {
        self.remaining() == Some(Duration::ZERO)
    }

    /// Awaits a future; `None` when the deadline passes before. After the deadline it is not polled at all, so that futures
    /// which are ready at once do not outlive it one after the other.
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
