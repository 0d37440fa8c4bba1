//! manifest: what stands around the code of a standalone crate.

use std::{fs, path::Path};

use serde_json::json;
use xtask::generate;

use crate::support::{crate_of, document, folder, one, read};

#[test]
fn a_crate_is_called_by_its_description_or_as_it_is_told() {
    let description = document(
        json!({"/pets": {"get": {"operationId": "listPets", "responses": {}}},
            "/toys": {"get": {"operationId": "listToys", "responses": {}}}}),
        json!({}),
    );
    let made = crate_of(&description).unwrap();
    let manifest: toml::Table = made.files[Path::new("Cargo.toml")].parse().unwrap();
    assert_eq!(manifest["package"]["name"].as_str(), Some("pet-shop"));
    let features = manifest["features"].as_table().unwrap();
    assert_eq!(features["full"].as_array().unwrap().len(), 2);
    assert!(features.contains_key("pets") && features.contains_key("toys"));

    let support = folder("support");
    fs::create_dir_all(support.join("generated")).unwrap();
    fs::create_dir_all(support.join("model")).unwrap();
    fs::write(support.join("lib.rs"), "// harness_api::Client").unwrap();
    fs::write(support.join("model/mod.rs"), "// models").unwrap();
    fs::write(support.join("generated/mod.rs"), "// of another API").unwrap();
    let made = generate::standalone(
        &read(&description).unwrap(),
        Some("my-shop"),
        &support,
        &mut |_| {},
    )
    .unwrap();
    assert_eq!(made.files[Path::new("src/lib.rs")], "// my_shop::Client");
    assert_eq!(made.files[Path::new("src/model/mod.rs")], "// models");
    assert!(made.files[Path::new("src/generated/mod.rs")].contains("pub mod pets;"));
}

#[test]
fn losses_are_reported_by_operation() {
    let operation = json!({"operationId": "savePet", "responses": {},
        "parameters": [{"name": "session", "in": "cookie", "schema": {"type": "string"}}]});
    let made = crate_of(&one(operation, json!({}))).unwrap();
    let losses = &made.files[Path::new("losses.md")];
    assert!(
        losses.contains("Of 1 operations, 1 lost something."),
        "{losses}"
    );
    assert!(
        losses.contains("| `savePet` | cookie parameter `session`: not sent |\n"),
        "{losses}"
    );

    let made = crate_of(&one(
        json!({"operationId": "savePet", "responses": {}}),
        json!({}),
    ))
    .unwrap();
    assert!(!made.files.contains_key(Path::new("losses.md")));
}
