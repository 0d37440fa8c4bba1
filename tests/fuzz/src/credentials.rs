//! Keys, accounts and addresses from untrusted sources.

use std::sync::{Arc, Mutex};

use harness_api::reqwest::Url;
use harness_api::{BoxFuture, Error, ErrorKind, Incoming, Layer, Next, Outgoing};
use harness_api_ext::{ApiKey, Harness, KeyKind, RetryPolicy};

use super::error_mapping::ask;
use super::stage::runtime;

/// Input: five lines with a key, an account, an address, a path and a product.
///
/// Checks that nothing panics, that the account of a token is the second of its four parts, that plain HTTP is accepted
/// for this machine only, that a call goes to the given address, below its prefix and with `/gateway` once, and that no
/// error shows the key.
pub fn credentials(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.splitn(5, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (key, account, address, path, product) = (line(), line(), line(), line(), line());
    let api_key = ApiKey::new(key);
    check_key(key.trim(), &api_key);

    let sent = Arc::new(Mutex::new(None));
    let mut builder = Harness::builder()
        .api_key(api_key)
        .retry(RetryPolicy::never())
        .layer(Post(Arc::clone(&sent)));
    if !account.is_empty() {
        builder = builder.account(account);
    }
    if !address.is_empty() {
        builder = builder.endpoint(address);
    }
    if !product.is_empty() {
        builder = builder.user_agent(product);
    }
    let others = [account, address, path, product];
    // The complete key is removed from errors, wherever it was set.
    let rests = others.map(|other| match key.trim() {
        "" => other.to_owned(),
        key => other.replace(key, ""),
    });
    hides(key, &others, &format!("{builder:?}"));
    let shows = |error: &harness_api_ext::Error| {
        ask(error);
        let texts = format!("{error} {error:?}");
        hides(key, &rests.each_ref().map(String::as_str), &texts);
    };
    let harness = match builder.build() {
        Ok(harness) => harness,
        Err(error) => return shows(&error),
    };
    hides(key, &others, &format!("{harness:?}"));
    assert!(!harness.account_id().is_empty());
    let base = Url::parse(address.trim())
        .ok()
        .filter(|_| !address.is_empty());
    if let Some(base) = &base {
        assert!(is_private(base), "{base} is taken");
    }
    let call = harness
        .request(harness_api::reqwest::Method::GET, path)
        .empty();
    match runtime().block_on(call) {
        Ok(_) => unreachable!("nothing is answered"),
        Err(error) => {
            let error = harness_api_ext::Error::from(error);
            shows(&error);
        }
    }
    let url = sent.lock().expect("no panic").take();
    if let (Some(url), Some(base)) = (url, base) {
        check_url(&url, &base, path);
    }
}

fn check_key(key: &str, read: &ApiKey) {
    let parts: Vec<&str> = key.split('.').collect();
    let token = matches!(parts[0], "pat" | "sat") && parts.len() > 1;
    assert_eq!(read.kind() == KeyKind::Other, !token, "{parts:?}");
    let whole = token && parts.len() == 4 && parts.iter().all(|part| !part.is_empty());
    assert_eq!(read.account(), whole.then(|| parts[1]));
    hides(key, &[], &format!("{read:?}"));
}

/// Checks that a text does not contain the secret part of a key, the last one. A short part, or one that another value
/// contains, is not a secret.
fn hides(key: &str, others: &[&str], text: &str) {
    let secret = key.trim().rsplit('.').next().unwrap_or_default();
    let known = others.iter().any(|other| other.contains(secret));
    if secret.chars().count() >= 12 && !known {
        let account = key.trim().split('.').nth(1) == Some(secret);
        assert!(account || !text.contains(secret), "the key shows: {text}");
    }
}

/// Returns whether nobody can eavesdrop on the way to a URL.
fn is_private(url: &Url) -> bool {
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => true,
        ("http", Some("localhost")) => true,
        ("http", Some(host)) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback()),
        _ => false,
    }
}

fn check_url(url: &Url, base: &Url, path: &str) {
    assert_eq!(url.origin(), base.origin(), "another server");
    assert!(url.username().is_empty() && url.password().is_none());
    let prefix = base.path().trim_end_matches('/');
    let rest = url.path().strip_prefix(prefix);
    let rest = rest.unwrap_or_else(|| panic!("{} is not below {prefix}", url.path()));
    assert!(
        rest.starts_with('/'),
        "{} is not below {prefix}",
        url.path()
    );
    if prefix.ends_with("/gateway") && !path.starts_with("/gateway/gateway/") {
        assert!(!rest.starts_with("/gateway/"), "twice in {}", url.path());
    }
}

/// Stores the URL of a request.
struct Post(Arc<Mutex<Option<Url>>>);

impl Layer for Post {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        _: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        *self.0.lock().expect("no panic") = Some(request.request().url().clone());
        Box::pin(async move { Err(request.error(ErrorKind::Connect, "nobody is there")) })
    }
}
