//! Servers with different responses, each of them called with every operation.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::raw::{BoxFuture, Error, Incoming, Layer, Next, Outgoing};
use harness_api_ext::{Harness, RetryPolicy};
use serde_json::{Value, json};

use crate::capture::Capture;
use crate::families::{self, Eye};
use crate::marks::{FILE, HEADER, KEY, SIGNATURE, TOKEN, VALUE, WEBHOOK};

/// Layer that captures each attempt, and puts marks into responses with secrets.
struct Looker {
    capture: Capture,
    plants: bool,
}

impl Layer for Looker {
    fn call<'a>(
        &'a self,
        request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, Error>> {
        Box::pin(async move {
            self.capture.debug("a request on its way", &request);
            self.capture.debug("the rest of its way", &next);
            self.capture
                .debug("its headers", request.request().headers());
            let makes_token = request.template().starts_with("/ng/api/token")
                && request.request().method() == "POST"
                && !request.template().ends_with("/validate");
            let mut answer = next.run(request).await?;
            self.capture.debug("an answer on its way", &answer);
            if !self.plants || !answer.status().is_success() {
                return Ok(answer);
            }
            let body = answer.buffer(1 << 24).await?;
            let Ok(mut value) = serde_json::from_slice::<Value>(&body) else {
                return Ok(answer);
            };
            plant(&mut value);
            if makes_token {
                value["data"] = TOKEN.into();
            }
            let mut headers = answer.headers().clone();
            headers.remove("content-length");
            headers.insert("set-cookie", HEADER.parse().expect("a value"));
            Ok(Incoming::new(answer.status(), headers, value.to_string()))
        })
    }
}

/// Sets fields whose name indicates a secret.
fn plant(value: &mut Value) {
    const NAMES: [&str; 12] = [
        "password",
        "passphrase",
        "secret",
        "secretKey",
        "privateKey",
        "accessKey",
        "sshKey",
        "apiKey",
        "token",
        "accessToken",
        "refreshToken",
        "clientSecret",
    ];
    match value {
        Value::Array(items) => items.iter_mut().for_each(plant),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let is_text = member.is_string() || member.is_null();
                let names_secret = NAMES.contains(&name.as_str());
                match name.as_str() {
                    _ if names_secret && is_text => *member = VALUE.into(),
                    // Value of a secret, which the server could return, although it does not.
                    "spec" if member.get("secretManagerIdentifier").is_some() => {
                        member["value"] = VALUE.into();
                    }
                    _ => plant(member),
                }
            }
        }
        _ => {}
    }
}

fn harness(server: &Server, capture: &Capture, plants: bool) -> Harness {
    let quick = RetryPolicy::default()
        .base_delay(Duration::from_millis(1))
        .max_attempts(2);
    let looker = Looker {
        capture: capture.clone(),
        plants,
    };
    let builder = server.harness_builder().retry(quick).layer(looker);
    capture.debug("a builder", &builder);
    builder.build().expect("a client")
}

pub(crate) async fn run(capture: &Capture) {
    played(capture).await;
    let text = format!("the token '{TOKEN}' is as bad as key={KEY}, (or \"{KEY}\")\n{TOKEN}");
    for (mode, reply) in answers(&text) {
        let server = Server::builder().api_key(KEY).stateless();
        let server = server.fallback(move |_| Some(reply.clone())).start().await;
        let server = server.expect("a server");
        let mut eye = Eye {
            capture,
            mode,
            good: 0,
            bad: 0,
        };
        families::run(&mut eye, &harness(&server, capture, false)).await;
        assert!(eye.bad > 30, "{mode}: {} good, {} bad", eye.good, eye.bad);
        inspect(capture, &server);
    }
}

/// Tests the mock with state, and generated responses for the rest.
async fn played(capture: &Capture) {
    let server = Server::builder().api_key(KEY).described(1);
    capture.debug("a builder of the mock", &server);
    let server = server.start().await.expect("a server");
    capture.debug("the mock", &server);
    server.pipeline_script("deploy", ["Running", "Success"]);
    let mut eye = Eye {
        capture,
        mode: "played",
        good: 0,
        bad: 0,
    };
    families::run(&mut eye, &harness(&server, capture, true)).await;
    assert!(eye.good > 60, "{} good, {} bad", eye.good, eye.bad);
    // The secrets were received.
    let sent = |operation: &str, text: &str| {
        let calls = server.received_by(operation);
        assert!(
            calls.iter().any(|call| call.text().contains(text)),
            "{operation}"
        );
    };
    sent("postSecret", &VALUE.replace('"', "\\\""));
    sent("postSecretFileV2", FILE);
    sent("validateToken", TOKEN);
    let received = server.received();
    assert!(received.iter().any(|call| call.path().contains(WEBHOOK)));
    assert!(
        received
            .iter()
            .any(|call| call.query("password") == Some(VALUE))
    );
    links(capture, &server).await;
    inspect(capture, &server);
}

