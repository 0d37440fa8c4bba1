//! Sends the same request repeatedly to a server, and counts the responses.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Measures how many requests a second a server on this machine handles.
#[derive(Parser)]
#[command(name = "load")]
struct Arguments {
    /// Address and port of the server
    #[arg(default_value = "127.0.0.1:8080")]
    server: String,
    /// Target to request
    #[arg(long, default_value = "/v1/orgs?page=0&limit=5&sort=name&order=ASC")]
    target: String,
    /// API key to send
    #[arg(long, default_value = "sat.MockAccount_0123456789.mock.mock")]
    api_key: String,
    /// Number of connections
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Duration in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let request = format!(
        "GET {} HTTP/1.1\r\nhost: {}\r\nx-api-key: {}\r\naccept: application/json\r\n\r\n",
        arguments.target, arguments.server, arguments.api_key
    );
    let begin = Instant::now();
    let end = begin + Duration::from_secs(arguments.seconds);
    let mut tasks = Vec::new();
    for _ in 0..arguments.connections {
        tasks.push(tokio::spawn(ask(
            arguments.server.clone(),
            request.clone(),
            end,
        )));
    }
    let mut count = 0;
    for task in tasks {
        match task.await {
            Ok(Ok(answers)) => count += answers,
            Ok(Err(problem)) => {
                eprintln!("load: {problem}");
                return ExitCode::FAILURE;
            }
            Err(problem) => {
                eprintln!("load: {problem}");
                return ExitCode::FAILURE;
            }
        }
    }
    let spent = begin.elapsed();
    println!(
        "{count} responses in {spent:.2?}: {:.0} a second",
        f64::from(count) / spent.as_secs_f64()
    );
    ExitCode::SUCCESS
}

/// Returns the number of responses before the end; all must be successes.
async fn ask(server: String, request: String, end: Instant) -> std::io::Result<u32> {
    let mut stream = BufReader::new(TcpStream::connect(server).await?);
    stream.get_ref().set_nodelay(true)?;
    let mut count = 0;
    while Instant::now() < end {
        stream.write_all(request.as_bytes()).await?;
        let head = head(&mut stream).await?;
        if !head.starts_with("HTTP/1.1 2") {
            return Err(std::io::Error::other(head));
        }
        let length = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, length)| length.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        stream.read_exact(&mut body).await?;
        count += 1;
    }
    Ok(count)
}

async fn head(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
