//! One call of a resource against a server that gives one answer.

#![allow(unreachable_pub, reason = "it is a module of several tests")]

use harness_api_ext::{Harness, Result};
use serde_json::Value;

use super::common::{Reply, Server, builder, parts};

/// Sends what `call` makes, answers with this status and body, and checks the request.
///
/// What is expected is `METHOD /path?query`, the query in any order; with `&…` at its end there may be more in it.
/// What is sent is JSON, or YAML to the letter.
pub async fn exchange<T, F>(
    call: impl FnOnce(Harness) -> F,
    expected: &str,
    sent: &str,
    status: &'static str,
    answer: &'static str,
) -> Result<T>
where
    F: IntoFuture<Output = Result<T>>,
{
    let server = Server::answering(move |_, _| Reply::json(status, answer));
    let harness = builder().endpoint(server.url()).build().expect("a client");
    let result = call(harness).await;
    let seen = server.last();
    let (method, target) = expected.split_once(' ').expect("method and target");
    let (path, mut wanted) = parts(target);
    let (seen_path, mut pairs) = parts(seen.target());
    assert_eq!((seen.method(), seen_path), (method, path));
    // It sorts behind all that is ASCII.
    if wanted.last() == Some(&"…") {
        wanted.pop();
        pairs.retain(|pair| wanted.contains(pair));
    }
    assert_eq!(pairs, wanted, "{expected}");
    match serde_json::from_str::<Value>(sent) {
        Ok(json) => assert_eq!(serde_json::from_str::<Value>(&seen.body).ok(), Some(json)),
        Err(_) => {
            assert_eq!(seen.body, sent);
            if !sent.is_empty() {
                assert_eq!(seen.header("content-type"), Some("application/yaml"));
            }
        }
    }
    result
}

/// The same, answered with 200.
pub async fn good<T, F>(
    call: impl FnOnce(Harness) -> F,
    expected: &str,
    sent: &str,
    answer: &'static str,
) -> T
where
    F: IntoFuture<Output = Result<T>>,
{
    exchange(call, expected, sent, "200 OK", answer)
        .await
        .expect("a success")
}
