use super::*;

fn text() -> Value {
    json!({"type": "string"})
}

fn object(members: Value) -> Value {
    json!({"type": "object", "properties": members})
}

fn key(lowered: &Value) -> String {
    super::super::schemas::key_of(lowered).unwrap()
}

/// Returns the lowered members of a type.
fn members<'l>(lowered: &'l Lowered, key: &str) -> &'l Value {
    &lowered.components[key]["properties"]
}

#[test]
fn spellings_of_an_enum_are_kept_once_and_named_apart() {
    let schemas =
        json!({"State": {"type": "string", "enum": ["on", "On", "off", "off", null, "<=", ""]}});
    let (schema, lowered) = answer(reference("State"), schemas);
    assert_eq!(key(&schema), "State");
    let variants = lowered.types["State"].variants.clone().unwrap();
    let spellings: Vec<&str> = variants
        .iter()
        .map(|(_, spelling)| spelling.as_str())
        .collect();
    assert_eq!(spellings, ["on", "On", "off", "<=", ""]);
    let names: BTreeSet<&str> = variants.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), 5);
    // Numbers are no text.
    let (schema, lowered) = answer(json!({"type": "integer", "enum": [1, 2]}), json!({}));
    assert_eq!(schema, json!({"type": "integer", "format": "int64"}));
    assert!(lowered.types.is_empty());
}

#[test]
fn defaults_limits_and_formats_do_not_reach_progenitor() {
    let schemas = json!({"Thing": object(json!({
        "count": {"type": "integer", "format": "int32", "default": "many", "minimum": 3},
        "state": {"type": "string", "enum": ["on"], "default": "off"},
        "name": {"type": "string", "format": "uuid", "pattern": "(", "default": 7},
        "at": {"type": "string", "format": "date-time"},
        "ratio": {"type": "number", "default": null},
    }))});
    let (_, lowered) = answer(reference("Thing"), schemas);
    let members = members(&lowered, "Thing");
    assert_eq!(
        members["count"],
        json!({"type": "integer", "format": "int64"})
    );
    assert_eq!(members["name"], text());
    assert_eq!(
        members["at"],
        json!({"type": "string", "format": "date-time"})
    );
    assert!(
        !Value::from_iter(lowered.lowered.components)
            .to_string()
            .contains("default")
    );
}

#[test]
fn what_is_inline_is_named_after_its_place() {
    let schemas = json!({"Thing": object(json!({
        "state": {"type": "string", "enum": ["on"]},
        "inner": object(json!({"inner": object(json!({"a": text()}))})),
        "list": {"type": "array", "items": object(json!({"a": text()}))},
        "map": {"type": "object", "additionalProperties": object(json!({"a": text()}))},
        "open": {"type": "object"},
    }))});
    let (_, lowered) = answer(reference("Thing"), schemas);
    let keys: Vec<&str> = lowered.types.keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "Thing",
            "ThingInner",
            "ThingInnerValue",
            "ThingList",
            "ThingMap",
            "ThingState"
        ]
    );
    let members = members(&lowered, "Thing");
    assert_eq!(members["list"]["items"], reference("ThingList"));
    assert_eq!(
        members["map"]["additionalProperties"],
        reference("ThingMap")
    );
    assert_eq!(members["open"], json!({}));
    assert_eq!(lowered.types["ThingState"].origin, "Thing.state");
}

#[test]
fn parts_are_merged_and_aliases_written_out() {
    let schemas = json!({
        "Base": {"type": "object", "required": ["id"], "properties": {"id": text()}},
        "Thing": {"allOf": [reference("Base"), {"required": ["name"], "properties": {"name": reference("Name")}}]},
        "Only": {"allOf": [reference("Thing")]},
        "Name": text(),
        "Names": {"type": "array", "items": reference("Name")},
    });
    let (schema, lowered) = answer(reference("Only"), schemas.clone());
    assert_eq!(key(&schema), "Thing");
    let facts = &lowered.types["Thing"].members;
    assert!(facts["id"].required && facts["name"].required);
    assert_eq!(members(&lowered, "Thing")["name"], text());
    assert!(!lowered.types.contains_key("Base"));
    let (schema, _) = answer(reference("Names"), schemas);
    assert_eq!(schema, json!({"type": "array", "items": text()}));
}

