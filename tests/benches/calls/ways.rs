//! One call, written in four ways that read the same: by `harness-api-ext`, by `harness-api`, and by hand with reqwest,
//! serde's derive or `serde_json::Value`.

use std::{collections::BTreeMap, time::Duration};

use harness_api::platform::types::ResponseDtoProjectResponse;
use harness_api_ext::Harness;
use reqwest::{
    Client, Url,
    header::{ACCEPT, HeaderMap, HeaderValue, USER_AGENT},
};
use serde::Deserialize;
use serde_json::Value;

use super::Failure;

/// A key in the form of a real one.
const KEY: &str = "pat.AcmeAccount.6650f0.example";
/// The account of the key.
const ACCOUNT: &str = "AcmeAccount";
pub(crate) const ORG: &str = "retail";
const PROJECT: &str = "checkout";

/// A client of this workspace that knows the server at `url`.
pub(crate) fn ext(url: &str) -> Result<Harness, Failure> {
    Ok(Harness::builder().api_key(KEY).endpoint(url).build()?)
}

/// Reads the project by `harness-api-ext`: with a span, retries, time limits, and account and organization filled in.
pub(crate) async fn by_ext(harness: &Harness) -> Result<String, Failure> {
    let answer = harness.org(ORG).projects().get(PROJECT).await?;
    found(answer.project.and_then(|project| project.name))
}

/// The raw client, with the key and no layers.
pub(crate) fn raw(url: &str) -> Result<harness_api::Client, Failure> {
    let client = harness_api::Client::builder(url).header("x-api-key", KEY)?;
    Ok(client.build()?)
}

/// Reads the project by `harness-api`.
pub(crate) async fn by_raw(client: &harness_api::Client) -> Result<String, Failure> {
    let request = client.platform().get_project(PROJECT, ACCOUNT);
    let answer: ResponseDtoProjectResponse = request.org_identifier(ORG).send().await?.into_inner();
    let project = answer.data.and_then(|data| data.project);
    found(project.and_then(|project| project.name))
}

/// What someone writes who needs this one call.
#[derive(Clone, Debug)]
pub(crate) struct Hand {
    http: Client,
    base: Url,
}

#[derive(Deserialize)]
struct Envelope {
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "the client reads these too")]
struct Data {
    project: Option<Project>,
    created_at: Option<i64>,
    last_modified_at: Option<i64>,
    is_favorite: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "the client reads these too")]
struct Project {
    color: Option<String>,
    description: Option<String>,
    identifier: Option<String>,
    modules: Option<Vec<String>>,
    name: Option<String>,
    org_identifier: Option<String>,
    tags: Option<BTreeMap<String, String>>,
}

impl Hand {
    /// With what every request carries as default headers, and the usual time limits.
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert("x-api-key", HeaderValue::from_static(KEY));
        headers.insert("harness-account", HeaderValue::from_static(ACCOUNT));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("by-hand/0.1"));
        let http = Client::builder()
            .default_headers(headers)
            .connect_timeout(Duration::from_secs(15))
            .timeout(Duration::from_secs(60))
            .build()?;
        Ok(Self {
            http,
            base: Url::parse(url)?,
        })
    }

    async fn body(&self) -> Result<impl AsRef<[u8]>, Failure> {
        let mut url = self.base.join(&format!("ng/api/projects/{PROJECT}"))?;
        url.query_pairs_mut()
            .append_pair("accountIdentifier", ACCOUNT)
            .append_pair("orgIdentifier", ORG);
        let answer = self.http.get(url).send().await?.error_for_status()?;
        Ok(answer.bytes().await?)
    }

    /// Reads the project with serde's derive.
    pub(crate) async fn typed(&self) -> Result<String, Failure> {
        let answer: Envelope = serde_json::from_slice(self.body().await?.as_ref())?;
        let project = answer.data.and_then(|data| data.project);
        found(project.and_then(|project| project.name))
    }

    /// Reads the project without types.
    pub(crate) async fn untyped(&self) -> Result<String, Failure> {
        let answer: Value = serde_json::from_slice(self.body().await?.as_ref())?;
        found(
            answer["data"]["project"]["name"]
                .as_str()
                .map(str::to_owned),
        )
    }
}

fn found(name: Option<String>) -> Result<String, Failure> {
    name.ok_or_else(|| "the answer has no project".into())
}
