//! A server that repeats the received keys: every kind of key, in every encoding, in every place.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::raw::reqwest::header::HeaderValue;
use harness_api_ext::raw::reqwest::{self, Method};
use harness_api_ext::raw::{self, BoxFuture, Client, Configure, Incoming, Layer, Next, Outgoing};
use harness_api_ext::{CallExt, Error, Harness, RetryPolicy};
use serde_json::json;

use crate::capture::Capture;
use crate::detector::{Detector, Mark, STANDARD, URL_SAFE, base64, percent};
use crate::marks::KEY;
use crate::modes;

/// Token of a service account, a key of the first generation, and keys in other headers.
const SAT: &str = "sat.MockAccount_0123456789.77aa01.c4n4ryRobot9Wd4sH7kT";
const FIRST: &str = "c4n4ry+First/Gen7Qw2Lp9sVt0xYb3Zk==";
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjNG40cnkifQ.c4n4rySignature_8Hd2-kL0pQ";
const PASSWORD: &str = "c4n4ry:Passw0rd.of+Bot/5";
const LAYERED: &str = "c4n4ryOfALayer.3Jf8-Zx1_Uy6";

/// Places that are tested for all kinds of keys.
const PLACES: [&str; 9] = [
    "400 of the older services",
    "422 of Code",
    "500 in plain text",
    "500 in broken JSON",
    "200 that a policy denied",
    "200 with a map",
    "metadata",
    "a correlation id",
    "another header",
];

/// Path without a handler of the mock, so that the test sets its response.
const PATH: &str = "/ng/api/organizations/default";

/// Way of a key into a request, and the text that a server may repeat.
struct Kind {
    name: &'static str,
    api_key: &'static str,
    authorization: Option<String>,
    is_layered: bool,
    secrets: Vec<String>,
}

fn kinds() -> Vec<Kind> {
    let kind = |name, api_key, secrets: &[&str]| Kind {
        name,
        api_key,
        authorization: None,
        is_layered: false,
        secrets: secrets.iter().map(|text| (*text).to_owned()).collect(),
    };
    let basic = encoded(&format!("bot:{PASSWORD}"), STANDARD);
    vec![
        kind("pat", KEY, &[KEY, &KEY[KEY.len() - 22..]]),
        kind("sat", SAT, &[SAT]),
        kind("first generation", FIRST, &[FIRST]),
        Kind {
            authorization: Some(format!("Bearer {JWT}")),
            ..kind("JWT", KEY, &[JWT, &JWT[JWT.len() - 26..]])
        },
        Kind {
            authorization: Some(format!("Basic {basic}")),
            ..kind("basic", KEY, &[PASSWORD, &basic])
        },
        Kind {
            is_layered: true,
            ..kind("of a layer", KEY, &[LAYERED])
        },
    ]
}

/// Returns the complete text in Base64.
fn encoded(text: &str, alphabet: &[u8; 64]) -> String {
    let padding = (3 - text.len() % 3) % 3;
    let whole = base64(&format!("{text}{}", "\0".repeat(padding)), 0, alphabet);
    format!("{}{}", &whole[..whole.len() - padding], "=".repeat(padding))
}

