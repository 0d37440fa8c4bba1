//! The HTTP runtime of the raw client on the wire: what it sends, byte by byte, and how it reads any response.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::pin::Pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use harness_api::{
    BoxFuture, Call, Client, Configure, Error, ErrorKind, FilePart, Incoming, Layer, Next,
    Operation, Outgoing, Param, RequestBody,
};
use harness_api_tests::server::{Script, Server, Step, answer, gate, json, raw};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as value};

const KEY: &str = "pat.an-account.a-token.a-secret";

static EVERYTHING: Operation = Operation::new(
    "everything",
    "GET",
    "/v1/{group}/agents/{agent.identifier}/{git_ref}.{format}",
)
.params(&[
    Param::path("group"),
    Param::path("agent.identifier"),
    Param::path("git_ref"),
    Param::path("format"),
    Param::query("term", false),
    Param::query("ids", false),
    Param::query("page", false),
    Param::query("ratio", false),
    Param::query("deep", false),
    Param::query("filter", false),
    Param::header("Harness-Account", false),
    Param::header("If-Match", false),
    Param::header("x-api-key", false),
])
.answers(&["application/json"]);

static GET_BODY: Operation = Operation::new("getBody", "GET", "/gateway/things")
    .bodies(&["application/json", "application/yaml"], false)
    .answers(&["application/json"]);
static DELETE_BODY: Operation =
    Operation::new("deleteBody", "DELETE", "/things").bodies(&["application/json"], false);
static POST_BODY: Operation = Operation::new("postBody", "POST", "/things").bodies(
    &[
        "application/json",
        "application/yaml",
        "application/octet-stream",
    ],
    false,
);
static PATCH_MERGE: Operation = Operation::new("patchMerge", "PATCH", "/things")
    .bodies(&["application/merge-patch+json"], true);
static UPLOAD: Operation = Operation::new("upload", "POST", "/files")
    .params(&[
        Param::query("accountIdentifier", true),
        Param::form("name", true),
        Param::form("tags", false),
        Param::form("spec", false),
        Param::form("file", true),
        Param::form("second", false),
    ])
    .bodies(&["multipart/form-data"], true);
static BRANCHES: Operation = Operation::new("branches", "GET", "/repos/{repo_ref}/branches")
    .params(&[Param::path_ref("repo_ref")])
    .answers(&["application/json"]);
static YAML: Operation =
    Operation::new("deployYaml", "GET", "/deploy.yaml").answers(&["application/yaml"]);
static ARCHIVE: Operation =
    Operation::new("archive", "GET", "/archive").answers(&["application/zip"]);
static THING: Operation =
    Operation::new("getThing", "GET", "/things/7").answers(&["application/json"]);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Thing {
    id: u32,
}

fn client(server: &Server) -> Client {
    Client::builder(server.url())
        .header("x-api-key", KEY)
        .unwrap()
        .build()
        .unwrap()
}

fn thing(client: &Client) -> harness_api::Sending<Thing> {
    Call::new(client, &THING).json()
}

/// Returns the error for a response to [`THING`].
async fn failure(script: Script) -> Error {
    let server = Server::playing([script]);
    let error = thing(&client(&server)).await.unwrap_err();
    assert!(!error.is_certainly_not_sent());
    assert!(!format!("{error} {error:?} {error:#?}").contains("secret"));
    error
}

fn ok() -> Script {
    json("200 OK", "{\"id\":7}")
}

// Sent requests.

#[tokio::test]
async fn every_place_and_kind_reaches_the_wire_in_the_order_of_the_table() {
    let server = Server::playing([ok()]);
    let client = client(&server);
    let mut call = Call::new(&client, &EVERYTHING);
    call.text(10, "an-account");
    call.text(11, "\"3\"");
    call.flag(8, false);
    call.number(7, 0.5);
    call.int(6, -1);
    call.texts(5, ["dropped"]);
    call.texts(5, ["a", "b,c"]);
    call.text(4, "first");
    call.text(4, "a b+c&d=é/?#%");
    call.object(
        9,
        &value!({"kind": "x y", "list": [1, 2], "none": null, "on": true}),
    );
    call.text(0, "../x?y#z");
    call.text(1, "ops");
    call.text(2, "refs/heads/ä");
    call.text(3, "zip");
    let call = call
        .with_query("extra", "1 2")
        .with_query("extra", "")
        .with_header("X-Extra", "yes");
    let response = call.json::<Thing>().await.unwrap();
    assert_eq!(*response, Thing { id: 7 });
    assert_eq!(response.status(), 200);
    assert_eq!(response.bytes(), "{\"id\":7}");
    let request = server.request();
    assert_eq!(
        request.line(),
        "GET /v1/..%2Fx%3Fy%23z/agents/ops/refs%2Fheads%2F%C3%A4.zip\
         ?term=a%20b%2Bc%26d%3D%C3%A9%2F%3F%23%25&ids=a&ids=b%2Cc&page=-1&ratio=0.5&deep=false\
         &kind=x%20y&list=1&list=2&on=true&extra=1%202&extra= HTTP/1.1"
    );
    assert_eq!(request.header("Harness-Account"), Some("an-account"));
    assert_eq!(request.header("If-Match"), Some("\"3\""));
    assert_eq!(request.header("X-Extra"), Some("yes"));
    assert_eq!(request.header("x-api-key"), Some(KEY));
    assert_eq!(request.header("Accept"), Some("application/json"));
    assert!(
        request
            .header("User-Agent")
            .unwrap()
            .starts_with("harness-api-rust/")
    );
    assert_eq!(request.header("Content-Type"), None);
    assert_eq!(request.header("Content-Length"), None);
}

