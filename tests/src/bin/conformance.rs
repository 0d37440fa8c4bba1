//! Calls every operation and reports failures.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use harness_api_ext::mock::{Described, Mode};
use harness_api_ext::{Harness, RetryPolicy};
use harness_api_tests::conformance::{self, Plan, Prism};

/// Calls every operation through its builder, with values that satisfy the description, and reports failures
#[derive(Parser)]
#[command(name = "conformance")]
struct Arguments {
    /// Server to call; by default a mock server with the description is started
    #[arg(long)]
    base_url: Option<String>,
    /// API key that the server accepts
    #[arg(
        long,
        default_value = "sat.MockAccount_0123456789.mock.mock",
        requires = "base_url"
    )]
    api_key: String,
    /// Declares that the server is Prism with a slice of the description; the file lists where the client follows fixes
    /// instead: `MODULE.deviations.json` of `cargo xtask slice`
    #[arg(long, requires = "base_url")]
    prism: Option<PathBuf>,
    /// Calls only operations of this module
    #[arg(long)]
    module: Option<String>,
    /// Calls only this operation
    #[arg(long)]
    operation: Option<String>,
    /// Uses only minimal values
    #[arg(long, conflicts_with_all = ["full", "both"])]
    minimal: bool,
    /// Uses only full values
    #[arg(long, conflicts_with = "both")]
    full: bool,
    /// Uses minimal and full values: the default
    #[arg(long)]
    both: bool,
    /// Seed of the values
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Also writes the report to this file, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("conformance: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let modes = match (arguments.minimal, arguments.full) {
        (true, _) => vec![Mode::Minimal],
        (_, true) => vec![Mode::Full],
        _ => vec![Mode::Minimal, Mode::Full],
    };
    let plan = Plan {
        module: arguments.module,
        operation: arguments.operation,
        modes,
        prism: arguments.prism.as_deref().map(Prism::load).transpose()?,
    };
    let described = Described::new(arguments.seed);
    let report = match arguments.base_url {
        Some(url) => {
            let harness = Harness::builder()
                .api_key(arguments.api_key)
                .endpoint(url)
                .retry(RetryPolicy::never())
                .build()?;
            conformance::run(&harness, &described, &plan).await
        }
        None => {
            let server = conformance::server(arguments.seed).await?;
            let harness = server
                .harness_builder()
                .retry(RetryPolicy::never())
                .build()?;
            conformance::run(&harness, &described, &plan).await
        }
    };
    if let Some(path) = arguments.json {
        std::fs::write(path, format!("{:#}\n", report.json()))?;
    }
    // A closed pipe is not an error.
    let _ = std::io::stdout().write_all(report.text().as_bytes());
    let called: usize = report.modules.iter().map(|module| module.calls).sum();
    if called == 0 {
        return Err("nothing was called: no such module or operation".into());
    }
    Ok(if report.failures().next().is_some() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
