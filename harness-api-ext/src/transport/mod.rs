//! What every call passes, in this order: scope and request id, then the calls's time, its attempts, and for each attempt
//! the limits.

mod scope;

use std::sync::Arc;
use std::time::Duration;

use harness_api::Layer;

/// Everything about the way of a call that a client is made with.
#[derive(Debug, Default)]
pub(crate) struct Transport {
    pub(crate) timeouts: Timeouts,
    pub(crate) retry: RetryPolicy,
    pub(crate) rate: Option<RateLimit>,
    pub(crate) concurrency: Option<usize>,
}

/// How long things may take.
#[derive(Debug, Default)]
pub(crate) struct Timeouts {
    pub(crate) attempt: Option<Duration>,
    pub(crate) total: Option<Duration>,
}

/// How calls are repeated.
#[derive(Debug, Clone, Default)]
pub struct RetryPolicy {}

/// A rate of calls.
#[derive(Debug, Clone)]
pub struct RateLimit {}

/// The layers of a client, the outermost first.
pub(crate) fn layers(transport: Transport, account: Arc<str>) -> Vec<Arc<dyn Layer>> {
    let _ = transport;
    vec![Arc::new(scope::FillScope::new(account))]
}
