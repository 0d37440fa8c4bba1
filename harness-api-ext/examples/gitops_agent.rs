//! Creates a GitOps agent, waits until it is healthy, and syncs an application.

mod support;

use std::time::Duration;

use harness_api_ext::mock::Server;
use harness_api_ext::{Backoff, Result};

const AGENT: &str = "ops";

#[tokio::main]
async fn main() -> Result<()> {
    // A real agent runs in a cluster, so this example uses a mock.
    let server = Server::start().await?;
    server.add_project("retail", "checkout");
    let gitops = server.harness().org("retail").project("checkout").gitops();

    let created = gitops.agents().create(AGENT, "Operations").await?;
    // The credentials are shown only once, and belong in the cluster.
    println!(
        "Created {AGENT}, with a key of its own: {}",
        created.credentials.is_some()
    );
    let often = Backoff::every(Duration::from_millis(20));
    gitops
        .agents()
        .wait_healthy(AGENT)
        .backoff(often)
        .deadline(Duration::from_secs(600))
        .await?;
    println!("It is healthy");

    gitops
        .applications()
        .create(AGENT, "billing")
        .source("https://git.acme.example/billing.git", "deploy", "main")
        .destination("https://kubernetes.default.svc", "billing")
        .await?;
    let sync = gitops
        .application(AGENT, "billing")
        .sync()
        .prune(true)
        .await?;
    let end = sync.wait().backoff(often).await?;
    println!("The sync ended: {:?}", end.success()?.outcome);

    server.assert_received("AgentApplicationService_Sync", |request| {
        request.json()["prune"] == true
    });
    Ok(())
}
