//! Before the calls: keys, settings, proxies.

use std::time::Duration;

use harness_api_ext::mock::Server;
use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::{ApiKey, Error, Harness, HarnessBuilder, RetryPolicy};

use crate::capture::Capture;
use crate::families::Eye;
use crate::marks::{FILE, KEY, PROXY_IN_URL, VALUE};

pub(crate) async fn run(capture: &Capture) {
    let mut eye = Eye {
        capture,
        mode: "elsewhere",
        good: 0,
        bad: 0,
    };
    eye.show("a key", &ApiKey::new(KEY));
    eye.show("an old key", &ApiKey::new(VALUE));

    // The test sets the variables.
    let from_env = Harness::from_env().expect("a client");
    assert_eq!(from_env.account_id(), "MockAccount_0123456789");
    eye.show("a client of the environment", &from_env);
    let builder = Harness::builder_from_env().expect("a builder");
    eye.show("a builder of the environment", &builder);
    let once = builder
        .retry(RetryPolicy::never())
        .build()
        .expect("a client");
    let project = once.default_project().expect("a project");
    assert!(
        eye.see("a secret of nobody", project.secrets().get("db"))
            .await
            .is_none()
    );

    for (what, builder) in broken() {
        eye.show(what, &builder);
        let error = builder.build().map(drop).expect_err(what);
        eye.error(what, &error);
    }
    proxies(&mut eye).await;
}

/// Returns settings with which a client cannot be built.
fn broken() -> Vec<(&'static str, HarnessBuilder)> {
    let builder = || Harness::builder().api_key(KEY);
    let pem = |kind: &str| format!("-----BEGIN {kind}-----\n{FILE}\n-----END {kind}-----\n");
    vec![
        (
            "a key that a header cannot carry",
            Harness::builder().api_key(format!("{KEY}\n{VALUE}")),
        ),
        ("a key of another account", builder().account("Other")),
        (
            "a key without an account",
            Harness::builder().api_key(VALUE),
        ),
        (
            "an address with a password",
            builder().endpoint(format!("https://u:{PROXY_IN_URL}@app.harness.io")),
        ),
        (
            "an address that is none",
            builder().endpoint(format!("u:{PROXY_IN_URL}@app.harness.io")),
        ),
        (
            "plain HTTP with a password",
            builder().endpoint(format!("http://u:{PROXY_IN_URL}@app.harness.io")),
        ),
        (
            "a proxy that is none",
            builder().proxy(format!("http://u:{PROXY_IN_URL}@[bad")),
        ),
        (
            "a root that is none",
            builder().root_certificate_pem(pem("CERTIFICATE")),
        ),
        (
            "an identity that is none",
            builder().client_identity_pem(pem("PRIVATE KEY")),
        ),
    ]
}

/// Tests a proxy that requires a password: it responds, it is missing, it refuses.
async fn proxies(eye: &mut Eye<'_>) {
    let server = Server::builder()
        .api_key(KEY)
        .start()
        .await
        .expect("a server");
    let address = server.url().strip_prefix("http://").expect("plain HTTP");
    let live = format!("http://user:{PROXY_IN_URL}@{address}");
    let dead = format!("http://user:{PROXY_IN_URL}@127.0.0.1:9");
    for (what, proxy, endpoint) in [
        ("through a proxy", &live, "http://127.0.0.1:9"),
        ("through a dead proxy", &dead, "http://127.0.0.1:9"),
        (
            "through a proxy that refuses",
            &live,
            "https://acme.example",
        ),
        ("through a dead proxy by TLS", &dead, "https://acme.example"),
    ] {
        let builder = Harness::builder().api_key(KEY).endpoint(endpoint);
        let builder = builder.proxy(proxy).retry(RetryPolicy::never());
        eye.show(what, &builder);
        let harness = builder.connect_timeout(Duration::from_secs(5)).build();
        let harness = harness.expect("a client");
        eye.show(what, &harness);
        eye.see(what, harness.account().organizations().get("default"))
            .await;
        let own = harness.request(Method::GET, "/v9/widgets");
        eye.take(what, own.empty()).await;
    }
    assert!(
        (eye.good, eye.bad) >= (1, 7),
        "{} good, {} bad",
        eye.good,
        eye.bad
    );
    for request in server.received() {
        assert!(request.header("proxy-authorization").is_some(), "{request}");
        eye.capture.both("what the proxy received", &request);
    }
    assert!(!server.received().is_empty());
}

#[cfg(feature = "blocking")]
pub(crate) fn block(capture: &Capture) {
    use harness_api_ext::blocking::Block;
    let builder = Harness::builder()
        .api_key(KEY)
        .endpoint("http://127.0.0.1:9");
    let harness = builder.retry(RetryPolicy::never()).build();
    let harness = harness.expect("a client");
    let account = harness.account();
    let error = account
        .secrets()
        .create_text("db", "Database", VALUE)
        .block();
    let error: Error = error.map(drop).expect_err("nobody is there");
    capture.error("a blocking call", &error);
    let mut items = account.secrets().list().items().blocking();
    capture.debug("blocking items", &items);
    capture.debug("a blocking item", &items.next());
}
