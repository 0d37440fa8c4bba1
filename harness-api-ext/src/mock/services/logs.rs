//! The log service, which the description of the API lacks.

use std::time::Duration;

use bytes::Bytes;
use harness_api::{Operation, Param};
use serde_json::json;

use super::{Answer, Handler, on};
use crate::mock::envelope::{Reason, Refusal};
use crate::mock::received::Received;
use crate::mock::reply::Reply;
use crate::mock::state::State;

const ACCOUNT: Param = Param::query("accountID", true);

static BLOB: Operation = Operation::new("logBlob", "GET", "/gateway/log-service/blob")
    .params(&[ACCOUNT, Param::query("key", true)]);
static STREAM: Operation = Operation::new("logStream", "GET", "/gateway/log-service/stream")
    .params(&[ACCOUNT, Param::query("key", true)]);
static ARCHIVE: Operation =
    Operation::new("logArchive", "POST", "/gateway/log-service/blob/download")
        .params(&[ACCOUNT, Param::query("prefix", true)]);

/// Operations of the log service.
pub(in crate::mock) static OPERATIONS: &[&Operation] = &[&BLOB, &STREAM, &ARCHIVE];

const VIEW: &str = "core_pipeline_view";

pub(super) const HANDLERS: &[Handler] = &[
    on("logBlob", VIEW, blob),
    on("logStream", VIEW, stream),
    on("logArchive", VIEW, archive),
];

/// Path of the archives, directly below the host.
const STORAGE: &str = "/storage/logs/";
/// Delay between two lines of a stream.
const PAUSE: Duration = Duration::from_millis(5);

/// Returns the lines for the key in a request, and whether its step has ended.
fn lines(state: &mut State, request: &Received) -> Result<(Vec<String>, bool), Refusal> {
    let key = request.query("key").unwrap_or_default();
    let account = state.account.clone();
    let run = state.runs.any(|run| run.log(&account, key).is_some());
    let found = run.and_then(|run| run.log(&account, key));
    found.ok_or_else(|| Refusal::new(Reason::NotFound, "cannot find key"))
}

fn line(number: usize, text: &str) -> String {
    let line = json!({
        "level": "INFO", "pos": number, "out": format!("{text}\n"), "time": "2026-01-01T00:00:00Z",
        "args": null,
    });
    line.to_string()
}

fn blob(state: &mut State, request: &Received) -> Answer {
    let (lines, _) = lines(state, request)?;
    let lines = lines.iter().enumerate();
    let text: String = lines
        .map(|(number, text)| line(number, text) + "\n")
        .collect();
    Ok(Reply::bytes(200, "application/octet-stream", text))
}

/// Returns a stream with pings between its lines and an error event `eof` at the end, which means success. The stream
/// of a finished step is empty.
fn stream(state: &mut State, request: &Received) -> Answer {
    let (lines, ended) = lines(state, request)?;
    let mut pieces = vec![(
        Duration::ZERO,
        Bytes::from_static(b"event: ping\ndata: ping\n\n"),
    )];
    for (number, text) in lines.iter().enumerate().filter(|_| !ended) {
        let event = format!("data: {}\n\n", line(number, text));
        pieces.push((PAUSE, event.into()));
    }
    pieces.push((PAUSE, Bytes::from_static(b"event: error\ndata: eof\n\n")));
    Ok(Reply::pieces("text/event-stream", pieces))
}

/// Returns links to the hosted platform, even from other installations.
fn archive(state: &mut State, request: &Received) -> Answer {
    let prefix = request.query("prefix").unwrap_or_default();
    let account = state.account.clone();
    let run = state.runs.any(|run| run.log_prefix(&account) == prefix);
    let run = run.ok_or_else(|| Refusal::new(Reason::NotFound, "no logs under this prefix"))?;
    let link = format!("https://app.harness.io{STORAGE}{}?signature=mock", run.id);
    Ok(Reply::json(
        200,
        &json!({"status": "success", "link": link, "expires": "2030-01-01T00:00:00Z"}),
    ))
}

/// Returns whether a path is a pre-signed URL.
pub(in crate::mock) fn is_link(path: &str) -> bool {
    path.starts_with(STORAGE)
}

/// Returns an archive, which is plain text here. A request with an API key is rejected.
pub(in crate::mock) fn link(state: &mut State, request: &Received, has_key: bool) -> Answer {
    if has_key || request.query("signature") != Some("mock") {
        return Ok(Reply::text(
            403,
            "a pre-signed URL requires its signature and no API key",
        ));
    }
    let id = request.path().strip_prefix(STORAGE).unwrap_or_default();
    let Some(run) = state.runs.any(|run| run.id == id) else {
        return Ok(Reply::text(404, "no such archive"));
    };
    Ok(Reply::text(200, run.all_lines().join("\n") + "\n"))
}
