//! What can be set on one call.

use std::time::Duration;

use harness_api::Configure;

use super::retry::{Repeatable, RetryPolicy};
use super::time::{AttemptTimeout, TotalTimeout};
use super::trace::REQUEST_ID;

/// Settings of one call that this crate's layers obey. Every request has them, beside those of
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
    /// With this policy of repetition in place of the client's.
    #[must_use]
    fn with_retry(self, policy: RetryPolicy) -> Self {
        self.with_attached(policy)
    }

    /// Without repetition.
    #[must_use]
    fn without_retry(self) -> Self {
        self.with_retry(RetryPolicy::never())
    }

    /// Declares that this request may reach the server twice without harm, as that of an operation which is known as
    /// idempotent.
    #[must_use]
    fn with_repeatable(self) -> Self {
        self.with_attached(Repeatable)
    }

    /// With this time for each attempt: to the head of a streamed answer, to the last byte of any other.
    ///
    /// [`with_timeout`](Configure::with_timeout) sets it to the last byte of streamed answers too, and wins.
    #[must_use]
    fn with_attempt_timeout(self, timeout: Duration) -> Self {
        self.with_attached(AttemptTimeout(timeout))
    }

    /// With this time for the whole call: waiting for limits, all attempts, and the pauses between them.
    #[must_use]
    fn with_total_timeout(self, timeout: Duration) -> Self {
        self.with_attached(TotalTimeout(timeout))
    }

    /// With this id in the header `X-requestId`, in place of a random one. Most services log under it.
    #[must_use]
    fn with_request_id(self, id: &str) -> Self {
        self.with_header(REQUEST_ID.as_str(), id)
    }
}

impl<T: Configure> CallExt for T {}
