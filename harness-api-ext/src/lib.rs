//! The Harness Platform API for everyday use, above the raw client.
//!
//! So far this crate hands out the raw client as [`raw`]: all operations, typed, one Cargo feature a module. The features
//! of this crate have the same names and turn on the same modules.
//!
//! ```no_run
//! use harness_api_ext::raw::{Client, Error};
//!
//! # fn main() -> Result<(), Error> {
//! let client = Client::builder("https://app.harness.io").header("x-api-key", "pat.account.id.secret")?.build()?;
//! println!("{}", client.base_url());
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub use harness_api as raw;
