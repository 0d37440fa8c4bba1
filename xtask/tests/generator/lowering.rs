//! Documents that lowering once could not take, or named badly.

use serde_json::{Value, json};
use xtask::generate::api::{Api, Shape, Ty};

use crate::support::{crate_of, document, one, with_pet};

fn api(document: &Value) -> Api {
    crate_of(document).unwrap().api
}

#[test]
fn a_map_or_list_may_contain_itself_through_its_items() {
    for around in ["additionalProperties", "items"] {
        let kind = if around == "items" { "array" } else { "object" };
        let inner = json!({"type": "object", "properties": {"below": {"$ref": "#/components/schemas/Pet"}}});
        let api = api(&with_pet(json!({"type": kind, around: inner})));
        let ty = api
            .types
            .values()
            .find(|ty| matches!(ty.shape, Shape::Struct { .. }))
            .unwrap();
        let Shape::Struct { members, .. } = &ty.shape else {
            panic!("no struct")
        };
        assert_eq!(
            members[0].ty.named(),
            Some(
                api.types
                    .iter()
                    .find(|(_, t)| t.name == ty.name)
                    .unwrap()
                    .0
                    .as_str()
            )
        );
    }
}

#[test]
fn a_map_may_contain_itself_as_a_part_of_its_values() {
    let parts = json!([{"$ref": "#/components/schemas/Pet"}, {"description": "a level below"}]);
    let api = api(&with_pet(
        json!({"type": "object", "additionalProperties": {"allOf": parts}}),
    ));
    let answer = &api.modules[0].operations[0].response;
    assert!(format!("{answer:?}").starts_with("Json(Map("), "{answer:?}");
}

#[test]
fn spellings_that_differ_in_case_only_are_two_variants() {
    let api = api(&with_pet(json!({"type": "string", "enum": ["AB", "Ab"]})));
    let Shape::Enum(variants) = &api.types["Pet"].shape else {
        panic!("no enum")
    };
    assert_eq!(variants.len(), 2);
    assert_ne!(variants[0].0, variants[1].0);
}

#[test]
fn members_without_letters_have_fields_of_their_own() {
    let text = json!({"type": "string"});
    let api = api(&with_pet(
        json!({"type": "object", "properties": {"x": text, "$": text, "_": text}}),
    ));
    let Shape::Struct { members, .. } = &api.types["Pet"].shape else {
        panic!("no struct")
    };
    let mut fields: Vec<&str> = members.iter().map(|member| member.ident.as_str()).collect();
    let mut wire: Vec<&str> = members.iter().map(|member| member.wire.as_str()).collect();
    fields.sort_unstable();
    fields.dedup();
    wire.sort_unstable();
    assert_eq!((fields.len(), wire), (3, vec!["$", "_", "x"]));
}

#[test]
fn operations_of_one_name_are_told_apart_with_their_requests() {
    let get = |id: &str| json!({"get": {"operationId": id, "responses": {}}});
    let api = api(&document(
        json!({"/pets/1": get("op2"), "/pets/2": get("op_2"), "/pets/3": get("type"), "/pets/4": get("Type")}),
        json!({}),
    ));
    let mut names: Vec<(&str, &str)> = api.modules[0]
        .operations
        .iter()
        .map(|o| (o.id.as_str(), o.name.as_str()))
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            ("Type", "root_type"),
            ("op2", "root_op2"),
            ("op_2", "op_2"),
            ("type", "root_type_2")
        ]
    );
}

#[test]
fn a_keyword_is_a_method_and_call_is_a_parameter() {
    let api = api(&one(
        json!({"operationId": "self", "tags": ["self"], "responses": {}, "parameters": [
            {"name": "call", "in": "query", "required": true, "schema": {"type": "integer"}}]}),
        json!({}),
    ));
    let operation = &api.modules[0].operations[0];
    assert_eq!(operation.name, "self_");
    let call = operation
        .params
        .iter()
        .find(|param| param.wire == "call")
        .unwrap();
    assert_eq!(
        (call.ident.as_str(), call.ty.clone()),
        ("call_value", Some(Ty::Int))
    );
}
