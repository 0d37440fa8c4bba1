//! Shows retries, rate limits and timeouts.

mod support;

use std::time::Duration;

use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::{CallExt, RateLimit, Result, RetryPolicy};

#[tokio::main]
async fn main() -> Result<()> {
    // This example always uses a mock, because it simulates failures.
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
        "A read succeeded after two failures: {} requests",
        server.received_by("getOrganization").len()
    );

    server.answer_next("postOrganization", [Reply::disconnect()]);
    if let Err(error) = organizations.create("retail", "Retail").await {
        println!("A creation whose response is lost is not retried: {error}");
        println!(
            "  attempts: {:?}; retryable: {}",
            error.attempts(),
            error.is_retryable()
        );
    }

    server.answer_next("getOrganization", [Reply::status(503)]);
    let once = organizations.get("default").without_retry().await;
    println!("A call without retries failed: {}", once.is_err());

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
