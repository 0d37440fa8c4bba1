//! What the fuzz targets do: each function takes any bytes, and panics where a promise of the client is broken.
//!
//! The same functions run under cargo-fuzz, and for a bounded time among the tests of the workspace.

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
