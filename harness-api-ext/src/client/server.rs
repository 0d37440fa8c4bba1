//! The address of the platform.

use std::net::IpAddr;

use harness_api::Redactor;
use harness_api::reqwest::Url;

use crate::error::{Error, Result};

/// Address of the hosted platform.
pub(crate) const SAAS: &str = "https://app.harness.io";

/// Parses and checks an address: hosted, vanity, self-managed with or without a path prefix, or a mock, with or without
/// `/gateway`.
///
/// Plain HTTP is accepted for this machine only: a key must not cross a network in clear text.
pub(crate) fn check(address: &str, redactor: &Redactor) -> Result<Url> {
    let line = |text: &str| redactor.one_line(text, 100);
    let address = address.trim();
    if address.is_empty() {
        return Err(Error::build(format!(
            "the address of the server is empty; expected a form such as {SAAS}"
        )));
    }
    if !address.contains("://") {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:/_".contains(c);
        let hint = if address.chars().all(is_plain) {
            format!("is `https://{}` meant?", line(address))
        } else {
            // The address may contain a password.
            format!("expected a form such as {SAAS}")
        };
        let message = format!("the address of the server has no scheme: {hint}");
        return Err(Error::build(message));
    }
    let url = Url::parse(address).map_err(|error| {
        let message = format!(
            "the address of the server is not a URL: {error}; expected a form such as {SAAS}"
        );
        Error::build(message).with_source(error)
    })?;
    let Some(host) = url.host_str() else {
        return Err(Error::build("the address of the server has no host"));
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => {
            return Err(Error::build(format!(
                "plain HTTP to `{}` is refused, because the key would cross the network in clear text: use https://",
                line(host)
            )));
        }
        other => {
            return Err(Error::build(format!(
                "the address of the server begins with `{}:`; it must begin with https://",
                line(other)
            )));
        }
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::build(
            "the address of the server contains a user name or password: set the key with `api_key`",
        ));
    }
    Ok(url)
}

/// Returns whether requests to a host certainly stay on this machine. Names below `localhost` may be resolved by a name
/// server.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_and_what_is_refused() {
        for good in [
            SAAS,
            "https://app.harness.io/gateway",
            "https://acme.harness.io/",
            "https://ci.acme.example/harness/gateway/",
            "http://127.0.0.1:8080",
            "http://localhost:8080/prefix",
            "http://[::1]:9",
            "http://[::ffff:127.0.0.1]:9",
        ] {
            assert!(check(good, &Redactor::default()).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("app.harness.io", "is `https://app.harness.io` meant?"),
            (
                "u:s3cret@app.harness.io",
                "no scheme: expected a form such as",
            ),
            ("localhost:8080", "is `https://localhost:8080` meant?"),
            ("", "is empty"),
            ("https://app.harness.io:port", "not a URL: invalid port"),
            ("https://", "not a URL"),
            ("http://app.localhost", "plain HTTP"),
            ("http://app.harness.io", "plain HTTP"),
            ("http://127.0.0.1.acme.example", "plain HTTP"),
            ("ftp://app.harness.io", "`ftp:`"),
            ("https://user:pw@app.harness.io", "user name"),
            ("pat.acme.6650f0.s3cret://app.harness.io", "`pat.***:`"),
            ("http://pat.acme.6650f0.s3cret", "`pat.***`"),
            ("http://f1rst-generation", "`***`"),
            ("f1rst-generation", "`https://***`"),
        ] {
            let error = check(bad, &Redactor::new(["f1rst-generation"])).map(|url| url.to_string());
            assert!(
                error
                    .as_ref()
                    .is_err_and(|error| error.to_string().contains(why)),
                "{bad}: {error:?}"
            );
        }
    }
}
