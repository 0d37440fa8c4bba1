//! A secret that is a file: uploaded as a form, by the raw client.

mod support;

use harness_api_ext::raw::FilePart;
use harness_api_ext::{InScope, Result};
use serde_json::json;
use support::{Place, unique};

#[tokio::main]
async fn main() -> Result<()> {
    let place = Place::find().await?;
    let project = place.project()?;
    let (secrets, account) = (place.harness.raw().secrets(), place.harness.account_id());
    let id = unique("certificate");

    // The description goes into a part of its own, as JSON.
    let spec = json!({"secret": {
        "type": "SecretFile",
        "identifier": id,
        "name": "Certificate",
        "orgIdentifier": project.org_id(),
        "projectIdentifier": project.id(),
        "spec": {"secretManagerIdentifier": "harnessSecretManager"},
    }});
    // `FilePart::path` reads a file on disk piece by piece.
    let file = FilePart::bytes("server.pem", "-----BEGIN CERTIFICATE-----\n")
        .mime("application/x-pem-file");
    let upload = secrets.post_secret_file_v2(account, file, spec.to_string());
    project.scoped(upload).send().await?;
    println!("Uploaded {id}");

    let read = project
        .scoped(secrets.get_secret_v2(&*id, account))
        .into_call();
    let found = read.json::<serde_json::Value>().await?;
    println!(
        "It is there, and its content is not: {}",
        found["data"]["secret"]
    );

    project
        .scoped(secrets.delete_secret_v2(&*id, account))
        .send()
        .await?;
    println!("Deleted");
    Ok(())
}
