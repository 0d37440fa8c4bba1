//! Replays recorded exchanges against the types of the client.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use harness_api_tests::replay;

/// Replays recorded exchanges against the types of the client, and reports losses.
#[derive(Parser)]
#[command(name = "replay")]
struct Arguments {
    /// Folder with recordings: each `*.json` in it or in its subfolders is one exchange
    dir: PathBuf,
    /// Lists every lost leaf with its full path
    #[arg(long)]
    verbose: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match replay::run(&arguments.dir) {
        Ok(report) => {
            let text = report.text(arguments.verbose);
            // A closed pipe is not an error.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("replay: {problem}");
            ExitCode::FAILURE
        }
    }
}