/// Returns a text in the encodings of servers, gateways and templates.
fn encodings(text: &str) -> Vec<(&'static str, String)> {
    let each = |encode: &dyn Fn(u8) -> String| -> String { text.bytes().map(encode).collect() };
    let broken = |by: &str| {
        let third = text.len() / 3;
        let (first, rest) = text.split_at(third);
        let (second, third) = rest.split_at(third);
        format!("{first}{by}{second}{by}{third}")
    };
    let dots = |by: &str| text.replace(['.', '/', '+', ':'], by);
    let has_dots = dots("") != text;
    let mut all = vec![
        ("as it is", text.to_owned()),
        ("in capitals", text.to_uppercase()),
        ("percent", percent(text, "%20")),
        ("percent, each", each(&|byte| format!("%{byte:02X}"))),
        ("percent, small", each(&|byte| format!("%{byte:02x}"))),
        ("percent, twice", each(&|byte| format!("%25{byte:02X}"))),
        ("entities", each(&|byte| format!("&#{byte};"))),
        ("entities, hex", each(&|byte| format!("&#x{byte:x};"))),
        ("entities, twice", each(&|byte| format!("&amp;#{byte:03};"))),
        ("JSON", each(&|byte| format!("\\u{byte:04x}"))),
        ("JSON, twice", each(&|byte| format!("\\\\u{byte:04X}"))),
        ("bytes", each(&|byte| format!("\\x{byte:02x}"))),
        ("hex", each(&|byte| format!("{byte:02x}"))),
        ("HEX", each(&|byte| format!("{byte:02X}"))),
        ("Base64", encoded(text, STANDARD)),
        ("Base64 for URLs", encoded(text, URL_SAFE)),
        (
            "Base64 behind a user",
            encoded(&format!("user:{text}"), STANDARD),
        ),
        (
            "Base64 behind another",
            encoded(&format!("me:{text}"), STANDARD),
        ),
        (
            "Base64 behind a third",
            encoded(&format!("acme:{text}"), STANDARD),
        ),
        ("lines", broken("\n")),
        ("lines, indented", broken("\r\n\t ")),
        ("blanks", broken(" ")),
        ("no blanks", broken("\u{200b}")),
        ("soft hyphens", broken("\u{ad}")),
        ("markup", broken("<br/>")),
        ("elements", broken("</b><b class=\"k\">")),
        ("lines in JSON", broken("\\n")),
        ("lines in a shell", broken("\\\n")),
        ("blank entities", broken("&nbsp;")),
        ("percent lines", broken("%0D%0A")),
    ];
    if has_dots {
        for (name, by) in [
            ("dots as %2E", "%2E"),
            ("dots as &#46;", "&#46;"),
            ("dots as &#x2e;", "&#x2e;"),
            ("dots as \\u002e", "\\u002e"),
        ] {
            // Each character as a number.
            let code = |c: char| match by {
                "%2E" => format!("%{:02X}", u32::from(c)),
                "&#46;" => format!("&#{};", u32::from(c)),
                "&#x2e;" => format!("&#x{:x};", u32::from(c)),
                _ => format!("\\u{:04x}", u32::from(c)),
            };
            let sign = |c: char| {
                if ".:/+".contains(c) {
                    code(c)
                } else {
                    c.to_string()
                }
            };
            all.push((name, text.chars().map(sign).collect()));
        }
    }
    all
}

/// Returns a text without invisible and collapsible characters.
fn squeezed(text: &str) -> String {
    let hidden = |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{ad}');
    text.chars().filter(|c| !hidden(*c)).collect()
}

/// Watches for half of a secret, as sent or in any other form.
struct Watch {
    secret: Detector,
    sent: Vec<String>,
    squeezed: Vec<String>,
}

impl Watch {
    fn new(secret: &str, sent: &str) -> Self {
        let secret = Detector::new(&[Mark {
            name: "the key",
            text: secret.to_owned().leak(),
        }]);
        let halves = |text: &str| {
            let middle = text.chars().count() / 2;
            let first: String = text.chars().take(middle).collect();
            let last: String = text.chars().skip(middle).collect();
            let forms = [first, last].into_iter();
            forms
                .flat_map(|half| [half.escape_debug().to_string(), half])
                .collect()
        };
        Self {
            secret,
            sent: halves(sent),
            squeezed: halves(&squeezed(sent)),
        }
    }

    fn sees(&self, text: &str) -> bool {
        let squeezed = squeezed(text);
        !self.secret.find(text).is_empty()
            || self.sent.iter().any(|half| text.contains(half))
            || self.squeezed.iter().any(|half| squeezed.contains(half))
    }
}

