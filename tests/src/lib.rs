//! What the tests of the workspace share.

pub mod dispatch;
#[rustfmt::skip]
mod generated;
pub mod replay;
pub mod server;
