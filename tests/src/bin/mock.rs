//! A mock server as a program.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use harness_api_ext::mock::Server;

/// Mock server of Harness: validates requests by the description and responds to every operation.
#[derive(Parser)]
#[command(name = "mock")]
struct Arguments {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Seed of generated responses
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// API key to accept
    #[arg(long, default_value = "sat.MockAccount_0123456789.mock.mock")]
    api_key: String,
    /// Account identifier
    #[arg(long, default_value = "MockAccount_0123456789")]
    account: String,
    /// Stores created entities if possible, and generates other responses from the description: the default
    #[arg(long, conflicts_with = "described")]
    stateful: bool,
    /// Generates all responses from the description
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
            // A closed pipe is not an error.
            let _ = writeln!(std::io::stdout(), "{}", server.url());
            std::future::pending().await
        }
        Err(problem) => {
            eprintln!("mock: {problem}");
            ExitCode::FAILURE
        }
    }
}
