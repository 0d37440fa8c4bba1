//! Updates of the vendored description as they happen, each with the report that a maintainer gets.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::OnceLock,
};

use insta::{Settings, assert_snapshot};
use serde_json::{Value, json};
use xtask::{
    diff::{Ext, Extent, Level, Report, Side, compare},
    generate::{Tables, load},
};

fn openapi() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi")
}

fn side(name: &str, before: Option<&Side>, edit: impl FnOnce(&mut Value)) -> Side {
    let mut document = load::load(&openapi().join("harness.json")).unwrap().json;
    edit(&mut document);
    Side::of(
        name,
        document,
        &Tables::load(&openapi()).unwrap(),
        before,
        &mut |_| {},
    )
}

/// Returns what `harness-api-ext` uses.
fn ext() -> Ext {
    Ext::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

/// Returns the report of an edited description against the vendored one.
fn report(edit: impl FnOnce(&mut Value)) -> Report {
    static VENDORED: OnceLock<Side> = OnceLock::new();
    let vendored = VENDORED.get_or_init(|| side("vendored", None, |_| {}));
    let edited = side("edited", Some(vendored), edit);
    let report = compare(vendored, &edited, &ext());
    assert!(report.old_problems.is_empty(), "{:?}", report.old_problems);
    report
}

fn assert_report(name: &str, report: &Report) {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, report.markdown(Extent::Short)));
}

fn schemas(document: &mut Value) -> &mut serde_json::Map<String, Value> {
    document["components"]["schemas"].as_object_mut().unwrap()
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().unwrap().values_mut();
    paths
        .flat_map(|item| item.as_object_mut().unwrap().values_mut())
        .filter(|operation| operation.is_object())
}

/// Returns an operation of a secret's versions.
fn versions(id: &str, tag: &str) -> Value {
    let text = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    json!({
        "operationId": id, "tags": [tag],
        "parameters": [text("org"), text("secret"),
            {"name": "with_deleted", "in": "query", "required": false, "schema": {"type": "boolean"}}],
        "responses": {"200": {"description": "OK", "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/SecretVersions"}}}}},
        "x-harness-provenance": "package",
    })
}

fn add_versions(document: &mut Value, path: &str, operation: Value) {
    document["paths"][path] = json!({"get": operation});
    schemas(document).insert(
        "SecretVersions".to_owned(),
        json!({"type": "object", "properties": {
            "latest": {"type": "integer"}, "versions": {"type": "array", "items": {"type": "string"}}}}),
    );
}

#[test]
fn an_endpoint_is_added() {
    let report = report(|document| {
        add_versions(
            document,
            "/v1/orgs/{org}/secrets/{secret}/versions",
            versions("get-org-scoped-secret-versions", "Org Secret"),
        );
    });
    assert_eq!((report.level, report.code()), (Level::Additive, 1));
    assert_report("endpoint_added", &report);
}

#[test]
fn a_member_is_removed_and_an_enum_gets_a_value() {
    let report = report(|document| {
        let members = schemas(document)["ServiceRequest"]["properties"]
            .as_object_mut()
            .unwrap();
        members.remove("yaml").unwrap();
        let types = &mut schemas(document)["FailureInfoDTO"]["properties"]["failureTypeList"]["items"]
            ["enum"];
        types.as_array_mut().unwrap().push(json!("QUOTA_EXCEEDED"));
    });
    assert_eq!((report.level, report.code()), (Level::Breaking, 2));
    assert_report("member_removed_and_enum_value_added", &report);
}

#[test]
fn a_tag_is_renamed_and_a_type_is_changed() {
    let report = report(|document| {
        for operation in operations(document) {
            for tag in operation["tags"].as_array_mut().unwrap() {
                if tag == "Org Secret" {
                    *tag = json!("Secrets of organizations");
                }
            }
        }
        schemas(document)["ServiceRequest"]["properties"]["name"] = json!({"type": "integer"});
    });
    assert_eq!(report.level, Level::Breaking);
    assert_report("tag_renamed_and_type_changed", &report);
}

