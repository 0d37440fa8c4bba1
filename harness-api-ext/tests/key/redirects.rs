//! Redirects, with HTTP clients whose own policy would follow them.

use harness_api_ext::raw::reqwest::redirect::Policy;
use harness_api_ext::raw::reqwest::{self, Method};
use harness_api_ext::raw::{Client, Configure};
use harness_api_ext::{ErrorKind, Harness};

use super::{KEY, Witness, ok};

type Setup = fn() -> Option<reqwest::ClientBuilder>;

/// Returns a builder without the certificates of the machine, which take long to read.
fn builder() -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder();
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    let builder = builder.tls_certs_only([]);
    builder
}

/// Ways to configure an HTTP client; the first is the default of the crate.
const SETUPS: [(&str, Setup); 5] = [
    ("none", || None),
    ("the default", || Some(builder())),
    ("many", || Some(builder().redirect(Policy::limited(50)))),
    ("all", || {
        let all = Policy::custom(|attempt| attempt.follow());
        Some(builder().redirect(all).referer(true))
    }),
    ("all, early", || {
        let http = builder().redirect(Policy::limited(9));
        Some(http.referer(true).pool_max_idle_per_host(1))
    }),
];

#[tokio::test]
async fn no_setting_of_the_caller_lets_a_redirect_take_the_key_away() {
    let other = Witness::start(|_| ok("{}"));
    let mut tried = 0;
    for (name, setup) in SETUPS {
        for status in [301, 302, 303, 307, 308] {
            for to in [
                other.url(),
                // Another host by name, and an address in another spelling.
                format!("http://localhost:{}", other.address.port()),
                format!("//{}", other.address),
                format!("http://u:p@{}", other.address),
            ] {
                let location = format!("{to}/steal");
                let server = Witness::start(move |_| {
                    format!(
                        "HTTP/1.1 {status} X\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                });
                let mut builder = Harness::builder().api_key(KEY).endpoint(server.url());
                let mut raw = Client::builder(server.url());
                if let Some(http) = setup() {
                    builder = builder.http_client(http);
                }
                if let Some(http) = setup() {
                    raw = raw.http(http);
                }
                let harness = builder.build().expect("a client");
                let error = harness.account().organizations().get("default").await;
                assert_eq!(error.expect_err(name).kind(), ErrorKind::Api);
                let raw = raw.header("x-api-key", KEY).expect("a header").build();
                let raw = raw.expect("a client");
                for method in ["GET", "POST"] {
                    let call = raw.request(method, "/v1/widgets");
                    let error = call.with_header("X-Harness-Token", KEY).empty().await;
                    assert!(error.expect_err(name).is_status());
                }
                assert_eq!(server.take().len(), 3, "{name} {status} {to}");
                assert_eq!(other.take(), Vec::<String>::new(), "{name} {status} {to}");
                tried += 1;
            }
        }
    }
    assert_eq!(tried, SETUPS.len() * 5 * 4);
}

#[tokio::test]
async fn a_redirect_on_the_own_origin_is_followed_with_every_client() {
    for (name, setup) in SETUPS {
        let server = Witness::start(|head| {
            if head.starts_with("PUT /v1/old") {
                "HTTP/1.1 308 X\r\nLocation: /v1/new\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
            } else {
                ok("{}")
            }
        });
        let mut builder = Harness::builder().api_key(KEY).endpoint(server.url());
        if let Some(http) = setup() {
            builder = builder.http_client(http);
        }
        let harness = builder.build().expect("a client");
        let call = harness.request(Method::PUT, "/v1/old").empty().await;
        call.expect(name);
        let heads = server.take();
        assert!(heads[1].starts_with("PUT /v1/new"), "{name}: {heads:?}");
        for head in heads {
            let head = head.to_lowercase();
            assert!(head.contains(&format!("x-api-key: {}", KEY.to_lowercase())));
            assert!(!head.contains("referer"), "{name}: {head}");
        }
    }
}
