//! Repetition of attempts that failed.

use std::time::{Duration, SystemTime};

use harness_api::reqwest::StatusCode;
use harness_api::reqwest::header::HeaderMap;
use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing, Repeat};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::budget::Budget;
use super::progress::Progress;
use crate::error::retry_after;

/// How much of the body of a failure is kept when it is repeated, and read when it decides.
const KEPT_BODY: u64 = 64 << 10;
const READ_BODY: u64 = 1 << 20;

/// The least pause after a refusal for too many requests.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);

/// How calls are repeated.
///
/// What is repeated depends on the operation:
///
/// | The attempt ended with | reads | idempotent writes | other writes |
/// |---|---|---|---|
/// | no connection, without a redirect before | yes | yes | yes |
/// | 429 | yes | yes | yes |
/// | a lost connection, no answer in time, 502, 503, 504 | yes | yes | no |
/// | 408, 423, 499 | yes | no | no |
/// | any other status, 500 included | no | no | no |
///
/// Services answer 500 to ordinary faults too, a missing entity for example. A body that is a stream can be sent once and
/// is never repeated. An operation outside the table is judged by its method;
/// [`with_repeatable`](crate::CallExt::with_repeatable) declares one call idempotent.
///
/// Before the n-th repetition the client waits a random time between zero and `base_delay * 2^(n-1)`, at most `max_delay`,
/// and at least a second after 429. Where the server says how long to wait (`Retry-After` in seconds or as a date, or the
/// reset headers of feature management) it waits as long, and a random time of up to `base_delay` or `max_delay` more; when
/// the server asks for more than `max_retry_after`, or the call has less time left, it fails at once with the answer.
///
/// All calls of a client share a budget: a repetition takes 5 of its 500 tokens, 10 after a timeout; a success puts back
/// what its last repetition took, or one. A call that is dropped in its pause puts back what it took. When the budget is used
/// up, failures are not repeated.
///
/// A repeated deletion may find nothing, and a repeated creation a duplicate, because the first attempt did the work. That
/// is an error as any other; [`CallInfo::outcome_lost`](crate::CallInfo::outcome_lost) tells.
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
    /// 4 attempts, pauses from 0.5 to 20 seconds, at most 60 when the server asks.
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
    /// One attempt and no more.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// How often a request is sent at most, the first time included; 0 is taken as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The longest pause before the first repetition; it doubles with each.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest pause before any repetition, where the server does not ask for another.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest wait that a server may ask for. If it asks for more, the call fails with its answer.
    #[must_use]
    pub fn max_retry_after(mut self, wait: Duration) -> Self {
        self.max_retry_after = wait;
        self
    }

    /// The pause after an attempt; `None` when the server asks for a longer one than is allowed.
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

/// A random time.
fn up_to(longest: Duration) -> Duration {
    let nanos = u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(fastrand::u64(..=nanos))
}

/// The caller's word that the request may reach the server twice.
pub(super) struct Repeatable;

/// Why an attempt may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// It did not leave this machine.
    NotSent,
    /// The server refused to act on it, for there are too many.
    Refused,
    /// What came of it is not known.
    TimedOut,
    /// What came of it is not known.
    Lost,
    /// The server, or a gateway before it, was not able.
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

    /// What the repetition costs of the budget.
    fn cost(self) -> u32 {
        if self == Self::TimedOut { 10 } else { 5 }
    }

    /// Whether the server may have acted.
    fn is_loss(self) -> bool {
        matches!(self, Self::TimedOut | Self::Lost | Self::Unavailable)
    }
}

/// Repeats attempts.
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
                    "not repeated: the server asks for a longer wait than is allowed"
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
                    "not repeated: the pause is longer than the time left"
                );
                return outcome;
            }
            let Some(withdrawal) = self.budget.take(reason.cost()) else {
                warn!(
                    attempt = number,
                    "not repeated: the retry budget is used up"
                );
                return outcome;
            };
            info!(
                attempt = number,
                ?reason,
                pause_ms = pause.as_millis(),
                "to be repeated"
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
            // What is true of the last attempt need not be true of the call.
            let not_sent = error.is_certainly_not_sent() && !progress.may_be_sent();
            let error = error.with_certainly_not_sent(not_sent);
            // A limit of ours ended the call: the reason for the repetition says more.
            Err(match progress.take_last() {
                Some(last) if error.kind() == ErrorKind::Layer => error.with_source(last),
                _ => error,
            })
        })
    }
}

/// How often the request may reach the server: by the table, by the method, or by the caller's word.
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

/// Whether the server is well, whatever it thinks of the request.
fn is_good(outcome: &Result<Incoming, Error>) -> bool {
    outcome.as_ref().is_ok_and(|answer| {
        !answer.status().is_server_error() && answer.status() != StatusCode::TOO_MANY_REQUESTS
    })
}

fn headers(outcome: &Result<Incoming, Error>) -> Option<&HeaderMap> {
    outcome.as_ref().ok().map(Incoming::headers)
}

/// Whether GitOps says that the agent which would have to answer is not there: nothing changes in seconds.
async fn tells_of_no_agent(answer: &mut Incoming) -> bool {
    let Ok(body) = answer.buffer(READ_BODY).await else {
        return false;
    };
    let text = String::from_utf8_lossy(&body);
    ["agent is not registered", "never connected"]
        .iter()
        .any(|sign| text.contains(sign))
}
