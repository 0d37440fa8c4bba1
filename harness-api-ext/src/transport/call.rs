//! Settings of one call.

use std::time::Duration;

use harness_api::Configure;

use super::retry::{Repeatable, RetryPolicy};
use super::time::{AttemptTimeout, TotalTimeout};
use super::trace::REQUEST_ID;

/// Settings of one call for the layers of this crate. They are implemented for every request, in addition to those of
/// [`Configure`](crate::raw::Configure).
///
/// ```no_run
/// use std::time::Duration;
///
/// use harness_api_ext::raw::Configure;
/// use harness_api_ext::raw::reqwest::Method;
/// use harness_api_ext::{CallExt, Harness};
///
/// # async fn run(harness: Harness) -> harness_api_ext::Result<()> {
/// let pipelines = harness
///     .request(Method::POST, "/pipeline/api/pipelines/list")
///     .with_query("orgIdentifier", "retail")
///     .with_query("projectIdentifier", "checkout")
///     .with_repeatable()
///     .with_total_timeout(Duration::from_secs(20))
///     .with_request_id("nightly-report-7")
///     .text()
///     .await?;
/// # let _ = pipelines;
/// # Ok(())
/// # }
/// ```
pub trait CallExt: Configure {
    /// Sets the retry policy of this call, instead of the policy of the client.
    #[must_use]
    fn with_retry(self, policy: RetryPolicy) -> Self {
        self.with_attached(policy)
    }

    /// Disables retries for this call.
    #[must_use]
    fn without_retry(self) -> Self {
        self.with_retry(RetryPolicy::never())
    }

    /// Declares this request idempotent: it may reach the server twice without harm, and is retried like an idempotent
    /// operation.
    #[must_use]
    fn with_repeatable(self) -> Self {
        self.with_attached(Repeatable)
    }

    /// Sets the timeout of each attempt: up to the head of a streamed response, up to the last byte of any other.
    ///
    /// [`with_timeout`](Configure::with_timeout) covers the body of streamed responses too, and takes precedence.
    #[must_use]
    fn with_attempt_timeout(self, timeout: Duration) -> Self {
        self.with_attached(AttemptTimeout(timeout))
    }

    /// Sets the timeout of the whole call: all attempts, the delays between them, and the waits for limits.
    #[must_use]
    fn with_total_timeout(self, timeout: Duration) -> Self {
        self.with_attached(TotalTimeout(timeout))
    }

    /// Sets the id in the header `X-requestId`, instead of a random one. Most services log requests under it.
    #[must_use]
    fn with_request_id(self, id: &str) -> Self {
        self.with_header(REQUEST_ID.as_str(), id)
    }
}

impl<T: Configure> CallExt for T {}
