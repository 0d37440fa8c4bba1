//! Secrets: texts, files and keys that pipelines and connectors use, and whose values are never read back.

mod resource;
mod save;

pub use harness_api::secrets::types;
pub use resource::{DeleteSecret, GetSecret, ListSecrets, Secrets, ValidateSecret};
pub use save::{CreateSecret, UpdateSecret};
