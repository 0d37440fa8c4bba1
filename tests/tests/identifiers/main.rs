//! Every call of every handle, with each of its identifiers empty in turn: no request is sent, and the error names the
//! identifier. An empty organization or project would move a call to a higher level, and an empty identifier would
//! widen it.
//!
//! The table of calls is complete by construction: the public surface is read, and a method that is neither in the
//! table nor in the short list of methods without a request fails the test.

#![cfg(all(
    feature = "access_control",
    feature = "audit",
    feature = "ccm",
    feature = "cd",
    feature = "chaos",
    feature = "code",
    feature = "connectors",
    feature = "delegates",
    feature = "ff",
    feature = "gitops",
    feature = "har",
    feature = "iacm",
    feature = "idp",
    feature = "pipeline",
    feature = "platform",
    feature = "policy",
    feature = "secrets",
    feature = "templates",
    feature = "users"
))]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod surface;
mod table;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::pin::Pin;

use harness_api_ext::{Account, Error, ErrorKind, Harness, Org, Project, RetryPolicy};
use harness_api_tests::server::{Server, json};

/// Part of the error of an empty identifier after its name.
const EMPTY: &str = "is empty";

/// Blank identifiers.
const BLANK: &[&str] = &["", " \t"];

/// Values that would end an identifier within a path or a reference.
const DIVIDED: &[&str] = &["a/b", "/", "..", "a\\b", "a?b", "a#b", "a\nb"];

/// Outcome of a call.
type Outcome = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// Call of a handle.
struct Entry {
    /// Type of the handle, with its path.
    handle: fn(&Walk) -> &'static str,
    method: &'static str,
    call: fn(&Walk) -> Outcome,
}

/// Supplies the identifiers of a call, one of which may be empty.
struct Walk {
    harness: Harness,
    /// Number of the empty identifier, and its value.
    empty: Option<(usize, &'static str)>,
    given: RefCell<Vec<Given>>,
}

struct Given {
    /// Expected text of the error.
    fault: &'static str,
    id: String,
    /// Whether separators in it are an error.
    is_part: bool,
}

impl Walk {
    fn new(harness: &Harness, empty: Option<(usize, &'static str)>) -> Self {
        Self {
            harness: harness.clone(),
            empty,
            given: RefCell::default(),
        }
    }

    /// Returns the identifier of an entity.
    fn id(&self) -> String {
        self.give(EMPTY, false)
    }

    /// Returns the identifier of a registry or a repository, which becomes a part of a reference.
    fn part(&self) -> String {
        self.give(EMPTY, true)
    }

    fn give(&self, fault: &'static str, is_part: bool) -> String {
        let mut given = self.given.borrow_mut();
        let number = given.len();
        let id = match self.empty {
            Some((empty, text)) if empty == number => text.to_owned(),
            _ => format!("given{number}x"),
        };
        given.push(Given {
            fault,
            id: id.clone(),
            is_part,
        });
        id
    }

    fn account(&self) -> Account {
        self.harness.account()
    }

    fn org(&self) -> Org {
        let id = self.give("the organization identifier is empty", true);
        self.harness.org(id)
    }

    fn project(&self) -> Project {
        let org = self.org();
        org.project(self.give("the project identifier is empty", true))
    }
}

/// Starts a server that denies everything, which ends waits and logs at once.
fn denying() -> (Server, Harness) {
    let denial = r#"{"status":"ERROR","code":"NG_ACCESS_DENIED","message":"not allowed","correlationId":"c0ffee"}"#;
    let server = Server::playing((0..4_000).map(|_| json("403 Forbidden", denial)));
    let harness = Harness::builder()
        .api_key("sat.AcmeAccount.6650f0.example")
        .endpoint(server.url())
        .retry(RetryPolicy::never())
        .build()
        .expect("a client");
    (server, harness)
}

fn name(entry: &Entry, walk: &Walk) -> String {
    surface::key((entry.handle)(walk), entry.method)
}

#[tokio::test]
async fn nothing_is_sent_with_an_empty_identifier() {
    let (server, harness) = denying();
    let mut faults = Vec::new();
    for entry in table::entries() {
        let whole = Walk::new(&harness, None);
        let name = name(&entry, &Walk::new(&harness, None));
        // With all identifiers, the request is sent and contains them.
        let before = server.requests().len();
        let outcome = (entry.call)(&whole).await;
        let sent = server.requests().split_off(before);
        if sent.is_empty() {
            faults.push(format!("{name} is not sent: {outcome:?}"));
        }
        let given = whole.given.into_inner();
        for (number, Given { fault, id, .. }) in given.iter().enumerate() {
            if *fault != EMPTY && table::OF_NO_LEVEL.contains(&&*name) {
                continue;
            }
            let is_sent = sent
                .iter()
                .any(|request| request.target().contains(id) || request.text().contains(id));
            if !is_sent {
                faults.push(format!(
                    "{name} does not send identifier {number}: {:?}",
                    sent
                ));
            }
        }
        // With an empty identifier, or one that changes the path, it is not sent.
        for (number, Given { fault, is_part, .. }) in given.iter().enumerate() {
            let blank = BLANK.iter().map(|text| (text, *fault));
            let divided = DIVIDED.iter().map(|text| (text, "identifier"));
            for (text, said) in blank.chain(divided.filter(|_| *is_part)) {
                let walk = Walk::new(&harness, Some((number, text)));
                let before = server.requests().len();
                let outcome = (entry.call)(&walk).await;
                let sent = server.requests().split_off(before);
                if let Some(request) = sent.first() {
                    faults.push(format!("{name} {number} {text:?} sends {}", request.line()));
                }
                match outcome {
                    Err(error)
                        if error.kind() == ErrorKind::Build && error.to_string().contains(said) => {
                    }
                    other => faults.push(format!("{name} {number} {text:?}: {other:?}")),
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn the_table_has_every_call() {
    let harness = Harness::builder()
        .api_key("sat.AcmeAccount.6650f0.example")
        .build()
        .expect("a client");
    let table: BTreeSet<String> = table::entries()
        .iter()
        .map(|entry| name(entry, &Walk::new(&harness, None)))
        .collect();
    let public = surface::calls();
    let missing: Vec<_> = public.difference(&table).collect();
    assert!(
        missing.is_empty(),
        "calls that the table lacks: {missing:#?}"
    );
    let unknown: Vec<_> = table.difference(&public).collect();
    assert!(unknown.is_empty(), "no public calls: {unknown:#?}");
}
