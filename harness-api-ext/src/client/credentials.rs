//! The key of a caller, and what can be read from it.

use std::fmt;

use harness_api::Redactor;
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, Result};

/// A key of the platform: a personal (`pat.`) or service account (`sat.`) token, or one of an older form.
///
/// It is zeroed when dropped and never printed.
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

/// What kind of token a key is.
///
/// ```
/// use harness_api_ext::{ApiKey, KeyKind};
///
/// // Somebody else's tool may keep a key of the first generation.
/// assert_eq!(ApiKey::new("bm90IGEgdG9rZW4").kind(), KeyKind::Other);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// A personal access token, with the permissions of its user.
    Personal,
    /// A token of a service account. It cannot ask who the current user is.
    ServiceAccount,
    /// Neither: a key of the first generation, or none at all.
    Other,
}

impl ApiKey {
    /// Takes a key over; blanks around it, such as the end of a line from a file, are dropped.
    pub fn new(key: impl Into<String>) -> Self {
        let key = SecretString::from(key.into());
        if key.expose_secret().trim().len() == key.expose_secret().len() {
            return Self(key);
        }
        Self(SecretString::from(key.expose_secret().trim().to_owned()))
    }

    /// What kind of token it is, by its prefix, which the server takes in lower case only.
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

    /// The account that a token belongs to: the second of its four parts.
    ///
    /// A token of three parts has its own id there, and a key of another kind has no parts: these give `None`.
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

    /// Refuses what cannot be a key, and says what it looks like. No part of it is shown.
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
            "the key begins with the name of a scheme, such as `Bearer`: give the token alone"
        } else if key.starts_with(is_quote) || key.ends_with(is_quote) {
            "the key stands in quotes: give it without them"
        } else if key.contains(['\n', '\r']) {
            "the key has a line break in it: is it more than one value, or a whole file?"
        } else if key.contains(char::is_whitespace) {
            "the key has white space in it: is it more than one value?"
        } else if key.contains(char::is_control) {
            "the key holds bytes that a header cannot carry"
        } else if self.kind() == KeyKind::Other && is_misspelt {
            "the key looks like a token whose prefix is misspelt: tokens begin with `pat.` or `sat.`, in lower case"
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

/// The kind alone.
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
            ("x-api-key: pat.a.b.s3cret", "white space"),
            ("pat.a.b.\u{7}s3cret", "cannot carry"),
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
