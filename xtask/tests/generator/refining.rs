//! refine: types of parameters, bodies, responses and members, joined from progenitor's output and lowering's facts.

use serde_json::{Value, json};
use xtask::generate::api::{Api, Location, Member, Operation, ResponseBody, Shape, Ty};

use crate::support::{crate_of, document, one, with_pet};

fn api(document: &Value) -> Api {
    crate_of(document).unwrap().api
}

fn operation(described: Value) -> Operation {
    let mut api = api(&one(
        described,
        json!({"Pet": {"type": "object", "properties": {"id": {"type": "string"}}}}),
    ));
    api.modules.remove(0).operations.remove(0)
}

fn shape(pet: Value) -> Shape {
    let api = api(&with_pet(pet));
    api.types["Pet"].shape.clone()
}

fn members(pet: Value) -> Vec<Member> {
    match shape(pet) {
        Shape::Struct { members, .. } => members,
        other => panic!("{other:?}"),
    }
}

#[test]
fn parameters_keep_place_name_and_type_and_required_ones_come_first() {
    let operation = operation(
        json!({"operationId": "savePet", "responses": {}, "parameters": [
            {"name": "page-size", "in": "query", "schema": {"type": "integer"}},
            {"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
            {"name": "pet", "in": "path", "required": true, "schema": {"type": "string"}},
            {"name": "X-When", "in": "header", "required": true, "schema": {"type": "string", "format": "date-time"}},
            {"name": "type", "in": "query", "schema": {"$ref": "#/components/schemas/Pet"}},
        ]}),
    );
    let found: Vec<_> = operation
        .params
        .iter()
        .map(|p| {
            (
                p.ident.as_str(),
                p.wire.as_str(),
                p.location,
                p.required,
                p.ty.clone().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("pet", "pet", Location::Path, true, Ty::Str),
            ("x_when", "X-When", Location::Header, true, Ty::Time),
            ("page_size", "page-size", Location::Query, false, Ty::Int),
            (
                "ids",
                "ids",
                Location::Query,
                false,
                Ty::List(Box::new(Ty::Str))
            ),
            (
                "type",
                "type",
                Location::Query,
                false,
                Ty::Named("Pet".into())
            ),
        ]
    );
}

#[test]
fn bodies_have_json_first_and_forms_apart() {
    let body = |content: Value| {
        operation(json!({"operationId": "savePet", "responses": {},
            "requestBody": {"required": true, "content": content}}))
        .body
        .unwrap()
    };
    let both = body(json!({"application/yaml": {"schema": {"type": "string"}},
        "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}));
    assert_eq!(both.media, ["application/json", "application/yaml"]);
    assert_eq!(both.json, Some(Ty::Named("Pet".into())));
    assert!(both.required && !both.form);

    let form = body(
        json!({"multipart/form-data": {"schema": {"type": "object", "properties": {
        "file": {"type": "string", "format": "binary"}}}}}),
    );
    assert!(form.form && form.media.is_empty() && form.json.is_none());
}

#[test]
fn form_fields_are_parameters_and_a_file_has_no_type() {
    let operation = operation(
        json!({"operationId": "savePet", "responses": {}, "requestBody": {"content": {
        "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {
            "file": {"type": "string", "format": "binary"}, "count": {"type": "integer"},
            "spec": {"$ref": "#/components/schemas/Pet"}}}}}}}),
    );
    let mut fields: Vec<_> = operation
        .params
        .iter()
        .filter(|p| p.location == Location::Form)
        .map(|p| (p.wire.as_str(), p.required, p.ty.clone()))
        .collect();
    fields.sort_by_key(|(wire, _, _)| *wire);
    assert_eq!(
        fields,
        [
            ("count", false, Some(Ty::Int)),
            ("file", true, None),
            ("spec", false, Some(Ty::Named("Pet".into())))
        ]
    );
}

#[test]
fn answers_are_read_by_their_content() {
    let answer = |content: Value| {
        operation(json!({"operationId": "savePet", "responses":
            {"200": {"description": "", "content": content}, "404": {"description": "", "content":
                {"application/json": {"schema": {"type": "integer"}}}}}}))
        .response
    };
    assert_eq!(answer(json!({})), ResponseBody::Empty);
    assert_eq!(
        answer(json!({"text/html": {"schema": {"type": "string"}}})),
        ResponseBody::Text
    );
    assert_eq!(answer(json!({"application/zip": {}})), ResponseBody::Bytes);
    assert_eq!(
        answer(json!({"application/json": {"schema": {"type": "array",
            "items": {"$ref": "#/components/schemas/Pet"}}}})),
        ResponseBody::Json(Ty::List(Box::new(Ty::Named("Pet".into()))))
    );
    assert_eq!(
        answer(json!({"application/json": {"schema": {}}})),
        ResponseBody::Json(Ty::Json)
    );
}

#[test]
fn members_have_rust_names_and_plain_types() {
    let members = members(json!({"type": "object", "properties": {
        "a.b": {"type": "string"}, "born": {"type": "string", "format": "date-time"}, "n": {"type": "number"},
        "self": {"type": "boolean"}, "tags": {"type": "object", "additionalProperties": {"type": "integer"}},
        "any": {}, "mother": {"$ref": "#/components/schemas/Pet"}}}));
    let found: Vec<_> = members
        .iter()
        .map(|m| (m.wire.as_str(), m.ident.as_str(), m.ty.clone()))
        .collect();
    let sorted = |mut list: Vec<(&'static str, &'static str, Ty)>| {
        list.sort_by_key(|(wire, _, _)| *wire);
        list
    };
    let mut found_sorted = found.clone();
    found_sorted.sort_by_key(|(wire, _, _)| *wire);
    assert_eq!(
        found_sorted,
        sorted(vec![
            ("a.b", "a_b", Ty::Str),
            ("born", "born", Ty::Time),
            ("n", "n", Ty::Float),
            ("self", "self", Ty::Bool),
            ("tags", "tags", Ty::Map(Box::new(Ty::Int))),
            ("any", "any", Ty::Json),
            ("mother", "mother", Ty::Named("Pet".into())),
        ])
    );
}

#[test]
fn only_what_is_sent_alone_has_required_members() {
    let pet = json!({"type": "object", "required": ["id", "note"], "properties": {
        "id": {"type": "string"}, "note": {"type": "string", "nullable": true}, "apiKey": {"type": "string"}}});
    let flags = |members: &[Member]| -> Vec<(String, bool, bool, bool)> {
        let mut list: Vec<_> = members
            .iter()
            .map(|m| (m.wire.clone(), m.required, m.nullable, m.secret))
            .collect();
        list.sort();
        list
    };
    // Sent and returned.
    assert_eq!(
        flags(&members(pet.clone())),
        [
            ("apiKey".into(), false, false, true),
            ("id".into(), false, false, false),
            ("note".into(), false, true, false)
        ]
    );
    let sent = one(
        json!({"operationId": "savePet", "responses": {}, "requestBody": {"required": true, "content":
            {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}}),
        json!({"Pet": pet}),
    );
    let Shape::Struct { members, .. } = &api(&sent).types["Pet"].shape else {
        panic!("no struct")
    };
    assert_eq!(
        flags(members),
        [
            ("apiKey".into(), false, false, true),
            ("id".into(), true, false, false),
            ("note".into(), false, true, false)
        ]
    );
}

#[test]
fn enums_and_unions_keep_spellings_and_tags() {
    let Shape::Enum(variants) = shape(json!({"type": "string", "enum": ["cat", "big dog", "Cat"]}))
    else {
        panic!("no enum")
    };
    let pairs: Vec<_> = variants
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [("CatLower", "cat"), ("BigDog", "big dog"), ("Cat", "Cat")]
    );

    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let Shape::Union {
        tag,
        parent,
        variants,
        tags,
    } = shape(json!({
        "oneOf": [reference("Cat"), reference("Dog")],
        "discriminator": {"propertyName": "kind", "mapping": {"dog": "#/components/schemas/Dog", "cat": "Cat"}}}))
    else {
        panic!("no union")
    };
    assert_eq!((tag.as_deref(), parent), (Some("kind"), false));
    assert_eq!(
        variants,
        [("Cat".into(), "Cat".into()), ("Dog".into(), "Dog".into())]
    );
    assert_eq!(tags, [("cat".into(), 0), ("dog".into(), 1)]);
}

#[test]
fn a_type_that_two_modules_use_is_in_a_group_of_theirs() {
    let get = |id: &str| {
        json!({"get": {"operationId": id, "responses": {"200": {"description": "", "content":
            {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}}}})
    };
    let api = api(&document(
        json!({"/default": get("listDefaults"), "/toys": get("listToys")}),
        json!({"Pet": {"type": "object", "properties": {"id": {"type": "string"}}}}),
    ));
    // `default` would be Cargo's feature; the group's name needs no underscore for it.
    let modules: Vec<&str> = api.modules.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(modules, ["default_", "toys"]);
    assert_eq!(api.groups.len(), 1);
    assert_eq!(api.groups[0].name, "default_toys");
    assert!(api.groups[0].types.contains("Pet") && api.modules.iter().all(|m| m.types.is_empty()));
}