#[tokio::test]
async fn references_span_segments() {
    let server = Server::playing([ok(), ok()]);
    let client = client(&server);
    for reference in ["acct/my org/proj/repo", "repo"] {
        let mut call = Call::new(&client, &BRANCHES);
        call.text(0, reference);
        call.json::<Value>().await.unwrap();
    }
    let requests = server.requests();
    assert_eq!(
        requests[0].target(),
        "/repos/acct/my%20org/proj/repo/+/branches"
    );
    assert_eq!(requests[1].target(), "/repos/repo/branches");
}

#[tokio::test]
async fn get_and_delete_carry_bodies() {
    let server = Server::playing([ok(), ok()]);
    let client = client(&server);
    for operation in [&GET_BODY, &DELETE_BODY] {
        let mut call = Call::new(&client, operation);
        call.body_json(&value!({"filterType": "Trigger"}));
        call.json::<Thing>().await.unwrap();
    }
    for request in server.requests() {
        assert_eq!(request.text(), r#"{"filterType":"Trigger"}"#);
        assert_eq!(request.header("Content-Type"), Some("application/json"));
        assert_eq!(request.header("Content-Length"), Some("24"));
    }
}

#[tokio::test]
async fn bodies_go_as_they_are_with_exactly_their_type() {
    let yaml = "pipeline:\n  # kept\n  name: <+input>\n";
    let server = Server::playing((0..6).map(|_| ok()));
    let client = client(&server);
    let file = temp("body.bin", b"from disk");
    type Set = fn(&mut Call, &str);
    let bodies: [(&str, &str, Set); 6] = [
        ("application/yaml", yaml, |call, text| {
            call.body_text("application/yaml", text);
        }),
        ("text/plain", "", |call, text| {
            call.body_text("text/plain", text)
        }),
        ("application/octet-stream", "\u{0}bytes", |call, text| {
            call.body_bytes("application/octet-stream", text.as_bytes().to_vec());
        }),
        ("application/gzip", "from disk", |call, _| {
            let path =
                std::env::temp_dir().join(format!("http-runtime-{}-body.bin", std::process::id()));
            call.body_bytes("application/gzip", RequestBody::from_file(path));
        }),
        ("application/x-pieces", "onetwo", |call, _| {
            let pieces = Pieces(vec![Bytes::from_static(b"two"), Bytes::from_static(b"one")]);
            call.body_bytes("application/x-pieces", RequestBody::from_stream(pieces));
        }),
        ("application/json", "{\"id\":1}", |call, _| {
            call.body_json(&Thing { id: 1 });
        }),
    ];
    for (_, text, set) in &bodies {
        let mut call = Call::new(&client, &POST_BODY);
        set(&mut call, text);
        call.json::<Thing>().await.unwrap();
    }
    drop(file);
    for (request, (media, text, _)) in server.requests().iter().zip(&bodies) {
        assert_eq!(request.header("Content-Type"), Some(*media));
        assert_eq!(request.text(), *text, "{media}");
        let length = request.header("Content-Length");
        if *media == "application/x-pieces" {
            assert_eq!(request.header("Transfer-Encoding"), Some("chunked"));
        } else {
            assert_eq!(length, Some(text.len().to_string().as_str()), "{media}");
        }
    }
}

#[tokio::test]
async fn json_takes_the_type_of_its_family_where_the_operation_has_no_other() {
    let server = Server::playing([ok()]);
    let client = client(&server);
    let mut call = Call::new(&client, &PATCH_MERGE);
    call.body_json(&Thing { id: 1 });
    call.json::<Thing>().await.unwrap();
    assert_eq!(
        server.request().header("Content-Type"),
        Some("application/merge-patch+json")
    );
}

#[tokio::test]
async fn an_optional_body_that_is_not_set_leaves_no_trace() {
    let server = Server::playing([ok()]);
    Call::new(&client(&server), &POST_BODY)
        .json::<Thing>()
        .await
        .unwrap();
    let request = server.request();
    assert_eq!(request.line(), "POST /things HTTP/1.1");
    assert_eq!(request.header("Content-Type"), None);
    assert_eq!(request.header("Transfer-Encoding"), None);
    assert_eq!(request.header("Content-Length"), Some("0"));
    assert!(request.body().is_empty());
}

#[tokio::test]
async fn multipart_has_texts_json_and_files_from_memory_and_disk() {
    let server = Server::playing([ok()]);
    let client = client(&server);
    let file = temp("a \"b\".txt", b"from disk");
    let mut call = Call::new(&client, &UPLOAD);
    call.text(0, "acc");
    call.text(1, "two words");
    call.texts(2, ["a", "b"]);
    call.object(3, &value!({"type": "SecretFile"}));
    call.file(
        4,
        FilePart::bytes("memory.txt", "in memory").mime("text/plain"),
    );
    call.file(5, FilePart::path(&file.0).named("disk.bin"));
    call.json::<Thing>().await.unwrap();
    let request = server.request();
    assert_eq!(request.target(), "/files?accountIdentifier=acc");
    let media = request.header("Content-Type").unwrap();
    let boundary = media
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let disposition = "Content-Disposition: form-data; name=";
    let expected = format!(
        "--{boundary}\r\n{disposition}\"name\"\r\n\r\ntwo words\r\n\
         --{boundary}\r\n{disposition}\"tags\"\r\n\r\na\r\n\
         --{boundary}\r\n{disposition}\"tags\"\r\n\r\nb\r\n\
         --{boundary}\r\n{disposition}\"spec\"\r\nContent-Type: application/json\r\n\r\n{{\"type\":\"SecretFile\"}}\r\n\
         --{boundary}\r\n{disposition}\"file\"; filename=\"memory.txt\"\r\nContent-Type: text/plain\r\n\r\nin memory\r\n\
         --{boundary}\r\n{disposition}\"second\"; filename=\"disk.bin\"\r\nContent-Type: application/octet-stream\r\n\r\nfrom disk\r\n\
         --{boundary}--\r\n"
    );
    assert_eq!(request.text(), expected);
    assert_eq!(
        request.header("Content-Length"),
        Some(expected.len().to_string().as_str())
    );
}

#[tokio::test]
async fn the_gateway_is_not_doubled_and_a_prefix_is_kept() {
    for (suffix, target) in [
        ("", "/gateway/things"),
        ("/gateway", "/gateway/things"),
        ("/gateway/", "/gateway/things"),
        ("/sub/gateway", "/sub/gateway/things"),
        ("/sub/", "/sub/gateway/things"),
    ] {
        let server = Server::playing([ok()]);
        let client = Client::new(format!("{}{suffix}", server.url())).unwrap();
        Call::new(&client, &GET_BODY).json::<Thing>().await.unwrap();
        assert_eq!(server.request().target(), target, "{suffix}");
    }
}

#[tokio::test]
async fn headers_of_the_call_win_over_parameters_and_these_over_defaults() {
    let server = Server::playing([ok(), ok(), ok()]);
    let client = Client::builder(server.url())
        .header("x-api-key", KEY)
        .unwrap()
        .header("If-Match", "default")
        .unwrap()
        .build()
        .unwrap();
    let call = |operation| Call::new(&client, operation);
    call(&THING).json::<Thing>().await.unwrap();
    for from_call in [false, true] {
        let mut call = call(&EVERYTHING);
        for index in 0..4 {
            call.text(index, "x");
        }
        call.text(11, "parameter");
        call.text(12, "another-key");
        if from_call {
            call = call
                .with_header("if-match", "call")
                .with_accept("text/yaml");
        }
        call.json::<Thing>().await.unwrap();
    }
    let requests = server.requests();
    assert_eq!(requests[0].header("If-Match"), Some("default"));
    assert_eq!(requests[1].header("If-Match"), Some("parameter"));
    assert_eq!(requests[1].header("x-api-key"), Some("another-key"));
    assert_eq!(requests[2].header("If-Match"), Some("call"));
    assert_eq!(requests[2].header("Accept"), Some("text/yaml"));
}

#[tokio::test]
async fn any_endpoint_can_be_called_without_the_table() {
    let server = Server::playing([ok(), answer("200 OK", &[], "plain")]);
    let client = client(&server);
    let thing = client
        .request("post", "/v9/groups/{group}/new")
        .segment("group", "a/b")
        .with_query("q", "x y")
        .with_header("Harness-Account", "acc")
        .json_body(&Thing { id: 1 })
        .send::<Thing>()
        .await
        .unwrap();
    assert_eq!(thing.id, 7);
    let text = client
        .request("PUT", "/raw")
        .text_body("application/yaml", "a: 1\n")
        .text()
        .await
        .unwrap();
    assert_eq!(*text, "plain");
    let requests = server.requests();
    assert_eq!(
        requests[0].line(),
        "POST /v9/groups/a%2Fb/new?q=x%20y HTTP/1.1"
    );
    assert_eq!(requests[0].text(), "{\"id\":1}");
    assert_eq!(requests[0].header("Harness-Account"), Some("acc"));
    assert_eq!(requests[1].header("Accept"), Some("*/*"));
    assert_eq!(requests[1].header("Content-Type"), Some("application/yaml"));
    for (method, path) in [
        ("GET", "no-slash"),
        ("GET", "/a?b=c"),
        ("GET", "/a#b"),
        ("GET", "/a/../b"),
        ("G T", "/a"),
        ("GET", "/{open}"),
    ] {
        let error = client
            .request(method, path)
            .send::<Value>()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build, "{method} {path}");
    }
}

