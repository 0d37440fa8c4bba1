//! The whole way of an update on a small workspace: vendor, stop, decide, generate, report, as CONTRIBUTING goes it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::fixture::{Ended, Workspace, operation, pet_shop};

const NAMES: &str = "[operations]\ngroomPet = \"groom\"\n";

const BEHAVIOUR: &str =
    "[[repeat]]\noperations = [\"groomPet\"]\nclass = \"safe\"\nreason = \"It only looks.\"\n";

/// Returns a fix that adds a member to the schemas at `target`.
fn fix(target: &str, expect: usize) -> String {
    format!(
        "overlay: 1.0.0\ninfo: {{ title: A member, version: '1' }}\nx-reason: It is answered.\nx-source: a test\n\
         actions:\n- target: {target}\n  update: {{ properties: {{ colour: {{ type: string }} }} }}\n  x-expect: {expect}\n"
    )
}

/// Returns the workspace with tables and fixes that say something, generated.
fn generated(name: &str) -> Workspace {
    let workspace = Workspace::new(name);
    let mut shop = pet_shop();
    shop["paths"]["/pets/groom"] = json!({"post": operation("groomPet", "Pet")});
    shop["components"]["schemas"]["Cat"] =
        json!({"type": "object", "properties": {"lives": {"type": "integer"}}});
    shop["paths"]["/pets/cat"] = json!({"get": operation("getCat", "Cat")});
    workspace.publish("first.json", &shop);
    workspace.write("openapi/names.toml", NAMES);
    workspace.write("openapi/behaviour.toml", BEHAVIOUR);
    workspace.write(
        "openapi/fixes/010-cats.overlay.yaml",
        &fix("$.components.schemas.Cat", 1),
    );
    workspace.write(
        "openapi/fixes/020-pets.overlay.yaml",
        &fix("$.components.schemas[?@.properties.name]", 1),
    );
    done(&workspace.run(&["vendor", "first.json", "--date", "2026-01-02"]));
    done(&workspace.run(&["generate"]));
    workspace
}

#[track_caller]
fn done(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

/// Asserts that generation stops, says each of `all`, and writes nothing.
#[track_caller]
fn stops(workspace: &Workspace, all: &[&str]) {
    let before = workspace.files();
    let ended = workspace.run(&["generate"]);
    assert_eq!(ended.code, Some(4), "{ended:?}");
    for part in all {
        assert!(ended.err.contains(part), "no {part:?} in {}", ended.err);
    }
    assert_eq!(workspace.files(), before);
}

/// Puts one text of a file in place of another.
fn edit(workspace: &Workspace, path: &str, from: &str, to: &str) {
    let text = workspace.read(path);
    assert!(text.contains(from), "{path}: {text}");
    workspace.write(path, &text.replace(from, to));
}

/// Returns a later description, with something of each kind that stops generation.
fn second(workspace: &Workspace) -> Value {
    let mut shop: Value = serde_json::from_str(&workspace.read("first.json")).unwrap();
    let paths = shop["paths"].as_object_mut().unwrap();
    // The operation that two tables name, and with it its path.
    paths.remove("/pets/groom").unwrap();
    // No rule places it.
    paths.insert(
        "/toys".to_owned(),
        json!({"get": operation("listToys", "Toy")}),
    );
    // Two methods of one name.
    paths.insert(
        "/pets/buy".to_owned(),
        json!({"post": operation("buyPet", "Pet")}),
    );
    paths.insert(
        "/pets/purchase".to_owned(),
        json!({"post": operation("buy-pet", "Pet")}),
    );
    // A list that is asked for in pages, and nothing says how they are told apart.
    let mut pages = operation("searchPets", "Found");
    let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "integer"}});
    pages["parameters"] = json!([query("page"), query("size")]);
    paths.insert("/pets/search".to_owned(), json!({"get": pages}));
    let schemas = shop["components"]["schemas"].as_object_mut().unwrap();
    // What a fix was written for is gone, and there is more of what another changes.
    schemas["Cat"]["properties"] = json!({"whiskers": {"type": "integer"}});
    let cat = schemas.remove("Cat").unwrap();
    schemas.insert("Kitten".to_owned(), cat);
    schemas.insert(
        "Toy".to_owned(),
        json!({"type": "object", "properties": {"name": {"type": "string"}}}),
    );
    // Two types of one name.
    schemas.insert(
        "toy".to_owned(),
        json!({"type": "object", "properties": {"size": {"type": "integer"}}}),
    );
    schemas.insert("Found".to_owned(), json!({"type": "object", "properties": {"total": {"type": "integer"},
        "first": {"type": "array", "items": {"type": "string"}}, "second": {"type": "array", "items": {"type": "string"}}}}));
    shop["paths"]["/pets/cat"]["get"] = operation("getCat", "Kitten");
    shop["paths"]["/pets/toy"] = json!({"get": operation("getToy", "toy")});
    shop
}

