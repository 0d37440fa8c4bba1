//! Certificates for the compiled TLS backend.

use harness_api::reqwest::ClientBuilder;
#[cfg(feature = "rustls")]
use harness_api::reqwest::Identity;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
use harness_api::reqwest::{self, Certificate};

#[cfg(any(feature = "rustls", feature = "native-tls"))]
use crate::error::cause;
use crate::error::{Error, Result};

/// Adds the root certificates of the `number`-th call.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub(super) fn trust(
    mut builder: ClientBuilder,
    pem: &[u8],
    number: usize,
) -> Result<ClientBuilder> {
    let fault = |error: reqwest::Error| {
        let message = format!(
            "root certificate {number} cannot be read: {}",
            cause(&error)
        );
        Error::build(message).with_source(error)
    };
    let roots = Certificate::from_pem_bundle(pem).map_err(fault)?;
    if roots.is_empty() {
        return Err(Error::build(format!(
            "root certificate {number} holds no certificate: one in PEM stands between `-----BEGIN CERTIFICATE-----` and \
             `-----END CERTIFICATE-----`"
        )));
    }
    // Certificates are parsed only when a client is built. A client without further roots is cheap.
    let only = reqwest::Client::builder().tls_certs_only(roots.clone());
    only.build().map_err(fault)?;
    for root in roots {
        builder = builder.add_root_certificate(root);
    }
    Ok(builder)
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(super) fn trust(_: ClientBuilder, _: &[u8], _: usize) -> Result<ClientBuilder> {
    Err(Error::build(
        "a root certificate requires the feature `rustls` or `native-tls`",
    ))
}

/// Sets the client certificate.
#[cfg(feature = "rustls")]
pub(super) fn identify(builder: ClientBuilder, pem: &[u8]) -> Result<ClientBuilder> {
    let fault = |error: reqwest::Error| {
        let message = format!(
            "the client identity is not a chain of certificates and a private key in PEM: {}",
            cause(&error)
        );
        Error::build(message).with_source(error)
    };
    let identity = Identity::from_pem(pem).map_err(fault)?;
    // Whether the key matches the certificate is checked only when a client is built.
    let only = reqwest::Client::builder().tls_certs_only([]);
    only.identity(identity.clone()).build().map_err(fault)?;
    Ok(builder.identity(identity))
}

#[cfg(not(feature = "rustls"))]
pub(super) fn identify(_: ClientBuilder, _: &[u8]) -> Result<ClientBuilder> {
    Err(Error::build(
        "a client certificate in PEM requires the feature `rustls`",
    ))
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use crate::{ErrorKind, Harness, HarnessBuilder};

    /// Root certificate that signs nothing.
    const ROOT: &str = "-----BEGIN CERTIFICATE-----
MIIBqDCCAU2gAwIBAgIUZbkETEFbiwc8rOjy4HCf9FnOEvwwCgYIKoZIzj0EAwIw
KDENMAsGA1UECgwEQWNtZTEXMBUGA1UEAwwOQWNtZSB0ZXN0IHJvb3QwIBcNMjYx
MTI0MjEyMDI3WhgPMjEyNjEwMzEyMTIwMjdaMCgxDTALBgNVBAoMBEFjbWUxFzAV
BgNVBAMMDkFjbWUgdGVzdCByb290MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
8wK9ASOwcYFr6EO7BrtxD0URaEkS3l79+BRwl3pz7qSVWKr5o9pSan4BiKSoCZOh
veViyPAs32m0FXnwltqcXKNTMFEwHQYDVR0OBBYEFOzNU9WvcrDSl0Lwh6qJmGpC
wen8MB8GA1UdIwQYMBaAFOzNU9WvcrDSl0Lwh6qJmGpCwen8MA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAPiJdoV5D8oELSC9eb6BjqphlIlpdzAR
HPndy3RrOmWnAiEA/LOriKl14YwaVSaqJXVmVqK0W69becx7Tnyqy3ufO+4=
-----END CERTIFICATE-----
";
    /// PEM whose block is not Base64, and PEM whose block is not a certificate.
    const NO_BASE64: &str = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    const NO_X509: &str = "-----BEGIN CERTIFICATE-----\nbm8gY2VydA==\n-----END CERTIFICATE-----\n";
    const KEY_ALONE: &str = "-----BEGIN PRIVATE KEY-----\nbm8ga2V5\n-----END PRIVATE KEY-----\n";

    fn builder() -> HarnessBuilder {
        Harness::builder().api_key("sat.AcmeAccount.6650f0.example")
    }

    #[test]
    fn what_is_no_certificate_is_refused_whatever_tls_there_is() {
        let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
        for (builder, is_possible) in [
            (builder().root_certificate_pem(NO_BASE64), has_tls),
            (
                builder().client_identity_pem(NO_BASE64),
                cfg!(feature = "rustls"),
            ),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Build);
            let names_feature = error.to_string().contains("requires the feature");
            assert_eq!(names_feature, !is_possible, "{error}");
        }
    }

    #[test]
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    fn a_root_that_cannot_be_read_is_refused_with_the_cause() {
        let one_is_bad = format!("{ROOT}{NO_X509}");
        for (pem, has_source) in [
            ("", false),
            ("nonsense", false),
            (KEY_ALONE, false),
            ("-----BEGIN CERTIFICATE-----\n", true),
            (NO_BASE64, true),
            (NO_X509, true),
            (&one_is_bad, true),
        ] {
            // The error names the second of the two.
            let builder = builder().root_certificate_pem(ROOT);
            let error = builder.root_certificate_pem(pem).build().expect_err(pem);
            assert_eq!(error.kind(), ErrorKind::Build, "{pem}");
            let text = error.to_string();
            assert!(text.starts_with("root certificate 2 "), "{text}");
            assert!(!text.contains("builder error"), "{text}");
            assert_eq!(error.source().is_some(), has_source, "{pem}: {error:?}");
        }
        assert!(builder().root_certificate_pem(ROOT).build().is_ok());
        let bundle = builder().root_certificate_pem(format!("a comment\n{ROOT}{ROOT}"));
        assert!(bundle.build().is_ok());
    }

    #[test]
    #[cfg(feature = "rustls")]
    fn an_identity_that_cannot_be_read_is_refused_with_the_cause() {
        let no_key = format!("{ROOT}{KEY_ALONE}");
        for pem in ["", "nonsense", NO_BASE64, ROOT, KEY_ALONE, &no_key] {
            let error = builder()
                .client_identity_pem(pem)
                .build()
                .expect_err("no identity");
            assert_eq!(error.kind(), ErrorKind::Build);
            let text = error.to_string();
            assert!(
                text.starts_with("the client identity is not") && !text.contains("builder error"),
                "{text}"
            );
            assert!(error.source().is_some(), "{error:?}");
        }
    }
}
