//! Uses a self-managed platform with a path prefix and a root certificate of its own.

mod support;

use std::time::Duration;

use harness_api_ext::mock::Server;
use harness_api_ext::{Harness, Result};

#[tokio::main]
async fn main() -> Result<()> {
    // A mock with a path prefix simulates the platform.
    let server = Server::builder()
        .account("Acme")
        .prefix("/harness")
        .start()
        .await?;

    let mut builder = Harness::builder()
        .endpoint(server.url())
        .api_key(server.api_key())
        .user_agent("acme-deployer/2.1")
        .connect_timeout(Duration::from_secs(5))
        .default_org("default");
    // An additional root certificate in PEM. Those of the machine are still trusted.
    if let Some(file) = std::env::var_os("ACME_CA_FILE") {
        match std::fs::read(&file) {
            Ok(pem) => builder = builder.root_certificate_pem(pem),
            Err(error) => eprintln!("{} cannot be read: {error}", file.display()),
        }
    }
    let harness = builder.build()?;
    println!("Account {} at {}", harness.account_id(), harness.base_url());
    let org = harness.account().organizations().get("default").await?;
    println!("Found {:?}", org.organization.and_then(|org| org.name));
    for request in server.received() {
        println!(
            "{request} from {}",
            request.header("user-agent").unwrap_or_default()
        );
    }

    // A wrong prefix is distinct from a missing entity.
    let wrong = Harness::builder()
        .endpoint(server.url().trim_end_matches("/harness"))
        .api_key(server.api_key())
        .build()?;
    if let Err(error) = wrong.account().organizations().get("default").await {
        println!(
            "Wrong prefix: route missing = {}, not found = {}",
            error.is_route_missing(),
            error.is_not_found()
        );
    }
    Ok(())
}
