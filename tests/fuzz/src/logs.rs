//! Logs of steps, as event streams and as files, split at any place.

use std::cell::OnceCell;
use std::pin::Pin;
use std::task::{Context, Poll};

use arbitrary::Unstructured;
use bytes::Bytes;
use futures_core::Stream;
use harness_api::Incoming;
use harness_api_ext::pipeline::{LogLine, Run, RunStep};
use serde_json::{Value, json};

use super::error_mapping::ask;
use super::input::{below, divided};
use super::stage::{KEY, Stage, on_stage};

/// Input: the body of a log; after the last NUL, the places where it is split.
///
/// Checks that the lines and the end of the log do not depend on the splits, and that a stream that repeats the same
/// lines without end is abandoned.
pub fn logs(data: &[u8]) {
    let (body, mut choices) = divided(data);
    let cuts = cuts(body.len(), &mut choices);
    let bytes: Vec<usize> = (1..body.len().min(3000)).collect();
    on_stage(|stage| {
        for step in steps(stage) {
            let whole = read(stage, &step, body, &[]);
            assert_eq!(read(stage, &step, body, &cuts), whole, "cut at {cuts:?}");
            assert_eq!(read(stage, &step, body, &bytes), whole, "byte by byte");
        }
    });
}

fn cuts(length: usize, choices: &mut Unstructured<'_>) -> Vec<usize> {
    let mut cuts = Vec::new();
    while !choices.is_empty() && cuts.len() < 64 {
        cuts.push(below(choices, length + 1));
    }
    cuts.sort_unstable();
    cuts
}

fn run(stage: &Stage) -> Run {
    stage
        .harness
        .org("retail")
        .project("checkout")
        .run("pX9cD1Yw")
}

/// Returns a running step, whose log is a stream, and a step that ended long ago, whose log is a file.
fn steps(stage: &Stage) -> Vec<RunStep> {
    thread_local! {
        static STEPS: OnceCell<Vec<RunStep>> = const { OnceCell::new() };
    }
    let step = |name: &str, ended: i64| -> Value {
        json!({"uuid": name, "name": format!("{name}\n{KEY}"), "identifier": name, "status": if ended == 0 { "Running" } else { "Success" },
            "startTs": 1_761_800_000_000_i64, "endTs": ended, "logBaseKey": name})
    };
    let detail = json!({"status": "SUCCESS", "data": {
        "pipelineExecutionSummary": {"planExecutionId": "pX9cD1Yw", "status": "Running"},
        "executionGraph": {"nodeMap": {"file": step("file", 1_761_800_000_001), "stream": step("stream", 0)},
            "nodeAdjacencyListMap": {}},
    }});
    STEPS.with(|steps| {
        let read = || {
            let answer = move |_: &_| Ok(answer(detail.to_string(), &[]));
            let steps = stage.play(answer, async { run(stage).steps().await });
            steps.expect("two steps")
        };
        steps.get_or_init(read).clone()
    })
}

/// Returns the lines of a log, and the error at its end.
fn read(
    stage: &Stage,
    step: &RunStep,
    body: &[u8],
    cuts: &[usize],
) -> (Vec<LogLine>, Option<String>) {
    let (body, cuts) = (body.to_vec(), cuts.to_vec());
    let mut asked = 0;
    let server = move |_: &_| {
        asked += 1;
        assert!(asked < 200, "the log is asked for again and again");
        Ok(answer(&body, &cuts))
    };
    stage.play(server, async {
        let mut log = run(stage).step_log(step);
        let mut lines = Vec::new();
        loop {
            match log.try_next().await {
                Ok(Some(line)) => lines.push(line),
                Ok(None) => return (lines, None),
                Err(error) => {
                    ask(&error);
                    return (
                        lines,
                        Some(format!("{:?}: {}", error.kind(), error.message())),
                    );
                }
            }
        }
    })
}

/// Returns a response whose body arrives in pieces.
fn answer(body: impl AsRef<[u8]>, cuts: &[usize]) -> Incoming {
    let body = Bytes::copy_from_slice(body.as_ref());
    let ends = cuts.iter().copied().chain([body.len()]);
    let mut from = 0;
    let pieces: Vec<Bytes> = ends
        .map(|end| {
            let piece = body.slice(from..end);
            from = end;
            piece
        })
        .collect();
    let body = reqwest::Body::wrap_stream(Pieces(pieces.into_iter()));
    let answer = http::Response::builder()
        .header("content-type", "text/plain")
        .body(body)
        .expect("an answer");
    reqwest::Response::from(answer).into()
}

struct Pieces(std::vec::IntoIter<Bytes>);

impl Stream for Pieces {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}