// Requests that are never sent.

#[tokio::test]
async fn what_cannot_be_sent_is_a_build_error_that_names_it_and_shows_no_value() {
    let client = Client::new("http://127.0.0.1:9").unwrap();
    let filled = || {
        let mut call = Call::new(&client, &EVERYTHING);
        for index in 0..4 {
            call.text(index, "x");
        }
        call
    };
    type Spoil = fn(&mut Call);
    let cases: [(Spoil, &str); 12] = [
        (|call| call.text(0, ""), "path parameter `group` is empty"),
        (
            |call| call.text(1, ".."),
            "`agent.identifier` is a dot segment",
        ),
        (
            |call| call.text(10, "secret\r\nX: y"),
            "`Harness-Account` holds bytes",
        ),
        (
            |call| call.text(12, "secret\u{0}"),
            "`x-api-key` holds bytes",
        ),
        (
            |call| call.number(7, f64::NAN),
            "`ratio`: the number is not finite",
        ),
        (
            |call| call.object(9, &value!({"a": {"b": "secret"}})),
            "`filter`: its member `a`",
        ),
        (|call| call.object(10, &value!({})), "`Harness-Account`"),
        (
            |call| call.file(4, FilePart::bytes("x", "secret")),
            "`term`",
        ),
        (|call| call.text(99, "secret"), "no parameter 99"),
        (|call| call.body_text("bad\ntype", "secret"), "content type"),
        (
            |call| call.body_json(&std::collections::HashMap::from([(vec![1], 1)])),
            "cannot be written as JSON",
        ),
        (
            |call| call.body_bytes("a/b", RequestBody::from_file("/no/such/file-secret")),
            "cannot be read",
        ),
    ];
    for (spoil, text) in cases {
        let mut call = filled();
        spoil(&mut call);
        let error = call.json::<Value>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build, "{error}");
        assert!(error.is_certainly_not_sent());
        assert_eq!(
            error.operation().map(|operation| operation.id),
            Some("everything")
        );
        let shown = error.to_string();
        assert!(shown.starts_with("everything (GET /v1/{group}/"), "{shown}");
        assert!(shown.contains(text), "{shown}");
        assert!(
            !format!("{shown} {error:?}").contains("secret"),
            "{error:?}"
        );
    }
    let missing = Call::new(&client, &EVERYTHING).json::<Value>().await;
    assert!(
        missing
            .unwrap_err()
            .to_string()
            .contains("`group` is required and was not given")
    );
    for (name, value) in [("bad name", "x"), ("x-api-key", "secret\n")] {
        let error = filled()
            .with_header(name, value)
            .json::<Value>()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build);
        let error = Client::builder("http://h").header(name, value).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    let mut call = Call::new(&client, &UPLOAD);
    call.file(4, FilePart::bytes("a\r\nX-Evil: 1", "x"));
    assert_eq!(
        call.json::<Value>().await.unwrap_err().kind(),
        ErrorKind::Build
    );
    let mut call = Call::new(&client, &UPLOAD);
    call.file(4, FilePart::bytes("a", "x").mime("a/b\r\nX-Evil: 1"));
    assert_eq!(
        call.json::<Value>().await.unwrap_err().kind(),
        ErrorKind::Build
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_was_certainly_not_reached() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let client = Client::new(format!("http://user:a-secret@127.0.0.1:{port}")).unwrap();
    let error = Call::new(&client, &THING)
        .with_query("token", "a-secret")
        .json::<Thing>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_connect() && error.is_certainly_not_sent());
    let chain = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
    assert!(
        chain.contains("getThing (GET /things/7): no connection: "),
        "{chain}"
    );
    assert!(!chain.contains("a-secret"), "{chain}");
}

