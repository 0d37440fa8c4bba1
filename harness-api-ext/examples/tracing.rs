//! Shows the spans and events of calls with a subscriber of `tracing`.

mod support;

use harness_api_ext::Result;
use support::Place;
use tracing_subscriber::fmt::format::FmtSpan;

#[tokio::main]
async fn main() -> Result<()> {
    // Writes a line with the fields of a span when it ends. They contain neither keys nor bodies.
    let subscriber = tracing_subscriber::fmt()
        .with_span_events(FmtSpan::CLOSE)
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(std::io::stdout)
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let place = Place::find().await?;
    let organizations = place.harness.account().organizations();
    organizations.get("default").await?;
    if let Err(error) = organizations.get("no_such_organization").await {
        println!(
            "Its span has the same id: {}",
            error.request_id().unwrap_or("none")
        );
    }
    Ok(())
}
