//! Answers of status 2XX that tell of a failure.

use harness_api::Operation;
use serde::Deserialize;

/// The members that tell.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    status: Option<std::borrow::Cow<'a, str>>,
}

/// What went wrong according to the body of a 2XX answer; `None` when nothing did.
pub(crate) fn failure_in_success(_: Option<&Operation>, body: &[u8]) -> Option<&'static str> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
    matches!(envelope.status.as_deref(), Some("FAILURE" | "ERROR"))
        .then_some("the answer tells of a failure")
}
