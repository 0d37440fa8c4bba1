//! The workspace's own tool: makes the raw client from the description of the API.

pub mod bench_compile;
pub mod fingerprint;
pub mod generate;
pub mod surface;
pub mod write;
