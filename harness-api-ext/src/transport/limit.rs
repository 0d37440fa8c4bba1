//! How many calls go out: at once, and in a time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

use super::progress::Progress;

/// A rate of requests, which a client and its clones keep together. Repetitions count.
///
/// Requests beyond the rate wait. One that would wait for longer than its call has left fails at once.
///
/// ```
/// use harness_api_ext::RateLimit;
///
/// let steady = RateLimit::per_second(5);
/// let bursty = RateLimit::per_minute(300).burst(50);
/// # let _ = (steady, bursty);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    interval: Duration,
    burst: u32,
}

impl RateLimit {
    /// So many requests a second, evenly spaced; at least one.
    pub fn per_second(requests: u32) -> Self {
        Self::of(Duration::from_secs(1), requests)
    }

    /// So many requests a minute, evenly spaced; at least one.
    pub fn per_minute(requests: u32) -> Self {
        Self::of(Duration::from_secs(60), requests)
    }

    /// At most 400 requests in any minute: the lower of the limits that Harness's documentation states for one key (400
    /// and 1,000 a minute). It lets bursts of 20 pass, and 380 a minute beside them.
    ///
    /// The limits of an address (5,000 requests in 10 seconds), and those of single endpoints, are not kept by it.
    pub fn documented() -> Self {
        Self::per_minute(380).burst(20)
    }

    /// Lets so many requests pass at once after a quiet time; 1 when it is not set. In any span of time at most the rate
    /// and the burst together go out.
    #[must_use]
    pub fn burst(mut self, requests: u32) -> Self {
        self.burst = requests.max(1);
        self
    }

    fn of(span: Duration, requests: u32) -> Self {
        Self {
            interval: span / requests.max(1),
            burst: 1,
        }
    }
}

/// Spaces attempts by the generic cell rate algorithm: one moment is all its state.
pub(super) struct Spacing {
    rate: RateLimit,
    /// When all that was let pass is paid for.
    paid_at: Mutex<Instant>,
}

impl Spacing {
    pub(super) fn new(rate: RateLimit) -> Self {
        Self {
            rate,
            paid_at: Mutex::new(Instant::now()),
        }
    }

    /// Reserves a place, and gives the moment when it may be used; or, when that is too late, how long the wait would be.
    fn reserve(&self, deadline: Option<Instant>) -> Result<Instant, Duration> {
        let now = Instant::now();
        let ahead = self.rate.interval.saturating_mul(self.rate.burst - 1);
        let mut paid_at = self.paid_at.lock().unwrap_or_else(PoisonError::into_inner);
        let from = (*paid_at).max(now);
        let at = from.checked_sub(ahead).map_or(now, |at| at.max(now));
        if deadline.is_some_and(|deadline| at >= deadline) {
            return Err(at - now);
        }
        *paid_at = from + self.rate.interval;
        Ok(at)
    }

    async fn pass(&self, deadline: Option<Instant>) -> Result<(), Duration> {
        let at = self.reserve(deadline)?;
        if at > Instant::now() {
            let place = Place(self);
            sleep_until(at).await;
            std::mem::forget(place);
        }
        Ok(())
    }
}

/// A reserved place, which is given back when the call is dropped while it waits.
struct Place<'a>(&'a Spacing);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut paid_at = self
            .0
            .paid_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = paid_at.checked_sub(self.0.rate.interval) {
            *paid_at = earlier;
        }
    }
}

impl Layer for Spacing {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            if let Err(wait) = self.pass(Progress::of(&request).deadline()).await {
                let message = format!(
                    "the client's rate limit would hold the request back for {} ms, longer than the call may take",
                    wait.as_millis()
                );
                return Err(request
                    .error(ErrorKind::Layer, message)
                    .with_certainly_not_sent(true));
            }
            next.run(request).await
        })
    }
}

/// Lets so many attempts be on their way at once. A streamed answer counts until its head.
pub(super) struct Concurrency(Semaphore);

impl Concurrency {
    pub(super) fn new(calls: usize) -> Self {
        Self(Semaphore::new(calls.clamp(1, Semaphore::MAX_PERMITS)))
    }
}

impl Layer for Concurrency {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            let _permit = self.0.acquire().await.map_err(|error| {
                let refusal = request.error(ErrorKind::Layer, "the client is closed");
                refusal.with_certainly_not_sent(true).with_source(error)
            })?;
            next.run(request).await
        })
    }
}
