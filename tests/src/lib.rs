//! Shared code of the tests of the workspace.

pub mod calls;
pub mod conformance;
pub mod dispatch;
#[rustfmt::skip]
#[allow(unused_variables, reason = "a call that takes no values")]
mod generated;
pub mod replay;
pub mod server;
#[cfg(feature = "platform")]
pub mod soak;

/// Compiles the code of the READMEs.
#[cfg(doctest)]
mod readme {
    #[cfg(all(feature = "pipeline", feature = "platform"))]
    #[doc = include_str!("../../README.md")]
    struct Workspace;
    #[cfg(all(feature = "pipeline", feature = "platform"))]
    #[doc = include_str!("../../harness-api-ext/README.md")]
    struct Ext;
    #[cfg(feature = "pipeline")]
    #[doc = include_str!("../../harness-api/README.md")]
    struct Api;
}
