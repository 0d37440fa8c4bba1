//! Certificates, for the TLS that is compiled in.

use harness_api::reqwest::ClientBuilder;
#[cfg(feature = "rustls")]
use harness_api::reqwest::Identity;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
use harness_api::reqwest::{self, Certificate};

#[cfg(any(feature = "rustls", feature = "native-tls"))]
use crate::error::cause;
use crate::error::{Error, Result};

/// Trusts one or more authorities, given in the `number`-th place.
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
    // What a certificate holds is read only when a client is built. One that trusts nothing else costs little.
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
        "a root certificate needs the feature `rustls` or `native-tls`",
    ))
}

/// Shows a certificate to the server.
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
    // Whether key and certificate can be used shows when a client is built.
    let only = reqwest::Client::builder().tls_certs_only([]);
    only.identity(identity.clone()).build().map_err(fault)?;
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
