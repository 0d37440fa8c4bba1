//! Recordings of real servers, where they are at hand: they are no part of this repository.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use harness_api_tests::replay::{self, Kind};

/// The least share of leaves that has to be kept, in percent.
const KEPT: f64 = 97.0;

#[test]
fn every_recorded_answer_decodes_and_little_is_dropped() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/recordings");
    if !dir.is_dir() {
        println!("skipped, no recordings");
        return;
    }
    if cfg!(not(feature = "full")) {
        println!("skipped, not every module is compiled in");
        return;
    }
    let report = replay::run(&dir).unwrap();
    let summary = report.summary();
    println!("{summary}");
    let (decoded, responses) = report.share(Kind::Response);
    assert_eq!(decoded, responses, "{summary}");
    let (mapped, errors) = report.share(Kind::Error);
    assert_eq!(mapped, errors, "{summary}");
    assert!(report.percent_kept() >= KEPT, "{summary}");
}
