//! Shared code of the benches: the same calls in several implementations, a server, and the results.
//!
//! ```sh
//! cargo bench -p harness-api-benches                          # measures everything and prints it
//! cargo bench -p harness-api-benches --bench calls -- --write # keeps it in results.toml, RESULTS.md and results.svg
//! ```

pub mod hand;
pub mod results;
pub mod server;
pub mod ways;

/// Any error.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Returns the median; the upper one of two, and zero for no values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Runs a program that makes one call to the server in its first argument.
///
/// # Errors
///
/// Returns an error if the call fails, or there is no argument.
pub fn program<C, F>(
    client: impl FnOnce(&str) -> Result<C, Failure>,
    call: F,
) -> Result<(), Failure>
where
    F: AsyncFnOnce(&C) -> Result<String, Failure>,
{
    let url = std::env::args()
        .nth(1)
        .ok_or("the URL of a server is expected")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let client = client(&url)?;
    println!("{}", runtime.block_on(call(&client))?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 3.0);
        assert_eq!(median(Vec::new()), 0.0);
    }
}
