//! Which members carry secrets.

/// Returns whether a text member of this name holds a secret itself, rather than a reference to one or its name.
pub(super) fn is_secret(member: &str) -> bool {
    let name: String = member
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    const ENDINGS: [&str; 17] = [
        "password",
        "passphrase",
        "passwd",
        "secret",
        "secretkey",
        "secretvalue",
        "privatekey",
        "accesskey",
        "secretaccesskey",
        "sshkey",
        "apikey",
        "apikeyvalue",
        "authtoken",
        "accesstoken",
        "refreshtoken",
        "sharedsecret",
        "token",
    ];
    // Cursors and names of things are no secrets, though they end like some.
    const OPEN: [&str; 6] = [
        "pagetoken",
        "nexttoken",
        "nextpagetoken",
        "continuetoken",
        "cancellationtoken",
        "publickey",
    ];
    ENDINGS.iter().any(|ending| name.ends_with(ending)) && !OPEN.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn tells_secrets_from_references_and_cursors() {
        for secret in [
            "password",
            "clientSecret",
            "private_key",
            "apiKey",
            "token",
            "sshKey",
        ] {
            assert!(is_secret(secret), "{secret}");
        }
        for open in [
            "passwordRef",
            "pageToken",
            "secretIdentifier",
            "tokenId",
            "publicKey",
            "key",
        ] {
            assert!(!is_secret(open), "{open}");
        }
    }
}
