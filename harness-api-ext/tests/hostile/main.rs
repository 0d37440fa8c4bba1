//! Hostile responses with a 2xx status for every call of every handle: each results in an error or in the right value,
//! and never in a false success.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    unused_imports,
    dead_code,
    unreachable_pub,
    reason = "a test fails by panicking, and which parts are used depends on the modules that are compiled in"
)]

mod calls;
#[path = "../common/mod.rs"]
mod common;
mod facts;
mod rows;

use calls::{At, Call, Gives, Got};
use common::{Reply, Server, builder};
use facts::{Description, Facts};
use harness_api_ext::{ErrorKind, Harness, RetryPolicy};
use rows::{Cell, ROWS, Right, Row};

fn at(server: &Server) -> At {
    let harness = builder()
        .endpoint(server.url())
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    At::new(&harness)
}

fn raw(status: &str, media: &str, body: &str) -> Reply {
    let media = match media {
        "" => String::new(),
        media => format!("Content-Type: {media}\r\n"),
    };
    Reply::Raw(format!(
        "HTTP/1.1 {status}\r\n{media}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    ))
}

/// Returns each call with its name and its described response.
async fn described() -> Vec<(Call, String, Facts)> {
    let description = Description::read();
    let server = Server::answering(|_, _| raw("400 Bad Request", "", ""));
    let at = at(&server);
    let mut described = Vec::new();
    for call in calls::all() {
        let (name, outcome) = (call.send)(&at);
        let error = outcome.await.expect_err(&name);
        let operation = error
            .operation()
            .unwrap_or_else(|| panic!("{name}: {error}"));
        let facts = description.of(operation);
        described.push((call, name, facts));
    }
    described
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_response_ends_in_an_error_or_in_the_right_value() {
    let calls = described().await;
    let mut wrong = Vec::new();
    for row in ROWS {
        let server = Server::answering(move |_, _| raw(row.status, row.media, row.body));
        let at = at(&server);
        for (call, name, facts) in &calls {
            let outcome = (call.send)(&at).1.await;
            let cell = Cell {
                name,
                gives: call.gives,
                facts,
            };
            let fault = match (outcome, (row.right)(&cell)) {
                (Err(error), None) if error.kind() == ErrorKind::Build => {
                    Some(format!("never sent: {error}"))
                }
                (Err(_), None) => None,
                (Err(error), Some(_)) => Some(format!("failed: {error}")),
                (Ok(got), None) => Some(format!("quiet: {got:?}")),
                (Ok(got), Some(Right::Is(right))) => {
                    (got != right).then(|| format!("wrong: {got:?}"))
                }
                (Ok(Got::Value(value)), Some(Right::Shows(text))) if value.contains(text) => None,
                (Ok(got), Some(Right::Shows(_))) => Some(format!("wrong: {got:?}")),
            };
            if let Some(fault) = fault {
                wrong.push(format!(
                    "{}: {name} [{}] {fault}",
                    row.name, facts.operation
                ));
            }
        }
    }
    if std::env::var_os("SUMMARY").is_some() {
        return summary(&wrong);
    }
    assert!(
        wrong.is_empty(),
        "{} cells are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn summary(wrong: &[String]) {
    let mut groups = std::collections::BTreeMap::<String, Vec<String>>::new();
    for line in wrong {
        let (row, rest) = line.split_once(": ").unwrap();
        let (name, rest) = rest.split_once(" [").unwrap();
        let fault = rest.split_once("] ").unwrap().1;
        let fault: String = fault.chars().take(14).collect();
        groups
            .entry(format!("{row} | {fault}"))
            .or_default()
            .push(name.to_owned());
    }
    for (group, names) in groups {
        println!("{group}: {} {}", names.len(), names.join(" "));
    }
}
