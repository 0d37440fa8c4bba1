//! State shared by the layers of one call.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use harness_api::{Error, Outgoing};
use tokio::time::Instant;

use crate::call_info::CallInfo;

/// Progress of a call.
pub(super) struct Progress {
    started: Instant,
    deadline: OnceLock<Instant>,
    attempts: AtomicU32,
    /// Whether an attempt was sent, or may have been.
    sent: AtomicBool,
    /// Whether a finished attempt may have reached the server with an unknown outcome.
    lost: AtomicBool,
    /// Error of the last attempt before a retry.
    last: Mutex<Option<Error>>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            deadline: OnceLock::new(),
            attempts: AtomicU32::new(0),
            sent: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            last: Mutex::new(None),
        }
    }

    /// Returns the progress of the call that a request belongs to.
    pub(super) fn of(request: &Outgoing) -> Arc<Self> {
        request
            .attached::<Arc<Self>>()
            .cloned()
            .unwrap_or_else(|| Arc::new(Self::new()))
    }

    /// Sets the deadline of the whole call, and returns it; `None` if it cannot be represented.
    pub(super) fn end_after(&self, total: Duration) -> Option<Instant> {
        let deadline = self.started.checked_add(total)?;
        // Only one layer sets the deadline, once per call.
        let _ = self.deadline.set(deadline);
        Some(deadline)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline.get().copied()
    }

    /// Returns the remaining time at an instant; `None` without a deadline.
    pub(super) fn remaining(&self, at: Instant) -> Option<Duration> {
        Some(self.deadline()?.saturating_duration_since(at))
    }

    /// Counts an attempt, and returns its number and whether an earlier one may have been sent.
    pub(super) fn begin(&self) -> (u32, bool) {
        let number = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        (number, self.sent.swap(true, Ordering::Relaxed))
    }

    /// Records that the attempt was not sent.
    pub(super) fn not_sent(&self, before: bool) {
        self.sent.store(before, Ordering::Relaxed);
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    pub(super) fn may_be_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    /// Stores the error of an attempt that will be retried.
    pub(super) fn keep(&self, failure: Error, lost: bool) {
        self.lost.fetch_or(lost, Ordering::Relaxed);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
    }

    pub(super) fn take_last(&self) -> Option<Error> {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    pub(super) fn info(&self, request_id: String) -> CallInfo {
        CallInfo {
            request_id,
            attempts: self.attempts(),
            elapsed: self.started.elapsed(),
            outcome_lost: self.lost.load(Ordering::Relaxed),
        }
    }
}
