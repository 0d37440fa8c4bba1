//! How long things may take.

use std::time::Duration;

use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing};
use tokio::time::timeout_at;

use super::progress::Progress;

const ATTEMPT: Duration = Duration::from_secs(60);
const TOTAL: Duration = Duration::from_secs(5 * 60);
const LONG_ATTEMPT: Duration = Duration::from_secs(10 * 60);
const LONG_TOTAL: Duration = Duration::from_secs(30 * 60);

/// The times of a client; the defaults of attempt and total hold where one is absent.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Timeouts {
    pub(crate) attempt: Option<Duration>,
    pub(crate) total: Option<Duration>,
    /// How long nothing may arrive in the body of a stream.
    pub(crate) idle: Duration,
}

/// The time of each attempt of one call.
pub(super) struct AttemptTimeout(pub(super) Duration);

/// The time of one whole call.
pub(super) struct TotalTimeout(pub(super) Duration);

impl Timeouts {
    /// The time of an attempt, when the caller has not limited the exchange itself.
    pub(super) fn attempt(&self, request: &Outgoing) -> Duration {
        let own = request.attached().map(|AttemptTimeout(own)| *own);
        own.or(self.attempt).unwrap_or(if is_long(request) {
            LONG_ATTEMPT
        } else {
            ATTEMPT
        })
    }

    /// The time of the whole call: no shorter than what the caller wants to give one attempt.
    fn total(&self, request: &Outgoing) -> Duration {
        if let Some(TotalTimeout(own)) = request.attached() {
            return *own;
        }
        let total = self
            .total
            .unwrap_or(if is_long(request) { LONG_TOTAL } else { TOTAL });
        let attempt = request.attached().map(|AttemptTimeout(own)| *own);
        let exchange = request.request().timeout().copied();
        total
            .max(attempt.unwrap_or_default())
            .max(exchange.unwrap_or_default())
    }
}

/// Whether the call is expected to move much: an upload, a stream, an answer of another kind than JSON.
fn is_long(request: &Outgoing) -> bool {
    let other = request
        .operation()
        .and_then(|operation| operation.answers.first())
        .is_some_and(|media| !is_json(media));
    request.is_upload() || request.max_body().is_none() || other
}

/// Whether a media type is JSON.
pub(super) fn is_json(media: &str) -> bool {
    // As most write it.
    if media == "application/json" {
        return true;
    }
    let essence = media.split(';').next().unwrap_or_default().trim();
    let suffix = essence.rfind('+').map(|plus| &essence[plus..]);
    essence.eq_ignore_ascii_case("application/json")
        || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json"))
}

/// Ends a call whose time is over.
pub(super) struct TotalTime(pub(super) Timeouts);

impl Layer for TotalTime {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            let progress = Progress::of(&request);
            let total = self.0.total(&request);
            let own = request.request().timeout().copied();
            let attempt = own.unwrap_or_else(|| self.0.attempt(&request));
            if total.min(attempt).is_zero() {
                // A timer of no time lets pass what is quick.
                let error = request.error(ErrorKind::Timeout, "the call has no time at all");
                return Err(error.with_certainly_not_sent(true));
            }
            let Some(deadline) = progress.end_after(total) else {
                return next.run(request).await;
            };
            match timeout_at(deadline, next.run(request)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(over(&progress, total)),
            }
        })
    }
}

fn over(progress: &Progress, total: Duration) -> Error {
    let message = match progress.attempts() {
        0 => format!("the call waited {total:?} for its turn"),
        1 => format!("the call took longer than its {total:?}"),
        n => format!("the call took longer than its {total:?}, in {n} attempts"),
    };
    let error =
        Error::new(ErrorKind::Timeout, message).with_certainly_not_sent(!progress.may_be_sent());
    match progress.take_last() {
        Some(last) => error.with_source(last),
        None => error,
    }
}
