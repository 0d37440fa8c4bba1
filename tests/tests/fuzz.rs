//! The fuzz targets for a limited time: with their corpus, and inputs derived from it.
//!
//! The inputs are the same on every machine. `HARNESS_FUZZ_CASES` sets the number of inputs per target, and
//! `HARNESS_FUZZ_SEED` selects other inputs.

#![cfg(feature = "pipeline")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[allow(unreachable_pub, reason = "shared with the fuzz targets")]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

type Target = fn(&[u8]);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a target with its corpus, with the files of other folders, and with `cases` inputs derived from them.
fn run(name: &str, target: Target, others: &[&str], cases: u32) {
    let corpus = root().join("fuzz/corpus").join(name);
    let mut seeds = Vec::new();
    read(&corpus, &mut seeds);
    assert!(!seeds.is_empty(), "{} is empty", corpus.display());
    for folder in others {
        read(&root().join(folder), &mut seeds);
    }
    seeds.sort();
    for (path, bytes) in &seeds {
        if catch_unwind(|| target(bytes)).is_err() {
            panic!("{name} fails with {}", path.display());
        }
    }
    let seeds: Vec<Vec<u8>> = seeds.into_iter().map(|(_, bytes)| bytes).collect();
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u32>().unwrap())
    };
    let config = Config {
        cases: number("HARNESS_FUZZ_CASES").unwrap_or(cases),
        max_shrink_iters: 2000,
        failure_persistence: None,
        ..Config::default()
    };
    let mut seed = [7; 32];
    seed[..4].copy_from_slice(&number("HARNESS_FUZZ_SEED").unwrap_or(0).to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let outcome = TestRunner::new_with_rng(config, random).run(&input(seeds), |input| {
        target(&input);
        Ok(())
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, input)) => {
            let path = std::env::temp_dir().join(format!("fuzz-{name}"));
            fs::write(&path, &input).unwrap();
            let text = String::from_utf8_lossy(&input);
            panic!("{reason}\nkept as {}:\n{text:?}", path.display());
        }
        Err(error) => panic!("{error}"),
    }
}

/// Reads the files of a folder and its subfolders.
fn read(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, files);
        } else if path.extension().is_none_or(|it| it != "md") {
            files.push((path.clone(), fs::read(path).unwrap()));
        }
    }
}

/// Change of some bytes; its position is a fraction of the whole.
#[derive(Clone, Debug)]
enum Edit {
    Flip(f64, u8),
    Insert(f64, Vec<u8>),
    Remove(f64, usize),
    Repeat(f64, usize),
}

/// Returns a seed with a few changes and choices after it, or only choices.
fn input(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let edit = prop_oneof![
        (0.0..1.0, any::<u8>()).prop_map(|(at, byte)| Edit::Flip(at, byte)),
        (0.0..1.0, vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        (0.0..1.0, 1_usize..12).prop_map(|(at, count)| Edit::Remove(at, count)),
        (0.0..1.0, 1_usize..40).prop_map(|(at, count)| Edit::Repeat(at, count)),
    ];
    // Most changes are left to the target, which knows the format.
    let edits = prop_oneof![3 => Just(Vec::new()), 2 => vec(edit, 1..4)];
    let choices = prop_oneof![1 => Just(Vec::new()), 4 => vec(any::<u8>(), 1..120)];
    let seed = prop::sample::select(seeds);
    let changed = (seed, edits, choices).prop_map(|(mut bytes, edits, choices)| {
        for edit in edits {
            change(&mut bytes, edit);
        }
        if !choices.is_empty() {
            bytes.push(0);
            // A NUL would end the part before the choices.
            bytes.extend(choices.into_iter().map(|byte| byte.max(1)));
        }
        bytes
    });
    prop_oneof![9 => changed, 1 => vec(any::<u8>(), 0..300)]
}

fn change(bytes: &mut Vec<u8>, edit: Edit) {
    let place = |at: f64| (at * bytes.len() as f64) as usize;
    match edit {
        Edit::Flip(at, byte) => {
            let at = place(at);
            if let Some(found) = bytes.get_mut(at) {
                *found ^= byte;
            }
        }
        Edit::Insert(at, more) => {
            let at = place(at);
            bytes.splice(at..at, more);
        }
        Edit::Remove(at, count) => {
            let at = place(at);
            let end = (at + count).min(bytes.len());
            bytes.drain(at..end);
        }
        Edit::Repeat(at, count) => {
            let at = place(at);
            let end = (at + count).min(bytes.len());
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

#[test]
fn credentials() {
    run("credentials", fuzz::credentials, &[], 300);
}

#[test]
fn decoding() {
    run("decoding", fuzz::decoding, &["recordings"], 3000);
}

#[test]
fn description() {
    run("description", fuzz::description, &[], 1000);
}

#[test]
fn generation() {
    run("description", fuzz::generation, &[], 60);
}

#[test]
fn error_mapping() {
    run(
        "error_mapping",
        fuzz::error_mapping,
        &["recordings/errors"],
        2000,
    );
}

#[test]
fn logs() {
    run("logs", fuzz::logs, &[], 500);
}

#[test]
fn pagers() {
    run("pagers", fuzz::pagers, &[], 3000);
}

#[test]
fn retries() {
    run("retries", fuzz::retries, &[], 200);
}
