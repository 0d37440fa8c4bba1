//! Text-like leaves.

/// An enum that keeps values it does not know.
pub trait Text: Send + Sync {
    /// Takes the value that `text` spells.
    fn set(&mut self, text: &str);
    /// The spelling on the wire.
    fn get(&self) -> &str;
}
