//! Uploads a secret file.

mod support;

use harness_api_ext::Result;
use harness_api_ext::raw::FilePart;
use support::{Place, unique};

#[tokio::main]
async fn main() -> Result<()> {
    let place = Place::find().await?;
    let secrets = place.project()?.secrets();
    let id = unique("certificate");

    // `FilePart::path` reads a file on disk piece by piece.
    let file = FilePart::bytes("server.pem", "-----BEGIN CERTIFICATE-----\n")
        .mime("application/x-pem-file");
    secrets.create_file(&id, "Certificate", file).await?;
    println!("Uploaded {id}");

    let found = secrets.get(&id).await?;
    println!("Its value is never returned: {found:?}");

    secrets.delete(&id).await?;
    println!("Deleted");
    Ok(())
}
