//! Recorded exchanges of real servers, played against the types of the client.
//!
//! [`run`] reads a folder of recordings and says for each what became of it. Nothing is sent anywhere: bodies go through
//! the types, and failures through a client whose only layer gives the recorded answer.

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

/// Plays every `*.json` of a folder and the folders in it, in the order of their paths.
///
/// # Errors
///
/// When the folder or a file cannot be read, or a file is no recorded exchange.
pub fn run(dir: &Path) -> Result<Report, Problem> {
    let player = play::Player::new().map_err(|error| Problem::new(dir, error))?;
    let files = exchange::read_dir(dir)?
        .into_iter()
        .map(|(name, exchange)| player.play(name, &exchange))
        .collect();
    Ok(Report { files })
}
