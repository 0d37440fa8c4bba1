//! The layers of every call, from outside: on a stage with a paused clock, and over real connections.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../common/mod.rs"]
mod common;

mod identifiers;
mod limits;
mod retry;
mod time;
mod wire;

use harness_api_ext::raw::{Call, Operation, Repeat};
use harness_api_ext::{CallInfo, Harness};

pub(crate) static READ: Operation = Operation::new("readWidget", "POST", "/v1/widgets/find")
    .answers(&["application/json"])
    .repeat(Repeat::Safe);
pub(crate) static REPLACE: Operation = Operation::new("replaceWidget", "POST", "/v1/widgets/one")
    .answers(&["application/json"])
    .repeat(Repeat::Idempotent);
pub(crate) static RUN: Operation = Operation::new("runWidget", "GET", "/v1/widgets/run")
    .answers(&["application/json"])
    .repeat(Repeat::Never);

pub(crate) fn call(harness: &Harness, operation: &'static Operation) -> Call {
    Call::new(harness.raw(), operation)
}

/// Returns the call info of an error.
pub(crate) fn info(error: &harness_api_ext::raw::Error) -> CallInfo {
    error.attached::<CallInfo>().expect("attached").clone()
}