// Responses.

#[tokio::test]
async fn success_is_any_2xx() {
    for status in [
        "200 OK",
        "201 Created",
        "202 Accepted",
        "207 Multi",
        "299 Odd",
    ] {
        let server = Server::playing([json(status, "{\"id\":7}")]);
        let response = thing(&client(&server)).await.unwrap();
        assert_eq!(response.status().as_str(), &status[..3]);
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert_eq!(response.into_inner(), Thing { id: 7 });
    }
}

#[tokio::test]
async fn no_body_is_its_own_error_or_none_or_fine() {
    for script in [
        || raw("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
        || answer("200 OK", &["Content-Type: application/json"], ""),
        || answer("201 Created", &[], "\r\n"),
    ] {
        let error = failure(script()).await;
        assert_eq!(error.kind(), ErrorKind::EmptyBody);
        assert!(
            error
                .to_string()
                .contains("without a body, Thing was declared"),
            "{error}"
        );
        assert!(error.status().unwrap().is_success());
        let server = Server::playing([script(), script()]);
        let client = client(&server);
        let none = Call::new(&client, &THING)
            .json_or_empty::<Thing>()
            .await
            .unwrap();
        assert!(none.is_none());
        let response = Call::new(&client, &THING).empty().await.unwrap();
        let (_unit, parts) = response.into_parts();
        assert!(parts.status.is_success());
    }
    let server = Server::playing([ok()]);
    let some = Call::new(&client(&server), &THING)
        .json_or_empty::<Thing>()
        .await
        .unwrap();
    assert_eq!(some.into_inner(), Some(Thing { id: 7 }));
}

#[tokio::test]
async fn text_comes_as_it_is() {
    let yaml = "kind: Deployment # ä\n";
    let server = Server::playing([answer("200 OK", &["Content-Type: application/yaml"], yaml)]);
    let text = Call::new(&client(&server), &YAML)
        .text_answer()
        .await
        .unwrap();
    assert_eq!(*text, yaml);
    assert_eq!(server.request().header("Accept"), Some("application/yaml"));
}

#[tokio::test]
async fn bytes_arrive_while_the_server_is_still_sending() {
    let (open, wait) = gate();
    let server = Server::playing([vec![
        Step::Send(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nTransfer-Encoding: chunked\r\n\
              Connection: close\r\n\r\n3\r\none\r\n"
                .to_vec(),
        ),
        wait,
        Step::Send(b"3\r\ntwo\r\n0\r\n\r\n".to_vec()),
    ]]);
    let client = client(&server);
    let mut body = Call::new(&client, &ARCHIVE)
        .byte_answer()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(body.content_type(), Some("application/zip"));
    assert_eq!(body.content_length(), None);
    assert_eq!(body.chunk().await.unwrap().unwrap(), "one");
    open.send(()).unwrap();
    assert_eq!(body.collect(100).await.unwrap(), "two");
    assert_eq!(server.request().header("Accept"), Some("application/zip"));
}

#[tokio::test]
async fn bytes_can_go_to_a_file_and_have_a_limit_when_collected() {
    let body = vec![7_u8; 100_000];
    let script = || answer("200 OK", &["Content-Type: application/zip"], &body);
    let server = Server::playing([script(), script(), script()]);
    let client = client(&server);
    let stream = || async {
        let response = Call::new(&client, &ARCHIVE).byte_answer().await.unwrap();
        response.into_inner()
    };
    let file = temp("download.bin", b"");
    assert_eq!(stream().await.write_to(&file.0).await.unwrap(), 100_000);
    assert_eq!(std::fs::read(&file.0).unwrap(), body);
    assert_eq!(stream().await.content_length(), Some(100_000));
    let error = stream().await.collect(99_999).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    assert_eq!(error.operation().unwrap().id, "archive");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_transport_error() {
    let half = || {
        raw(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"id\":",
        )
    };
    let error = failure(half()).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.status(), Some(StatusCode::OK));
    assert_eq!(error.body(), "{\"id\":");
    assert!(error.is_truncated());
    let server = Server::playing([half()]);
    let mut body = Call::new(&client(&server), &ARCHIVE)
        .byte_answer()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(body.chunk().await.unwrap().unwrap(), "{\"id\":");
    let error = body.chunk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(body.chunk().await.unwrap().is_none());
    for bytes in ["", "not HTTP at all\r\n\r\n", "HTTP/1.1 200"] {
        assert_eq!(
            failure(raw(bytes)).await.kind(),
            ErrorKind::Transport,
            "{bytes}"
        );
    }
}

#[tokio::test]
async fn time_runs_out() {
    let (open, wait) = gate();
    let server = Server::playing([vec![wait]]);
    let client = client(&server);
    let error = Call::new(&client, &THING)
        .with_timeout(Duration::from_millis(50))
        .json::<Thing>()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_timeout() && !error.is_connect() && !error.is_certainly_not_sent());
    drop(open);
}

