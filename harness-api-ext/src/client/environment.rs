//! Settings from environment variables.

use std::env::VarError;

use super::{ApiKey, HarnessBuilder, KeyKind};
use crate::error::{Error, Result};

const PLATFORM_KEY: &str = "HARNESS_PLATFORM_API_KEY";
const KEY: &str = "HARNESS_API_KEY";
const ACCOUNT: &str = "HARNESS_ACCOUNT_ID";
const ENDPOINT: &str = "HARNESS_ENDPOINT";
const ORG: &str = "HARNESS_ORG";
const PROJECT: &str = "HARNESS_PROJECT";

/// Returns a builder filled from the environment variables that `lookup` reads.
pub(super) fn builder(lookup: impl Fn(&str) -> Result<String, VarError>) -> Result<HarnessBuilder> {
    let get = |name: &str| match lookup(name) {
        Ok(value) if value.trim().is_empty() => Ok(None),
        Ok(value) => Ok(Some(value.trim().to_owned())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Error::build(format!("{name} is not valid UTF-8"))),
    };
    let mut builder = HarnessBuilder::default().api_key(key(get(PLATFORM_KEY)?, get(KEY)?)?);
    if let Some(account) = get(ACCOUNT)? {
        builder = builder.account(account);
    }
    if let Some(endpoint) = get(ENDPOINT)? {
        builder = builder.endpoint(endpoint);
    }
    let (org, project) = (get(ORG)?, get(PROJECT)?);
    if project.is_some() && org.is_none() {
        return Err(Error::build(format!(
            "{PROJECT} is set, but {ORG} is not: a project belongs to an organization (the built-in one is `default`)"
        )));
    }
    if let Some(org) = org {
        builder = builder.default_org(org);
    }
    if let Some(project) = project {
        builder = builder.default_project(project);
    }
    Ok(builder)
}

/// Returns the key of the platform. The variable shared with tools of the first generation counts only if it contains a
/// token.
fn key(platform: Option<String>, shared: Option<String>) -> Result<ApiKey> {
    if let Some(key) = platform {
        return Ok(ApiKey::new(key));
    }
    let Some(key) = shared.map(ApiKey::new) else {
        return Err(Error::build(format!(
            "the API key is missing: set {PLATFORM_KEY}, or {KEY} to a token that begins with `pat.` or `sat.`"
        )));
    };
    key.check()?;
    if key.kind() == KeyKind::Other {
        return Err(Error::build(format!(
            "{KEY} does not hold a token that begins with `pat.` or `sat.`: it may be a key of the first generation; set \
             {PLATFORM_KEY}"
        )));
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ffi::OsString;

    use super::*;
    use crate::Harness;

    fn from(pairs: &[(&str, &str)]) -> Result<Harness> {
        let set: BTreeMap<&str, &str> = pairs.iter().copied().collect();
        builder(|name| {
            set.get(name)
                .map(|value| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        })?
        .build()
    }

    fn refusal(pairs: &[(&str, &str)]) -> String {
        from(pairs).map(|_| ()).expect_err("refused").to_string()
    }

    #[test]
    fn a_token_alone_is_enough() {
        let harness = from(&[(KEY, "sat.AcmeAccount.6650f0.s3cret")]).expect("built");
        assert_eq!(harness.account_id(), "AcmeAccount");
        assert_eq!(harness.base_url(), "https://app.harness.io");
    }

    #[test]
    fn the_platform_variable_wins_and_the_rest_is_read() {
        let harness = from(&[
            (PLATFORM_KEY, "pat.6650f0.s3cret"),
            (KEY, "first-generation"),
            (ACCOUNT, "AcmeAccount"),
            (ENDPOINT, "https://ci.acme.example/gateway"),
            (ORG, "retail"),
            (PROJECT, "checkout"),
        ])
        .expect("built");
        assert_eq!(harness.account_id(), "AcmeAccount");
        assert_eq!(harness.base_url(), "https://ci.acme.example/gateway");
        let project = harness.default_project().expect("set");
        assert_eq!((project.org_id(), project.id()), ("retail", "checkout"));
    }

    #[test]
    fn each_bad_combination_says_what_to_do() {
        assert!(refusal(&[]).contains("set HARNESS_PLATFORM_API_KEY"));
        assert!(refusal(&[(KEY, "first-generation")]).contains("first generation"));
        assert!(refusal(&[(KEY, "Bearer pat.One.6650f0.s3cret")]).contains("`Bearer`"));
        assert!(refusal(&[(PLATFORM_KEY, "'pat.One.6650f0.s3cret'")]).contains("quotes"));
        assert!(refusal(&[(PLATFORM_KEY, " ")]).contains("the API key is missing"));
        assert!(refusal(&[(PLATFORM_KEY, "pat.6650f0.s3cret")]).contains(ACCOUNT));
        assert!(
            refusal(&[(PLATFORM_KEY, "pat.One.6650f0.s3cret"), (ACCOUNT, "Two")])
                .contains("belongs to account `One`")
        );
        // Values of other variables.
        for (name, value) in [
            (ACCOUNT, "pat.One.6650f0.s3cret\nx"),
            (ENDPOINT, "pat.One.6650f0.s3cret"),
            (ENDPOINT, "http://pat.One.6650f0.s3cret"),
            (ENDPOINT, "http://first-generation-s3cret"),
            (ENDPOINT, "first-generation-s3cret:8080"),
            (ACCOUNT, "first-generation-s3cret\u{7}"),
        ] {
            for key in ["pat.One.6650f0.s3cret", "first-generation-s3cret"] {
                let text = refusal(&[(PLATFORM_KEY, key), (name, value)]);
                let shows = value.contains(key) && text.contains("s3cret");
                assert!(!shows && !text.contains('\n'), "{text}");
            }
        }
        assert!(refusal(&[(KEY, "pat.One.6650f0.s3cret"), (PROJECT, "checkout")]).contains(ORG));
        assert!(
            refusal(&[(KEY, "pat.One.6650f0.s3cret"), (ENDPOINT, "app.harness.io")])
                .contains("has no scheme")
        );
        let error = builder(|_| Err(VarError::NotUnicode(OsString::new())))
            .map(|_| ())
            .expect_err("refused");
        assert!(error.to_string().contains("UTF-8"));
        assert!(!refusal(&[(PLATFORM_KEY, "pat.6650f0.s3cret")]).contains("s3cret"));
    }
}
