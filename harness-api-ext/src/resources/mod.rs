//! What lives in an account, its organizations and their projects: one folder a module of the API, one file a resource.
//!
//! A resource is a handle that keeps its scope; its methods give builders. Required values are arguments, the rest are
//! setters, and `.await` sends.

pub(crate) mod builder;

#[cfg(feature = "cd")]
#[cfg_attr(docsrs, doc(cfg(feature = "cd")))]
pub mod cd;
#[cfg(feature = "connectors")]
#[cfg_attr(docsrs, doc(cfg(feature = "connectors")))]
pub mod connectors;
#[cfg(feature = "pipeline")]
#[cfg_attr(docsrs, doc(cfg(feature = "pipeline")))]
pub mod pipeline;
#[cfg(feature = "platform")]
#[cfg_attr(docsrs, doc(cfg(feature = "platform")))]
pub mod platform;
#[cfg(feature = "templates")]
#[cfg_attr(docsrs, doc(cfg(feature = "templates")))]
pub mod templates;
