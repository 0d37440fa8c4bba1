//! Retries of failed attempts.

use std::time::{Duration, SystemTime};

use harness_api::reqwest::StatusCode;
use harness_api::reqwest::header::HeaderMap;
use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing, Repeat};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::budget::Budget;
use super::progress::Progress;
use crate::error::retry_after;

/// Maximum size in bytes of the body of a failure that is stored for a retry, or inspected for a decision.
const KEPT_BODY: u64 = 64 << 10;
const READ_BODY: u64 = 1 << 20;

/// Minimum delay after a response with status 429.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);

/// Policy for retries.
///
/// The operation and the failure determine whether a call is retried:
///
/// | The attempt ended with | reads | idempotent writes | other writes |
/// |---|---|---|---|
/// | no connection, and no redirect before it | yes | yes | yes |
/// | 429 | yes | yes | yes |
/// | a lost connection, a timeout, 502, 503, 504 | yes | yes | no |
/// | 408, 423, 499 | yes | no | no |
/// | any other status, including 500 | no | no | no |
///
/// Services respond with 500 to ordinary failures too, such as a missing entity. A streamed body can be sent only once,
/// so its request is never retried. For an endpoint that the description lacks, the HTTP method decides;
/// [`with_repeatable`](crate::CallExt::with_repeatable) declares one call idempotent.
///
/// Before the n-th retry the client waits a random time between zero and `base_delay * 2^(n-1)`, at most `max_delay`,
/// and at least one second after 429. If the server asks for a wait (`Retry-After` in seconds or as a date, or the
/// reset headers of feature management), the client waits that long, plus a random time of up to `base_delay` or
/// `max_delay`. If that wait is longer than `max_retry_after`, or than the call has left, the call fails at once with
/// the response.
///
/// All calls of a client share a retry budget of 500 tokens. A retry takes 5 tokens, or 10 after a timeout. A success
/// returns the tokens of its last retry, or one token. A call that is dropped during a delay returns its tokens. With
/// an empty budget, failures are not retried.
///
/// A retried deletion may find nothing, and a retried creation may find a duplicate, because the first attempt
/// succeeded. Both are reported as errors; [`CallInfo::outcome_lost`](crate::CallInfo::outcome_lost) is then true.
///
/// ```
/// use std::time::Duration;
///
/// use harness_api_ext::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(8).max_retry_after(Duration::from_secs(300));
/// assert_ne!(patient, RetryPolicy::never());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
}

impl Default for RetryPolicy {
    /// Returns a policy with 4 attempts, delays from 0.5 to 20 seconds, and waits of at most 60 seconds at the request
    /// of the server.
    fn default() -> Self {
        Self {
            attempts: 4,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            max_retry_after: Duration::from_secs(60),
        }
    }
}

impl RetryPolicy {
    /// Returns a policy with a single attempt.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the maximum number of attempts, including the first; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the maximum delay before the first retry. It doubles with each retry.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the maximum delay before any retry, unless the server asks for a longer one.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the maximum wait that the server may ask for. If it asks for more, the call fails with its response.
    #[must_use]
    pub fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// Returns the delay after an attempt; `None` if the server asks for a longer one than is allowed.
    fn pause(&self, number: u32, reason: Reason, asked: Option<Duration>) -> Option<Duration> {
        if let Some(asked) = asked {
            return (asked <= self.max_retry_after)
                .then(|| asked.saturating_add(up_to(self.base_delay.min(self.max_delay))));
        }
        let doubled = 2_u32.saturating_pow(number - 1);
        let pause = up_to(self.base_delay.saturating_mul(doubled).min(self.max_delay));
        Some(if reason == Reason::Refused {
            pause.max(AFTER_REFUSAL)
        } else {
            pause
        })
    }
}

/// Returns a random time.
fn up_to(longest: Duration) -> Duration {
    let nanos = u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(fastrand::u64(..=nanos))
}

/// Marker for a request that the caller declares idempotent.
pub(super) struct Repeatable;

/// Reason for a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// The attempt was not sent.
    NotSent,
    /// The server refused the request because of a rate limit.
    Refused,
    /// The attempt timed out; its outcome is unknown.
    TimedOut,
    /// The connection was lost; the outcome is unknown.
    Lost,
    /// The server, or a gateway in front of it, was unavailable.
    Unavailable,
}

impl Reason {
    fn of(repeat: Repeat, outcome: &Result<Incoming, Error>) -> Option<Self> {
        match outcome {
            Ok(answer) => Self::of_status(repeat, answer.status()),
            Err(error) => Self::of_error(repeat, error),
        }
    }

    fn of_status(repeat: Repeat, status: StatusCode) -> Option<Self> {
        match (status.as_u16(), repeat) {
            (429, _) => Some(Self::Refused),
            (502..=504, Repeat::Safe | Repeat::Idempotent) | (408 | 423 | 499, Repeat::Safe) => {
                Some(Self::Unavailable)
            }
            _ => None,
        }
    }

