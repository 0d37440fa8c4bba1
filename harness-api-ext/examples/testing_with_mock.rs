//! Tests a function of a program against a mock.

mod support;

use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::{Account, Result};

/// Creates an organization unless it exists, and returns whether it did. This is the function to test.
async fn ensure(account: &Account, id: &str) -> Result<bool> {
    let organizations = account.organizations();
    match organizations.get(id).await {
        Ok(_) => Ok(false),
        Err(error) if error.is_not_found() => match organizations.create(id, id).await {
            Ok(_) => Ok(true),
            // Another program has created it in the meantime.
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
    println!("A missing organization is created once");

    // A script simulates a change between two requests.
    server.answer_next(
        "getOrganization",
        [Reply::error(404, "Organization retail not found")],
    );
    assert!(
        !ensure(&account, "retail").await?,
        "somebody else was faster"
    );
    println!("A race is not a failure");

    server.deny("core_organization_create");
    let denied = ensure(&account, "shops").await;
    assert!(denied.is_err_and(|error| error.is_permission_denied()));
    println!("A missing permission is returned to the caller");

    server.assert_received("postOrganization", |request| {
        request.json()["organization"]["identifier"] == "retail"
    });
    println!("Sent requests:");
    for request in server.received() {
        println!("  {request}");
    }
    Ok(())
}