/// Tests pre-signed URLs: valid ones, and all that can go wrong with them.
async fn links(capture: &Capture, server: &Server) {
    let project = harness(server, capture, false)
        .org("retail")
        .project("checkout");
    let mut eye = Eye {
        capture,
        mode: "links",
        good: 0,
        bad: 0,
    };
    let run = eye
        .see("execute", project.pipeline("deploy").execute())
        .await;
    let run = run.expect("a run");
    let here = format!("{}/storage/logs/1.zip", server.url());
    let link = |url: &str| {
        let body = json!({"status": "success", "link": format!("{url}?signature={SIGNATURE}"), "expires": 1});
        Reply::json(200, &body)
    };
    let to =
        |url: &str| Reply::status(302).header("location", format!("{url}?signature={SIGNATURE}"));
    let stored = "GET /storage/logs/1.zip";
    let answers = [
        Reply::text(200, "zip"),
        Reply::error(403, "expired"),
        Reply::reset(),
        Reply::text(200, "zip, but only half of it").cut_short(),
        to("http://127.0.0.1:9/elsewhere"),
        to("no url at all:"),
    ];
    for answer in answers {
        server.answer_next("logArchive", [link(&here)]);
        server.answer_next(stored, [answer]);
        if let Some(body) = eye.see("the archive", run.log_archive()).await {
            eye.take("its content", body.collect(1 << 20)).await;
        }
    }
    for url in [
        "http://127.0.0.1:9/dead",
        "no url",
        "ftp://store.example/x",
        "https://app.harness.io/storage/logs/none.zip",
    ] {
        server.answer_next("logArchive", [link(url)]);
        eye.see("the archive", run.log_archive()).await;
    }
    server.answer_next("logArchive", [link(&here)]);
    let around = here.clone();
    server.answer_with(stored, move |_| to(&around));
    eye.see("the archive in a circle", run.log_archive()).await;
    let failed = json!({"status": "failed", "message": format!("no {TOKEN}"), "link": SIGNATURE});
    server.answer_next("logArchive", [Reply::json(200, &failed)]);
    eye.see("no archive", run.log_archive()).await;
    assert!(
        eye.good >= 3 && eye.bad >= 9,
        "{} good, {} bad",
        eye.good,
        eye.bad
    );
    server.forget_answers();
}

/// Captures what the mock shows of requests, itself and in failed assertions.
fn inspect(capture: &Capture, server: &Server) {
    for request in server.received() {
        capture.both("what the mock received", &request);
        for violation in request.violations() {
            capture.both("a violation", violation);
        }
        for name in ["x-api-key", "x-harness-token", "cookie"] {
            capture.debug("a header with credentials", &request.header(name));
        }
    }
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let failures: [&dyn Fn(); 4] = [
        &|| server.assert_received("postSecret", |_| false),
        &|| server.assert_received("deleteUserGroup", |_| false),
        &|| server.assert_not_received("postSecret"),
        &|| server.assert_no_violations(),
    ];
    let mut told = 0;
    for failure in failures {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(failure)) {
            let text = panic.downcast_ref::<String>().expect("a message");
            capture.text("a failed assertion of the mock", text);
            told += 1;
        }
    }
    std::panic::set_hook(quiet);
    assert_eq!(told, 4, "assertions that failed");
}

