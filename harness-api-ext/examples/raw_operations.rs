//! Calls operations without a handle by the raw client, and endpoints that the description lacks.

mod support;

use harness_api_ext::raw::Configure;
use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::{CallInfo, Error, InScope, Result};
use serde_json::Value;
use support::{Place, pipeline_yaml, unique};

#[tokio::main]
async fn main() -> Result<()> {
    let place = Place::find().await?;
    let harness = &place.harness;
    let project = place.project()?;

    // A typed operation of the raw client. Account, organization and project are filled in if it has parameters for them.
    let request = harness
        .raw()
        .platform()
        .get_project(project.id(), harness.account_id());
    let answer = project.scoped(request).send().await?;
    let found = answer.data.as_ref().and_then(|data| data.project.as_ref());
    println!(
        "{}: {:?}",
        answer.status(),
        found.and_then(|found| found.name.as_deref())
    );
    if let Some(info) = answer.attached::<CallInfo>() {
        println!("request {} took {:?}", info.request_id, info.elapsed);
    }

    // The same operation, with its response as JSON.
    let request = harness
        .raw()
        .platform()
        .get_project(project.id(), harness.account_id());
    let json = project.scoped(request).into_call().json::<Value>().await?;
    println!("as JSON: {}", json["data"]["project"]["identifier"]);

    // A write with a YAML body.
    let id = unique("raw");
    let yaml = pipeline_yaml(&project, &id);
    let (account, org) = (harness.account_id(), project.org_id());
    let api = harness.raw().pipeline();
    api.post_pipeline_v2(account, org, project.id(), yaml)
        .send()
        .await?;
    api.delete_pipeline(account, org, project.id(), &*id)
        .send()
        .await?;
    println!("created and deleted {id}");

    // An endpoint that the description lacks.
    let request = harness
        .request(Method::GET, "/gateway/log-service/blob")
        .with_query("accountID", harness.account_id())
        .with_query("key", "no/such/key");
    let log = request.text().await.map_err(Error::from);
    println!(
        "no such log: {}",
        log.is_err_and(|error| error.is_not_found())
    );
    Ok(())
}
