//! Hand-written reqwest + serde for only these calls.

use std::{collections::BTreeMap, time::Duration};

use reqwest::{
    Client, Url,
    header::{ACCEPT, HeaderMap, HeaderValue, USER_AGENT},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Failure,
    ways::{ACCOUNT, KEY, ORG, PROJECT},
};

/// Client for these calls.
#[derive(Clone, Debug)]
pub struct Hand {
    http: Client,
    base: Url,
}

#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
}

/// Project with the metadata of the server.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    project: Option<Project>,
    /// Creation time, in milliseconds since 1970.
    pub created_at: Option<i64>,
    /// Time of the last change, in milliseconds since 1970.
    pub last_modified_at: Option<i64>,
    /// Whether the caller marked it as a favorite.
    pub is_favorite: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "the client reads these too")]
struct Page {
    content: Option<Vec<Item>>,
    empty: Option<bool>,
    page_index: Option<i64>,
    page_item_count: Option<i64>,
    page_size: Option<i64>,
    page_token: Option<String>,
    total_items: Option<i64>,
    total_pages: Option<i64>,
}

impl Hand {
    /// Creates a client with the common headers as default headers, and the usual timeouts.
    ///
    /// # Errors
    ///
    /// Returns an error if `url` is not a URL.
    pub fn new(url: &str) -> Result<Self, Failure> {
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

    async fn get<T: DeserializeOwned>(&self, path: &str, query: &str) -> Result<T, Failure> {
        let mut url = self.base.join(path)?;
        url.set_query(Some(query));
        let answer = self.http.get(url).send().await?.error_for_status()?;
        Ok(serde_json::from_slice(&answer.bytes().await?)?)
    }

    async fn one<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let path = format!("ng/api/projects/{PROJECT}");
        let query = format!("accountIdentifier={ACCOUNT}&orgIdentifier={ORG}");
        self.get(&path, &query).await
    }

    async fn many<T: DeserializeOwned>(&self, index: usize, size: usize) -> Result<T, Failure> {
        let query = format!(
            "accountIdentifier={ACCOUNT}&orgIdentifier={ORG}&pageIndex={index}&pageSize={size}"
        );
        self.get("ng/api/projects", &query).await
    }

    /// Reads the project.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails, or the response has no project.
    pub async fn project(&self) -> Result<String, Failure> {
        found(self.one::<Envelope<Item>>().await?.data)
    }

    /// Reads the project without types.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails, or the response has no project.
    pub async fn project_untyped(&self) -> Result<String, Failure> {
        text(&self.one::<Value>().await?["data"]["project"]["name"])
    }

    /// Returns the projects of one page; none after the last one.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails.
    pub async fn page(&self, index: usize, size: usize) -> Result<Vec<Item>, Failure> {
        let page = self.many::<Envelope<Page>>(index, size).await?.data;
        Ok(page.and_then(|page| page.content).unwrap_or_default())
    }

    /// Reads a list of `size` projects, and returns the name of the last one.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails, or the response has no projects.
    pub async fn list(&self, size: usize) -> Result<String, Failure> {
        found(self.page(0, size).await?.pop())
    }

    /// Reads a list of `size` projects without types, and returns the name of the last one.
    ///
    /// # Errors
    ///
    /// Returns an error if the call fails, or the response has no projects.
    pub async fn list_untyped(&self, size: usize) -> Result<String, Failure> {
        let answer: Value = self.many(0, size).await?;
        text(&answer["data"]["content"][size.saturating_sub(1)]["project"]["name"])
    }
}

fn found(item: Option<Item>) -> Result<String, Failure> {
    let project = item.and_then(|item| item.project);
    let name = project.and_then(|project| project.name);
    name.ok_or_else(|| "the answer has no project".into())
}

fn text(value: &Value) -> Result<String, Failure> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| "the answer has no project".into())
}
