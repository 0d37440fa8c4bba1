//! The calls with `harness-api-ext` and `harness-api`; [`hand`](crate::hand) has the same with hand-written code.

use harness_api::{Client, platform::types::NgProjectResponse};
use harness_api_ext::Harness;

use crate::Failure;

/// Key in the format of a real one.
pub const KEY: &str = "pat.AcmeAccount.6650f0.example";
/// Account of the key.
pub const ACCOUNT: &str = "AcmeAccount";
/// Organization of all projects.
pub const ORG: &str = "retail";
/// Project to read.
pub const PROJECT: &str = "checkout";

/// Returns a client for the server at `url`.
///
/// # Errors
///
/// Returns an error if `url` is not a URL.
pub fn ext(url: &str) -> Result<Harness, Failure> {
    Ok(Harness::builder().api_key(KEY).endpoint(url).build()?)
}

/// Reads the project: with a span, retries, timeouts, and account and organization filled in.
///
/// # Errors
///
/// Returns an error if the call fails, or the response has no project.
pub async fn project_by_ext(harness: &Harness) -> Result<String, Failure> {
    found(Some(harness.org(ORG).projects().get(PROJECT).await?))
}

/// Reads a list of `size` projects, and returns the name of the last one.
///
/// # Errors
///
/// Returns an error if the call fails, or the response has no projects.
pub async fn list_by_ext(harness: &Harness, size: usize) -> Result<String, Failure> {
    let list = harness.org(ORG).projects().list();
    found(list.page_size(u32::try_from(size)?).await?.items.pop())
}

/// Returns a raw client with the key and without layers.
///
/// # Errors
///
/// Returns an error if `url` is not a URL.
pub fn raw(url: &str) -> Result<Client, Failure> {
    Ok(Client::builder(url).header("x-api-key", KEY)?.build()?)
}

/// Reads the project.
///
/// # Errors
///
/// Returns an error if the call fails, or the response has no project.
pub async fn project_by_raw(client: &Client) -> Result<String, Failure> {
    let request = client.platform().get_project(PROJECT, ACCOUNT);
    let answer = request.org_identifier(ORG).send().await?.into_inner();
    found(answer.data.map(|project| *project))
}

/// Reads a list of `size` projects, and returns the name of the last one.
///
/// # Errors
///
/// Returns an error if the call fails, or the response has no projects.
pub async fn list_by_raw(client: &Client, size: usize) -> Result<String, Failure> {
    let request = client.platform().get_project_list(ACCOUNT);
    let request = request.org_identifier(ORG).page_index(0);
    let answer = request.page_size(i64::try_from(size)?).send().await?;
    let page = answer.into_inner().data.and_then(|page| page.content);
    found(page.and_then(|mut items| items.pop()))
}

fn found(project: Option<NgProjectResponse>) -> Result<String, Failure> {
    let project = project.and_then(|project| project.project);
    let name = project.and_then(|project| project.name);
    name.ok_or_else(|| "the answer has no project".into())
}
