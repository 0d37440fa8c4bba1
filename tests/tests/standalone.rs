//! `cargo xtask generate --input`: crates generated from the descriptions of other APIs compile.
//!
//! Nothing is downloaded: the descriptions are fixtures of the package `openapiv3`, which the generator uses, and the
//! crates depend on the versions of this workspace.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the tests of the generator"
)]
#[path = "../../xtask/tests/generator/strategy.rs"]
mod strategy;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use xtask::generate::{load, standalone};
use xtask::write;

/// Descriptions of real services: small ones, and the largest.
const REAL: [&str; 6] = [
    "polygon.json",
    "authentiq.yaml",
    "docker.yaml",
    "quayio.json",
    "fitbit.json",
    "stripe.yaml",
];

/// Number of additional random documents.
const RANDOM: usize = 12;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn cargo(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("standalone-target"),
        )
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo {arguments:?}:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Returns the target triple of this machine.
fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

fn fixtures() -> PathBuf {
    // Packages for other platforms are not on this machine.
    let host = host();
    let metadata = cargo(
        root(),
        &[
            "metadata",
            "--format-version=1",
            "--offline",
            "--locked",
            "--filter-platform",
            &host,
        ],
    );
    let metadata: Value = serde_json::from_slice(&metadata).unwrap();
    let manifest = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|package| package["name"] == "openapiv3")
        .and_then(|package| package["manifest_path"].as_str())
        .unwrap_or_else(|| panic!("the workspace does not use the package openapiv3"));
    let folder = Path::new(manifest).with_file_name("fixtures");
    assert!(
        folder.is_dir(),
        "the package openapiv3 has no folder `fixtures` at {}: this test needs a version that ships it",
        folder.display()
    );
    folder
}

#[test]
fn crates_of_other_descriptions_compile() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("standalone");
    let _ = fs::remove_dir_all(&folder);
    let support = root().join("harness-api/src");
    let mut documents: Vec<(String, load::Document)> = Vec::new();
    let fixtures = fixtures();
    for file in REAL {
        let document = load::load(&fixtures.join(file)).unwrap();
        documents.push((file.replace('.', "-"), document));
    }
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    for number in 0..RANDOM {
        let value = strategy::document()
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let document = load::parse(value.to_string().as_bytes(), "random.json").unwrap();
        documents.push((format!("random-{number}"), document));
    }
    let trouble = strategy::troublesome().to_string();
    let trouble = load::parse(trouble.as_bytes(), "trouble.json").unwrap();
    documents.push(("trouble".to_owned(), trouble));

    // One crate that depends on all of them, so that a single run of cargo checks them.
    let mut manifest =
        "[package]\nname = \"all\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n".to_owned();
    for (name, document) in &documents {
        let made = standalone(document, Some(name), &support, &mut |_| {}).unwrap();
        assert!(!made.api.modules.is_empty(), "{name}: no operations");
        write::write_owned(&folder.join(name), write::List::default(), &made.files).unwrap();
        manifest += &format!(
            "{name} = {{ path = \"../{name}\", default-features = false, features = [\"full\"] }}\n"
        );
    }
    let all = folder.join("all");
    fs::create_dir_all(all.join("src")).unwrap();
    fs::write(all.join("src/lib.rs"), "").unwrap();
    fs::write(all.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root().join("Cargo.lock"), all.join("Cargo.lock")).unwrap();
    cargo(&all, &["check", "--quiet", "--offline"]);
}
