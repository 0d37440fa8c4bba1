//! Certificates, for the TLS that is compiled in.

#[cfg(any(feature = "rustls", feature = "native-tls"))]
use harness_api::reqwest::Certificate;
use harness_api::reqwest::ClientBuilder;
#[cfg(feature = "rustls")]
use harness_api::reqwest::Identity;

use crate::error::{Error, Result};

/// Trusts an authority.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
pub(super) fn trust(builder: ClientBuilder, pem: &[u8]) -> Result<ClientBuilder> {
    let root = Certificate::from_pem(pem)
        .map_err(|_| Error::build("a root certificate is not valid PEM"))?;
    Ok(builder.add_root_certificate(root))
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(super) fn trust(_: ClientBuilder, _: &[u8]) -> Result<ClientBuilder> {
    Err(Error::build(
        "a root certificate needs the feature `rustls` or `native-tls`",
    ))
}

/// Shows a certificate to the server.
#[cfg(feature = "rustls")]
pub(super) fn identify(builder: ClientBuilder, pem: &[u8]) -> Result<ClientBuilder> {
    let identity = Identity::from_pem(pem).map_err(|_| {
        Error::build("the client certificate is not a chain and a private key in PEM")
    })?;
    Ok(builder.identity(identity))
}

#[cfg(not(feature = "rustls"))]
pub(super) fn identify(_: ClientBuilder, _: &[u8]) -> Result<ClientBuilder> {
    Err(Error::build(
        "a client certificate in PEM needs the feature `rustls`",
    ))
}

#[cfg(test)]
mod tests {
    use crate::{ErrorKind, Harness};

    #[test]
    fn what_is_no_certificate_is_refused_whatever_tls_there_is() {
        let builder = || Harness::builder().api_key("sat.AcmeAccount.6650f0.example");
        let pem = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
        let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
        for (builder, is_possible) in [
            (builder().root_certificate_pem(pem), has_tls),
            (builder().client_identity_pem(pem), cfg!(feature = "rustls")),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Build);
            let names_feature = error.to_string().contains("needs the feature");
            assert_eq!(names_feature, !is_possible, "{error}");
        }
    }
}
