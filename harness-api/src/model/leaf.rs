//! Text-like leaves.

use std::fmt;

/// An enum that keeps values it does not know.
pub trait Text {
    /// Takes the value that `text` spells.
    fn set(&mut self, text: &str);
}

/// What `Debug` shows in place of a secret.
pub(super) struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
