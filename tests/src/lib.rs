//! What the tests of the workspace share.

pub mod calls;
pub mod conformance;
pub mod dispatch;
#[rustfmt::skip]
#[allow(unused_variables, reason = "a call that takes no values")]
mod generated;
pub mod replay;
pub mod server;
