//! Reads a long list and makes many calls against a server with random failures, and reports the result.

use std::process::ExitCode;

use clap::Parser;
use harness_api_tests::soak::{Plan, run};

/// Long test that nothing is lost, duplicated or leaked.
#[derive(Parser)]
#[command(name = "soak")]
struct Arguments {
    /// Number of items of the list
    #[arg(long, default_value_t = 20_000)]
    items: u64,
    /// Number of further calls
    #[arg(long, default_value_t = 2_000)]
    calls: u64,
    /// Number of concurrent calls
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..))]
    at_once: u64,
    /// Seed of the random failures
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let plan = Plan {
        items: arguments.items,
        calls: arguments.calls,
        at_once: arguments.at_once,
        seed: arguments.seed,
    };
    match run(plan).await {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("soak: {problem}");
            ExitCode::FAILURE
        }
    }
}
