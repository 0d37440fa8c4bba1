//! What lives in an account, its organizations and their projects: one folder a module of the API, one file a resource.
//!
//! A resource is a handle that keeps its scope; its methods give builders. Required values are arguments, the rest are
//! setters, and `.await` sends.

pub(crate) mod builder;
mod order;

#[cfg(feature = "ccm")]
#[cfg_attr(docsrs, doc(cfg(feature = "ccm")))]
pub mod ccm;
#[cfg(feature = "chaos")]
#[cfg_attr(docsrs, doc(cfg(feature = "chaos")))]
pub mod chaos;
#[cfg(feature = "connectors")]
#[cfg_attr(docsrs, doc(cfg(feature = "connectors")))]
pub mod connectors;
#[cfg(feature = "ff")]
#[cfg_attr(docsrs, doc(cfg(feature = "ff")))]
pub mod ff;
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

pub use order::Order;
