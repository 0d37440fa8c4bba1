//! How calls are repeated, held back and given up.

mod support;

use std::time::Duration;

use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::{CallExt, RateLimit, Result, RetryPolicy};

#[tokio::main]
async fn main() -> Result<()> {
    // This one needs a server that can be told to fail, whatever the environment says.
    let server = Server::start().await?;
    let harness = server
        .harness_builder()
        .retry(
            RetryPolicy::default()
                .max_attempts(4)
                .base_delay(Duration::from_millis(20)),
        )
        .rate_limit(RateLimit::per_second(50))
        .attempt_timeout(Duration::from_secs(10))
        .total_timeout(Duration::from_secs(30))
        .build()?;
    let organizations = harness.account().organizations();

    server.answer_next("getOrganization", [Reply::status(503), Reply::disconnect()]);
    organizations.get("default").await?;
    println!(
        "A read that failed twice came through: {} requests",
        server.received_by("getOrganization").len()
    );

    server.answer_next("postOrganization", [Reply::disconnect()]);
    if let Err(error) = organizations.create("retail", "Retail").await {
        println!("A creation whose answer is lost is not repeated by itself: {error}");
        println!(
            "  attempts: {:?}; worth another try: {}",
            error.attempts(),
            error.is_retryable()
        );
    }

    server.answer_next("getOrganization", [Reply::status(503)]);
    let once = organizations.get("default").without_retry().await;
    println!("A call that is told not to be repeated: {}", once.is_err());

    server.answer_next(
        "getOrganization",
        [Reply::status(200).delay(Duration::from_secs(5))],
    );
    let late = organizations
        .get("default")
        .without_retry()
        .with_attempt_timeout(Duration::from_millis(50))
        .await;
    if let Err(error) = late {
        println!(
            "A call that takes too long: timeout = {}",
            error.is_timeout()
        );
    }
    Ok(())
}
