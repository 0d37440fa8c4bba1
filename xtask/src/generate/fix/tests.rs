#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::*;

fn overlay(actions: &str) -> String {
    format!(
        "overlay: 1.0.0\ninfo: {{ title: test, version: '1' }}\nx-reason: because\nx-source: a test\nactions:\n{actions}"
    )
}

fn fix(name: &str, text: &str) -> anyhow::Result<Fix> {
    Fix::parse(name, Path::new(name), text)
}

fn run(document: Value, files: &[(&str, String)]) -> anyhow::Result<(Value, Vec<Applied>)> {
    let fixes = files
        .iter()
        .map(|(name, text)| fix(name, text))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let before = Places::default();
    fixed(document, &FixSet { fixes, before })
}

fn fixed(mut document: Value, fixes: &FixSet) -> anyhow::Result<(Value, Vec<Applied>)> {
    let mut diagnostics = Diagnostics::default();
    let applied = apply(&mut document, fixes, &mut diagnostics);
    diagnostics.check()?;
    Ok((document, applied))
}

fn message<T>(result: anyhow::Result<T>) -> String {
    match result {
        Ok(_) => panic!("an error is expected"),
        Err(error) => format!("{error:#}"),
    }
}

fn pets() -> Value {
    json!({
        "paths": { "/pets": { "get": { "operationId": "listPets", "parameters": [
            { "name": "x-api-key", "in": "header" }, { "name": "limit", "in": "query" }, { "name": "Accept", "in": "header" }
        ] } } },
        "components": { "schemas": {
            "Pet": { "type": "object", "required": ["name"], "properties": { "name": { "type": "integer", "format": "int32" } } },
            "Cat": { "type": "object", "properties": { "name": { "type": "string" } } }
        } }
    })
}

#[test]
fn update_merges_objects_and_appends_to_arrays() {
    let text = overlay(concat!(
        "- { target: \"$.components.schemas['Pet', 'Cat']\", update: { required: [age], properties: { age: { type: integer } } }, x-expect: 2 }\n",
        "- { target: $.components.schemas.Pet.properties.name, update: { type: string }, x-expect: 1 }\n",
        "- { target: $.components.schemas.Pet.required, update: colour, x-expect: 1 }\n",
    ));
    let (document, applied) = run(pets(), &[("001-age.overlay.yaml", text)]).unwrap();
    let pet = &document["components"]["schemas"]["Pet"];
    assert_eq!(pet["required"], json!(["name", "age", "colour"]));
    assert_eq!(
        pet["properties"]["name"],
        json!({ "type": "string", "format": "int32" })
    );
    assert_eq!(
        document["components"]["schemas"]["Cat"]["properties"]["age"],
        json!({ "type": "integer" })
    );
    assert_eq!(applied[0].matches, 4);
    assert_eq!(applied[0].schemas, ["Cat", "Pet"].map(String::from).into());
    assert!(applied[0].operations.is_empty());
}

#[test]
fn remove_takes_every_match_and_notes_the_operation() {
    let text = overlay(
        "- { target: \"$.paths.*.*.parameters[?@.in == 'header']\", remove: true, x-expect: 2 }\n",
    );
    let (document, applied) = run(pets(), &[("001-headers.overlay.yaml", text)]).unwrap();
    assert_eq!(
        document["paths"]["/pets"]["get"]["parameters"],
        json!([{ "name": "limit", "in": "query" }])
    );
    assert_eq!(applied[0].operations, [String::from("listPets")].into());
}

#[test]
fn remove_then_update_replaces() {
    let text = overlay(concat!(
        "- { target: $.components.schemas.Pet.properties.name, remove: true, x-expect: 1 }\n",
        "- { target: $.components.schemas.Pet.properties, update: { name: { type: string } }, x-expect: 1 }\n",
    ));
    let (document, _) = run(pets(), &[("001-name.overlay.yaml", text)]).unwrap();
    assert_eq!(
        document["components"]["schemas"]["Pet"]["properties"],
        json!({ "name": { "type": "string" } })
    );
}

#[test]
fn no_match_fails() {
    let text = overlay("- { target: $.components.schemas.Dog, remove: true, x-expect: 1 }\n");
    let error = message(run(pets(), &[("001-dog.overlay.yaml", text)]));
    assert!(
        error.contains("fix 001-dog no longer applies: remove it"),
        "{error}"
    );
}

