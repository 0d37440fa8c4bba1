//! The layers of every call, from the outermost inwards: tracing span, check for failures with a 2xx status, check of
//! identifiers and scope, total timeout, and retries; then for each attempt the limits and its timeout. The layers of
//! the caller are innermost.

mod attempt;
mod budget;
mod call;
mod failure;
mod identifiers;
mod limit;
mod process;
mod progress;
mod retry;
mod scope;
mod time;
mod trace;

use std::sync::Arc;

use harness_api::Layer;

pub use call::CallExt;
pub use limit::RateLimit;
pub use retry::RetryPolicy;
pub(crate) use time::Timeouts;

/// Settings of the layers of a client.
#[derive(Debug, Default)]
pub(crate) struct Transport {
    pub(crate) timeouts: Timeouts,
    pub(crate) retry: RetryPolicy,
    pub(crate) rate: Option<RateLimit>,
    pub(crate) concurrency: Option<usize>,
}

/// Returns the layers of a client, the outermost first.
pub(crate) fn layers(transport: Transport, account: Arc<str>) -> Vec<Arc<dyn Layer>> {
    let Transport {
        timeouts,
        retry,
        rate,
        concurrency,
    } = transport;
    let mut layers: Vec<Arc<dyn Layer>> = vec![
        Arc::new(trace::Trace),
        Arc::new(failure::Failures),
        Arc::new(scope::FillScope::new(account)),
        Arc::new(time::TotalTime(timeouts)),
        Arc::new(retry::Retry::new(retry)),
    ];
    if let Some(calls) = concurrency {
        layers.push(Arc::new(limit::Concurrency::new(calls)));
    }
    if let Some(rate) = rate {
        layers.push(Arc::new(limit::RateLimiter::new(rate)));
    }
    layers.push(Arc::new(attempt::Attempt(timeouts)));
    layers
}
