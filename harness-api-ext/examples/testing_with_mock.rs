//! How a program that uses this crate is tested: its own function, called against a mock.

mod support;

use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::{Account, Result};

/// The program's own: makes sure that an organization exists, and tells whether it had to be created.
async fn ensure(account: &Account, id: &str) -> Result<bool> {
    let organizations = account.organizations();
    match organizations.get(id).await {
        Ok(_) => Ok(false),
        Err(error) if error.is_not_found() => match organizations.create(id, id).await {
            Ok(_) => Ok(true),
            // Somebody else was faster.
            Err(error) if error.is_already_exists() => Ok(false),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let server = Server::start().await?;
    let account = server.harness().account();

    assert!(ensure(&account, "retail").await?, "it is created");
    assert!(!ensure(&account, "retail").await?, "it is there");
    println!("What is missing is created, once");

    // The state between two requests cannot be had by waiting for it, but it can be told.
    server.answer_next(
        "getOrganization",
        [Reply::error(404, "Organization retail not found")],
    );
    assert!(
        !ensure(&account, "retail").await?,
        "somebody else was faster"
    );
    println!("A race is no failure");

    server.deny("core_organization_create");
    let denied = ensure(&account, "shops").await;
    assert!(denied.is_err_and(|error| error.is_permission_denied()));
    println!("A missing permission is told to the caller");

    server.assert_received("postOrganization", |request| {
        request.json()["organization"]["identifier"] == "retail"
    });
    println!("What was sent:");
    for request in server.received() {
        println!("  {request}");
    }
    Ok(())
}
