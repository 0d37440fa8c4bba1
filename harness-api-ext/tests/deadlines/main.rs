//! A server that sends one byte every 0.3 seconds, in each phase of a response and with each status: every await of
//! every kind of call ends within its limits. Also extreme durations, which every setter accepts.

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