#[tokio::test]
async fn answers_that_do_not_fit_are_named() {
    let error = failure(json("200 OK", "{\"id\": \"a-secret\"}")).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "getThing (GET /things/7): the answer does not fit Thing at id: invalid type: string, expected u32 \
         (the server answered 200 OK)"
    );
    assert_eq!(error.decode_failure().unwrap().path, "id");
    assert_eq!(error.body(), "{\"id\": \"a-secret\"}");
    // It is the key of the client.
    assert_eq!(error.excerpt().unwrap(), "{\"id\": \"***\"}");
    let error = failure(json("200 OK", "{\"id\": \"a-value\"}")).await;
    assert_eq!(error.excerpt().unwrap(), "{\"id\": \"a-value\"}");
    let page = answer(
        "200 OK",
        &["Content-Type: text/html"],
        "<html><title>secret</title>",
    );
    let error = failure(page).await;
    assert_eq!(error.kind(), ErrorKind::UnexpectedContent);
    assert!(
        error
            .to_string()
            .contains("text/html (an HTML page: login page or proxy?)"),
        "{error}"
    );
    let yaml = answer("200 OK", &["Content-Type: application/yaml"], "id: 7");
    assert_eq!(failure(yaml).await.kind(), ErrorKind::UnexpectedContent);
}

