//! A description as it is published becomes the one that is stored.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use serde_json::json;
use xtask::{
    generate::{load, lock},
    vendor::{Fault, Origin, Vendored, canonical, pair, replace, verify},
};

const ORIGIN: Origin<'_> = Origin {
    source: Some("a test"),
    date: Some("2026-06-11"),
    otherwise: "published.yaml",
};

/// What a publisher writes: prose, examples, numbers as keys, no order.
const PUBLISHED: &str = r##"
openapi: 3.0.3
info:
  description: All about pets.
  contact: { email: pets@shop.example }
  version: '1'
  title: Pet shop
tags:
  - { name: Pets, description: Everything with paws }
  - { name: Baskets }
paths:
  /pets/{pet}:
    get:
      summary: One pet
      description: |
        Gives the pet.
      x-codeSamples: [{ lang: sh, source: curl }]
      x-harness-provenance: package
      tags: [Pets]
      parameters:
        - { in: path, name: pet, required: true, description: Its name, schema: { type: string, example: Rex } }
      responses:
        default: { description: Something went wrong }
        200:
          description: Here you are
          content:
            application/json:
              examples: { rex: { value: { description: a dog } } }
              schema: { $ref: '#/components/schemas/Pet' }
        2XX: { description: This too }
        '499': { description: The caller left }
      operationId: getPet
components:
  examples: { unused: { value: 1 } }
  schemas:
    Pet:
      title: Pet
      properties:
        title: { type: string, title: A member called like a keyword }
        example: { type: object, default: { description: kept, example: 1 } }
        description: { description: And another, type: string, maxLength: 80 }
      required: [title, description]
      type: object
"##;

const STORED: &str = r##"{
 "openapi": "3.0.3",
 "info": {
  "title": "Pet shop",
  "version": "1"
 },
 "tags": [
  {
   "name": "Baskets"
  },
  {
   "name": "Pets"
  }
 ],
 "paths": {
  "/pets/{pet}": {
   "get": {
    "operationId": "getPet",
    "tags": [
     "Pets"
    ],
    "parameters": [
     {
      "name": "pet",
      "in": "path",
      "required": true,
      "schema": {
       "type": "string"
      }
     }
    ],
    "responses": {
     "200": {
      "description": "OK",
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/Pet"
        }
       }
      }
     },
     "2XX": {
      "description": "Success"
     },
     "499": {
      "description": "499"
     },
     "default": {
      "description": "Any Other"
     }
    },
    "x-harness-provenance": "package"
   }
  }
 },
 "components": {
  "schemas": {
   "Pet": {
    "type": "object",
    "required": [
     "description",
     "title"
    ],
    "properties": {
     "description": {
      "type": "string",
      "maxLength": 80
     },
     "example": {
      "type": "object",
      "default": {
       "description": "kept",
       "example": 1
      }
     },
     "title": {
      "type": "string"
     }
    }
   }
  }
 }
}
"##;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn vendor(folder: &Path, text: &str, origin: Origin<'_>, keep_prose: bool) -> Result<Vendored> {
    replace(folder, text.as_bytes(), origin, keep_prose, &mut |_| {})
}

fn stored(folder: &Path) -> String {
    let document = load::load(&folder.join(pair::DESCRIPTION)).unwrap();
    lock::verify(document, &folder.join(pair::LOCK)).unwrap();
    fs::read_to_string(folder.join(pair::DESCRIPTION)).unwrap()
}

#[test]
fn a_published_document_becomes_its_facts() {
    let folder = folder("facts");
    let vendored = vendor(&folder, PUBLISHED, ORIGIN, false).unwrap();
    assert!(vendored.changed && vendored.old.is_none());
    assert_eq!(stored(&folder), STORED);
    let lock = fs::read_to_string(folder.join(pair::LOCK)).unwrap();
    assert!(
        lock.starts_with("source = \"a test\"\ndate = \"2026-06-11\"\n"),
        "{lock}"
    );
    assert!(
        lock.ends_with("paths = 1\noperations = 1\nschemas = 1\n"),
        "{lock}"
    );

    // The same facts in JSON are the same file.
    let json = load::parse(PUBLISHED.as_bytes(), "x")
        .unwrap()
        .json
        .to_string();
    vendor(&folder, &json, ORIGIN, false).unwrap();
    assert_eq!(stored(&folder), STORED);
}

#[test]
fn prose_is_kept_on_demand() {
    let folder = folder("prose");
    vendor(&folder, PUBLISHED, ORIGIN, true).unwrap();
    let kept = load::parse(stored(&folder).as_bytes(), "x").unwrap().json;
    let mut published = load::parse(PUBLISHED.as_bytes(), "x").unwrap().json;
    // Lists that are sets are in order even so.
    published["tags"].as_array_mut().unwrap().reverse();
    published["components"]["schemas"]["Pet"]["required"]
        .as_array_mut()
        .unwrap()
        .reverse();
    assert_eq!(kept, published);
}

