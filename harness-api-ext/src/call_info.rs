//! How a call went, whatever came of it.

use std::time::Duration;

/// How a call went: attached to every [`Response`](crate::raw::Response) and to every error of a call that was sent.
///
/// ```no_run
/// use harness_api_ext::CallInfo;
///
/// # fn show<T>(answer: harness_api_ext::raw::Response<T>) {
/// if let Some(info) = answer.attached::<CallInfo>() {
///     println!("{} took {:?} in {} attempts", info.request_id, info.elapsed, info.attempts);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallInfo {
    /// The id that was sent in the header `X-requestId`; most services keep their side of the story under it.
    pub request_id: String,
    /// How often the request was sent.
    pub attempts: u32,
    /// The time from the call to its answer, waits before and between attempts included. For a streamed answer it ends
    /// with the head.
    pub elapsed: Duration,
    /// Whether an earlier attempt may have reached the server, and what came of it is not known. A deletion that finds
    /// nothing, or a creation that finds a duplicate, may then be the success of that attempt.
    pub outcome_lost: bool,
}
