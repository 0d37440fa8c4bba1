//! Pipelines, what belongs to them, and their runs.

#![cfg(feature = "pipeline")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;
mod execute;
mod logs;
#[path = "../common/one_call.rs"]
mod one_call;
mod waits;
mod wire;

use harness_api_ext::{Harness, Project};

pub(crate) const SCOPE: &str =
    "accountIdentifier=AcmeAccount&orgIdentifier=retail&projectIdentifier=checkout";

pub(crate) fn project(harness: &Harness) -> Project {
    harness.org("retail").project("checkout")
}