#[tokio::test]
async fn a_page_is_not_taken_for_text_bytes_or_nothing() {
    let page = || {
        answer(
            "200 OK",
            &["Content-Type: text/html"],
            "<html>sign in</html>",
        )
    };
    let server = Server::playing((0..5).map(|_| page()));
    let client = client(&server);
    let errors = [
        Call::new(&client, &YAML).text_answer().await.unwrap_err(),
        Call::new(&client, &ARCHIVE)
            .byte_answer()
            .await
            .unwrap_err(),
        Call::new(&client, &DELETE_BODY).empty().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::UnexpectedContent);
        assert_eq!(error.body(), "<html>sign in</html>");
    }
    let asked = Call::new(&client, &YAML)
        .with_accept("text/html")
        .text_answer()
        .await;
    assert_eq!(*asked.unwrap(), "<html>sign in</html>");
    assert!(client.request("GET", "/page").text().await.is_ok());
}

#[tokio::test]
async fn buffered_answers_are_bounded() {
    let big = "x".repeat(5000);
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1388\r\n{big}\r\n0\r\n\r\n"
    );
    let server = Server::playing([answer("200 OK", &[], &big), raw(&chunked), raw(&chunked)]);
    let client = Client::builder(server.url())
        .max_body(4999)
        .build()
        .unwrap();
    for _ in 0..2 {
        let error = Call::new(&client, &YAML).text_answer().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
        assert_eq!(error.status(), Some(StatusCode::OK));
        assert!(error.is_unusable_answer());
    }
    let text = Call::new(&client, &YAML)
        .with_max_body(5000)
        .text_answer()
        .await;
    assert_eq!(text.unwrap().len(), 5000);
}

#[tokio::test]
async fn failures_keep_status_headers_body_and_say_what_the_server_said() {
    let body = r#"{"status":"ERROR","code":"RESOURCE_NOT_FOUND_EXCEPTION","message":"Thing [7]\nnot found",
        "correlationId":"7b1f-52","value":"a-secret"}"#;
    let script = answer(
        "404 Not Found",
        &["Content-Type: application/json", "X-Trace: 5"],
        body,
    );
    let error = failure(script).await;
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.headers().unwrap()["x-trace"], "5");
    assert_eq!(error.body(), body);
    assert!(!error.is_truncated());
    assert_eq!(error.correlation_id(), Some("7b1f-52"));
    assert_eq!(
        error.to_string(),
        "getThing (GET /things/7): 404 Not Found: Thing [7] not found [correlation id 7b1f-52]"
    );
    let page = answer(
        "503 Service Unavailable",
        &["Content-Type: text/html"],
        "<html>secret</html>",
    );
    let error = failure(page).await;
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(
        error.to_string(),
        "getThing (GET /things/7): 503 Service Unavailable: an HTML page"
    );
    let error = failure(answer("429 Too Many Requests", &["Retry-After: 3"], "")).await;
    assert_eq!(
        error.to_string(),
        "getThing (GET /things/7): 429 Too Many Requests"
    );
}

#[tokio::test]
async fn the_body_of_a_failure_is_bounded_and_survives_a_broken_connection() {
    let huge = "y".repeat(3 << 20);
    let error = failure(answer(
        "500 Internal Server Error",
        &["Content-Type: text/plain"],
        &huge,
    ))
    .await;
    assert_eq!(error.body().len(), 1 << 20);
    assert!(error.is_truncated());
    assert!(error.to_string().len() < 500);
    let half = raw("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 100\r\n\r\nhalf");
    let error = failure(half).await;
    assert_eq!(error.kind(), ErrorKind::Status);
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert_eq!(error.body(), "half");
    assert!(error.is_truncated());
}