#[test]
fn what_is_vendored_is_canonical_and_free_of_faults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/harness.json");
    let text = fs::read_to_string(&path).unwrap();
    let document = load::load(&path).unwrap().json;
    assert_eq!(verify(&document), []);
    for keep_prose in [false, true] {
        let made = canonical(&document, Some(&text), keep_prose).unwrap();
        let differing = text
            .lines()
            .zip(made.lines())
            .enumerate()
            .find(|(_, (a, b))| a != b);
        assert_eq!(differing, None);
        assert_eq!(made.len(), text.len());
    }
}

#[test]
fn the_same_description_changes_nothing_unless_its_origin_is_said() {
    let folder = folder("same");
    vendor(&folder, PUBLISHED, ORIGIN, false).unwrap();
    let lock = || fs::read_to_string(folder.join(pair::LOCK)).unwrap();
    let before = lock();
    let silent = Origin {
        source: None,
        date: None,
        otherwise: "harness.json",
    };
    assert!(!vendor(&folder, STORED, silent, false).unwrap().changed);
    assert_eq!(lock(), before);
    let said = Origin {
        source: Some("elsewhere"),
        ..ORIGIN
    };
    assert!(vendor(&folder, STORED, said, false).unwrap().changed);
    assert!(lock().contains("elsewhere"));
    assert_eq!(stored(&folder), STORED);
}

#[test]
fn a_faulty_description_is_refused_with_its_faults_and_the_old_one_stays() {
    let folder = folder("faulty");
    vendor(&folder, PUBLISHED, ORIGIN, false).unwrap();
    let schema = json!({"$ref": "#/components/schemas/Cat"});
    let faulty = json!({
        "openapi": "3.0.3", "info": {"title": "Pet shop", "version": "1"},
        "paths": {
            "/pets": {
                "get": {"operationId": "pets", "responses": {"200": {"description": "",
                    "content": {"application/json": {"schema": schema}}}}},
                "post": {"operationId": "pets", "parameters": [{"$ref": "other.yaml#/Page"}]},
            },
            "/pets/{pet}/a~b": {"get": {"responses": {}}},
        },
        "components": {"schemas": {
            // A member called like a reference is none, and a variant need not be published.
            "Pet": {"type": "object", "properties": {"$ref": {"type": "string"}, "x": "text"},
                "discriminator": {"propertyName": "$ref", "mapping": {"a": "Pet", "b": "Dog", "c": 3}}},
        }},
    });
    let expected = [
        (
            "/components/schemas/Pet/discriminator/mapping/c",
            "a reference is expected here",
        ),
        (
            "/components/schemas/Pet/properties/x",
            "an object is expected here",
        ),
        (
            "/paths/~1pets/get/responses/200/content/application~1json/schema/$ref",
            "#/components/schemas/Cat is not in the description",
        ),
        (
            "/paths/~1pets/post/parameters/0/$ref",
            "other.yaml#/Page is outside the description",
        ),
        (
            "/paths/~1pets/post/operationId",
            "the id pets is taken by /paths/~1pets/get",
        ),
        ("/paths/~1pets/post", "the operation has no responses"),
        (
            "/paths/~1pets~1{pet}~1a~0b/get",
            "the path has {pet}, which is no parameter",
        ),
    ];
    let expected = expected.map(|(pointer, what)| Fault {
        pointer: pointer.to_owned(),
        what: what.to_owned(),
    });
    assert_eq!(verify(&faulty), expected);
    let error = vendor(&folder, &faulty.to_string(), ORIGIN, false)
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.starts_with("the description has 7 faults:\n"),
        "{error}"
    );
    assert!(
        expected
            .iter()
            .all(|fault| error.contains(&fault.to_string())),
        "{error}"
    );
    assert_eq!(stored(&folder), STORED);
}

#[test]
fn what_was_not_sorted_keeps_its_order_and_what_was_is_sorted() {
    let schemas = |text: &str, old: Option<&str>| {
        let document = json!({"components": {"schemas": serde_json::from_str::<serde_json::Value>(text).unwrap()}});
        let old = old.map(|old| format!(r#"{{"components": {{"schemas": {old}}}}}"#));
        let made = canonical(&document, old.as_deref(), false).unwrap();
        made.lines()
            .filter_map(|line| {
                line.strip_prefix("   \"")?
                    .strip_suffix("\": {},")
                    .map(str::to_owned)
            })
            .collect::<String>()
    };
    let new = r#"{"A": {}, "B": {}, "C": {}, "D": {}, "z": {}}"#;
    assert_eq!(
        schemas(new, Some(r#"{"C": {}, "A": {}, "X": {}, "D": {}}"#)),
        "CADB"
    );
    assert_eq!(schemas(new, Some(r#"{"A": {}, "C": {}, "D": {}}"#)), "ABCD");
    assert_eq!(schemas(new, None), "ABCD");
}