#[test]
fn recursion_ends() {
    let schemas = json!({
        "Tree": object(json!({"children": {"type": "array", "items": reference("Tree")}, "up": reference("Fork")})),
        "Fork": object(json!({"tree": reference("Tree")})),
        "Loop": reference("Pool"),
        "Pool": reference("Loop"),
        "Self": {"allOf": [reference("Self"), {"properties": {"a": text()}}]},
    });
    let (_, lowered) = answer(reference("Tree"), schemas.clone());
    assert_eq!(
        members(&lowered, "Tree")["children"]["items"],
        reference("Tree")
    );
    assert_eq!(members(&lowered, "Fork")["tree"], reference("Tree"));
    assert_eq!(answer(reference("Loop"), schemas.clone()).0, json!({}));
    assert!(answer(reference("Self"), schemas).1.types.len() <= 1);
}

#[test]
fn a_reference_to_nothing_is_any_json() {
    assert_eq!(answer(reference("Nowhere"), json!({})).0, json!({}));
    assert_eq!(answer(json!({"not": text()}), json!({})).0, json!({}));
}

#[test]
fn unions_know_their_tag_wherever_it_is() {
    let part = || object(json!({"kind": text(), "a": text()}));
    let any = || json!([reference("A"), reference("B")]);
    let target = |name: &str| format!("#/components/schemas/{name}");
    let schemas = json!({
        "A": part(),
        "B": part(),
        "Inside": {"oneOf": any(), "discriminator": {"propertyName": "kind", "mapping": {"x": target("A"), "y": "B"}}},
        "ByName": {"oneOf": any(), "discriminator": {"propertyName": "kind"}},
        "Marked": {"anyOf": any(), "x-harness-discriminator": "kind", "x-harness-mapping": {"x": target("B"), "z": target("C")}},
        "Beside": {"anyOf": any(), "x-harness-parent-tag": {"property": "type", "mapping": {"x": target("A")}}},
        "Untold": {"anyOf": any()},
        "Unsure": {"anyOf": [reference("A")], "x-harness-discriminator": "kind"},
        "Nested": {"oneOf": [reference("Untold"), reference("A")]},
    });
    let union = |name: &str| {
        let (_, lowered) = answer(reference(name), schemas.clone());
        lowered.types[name].union.clone().unwrap()
    };
    let tags = |name: &str| {
        let tags = union(name).tags;
        tags.into_iter()
            .map(|(tag, key)| format!("{tag}={key}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(union("Inside").tag.as_deref(), Some("kind"));
    assert_eq!(tags("Inside"), ["x=A", "y=B"]);
    assert_eq!(tags("ByName"), ["A=A", "B=B"]);
    // A value whose variant is not of the union is left out.
    assert_eq!(tags("Marked"), ["x=B"]);
    assert_eq!(union("Beside").parent_tag.as_deref(), Some("type"));
    assert_eq!(
        (union("Beside").tag, tags("Beside")),
        (None, vec!["x=A".to_owned()])
    );
    // A tag without known values has no tags: every value of it is read as unknown.
    assert_eq!(union("Unsure").tag.as_deref(), Some("kind"));
    assert!(tags("Unsure").is_empty() && tags("Untold").is_empty());
    assert_eq!(union("Nested").variants, ["A", "B"]);
}

#[test]
fn alternatives_that_are_no_objects_are_any_json() {
    let schemas = json!({
        "A": object(json!({"a": text()})),
        "Empty": {"type": "object"},
        "Mixed": {"oneOf": [reference("A"), text()]},
        "Inline": {"oneOf": [reference("A"), object(json!({"b": text()}))]},
        "One": {"oneOf": [reference("Empty")]},
    });
    for name in ["Mixed", "Inline", "One"] {
        assert_eq!(
            answer(reference(name), schemas.clone()).0,
            json!({}),
            "{name}"
        );
    }
}

#[test]
fn members_of_one_rust_name_stay_apart() {
    let schemas = json!({"Thing": object(json!({
        "fooBar": text(), "foo_bar": text(), "misfits": text(), "extra": text(), "$gt": text(), "Cloud Foundry": text(),
    }))});
    let (_, lowered) = answer(reference("Thing"), schemas);
    let facts = &lowered.types["Thing"];
    let lowered_names: BTreeSet<String> = members(&lowered, "Thing")
        .as_object()
        .unwrap()
        .keys()
        .map(|name| super::super::schemas::snake(name))
        .collect();
    assert_eq!(lowered_names.len(), 6);
    assert!(!lowered_names.contains("misfits") && !lowered_names.contains("extra"));
    assert_eq!(facts.members.len(), 6);
    assert_eq!(facts.members["misfits_2"].wire, "misfits");
}

#[test]
fn what_progenitor_cannot_say_is_kept_beside() {
    let schemas = json!({"Thing": {
        "type": "object",
        "required": ["name"],
        "additionalProperties": true,
        "properties": {
            "name": text(),
            "note": {"type": "string", "nullable": true},
            "old": {"type": "string", "deprecated": true},
            "value": {"type": "string", "x-harness-secret": true},
            "hidden": {"type": "string", "format": "password"},
            "password": reference("Text"),
            "passwordRef": text(),
            "token": object(json!({"a": text()})),
        },
    }, "Text": text()});
    let (_, lowered) = answer(reference("Thing"), schemas);
    let facts = &lowered.types["Thing"];
    assert!(facts.extra);
    let with = |test: &dyn Fn(&MemberFacts) -> bool| {
        let found = facts.members.iter().filter(|(_, member)| test(member));
        found.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(with(&|it| it.required), ["name"]);
    assert_eq!(with(&|it| it.nullable), ["note"]);
    assert_eq!(with(&|it| it.deprecated), ["old"]);
    assert_eq!(with(&|it| it.secret), ["hidden", "password", "value"]);
}

#[test]
fn a_type_knows_which_way_it_goes() {
    let schemas = json!({
        "Order": object(json!({"both": reference("Both"), "one": reference("One")})),
        "Answer": object(json!({"both": reference("Both")})),
        "Both": object(json!({"a": text()})),
        "One": {"anyOf": [reference("Variant")]},
        "Variant": object(json!({"a": text()})),
    });
    let mut get = answering(reference("Answer"));
    get["requestBody"] = sending(reference("Order"))["requestBody"].clone();
    let (_, lowered) = operation("/v1/things", "put", get, schemas);
    let ways = |key: &str| (lowered.types[key].sent, lowered.types[key].sent_only);
    assert_eq!(ways("Order"), (true, true));
    assert_eq!(ways("Answer"), (false, false));
    assert_eq!(ways("Both"), (true, false));
    // The variants of a union go its way.
    assert_eq!(ways("Variant"), (true, true));
}

#[test]
fn schemas_of_one_name_are_told_apart_or_an_error() {
    let schemas = json!({
        "types.Thing": object(json!({"a": text()})),
        "Thing": object(json!({"b": text()})),
    });
    let paths = json!({"/v1/things": {"get": answering(object(json!({
        "x": reference("types.Thing"), "y": reference("Thing"),
    })))}});
    let lowered = try_lower(paths.clone(), schemas.clone(), false).unwrap();
    assert_eq!(lowered.types["Thing"].origin, "Thing");
    assert_eq!(lowered.types["Thing2"].origin, "types.Thing");
    let error = try_lower(paths, schemas, true).unwrap_err().to_string();
    assert!(error.contains("Thing: Thing, types.Thing"), "{error}");
    assert!(
        error.contains("[types]:\n      \"types.Thing\" = \"TypesThing\""),
        "{error}"
    );
}

/// Returns a chain of components, each of which refers to the next by `word` as often as it is wide.
fn chain(word: &str, length: usize, wide: usize) -> Value {
    let mut schemas = serde_json::Map::new();
    for number in 0..length {
        let next = vec![reference(&format!("A{}", number + 1)); wide];
        let mut schema = json!({ word: next });
        if word == "properties" {
            schema = object(json!({"next": next[0], "items": {"type": "array", "items": next[0]}}));
        }
        schemas.insert(format!("A{number}"), schema);
    }
    schemas.insert(format!("A{length}"), object(json!({"last": text()})));
    schemas.into()
}

/// Without memory of what was seen, these would take 2^60 steps.
#[test]
fn components_that_refer_to_each_other_in_many_ways_are_looked_at_once() {
    for word in ["allOf", "oneOf", "anyOf"] {
        let (schema, lowered) = answer(reference("A0"), chain(word, 60, 2));
        assert_eq!(schema, reference("A0"), "{word}");
        let found = &lowered.types["A0"];
        match word {
            "allOf" => assert_eq!(found.members.keys().collect::<Vec<_>>(), ["last"]),
            _ => assert_eq!(found.union.as_ref().unwrap().variants, ["A60"]),
        }
    }
}

#[test]
fn a_long_chain_of_components_ends() {
    for word in ["allOf", "oneOf", "properties"] {
        let (schema, _) = answer(reference("A0"), chain(word, 150, 1));
        assert!(schema.get("$ref").is_some(), "{word}: {schema}");
    }
}
