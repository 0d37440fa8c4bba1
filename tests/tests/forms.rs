//! Every multipart form of the API over real connections: each part has its name and its content on the wire.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use harness_api::{Client, FilePart, OPERATIONS, Operation, Place};
use harness_api_tests::dispatch::{Content, Form, forms};
use harness_api_tests::server::{Recorded, Server, answer};
use serde_json::Value;

const MULTIPART: &str = "multipart/form-data";
const FILE: &str = "what the file holds";

fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().flat_map(|module| module.iter()).copied()
}

#[test]
fn every_operation_with_a_form_is_tried() {
    let described: BTreeSet<&str> = operations()
        .filter(|operation| operation.bodies.contains(&MULTIPART))
        .map(|operation| operation.id)
        .collect();
    let tried: BTreeSet<&str> = forms().map(|form| form.id).collect();
    assert_eq!(described, tried);
    for form in forms() {
        let operation = operations()
            .find(|operation| operation.id == form.id)
            .unwrap();
        let of_table: Vec<&str> = operation
            .params
            .iter()
            .filter(|param| param.place == Place::Form)
            .map(|param| param.name)
            .collect();
        let of_call: Vec<&str> = form.parts.iter().map(|(name, _)| *name).collect();
        assert_eq!(of_table, of_call, "{}", form.id);
        assert!(!of_call.is_empty(), "{}: a form without parts", form.id);
    }
}

#[tokio::test]
async fn files_from_memory_arrive() {
    for form in forms() {
        arrives(form, "memory.txt", &|| {
            FilePart::bytes("memory.txt", FILE).mime("text/plain")
        })
        .await;
    }
}

#[tokio::test]
async fn files_from_disk_arrive() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("disk.txt");
    std::fs::write(&path, FILE).unwrap();
    for form in forms().filter(|form| {
        form.parts
            .iter()
            .any(|(_, content)| matches!(content, Content::File))
    }) {
        arrives(form, "disk.txt", &|| {
            FilePart::path(&path).mime("text/plain")
        })
        .await;
    }
}

async fn arrives(form: &Form, file_name: &str, file: &dyn Fn() -> FilePart) {
    let server = Server::playing([answer("204 No Content", &[], "")]);
    let client = Client::new(server.url()).unwrap();
    (form.call)(&client, file)
        .empty()
        .await
        .unwrap_or_else(|error| panic!("{}: {error}", form.id));
    let parts = parts(&server.request());
    let mut parts = parts.iter();
    for (name, content) in form.parts {
        let mut next = || {
            let part = parts
                .next()
                .unwrap_or_else(|| panic!("{}: no part {name}", form.id));
            assert_eq!(part.name, *name, "{}", form.id);
            part
        };
        match content {
            Content::Texts(texts) => {
                for text in *texts {
                    let part = next();
                    assert_eq!(
                        (part.file.as_deref(), part.media.as_deref()),
                        (None, None),
                        "{} {name}",
                        form.id
                    );
                    assert_eq!(part.body, *text, "{} {name}", form.id);
                }
            }
            Content::Json(json) => {
                let part = next();
                assert_eq!(
                    part.media.as_deref(),
                    Some("application/json"),
                    "{} {name}",
                    form.id
                );
                let (sent, wanted): (Value, Value) = (
                    serde_json::from_str(&part.body).unwrap(),
                    serde_json::from_str(json).unwrap(),
                );
                assert_eq!(sent, wanted, "{} {name}", form.id);
            }
            Content::File => {
                let part = next();
                assert_eq!(part.file.as_deref(), Some(file_name), "{} {name}", form.id);
                assert_eq!(
                    part.media.as_deref(),
                    Some("text/plain"),
                    "{} {name}",
                    form.id
                );
                assert_eq!(part.body, FILE, "{} {name}", form.id);
            }
        }
    }
    assert_eq!(parts.count(), 0, "{}: parts that nothing set", form.id);
}

struct Part {
    name: String,
    file: Option<String>,
    media: Option<String>,
    body: String,
}

fn parts(request: &Recorded) -> Vec<Part> {
    let media = request.header("Content-Type").unwrap();
    let boundary = media
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let mut pieces: Vec<&str> = request
        .text()
        .split(&format!("--{boundary}"))
        .map(|piece| piece.trim_start_matches("\r\n"))
        .collect();
    assert_eq!(pieces.pop(), Some("--\r\n"), "the last boundary");
    assert_eq!(pieces.remove(0), "", "nothing before the first boundary");
    pieces
        .into_iter()
        .map(|piece| {
            let (head, body) = piece.split_once("\r\n\r\n").unwrap();
            let header = |name: &str| {
                head.lines()
                    .find_map(|line| line.strip_prefix(name))
                    .map(str::to_owned)
            };
            let disposition = header("Content-Disposition: form-data; ").unwrap();
            let member = |name: &str| {
                let (_, rest) = disposition.split_once(&format!("{name}=\""))?;
                Some(rest.split_once('"')?.0.to_owned())
            };
            let (own, file) = match disposition.split_once("; filename=") {
                Some((own, _)) => (own, member("filename")),
                None => (disposition.as_str(), None),
            };
            Part {
                name: own
                    .strip_prefix("name=\"")
                    .unwrap()
                    .trim_end_matches('"')
                    .to_owned(),
                file,
                media: header("Content-Type: "),
                body: body.strip_suffix("\r\n").unwrap().to_owned(),
            }
        })
        .collect()
}