/// Returns failures in all formats, one with a text in every place, and unusable successes with secrets in every place.
pub(crate) fn answers(t: &str) -> Vec<(&'static str, Reply)> {
    let ok = |value: Value| Reply::json(200, &value);
    let at = |status: u16, value: Value| {
        let reply = Reply::json(status, &value).header("Retry-After", 0);
        reply
            .header("Set-Cookie", HEADER)
            .header("X-Harness-Token", HEADER)
    };
    let ng = json!({
        "status": "ERROR", "code": "INVALID_REQUEST", "message": t, "correlationId": t, "detailedMessage": t,
        "responseMessages": [
            {"code": "HINT", "level": "INFO", "message": t, "exception": t, "failureTypes": []},
            {"code": "EXPLANATION", "level": "INFO", "message": t, "exception": t, "failureTypes": []},
            {"code": "INVALID_REQUEST", "level": "ERROR", "message": t, "exception": t, "failureTypes": []},
        ],
        "errors": [{"fieldId": t, "error": t}], "metadata": {"type": "Odd", "value": VALUE},
        "failedPermissionChecks": [{
            "permission": t, "resourceType": t, "resourceIdentifier": t,
            "resourceScope": {"accountIdentifier": t, "orgIdentifier": t, "projectIdentifier": t},
        }],
    });
    let governance = json!({
        "id": t, "deny": true, "status": t, "message": t, "input": VALUE,
        "details": [{"policySetName": t, "status": "error", "policyMetadata": [{"policyName": t, "denyMessages": [t]}]}],
    });
    vec![
        ("400 of the older services", at(400, ng.clone())),
        ("403 of the older services", at(403, ng.clone())),
        ("429 of the older services", at(429, ng)),
        (
            "400 of the newer services",
            at(
                400,
                json!({"code": t, "message": t, "errors": [{"field_name": t, "message": t}]}),
            ),
        ),
        (
            "401 of a framework",
            at(401, json!({"code": 401, "message": t, "details": t})),
        ),
        (
            "409 of Goa",
            at(
                409,
                json!({"name": t, "id": t, "message": t, "temporary": false, "timeout": false, "fault": false}),
            ),
        ),
        (
            "500 of Chaos",
            at(500, json!({"message": t, "description": t, "errors": [t]})),
        ),
        (
            "422 of Code",
            at(
                422,
                json!({"message": t, "conflict_files": [t], "values": {"token": VALUE}, "violations": [
                    {"bypassable": true, "rule": {"identifier": t, "type": t}, "violations": [{"code": t, "message": t, "params": [t]}]},
                ]}),
            ),
        ),
        (
            "404 of GitOps",
            at(
                404,
                json!({"error": t, "code": 5, "message": t, "details": [{"value": VALUE}]}),
            ),
        ),
        (
            "400 with a text as code",
            at(400, json!({"code": t, "message": t, "details": t})),
        ),
        (
            "503 of Spring",
            at(
                503,
                json!({"timestamp": 1, "status": 503, "error": t, "path": t, "message": t, "trace": t}),
            ),
        ),
        ("500 in a text of JSON", at(500, json!(t))),
        ("500 in a list", at(500, json!([VALUE, t]))),
        ("500 in plain text", Reply::text(500, t)),
        (
            "502 in HTML",
            Reply::bytes(
                502,
                "text/html",
                format!("<html><title>{t}</title>{VALUE}</html>"),
            ),
        ),
        (
            "302 to a login",
            Reply::status(302).header(
                "location",
                format!("https://login.example/?signature={SIGNATURE}"),
            ),
        ),
        (
            "an item of a stream",
            ok(json!({"error": {"grpc_code": 7, "http_code": 403, "message": t, "details": [t]}})),
        ),
        (
            "200 that failed",
            ok(
                json!({"status": "FAILURE", "code": "X", "message": t, "correlationId": t, "data": VALUE}),
            ),
        ),
        (
            "200 that a policy denied",
            ok(json!({"status": "SUCCESS", "data": {"governanceMetadata": governance}})),
        ),
        (
            "200 of GraphQL",
            ok(json!({"errors": [{"message": t}], "success": false})),
        ),
        (
            "200 with a text in the place of data",
            ok(json!({"data": VALUE, "status": "SUCCESS", "content": VALUE})),
        ),
        (
            "200 with texts in the place of items",
            ok(json!({"data": {"content": [VALUE], "secret": VALUE, "items": [VALUE]}})),
        ),
        (
            "200 with another list",
            ok(json!([VALUE, [VALUE], {"identifier": [VALUE], "status": [VALUE]}])),
        ),
        ("200 with a text", ok(json!(VALUE))),
        (
            "200 in plain text",
            Reply::text(200, format!("{VALUE} {TOKEN}")),
        ),
        (
            "200 that is cut short",
            ok(json!({"data": VALUE})).cut_short(),
        ),
        (
            "200 that is not UTF-8",
            Reply::bytes(
                200,
                "application/json",
                [VALUE.as_bytes(), b"\xff"].concat(),
            ),
        ),
        ("no answer", Reply::reset()),
    ]
}
