//! Recordings: those of this repository, and those of real servers if they are available.

#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use harness_api_tests::replay::{self, Kind, Outcome, Report};

fn replay(dir: &Path) -> Report {
    let report = replay::run(dir).unwrap();
    println!("{}", report.summary());
    for kind in [Kind::Response, Kind::Error] {
        let (good, all) = report.share(kind);
        assert_eq!(good, all, "{}", report.text(true));
    }
    report
}

#[test]
fn the_invented_exchanges_go_through_the_client() {
    let report = replay(&Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings"));
    let text = report.text(true);
    let count = |kind| report.share(kind).1;
    assert!(report.files.len() >= 150, "{}", report.files.len());
    assert!(count(Kind::Response) >= 100 && count(Kind::Error) >= 60 && count(Kind::Request) >= 20);
    let (kept, requests) = report.share(Kind::Request);
    assert_eq!(kept, requests, "{text}");
    assert!(report.percent_kept() >= 99.5, "{text}");
    // Every recording belongs to an existing operation.
    for file in &report.files {
        assert_ne!(file.outcome, Outcome::Apart, "{}", file.name);
    }
}

#[test]
fn every_recorded_answer_decodes_and_little_is_dropped() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/recordings");
    if !dir.is_dir() {
        println!("skipped, no recordings");
        return;
    }
    let report = replay(&dir);
    assert!(report.percent_kept() >= 97.0, "{}", report.summary());
}
