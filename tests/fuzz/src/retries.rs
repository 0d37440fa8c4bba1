//! Servers that ask the client to wait.

use std::cell::OnceCell;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness_api::{ErrorKind, Incoming};
use harness_api_ext::{CallExt, Error, RetryPolicy};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;

use super::error_mapping::ask;
use super::stage::{KEY, Stage};

/// Timeout of a call.
const TOTAL: Duration = Duration::from_secs(300);
const ATTEMPTS: u32 = 6;

/// Input: lines of responses, each a status followed by headers as `name=value`, separated by `|`; `-` for no response.
///
/// Checks that nothing panics, that no wait is too long, that the call ends within its timeout after at most the
/// allowed attempts, and that its error contains the last response.
pub fn retries(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let answers: Vec<Option<(StatusCode, HeaderMap)>> = text.lines().take(12).map(answer).collect();
    if answers.is_empty() {
        return;
    }
    on_patient_stage(|stage| play(stage, answers));
}

/// Runs a function with the client of this thread that retries.
fn on_patient_stage(run: impl FnOnce(&Stage)) {
    thread_local! {
        static STAGE: OnceCell<Stage> = const { OnceCell::new() };
    }
    STAGE.with(|stage| run(stage.get_or_init(|| Stage::new(RetryPolicy::default()))));
}

fn play(stage: &Stage, answers: Vec<Option<(StatusCode, HeaderMap)>>) {
    let asked = Arc::new(Mutex::new(0_usize));
    let count = Arc::clone(&asked);
    let server = move |request: &harness_api::Outgoing| {
        let mut count = count.lock().expect("no panic");
        let at = (*count).min(answers.len() - 1);
        *count += 1;
        match &answers[at] {
            Some((status, headers)) => Ok(Incoming::new(*status, headers.clone(), "")),
            None => Err(request.error(ErrorKind::Transport, "the connection broke")),
        }
    };
    let patient = RetryPolicy::default()
        .max_attempts(ATTEMPTS)
        .max_retry_after(Duration::MAX);
    let (outcome, took) = stage.play(server, async {
        let begun = Instant::now();
        let call = stage.harness.request(reqwest::Method::GET, "/v1/orgs");
        let outcome = call
            .with_retry(patient)
            .with_total_timeout(TOTAL)
            .empty()
            .await;
        (outcome, begun.elapsed())
    });
    // Successes return the tokens of retries.
    let success = |_: &_| Ok(Incoming::new(StatusCode::NO_CONTENT, HeaderMap::new(), ""));
    stage.play(success, async {
        for _ in 0..10 * ATTEMPTS {
            let call = stage.harness.request(reqwest::Method::GET, "/v1/orgs");
            assert!(call.empty().await.is_ok());
        }
    });
    let asked = *asked.lock().expect("no panic");
    assert!(took <= TOTAL, "{took:?}");
    assert!(asked >= 1 && asked <= ATTEMPTS as usize, "{asked} attempts");
    if let Err(error) = outcome {
        let error = Error::from(error);
        assert_eq!(error.attempts(), Some(asked as u32));
        ask(&error);
    }
}

fn answer(line: &str) -> Option<(StatusCode, HeaderMap)> {
    let (status, rest) = line.split_once(' ').unwrap_or((line, ""));
    let status = status
        .parse()
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok())?;
    let mut headers = HeaderMap::new();
    for pair in rest.split('|') {
        let (name, value) = pair.split_once('=').unwrap_or(("retry-after", pair));
        let value = value.replace("@KEY@", KEY);
        if let (Ok(name), Ok(value)) = (
            name.trim().parse::<HeaderName>(),
            HeaderValue::from_str(&value),
        ) {
            headers.append(name, value);
        }
    }
    Some((status, headers))
}
