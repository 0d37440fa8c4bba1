//! A GitOps agent, waited for until it is healthy, and an application that it syncs.
//!
//! Whatever can be read again and again can be waited for: an `Observe` says how it is read, and when it has come to an
//! end.

mod support;

use std::time::Duration;

use harness_api_ext::mock::Server;
use harness_api_ext::raw::gitops::types;
use harness_api_ext::{Backoff, InScope, Observe, Progress, Project, Result, Sending, Wait};
use serde_json::{Value, json};

const AGENT: &str = "ops";
const APPLICATION: &str = "billing";

/// The health of the agent.
struct Health(Project, harness_api_ext::Harness);

impl Observe for Health {
    type State = String;
    type End = String;

    fn name(&self) -> String {
        format!("the health of agent {AGENT}")
    }

    fn observe(&self) -> Sending<String> {
        let request = self.0.scoped(self.1.raw().gitops().agent_get(AGENT));
        Box::pin(async move {
            let agent = request.send().await?.into_inner();
            let health = agent.health.and_then(|health| health.harness_gitops_agent);
            let status = health.and_then(|health| health.status);
            Ok(status.map_or_else(String::new, |status| status.as_str().to_owned()))
        })
    }

    fn progress(&self, state: &String) -> Progress<String> {
        println!("Agent: {state}");
        if state == "HEALTHY" {
            Progress::Ended(state.clone())
        } else {
            Progress::Running
        }
    }
}

/// The last sync of the application, as phase and health.
struct Sync(Project, harness_api_ext::Harness);

impl Observe for Sync {
    type State = (String, String);
    type End = String;

    fn name(&self) -> String {
        format!("the sync of {APPLICATION}")
    }

    fn observe(&self) -> Sending<Self::State> {
        let request = self
            .1
            .raw()
            .gitops()
            .agent_application_get(AGENT, APPLICATION);
        let read = self.0.scoped(request).into_call().json::<Value>();
        Box::pin(async move {
            let found = read.await?.into_inner();
            let status = &found["app"]["status"];
            let text = |value: &Value| value.as_str().unwrap_or("unknown").to_owned();
            Ok((
                text(&status["operationState"]["phase"]),
                text(&status["health"]["status"]),
            ))
        })
    }

    fn progress(&self, (phase, health): &Self::State) -> Progress<String> {
        println!("Application: {phase}, {health}");
        if matches!(phase.as_str(), "Succeeded" | "Failed" | "Error") && health != "Progressing" {
            return Progress::Ended(format!("{phase}, {health}"));
        }
        Progress::Running
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    // A real agent is a program in a cluster, so this one is played.
    let server = Server::start().await?;
    server.add_project("retail", "checkout");
    let harness = server.harness();
    let project = harness.org("retail").project("checkout");
    let gitops = harness.raw().gitops();

    let agent = types::V1Agent {
        identifier: Some(AGENT.into()),
        name: Some("Operations".into()),
        account_identifier: Some(harness.account_id().into()),
        org_identifier: Some(project.org_id().into()),
        project_identifier: Some(project.id().into()),
        type_: Some("MANAGED_ARGO_PROVIDER".into()),
        ..Default::default()
    };
    let created = gitops.agent_create(&agent).send().await?;
    // Shown once, and for the cluster alone.
    println!(
        "Created {AGENT}, with a key of its own: {}",
        created.credentials.is_some()
    );

    let often = Backoff::every(Duration::from_millis(20));
    Wait::new(Health(project.clone(), harness.clone()))
        .backoff(often)
        .deadline(Duration::from_secs(600))
        .await?;

    let body = types::ApplicationsApplicationCreateRequest {
        application: Some(Box::new(types::ApplicationsApplication {
            metadata: Some(Box::new(types::V1ObjectMeta {
                name: Some(APPLICATION.into()),
                ..Default::default()
            })),
            ..Default::default()
        })),
        ..Default::default()
    };
    project
        .scoped(gitops.agent_application_create(AGENT, &body))
        .send()
        .await?;
    let sync =
        project.scoped(gitops.agent_application_sync(AGENT, APPLICATION, &Default::default()));
    sync.send().await?;
    let end = Wait::new(Sync(project.clone(), harness.clone()))
        .backoff(often)
        .await?;
    println!("The sync ended as {end}");

    server.assert_received("AgentApplicationService_Sync", |request| {
        request.json() == json!({})
    });
    Ok(())
}
