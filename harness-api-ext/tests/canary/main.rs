//! Secrets are never shown: not in `Debug` and `Display` of requests, responses and errors, not in spans, events and
//! logs, not by the mock.
//!
//! The test runs in a process of its own, so that it can set environment variables and the only subscriber, and its
//! output can be searched too.

#![cfg(all(
    feature = "connectors",
    feature = "pipeline",
    feature = "platform",
    feature = "secrets",
    feature = "users"
))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod capture;
mod detector;
mod echoes;
mod elsewhere;
mod families;
mod marks;
mod modes;

use std::process::Command;

use tokio::runtime::Runtime;
use tracing_subscriber::layer::SubscriberExt;

use capture::Capture;
use detector::{Detector, Mark, base64};

/// Set in the process of its own.
const INSIDE: &str = "HARNESS_API_CANARY";

#[test]
fn nothing_secret_shows_anywhere() {
    in_a_process("nothing_secret_shows_anywhere", |capture, runtime| {
        runtime.block_on(async {
            modes::run(capture).await;
            elsewhere::run(capture).await;
        });
        #[cfg(feature = "blocking")]
        elsewhere::block(capture);
        search(capture)
    });
}

#[test]
fn a_key_that_the_server_repeats_is_masked_in_every_form_and_place() {
    let name = "a_key_that_the_server_repeats_is_masked_in_every_form_and_place";
    in_a_process(name, |capture, runtime| {
        runtime.block_on(echoes::run(capture))
    });
}

/// Runs a test in a process of its own, which returns the number of searched texts, and searches its output.
fn in_a_process(name: &str, run: impl FnOnce(&Capture, &Runtime) -> usize) {
    if std::env::var_os(INSIDE).is_some() {
        let capture = Capture::default();
        let subscriber = tracing_subscriber::registry().with(capture.clone());
        tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
        log::set_boxed_logger(Box::new(capture.clone())).expect("the only logger");
        log::set_max_level(log::LevelFilter::Trace);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let count = run(&capture, &runtime.expect("a runtime"));
        return println!("{count} texts searched");
    }
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "yes")
        .env("HARNESS_PLATFORM_API_KEY", marks::KEY)
        .env("HARNESS_ENDPOINT", "http://127.0.0.1:9")
        .env("HARNESS_ORG", "retail")
        .env("HARNESS_PROJECT", "checkout")
        .output()
        .expect("the process");
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (told(&output.stdout), told(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    let shown = Detector::new(marks::ALL).find(&format!("{out}{err}"));
    assert!(shown.is_empty(), "the process prints {shown:?}");
    let searched = out.lines().find(|line| line.contains("texts searched"));
    println!("{}", searched.expect("a number of texts"));
}

/// Searches everything for all marks.
fn search(capture: &Capture) -> usize {
    let detector = Detector::new(marks::ALL);
    let all = capture.all();
    let mut shown: Vec<String> = Vec::new();
    for (from, text) in &all {
        for name in detector.find(text) {
            shown.push(format!("{name} in {from}"));
        }
    }
    shown.sort();
    shown.dedup();
    let traced = |start: &str| {
        all.iter()
            .filter(|(from, _)| from.starts_with(start))
            .count()
    };
    let (spans, logs) = (traced("span of harness"), traced("log of reqwest"));
    assert!(
        spans > 100 && logs > 10,
        "{spans} spans, {logs} lines of the HTTP client"
    );
    assert!(shown.is_empty(), "{shown:#?}");
    all.len()
}

/// The detector and the capture find a planted mark.
#[test]
fn a_planted_mark_is_seen() {
    const MARK: &str = "c4n4ry/pl4nted+in a t3st=ö";
    let detector = Detector::new(&[Mark {
        name: "planted",
        text: MARK,
    }]);
    let seen = |text: &str| detector.find(text) == ["planted"];
    let standard = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // `user:` and `me:` without anything before, as in a header for a proxy.
    let encoded = [
        "dXNlcjpjNG40cnkvcGw0bnRlZCtpbiBhIHQzc3Q9w7Y=",
        "bWU6YzRuNHJ5L3BsNG50ZWQraW4gYSB0M3N0PcO2",
        "YzRuNHJ5L3BsNG50ZWQraW4gYSB0M3N0PcO2",
    ];
    assert!(encoded[2].starts_with(&base64(MARK, 0, standard)));
    for text in encoded {
        assert!(seen(&format!("Basic {text}")), "{text}");
    }
    for text in [
        format!("before {MARK} behind"),
        "?signature=c4n4ry%2Fpl4nted%2Bin%20a%20t3st%3D%C3%B6&x=1".to_owned(),
        "?signature=c4n4ry%2fpl4nted%2bin+a+t3st%3d%c3%b6".to_owned(),
        format!("{:?}", MARK.as_bytes()),
        format!("{:#?}", Some(MARK)),
        "c4n4ry/pl4nted+in a t3st=\\u{f6}".to_owned(),
        "63346e3472792f706c346e7465642b696e2061207433".to_owned(),
        // Truncated by a limit, and a tail.
        "…c4n4ry/pl4nte…".to_owned(),
        "***d+in a t3st=ö".to_owned(),
    ] {
        assert!(seen(&text), "{text}");
    }
    assert!(
        detector
            .find("c4n4ry, and nothing else; bWUgdG9v")
            .is_empty()
    );

    let capture = Capture::default();
    let subscriber = tracing_subscriber::registry().with(capture.clone());
    tracing::subscriber::with_default(subscriber, || {
        let span = tracing::trace_span!("call", hidden = MARK, late = tracing::field::Empty);
        span.record("late", MARK);
        tracing::trace!(?span, "it is {MARK}");
    });
    let inner = std::io::Error::other(MARK);
    let outer = harness_api_ext::raw::Error::new(harness_api_ext::raw::ErrorKind::Layer, "no");
    capture.error("an error", &outer.with_source(inner));
    capture.debug("a value", &Some(MARK));
    capture.both("a text", &MARK);
    let mut record = log::Record::builder();
    log::Log::log(&capture, &record.args(format_args!("{MARK}")).build());
    let found = |from: &str| {
        let texts = capture.all().into_iter();
        texts
            .filter(|(own, text)| own.starts_with(from) && seen(text))
            .count()
    };
    let places = [
        "span of",
        "record of",
        "event of",
        "an error",
        "a value",
        "a text",
        "log of",
    ];
    assert_eq!(places.map(found), [1, 1, 1, 2, 2, 4, 1]);
}
