//! The content of an error, and whether it is consistent.

use std::error::Error as _;

use harness_api_ext::raw::ErrorKind as RawKind;
use harness_api_ext::{Error, ErrorKind, WaitFailure};

use crate::fault::{ASKED, Fault};
use crate::flow::Flow;

/// Returns a name for the error, and checks its kind, predicates and texts.
pub(crate) fn name(error: &Error, fault: Fault, flow: Flow) -> String {
    let text = error.to_string();
    assert!(!text.contains('\n') && text.len() < 600, "{text}");
    let harmless = !flow.is_unsafe();
    let status = error.status().map(|status| status.as_u16());
    match error.kind() {
        ErrorKind::Connect => {
            assert!(error.is_certainly_not_sent() && error.is_transient() && error.is_retryable());
            "refused".to_owned()
        }
        ErrorKind::Transport => {
            assert!(!error.is_certainly_not_sent() && error.is_transient() && !error.is_timeout());
            assert!(
                error.operation().is_none() || error.is_retryable() == may_be_repeated(error),
                "{text}"
            );
            "lost".to_owned()
        }
        ErrorKind::Timeout => {
            assert!(error.is_timeout() && error.is_transient() && !error.is_certainly_not_sent());
            assert_eq!(error.is_retryable(), may_be_repeated(error), "{text}");
            "timeout".to_owned()
        }
        ErrorKind::Api => {
            let status = status.expect("the status of an answer");
            assert_eq!(error.is_rate_limited(), status == 429);
            assert_eq!(error.is_transient(), status != 500, "{text}");
            let refused = status == 429;
            let retryable = status != 500 && (refused || may_be_repeated(error));
            assert_eq!(error.is_retryable(), retryable, "{text}");
            let asked = (fault == Fault::Wait429).then_some(ASKED);
            assert_eq!(error.retry_after(), asked, "{text}");
            status.to_string()
        }
        ErrorKind::Decode => {
            assert!(
                !error.is_transient() && !error.is_retryable() && !error.is_certainly_not_sent()
            );
            let raw = error.raw();
            match raw.kind() {
                RawKind::UnexpectedContent => "page",
                RawKind::BodyTooLarge => "large",
                RawKind::EmptyBody => "empty",
                _ => "misfit",
            }
            .to_owned()
        }
        ErrorKind::Wait => {
            assert_eq!(
                error.wait_failure(),
                Some(&WaitFailure::LostContact),
                "{text}"
            );
            assert!(error.source().is_some() && harmless);
            "contact".to_owned()
        }
        kind => panic!("an error of kind {kind:?}: {text}"),
    }
}

/// Returns whether a request that may have reached the server can be sent again, by the table of operations.
fn may_be_repeated(error: &Error) -> bool {
    use harness_api_ext::raw::Repeat;
    match error.operation() {
        Some(operation) => operation.repeat != Repeat::Never,
        None => error.method() == Some("GET"),
    }
}