/// Returns failures and unusable successes with a text in every place.
fn replies(text: &str) -> Vec<(&'static str, Reply)> {
    let said = format!("the server got '{text}' and says no");
    let mut replies = modes::answers(&said);
    let page = format!("<html><title>{said}</title><p>{said}</p></html>");
    replies.extend([
        ("500 in broken JSON", Reply::bytes(500, "application/json", format!("{{\"a\":\"{said}"))),
        ("429 in HTML", Reply::bytes(429, "text/html", page.clone())),
        ("200 in HTML", Reply::bytes(200, "text/html", page)),
        ("200 with a map", Reply::json(200, &json!({text: {text: text}}))),
        ("200 with a list", Reply::json(200, &json!([text]))),
        ("200 with data", Reply::json(200, &json!({"status": "SUCCESS", "data": {text: [text, {"identifier": [text]}]}}))),
        ("200 in broken JSON", Reply::bytes(200, "application/json", format!("{{\"{text}\":[\"{text}\""))),
        ("metadata", Reply::json(400, &json!({
            "status": "ERROR", "message": "no", "metadata": {text: [text, {"deep": {text: text}}]},
        }))),
        ("inputs that do not fit", Reply::json(400, &json!({
            "status": "ERROR", "code": text, "message": said, "data": {"errorResponse": true, "errors": {text: {text: text}}},
        }))),
    ]);
    if HeaderValue::from_str(text).is_ok() {
        let empty = |status| Reply::bytes(status, "text/plain", "");
        replies.extend([
            (
                "a correlation id",
                empty(500).header("X-Correlation-Id", text),
            ),
            ("a request id", empty(403).header("X-Request-Id", text)),
            (
                "another header",
                empty(302).header("Location", format!("/login?key={text}")),
            ),
            (
                "a media type",
                Reply::bytes(200, &format!("text/x; a={text}"), "x"),
            ),
        ]);
    }
    replies
}

/// Layer that sets a key unknown to the client.
struct Signer;

impl Layer for Signer {
    fn call<'a>(
        &'a self,
        mut request: Outgoing,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<Incoming, raw::Error>> {
        let mut value = HeaderValue::from_static(LAYERED);
        value.set_sensitive(true);
        request
            .request_mut()
            .headers_mut()
            .insert("x-signed", value);
        next.run(request)
    }
}

/// Captures everything that an error shows, and returns for showing.
fn show(capture: &Capture, from: &str, error: &Error) {
    capture.error(from, error);
    capture.error(from, error.raw());
    capture.text(from, error.message());
    capture.text(from, error.raw().message());
    capture.debug(from, &error.raw().server_message());
    capture.debug(
        from,
        &(error.hints(), error.explanations(), error.field_errors()),
    );
    capture.debug(from, &(error.permission_checks(), error.rule_violations()));
    capture.debug(
        from,
        &(
            error.policy_denial(),
            error.policy_denial().map(|denial| &denial.raw),
        ),
    );
    capture.debug(
        from,
        &(error.code(), error.cause_code(), error.conflict_files()),
    );
    capture.debug(
        from,
        &(
            error.correlation_id(),
            error.raw().correlation_id(),
            error.request_id(),
        ),
    );
    capture.debug(
        from,
        &(error.decode_failure(), error.excerpt(), error.metadata()),
    );
    capture.debug(from, &error.headers());
    for text in error
        .hints()
        .iter()
        .chain(error.explanations())
        .chain(error.conflict_files())
    {
        capture.text(from, text);
    }
    for text in [error.correlation_id(), error.request_id(), error.code()]
        .into_iter()
        .flatten()
    {
        capture.text(from, text);
    }
    if let Some(metadata) = error.metadata() {
        capture.text(from, metadata.to_string());
    }
}

