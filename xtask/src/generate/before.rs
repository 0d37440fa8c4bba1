//! What is known of the client that was generated last, to keep the modules and names that programs use.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::{api::Api, index};

/// The client that was generated last.
pub trait Before {
    /// Returns the module of the operation with this id.
    fn module(&self, id: &str) -> Option<&str>;

    /// Returns whether this schema was a type.
    fn has_type(&self, schema: &str) -> bool;
}

/// No client.
pub struct Nothing;

impl Before for Nothing {
    fn module(&self, _: &str) -> Option<&str> {
        None
    }

    fn has_type(&self, _: &str) -> bool {
        false
    }
}

impl Before for Api {
    fn module(&self, id: &str) -> Option<&str> {
        let mut operations = self.modules.iter().flat_map(|module| &module.operations);
        operations
            .find(|operation| operation.id == id)
            .map(|operation| operation.module.as_str())
    }

    fn has_type(&self, schema: &str) -> bool {
        self.types.values().any(|ty| ty.origin == schema)
    }
}

/// The client that stands in the workspace.
pub(super) struct Written {
    modules: BTreeMap<String, String>,
    generated: PathBuf,
    types: OnceCell<BTreeSet<String>>,
}

impl Written {
    /// Reads the client below `root`. Missing files count as empty.
    pub(super) fn at(root: &Path) -> Self {
        let page = fs::read_to_string(root.join(index::PATH)).unwrap_or_default();
        Self {
            modules: index::modules(&page),
            generated: root.join("harness-api/src/generated"),
            types: OnceCell::new(),
        }
    }
}

impl Before for Written {
    fn module(&self, id: &str) -> Option<&str> {
        self.modules.get(id).map(String::as_str)
    }

    fn has_type(&self, schema: &str) -> bool {
        let types = self.types.get_or_init(|| {
            let mut found = BTreeSet::new();
            schemas(&self.generated, &mut found);
            found
        });
        types.contains(schema)
    }
}

/// Collects the schemas that generated files name in the documentation of their types.
fn schemas(place: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            schemas(&path, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let names = text.lines().filter_map(|line| {
                let name = line.trim_start().strip_prefix("/// Schema `")?;
                name.split('`').next()
            });
            found.extend(names.map(str::to_owned));
        }
    }
}
