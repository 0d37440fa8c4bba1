//! A server that plays Harness, as a program.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use harness_api_ext::mock::Server;

/// Plays Harness: checks requests by the description and answers every operation.
#[derive(Parser)]
#[command(name = "mock")]
struct Arguments {
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// What answers are made of: the same for the same seed
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The key to accept
    #[arg(long, default_value = "sat.MockAccount_0123456789.mock.mock")]
    api_key: String,
    /// The id of the account
    #[arg(long, default_value = "MockAccount_0123456789")]
    account: String,
    /// Keeps what is created, where it can, and answers the rest by the description: the default
    #[arg(long, conflicts_with = "described")]
    stateful: bool,
    /// Answers everything by the description alone
    #[arg(long)]
    described: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut builder = Server::builder()
        .listen(arguments.listen)
        .api_key(arguments.api_key)
        .account(arguments.account)
        .remember(0)
        .described(arguments.seed);
    if arguments.described {
        builder = builder.stateless();
    }
    match builder.start().await {
        Ok(server) => {
            // Whoever closes the pipe does not want to know.
            let _ = writeln!(std::io::stdout(), "{}", server.url());
            std::future::pending().await
        }
        Err(problem) => {
            eprintln!("mock: {problem}");
            ExitCode::FAILURE
        }
    }
}