#[tokio::test]
async fn redirects_stay_on_their_origin_and_keep_the_method_or_are_failures() {
    let other = Server::playing([ok()]);
    let away = format!("Location: {}/steal", other.url());
    for (status, location) in [
        ("302 Found", away.as_str()),
        ("307 Temporary Redirect", away.as_str()),
        ("308 Permanent Redirect", away.as_str()),
        ("302 Found", "Location: /elsewhere"),
        ("303 See Other", "Location: /elsewhere"),
        ("304 Not Modified", "ETag: x"),
    ] {
        let error = failure(answer(status, &[location], "")).await;
        assert_eq!(error.kind(), ErrorKind::Status, "{status}");
        assert_eq!(error.status().unwrap().as_str(), &status[..3]);
        assert!(
            error
                .to_string()
                .contains("a redirect that was not followed"),
            "{error}"
        );
    }
    assert!(other.requests().is_empty());
    let server = Server::playing([
        answer("307 Temporary Redirect", &["Location: /elsewhere?a=b"], ""),
        ok(),
    ]);
    let client = client(&server);
    let mut call = Call::new(&client, &POST_BODY);
    call.body_json(&Thing { id: 1 });
    call.json::<Thing>().await.unwrap();
    let requests = server.requests();
    assert_eq!(requests[1].line(), "POST /elsewhere?a=b HTTP/1.1");
    assert_eq!(requests[1].text(), "{\"id\":1}");
    assert_eq!(requests[1].header("x-api-key"), Some(KEY));
    assert_eq!(requests[1].header("Referer"), None);
}

// Layers.

/// Layer that retries after 503 as often as it can, and records the operations.
#[derive(Default)]
struct Retry {
    seen: Mutex<Vec<String>>,
}

impl Layer for Retry {
    fn call<'a>(
        &'a self,
        mut request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            let name = request.operation().map_or("none", |operation| operation.id);
            self.seen
                .lock()
                .unwrap()
                .push(format!("{name} {}", request.template()));
            loop {
                assert_eq!(request.can_repeat(), request.try_clone().is_some());
                let Some(copy) = request.try_clone() else {
                    return next.run(request).await;
                };
                let mut incoming = next.run(request).await?;
                if incoming.status() != 503 {
                    return Ok(incoming);
                }
                assert_eq!(incoming.buffer(3).await.unwrap(), "try");
                request = copy;
            }
        })
    }
}

/// Layer that adds a query parameter, a header, and an extension of the call.
struct Scope;

impl Layer for Scope {
    fn call<'a>(
        &'a self,
        mut request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        if !request.has_query("accountIdentifier") {
            request.push_query("accountIdentifier", "an account");
        }
        let attempt = request.attached::<u16>().copied().unwrap_or_default();
        let headers = request.request_mut().headers_mut();
        headers.insert("x-attached", attempt.into());
        next.run(request)
    }
}

#[tokio::test]
async fn layers_see_the_operation_change_the_request_and_repeat_it() {
    let busy = || answer("503 Service Unavailable", &[], "try again");
    let server = Server::playing([busy(), busy(), ok(), busy(), ok(), busy(), ok()]);
    let retry = std::sync::Arc::new(Retry::default());
    let client = Client::builder(server.url())
        .layer(std::sync::Arc::clone(&retry))
        .layer(Scope)
        .build()
        .unwrap();
    Call::new(&client, &THING)
        .with_attached(42_u16)
        .json::<Thing>()
        .await
        .unwrap();
    let file = temp("again.bin", b"from disk");
    let mut call = Call::new(&client, &UPLOAD);
    call.text(0, "acc");
    call.file(4, FilePart::path(&file.0));
    call.json::<Thing>().await.unwrap();
    client
        .request("PUT", "/raw")
        .bytes_body("a/b", RequestBody::from_file(&file.0))
        .empty()
        .await
        .unwrap();
    assert_eq!(
        *retry.seen.lock().unwrap(),
        ["getThing /things/7", "upload /files", "none /raw"]
    );
    let requests = server.requests();
    for request in &requests[..3] {
        assert_eq!(request.target(), "/things/7?accountIdentifier=an%20account");
        assert_eq!(request.header("x-attached"), Some("42"));
    }
    for request in &requests[3..5] {
        assert_eq!(request.target(), "/files?accountIdentifier=acc");
        assert!(request.text().contains("from disk"));
    }
    for request in &requests[5..] {
        assert_eq!(request.text(), "from disk");
        assert_eq!(request.header("Content-Length"), Some("9"));
    }
}

