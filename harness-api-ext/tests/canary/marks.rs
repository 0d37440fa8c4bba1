//! The secrets of the test.

use crate::detector::Mark;

pub(crate) const KEY: &str = "pat.MockAccount_0123456789.6650f0.c4n4ryApiKey0Zq8vW3nT5";
/// A token that the server makes.
pub(crate) const TOKEN: &str = "sat.MockAccount_0123456789.6650f0.c4n4ryToken1Kd7sR2mX9";
/// The value of a secret, of a password, of a private key.
pub(crate) const VALUE: &str = "c4n4ry/value+2 \"Lp4\" hJ6=ö";
pub(crate) const FILE: &str = "c4n4ry/file+3 bM1 yU8";
/// As it stands in the URL of the proxy, and as it is.
pub(crate) const PROXY_IN_URL: &str = "c4n4ry%2Fproxy%2B4gF0eS5";
pub(crate) const PROXY: &str = "c4n4ry/proxy+4gF0eS5";
pub(crate) const SIGNATURE: &str = "c4n4ry_signature_5tC3xA7";
pub(crate) const WEBHOOK: &str = "c4n4ry_webhook_6oN2wQ4";
pub(crate) const HEADER: &str = "c4n4ry_header_7iB9kE1uu";

pub(crate) const ALL: &[Mark] = &[
    Mark {
        name: "the API key",
        text: "c4n4ryApiKey0Zq8vW3nT5",
    },
    Mark {
        name: "a token of the server",
        text: "c4n4ryToken1Kd7sR2mX9",
    },
    Mark {
        name: "the value of a secret",
        text: VALUE,
    },
    Mark {
        name: "a secret file",
        text: FILE,
    },
    Mark {
        name: "the password of a proxy",
        text: PROXY,
    },
    Mark {
        name: "the signature of a link",
        text: SIGNATURE,
    },
    Mark {
        name: "the token of a webhook",
        text: WEBHOOK,
    },
    Mark {
        name: "the value of a header",
        text: HEADER,
    },
];
