//! Timeouts of calls and attempts.

use std::time::Duration;

use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing};
use tokio::time::timeout_at;

use super::progress::Progress;

const ATTEMPT: Duration = Duration::from_secs(60);
const TOTAL: Duration = Duration::from_secs(5 * 60);
const LONG_ATTEMPT: Duration = Duration::from_secs(10 * 60);
const LONG_TOTAL: Duration = Duration::from_secs(30 * 60);

/// Timeouts of a client. The defaults apply to an attempt and a call whose timeout is not set.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Timeouts {
    pub(crate) attempt: Option<Duration>,
    pub(crate) total: Option<Duration>,
    /// Idle timeout of streamed bodies.
    pub(crate) idle: Duration,
}

/// Timeout of each attempt of one call.
pub(super) struct AttemptTimeout(pub(super) Duration);

/// Total timeout of one call.
pub(super) struct TotalTimeout(pub(super) Duration);

impl Timeouts {
    /// Returns the timeout of an attempt, unless the caller has limited the HTTP exchange itself.
    pub(super) fn attempt(&self, request: &Outgoing) -> Duration {
        let own = request.attached().map(|AttemptTimeout(own)| *own);
        own.or(self.attempt).unwrap_or(if is_long(request) {
            LONG_ATTEMPT
        } else {
            ATTEMPT
        })
    }

    /// Returns the timeout of the whole call: at least the timeout that the caller has set for one attempt.
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

/// Returns whether the call may transfer much data: an upload, a stream, or a response other than JSON.
fn is_long(request: &Outgoing) -> bool {
    let other = request
        .operation()
        .and_then(|operation| operation.answers.first())
        .is_some_and(|media| !is_json(media));
    request.is_upload() || request.max_body().is_none() || other
}

/// Returns whether a media type is JSON.
pub(super) fn is_json(media: &str) -> bool {
    // The most frequent spelling.
    if media == "application/json" {
        return true;
    }
    let essence = media.split(';').next().unwrap_or_default().trim();
    let suffix = essence.rfind('+').map(|plus| &essence[plus..]);
    essence.eq_ignore_ascii_case("application/json")
        || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json"))
}

/// Layer that ends a call at its total timeout.
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
                // A timer of zero length would let fast calls pass.
                let error = request.error(ErrorKind::Timeout, "the timeout of the call is zero");
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
        0 => format!("the call waited {total:?} for the limits of the client"),
        1 => format!("the call exceeded its timeout of {total:?}"),
        n => format!("the call exceeded its timeout of {total:?}, in {n} attempts"),
    };
    let error =
        Error::new(ErrorKind::Timeout, message).with_certainly_not_sent(!progress.may_be_sent());
    match progress.take_last() {
        Some(last) => error.with_source(last),
        None => error,
    }
}
