//! One call of a resource to a server with one response.

#![allow(unreachable_pub, reason = "it is a module of several tests")]

use harness_api_ext::{Harness, Result};
use serde_json::Value;

use super::common::{Reply, Server, builder, parts};

/// Sends the request of `call`, responds with this status and body, and checks the request.
///
/// The expectation is `METHOD /path?query`, with the query in any order; with `&…` at its end, further parameters are
/// allowed. The expected body is JSON, or exactly this YAML.
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
    // It sorts after all ASCII characters.
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

/// Does the same with status 200.
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
