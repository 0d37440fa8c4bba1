//! The address of the server, and how a path is put behind it.

use std::borrow::Cow;
use std::fmt;

use reqwest::Url;

use crate::error::Error;

/// A base URL: scheme, host, port, and perhaps a prefix of the path.
#[derive(Clone)]
pub(crate) struct Base {
    url: Url,
    /// The path without a slash at its end; empty at the root.
    prefix: String,
}

impl Base {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let url = Url::parse(text.trim()).map_err(|error| {
            Error::build(format!("the base URL is not valid: {error}")).with_source(error)
        })?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(Error::build(
                "the base URL must begin with https:// or http:// and name a host",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Error::build(
                "the base URL must not have a query or a fragment",
            ));
        }
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Self { url, prefix })
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The URL of an expanded path, which begins with a slash, without a query.
    ///
    /// What the URL parser would change is refused: a path must reach the server as it was made.
    pub(crate) fn join(&self, path: &str) -> Result<Url, Error> {
        if !path.starts_with('/') {
            return Err(Error::build("the path must begin with a slash"));
        }
        let path = if self.prefix.ends_with("/gateway") && path.starts_with("/gateway/") {
            &path["/gateway".len()..]
        } else {
            path
        };
        let whole = match self.prefix.as_str() {
            "" => Cow::Borrowed(path),
            prefix => Cow::Owned([prefix, path].concat()),
        };
        let mut url = self.url.clone();
        url.set_path(&whole);
        if url.path() != whole {
            return Err(Error::build(
                "the path has parts that a URL cannot keep, such as `..` or bytes that are not encoded",
            ));
        }
        Ok(url)
    }
}

/// Without user name and password.
impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            self.url.origin().ascii_serialization(),
            self.prefix
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn join(base: &str, path: &str) -> String {
        Base::parse(base).unwrap().join(path).unwrap().to_string()
    }

    #[test]
    fn a_prefix_is_kept_with_and_without_a_slash_at_its_end() {
        for base in ["https://h.example", "https://h.example/"] {
            assert_eq!(join(base, "/v1/orgs"), "https://h.example/v1/orgs");
        }
        for base in ["http://h.example:8080/a/b", "http://h.example:8080/a/b/"] {
            assert_eq!(join(base, "/v1/orgs"), "http://h.example:8080/a/b/v1/orgs");
        }
    }

    #[test]
    fn the_gateway_is_not_doubled() {
        for base in [
            "https://h.example/gateway",
            "https://h.example/gateway/",
            "https://h.example/x/gateway",
        ] {
            let prefix = base.trim_end_matches('/');
            assert_eq!(
                join(base, "/gateway/code/api"),
                format!("{prefix}/code/api")
            );
            assert_eq!(join(base, "/ng/api"), format!("{prefix}/ng/api"));
            assert_eq!(join(base, "/gateways/x"), format!("{prefix}/gateways/x"));
        }
        assert_eq!(
            join("https://h.example", "/gateway/code/api"),
            "https://h.example/gateway/code/api"
        );
        assert_eq!(
            join("https://h.example/mygateway", "/gateway/a"),
            "https://h.example/mygateway/gateway/a"
        );
    }

    #[test]
    fn what_is_no_base_or_no_path_is_refused() {
        for base in [
            "",
            "h.example",
            "ftp://h.example",
            "https://h.example?x=1",
            "https://h.example/#a",
            "data:text/plain,x",
        ] {
            assert!(Base::parse(base).is_err(), "{base}");
        }
        let base = Base::parse("https://h.example/a").unwrap();
        for path in [
            "",
            "v1",
            "/v1/../x",
            "/v1/%2e%2E/x",
            "/./x",
            "/a b",
            "/a\tb",
        ] {
            assert!(base.join(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn every_character_stays_in_its_segment() {
        let base = Base::parse("https://h.example/a").unwrap();
        for c in ('\0'..'\u{3000}').chain(['\u{fffd}', '\u{1f600}', '\u{10ffff}']) {
            for value in [format!("{c}{c}"), format!("..{c}"), format!("{c}.")] {
                let path = crate::path::expand("/x/{v}/y", |_| Some((&value, crate::Place::Path)));
                match (c, path) {
                    ('.', Err(_)) => {}
                    // A blank value names nothing.
                    (_, Err(_)) if value.trim().is_empty() => {}
                    (_, path) => {
                        let url = base.join(&path.unwrap()).unwrap();
                        assert_eq!(url.path_segments().unwrap().count(), 4, "{value:?}");
                        assert_eq!((url.query(), url.fragment()), (None, None), "{value:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn userinfo_is_not_shown() {
        let base = Base::parse("https://user:pw@h.example:444/x/").unwrap();
        assert_eq!(base.to_string(), "https://h.example:444/x");
    }
}
