//! Tests of the generator through its public stages.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod any_document;
mod emitting;
mod hostile;
mod index;
mod lowering;
mod manifests;
mod reading;
mod refining;
mod rust;
mod strategy;
mod support;
mod writing;
