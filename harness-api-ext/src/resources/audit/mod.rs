//! The audit trail: who changed what and when, and where its events are streamed to.

mod destinations;
mod events;

pub use destinations::{
    CreateStreamingDestination, DeleteStreamingDestination, GetStreamingDestination,
    ListStreamingDestinations, StreamingDestinations, UpdateStreamingDestination,
};
pub use events::{Audit, GetYamlChange, ListEvents};
pub use harness_api::audit::types;
