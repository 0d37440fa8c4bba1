#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::generate::{fix::FixSet, partition::map::ModuleMap};

/// Returns a description with what slicing has to tell apart, and the places that fixes change.
fn sliced() -> Vec<Slice> {
    let reference = |name: &str| json!({"$ref": format!("{}{name}", openapi::SCHEMAS)});
    let body = |name: &str| json!({"content": {"application/json": {"schema": reference(name)}}});
    let answer =
        |name: &str| json!({"200": {"description": "OK", "content": body(name)["content"]}});
    let document = json!({
        "openapi": "3.0.3",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            "/cats": {"post": {
                "operationId": "addCat",
                "parameters": [{"name": "page", "in": "query", "required": true, "schema": {"type": "integer"}}],
                "requestBody": body("Cat"),
                "responses": answer("Cat"),
            }},
            "/dogs/{id}": {"get": {"operationId": "getDog", "responses": answer("Dog")}},
        },
        "components": {"schemas": {
            "Cat": {"type": "object", "properties": {
                "kittens": {"type": "array", "items": reference("Kitten")},
                "message": reference("Descriptor"),
            }},
            "Kitten": {"type": "object", "properties": {"age": {"type": "integer"}}},
            "Dog": {"type": "object", "properties": {"name": {"type": "string"}, "parent": reference("Dog")}},
            "Descriptor": {"type": "object", "properties": {"file": reference("Descriptor")}},
        }},
    });
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("slice-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let fix = |name: &str, deviates: &str, actions: &str| {
        let text = format!(
            "overlay: 1.0.0\ninfo: {{ title: T, version: '1' }}\nx-reason: R\nx-source: S\n{deviates}actions:\n{actions}"
        );
        fs::write(folder.join(format!("{name}.overlay.yaml")), text).unwrap();
    };
    let deviates = "x-deviates: true\nx-deviates-note: N\n";
    fix(
        "001-page",
        deviates,
        "  - { target: \"$.paths['/cats'].post.parameters[0]\", update: { required: false }, x-expect: 1 }\n",
    );
    fix(
        "002-age",
        deviates,
        "  - { target: $.components.schemas.Kitten.properties.age, update: { type: string }, x-expect: 1 }\n",
    );
    fix(
        "003-name",
        "",
        "  - { target: $.components.schemas.Dog.properties.name, update: { type: integer }, x-expect: 1 }\n",
    );
    fs::write(
        folder.join("004-runtime.rule.toml"),
        "rule = \"drop_protobuf_runtime\"\nreason = \"R\"\nsource = \"S\"\nexpect = 1\n",
    )
    .unwrap();
    let map = ModuleMap::parse(
        "[[module]]\nname = \"cats\"\ntitle = \"Cats\"\nrules = [{ prefix = \"/cats\" }]\n\
         [[module]]\nname = \"dogs\"\ntitle = \"Dogs\"\nrules = [{ prefix = \"/dogs\" }]\n",
    )
    .unwrap();
    let fixes = FixSet::load(&folder).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let tables = Tables {
        fixes,
        ..Tables::of(map)
    };
    slices(&document, &tables).unwrap()
}

#[test]
fn a_slice_holds_what_its_operations_reach_as_it_is_written() {
    let slices = sliced();
    let [cats, dogs] = &slices[..] else {
        panic!("{slices:?}");
    };
    assert_eq!(
        (cats.module.as_str(), cats.operations, cats.schemas),
        ("cats", 1, 2)
    );
    assert_eq!(
        (dogs.module.as_str(), dogs.operations, dogs.schemas),
        ("dogs", 1, 1)
    );
    let schemas = &cats.document["components"]["schemas"];
    assert_eq!(
        schemas["Kitten"]["properties"]["age"],
        json!({"type": "integer"})
    );
    assert_eq!(
        cats.document["paths"]["/cats"]["post"]["parameters"][0]["required"],
        json!(true)
    );
    assert_eq!(cats.document["info"]["title"], "Pets");
    // What the protobuf library brings along is cut, and counted.
    assert_eq!(schemas["Cat"]["properties"]["message"], json!({}));
    assert_eq!(cats.cut, BTreeMap::from([("Descriptor".to_owned(), 1)]));
    assert!(dogs.cut.is_empty() && cats.added.is_empty());
}

#[test]
fn requests_deviate_where_a_fix_says_so_and_answers_wherever_one_is() {
    let slices = sliced();
    let places: Vec<(String, &str)> = slices
        .iter()
        .flat_map(|slice| &slice.deviations)
        .map(|it| {
            (
                format!("{} {}", it.operation, it.place.join(".")),
                it.fix.as_str(),
            )
        })
        .collect();
    let places: Vec<(&str, &str)> = places.iter().map(|(it, fix)| (&it[..], *fix)).collect();
    let expected = [
        ("addCat answer.kittens.*.age", "002-age"),
        // What is cut anyway. The rule does not deviate, so the body has no such place.
        ("addCat answer.message", "004-runtime"),
        ("addCat body.kittens.*.age", "002-age"),
        ("addCat query.page", "001-page"),
        ("getDog answer.name", "003-name"),
        ("getDog answer.parent.name", "003-name"),
    ];
    assert_eq!(places, expected);
}
