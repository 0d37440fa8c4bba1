//! Delegates: what runs in the customer's network on behalf of the platform, and the tokens that they connect with.

mod resource;
mod tokens;

pub use harness_api::delegates::types;
pub use resource::{
    AddDelegateTags, Delegates, DeleteDelegate, GetDelegateTags, GetDelegateVersion,
    GetDockerManifest, GetKubernetesManifest, ListDelegates, SetDelegateTags,
};
pub use tokens::{
    CreateDelegateToken, DelegateToken, DelegateTokens, DeleteDelegateToken, ListDelegateTokens,
    ListDelegatesOfToken, RevokeDelegateToken,
};
