//! Replaying recordings, with invented exchanges.

#![cfg(all(feature = "connectors", feature = "cd"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::process::{Command, Output};

use harness_api_tests::replay::{self, Outcome};
use serde_json::{Value, json};

/// Folder that is removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn of(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("replay-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        for (name, text) in files {
            std::fs::write(path.join(name), text).unwrap();
        }
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn replay(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_replay"))
        .args(arguments)
        .output()
        .unwrap()
}

fn exchange(kind: &str, method: &str, path: &str, body: Value) -> String {
    json!({
        "operationId": null, "kind": kind, "method": method, "path": path, "body": body,
        "status": if kind == "error" { 404 } else { 200 },
        "headers": {"X-Extra": "yes"}, "content_type": "application/json", "area": "invented"
    })
    .to_string()
}

fn folder(name: &str) -> Folder {
    let connector = "/gateway/ng/api/connectors/hub?accountIdentifier=acme*";
    let good = json!({
        "status": "SUCCESS",
        "metaData": null,
        "data": {"connector": {"name": "Hub", "novelty": {"a": 1, "b": [2, 3]}, "tags": {}}}
    });
    let odd = json!({"status": "SUCCESS", "data": {"connector": {"name": ["H"], "identifier": 7}}});
    let fault = json!({"code": "RESOURCE_NOT_FOUND", "message": "no hub", "extra": [1.50]});
    let environment = json!({"type": "Production", "identifier": "reef", "tags": {"tier": "gold"}});
    let yaml = json!({
        "operationId": "createServiceV2", "kind": "request", "method": "POST",
        "path": "/ng/api/servicesV2", "status": null, "content_type": "application/yaml",
        "body": "service:\n  # kept\n  name: Shop\n"
    });
    Folder::of(
        name,
        &[
            ("01.json", &exchange("response", "GET", connector, good)),
            ("02.json", &exchange("response", "GET", connector, odd)),
            (
                "03.json",
                &exchange("response", "GET", connector, json!([])),
            ),
            (
                "04.json",
                &exchange("response", "GET", "/no/such/thing", json!({"a": 1})),
            ),
            ("05.json", &exchange("error", "GET", connector, fault)),
            (
                "06.json",
                &exchange("request", "POST", "/ng/api/environmentsV2", environment),
            ),
            (
                "07.json",
                &exchange("request", "POST", "/ng/api/environmentsV2", json!({})),
            ),
            ("08.json", &yaml.to_string()),
            ("README.md", "no recording"),
        ],
    )
}

#[test]
fn every_kind_of_exchange_has_its_verdict() {
    let folder = folder("verdicts");
    let report = replay::run(&folder.0).unwrap();
    let outcomes: Vec<_> = report.files.iter().map(|file| &file.outcome).collect();
    use Outcome::{Apart, Bad, Good};
    assert_eq!(
        outcomes,
        [&Good, &Good, &Bad, &Apart, &Good, &Good, &Bad, &Good],
        "{}",
        report.text(true)
    );
    // 3 of 6 leaves, 2 of 3, and 0 of 1.
    assert_eq!(
        report.summary(),
        "responses 2/3 decoded, 50.00% of leaves kept; errors 1/1 mapped; requests 2/3"
    );
    let text = report.text(false);
    for part in [
        "01.json getConnector: decoded, 3/6 leaves (50.00%)",
        "dropped: data.connector.novelty.a\n",
        "dropped: data.connector.novelty.b.* (2 times)\n",
        "kept aside: data.connector.name.*\n",
        "03.json getConnector: NOT DECODED",
        "04.json -: not counted; not in the API",
        "not counted: 1 files, not in the API",
        "missing member `type`",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(
        report
            .text(true)
            .contains("dropped: data.connector.novelty.b.1\n")
    );
    // The message of a failure is shown. Values of responses may be secret.
    assert!(report.text(true).contains("no hub"));
    assert!(!report.text(true).contains("Hub"));
}

#[test]
fn the_program_ends_with_the_summary() {
    let folder = folder("program");
    let output = replay(&[folder.0.to_str().unwrap(), "--verbose"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text.lines().last().unwrap(),
        "responses 2/3 decoded, 50.00% of leaves kept; errors 1/1 mapped; requests 2/3"
    );
    let help = replay(&["--help"]);
    assert!(help.status.success());
    assert!(
        String::from_utf8(help.stdout)
            .unwrap()
            .contains("--verbose")
    );
}

#[test]
fn an_error_is_compared_with_what_is_expected_of_it() {
    let body = json!({"status": "FAILURE", "code": "DUPLICATE_FIELD", "message": "taken", "correlationId": "c1"});
    let expecting = |kind: &str, status: u16, expect: Value| {
        json!({
            "kind": kind, "method": "POST", "path": "/ng/api/connectors", "status": status,
            "content_type": "application/json", "body": body, "expect": expect
        })
        .to_string()
    };
    let right = json!({
        "kind": "Api", "envelope": "NgFailure", "code": "DUPLICATE_FIELD", "message": "taken",
        "correlationId": "c1", "hints": [], "fields": [], "permissions": [], "retry_after": null,
        "cause_code": null, "already_exists": true, "conflict": true, "not_found": false
    });
    let wrong = json!({"code": null, "not_found": true, "message": "taken", "colour": "red"});
    let folder = Folder::of("expect", &[("01.json", &expecting("error", 400, right))]);
    let inner = folder.0.join("inner");
    std::fs::create_dir_all(&inner).unwrap();
    for (name, text) in [
        ("02.json", expecting("error", 400, wrong)),
        ("03.json", expecting("response", 200, json!({}))),
    ] {
        std::fs::write(inner.join(name), text).unwrap();
    }
    let fine = json!({
        "kind": "error", "method": "GET", "path": "/ng/api/connectors/hub", "status": 200,
        "body": {"status": "SUCCESS", "data": {}}, "expect": {"kind": "Api"}
    });
    std::fs::write(inner.join("04.json"), fine.to_string()).unwrap();
    let report = replay::run(&folder.0).unwrap();
    let text = report.text(true);
    assert_eq!(report.files[0].outcome, Outcome::Good, "{text}");
    for line in [
        "inner/02.json createConnector: NOT MAPPED; code is \"DUPLICATE_FIELD\", not null; nothing is called colour; \
         not_found is false, not true\n",
        "inner/03.json createConnector: NOT DECODED, 0/4 leaves (0.00%); only an error has `expect`\n",
        "inner/04.json getConnector: NOT MAPPED; no error\n",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = Folder::of("bad", &[("09.json", "{\"kind\": \"riddle\"}")]);
    let output = replay(&[folder.0.to_str().unwrap()]);
    assert!(!output.status.success());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("09.json")
    );
    let missing = replay(&["/no/such/folder"]);
    assert!(!missing.status.success());
    assert!(
        String::from_utf8(missing.stderr)
            .unwrap()
            .contains("/no/such/folder")
    );
    let empty = Folder::of("empty", &[]);
    let report = replay::run(&empty.0).unwrap();
    assert_eq!(
        report.summary(),
        "responses 0/0 decoded, 100.00% of leaves kept; errors 0/0 mapped; requests 0/0"
    );
}
