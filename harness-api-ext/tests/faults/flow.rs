//! Calls of a program during a fault.

use std::ops::Range;

use harness_api_ext::mock::{Received, Reply};
use harness_api_ext::page::{Items, position_of};
use harness_api_ext::pipeline::{Outcome, Run};
use harness_api_ext::raw::FilePart;
use harness_api_ext::raw::platform::types::NgOrganizationResponse;
use harness_api_ext::{CallExt, Error, Harness, Project, Result};
use serde_json::{Value, json};

use crate::fault::{CAP, Turns};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Read.
    Read,
    /// Creation.
    Write,
    /// Deletion.
    Delete,
    /// List of four pages; the third meets the fault.
    List,
    /// Wait for a run; the second poll meets the fault.
    Wait,
    /// Log of a finished step.
    Blob,
    /// Log of a running step.
    Stream,
    /// Upload.
    Upload,
    /// Upload that the caller declares idempotent.
    Resend,
    /// Download.
    Download,
}

const ITEMS: u64 = 35;
const PAGE: u64 = 10;
const LINES: [&str; 6] = ["npm ci", "npm test", "1 passed", "2 passed", "äöü", "done"];
const FILE: &[u8] = b"\x00\xffPK of a file that is long enough to be halved\r\n\r\n";
/// Long ago: the logs of steps that ended then are complete.
const ENDED: i64 = 1_761_800_000_000;
const RUN: &str = "pX9cD1Yw";

impl Flow {
    pub(crate) const ALL: [Self; 10] = [
        Self::Read,
        Self::Write,
        Self::Delete,
        Self::List,
        Self::Wait,
        Self::Blob,
        Self::Stream,
        Self::Upload,
        Self::Resend,
        Self::Download,
    ];

    /// Returns the operation that meets the fault, by method and path.
    pub(crate) fn target(self) -> (&'static str, &'static str) {
        match self {
            Self::Read => ("GET", "/ng/api/organizations/retail"),
            Self::Write => ("POST", "/ng/api/organizations"),
            Self::Delete => ("DELETE", "/ng/api/organizations/retail"),
            Self::List => ("GET", "/ng/api/organizations"),
            Self::Wait => ("GET", "/pipeline/api/pipelines/execution/v2/pX9cD1Yw"),
            Self::Blob => ("GET", "/gateway/log-service/blob"),
            Self::Stream => ("GET", "/gateway/log-service/stream"),
            Self::Upload | Self::Resend => ("POST", "/ng/api/file-store"),
            Self::Download => ("GET", "/ng/api/file-store/files/values/download"),
        }
    }

    /// Returns the number of good requests before the fault.
    pub(crate) fn before(self) -> usize {
        match self {
            Self::List => 2,
            Self::Wait => 1,
            _ => 0,
        }
    }

    /// Returns the number of requests without a fault.
    pub(crate) fn whole(self) -> usize {
        match self {
            Self::List => 4,
            Self::Wait => 3,
            _ => 1,
        }
    }

    /// Returns whether a second request may do harm.
    pub(crate) fn is_unsafe(self) -> bool {
        matches!(self, Self::Write | Self::Upload)
    }

    /// Returns the good response of the server.
    pub(crate) fn good(self, request: &Received, number: usize) -> Reply {
        match self {
            Self::Read | Self::Write => data(&json!({"organization": retail()})),
            Self::Delete => data(&json!(true)),
            Self::List => page(request),
            Self::Wait => {
                let status = ["Running", "Running", "Success"][number.min(2)];
                data(&detail(status, &Value::Null))
            }
            Self::Blob => {
                let text: String = LINES.iter().map(|text| line(text) + "\n").collect();
                Reply::bytes(200, "application/octet-stream", text)
            }
            Self::Stream => {
                let events = LINES.iter().map(|text| format!("data: {}\n\n", line(text)));
                let text: String = events.collect();
                let text = format!("event: ping\ndata: ping\n\n{text}event: error\ndata: eof\n\n");
                Reply::bytes(200, "text/event-stream", text)
            }
            Self::Upload | Self::Resend => {
                assert!(
                    request.body().windows(FILE.len()).any(|part| part == FILE),
                    "the file came whole"
                );
                data(&json!({"identifier": "values", "name": "values.yaml", "type": "FILE"}))
            }
            Self::Download => Reply::bytes(200, "application/octet-stream", FILE),
        }
    }

    /// Runs the flow, and returns whether its result equals the data of the server.
    pub(crate) async fn run(self, harness: &Harness, turns: &Turns) -> Result<bool> {
        let organizations = harness.account().organizations();
        let project = harness.org("retail").project("checkout");
        match self {
            Self::Read => Ok(is_retail(&organizations.get("retail").await?)),
            Self::Write => Ok(is_retail(&organizations.create("retail", "Retail").await?)),
            Self::Delete => organizations.delete("retail").await.map(|()| true),
            Self::List => list(harness, turns).await,
            Self::Wait => Ok(project.run(RUN).wait().await?.outcome == Outcome::Success),
            Self::Blob => log(&project, false).await,
            Self::Stream => log(&project, true).await,
            Self::Upload | Self::Resend => {
                let file = FilePart::bytes("values.yaml", FILE);
                let mut upload = project
                    .file_store()
                    .create_file("values", "values.yaml", file);
                if self == Self::Resend {
                    upload = upload.with_repeatable();
                }
                Ok(upload.await?.identifier.as_deref() == Some("values"))
            }
            Self::Download => {
                let file = project.file_store().download("values").await?;
                Ok(file.collect(CAP).await? == FILE)
            }
        }
    }

