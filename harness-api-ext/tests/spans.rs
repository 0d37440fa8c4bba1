//! Contents of the trace of a call.
//!
//! These tests are a separate program: a thread without a subscriber that reaches a span first may disable it for all
//! threads.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{Call, Configure, Operation, Param, Repeat};
use harness_api_ext::{Harness, InScope, RetryPolicy};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::common::{KEY, Play, Reply, Server, Stage, builder};

static READ: Operation =
    Operation::new("readWidget", "POST", "/v1/widgets/find").repeat(Repeat::Safe);
static RUN: Operation = Operation::new("runWidget", "GET", "/v1/widgets/run").repeat(Repeat::Never);

fn call(harness: &Harness, operation: &'static Operation) -> Call {
    Call::new(harness.raw(), operation)
}

type Fields = BTreeMap<String, String>;

/// Everything that was traced: spans by name, and events by the name of their span, with all fields.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(String, u64, Fields)>>>);

struct Visitor<'a>(&'a mut Fields);

impl Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> tracing_subscriber::Layer<S> for Log {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Visitor(&mut fields));
        let name = format!("span {}", attributes.metadata().name());
        self.0.lock().unwrap().push((name, id.into_u64(), fields));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut log = self.0.lock().unwrap();
        let span = log
            .iter_mut()
            .rev()
            .find(|(name, own, _)| *own == id.into_u64() && name.starts_with("span"));
        values.record(&mut Visitor(&mut span.unwrap().2));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Visitor(&mut fields));
        let within = context.event_span(event).map_or("none", |span| span.name());
        let name = format!("{} in {within}", event.metadata().level());
        self.0.lock().unwrap().push((name, 0, fields));
    }
}

impl Log {
    /// Records the trace of this thread until the guard is dropped.
    fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::registry().with(log.clone());
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn named(&self, name: &str) -> Vec<Fields> {
        let log = self.0.lock().unwrap();
        let of_name = log.iter().filter(|(own, ..)| own == name);
        of_name.map(|(_, _, fields)| fields.clone()).collect()
    }

    fn call(&self) -> Fields {
        let mut spans = self.named("span harness.call");
        assert_eq!(spans.len(), 1, "one span a call");
        spans.remove(0)
    }
}

fn expect(fields: &Fields, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        let found = fields.get(*name).map(String::as_str);
        assert_eq!(found, Some(*value), "{name} in {fields:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_is_one_span_and_an_attempt_one_event() {
    let (log, _guard) = Log::start();
    let stage = Stage::playing([Play::status(503), Play::lost()]);
    let harness = builder().layer(stage.clone()).build().unwrap();
    let project = harness.org("retail").project("checkout");
    let call = project.scoped(call(&harness, &READ));
    call.text_answer().await.unwrap();
    let span = log.call();
    expect(
        &span,
        &[
            ("otel.kind", "client"),
            ("operation", "readWidget"),
            ("http.request.method", "POST"),
            ("url.template", "/v1/widgets/find"),
            ("harness.org", "retail"),
            ("harness.project", "checkout"),
            ("http.response.status_code", "200"),
            ("attempts", "3"),
            ("request_id", &stage.seen()[0].request_id),
        ],
    );
    assert!(!span.contains_key("error.type"));
    let attempts = log.named("DEBUG in harness.call");
    let attempts: Vec<Fields> = attempts
        .into_iter()
        .filter(|fields| fields.contains_key("attempt"))
        .collect();
    assert_eq!(attempts.len(), 3);
    expect(&attempts[0], &[("attempt", "1"), ("status", "503")]);
    expect(&attempts[1], &[("attempt", "2"), ("error", "Transport")]);
    expect(&attempts[2], &[("attempt", "3"), ("status", "200")]);
    let repetitions = log.named("INFO in harness.call");
    assert_eq!(repetitions.len(), 2);
    expect(
        &repetitions[0],
        &[("attempt", "1"), ("reason", "Unavailable")],
    );
    expect(&repetitions[1], &[("attempt", "2"), ("reason", "Lost")]);
}

#[tokio::test(start_paused = true)]
async fn failures_show_in_the_span_and_repetitions_that_fail_to_come_are_told() {
    let (log, _guard) = Log::start();
    let stage = Stage::playing([Play::status(404)]);
    let harness = builder().layer(stage).build().unwrap();
    call(&harness, &RUN).text_answer().await.unwrap_err();
    expect(
        &log.call(),
        &[
            ("http.response.status_code", "404"),
            ("error.type", "404"),
            ("attempts", "1"),
        ],
    );

    let (log, _guard) = Log::start();
    let stage = Stage::playing([Play::lost()]);
    let harness = builder().layer(stage).build().unwrap();
    call(&harness, &RUN).text_answer().await.unwrap_err();
    let span = log.call();
    expect(&span, &[("error.type", "Transport"), ("attempts", "1")]);
    assert!(!span.contains_key("http.response.status_code"));

    let (log, _guard) = Log::start();
    let stage = Stage::playing([Play::with(429, "retry-after", 3600)]);
    let harness = builder().layer(stage).build().unwrap();
    call(&harness, &RUN).text_answer().await.unwrap_err();
    let warnings = log.named("WARN in harness.call");
    expect(&warnings[0], &[("asked_ms", "3600000")]);
}

#[tokio::test]
async fn nothing_that_was_sent_or_received_is_traced() {
    static FIND: Operation = Operation::new("find", "PUT", "/v1/things/{thing}").params(&[
        Param::path("thing"),
        Param::query("filter", false),
        Param::header("X-Extra", false),
    ]);
    let (log, _guard) = Log::start();
    let server = Server::answering(|number, _| match number {
        0 => Reply::Close,
        1 => Reply::Json(
            "503 Service Unavailable",
            vec!["X-Token: c4n4ry-1".to_owned()],
            r#"{"message":"c4n4ry-2"}"#.to_owned(),
        ),
        _ => Reply::json("400 Bad Request", r#"{"message":"c4n4ry-3"}"#),
    });
    let retry = RetryPolicy::default().base_delay(std::time::Duration::from_millis(1));
    let builder = builder().endpoint(server.url()).retry(retry);
    let harness = builder.build().unwrap();
    let mut find = call(&harness, &FIND);
    find.text(0, "c4n4ry-4");
    find.text(1, "c4n4ry-5");
    find.text(2, "c4n4ry-6");
    find.body_text("text/plain", "c4n4ry-7");
    find.text_answer().await.unwrap_err();
    let outside = harness
        .request(Method::GET, "/v1/things/{thing}")
        .segment("thing", "c4n4ry-8")
        .with_query("filter", "c4n4ry-9");
    outside.text().await.unwrap_err();
    assert_eq!(server.requests().len(), 4);
    assert_eq!(server.last().header("x-api-key"), Some(KEY));
    let log = log.0.lock().unwrap();
    let own: Vec<_> = log
        .iter()
        .filter(|(name, ..)| name.contains("harness.call"))
        .collect();
    assert!(own.len() >= 2 + 4 + 2, "{own:?}");
    let all = format!("{log:?}");
    assert!(!all.contains("c4n4ry"), "{all}");
}
