//! The raw client.
#![forbid(unsafe_code)]
pub mod model;
