//! Reads a long list and makes many calls against a server that fails at random, and says what came of it.

use std::process::ExitCode;

use clap::Parser;
use harness_api_tests::soak::{Plan, run};

/// Runs for long, and checks that nothing is lost, doubled or kept.
#[derive(Parser)]
#[command(name = "soak")]
struct Arguments {
    /// How many items the list has
    #[arg(long, default_value_t = 20_000)]
    items: u64,
    /// How many calls are made beside it
    #[arg(long, default_value_t = 2_000)]
    calls: u64,
    /// How many of these at once
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..))]
    at_once: u64,
    /// Where chance begins
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
