//! Feature flags, and the targets and segments that they are served to.

mod flags;
mod instruction;
mod segments;
mod targets;

pub use flags::{CreateFlag, DeleteFlag, FeatureFlags, GetFlag, ListFlags, PatchFlag, RestoreFlag};
pub use harness_api::ff::types;
pub use segments::{
    CreateSegment, DeleteSegment, GetSegment, ListSegments, PatchSegment, Segments,
};
pub use targets::{CreateTarget, DeleteTarget, GetTarget, ListTargets, Targets, UpdateTarget};
