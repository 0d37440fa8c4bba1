//! Tests of taking over a new description: vendoring it, and what the report says of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod beside;
mod classes;
mod fixture;
mod large;
mod reports;
mod vendoring;
mod whole;