#[test]
fn things_are_renamed_and_deprecated() {
    let report = report(|document| {
        for operation in operations(document) {
            match operation["operationId"].as_str() {
                Some("getServiceV2") => operation["operationId"] = json!("fetchService"),
                Some("deleteServiceV2") => operation["deprecated"] = json!(true),
                Some("upsertServiceV2") => {
                    operation["parameters"].as_array_mut().unwrap().push(
                        json!({"name": "dryRun", "in": "query", "required": false, "schema": {"type": "boolean"}}),
                    );
                }
                _ => {}
            }
        }
        let schema = schemas(document).remove("ServiceRequest").unwrap();
        schemas(document).insert("ServiceWanted".to_owned(), schema);
        let text = document.to_string();
        *document = serde_json::from_str(
            &text.replace("schemas/ServiceRequest\"", "schemas/ServiceWanted\""),
        )
        .unwrap();
    });
    assert_eq!(report.level, Level::Breaking);
    assert_report("renamed_and_deprecated", &report);
}

#[test]
fn what_stops_generation_is_told_and_the_rest_goes_on() {
    let report = report(|document| {
        add_versions(
            document,
            "/vault/{org}/{secret}",
            versions("get-vault-secret", "Vault"),
        );
        // The method would have the name of another of its module.
        let clash = versions("getOrgScopedSecret", "Org Secret");
        document["paths"]["/v1/orgs/{org}/secrets/{secret}/clash"] = json!({"get": clash});
        // A fix corrects this path; now the publisher has.
        let paths = document["paths"].as_object_mut().unwrap();
        let wrong: Vec<String> = paths
            .keys()
            .filter(|path| path.starts_with("/gatway/"))
            .cloned()
            .collect();
        for path in wrong {
            let item = paths.remove(&path).unwrap();
            paths.insert(path.replacen("/gatway/", "/gateway/", 1), item);
        }
    });
    assert_eq!((report.level, report.code()), (Level::Additive, 3));
    assert_report("stops_generation", &report);
}

#[test]
fn what_no_item_shows_is_a_patch_and_nothing_is_nothing() {
    let same = report(|_| {});
    assert_eq!((same.level, same.code()), (Level::None, 0));
    assert_eq!(same.changelog(true), "");
    let report = report(|document| {
        schemas(document)["ServiceRequest"]["properties"]["name"]["maxLength"] = json!(128);
        document["info"]["version"] = json!("2027-01-01");
    });
    assert_eq!((report.level, report.code()), (Level::Patch, 0));
    assert_eq!(report.silent.schemas, ["ServiceRequest"]);
    assert!(report.silent.rest && report.operations.is_empty() && report.schemas.is_empty());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        (&json["level"], &json["silent"]["schemas"][0]),
        (&json!("patch"), &json!("ServiceRequest"))
    );
}

/// Returns the names of the raw client's methods that a text calls, in whatever module.
fn called(text: &str) -> BTreeSet<&str> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
        .collect()
}

#[test]
fn methods_of_ext_are_found_for_every_operation_that_they_use() {
    let report = report(|document| {
        document["paths"] = json!({});
    });
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness-api-ext/src/resources");
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inner = path.strip_prefix(&root).unwrap();
            let module = inner.iter().next().unwrap().to_string_lossy().into_owned();
            *texts.entry(module).or_default() += &std::fs::read_to_string(path).unwrap();
        }
    }
    let mut found = 0;
    let mut lost = Vec::new();
    for change in &report.operations {
        let (module, name) = change.rust[0].split_once("::Api::").unwrap();
        let is_called = texts
            .get(module)
            .is_some_and(|text| called(text).contains(name));
        match (is_called, change.ext.is_empty()) {
            (true, true) => lost.push(change.rust[0].clone()),
            (_, false) => found += 1,
            (false, true) => {}
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(found > 250, "{found} operations are used");

    // As a user calls them.
    let users = |item: &str| -> Vec<String> {
        let changes = report.operations.iter();
        let change = changes.filter(|change| change.rust[0] == item);
        change
            .flat_map(|change| &change.ext)
            .map(|method| format!("{}.{}", method.handle, method.method))
            .collect()
    };
    assert_eq!(
        users("cd::Api::get_service_list"),
        ["project.services().list()"]
    );
    assert_eq!(
        users("cd::Api::create_infrastructure"),
        ["project.environments().infrastructures(..).create(..)"]
    );
    assert_eq!(
        users("platform::Api::get_organization"),
        ["account.organizations().get(..)"]
    );
    let waiting = users("pipeline::Api::get_execution_detail_v2");
    for method in ["get()", "wait()", "watch()", "steps()"] {
        let method = format!("project.run(..).{method}");
        assert!(waiting.contains(&method), "{method} is not in {waiting:?}");
    }
}
