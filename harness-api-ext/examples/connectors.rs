//! Creates, tests, updates, lists and deletes a connector.

mod support;

use harness_api_ext::Result;
use harness_api_ext::connectors::types::{DockerAuthentication, DockerConnector};
use support::{Place, unique};

#[tokio::main]
async fn main() -> Result<()> {
    let place = Place::find().await?;
    let connectors = place.project()?.connectors();
    let id = unique("hub");

    let anonymous = DockerAuthentication {
        type_: Some("Anonymous".into()),
        ..Default::default()
    };
    let settings = DockerConnector {
        docker_registry_url: Some("https://index.docker.io/v2/".into()),
        provider_type: Some("DockerHub".into()),
        auth: Some(anonymous.into()),
        ..Default::default()
    };
    let created = connectors
        .create(&id, "Docker Hub", settings)
        .tag("team", "pay")
        .await?;
    println!("Created {id} at {:?}", created.created_at);

    // The test runs on a delegate. A failed test is a value, not an error.
    let tested = connectors.test(&id).await?;
    println!("It works: {}", tested.is_success());

    if let Some(connector) = connectors.get(&id).await?.connector {
        let mut connector = *connector;
        connector.description = Some("Public images".into());
        connectors.update(connector).await?;
    }
    for found in connectors
        .list()
        .kinds(["DockerRegistry"])
        .collect_all()
        .await?
    {
        if let Some(connector) = found.connector {
            println!(
                "Listed: {:?}, {:?}",
                connector.identifier, connector.description
            );
        }
    }
    connectors.delete(&id).await?;
    println!(
        "Deleted; it is gone: {}",
        connectors
            .get(&id)
            .await
            .is_err_and(|error| error.is_not_found())
    );
    Ok(())
}
