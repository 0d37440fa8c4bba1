//! A mock server of the Harness API, for tests of programs that use this crate. It requires the feature `mock`.
//!
//! It runs in the process, on a free port of this machine, and starts in milliseconds. Two servers share nothing, so
//! every test can have its own.
//!
//! ```
//! use harness_api_ext::mock::{Reply, Server};
//!
//! # #[cfg(feature = "platform")]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> harness_api_ext::Result<()> {
//! let server = Server::start().await?;
//! let organizations = server.harness().account().organizations();
//! organizations.create("retail", "Retail").await?;
//! assert!(organizations.get("shops").await.is_err_and(|error| error.is_not_found()));
//!
//! server.answer_next("getOrganization", [Reply::error(403, "not yours")]);
//! assert!(organizations.get("retail").await.is_err_and(|error| error.is_permission_denied()));
//!
//! server.assert_received("postOrganization", |request| {
//!     request.json()["organization"]["name"] == "Retail"
//! });
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "platform"))]
//! # fn main() {}
//! ```
//!
//! # Supported operations
//!
//! The mock has handlers with state for organizations, projects, connectors, secrets, services, environments,
//! pipelines, input sets, runs with their logs and approvals, GitOps agents and applications, artifact registries and
//! Git repositories. They can be created, read, listed in pages, updated and deleted, with the envelopes and failures
//! of each service. Operations of modules that are not enabled are absent.
//!
//! Every other operation responds with 501, unless a [fallback](ServerBuilder::fallback) or a script
//! ([`Server::answer_next`] and [`Server::answer_with`]) responds to it.
//!
//! The mock responds with 422 and a list of violations to a request that calls no operation, or lacks required parts:
//! parameters, bodies, and the settings that connectors and secrets require by their type. [`Received::violations`]
//! returns the same list. It responds with 401 to a request without the right key.
//!
//! With the feature `mock-described`, `ServerBuilder::described` validates all values by the schemas of the description
//! too. Operations without a handler then respond with generated values that satisfy these schemas. Created entities
//! are not stored. `Described` generates such values without a server.
//!
//! # Limits
//!
//! Templates, Git, expressions and the values of secrets are not supported. The YAML of a pipeline is parsed for stages
//! and steps, and stored unchanged. Of the checks that the platform makes beyond the description, only the cheap ones
//! are made: identifiers, duplicates, and the existence of organization and project.

mod check;
#[cfg(feature = "mock-described")]
mod described;
mod envelope;
mod paging;
mod received;
mod reply;
mod required;
mod route;
mod script;
mod serve;
mod server;
mod services;
mod state;
mod store;

pub use check::Violation;
#[cfg(feature = "mock-described")]
pub use described::{Described, Mode};
pub use received::Received;
pub use reply::Reply;
pub use server::{Server, ServerBuilder};
pub use services::runs::RunScript;
