//! Plays recorded exchanges against the types of the client.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use harness_api_tests::replay;

/// Plays recorded exchanges against the types of the client, and says what is lost.
#[derive(Parser)]
#[command(name = "replay")]
struct Arguments {
    /// A folder; each `*.json` in it or in its folders is one exchange
    dir: PathBuf,
    /// Lists every leaf that is lost, with its full path
    #[arg(long)]
    verbose: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match replay::run(&arguments.dir) {
        Ok(report) => {
            let text = report.text(arguments.verbose);
            // Whoever closes the pipe has seen enough.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("replay: {problem}");
            ExitCode::FAILURE
        }
    }
}
