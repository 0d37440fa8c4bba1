//! One attempt: its time, its body, its event.

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
                // The body of a failure is read above all layers. It is the total time that ends the call, because its error
                // tells more.
                let left = progress.remaining(begun).unwrap_or(Duration::MAX);
                let exchange = allowed.min(left.saturating_add(GRACE));
                *request.request_mut().timeout_mut() = Some(exchange);
            }
            // Layers of the caller may take their time too; without them the HTTP client ends the exchange as well as a
            // second timer would.
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
                        format!("no answer in {allowed:?}"),
                    ))
                })
            };
            // Looked at for an event only that somebody wants.
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

/// How the response to an attempt is read.
struct Exchange {
    /// How much of it the call reads; `None` for a stream.
    limit: Option<u64>,
    /// How long nothing may arrive in a stream.
    idle: Duration,
    /// When the attempt or the call ends; `None` without an end.
    end: Option<Instant>,
}

impl Exchange {
    /// Sends the request, and reads the body of a success which the call will read anyway: a connection that breaks in its
    /// middle is then seen here, where it can be repeated. Any other body has the time that is left.
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

/// The earlier of two moments, of which either may be absent.
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

/// Whether the announced length is within the limit. Where it is not, nothing is read.
pub(super) fn fits(answer: &Incoming, limit: u64) -> bool {
    let length = answer.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    length.is_none_or(|length| length <= limit)
}
