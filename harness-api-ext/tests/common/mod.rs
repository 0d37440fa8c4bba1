//! What tests of whole calls stand on: a server on loopback, and a stage that plays the server without a network, so that
//! time can be paused.

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

/// The key of all tests; its last part must not show anywhere.
pub const KEY: &str = "sat.AcmeAccount.6650f0.c4n4ry-key";

/// A builder for a server that is not there.
pub fn builder() -> HarnessBuilder {
    Harness::builder()
        .api_key(KEY)
        .endpoint("http://127.0.0.1:9")
}
