//! What the tests of the workspace share.

pub mod dispatch;
mod generated;
pub mod replay;
pub mod server;
