//! Number of attempts of a request that must not be retried, and the certainty that the error reports: over connections
//! that are new, reused, refused and broken, behind redirects and proxies, and through tunnels.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../common/mod.rs"]
mod common;
mod peer;

use std::time::Duration;

use common::builder;
use harness_api_ext::raw::reqwest::{self, Method, Proxy};
use harness_api_ext::raw::{Bytes, Call, Client, ErrorKind, Operation, Repeat, RequestBody};
use harness_api_ext::{CallInfo, Harness, HarnessBuilder, RetryPolicy};
use peer::{Act, Peer, answer};

/// Operation that must not be sent twice.
static RUN: Operation = Operation::new("runWidget", "POST", "/v1/widgets/run")
    .answers(&["application/json"])
    .repeat(Repeat::Never);
/// Operation that may be sent twice.
static FIND: Operation = Operation::new("findWidget", "POST", "/v1/widgets/find")
    .answers(&["application/json"])
    .repeat(Repeat::Safe);

const MOVED: &str = "307 Temporary Redirect";
const ALSO_MOVED: &str = "308 Permanent Redirect";
/// Attempts of a call that may be retried.
const ALL: u32 = 4;

fn harness(builder: HarnessBuilder) -> Harness {
    let quick = RetryPolicy::default().base_delay(Duration::from_millis(1));
    builder.retry(quick).build().unwrap()
}

/// Outcome of a call.
#[derive(Debug, PartialEq)]
struct Outcome {
    kind: ErrorKind,
    /// Number of requests that arrived anywhere.
    posts: usize,
    attempts: u32,
    is_certain: bool,
}

/// Nothing was sent, so the call was retried.
const UNSENT: Outcome = Outcome {
    kind: ErrorKind::Connect,
    posts: 0,
    attempts: ALL,
    is_certain: true,
};

/// Returns the outcome of a request that arrived this number of times by itself and by redirects, and was not retried.
fn sent(kind: ErrorKind, posts: usize) -> Outcome {
    Outcome {
        kind,
        posts,
        attempts: 1,
        is_certain: false,
    }
}

async fn outcome(harness: &Harness, peer: &Peer) -> Outcome {
    let error = Call::new(harness.raw(), &RUN)
        .text_answer()
        .await
        .unwrap_err();
    let outcome = Outcome {
        kind: error.kind(),
        posts: peer.posts(),
        attempts: error.attached::<CallInfo>().unwrap().attempts,
        is_certain: error.is_certainly_not_sent(),
    };
    assert_eq!(
        harness_api_ext::Error::from(error).is_certainly_not_sent(),
        outcome.is_certain
    );
    outcome
}

fn moved(status: &str, to: &str) -> String {
    answer(status, Some(to))
}

fn nothing() -> String {
    String::new()
}

/// Returns the behaviour of a server, and the outcome with a client of this crate.
fn direct() -> Vec<(&'static str, Vec<Act>, Outcome)> {
    use Act::{Close, End, Keep, Reset};
    use ErrorKind::{Status, Transport};
    let own = "/v1/widgets/run";
    vec![
        ("closed", vec![End(nothing())], sent(Transport, 1)),
        ("reset", vec![Reset], sent(Transport, 1)),
        (
            "half an answer",
            vec![End("HTTP/1.1 2".to_owned())],
            sent(Transport, 1),
        ),
        (
            "busy",
            vec![Close(answer("503 Service Unavailable", None))],
            sent(Status, 1),
        ),
        (
            "moved to itself, gone",
            vec![End(moved(MOVED, own))],
            sent(Transport, 1),
        ),
        (
            "moved, gone",
            vec![End(moved(MOVED, "/there"))],
            sent(Transport, 1),
        ),
        (
            "moved for good, gone",
            vec![End(moved(ALSO_MOVED, "/there"))],
            sent(Transport, 1),
        ),
        (
            "moved twice, gone",
            vec![Keep(moved(MOVED, "/there")), End(moved(MOVED, own))],
            sent(Transport, 2),
        ),
        (
            "moved, closed",
            vec![Close(moved(MOVED, "/there")), End(nothing())],
            sent(Transport, 2),
        ),
        (
            "moved, reset",
            vec![Close(moved(MOVED, "/there")), Reset],
            sent(Transport, 2),
        ),
        (
            "moved, busy",
            vec![
                Close(moved(MOVED, "/there")),
                Close(answer("503 Service Unavailable", None)),
            ],
            sent(Status, 2),
        ),
        (
            "moved elsewhere",
            vec![Close(moved(MOVED, "http://localhost:9/"))],
            sent(Status, 1),
        ),
        (
            "found",
            vec![Close(moved("302 Found", "/there"))],
            sent(Status, 1),
        ),
        (
            "moved in a circle",
            vec![Close(moved(MOVED, own))],
            sent(Status, 6),
        ),
    ]
}