#[tokio::test]
async fn a_stream_is_sent_once_and_what_a_layer_cut_is_an_error() {
    let busy = || {
        answer(
            "503 Service Unavailable",
            &["Content-Type: text/plain"],
            "try again",
        )
    };
    let server = Server::playing([busy()]);
    let client = Client::builder(server.url())
        .layer(Retry::default())
        .build()
        .unwrap();
    let pieces = Pieces(vec![Bytes::from_static(b"once")]);
    let body = RequestBody::from_stream(pieces);
    let error = client
        .request("PUT", "/raw")
        .bytes_body("a/b", body)
        .empty()
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(server.requests().len(), 1);
    let server = Server::playing([ok()]);
    let client = Client::builder(server.url()).layer(Cut).build().unwrap();
    let error = thing(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
}

/// Layer that keeps only the beginning of a body.
struct Cut;

impl Layer for Cut {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            let mut incoming = next.run(request).await?;
            incoming.buffer(2).await?;
            Ok(incoming)
        })
    }
}

/// Layer that responds without a server, and fails every second call.
#[derive(Default)]
struct Fake(AtomicUsize);

impl Layer for Fake {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        _next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        let turn = self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            if turn % 2 == 1 {
                let error = request.error(ErrorKind::Layer, "the budget for retries is used up");
                return Err(error.with_source("cause").with_certainly_not_sent(true));
            }
            Ok(Incoming::new(
                StatusCode::OK,
                HeaderMap::new(),
                "{\"id\":1}",
            ))
        })
    }
}

#[tokio::test]
async fn a_layer_can_answer_itself_or_fail() {
    let client = Client::builder("http://nowhere.invalid")
        .layer(Fake::default())
        .build()
        .unwrap();
    assert_eq!(thing(&client).await.unwrap().id, 1);
    let error = thing(&client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "getThing (GET /things/7): the budget for retries is used up"
    );
    assert!(error.is_certainly_not_sent());
    let mut body = Call::new(&client, &ARCHIVE)
        .byte_answer()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(body.chunk().await.unwrap().unwrap(), "{\"id\":1}");
}

// Secrets.

/// Layer that checks the request, and its `Debug` output.
struct Watch;

impl Layer for Watch {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        for name in ["x-api-key", "authorization", "cookie"] {
            assert!(request.request().headers()[name].is_sensitive(), "{name}");
        }
        assert!(!request.request().headers()["harness-account"].is_sensitive());
        assert!(!format!("{request:?} {request:#?}").contains("secret"));
        next.run(request)
    }
}

#[tokio::test]
async fn no_debug_text_shows_a_secret() {
    let server = Server::playing([answer(
        "401 Unauthorized",
        &["Set-Cookie: a-secret"],
        format!("{{\"message\":\"bad key {KEY}\"}}"),
    )]);
    let base = server.url().replace("http://", "http://user:a-secret@");
    let builder = Client::builder(base)
        .header("X-Api-Key", KEY)
        .unwrap()
        .header("authorization", "Bearer a-secret")
        .unwrap()
        .header("harness-account", "acc")
        .unwrap()
        .layer(Watch);
    assert!(!format!("{builder:?} {builder:#?}").contains("secret"));
    let client = builder.build().unwrap();
    assert!(!format!("{client:?} {client:#?}").contains("secret"));
    let mut call = Call::new(&client, &EVERYTHING);
    for index in 0..5 {
        call.text(index, "a-secret");
    }
    call.body_text("text/plain", "a-secret");
    let call = call
        .with_header("Cookie", "a-secret")
        .with_query("key", "a-secret");
    assert!(!format!("{call:?} {call:#?}").contains("secret"));
    let error = call.json::<Value>().await.unwrap_err();
    assert!(
        !format!("{error} {error:?} {error:#?}").contains("secret"),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .ends_with("401 Unauthorized: bad key pat.***"),
        "{error}"
    );
    let request = client.request("GET", "/x").with_header("x-api-key", KEY);
    assert!(!format!("{request:?}").contains("secret"));
}

#[test]
fn clients_and_calls_cross_threads() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    fn sent<T: Send>(_: T) {}
    shared::<Client>();
    let client = Client::new("http://h").unwrap();
    sent(Call::new(&client, &THING));
    sent(thing(&client));
    sent(Call::new(&client, &THING).byte_answer());
}

/// Stream of pieces, the last first.
struct Pieces(Vec<Bytes>);

impl Stream for Pieces {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop().map(Ok))
    }
}

/// File that is removed when it is dropped.
struct Temp(std::path::PathBuf);

fn temp(name: &str, content: &[u8]) -> Temp {
    let path = std::env::temp_dir().join(format!("http-runtime-{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    Temp(path)
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
