//! Snapshots of the public surface: a change of the description or of the sources appears as a diff of its effects.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at what it did not expect"
)]

use std::path::Path;

use insta::{Settings, assert_snapshot};
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};
use xtask::{
    generate::{self, lock::Lock},
    surface,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a crate lies in its workspace")
}

fn snapshots() -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("snapshots/surface");
    settings.set_omit_expression(true);
    settings
}

#[test]
fn each_module_is_as_it_was() {
    let api = generate::workspace_api(root(), &|_| {}).unwrap();
    let operations: usize = api
        .modules
        .iter()
        .map(|module| module.operations.len())
        .sum();
    let lock = Lock::read(&root().join("openapi/harness.lock.toml")).unwrap();
    assert_eq!(operations, lock.operations);
    snapshots().bind(|| {
        for module in &api.modules {
            assert_snapshot!(module.name.as_str(), surface::module(&api, module));
        }
        assert_snapshot!("shared", surface::shared(&api));
    });
}

#[test]
fn one_changed_member_is_a_diff_of_a_few_lines() {
    let text = |edit: &dyn Fn(&mut Value)| {
        let api = generate::workspace_api(root(), edit).unwrap();
        let modules = api
            .modules
            .iter()
            .map(|module| surface::module(&api, module));
        modules.collect::<String>() + &surface::shared(&api)
    };
    let before = text(&|_| {});
    let after = text(&|document| {
        document["components"]["schemas"]["ConnectorInfo"]["properties"]["colour"] =
            json!({"type": "string"});
    });
    let diff = TextDiff::from_lines(&before, &after);
    let changed: Vec<_> = diff
        .iter_all_changes()
        .filter(|change| change.tag() != ChangeTag::Equal)
        .map(|change| format!("{}{}", change.tag(), change.value()))
        .collect();
    assert_eq!(changed, ["+  colour: text\n"]);
}

#[test]
fn hand_written_items_are_as_they_were() {
    let parts = surface::hand_written(root()).unwrap();
    for name in ["hand_written", "ext_root", "ext_mock", "ext_pipeline"] {
        assert!(parts.contains_key(name), "{name} is not found");
    }
    snapshots().bind(|| {
        for (name, items) in parts {
            assert_snapshot!(name, items);
        }
    });
}
