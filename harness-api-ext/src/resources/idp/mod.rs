//! The developer portal: entities of the catalogue, and their scorecards.

mod entities;
mod entity_ref;
mod scorecards;

pub use entities::{CreateEntity, DeleteEntity, Entities, GetEntity, ListEntities, UpdateEntity};
pub use entity_ref::EntityRef;
pub use harness_api::idp::types;
pub use scorecards::{
    CreateScorecard, DeleteScorecard, GetScorecard, GetScores, ListScorecards, Scorecards,
    UpdateScorecard,
};
