//! Finds the approval that a run waits for, and approves it.

mod support;

use harness_api_ext::mock::Server;
use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::{Result, WaitFailure};
use serde_json::{Value, json};
use support::pipeline_yaml;

#[tokio::main]
async fn main() -> Result<()> {
    // An account may have no waiting run, so this example uses a mock.
    let server = Server::start().await?;
    server.add_project("retail", "checkout");
    server.pipeline_script("deploy", ["ApprovalWaiting", "Success"]);
    let harness = server.harness();
    let project = harness.org("retail").project("checkout");
    project
        .pipelines()
        .create(pipeline_yaml(&project, "deploy"))
        .await?;
    let run = project.pipeline("deploy").execute().await?;

    // The wait ends when the action of a person is needed, but the run continues.
    match run.wait().await {
        Err(error) if error.wait_failure() == Some(&WaitFailure::NeedsPerson) => {
            println!("{error}")
        }
        Err(error) => return Err(error),
        Ok(end) => println!("It ended without an approval: {:?}", end.outcome),
    }

    let waiting = harness
        .request(
            Method::GET,
            "/v1/orgs/{org}/projects/{project}/approvals/execution/{execution}",
        )
        .segment("org", project.org_id())
        .segment("project", project.id())
        .segment("execution", run.id())
        .send::<Vec<Value>>()
        .await?;
    for approval in waiting.iter() {
        let id = approval["id"].as_str().unwrap_or_default();
        let activity = json!({"action": "APPROVE", "comments": "looks good", "approverInputs": []});
        harness
            .request(
                Method::POST,
                "/pipeline/api/approvals/{approval}/harness/activity",
            )
            .segment("approval", id)
            .json_body(&activity)
            .send::<Value>()
            .await?;
        println!("Approved {id}");
    }
    let end = run.wait().await?.success()?;
    println!("It ended as {}", end.state.status());
    Ok(())
}