#[test]
fn another_count_fails() {
    let text = overlay(
        "- { target: $.components.schemas.*.properties.name, remove: true, x-expect: 1 }\n",
    );
    let error = message(run(pets(), &[("001-name.overlay.yaml", text)]));
    assert!(
        error.contains("expects 1 places") && error.contains("matches 2"),
        "{error}"
    );
}

#[test]
fn primitives_cannot_be_updated() {
    let text = overlay("- { target: $.components.schemas.Pet.type, update: array, x-expect: 1 }\n");
    let error = message(run(pets(), &[("001-type.overlay.yaml", text)]));
    assert!(error.contains("only objects and arrays"), "{error}");
}

#[test]
fn unknown_keys_and_half_actions_fail() {
    for actions in [
        "- { target: $.paths, remove: true, x-expect: 1, x-count: 2 }\n",
        "- { target: $.paths, x-expect: 1 }\n",
        "- { target: $.paths, remove: true, update: {}, x-expect: 1 }\n",
        "- { target: $.paths, remove: true, x-expect: 0 }\n",
        "- { target: $.paths, remove: true }\n",
        "- { target: paths, remove: true, x-expect: 1 }\n",
        "[]\n",
        "- { target: $.paths, remove: true, x-expect: 1 }\nx-other: 1\n",
        "- { target: $.paths, remove: true, x-expect: 1 }\nx-deviates: true\n",
    ] {
        assert!(
            fix("001-a.overlay.yaml", &overlay(actions)).is_err(),
            "{actions}"
        );
    }
    let rule = "rule = 'correct_gateway_paths'\nreason = 'r'\nsource = 's'\nexpect = 1\n";
    assert!(fix("001-a.rule.toml", rule).is_ok());
    assert!(fix("001-a.rule.toml", &format!("{rule}other = 1\n")).is_err());
    assert!(fix("001-a.rule.toml", &rule.replace("correct", "unknown")).is_err());
}

#[test]
fn names_are_checked() {
    let text = overlay("- { target: $.paths, remove: true, x-expect: 1 }\n");
    for name in [
        "1-a.overlay.yaml",
        "001.overlay.yaml",
        "001-A.overlay.yaml",
        "001-a.yaml",
        "001-a.rule.yaml",
    ] {
        assert!(fix(name, &text).is_err(), "{name}");
    }
}