#[tokio::test]
async fn a_write_arrives_once_and_where_redirects_lead_it() {
    let gone = Peer::gone();
    let there = harness(builder().endpoint(&gone.url));
    assert_eq!(outcome(&there, &gone).await, UNSENT);
    for (case, acts, expected) in direct() {
        let peer = Peer::doing(acts);
        let there = harness(builder().endpoint(&peer.url));
        assert_eq!(outcome(&there, &peer).await, expected, "{case}");
    }
}

#[tokio::test]
async fn a_read_is_repeated_all_the_same() {
    let peer = Peer::doing(vec![Act::End(moved(MOVED, "/there"))]);
    let there = harness(builder().endpoint(&peer.url));
    let error = Call::new(there.raw(), &FIND)
        .text_answer()
        .await
        .unwrap_err();
    assert_eq!(error.attached::<CallInfo>().unwrap().attempts, ALL);
    // The last attempt reached no server, but the first one did.
    assert_eq!((error.kind(), peer.posts()), (ErrorKind::Connect, 1));
    assert!(!error.is_certainly_not_sent());
}

#[tokio::test]
async fn a_write_over_a_reused_connection_arrives_once() {
    for (case, acts, expected) in direct() {
        let mut all = vec![Act::Keep(answer("200 OK", None))];
        all.extend(acts);
        let peer = Peer::doing(all);
        let there = harness(builder().endpoint(&peer.url));
        let first = there.request(Method::GET, "/v1/widgets");
        first.text().await.unwrap();
        assert_eq!(outcome(&there, &peer).await, expected, "{case}");
    }
}

#[tokio::test]
async fn a_write_over_a_connection_that_is_closed_meanwhile_is_not_repeated_if_it_may_have_left() {
    let peer = Peer::doing(vec![Act::Vanish(answer("200 OK", None))]);
    let there = harness(builder().endpoint(&peer.url));
    let first = there.request(Method::GET, "/v1/widgets");
    first.text().await.unwrap();
    let outcome = outcome(&there, &peer).await;
    // Whether the client has noticed the end of the connection is open.
    let lost = sent(ErrorKind::Transport, 0);
    assert!(outcome == UNSENT || outcome == lost, "{outcome:?}");
}

/// Stream with one piece.
struct Once(Option<Bytes>);

impl futures_core::Stream for Once {
    type Item = std::io::Result<Bytes>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().map(Ok))
    }
}

