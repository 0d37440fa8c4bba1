//! Reads a long list, stops in the middle, and resumes later from a stored position.

mod support;

use harness_api_ext::Result;
use harness_api_ext::page::Position;
use support::Place;

#[tokio::main]
async fn main() -> Result<()> {
    let place = Place::find().await?;
    if let Some(mock) = &place.mock {
        for number in 0..24 {
            mock.add_org(&format!("org_{number:02}"));
        }
    }
    let organizations = place.harness.account().organizations();

    println!("One page:");
    let page = organizations.list().page_size(5).await?;
    println!("  {} of {:?}", page.items.len(), page.total);

    println!("The first seven:");
    let mut items = organizations.list().page_size(5).items();
    let mut read = 0;
    while read < 7
        && let Some(found) = items.try_next().await?
    {
        println!(
            "  {}",
            found
                .organization
                .and_then(|found| found.identifier)
                .unwrap_or_default()
        );
        read += 1;
    }
    // A position can be stored as text, for example in a file or a database.
    let kept = items.position().to_string();
    println!("Stored the position {kept}");

    println!("And the rest:");
    let position: Position = kept.parse()?;
    let mut items = organizations.list().pager().start_at(position).items();
    while let Some(found) = items.try_next().await? {
        println!(
            "  {}",
            found
                .organization
                .and_then(|found| found.identifier)
                .unwrap_or_default()
        );
    }

    let all = organizations.list().collect_all().await?;
    println!("All at once: {}", all.len());
    Ok(())
}
