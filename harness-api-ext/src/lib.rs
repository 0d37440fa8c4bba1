//! High-level client for the Harness Platform API, built on the raw client `harness-api`.
//!
//! [`Harness`] is the client. It returns handles for an [`Account`], an [`Org`] and a [`Project`], and these return
//! handles for the resources of their level. The Cargo features are named after the modules of `harness-api`, and each
//! enables the module of its name. The [`guide`] has one page for each task.
//!
//! ```no_run
//! use harness_api_ext::Harness;
//!
//! # async fn run() -> harness_api_ext::Result<()> {
//! let harness = Harness::from_env()?;
//! let project = harness.org("default").project("checkout");
//! # let _ = project;
//! # Ok(())
//! # }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(feature = "pipeline"),
    allow(
        dead_code,
        unreachable_pub,
        unused_imports,
        reason = "with few modules compiled in, some helpers of the resources are unused"
    )
)]

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod call_info;
mod client;
mod error;
mod git;
pub mod guide;
#[cfg(feature = "mock")]
#[cfg_attr(docsrs, doc(cfg(feature = "mock")))]
pub mod mock;
pub mod page;
mod resources;
mod scope;
mod transport;
mod unfold;
mod wait;

pub use harness_api as raw;

pub use call_info::CallInfo;
pub use client::{ApiKey, Harness, HarnessBuilder, KeyKind};
pub use error::{
    DeniedBy, Envelope, Error, ErrorKind, FieldError, PermissionCheck, PolicyDenial, Result,
    RuleViolation,
};
pub use git::GitStore;
pub use page::{Items, Page, Pager};
pub use resources::*;
pub use scope::{Account, InScope, Org, Project};
/// Types for secret values, which are shown only on request.
pub use secrecy::{ExposeSecret, SecretString};
pub use wait::{Backoff, Observe, Progress, Wait, WaitFailure, Watch};

/// Boxed future of a call.
pub type Sending<T> = std::pin::Pin<Box<dyn Future<Output = Result<T>> + Send>>;
pub use transport::{CallExt, RateLimit, RetryPolicy};