#[test]
fn fixes_apply_in_order() {
    let first = overlay(
        "- { target: $.components.schemas.Pet, update: { properties: { a: {} } }, x-expect: 1 }\n",
    );
    let second =
        overlay("- { target: $.components.schemas.Pet.properties.a, remove: true, x-expect: 1 }\n");
    let dir = std::env::temp_dir().join(format!("fix-order-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("020-second.overlay.yaml"), &second).unwrap();
    fs::write(dir.join("003-first.overlay.yaml"), &first).unwrap();
    let fixes = FixSet::load(&dir).unwrap();
    let names: Vec<_> = fixes.files().map(|file| file.name.to_owned()).collect();
    let (document, applied) = fixed(pets(), &fixes).unwrap();

    fs::write(dir.join("003-same-number.overlay.yaml"), &first).unwrap();
    let error = message(FixSet::load(&dir));
    fs::remove_dir_all(&dir).unwrap();

    assert_eq!(names, ["003-first", "020-second"]);
    assert_eq!(document, pets());
    assert_eq!(applied.len(), 2);
    assert!(error.contains("same number"), "{error}");
}

#[test]
fn rule_renames_the_misspelt_path() {
    let document =
        json!({ "paths": { "/gatway/a": { "get": { "operationId": "a" } }, "/gateway/b": {} } });
    let file = "rule = 'correct_gateway_paths'\nreason = 'r'\nsource = 's'\nexpect = 1\n";
    let (document, applied) = run(document, &[("001-gateway.rule.toml", file.to_owned())]).unwrap();
    assert_eq!(document["paths"]["/gateway/a"]["get"]["operationId"], "a");
    assert!(document["paths"].get("/gatway/a").is_none());
    assert_eq!(applied[0].operations, [String::from("a")].into());

    let error = message(run(document, &[("001-gateway.rule.toml", file.to_owned())]));
    assert!(error.contains("no longer applies"), "{error}");
}

#[test]
fn table_fits_120_columns() {
    let applied = Applied {
        places: BTreeSet::new(),
        counts: Vec::new(),
        name: "001-a-very-long-name-that-does-not-fit-into-the-first-column".into(),
        reason: "word ".repeat(40),
        source: "a test".into(),
        matches: 7,
        operations: (0..9)
            .map(|n| format!("anOperationWithAVeryLongIdentifierOfItsOwn{n}"))
            .collect(),
        schemas: [String::from("Pet")].into(),
    };
    let text = table(&[applied]);
    assert!(
        text.lines().all(|line| line.chars().count() <= 120),
        "{text}"
    );
    assert!(
        text.contains("9 operations:")
            && text.contains("1 schema: Pet")
            && text.contains("1 fixes, 7 places")
    );
}

/// Returns an operation whose success is described under this status.
fn answered(status: &str) -> Value {
    let pet = json!({ "schema": { "$ref": "#/components/schemas/Pet" } });
    json!({ "paths": { "/pets": { "post": {
        "operationId": "addPet",
        "requestBody": { "content": { "application/json": pet, "application/yaml": pet } },
        "responses": {
            status: { "description": "", "content": { "application/json": pet, "application/yaml": pet } },
            "404": { "description": "", "content": { "application/json": pet } }
        }
    } } }, "components": { "schemas": { "Pet": { "type": "object" } } } })
}

#[test]
fn named_parts_hold_whatever_status_is_published() {
    let found = |status: &str, target: &str| {
        let text = overlay(&format!(
            "- {{ target: \"$.paths['/pets'].post{target}\", update: {{ x-met: true }}, x-expect: 1 }}\n"
        ));
        let fix = fix("001-a.overlay.yaml", &text).unwrap();
        let mut document = answered(status);
        let applied = fix.apply(&mut document, &mut Diagnostics::default());
        let places: Vec<String> = applied.places.into_iter().collect();
        (document["paths"]["/pets"]["post"].clone(), places)
    };
    for status in ["2XX", "200", "201", "default"] {
        let (operation, places) = found(status, "@success");
        assert_eq!(operation["responses"][status]["x-met"], true);
        assert_eq!(operation["responses"]["404"].get("x-met"), None);
        assert_eq!(places, ["addPet: responses/success"]);

        let (operation, places) = found(status, "@success@body");
        let content = &operation["responses"][status]["content"];
        assert_eq!(content["application/yaml"]["schema"]["x-met"], true);
        assert_eq!(places.len(), 2, "{places:?}");

        let (operation, _) = found(status, "@success@content['application/json'].schema");
        let content = &operation["responses"][status]["content"];
        assert_eq!(content["application/json"]["schema"]["x-met"], true);
        assert_eq!(content["application/yaml"]["schema"].get("x-met"), None);
    }
    let (operation, places) = found("200", "@body");
    let content = &operation["requestBody"]["content"];
    assert_eq!(content["application/json"]["schema"]["x-met"], true);
    assert_eq!(
        operation["responses"],
        answered("200")["paths"]["/pets"]["post"]["responses"]
    );
    assert_eq!(
        places,
        [
            "addPet: requestBody/content/application~1json/schema",
            "addPet: requestBody/content/application~1yaml/schema",
        ]
    );
    assert_eq!(found("200", "@responses@body").1.len(), 3);
    // Within a filter, `@` is what JSONPath says.
    assert_eq!(
        found("200", "@responses[?@['application/json']]").1.len(),
        2
    );

    let error = message(fix(
        "001-a.overlay.yaml",
        &overlay("- { target: $.paths@failure, remove: true, x-expect: 1 }\n"),
    ));
    assert!(
        error.contains("there is no part `@failure`") && error.contains("@success"),
        "{error}"
    );
}

/// Writes fixes, and the places that they change in `document`, into a folder of this name.
fn folder(name: &str, files: &[(&str, &str)], document: &Value) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(dir.join("fixes")).unwrap();
    for (file, text) in files {
        fs::write(dir.join("fixes").join(file), text).unwrap();
    }
    let fixes = FixSet::load(&dir.join("fixes")).unwrap();
    let applied = apply(&mut document.clone(), &fixes, &mut Diagnostics::default());
    fs::write(dir.join(places::FILE), places::text(&applied)).unwrap();
    dir
}

#[test]
fn a_changed_count_shows_the_places_and_can_be_accepted() {
    let headers = overlay(
        "- target: \"$.paths.*.*.parameters[?@.in == 'header']\"\n  remove: true\n  x-expect: 2 # both\n\
         - target: $.components.schemas.Pet\n  update: { x-met: true }\n  x-expect: 1\n",
    );
    let gateway = "rule = 'correct_gateway_paths'\nreason = 'r'\nsource = 's'\nexpect = 1\n";
    let mut old = pets();
    old["paths"]["/gatway/a"] = json!({ "get": { "operationId": "a" } });
    let files = [
        ("001-headers.overlay.yaml", headers.as_str()),
        ("002-gateway.rule.toml", gateway),
    ];
    let dir = folder("fix-accept", &files, &old);

    let mut new = old.clone();
    let parameters = new["paths"]["/pets"]["get"]["parameters"]
        .as_array_mut()
        .unwrap();
    parameters.retain(|parameter| parameter["name"] != "Accept");
    parameters.insert(0, json!({ "name": "x-trace", "in": "header" }));
    parameters.insert(0, json!({ "name": "x-span", "in": "header" }));
    new["paths"]["/gatway/b"] = json!({ "get": { "operationId": "b" } });
    let fixes = FixSet::load(&dir.join("fixes")).unwrap();
    let mut diagnostics = Diagnostics::default();
    let applied = apply(&mut new.clone(), &fixes, &mut diagnostics);
    let said = diagnostics.messages().join("\n");
    for part in [
        "fix 001-headers expects 2 places",
        "cargo xtask fixes --accept 001-headers",
        "gained listPets: parameters/x-span",
        "gained listPets: parameters/x-trace",
        "lost listPets: parameters/Accept",
        "fix 002-gateway expects 1 places",
        "gained /gatway/b",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        !said.contains("x-api-key") && !said.contains("lost /gatway"),
        "{said}"
    );

    let names = ["001-headers", "002-gateway"].map(str::to_owned);
    let report = accept(&fixes, &applied, &names).unwrap();
    assert!(
        report.contains("001-headers: 3 instead of 2 places"),
        "{report}"
    );
    let written = fs::read_to_string(dir.join("fixes/001-headers.overlay.yaml")).unwrap();
    assert_eq!(written, headers.replace("x-expect: 2", "x-expect: 3"));
    let written = fs::read_to_string(dir.join("fixes/002-gateway.rule.toml")).unwrap();
    assert_eq!(written, gateway.replace("= 1", "= 2"));
    let fixes = FixSet::load(&dir.join("fixes")).unwrap();
    let (_, applied) = fixed(new.clone(), &fixes).unwrap();
    let report = accept(&fixes, &applied, &names[..1]).unwrap();
    assert!(report.contains("nothing is written"), "{report}");

    // What matches nothing is no count to take, and a name may be wrong.
    new["components"] = json!({});
    let applied = apply(&mut new, &fixes, &mut Diagnostics::default());
    let error = message(accept(&fixes, &applied, &names[..1]));
    assert!(error.contains("matches nothing"), "{error}");
    let error = message(accept(&fixes, &applied, &["009-no".to_owned()]));
    assert!(error.contains("there is no fix 009-no"), "{error}");
    fs::remove_dir_all(&dir).unwrap();
}

#[test]
fn a_fix_of_which_a_part_applies_is_not_to_be_removed() {
    let text = overlay(
        "- { target: $.components.schemas.Dog, remove: true, x-expect: 1 }\n\
         - { target: $.components.schemas.Cat, remove: true, x-expect: 1 }\n",
    );
    let error = message(run(pets(), &[("001-pets.overlay.yaml", text)]));
    assert!(
        error.contains("an action of fix 001-pets no longer applies")
            && error.contains("Dog matches nothing"),
        "{error}"
    );
}

fn openapi() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi")
}

#[test]
fn all_fixes_apply_to_the_description() {
    let text = fs::read_to_string(openapi().join("harness.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let fixes = FixSet::load(&openapi().join("fixes")).unwrap();
    let (fixed, applied) = fixed(document.clone(), &fixes).unwrap();
    assert_eq!(applied.len(), fixes.files().count());
    assert_ne!(fixed, document);
    assert_eq!(dangling(&fixed), Vec::<String>::new());
    assert_eq!(nulls(&fixed), nulls(&document));
}

/// References that point at nothing.
fn dangling(document: &Value) -> Vec<String> {
    fn walk(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match value.as_str().filter(|text| text.starts_with("#/")) {
                        Some(reference) if document.pointer(&reference[1..]).is_none() => {
                            found.insert(reference.to_owned());
                        }
                        // A discriminator may name variants that are not published.
                        _ if ["enum", "example", "default", "mapping"].contains(&name.as_str()) => {
                        }
                        _ => walk(document, value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|value| walk(document, value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(document, document, &mut found);
    found.into_iter().collect()
}

/// Counts the members that are null.
fn nulls(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Object(members) => members.values().map(nulls).sum(),
        Value::Array(items) => items.iter().map(nulls).sum(),
        _ => 0,
    }
}
