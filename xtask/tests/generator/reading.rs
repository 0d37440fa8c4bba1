//! load, lock.

use std::fs;

use xtask::generate::{load, lock};

use crate::support::folder;

const JSON: &str =
    r#"{"openapi":"3.0.1","paths":{"/pets":{"get":{}}},"components":{"schemas":{"Pet":{}}}}"#;
const YAML: &str =
    "openapi: 3.0.1\npaths:\n  /pets:\n    get: {}\ncomponents:\n  schemas:\n    Pet: {}\n";

#[test]
fn json_and_yaml_files_are_one_document() {
    let folder = folder("reading");
    fs::write(folder.join("a.json"), JSON).unwrap();
    fs::write(folder.join("a.yaml"), YAML).unwrap();
    let json = load::load(&folder.join("a.json")).unwrap();
    let yaml = load::load(&folder.join("a.yaml")).unwrap();
    assert_eq!(json.json, yaml.json);
    assert_eq!(
        (json.name.as_str(), yaml.name.as_str()),
        ("a.json", "a.yaml")
    );
}

#[test]
fn a_refusal_names_the_file_and_the_reason() {
    let folder = folder("refusing");
    for (text, reason) in [
        (
            "swagger: '2.0'",
            "this is Swagger \"2.0\"; convert it to OpenAPI 3.0 first (only 3.0.x is supported)",
        ),
        (
            "openapi: 3.1.0",
            "this is OpenAPI 3.1.0; only 3.0.x is supported",
        ),
        (
            "info: {}",
            "there is no `openapi` member: this is no OpenAPI description",
        ),
    ] {
        let path = folder.join("other.yaml");
        fs::write(&path, text).unwrap();
        let error = load::load(&path).unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            format!("cannot use {}: {reason}", path.display())
        );
    }
    let missing = folder.join("missing.yaml");
    let error = load::load(&missing).unwrap_err().to_string();
    assert_eq!(error, format!("cannot read {}", missing.display()));
}

#[test]
fn a_description_is_used_only_with_the_lock_of_its_bytes() {
    let path = folder("locking").join("lock.toml");
    let document = load::parse(JSON.as_bytes(), "a.json").unwrap();
    let lock = lock::Lock::of(&document, "somewhere", "2026-01-02");
    assert_eq!((lock.paths, lock.operations, lock.schemas), (1, 1, 1));

    let error = format!("{:#}", lock::verify(document.clone(), &path).unwrap_err());
    assert!(
        error.contains("the description is used only together with its lock"),
        "{error}"
    );
    fs::write(&path, toml::to_string(&lock).unwrap()).unwrap();
    assert_eq!(
        lock::verify(document, &path).unwrap().json["openapi"],
        "3.0.1"
    );

    let edited = load::parse(YAML.as_bytes(), "a.yaml").unwrap();
    let error = format!("{:#}", lock::verify(edited, &path).unwrap_err());
    assert!(
        error.contains("a.yaml does not match") && error.contains(&lock.sha256),
        "{error}"
    );
    fs::write(&path, "sha256 = 1").unwrap();
    let edited = load::parse(JSON.as_bytes(), "a.json").unwrap();
    let error = format!("{:#}", lock::verify(edited, &path).unwrap_err());
    assert!(error.contains("is malformed"), "{error}");
}

#[test]
fn an_operation_that_stands_twice_is_refused_with_its_place() {
    let folder = folder("twice");
    for (name, text, place) in [
        (
            "a.json",
            "{\"openapi\": \"3.0.3\", \"paths\": {\"/pets\": {\n\"get\": {},\n\"get\": {}}}}",
            "(line 3, column 5)",
        ),
        (
            "a.yaml",
            "openapi: 3.0.3\npaths:\n  /pets:\n    get: {}\n    get: {}\n",
            "(line 5, column 5)",
        ),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        let error = load::load(&path).unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            format!(
                "cannot use {}: the member /paths/~1pets/get stands twice {place}",
                path.display()
            )
        );
    }
}
