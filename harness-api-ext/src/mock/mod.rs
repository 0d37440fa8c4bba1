//! A server that plays Harness, for tests of programs that use this crate. It needs the feature `mock`.
//!
//! It runs in the process, on a free port of this machine, and starts in milliseconds. Nothing is shared between two of
//! them, so every test can have its own.
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
//! # What it plays
//!
//! Organizations, projects, connectors, secrets, services, environments, pipelines, input sets, runs with their logs and
//! approvals, GitOps agents and applications, artifact registries and Git repositories: they can be created, read, listed
//! in pages, updated and deleted, with the envelopes and the failures that each service has. What belongs to a module that
//! is not compiled in is not there.
//!
//! Every other operation is answered with 501, unless a [fallback](ServerBuilder::fallback) or a script answers it:
//! [`Server::answer_next`] and [`Server::answer_with`].
//!
//! A request that calls no operation, or leaves out what the description requires (parameters, bodies, and the settings of
//! connectors and secrets by their type), is answered with 422 and a list of what is wrong; [`Received::violations`] has the
//! same list. One without the right key is answered with 401.
//!
//! With the feature `mock-described`, `ServerBuilder::described` checks all values too, by the schemas of the description, and
//! answers every operation that the mock does not play with values that fit them. They are made up: what is created is not
//! found later. `Described` makes them by itself.
//!
//! # What it does not play
//!
//! Templates, Git, expressions and the values of secrets: YAML is parsed for stages and steps, and kept as it is. What the platform checks beyond the
//! description is checked where it is cheap: identifiers, duplicates, whether organization and project exist.

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
