//! A server that sends one byte at a time, in the phase and with the status that the path of a request specifies.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

/// Pause before each byte, unless the path specifies another.
const PAUSE: Duration = Duration::from_millis(300);

/// Phase in which the server becomes slow. Earlier bytes are sent at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// No byte is sent.
    Silence,
    StatusLine,
    Headers,
    Body,
    /// A redirect within the origin, and then the status line of its target.
    Redirected,
}

impl Phase {
    pub(crate) const ALL: [Self; 5] = [
        Self::Silence,
        Self::StatusLine,
        Self::Headers,
        Self::Body,
        Self::Redirected,
    ];
}

/// Statuses and content types.
pub(crate) const HEADS: [&str; 7] = ["200", "302", "307", "404", "500", "503", "page"];

/// Accepts connections forever.
pub(crate) async fn serve(listener: TcpListener) {
    while let Ok((stream, address)) = listener.accept().await {
        let own = stream.local_addr().unwrap_or(address);
        // The client must notice how a connection ends.
        tokio::spawn(async move { drop(answer(stream, own).await) });
    }
}

async fn answer(mut stream: TcpStream, own: SocketAddr) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    // `/PHASE/STATUS/WHICH/…`; the last part is the slow request, or all.
    let mut parts = path.splitn(5, '/').skip(1);
    let mut next = || parts.next().unwrap_or_default();
    let (phase, status, which, rest) = (next(), next(), next(), next());
    let kind = kind_of(rest);
    // A proxy gets only a host, which specifies nothing.
    let is_named = !which.is_empty() && which != "all";
    if is_named && which != kind {
        let link =
            format!("http://{own}/{phase}/{status}/{which}/storage/logs.zip?signature=s1gned");
        return stream.write_all(good(kind, &link).as_bytes()).await;
    }
    let content = match status {
        "page" => "text/html",
        _ if kind == "storage" => "application/zip",
        _ if kind == "stream" => "text/event-stream",
        _ => "application/json",
    };
    let line = match status.split('-').next().unwrap_or_default() {
        "200" | "page" => "200 OK",
        "302" => "302 Found",
        "307" => "307 Temporary Redirect",
        "404" => "404 Not Found",
        "500" => "500 Internal Server Error",
        _ => "503 Service Unavailable",
    };
    let line = format!("HTTP/1.1 {line}");
    // Another host, so that the redirect is not followed.
    let head = format!(
        "\r\nLocation: http://localhost:9/\r\nContent-Type: {content}\r\nContent-Length: 50000000\r\n"
    );
    let is_there = path.ends_with("there");
    let at_once = match phase {
        "Silence" => {
            sleep(Duration::from_secs(1 << 30)).await;
            return Ok(());
        }
        "Redirected" if !is_there => {
            let mark = if path.contains('?') { '&' } else { '?' };
            let head = format!(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: {path}{mark}there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            return stream.write_all(head.as_bytes()).await;
        }
        "Headers" => format!("{line}{head}X-Filler: "),
        "Body" => format!("{line}{head}\r\n"),
        _ => "HTTP/1.1 200 ".to_owned(),
    };
    stream.write_all(at_once.as_bytes()).await?;
    // The pause may follow the status, in seconds.
    let pause = status
        .split_once('-')
        .and_then(|(_, pause)| pause.parse().ok());
    let pause = pause.map_or(PAUSE, Duration::from_secs);
    loop {
        sleep(pause).await;
        stream.write_all(b"x").await?;
    }
}

/// Returns the request of a flow that a path belongs to.
fn kind_of(rest: &str) -> &'static str {
    let kinds = [
        ("/execution/v2/", "detail"),
        ("/blob/download", "packing"),
        ("/log-service/blob", "blob"),
        ("/log-service/stream", "stream"),
        ("storage/", "storage"),
    ];
    let kind = kinds.iter().find(|(part, _)| rest.contains(part));
    kind.map_or("call", |(_, kind)| kind)
}

/// Returns the response to a request that is not slow.
fn good(kind: &str, link: &str) -> String {
    let body = if kind == "detail" {
        json!({"status": "SUCCESS", "data": {
            "pipelineExecutionSummary": {
                "planExecutionId": "pX9cD1Yw", "pipelineIdentifier": "deploy", "runSequence": 41, "status": "Running",
                "shouldUseSimplifiedKey": true,
            },
            "executionGraph": {"rootNodeId": "root", "nodeAdjacencyListMap": {}, "nodeMap": {
                "ended": step("ended", 1_761_800_000_009), "running": step("running", 0),
            }},
        }})
    } else {
        json!({"status": "success", "link": link})
    };
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

fn step(name: &str, ended: i64) -> serde_json::Value {
    json!({
        "uuid": name, "name": name, "identifier": name, "baseFqn": format!("pipeline.stages.{name}"),
        "status": if ended == 0 { "Running" } else { "Success" }, "startTs": 1_761_800_000_000_i64, "endTs": ended,
        "logBaseKey": name, "executableResponses": [],
    })
}
