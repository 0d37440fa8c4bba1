//! Recorded exchanges of real servers, replayed against the types of the client.
//!
//! [`run`] reads a folder of recordings and returns the result of each. No request is sent: bodies are decoded and
//! encoded, and failures are returned by the only layer of a client.

mod exchange;
mod expect;
mod leaves;
mod play;
mod report;
mod route;

use std::path::Path;

pub use exchange::{Exchange, Kind, Problem};
pub use leaves::{How, Leaves, Lost, compare};
pub use report::{File, Outcome, Report};

/// Replays every `*.json` of a folder and its subfolders, sorted by path.
///
/// # Errors
///
/// Returns an error if the folder or a file cannot be read, or a file is not a recorded exchange.
pub fn run(dir: &Path) -> Result<Report, Problem> {
    let player = play::Player::new().map_err(|error| Problem::new(dir, error))?;
    let files = exchange::read_dir(dir)?
        .into_iter()
        .map(|(name, exchange)| player.play(name, &exchange))
        .collect();
    Ok(Report { files })
}
