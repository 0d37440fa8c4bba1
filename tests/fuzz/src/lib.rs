//! The fuzz targets: each function takes any bytes, and panics if the client breaks a guarantee.
//!
//! The same functions run with cargo-fuzz, and for a limited time in the tests of the workspace.

mod credentials;
mod decoding;
mod description;
mod error_mapping;
mod input;
mod logs;
mod pagers;
mod retries;
mod stage;

pub use credentials::credentials;
pub use decoding::decoding;
pub use description::{description, generation};
pub use error_mapping::error_mapping;
pub use logs::logs;
pub use pagers::pagers;
pub use retries::retries;
