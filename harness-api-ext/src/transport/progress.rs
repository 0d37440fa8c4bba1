//! What the layers of one call know together.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use harness_api::{Error, Outgoing};
use tokio::time::Instant;

use crate::call_info::CallInfo;

/// The state of a call on its way.
pub(super) struct Progress {
    started: Instant,
    deadline: OnceLock<Instant>,
    attempts: AtomicU32,
    /// An attempt left this machine, or may have.
    sent: AtomicBool,
    /// An attempt is over that may have reached the server, with an outcome that is not known.
    lost: AtomicBool,
    /// What the last attempt before a repetition failed with.
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

    /// The state of the call that a request belongs to.
    pub(super) fn of(request: &Outgoing) -> Arc<Self> {
        request
            .attached::<Arc<Self>>()
            .cloned()
            .unwrap_or_else(|| Arc::new(Self::new()))
    }

    /// Sets the end of the whole call, and gives it; `None` where it is beyond all time.
    pub(super) fn end_after(&self, total: Duration) -> Option<Instant> {
        let deadline = self.started.checked_add(total)?;
        // There is one layer that sets it, once a call.
        let _ = self.deadline.set(deadline);
        Some(deadline)
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline.get().copied()
    }

    /// The time that is left at a moment; `None` without an end.
    pub(super) fn remaining(&self, at: Instant) -> Option<Duration> {
        Some(self.deadline()?.saturating_duration_since(at))
    }

    /// Counts an attempt, and gives its number and whether one before it may have been sent.
    pub(super) fn begin(&self) -> (u32, bool) {
        let number = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        (number, self.sent.swap(true, Ordering::Relaxed))
    }

    /// Takes back that the attempt was sent.
    pub(super) fn not_sent(&self, before: bool) {
        self.sent.store(before, Ordering::Relaxed);
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    pub(super) fn may_be_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    /// Keeps what an attempt failed with that is going to be repeated.
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
