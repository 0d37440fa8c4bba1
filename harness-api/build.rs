//! Inside the workspace: refuses to build generated code that no longer fits what it is made from.
//!
//! The published package leaves this file out.

use std::{fs, path::Path, process::ExitCode};

#[path = "../xtask/src/fingerprint.rs"]
#[allow(unreachable_pub, reason = "public in the crate that it belongs to")]
mod fingerprint;

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=generated.toml");
    println!("cargo::rerun-if-changed=../xtask/src/fingerprint.rs");
    for (_, paths) in fingerprint::INPUTS {
        for path in paths {
            println!("cargo::rerun-if-changed=../{path}");
        }
    }
    let fingerprints = match fingerprint::fingerprints(Path::new("..")) {
        Ok(fingerprints) => fingerprints,
        Err(error) => return refuse(&format!("its inputs cannot be read: {error}")),
    };
    let recorded = fs::read_to_string("generated.toml").unwrap_or_default();
    let stale: Vec<&str> = fingerprints
        .iter()
        .filter(|(name, hash)| !recorded.contains(&format!("{name} = \"{hash}\"")))
        .map(|(name, _)| *name)
        .collect();
    if stale.is_empty() {
        ExitCode::SUCCESS
    } else {
        refuse(&format!(
            "changed since it was generated: {}",
            stale.join(", ")
        ))
    }
}

fn refuse(why: &str) -> ExitCode {
    println!("cargo::error=the generated client is stale ({why}); run `cargo xtask generate`");
    ExitCode::FAILURE
}
