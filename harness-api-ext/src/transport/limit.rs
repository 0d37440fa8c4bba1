//! Limits for concurrency and for the rate of requests.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

use super::progress::Progress;

/// Rate limit for requests, shared by a client and its clones. Retries count.
///
/// Requests above the rate wait in the order of their arrival. A request fails at once if it would wait for longer than
/// its call has left. A call that is dropped while it waits uses nothing of the rate.
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
    /// Returns a limit of this many requests a second, evenly spaced; at least one.
    pub fn per_second(requests: u32) -> Self {
        Self::of(Duration::from_secs(1), requests)
    }

    /// Returns a limit of this many requests a minute, evenly spaced; at least one.
    pub fn per_minute(requests: u32) -> Self {
        Self::of(Duration::from_secs(60), requests)
    }

    /// Returns a limit of 400 requests in any minute: the lower of the two limits that the Harness documentation states
    /// for one key (400 and 1,000 a minute). It allows bursts of 20, and 380 more a minute.
    ///
    /// It does not cover the limits for an IP address (5,000 requests in 10 seconds) and for single endpoints.
    pub fn documented() -> Self {
        Self::per_minute(380).burst(20)
    }

    /// Sets how many requests may be sent at once after an idle time; 1 by default. In any period, the number of
    /// requests is at most the rate plus the burst.
    #[must_use]
    pub fn burst(mut self, requests: u32) -> Self {
        self.burst = requests.max(1);
        self
    }

    fn of(span: Duration, requests: u32) -> Self {
        // Rounded up, so that the rate is never exceeded.
        let nanos = span.as_nanos().div_ceil(requests.max(1).into());
        Self {
            interval: Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)),
            burst: 1,
        }
    }
}

/// Limits the rate of attempts with the generic cell rate algorithm (GCRA).
///
/// Waiting attempts form a queue, and only the first one waits for its time. A permit is used when the attempt is sent,
/// not earlier. An attempt that is dropped in the queue therefore uses nothing, and the following ones move up.
pub(super) struct RateLimiter {
    rate: RateLimit,
    state: Mutex<State>,
    /// Held by the first of the queue. The semaphore of Tokio is fair.
    first: Semaphore,
}

struct State {
    /// Instant at which all attempts so far are within the rate.
    paid_at: Instant,
    /// Number of attempts in the queue.
    waiting: u32,
}

impl RateLimiter {
    pub(super) fn new(rate: RateLimit) -> Self {
        Self {
            rate,
            state: Mutex::new(State {
                paid_at: Instant::now(),
                waiting: 0,
            }),
            first: Semaphore::new(1),
        }
    }

    /// Waits until an attempt may be sent.
    ///
    /// # Errors
    ///
    /// Returns the necessary wait, if it is longer than allowed.
    async fn pass(&self, deadline: Option<Instant>) -> Result<(), Duration> {
        if let Some(reservation) = self.reserve(deadline)? {
            reservation.wait().await;
        }
        Ok(())
    }

    /// Lets an attempt pass at once and returns `None`, or returns a reservation in the queue.
    fn reserve(&self, deadline: Option<Instant>) -> Result<Option<Reservation<'_>>, Duration> {
        let now = Instant::now();
        let mut state = self.state();
        let before = self.rate.interval.saturating_mul(state.waiting);
        let at = self.free_at(state.paid_at.max(now).checked_add(before), now);
        if at.is_none_or(|at| deadline.is_some_and(|deadline| at >= deadline)) {
            return Err(at.map_or(Duration::MAX, |at| at - now));
        }
        if state.waiting == 0 && at == Some(now) {
            self.take(&mut state, now);
            return Ok(None);
        }
        state.waiting += 1;
        Ok(Some(Reservation(self)))
    }

    /// Returns the instant at which an attempt may be sent, if all attempts before it are within the rate at `paid_at`.
    /// The burst allows an earlier instant.
    fn free_at(&self, paid_at: Option<Instant>, now: Instant) -> Option<Instant> {
        let burst = self.rate.interval.saturating_mul(self.rate.burst - 1);
        let at = paid_at?.checked_sub(burst);
        Some(at.map_or(now, |at| at.max(now)))
    }

    /// Uses one permit.
    fn take(&self, state: &mut State, now: Instant) {
        state.paid_at = state.paid_at.max(now) + self.rate.interval;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reservation in the queue. Dropping it gives it up.
struct Reservation<'a>(&'a RateLimiter);

impl Reservation<'_> {
    async fn wait(self) {
        let limiter = self.0;
        // The semaphore is never closed.
        let _first = limiter.first.acquire().await;
        loop {
            let at = {
                let now = Instant::now();
                let mut state = limiter.state();
                match limiter.free_at(Some(state.paid_at.max(now)), now) {
                    Some(at) if at > now => at,
                    _ => {
                        limiter.take(&mut state, now);
                        state.waiting -= 1;
                        // The permit was used and the queue left at the same instant.
                        std::mem::forget(self);
                        return;
                    }
                }
            };
            sleep_until(at).await;
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}

impl Layer for RateLimiter {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            if let Err(wait) = self.pass(Progress::of(&request).deadline()).await {
                let message = format!(
                    "the rate limit of the client would delay the request for {} ms, longer than the call may take",
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

/// Limits the number of concurrent attempts. A streamed response counts until its head has arrived.
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
