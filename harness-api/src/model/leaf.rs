//! Text-like leaves.

use std::fmt;

/// An enum that keeps values it does not know.
pub trait Text: Send + Sync {
    /// Takes the value that `text` spells.
    fn set(&mut self, text: &str);
    /// The spelling on the wire.
    fn get(&self) -> &str;
}

/// What `Debug` shows in place of a secret: only whether there is one.
pub struct Redacted(pub bool);

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 { "[redacted]" } else { "None" })
    }
}
