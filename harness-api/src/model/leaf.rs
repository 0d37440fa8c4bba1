//! Text-like leaves.

use std::fmt;

/// An enum that keeps values it does not know.
pub trait Text {
    /// Takes the value that `text` spells.
    fn set(&mut self, text: &str);
}

/// Where `text` is among the values of an enum; behind the last, if it is none of them.
pub fn known(values: &[&str], text: &str) -> usize {
    let place = values.iter().position(|value| *value == text);
    place.unwrap_or(values.len())
}

/// What `Debug` shows in place of a secret.
pub(super) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
