//! Facts about a finished call.

use std::time::Duration;

/// Attempts, duration and request id of a call. It is attached to every [`Response`](crate::raw::Response), and to
/// every error of a call that was sent.
///
/// ```no_run
/// use harness_api_ext::CallInfo;
///
/// # fn show<T>(response: harness_api_ext::raw::Response<T>) {
/// if let Some(info) = response.attached::<CallInfo>() {
///     println!("{} took {:?} in {} attempts", info.request_id, info.elapsed, info.attempts);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallInfo {
    /// Id sent in the header `X-requestId`. Most services log the request under it.
    pub request_id: String,
    /// Number of times the request was sent.
    pub attempts: u32,
    /// Time from the call to its response, with all waits before and between attempts. For a streamed response it ends
    /// at the head.
    pub elapsed: Duration,
    /// Whether an earlier attempt may have reached the server with an unknown outcome.
    ///
    /// A deletion that finds nothing, or a creation that finds a duplicate, may then mean that the earlier attempt
    /// succeeded.
    pub outcome_lost: bool,
}
