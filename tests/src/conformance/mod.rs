//! Calls every operation through its builder with values that satisfy the description, and judges the outcome.
//!
//! An operation is called with minimal and with full values, once for each content type of its body. A call is good if
//! the server accepts it, the response can be decoded, and encoding it results in the same document.

mod judge;
mod prism;
mod report;
mod values;

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use harness_api::{OPERATIONS, Operation};
use harness_api_ext::Harness;
use harness_api_ext::mock::{Described, Mode, Server};
use tokio::task::{JoinError, JoinSet};

use judge::Wrong;

pub use judge::Stage;
pub use prism::{Excuse, Prism};
pub use report::{Failure, Module, Report};

use crate::calls::{Calling, Given, modules};

/// Selection of calls.
#[derive(Debug)]
pub struct Plan {
    /// Only this module.
    pub module: Option<String>,
    /// Only this operation.
    pub operation: Option<String>,
    /// Extents of the values.
    pub modes: Vec<Mode>,
    /// Facts about the server if it is Prism.
    pub prism: Option<Prism>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            module: None,
            operation: None,
            modes: vec![Mode::Minimal, Mode::Full],
            prism: None,
        }
    }
}

/// Number of concurrent calls.
const AT_ONCE: usize = 8;

/// Starts a server that responds to every operation by the description, and rejects requests that violate it.
///
/// # Errors
///
/// Returns an error if no port is free.
pub async fn server(seed: u64) -> harness_api_ext::Result<Server> {
    Server::builder()
        .described(seed)
        .stateless()
        .remember(0)
        .start()
        .await
}

/// Makes the selected calls.
pub async fn run(harness: &Harness, described: &Described, plan: &Plan) -> Report {
    let table: HashMap<&str, &'static Operation> = OPERATIONS
        .iter()
        .flat_map(|module| module.iter())
        .map(|operation| (operation.id, *operation))
        .collect();
    let mut report = Report::default();
    for (name, callings) in modules() {
        if plan.module.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        let callings: Vec<(&'static Operation, &'static Calling)> = callings
            .iter()
            .filter(|calling| {
                plan.operation
                    .as_deref()
                    .is_none_or(|only| only == calling.id)
            })
            .filter_map(|calling| Some((*table.get(calling.id)?, calling)))
            .collect();
        if !callings.is_empty() {
            report
                .modules
                .push(module(harness, described, plan, name, &callings).await);
        }
    }
    report
}

async fn module(
    harness: &Harness,
    described: &Described,
    plan: &Plan,
    name: &str,
    callings: &[(&'static Operation, &'static Calling)],
) -> Module {
    let start = Instant::now();
    let mut module = Module {
        name: name.to_owned(),
        ..Module::default()
    };
    // Prism handles one request at a time, and closes waiting connections.
    let at_once = if plan.prism.is_some() { 1 } else { AT_ONCE };
    let mut failures = BTreeMap::new();
    let mut running = JoinSet::new();
    for &(operation, calling) in callings {
        for &mode in &plan.modes {
            match mode {
                Mode::Minimal => module.minimal += 1,
                Mode::Full => module.full += 1,
            }
            for way in ways(calling, mode) {
                while running.len() >= at_once {
                    if let Some(done) = running.join_next().await {
                        failures.extend(failure(plan, done));
                    }
                }
                let number = module.calls;
                module.calls += 1;
                let call = begin(harness, described, operation, calling, mode, way);
                running.spawn(async move {
                    let (judged, request) = match call {
                        Ok((going, request)) => (judge::answer(going.await), request),
                        Err((reason, request)) => {
                            (Err(Wrong::new(Stage::Request, reason)), request)
                        }
                    };
                    Called {
                        number,
                        operation,
                        media: way.1,
                        request,
                        judged,
                    }
                });
            }
        }
    }
    while let Some(done) = running.join_next().await {
        failures.extend(failure(plan, done));
    }
    module.failures = failures.into_values().collect();
    module.time = start.elapsed();
    module
}

/// Finished call.
struct Called {
    number: usize,
    operation: &'static Operation,
    media: &'static str,
    request: String,
    judged: Result<(), Wrong>,
}

/// Describes a failed call.
fn failure(plan: &Plan, done: Result<Called, JoinError>) -> Option<(usize, Failure)> {
    let called = done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    let wrong = called.judged.err()?;
    let prism = plan.prism.as_ref();
    let excuse = prism.and_then(|prism| prism.excuse(called.operation, called.media, &wrong));
    let (stage, excuse) = excuse.map_or((wrong.stage, None), |(stage, it)| (stage, Some(it)));
    let found = wrong.error.as_ref().and_then(prism::violations);
    let failure = Failure {
        operation: called.operation.id.to_owned(),
        request: called.request,
        stage,
        reason: found.unwrap_or(wrong.reason),
        excuse,
    };
    Some((called.number, failure))
}

/// Returns the content types of the body that a mode tries: the first, or each that has a body.
fn ways(calling: &'static Calling, mode: Mode) -> Vec<(usize, &'static str)> {
    let all = calling.ways.iter().copied().enumerate();
    match mode {
        Mode::Minimal => all.take(1).collect(),
        Mode::Full => {
            let given: Vec<_> = all.clone().filter(|(_, media)| !media.is_empty()).collect();
            if given.is_empty() {
                all.take(1).collect()
            } else {
                given
            }
        }
    }
}

type Begun = (crate::calls::Going, String);

fn begin(
    harness: &Harness,
    described: &Described,
    operation: &'static Operation,
    calling: &Calling,
    mode: Mode,
    way: (usize, &str),
) -> Result<Begun, (String, String)> {
    let account = harness.account_id();
    let given = values::given(described, operation, account, mode, way);
    let request = shown(operation, &given, way.1);
    match calling.call(harness.raw(), &given) {
        Ok(going) => match given.sent.take() {
            Some(sent) => match judge::request(&given.body, &sent) {
                Ok(()) => Ok((going, request)),
                Err(reason) => Err((reason, request)),
            },
            None => Ok((going, request)),
        },
        Err(fault) => Err((fault.to_string(), request)),
    }
}

/// Describes a call in one line.
fn shown(operation: &Operation, given: &Given, media: &str) -> String {
    /// Maximum number of characters shown of a body.
    const SHOWN: usize = 600;
    let mut text = format!("{} {}", operation.method, operation.path);
    for (param, value) in operation.params.iter().zip(&given.values) {
        if let Some(value) = value {
            text += &format!(" {}={value}", param.name);
        }
    }
    if !media.is_empty() {
        let body: String = given.body.chars().take(SHOWN).collect();
        text += &format!(" {media} {body}");
    }
    text
}