    fn of_error(repeat: Repeat, error: &Error) -> Option<Self> {
        let timed_out = match error.kind() {
            ErrorKind::Connect | ErrorKind::Transport => false,
            ErrorKind::Timeout => true,
            _ => return None,
        };
        match repeat {
            _ if error.is_certainly_not_sent() => Some(Self::NotSent),
            Repeat::Safe | Repeat::Idempotent if timed_out => Some(Self::TimedOut),
            Repeat::Safe | Repeat::Idempotent => Some(Self::Lost),
            _ => None,
        }
    }

    /// Returns the cost of the retry in tokens of the budget.
    fn cost(self) -> u32 {
        if self == Self::TimedOut { 10 } else { 5 }
    }

    /// Returns whether the server may have acted on the request.
    fn is_loss(self) -> bool {
        matches!(self, Self::TimedOut | Self::Lost | Self::Unavailable)
    }
}

/// Layer that retries attempts.
pub(super) struct Retry {
    policy: RetryPolicy,
    budget: Budget,
}

impl Retry {
    pub(super) fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            budget: Budget::full(),
        }
    }

    async fn run(&self, mut request: Outgoing, next: Next<'_>) -> Result<Incoming, Error> {
        let policy = request.attached().unwrap_or(&self.policy).clone();
        let repeat = repeat(&request);
        let progress = Progress::of(&request);
        let by_agent = request
            .operation()
            .is_some_and(|operation| operation.module == "gitops");
        let mut number = 1;
        let mut taken = None;
        loop {
            let copy = (number < policy.attempts)
                .then(|| request.try_clone())
                .flatten();
            let mut outcome = next.run(request).await;
            let reason = Reason::of(repeat, &outcome);
            let (Some(copy), Some(reason)) = (copy, reason) else {
                if is_good(&outcome) {
                    self.budget.refill(taken);
                }
                return outcome;
            };
            if by_agent
                && let Ok(answer) = &mut outcome
                && tells_of_no_agent(answer).await
            {
                return outcome;
            }
            let asked = headers(&outcome).and_then(|head| retry_after(head, SystemTime::now()));
            let Some(pause) = policy.pause(number, reason, asked) else {
                warn!(
                    attempt = number,
                    asked_ms = asked.map(|asked| asked.as_millis()),
                    "not retried: the server asks for a longer wait than is allowed"
                );
                return outcome;
            };
            if progress
                .remaining(Instant::now())
                .is_some_and(|left| pause >= left)
            {
                warn!(
                    attempt = number,
                    pause_ms = pause.as_millis(),
                    "not retried: the delay is longer than the remaining time"
                );
                return outcome;
            }
            let Some(withdrawal) = self.budget.take(reason.cost()) else {
                warn!(attempt = number, "not retried: the retry budget is used up");
                return outcome;
            };
            info!(
                attempt = number,
                ?reason,
                pause_ms = pause.as_millis(),
                "retrying"
            );
            let failure = match outcome {
                Ok(answer) => answer.into_error(ErrorKind::Status, "", KEPT_BODY).await,
                Err(error) => error,
            };
            progress.keep(failure, reason.is_loss());
            sleep(pause).await;
            taken = Some(withdrawal.spend());
            request = copy;
            number += 1;
        }
    }
}

impl Layer for Retry {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            let progress = Progress::of(&request);
            let error = match self.run(request, next).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            // Even if the last attempt was not sent, an earlier one may have been.
            let not_sent = error.is_certainly_not_sent() && !progress.may_be_sent();
            let error = error.with_certainly_not_sent(not_sent);
            // A limit of this client ended the call: the error before it says more.
            Err(match progress.take_last() {
                Some(last) if error.kind() == ErrorKind::Layer => error.with_source(last),
                _ => error,
            })
        })
    }
}

/// Returns how often the request may reach the server, by its operation, its method, or the declaration of the caller.
fn repeat(request: &Outgoing) -> Repeat {
    let repeat = match request.operation() {
        Some(operation) => operation.repeat,
        None => Repeat::of_method(request.request().method().as_str()),
    };
    match repeat {
        Repeat::Never if request.attached::<Repeatable>().is_some() => Repeat::Idempotent,
        repeat => repeat,
    }
}

/// Returns whether the server is healthy, whatever it says about the request.
fn is_good(outcome: &Result<Incoming, Error>) -> bool {
    outcome.as_ref().is_ok_and(|answer| {
        !answer.status().is_server_error() && answer.status() != StatusCode::TOO_MANY_REQUESTS
    })
}

fn headers(outcome: &Result<Incoming, Error>) -> Option<&HeaderMap> {
    outcome.as_ref().ok().map(Incoming::headers)
}

/// Returns whether GitOps reports that the agent of the request is not connected: a retry within seconds cannot help.
async fn tells_of_no_agent(answer: &mut Incoming) -> bool {
    let Ok(body) = answer.buffer(READ_BODY).await else {
        return false;
    };
    let text = String::from_utf8_lossy(&body);
    ["agent is not registered", "never connected"]
        .iter()
        .any(|sign| text.contains(sign))
}
