//! The workspace's own tool: makes the raw client from the description of the API.

pub mod bench_compile;
pub mod check;
pub mod diff;
pub mod fingerprint;
pub mod generate;
pub mod markdown;
pub mod slice;
pub mod surface;
pub mod vendor;
pub mod write;
