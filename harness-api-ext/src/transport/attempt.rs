//! One attempt of a call: its timeout, its body and its log event.

use std::time::Duration;

use harness_api::reqwest::header::CONTENT_LENGTH;
use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing};
use tokio::time::{Instant, timeout};
use tracing::debug;

use super::progress::Progress;
use super::time::Timeouts;

const GRACE: Duration = Duration::from_secs(1);

pub(super) struct Attempt(pub(super) Timeouts);

impl Layer for Attempt {
    fn call<'a>(
        &'a self,
        mut request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            let progress = Progress::of(&request);
            let limit = request.max_body();
            let own = request.request().timeout().copied();
            let allowed = own.unwrap_or_else(|| self.0.attempt(&request));
            let begun = Instant::now();
            if own.is_none() && limit.is_some() {
                // The body of a failure is read above all layers. The total timeout ends the call in preference,
                // because its error says more.
                let left = progress.remaining(begun).unwrap_or(Duration::MAX);
                let exchange = allowed.min(left.saturating_add(GRACE));
                *request.request_mut().timeout_mut() = Some(exchange);
            }
            // Layers of the caller may take time too. Without them, the timeout of the HTTP client serves as well as a
            // second timer.
            let is_kept = own.is_some() || limit.is_some() && next.is_last();
            let (number, before) = progress.begin();
            let exchange = Exchange {
                limit,
                idle: self.0.idle,
                end: earlier(begun.checked_add(allowed), progress.deadline()),
            };
            let exchange = exchange.run(request, next);
            let outcome = if is_kept {
                exchange.await
            } else {
                timeout(allowed, exchange).await.unwrap_or_else(|_| {
                    Err(Error::new(
                        ErrorKind::Timeout,
                        format!("no response within {allowed:?}"),
                    ))
                })
            };
            // Computed only if the event is enabled.
            let took = || begun.elapsed().as_millis();
            match &outcome {
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    debug!(attempt = number, status, elapsed_ms = took(), "answered");
                }
                Err(error) => {
                    if error.is_certainly_not_sent() {
                        progress.not_sent(before);
                    }
                    debug!(attempt = number, error = ?error.kind(), elapsed_ms = took(), "failed");
                }
            }
            outcome
        })
    }
}

/// Limits for reading the response of an attempt.
struct Exchange {
    /// Maximum size of the buffered body; `None` for a stream.
    limit: Option<u64>,
    /// Idle timeout of a streamed body.
    idle: Duration,
    /// End of the attempt or the call; `None` if unlimited.
    end: Option<Instant>,
}

impl Exchange {
    /// Sends the request, and buffers the body of a success that the call will buffer anyway: a connection that breaks
    /// in the middle of the body is then noticed here, where the attempt can be retried. Any other body has the
    /// remaining time.
    async fn run(self, request: Outgoing, next: Next<'_>) -> Result<Incoming, Error> {
        let mut answer = next.run(request).await?;
        if let Some(limit) = self.limit
            && answer.status().is_success()
            && fits(&answer, limit)
        {
            answer.buffer(limit).await?;
            return Ok(answer);
        }
        if let Some(end) = self.end {
            answer.set_error_body_timeout(end.saturating_duration_since(Instant::now()));
        }
        if self.limit.is_none() {
            answer.limit_silence(self.idle);
        }
        Ok(answer)
    }
}

/// Returns the earlier of two instants, either of which may be absent.
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

/// Returns whether the announced length is within the limit. If it is not, the body is not read.
pub(super) fn fits(answer: &Incoming, limit: u64) -> bool {
    let length = answer.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    length.is_none_or(|length| length <= limit)
}
