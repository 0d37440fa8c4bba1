//! Shared code of tests of whole calls: a server on loopback, and a stage that simulates the server without a network,
//! so that the clock can be paused.

#![allow(
    clippy::expect_used,
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "a test fails by panicking, and uses what it needs"
)]

mod exchange;
mod server;
mod stage;

use harness_api_ext::{Harness, HarnessBuilder};

pub use exchange::{ACCOUNT, Exchange, ORG, PAGE, PROJECT, data, has_part, not_found, page};
pub use server::{Reply, Server, parts};
pub use stage::{Play, Stage};

/// Key of all tests; its last part must never be shown.
pub const KEY: &str = "sat.AcmeAccount.6650f0.c4n4ry-key";

/// Returns a builder for a server that does not exist.
pub fn builder() -> HarnessBuilder {
    Harness::builder()
        .api_key(KEY)
        .endpoint("http://127.0.0.1:9")
}
