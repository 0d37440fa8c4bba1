//! API keys.

use std::fmt;

use harness_api::Redactor;
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, Result};

/// API key of the platform: a personal (`pat.`) or service account (`sat.`) token, or a key of the first generation.
///
/// It is zeroed when dropped, and never printed.
///
/// ```
/// use harness_api_ext::{ApiKey, KeyKind};
///
/// let key = ApiKey::new("pat.AcmeAccount.6650f0.example\n");
/// assert_eq!((key.kind(), key.account()), (KeyKind::Personal, Some("AcmeAccount")));
/// assert!(!format!("{key:?}").contains("example"));
/// ```
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// Type of an API key.
///
/// ```
/// use harness_api_ext::{ApiKey, KeyKind};
///
/// // Other tools may store a key of the first generation here.
/// assert_eq!(ApiKey::new("bm90IGEgdG9rZW4").kind(), KeyKind::Other);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// Personal access token, with the permissions of its user.
    Personal,
    /// Token of a service account. It cannot read the current user.
    ServiceAccount,
    /// Any other value: a key of the first generation, or an invalid one.
    Other,
}

impl ApiKey {
    /// Creates a key from a text. Surrounding whitespace, such as the line break at the end of a file, is removed.
    pub fn new(key: impl Into<String>) -> Self {
        let key = SecretString::from(key.into());
        if key.expose_secret().trim().len() == key.expose_secret().len() {
            return Self(key);
        }
        Self(SecretString::from(key.expose_secret().trim().to_owned()))
    }

    /// Returns the type of the key, by its prefix. The server accepts the prefix in lower case only.
    pub fn kind(&self) -> KeyKind {
        let key = self.0.expose_secret();
        if key.starts_with("pat.") {
            KeyKind::Personal
        } else if key.starts_with("sat.") {
            KeyKind::ServiceAccount
        } else {
            KeyKind::Other
        }
    }

    /// Returns the account of a token: the second of its four parts.
    ///
    /// Returns `None` for a token of three parts, whose second part is its own id, and for any other key.
    pub fn account(&self) -> Option<&str> {
        if self.kind() == KeyKind::Other {
            return None;
        }
        let mut parts = self.0.expose_secret().split('.');
        let (_, account) = (parts.next()?, parts.next()?);
        let (token, secret) = (parts.next()?, parts.next()?);
        let whole =
            parts.next().is_none() && [account, token, secret].iter().all(|part| !part.is_empty());
        whole.then_some(account)
    }

    /// Returns an error if the text cannot be a key, with a hint at the likely cause. The error contains no part of the
    /// key.
    pub(super) fn check(&self) -> Result<()> {
        let key = self.0.expose_secret();
        let starts_with = |prefix: &str| {
            let start = key.get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        let is_quote = |c: char| matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’');
        let is_misspelt = ["pat", "sat"].into_iter().any(|kind| {
            let rest = key.get(kind.len()..).filter(|_| starts_with(kind));
            rest.is_some_and(|rest| {
                rest.starts_with('.')
                    || rest.starts_with(['_', '-', ':']) && rest.matches('.').count() >= 2
            })
        });
        let fault = if starts_with("bearer ") || starts_with("basic ") {
            "the key begins with an authentication scheme, such as `Bearer`: pass only the token"
        } else if key.starts_with(is_quote) || key.ends_with(is_quote) {
            "the key is in quotes: remove them"
        } else if key.contains(['\n', '\r']) {
            "the key contains a line break: is it more than one value, or a whole file?"
        } else if key.contains(char::is_whitespace) {
            "the key contains whitespace: is it more than one value?"
        } else if key.contains(char::is_control) {
            "the key contains bytes that are not valid in a header"
        } else if self.kind() == KeyKind::Other && is_misspelt {
            "the key looks like a token with a misspelt prefix: tokens begin with `pat.` or `sat.`, in lower case"
        } else {
            return Ok(());
        };
        Err(Error::build(fault))
    }

    pub(super) fn redactor(&self) -> Redactor {
        Redactor::new([self.0.expose_secret()])
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }
}

impl From<String> for ApiKey {
    fn from(key: String) -> Self {
        Self::new(key)
    }
}

impl From<SecretString> for ApiKey {
    fn from(key: SecretString) -> Self {
        Self::new(key.expose_secret())
    }
}

impl From<&str> for ApiKey {
    fn from(key: &str) -> Self {
        Self::new(key)
    }
}

/// Shows only the type of the key.
impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({:?})", self.kind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_stands_in_tokens_of_four_parts_only() {
        let table = [
            (
                "pat.AcmeAccount000000000.6650f0.s3cret",
                KeyKind::Personal,
                Some("AcmeAccount000000000"),
            ),
            (
                "sat.AcmeAccount000000000.6650f0.s3cret",
                KeyKind::ServiceAccount,
                Some("AcmeAccount000000000"),
            ),
            ("pat.6650f0.s3cret", KeyKind::Personal, None),
            ("pat.a.b.c.d", KeyKind::Personal, None),
            ("pat..6650f0.s3cret", KeyKind::Personal, None),
            ("pat.a.b.", KeyKind::Personal, None),
            ("PAT.a.b.c", KeyKind::Other, None),
            ("SAT.a.b.c", KeyKind::Other, None),
            ("a.b.c.d", KeyKind::Other, None),
            ("first-generation-key", KeyKind::Other, None),
            ("", KeyKind::Other, None),
            (" \tpat.a.b.c\r\n", KeyKind::Personal, Some("a")),
        ];
        for (text, kind, account) in table {
            let key = ApiKey::from(text);
            assert_eq!((key.kind(), key.account()), (kind, account), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_by_its_looks() {
        for (key, why) in [
            ("Bearer pat.a.b.s3cret", "`Bearer`"),
            ("bearer first-generation-s3cret", "`Bearer`"),
            ("\"pat.a.b.s3cret\"", "in quotes"),
            ("pat.a.b.s3cret'", "in quotes"),
            ("“pat.a.b.s3cret”", "in quotes"),
            ("pat.a.b.s3cret\npat.c.d.s3cret", "line break"),
            ("pat.a.b.s3\r\ncret", "line break"),
            ("x-api-key: pat.a.b.s3cret", "whitespace"),
            ("pat.a.b.\u{7}s3cret", "not valid in a header"),
            ("PAT.a.b.s3cret", "misspelt"),
            ("Sat.a.b.s3cret", "misspelt"),
            ("pat_a.b.s3cret", "misspelt"),
        ] {
            let error = ApiKey::new(key).check().expect_err(key).to_string();
            assert!(error.contains(why), "{key}: {error}");
            assert!(!error.contains("s3") && !error.contains('\n'), "{error}");
        }
        for key in [
            "pat.a.b.s3cret",
            "sat.a.b",
            "bm90IGEgdG9rZW4=",
            "first-generation",
            "pattern",
            "satellite.key",
            "pat-key",
        ] {
            assert!(ApiKey::new(key).check().is_ok(), "{key}");
        }
    }

    #[test]
    fn a_key_is_not_printed() {
        let key = ApiKey::from("pat.a.b.s3cret");
        assert_eq!(format!("{key:?}"), "ApiKey(Personal)");
    }
}
