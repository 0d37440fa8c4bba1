//! Uses the client in a program without async.

mod support;

use harness_api_ext::Result;
use harness_api_ext::blocking::Block;
use support::{Place, unique};

fn main() -> Result<()> {
    // Everything that is awaited in async code has `block()` here. The mock runs on the runtime of the blocking calls.
    let place = Place::find().block()?;
    let organizations = place.harness.account().organizations();
    let id = unique("blocking");

    organizations.create(&id, "Blocking").block()?;
    println!("Created {id}");
    for found in organizations
        .list()
        .page_size(2)
        .limit(5)
        .items()
        .blocking()
    {
        println!(
            "Listed {:?}",
            found?
                .organization
                .and_then(|organization| organization.name)
        );
    }
    organizations.delete(&id).block()?;
    println!("Deleted it");
    Ok(())
}
