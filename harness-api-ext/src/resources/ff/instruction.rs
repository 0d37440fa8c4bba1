//! Instructions: the single changes that a patch is made of.

use harness_api::ff::types;
use serde_json::Value;

/// The setters that every patch has, for a builder with a field `patch`.
macro_rules! instructions {
    ($name:ident) => {
        impl $name {
            /// One change more, by its name in the API, for those that have no method here.
            pub fn instruction(
                mut self,
                kind: impl Into<String>,
                parameters: serde_json::Value,
            ) -> Self {
                self.patch
                    .instructions
                    .push(crate::resources::ff::instruction::of(kind, parameters));
                self
            }

            /// Why, for the log of changes.
            pub fn comment(mut self, text: impl Into<String>) -> Self {
                self.patch.comment = Some(text.into());
                self
            }
        }
    };
}

pub(super) use instructions;

pub(super) fn of(kind: impl Into<String>, parameters: Value) -> types::PatchInstructionInner {
    types::PatchInstructionInner::new(kind, parameters)
}

/// Identifiers, as the value of a parameter.
pub(super) fn texts(ids: impl IntoIterator<Item = impl Into<String>>) -> Value {
    ids.into_iter().map(Into::<String>::into).collect()
}