#[test]
fn an_update_stops_for_each_decision_and_goes_through_when_all_are_made() {
    let workspace = generated("whole");
    let second = second(&workspace);
    workspace.publish("second.json", &second);

    // Vendoring reports what changes, and what stops.
    let vendored = workspace.run(&[
        "vendor",
        "second.json",
        "--source",
        "the shop",
        "--date",
        "2026-02-03",
    ]);
    done(&vendored);
    for part in ["listToys", "010-cats", "020-pets"] {
        assert!(vendored.out.contains(part), "{part}: {}", vendored.out);
    }
    let lock = workspace.read("openapi/harness.lock.toml");
    assert!(
        lock.starts_with("source = \"the shop\"\ndate = \"2026-02-03\"\n"),
        "{lock}"
    );
    assert_eq!(workspace.run(&["generate", "--check"]).code, Some(4));
    let report = workspace.run(&["diff", "first.json", "openapi/harness.json"]);
    assert_eq!(report.code, Some(3), "{report:?}");

    // Fixes: one no longer applies, one matches more places.
    let gone = "fix 010-cats no longer applies";
    let more = "fix 020-pets expects 1 places but";
    stops(&workspace, &[gone, more]);
    std::fs::remove_file(workspace.root.join("openapi/fixes/010-cats.overlay.yaml")).unwrap();
    stops(&workspace, &[more]);
    edit(
        &workspace,
        "openapi/fixes/020-pets.overlay.yaml",
        "x-expect: 1",
        "x-expect: 2",
    );
    // Fewer than it expects is said as well.
    edit(
        &workspace,
        "openapi/fixes/020-pets.overlay.yaml",
        "x-expect: 2",
        "x-expect: 3",
    );
    stops(
        &workspace,
        &["fix 020-pets expects 3 places but", "matches 2"],
    );
    edit(
        &workspace,
        "openapi/fixes/020-pets.overlay.yaml",
        "x-expect: 3",
        "x-expect: 2",
    );

    // Modules and names: an operation without a place, things of one name, entries that are stale.
    let place = "no rule of the module table places";
    let (methods, types) = ("buy_pet: buy-pet", "Toy: Toy, toy");
    let stale = "[operations] \"groomPet\" no longer applies";
    stops(&workspace, &[place, "/toys", methods, types, stale]);
    let module = "\n[[module]]\nname = \"toys\"\ntitle = \"Toys\"\nrules = [{ prefix = \"/toys\" }, { prefix = \"/balls\" }]\n";
    let modules = workspace.read("openapi/modules.toml") + module;
    workspace.write("openapi/modules.toml", &modules);
    stops(
        &workspace,
        &[
            methods,
            types,
            stale,
            "the rule `/balls` places no operation",
        ],
    );
    edit(
        &workspace,
        "openapi/modules.toml",
        ", { prefix = \"/balls\" }",
        "",
    );
    stops(&workspace, &[methods, types, stale]);
    workspace.write(
        "openapi/names.toml",
        "[operations]\nbuy-pet = \"purchase_pet\"\n\n[types]\ntoy = \"ToySize\"\n",
    );

    // Behaviour: a list that is not understood, and an entry that is stale.
    let list = "has to say how these lists are paged, or why they are not:\n  searchPets";
    stops(&workspace, &[list, "groomPet"]);
    workspace.write("openapi/behaviour.toml", "");
    stops(&workspace, &[list]);
    workspace.write(
        "openapi/behaviour.toml",
        "[[paging]]\noperations = [\"searchPets\"]\nreason = \"The first is the list.\"\nitems = \"first\"\nfirst = 1\n",
    );

    // All is decided.
    done(&workspace.run(&["generate"]));
    done(&workspace.run(&["generate", "--check"]));
    let operations = workspace.read("harness-api/src/generated/pets/pets.rs");
    for part in [
        "fn purchase_pet(",
        "fn buy_pet(",
        "fn search_pets(",
        ".page(\"page\", 1)",
    ] {
        assert!(operations.contains(part), "{part}: {operations}");
    }
    assert!(!operations.contains("groom"));
    assert!(
        workspace
            .read("harness-api/src/generated/toys/types/pets.rs")
            .contains("pub colour")
    );
    assert!(
        workspace
            .read("README.md")
            .contains("| `toys` | Toys | 1 |")
    );
    assert!(
        workspace
            .read("harness-api/Cargo.toml")
            .contains("toys = []")
    );

    // The report says what it comes to.
    let report = workspace.run(&["diff", "first.json", "openapi/harness.json"]);
    assert!(
        report.out.contains("listToys") || report.out.contains("list_toys"),
        "{report:?}"
    );
    // Generated once more, nothing changes.
    let before = workspace.files();
    done(&workspace.run(&["generate"]));
    let after = workspace.files();
    assert_eq!(after, before);
}

#[test]
fn an_update_changes_only_the_files_whose_code_it_changes() {
    let workspace = generated("one-property");
    let mut shop: Value = serde_json::from_str(&workspace.read("first.json")).unwrap();
    shop["components"]["schemas"]["Pet"]["properties"]["age"] = json!({"type": "integer"});
    shop["info"]["version"] = json!("2");
    workspace.publish("second.json", &shop);
    let before = workspace.files();
    done(&workspace.run(&["vendor", "second.json", "--date", "2026-02-03"]));
    done(&workspace.run(&["generate"]));
    let after = workspace.files();
    assert_eq!(before.len(), after.len());
    let changed: BTreeSet<&str> = after
        .iter()
        .filter(|(path, text)| before.get(*path) != Some(text))
        .map(|(path, _)| path.as_str())
        .collect();
    assert_eq!(
        changed.into_iter().collect::<Vec<_>>(),
        [
            // The type, and its schema for the mock.
            "harness-api-ext/described/pets.json",
            "harness-api/generated.toml",
            "harness-api/src/generated/pets/types/pets.rs",
            "openapi/harness.json",
            "openapi/harness.lock.toml",
        ]
    );
    // Edited code does not pass, though nothing in it says what it was made from.
    done(&workspace.run(&["generate", "--check"]));
    edit(
        &workspace,
        "harness-api/src/generated/pets/types/pets.rs",
        "age",
        "year",
    );
    assert_eq!(workspace.run(&["generate", "--check"]).code, Some(1));
}
