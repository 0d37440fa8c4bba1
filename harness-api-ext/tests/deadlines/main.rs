//! A server that answers a byte every 0.3 seconds, in each phase of a response and with each status: every await of every
//! kind of call ends within its limits. And durations that nobody means, which every setter takes.

#![cfg(all(feature = "pipeline", feature = "platform"))]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../common/clock.rs"]
mod clock;
mod durations;
mod server;
mod trickle;
