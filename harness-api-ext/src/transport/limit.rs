//! How many calls go out: at once, and in a time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

use super::progress::Progress;

/// A rate of requests, which a client and its clones keep together. Repetitions count.
///
/// Requests beyond the rate wait in the order in which they came. One that would wait for longer than its call has left
/// fails at once. A call that is dropped while it waits takes nothing from the rate.
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
        // Rounded up, so that the rate is never exceeded.
        let nanos = span.as_nanos().div_ceil(requests.max(1).into());
        Self {
            interval: Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)),
            burst: 1,
        }
    }
}

/// Keeps attempts to a rate, by the generic cell rate algorithm.
///
/// Attempts that have to wait stand in a queue, and only the first of them waits for time to pass. A permit is used up when
/// an attempt goes out and not before, so that one that is dropped in the queue leaves nothing behind: those after it move
/// up.
pub(super) struct RateLimiter {
    rate: RateLimit,
    state: Mutex<State>,
    /// Who stands first in the queue. Tokio's semaphore is fair.
    first: Semaphore,
}

struct State {
    /// When all that went out is paid for.
    paid_at: Instant,
    /// How many attempts stand in the queue.
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

    /// Waits until an attempt may go out.
    ///
    /// # Errors
    ///
    /// How long the wait would be, where that is too late.
    async fn pass(&self, deadline: Option<Instant>) -> Result<(), Duration> {
        if let Some(reservation) = self.reserve(deadline)? {
            reservation.wait().await;
        }
        Ok(())
    }

    /// Lets an attempt go out at once, and gives `None`; or gives it a place in the queue.
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

    /// When an attempt may go out, if all before it is paid for at this moment: the burst is paid for later.
    fn free_at(&self, paid_at: Option<Instant>, now: Instant) -> Option<Instant> {
        let burst = self.rate.interval.saturating_mul(self.rate.burst - 1);
        let at = paid_at?.checked_sub(burst);
        Some(at.map_or(now, |at| at.max(now)))
    }

    /// Uses a permit up.
    fn take(&self, state: &mut State, now: Instant) {
        state.paid_at = state.paid_at.max(now) + self.rate.interval;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queue. It is given up when it is dropped.
struct Reservation<'a>(&'a RateLimiter);

impl Reservation<'_> {
    async fn wait(self) {
        let limiter = self.0;
        // It is never closed.
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
                        // It has left the queue, in the same moment as its permit was used up.
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