    /// Returns the responses to other operations than the one that meets the fault.
    pub(crate) fn beside(self) -> Option<(&'static str, Reply)> {
        let ended = match self {
            Self::Blob => ENDED + 9,
            Self::Stream => 0,
            _ => return None,
        };
        let step = json!({
            "uuid": "build", "name": "build", "identifier": "build", "baseFqn": "pipeline.stages.build",
            "status": if ended == 0 { "Running" } else { "Success" }, "startTs": ENDED, "endTs": ended,
            "logBaseKey": "build", "executableResponses": [],
        });
        Some((
            "getExecutionDetailV2",
            data(&detail("Running", &json!({"build": step}))),
        ))
    }
}

fn retail() -> Value {
    json!({"identifier": "retail", "name": "Retail", "description": "Shops", "tags": {}})
}

fn is_retail(found: &NgOrganizationResponse) -> bool {
    let name = found.organization.as_ref().map(|found| &found.name);
    name.is_some_and(|name| name.as_deref() == Some("Retail"))
}

/// Returns a success in the envelope of most services.
fn data(value: &Value) -> Reply {
    let body =
        json!({"status": "SUCCESS", "data": value, "metaData": null, "correlationId": "c0ffee"});
    Reply::json(200, &body)
}

fn page(request: &Received) -> Reply {
    let number: u64 = request
        .query("pageIndex")
        .and_then(|text| text.parse().ok())
        .expect("the number of a page");
    let rows = |range: Range<u64>| -> Vec<Value> {
        range
            .map(|id| json!({"organization": {"identifier": format!("o{id}"), "name": "o"}}))
            .collect()
    };
    let rows = rows(number * PAGE..ITEMS.min((number + 1) * PAGE));
    data(&json!({
        "totalPages": ITEMS.div_ceil(PAGE), "totalItems": ITEMS, "pageItemCount": rows.len(), "pageSize": PAGE,
        "content": rows, "pageIndex": number, "empty": rows.is_empty(), "pageToken": null,
    }))
}

fn detail(status: &str, nodes: &Value) -> Value {
    json!({
        "pipelineExecutionSummary": {
            "planExecutionId": RUN, "pipelineIdentifier": "deploy", "runSequence": 41, "status": status,
            "shouldUseSimplifiedKey": true,
        },
        "executionGraph": {"rootNodeId": "root", "nodeMap": nodes, "nodeAdjacencyListMap": {}},
    })
}

fn line(text: &str) -> String {
    json!({"level": "INFO", "pos": 0, "out": format!("{text}\n"), "time": "2026-11-20T10:11:12Z", "args": null})
        .to_string()
}

/// Reads a list. If it fails, the items before are complete, and the rest is read from the position in the error.
async fn list(harness: &Harness, turns: &Turns) -> Result<bool> {
    let list = || harness.account().organizations().list().page_size(10);
    let mut seen = Vec::new();
    let outcome = take(list().items(), &mut seen).await;
    if let Err(error) = &outcome {
        assert_eq!(
            seen,
            (0..2 * PAGE).collect::<Vec<_>>(),
            "what came before: {error}"
        );
        turns.heal();
        let position = position_of(error).expect("a position").clone();
        assert_eq!(position.index(), 2 * PAGE);
        let rest = take(list().pager().start_at(position).items(), &mut seen).await;
        rest.expect("the rest of the list");
    }
    assert_eq!(
        seen,
        (0..ITEMS).collect::<Vec<_>>(),
        "each item once, in order"
    );
    outcome.map(|()| true)
}

async fn take(mut items: Items<NgOrganizationResponse>, seen: &mut Vec<u64>) -> Result<()> {
    while let Some(item) = items.try_next().await? {
        let id = item
            .organization
            .and_then(|organization| organization.identifier);
        let id = id.and_then(|id| id.strip_prefix('o')?.parse().ok());
        seen.push(id.expect("an identifier with a number"));
    }
    Ok(())
}

async fn log(project: &Project, runs: bool) -> Result<bool> {
    let run: Run = project.run(RUN);
    let steps = run.steps().await?;
    assert_eq!((steps.len(), steps[0].ended().is_none()), (1, runs));
    let mut log = run.step_log(&steps[0]);
    let mut lines: Vec<String> = Vec::new();
    let outcome: Result<(), Error> = loop {
        match log.try_next().await {
            Ok(Some(line)) => lines.push(line.text().to_owned()),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    match outcome {
        Ok(()) => Ok(lines == LINES),
        Err(error) => {
            // The lines so far are the beginning of the log, each of them once.
            assert_eq!(lines, LINES[..lines.len()], "{error}");
            Err(error)
        }
    }
}
