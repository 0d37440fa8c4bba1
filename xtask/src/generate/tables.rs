//! What people write beside the description: everything else that generation reads in `openapi`.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::{
    behaviour::Table, fix::FixSet, lower::names::Names, openapi, partition::map::ModuleMap,
};

/// The fixes and the tables.
#[derive(Debug)]
pub struct Tables {
    /// Corrections of the description.
    pub fixes: FixSet,
    /// The modules of operations.
    pub map: ModuleMap,
    /// Names that no rule finds.
    pub names: Names,
    /// Behaviour that no rule finds. Without the table, a list that is not understood is no error.
    pub behaviour: Option<Table>,
    /// Whether the tables have to tell apart what has one name, and each entry of them has to apply.
    pub strict: bool,
}

impl Tables {
    /// Reads them from the folder `openapi`.
    pub fn load(folder: &Path) -> Result<Self> {
        Ok(Self {
            fixes: FixSet::load(&folder.join("fixes"))?,
            map: ModuleMap::load(&folder.join("modules.toml"))?,
            names: Names::load(&folder.join("names.toml"))?,
            behaviour: Some(Table::load(&folder.join("behaviour.toml"))?),
            strict: true,
        })
    }

    /// Returns those of a description without tables: modules are derived from its paths or tags.
    pub fn derived(document: &Value) -> Self {
        let operations: Vec<_> = openapi::operations(document).collect();
        Self::of(ModuleMap::by_first_segment_or_tag(&operations))
    }

    /// Returns those that consist of modules alone.
    pub fn of(map: ModuleMap) -> Self {
        Self {
            fixes: FixSet::none(),
            map,
            names: Names::empty(),
            behaviour: None,
            strict: false,
        }
    }
}
