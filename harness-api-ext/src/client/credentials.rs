//! The key of a caller, and what can be read from it.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

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
    fn a_key_is_not_printed() {
        let key = ApiKey::from("pat.a.b.s3cret");
        assert_eq!(format!("{key:?}"), "ApiKey(Personal)");
    }
}
