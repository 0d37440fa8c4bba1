//! What lives in an account, its organizations and their projects: one folder a module of the API, one file a resource.
//!
//! A resource is a handle that keeps its scope; its methods give builders. Required values are arguments, the rest are
//! setters, and `.await` sends.

pub(crate) mod builder;
mod order;

#[cfg(feature = "access_control")]
#[cfg_attr(docsrs, doc(cfg(feature = "access_control")))]
pub mod access_control;
#[cfg(feature = "audit")]
#[cfg_attr(docsrs, doc(cfg(feature = "audit")))]
pub mod audit;
#[cfg(feature = "ccm")]
#[cfg_attr(docsrs, doc(cfg(feature = "ccm")))]
pub mod ccm;
#[cfg(feature = "cd")]
#[cfg_attr(docsrs, doc(cfg(feature = "cd")))]
pub mod cd;
#[cfg(feature = "chaos")]
#[cfg_attr(docsrs, doc(cfg(feature = "chaos")))]
pub mod chaos;
#[cfg(feature = "code")]
#[cfg_attr(docsrs, doc(cfg(feature = "code")))]
pub mod code;
#[cfg(feature = "connectors")]
#[cfg_attr(docsrs, doc(cfg(feature = "connectors")))]
pub mod connectors;
#[cfg(feature = "delegates")]
#[cfg_attr(docsrs, doc(cfg(feature = "delegates")))]
pub mod delegates;
#[cfg(feature = "ff")]
#[cfg_attr(docsrs, doc(cfg(feature = "ff")))]
pub mod ff;
#[cfg(feature = "gitops")]
#[cfg_attr(docsrs, doc(cfg(feature = "gitops")))]
pub mod gitops;
#[cfg(feature = "har")]
#[cfg_attr(docsrs, doc(cfg(feature = "har")))]
pub mod har;
#[cfg(feature = "iacm")]
#[cfg_attr(docsrs, doc(cfg(feature = "iacm")))]
pub mod iacm;
#[cfg(feature = "idp")]
#[cfg_attr(docsrs, doc(cfg(feature = "idp")))]
pub mod idp;
#[cfg(feature = "pipeline")]
#[cfg_attr(docsrs, doc(cfg(feature = "pipeline")))]
pub mod pipeline;
#[cfg(feature = "platform")]
#[cfg_attr(docsrs, doc(cfg(feature = "platform")))]
pub mod platform;
#[cfg(feature = "policy")]
#[cfg_attr(docsrs, doc(cfg(feature = "policy")))]
pub mod policy;
#[cfg(feature = "secrets")]
#[cfg_attr(docsrs, doc(cfg(feature = "secrets")))]
pub mod secrets;
#[cfg(feature = "templates")]
#[cfg_attr(docsrs, doc(cfg(feature = "templates")))]
pub mod templates;
#[cfg(feature = "users")]
#[cfg_attr(docsrs, doc(cfg(feature = "users")))]
pub mod users;

pub use order::Order;