#[tokio::test]
async fn bodies_of_every_kind_arrive_once() {
    let large = std::env::temp_dir().join(format!("sent-{}", std::process::id()));
    std::fs::write(&large, vec![b'x'; 100_000]).unwrap();
    type Body<'a> = &'a dyn Fn() -> RequestBody;
    let bodies: [(&str, Body<'_>); 4] = [
        ("bytes", &|| RequestBody::from("content")),
        ("a small file", &|| {
            RequestBody::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        }),
        ("a large file", &|| RequestBody::from_file(&large)),
        ("a stream", &|| {
            RequestBody::from_stream(Once(Some("content".into())))
        }),
    ];
    for (case, body) in bodies {
        let send = async |peer: &Peer| {
            let there = harness(builder().endpoint(&peer.url));
            let request = there.request(Method::POST, "/v1/widgets/run");
            let error = request
                .bytes_body("text/plain", body())
                .text()
                .await
                .unwrap_err();
            (error.kind(), error.is_certainly_not_sent())
        };
        let gone = Peer::gone();
        let (kind, is_certain) = send(&gone).await;
        assert_eq!((kind, is_certain), (ErrorKind::Connect, true), "{case}");
        let peer = Peer::doing(vec![Act::End(moved(MOVED, "/there"))]);
        // A body that is not in memory is not sent again after a redirect.
        let is_kept = matches!(case, "a large file" | "a stream");
        let kind = if is_kept {
            ErrorKind::Status
        } else {
            ErrorKind::Transport
        };
        assert_eq!(send(&peer).await, (kind, false), "{case}");
        assert_eq!(peer.posts(), 1, "{case}");
    }
    std::fs::remove_file(large).unwrap();
}

/// An HTTP client from a builder of the caller follows no more redirects and retries nothing more, whatever is set on
/// it.
#[tokio::test]
async fn with_an_http_client_of_the_callers_it_is_the_same() {
    let own = || {
        let busy = reqwest::retry::for_host("127.0.0.1").no_budget();
        let busy = busy.classify_fn(|seen| match seen.status() {
            Some(status) if status.is_server_error() => seen.retryable(),
            _ => seen.success(),
        });
        let builder = reqwest::Client::builder().retry(busy);
        builder.redirect(reqwest::redirect::Policy::limited(9))
    };
    let gone = Peer::gone();
    let there = harness(builder().endpoint(&gone.url).http_client(own()));
    assert_eq!(outcome(&there, &gone).await, UNSENT);
    for (case, acts, expected) in direct() {
        let peer = Peer::doing(acts);
        let there = harness(builder().endpoint(&peer.url).http_client(own()));
        assert_eq!(outcome(&there, &peer).await, expected, "{case}");
    }
}

/// A proxy receives plain requests itself.
#[tokio::test]
async fn a_write_through_a_plain_proxy_arrives_once() {
    let client = |peer: &Peer| {
        let http = reqwest::Client::builder().proxy(Proxy::all(&peer.url).unwrap());
        let builder = Client::builder("http://harness.acme.example");
        builder.http(http).build().unwrap()
    };
    let send = async |peer: &Peer| {
        let error = Call::new(&client(peer), &RUN)
            .text_answer()
            .await
            .unwrap_err();
        (error.kind(), peer.posts(), error.is_certainly_not_sent())
    };
    assert_eq!(send(&Peer::gone()).await, (ErrorKind::Connect, 0, true));
    for (case, acts, expected) in direct() {
        let peer = Peer::doing(acts);
        let seen = send(&peer).await;
        assert_eq!(seen, (expected.kind, expected.posts, false), "{case}");
        let line = "POST http://harness.acme.example/v1/widgets/run HTTP/1.1";
        assert!(case == "reset" || peer.requests()[0] == line);
    }
}

#[cfg(feature = "rustls")]
fn tls() -> std::sync::Arc<rustls::ServerConfig> {
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    // Generated for this test only.
    let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/key.pem")).unwrap();
    let config = rustls::ServerConfig::builder().with_no_client_auth();
    config
        .with_single_cert(vec![certificate], key)
        .unwrap()
        .into()
}

/// Nothing is sent through a tunnel before the other end is verified.
#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_write_through_a_tunnel_is_sent_when_the_tunnel_stands() {
    use Act::{Close, End, Tunnel};
    let through = |peer: &Peer| {
        let builder = builder()
            .endpoint("https://harness.acme.example")
            .root_certificate_pem(include_bytes!("tls/authority.pem"));
        harness(builder.proxy(&peer.url))
    };
    let gone = Peer::gone();
    assert_eq!(outcome(&through(&gone), &gone).await, UNSENT);
    for refusal in [
        "",
        "nothing of HTTP\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\n\r\n",
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nnothing of TLS",
    ] {
        let peer = Peer::doing(vec![Close(refusal.to_owned())]);
        assert_eq!(outcome(&through(&peer), &peer).await, UNSENT, "{refusal}");
        let line = "CONNECT harness.acme.example:443 HTTP/1.1";
        assert_eq!(peer.requests(), [line; ALL as usize]);
    }
    let inside = |act| Tunnel(Box::new(act));
    let there = "https://harness.acme.example/there";
    for (case, acts, expected) in [
        (
            "closed",
            vec![inside(Close(nothing()))],
            sent(ErrorKind::Transport, 1),
        ),
        (
            "busy",
            vec![inside(Close(answer("503 Service Unavailable", None)))],
            sent(ErrorKind::Status, 1),
        ),
        (
            "moved, no proxy",
            vec![inside(End(moved(MOVED, there)))],
            sent(ErrorKind::Transport, 1),
        ),
        (
            "moved, no tunnel",
            vec![inside(Close(moved(MOVED, there))), Close(nothing())],
            sent(ErrorKind::Transport, 1),
        ),
        (
            "moved, closed",
            vec![inside(Close(moved(MOVED, there))), inside(Close(nothing()))],
            sent(ErrorKind::Transport, 2),
        ),
    ] {
        let peer = Peer::doing(acts);
        assert_eq!(outcome(&through(&peer), &peer).await, expected, "{case}");
    }
}
