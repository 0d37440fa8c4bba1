//! Redirects: which are followed, and whether one was.

use std::cell::Cell;
use std::future::Future;

use reqwest::Url;
use reqwest::redirect::{Attempt, Policy};

const MAX_REDIRECTS: usize = 5;

tokio::task_local! {
    /// Whether the request that is being polled was redirected.
    static FOLLOWED: Cell<bool>;
}

/// The redirects this crate follows: 307 and 308, which keep method and body, to the same scheme, host and port, at most
/// five in a row.
///
/// Every [`Client`](crate::Client) follows redirects by it. It is also for layers that send requests by an HTTP client of their
/// own.
///
/// Any other is handed back, as an error of kind [`Status`](crate::ErrorKind::Status) whose headers hold the `Location`:
/// elsewhere the credentials must not go, and 301, 302 and 303 turn a write into a read.
pub fn redirect_policy() -> Policy {
    Policy::custom(|attempt: Attempt<'_>| {
        let keeps = matches!(attempt.status().as_u16(), 307 | 308);
        let stays = attempt
            .previous()
            .last()
            .is_some_and(|from| same_origin(from, attempt.url()));
        if keeps && stays && attempt.previous().len() <= MAX_REDIRECTS {
            // Absent where a layer uses the policy for requests of its own.
            let _ = FOLLOWED.try_with(|followed| followed.set(true));
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}

/// Runs a request, and returns with its outcome whether [`redirect_policy`] followed a redirect.
pub(crate) async fn observed<F: Future>(request: F) -> (F::Output, bool) {
    let observed = async {
        let outcome = request.await;
        (outcome, FOLLOWED.with(Cell::get))
    };
    FOLLOWED.scope(Cell::new(false), observed).await
}

fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
}