/// Tests everything, and checks what was shown. Returns the number of texts.
pub(crate) async fn run(capture: &Capture) -> usize {
    let (mut texts, mut calls, mut errors, mut echoes) = (0, 0, 0, 0);
    for (number, kind) in kinds().into_iter().enumerate() {
        let current = Arc::new(Mutex::new(Reply::status(200)));
        let server = Server::builder().api_key(kind.api_key).stateless();
        let reply = Arc::clone(&current);
        let server = server.fallback(move |_| Some(reply.lock().expect("no panic").clone()));
        let server = server.start().await.expect("a server");
        let mut builder = server.harness_builder().retry(RetryPolicy::never());
        if kind.is_layered {
            builder = builder.layer(Signer);
        }
        let harness = builder.build().expect("a client");
        for (part, secret) in kind.secrets.iter().enumerate() {
            // All places are tested for some kinds; each place stands for others that are read in the same way.
            let is_whole = matches!((number, part), (0 | 2, 0));
            for (encoding, text) in encodings(secret) {
                let watch = Watch::new(secret, &text);
                assert!(watch.sees(&format!("'{text}'")), "{encoding}");
                for (place, reply) in replies(&text) {
                    if !is_whole && !PLACES.contains(&place) {
                        continue;
                    }
                    *current.lock().expect("no panic") = reply;
                    let from = format!("{}, {encoding}, {place}", kind.name);
                    calls += 1;
                    let is_typed = calls % 2 == 0;
                    let [error, echo] =
                        call(capture, &from, &harness, &kind, &text, is_typed).await;
                    errors += error;
                    echoes += echo;
                    let shown = capture.take();
                    texts += shown.len();
                    for (of, shown) in shown {
                        assert!(!watch.sees(&shown), "{from}: {of} shows {shown}");
                    }
                }
            }
        }
    }
    println!("{calls} calls, {errors} errors, {echoes} with the key");
    assert!(errors > 3_000 && echoes > errors * 3 / 4);
    texts += cut(capture).await;
    texts
}

/// Returns the number of errors, and of errors that contained the text. The call may also succeed; its value is
/// ignored.
async fn call(
    capture: &Capture,
    from: &str,
    harness: &Harness,
    kind: &Kind,
    id: &str,
    is_typed: bool,
) -> [usize; 2] {
    let outcome = if is_typed && kind.authorization.is_none() {
        let typed = harness.account().organizations().get("default");
        typed.await.map(drop)
    } else {
        let mut request = harness.request(Method::GET, PATH);
        if let Some(value) = &kind.authorization {
            request = request.with_header("Authorization", value);
        }
        // A key that a layer sets is not known in advance.
        if !kind.is_layered && HeaderValue::from_str(id).is_ok() {
            request = request.with_request_id(id);
        }
        let widgets = request.send::<BTreeMap<String, u32>>();
        widgets.await.map(drop).map_err(Error::from)
    };
    let Err(error) = outcome else { return [0, 0] };
    show(capture, from, &error);
    let headers = error.headers().into_iter().flatten();
    let headers = headers.map(|(_, value)| value.as_bytes());
    let json = json!(id).to_string();
    let has_come = headers.chain([&error.body()[..]]).any(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        text.contains(id) || text.contains(json.trim_matches('"'))
    });
    [1, usize::from(has_come)]
}

/// Tests bodies that are truncated in the middle of the key.
async fn cut(capture: &Capture) -> usize {
    let said = format!("the server got '{FIRST}' and says no");
    let body = said.clone();
    let server = Server::builder().api_key(FIRST).stateless();
    let server = server.fallback(move |_| Some(Reply::text(500, body.clone())));
    let server = server.start().await.expect("a server");
    let mut texts = 0;
    for limit in 0..=said.len() {
        let client = Client::builder(server.url()).http(reqwest::Client::builder());
        let client = client.header("x-api-key", FIRST).expect("a header");
        let client = client
            .max_error_body(limit as u64)
            .build()
            .expect("a client");
        let call = client.request("GET", PATH);
        let call = call.with_query("accountIdentifier", "MockAccount_0123456789");
        let error = call.empty().await;
        let error = Error::from(error.map(drop).expect_err("a failure"));
        let is_cut = limit < said.len();
        assert_eq!(
            error.raw().is_truncated(),
            is_cut,
            "{limit}: {:?}",
            error.body()
        );
        show(capture, "a body that is cut", &error);
        for (from, shown) in capture.take() {
            texts += 1;
            for part in FIRST.as_bytes().windows(6) {
                let part = String::from_utf8_lossy(part);
                assert!(!shown.contains(&*part), "{from} at {limit}: {shown}");
            }
        }
    }
    texts
}
