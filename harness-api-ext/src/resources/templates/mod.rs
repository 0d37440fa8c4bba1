//! Templates of pipelines, stages, steps and more.

mod resource;

pub use harness_api::templates::types;
pub use resource::{
    CreateTemplate, DeleteTemplate, GetTemplate, GetTemplateInputs, ListTemplates,
    SetStableTemplate, Templates, UpdateTemplate,
};
