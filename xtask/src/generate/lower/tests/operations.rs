use super::*;
use crate::generate::api::{Body, Location, Param, ResponseBody, Ty};

fn body_of(facts: &LoweredOperation) -> Body {
    facts.operation.body.clone().unwrap()
}

fn text() -> Value {
    json!({"type": "string"})
}

fn params(facts: &LoweredOperation) -> Vec<(&str, &str, Location, bool)> {
    let row = |param: &'_ Param| (param.location, param.required);
    facts
        .operation
        .params
        .iter()
        .map(|param| {
            let (place, required) = row(param);
            (param.ident.as_str(), param.wire.as_str(), place, required)
        })
        .collect()
}

#[test]
fn of_several_content_types_json_comes_first_and_types_the_body() {
    let object = json!({"type": "object", "properties": {"name": text()}});
    let body = json!({"operationId": "put-thing", "responses": {}, "requestBody": {"required": true, "content": {
        "application/yaml": {"schema": text()},
        "text/plain": {"schema": text()},
        "application/json": {"schema": object},
    }}});
    let (facts, _) = operation("/v1/things", "put", body, json!({}));
    let made = body_of(&facts);
    assert_eq!(
        made.media,
        ["application/json", "application/yaml", "text/plain"]
    );
    assert!(made.json.is_some() && made.required && !made.form);
    assert_eq!(
        facts
            .lowered
            .pointer("/put/requestBody/content")
            .and_then(Value::as_object)
            .map(|content| content.keys().cloned().collect::<Vec<_>>()),
        Some(vec!["application/json".to_owned()])
    );
}

#[test]
fn text_alone_is_no_json_body() {
    let body = json!({"operationId": "put-thing", "responses": {}, "requestBody": {"content": {
        "application/yaml": {"schema": text()},
    }}});
    let (facts, _) = operation("/v1/things", "put", body, json!({}));
    let made = body_of(&facts);
    assert_eq!(made.media, ["application/yaml"]);
    assert!(made.json.is_none() && !made.required);
    assert!(facts.lowered.pointer("/put/requestBody").is_none());
}

#[test]
fn any_content_type_is_json() {
    let both = json!({"operationId": "put-thing",
        "requestBody": {"content": {"*/*": {"schema": reference("Thing")}}},
        "responses": {"200": {"content": {"*/*": {"schema": reference("Thing")}}}}});
    let schemas = json!({"Thing": {"type": "object", "properties": {"name": text()}}});
    let (facts, _) = operation("/v1/things", "put", both, schemas);
    assert_eq!(body_of(&facts).media, ["application/json"]);
    assert_eq!(facts.operation.response_media, ["application/json"]);
    assert!(body_of(&facts).json.is_some());
    assert_eq!(facts.operation.response, ResponseBody::Json(Ty::Json));
}

#[test]
fn a_form_has_texts_objects_and_files() {
    let binary = json!({"type": "string", "format": "binary"});
    let form = json!({"operationId": "post-file", "responses": {}, "requestBody": {"content": {
        "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {
            "name": text(),
            "spec": reference("Spec"),
            "file": binary,
            "more": {"type": "array", "items": binary},
            "labels": {"type": "object", "additionalProperties": text()},
        }}}
    }}});
    let schemas = json!({"Spec": {"type": "object", "properties": {"a": text()}}});
    let (facts, lowered) = operation("/v1/files", "post", form, schemas);
    let made = body_of(&facts);
    assert!(made.form && made.json.is_none() && made.media.is_empty());
    let of = |name: &str| {
        facts
            .operation
            .params
            .iter()
            .find(|param| param.wire == name)
            .unwrap()
    };
    assert!(
        facts
            .operation
            .params
            .iter()
            .all(|param| param.location == Location::Form)
    );
    // A file has no type.
    assert!(of("file").ty.is_none() && of("file").required && of("more").ty.is_none());
    assert_eq!(facts.open, ["name".to_owned()].into());
    assert_eq!(of("spec").ty, Some(Ty::Named("Spec".into())));
    assert_eq!(of("labels").ty, Some(Ty::Json));
    // What is required comes first.
    assert_eq!(facts.operation.params[0].wire, "file");
    assert!(lowered.types["Spec"].sent_only);
}

#[test]
fn get_and_delete_may_have_bodies() {
    for method in ["get", "delete"] {
        let mut with_body = sending(json!({"type": "object", "properties": {"ids": text()}}));
        with_body["operationId"] = json!("find-things");
        let (facts, lowered) = operation("/v1/things", method, with_body, json!({}));
        assert_eq!(facts.operation.method, method.to_uppercase());
        assert!(body_of(&facts).json.is_some());
        let key = lowered.components.keys().next().unwrap();
        assert!(key.ends_with("FindThingsBody"), "{key}");
    }
}

#[test]
fn one_name_in_two_places_is_two_parameters() {
    let parameter = |place: &str| json!({"name": "account", "in": place, "required": place == "path", "schema": text()});
    let clash = json!({"operationId": "get-thing", "responses": {},
        "parameters": [parameter("path"), parameter("header"), parameter("query")]});
    let (facts, _) = operation("/v1/{account}/things", "get", clash, json!({}));
    assert_eq!(
        params(&facts),
        [
            ("account", "account", Location::Path, true),
            ("account_header", "account", Location::Header, false),
            ("account_query", "account", Location::Query, false),
        ]
    );
}

#[test]
fn names_that_rust_or_a_request_has_are_changed_and_the_wire_is_not() {
    let names = ["query.page-size", "body", "send", "2fa", "$", "into_call"];
    let parameters: Vec<Value> = names
        .iter()
        .map(|name| json!({"name": name, "in": "query", "schema": text()}))
        .collect();
    let (facts, _) = operation(
        "/v1/things",
        "get",
        json!({"operationId": "list", "responses": {}, "parameters": parameters}),
        json!({}),
    );
    let idents: Vec<&str> = facts
        .operation
        .params
        .iter()
        .map(|param| param.ident.as_str())
        .collect();
    assert_eq!(
        idents,
        [
            "query_page_size",
            "body_value",
            "send_value",
            "n2fa",
            "value",
            "into_call_value"
        ]
    );
    assert!(
        facts
            .operation
            .params
            .iter()
            .zip(names)
            .all(|(param, name)| param.wire == name)
    );
}

#[test]
fn placeholders_may_be_dotted_undeclared_or_marked() {
    let parameter =
        |name: &str| json!({"name": name, "in": "path", "required": true, "schema": text()});
    let marked = |name: &str, mark: &str| {
        let mut parameter = parameter(name);
        parameter[mark] = json!(true);
        parameter
    };
    let path = "/v1/{agent.identifier}/{ref}/{file}/{forgotten}";
    let get = json!({"operationId": "get-file", "responses": {}, "parameters": [
        parameter("agent.identifier"),
        marked("ref", "x-harness-multi-segment"),
        marked("file", "x-harness-path-tail"),
        parameter("elsewhere"),
    ]});
    let (facts, _) = operation(path, "get", get, json!({}));
    assert_eq!(
        params(&facts),
        [
            ("agent_identifier", "agent.identifier", Location::Path, true),
            ("ref", "ref", Location::PathRef, true),
            ("file", "file", Location::PathTail, true),
            ("forgotten", "forgotten", Location::Path, true),
        ]
    );
    assert_eq!(facts.operation.path, path);
    assert!(
        facts
            .lowered_path
            .ends_with("/{agent_identifier}/{ref}/{file}/{forgotten}")
    );
}

#[test]
fn parameters_of_the_path_are_overridden_and_references_followed() {
    let paths = json!({"/v1/things": {
        "parameters": [{"name": "limit", "in": "query", "schema": text()}, {"$ref": "#/components/parameters/Page"}],
        "get": {"operationId": "list", "responses": {},
            "parameters": [{"name": "limit", "in": "query", "required": true, "schema": {"type": "integer"}}]},
    }});
    let lowered = lowered(paths, json!({}));
    assert_eq!(
        params(&lowered.operations[0]),
        [
            ("limit", "limit", Location::Query, true),
            ("page", "page", Location::Query, false),
        ]
    );
    let schema = lowered.operations[0]
        .lowered
        .pointer("/get/parameters/0/schema/type");
    assert_eq!(schema, Some(&json!("integer")));
}

#[test]
fn objects_in_queries_are_typed_and_elsewhere_a_loss() {
    let parameter = |name: &str, place: &str, schema: Value| json!({"name": name, "in": place, "schema": schema});
    let get = json!({"operationId": "list", "responses": {}, "parameters": [
        parameter("filter", "query", reference("Filter")),
        parameter("free", "query", json!({"type": "object", "additionalProperties": text()})),
        parameter("many", "query", json!({"type": "array", "items": reference("Filter")})),
        parameter("X-Filter", "header", reference("Filter")),
        parameter("session", "cookie", text()),
        parameter("content", "query", Value::Null),
    ]});
    let schemas = json!({"Filter": {"type": "object", "properties": {"a": text()}}});
    let (facts, lowered) = operation("/v1/things", "get", get, schemas);
    let of = |name: &str| {
        facts
            .operation
            .params
            .iter()
            .find(|param| param.wire == name)
    };
    assert_eq!(of("filter").unwrap().ty, Some(Ty::Named("Filter".into())));
    assert_eq!(of("free").unwrap().ty, Some(Ty::Json));
    assert!(facts.open.contains(&of("X-Filter").unwrap().ident));
    assert!(!facts.open.contains("filter") && !facts.open.contains("free"));
    assert!(of("session").is_none());
    assert_eq!(
        losses(&lowered),
        [
            "cookie parameter `session`: not sent",
            "list of objects in query parameter `many`: items are given as text",
            "object in header parameter `X-Filter`: given as text",
        ]
    );
    assert!(lowered.types["Filter"].sent && lowered.types["Filter"].sent_only);
}

#[test]
fn what_comes_back_is_told_by_the_best_success() {
    let answered = |responses: Value| {
        let get = json!({"operationId": "get-thing", "responses": responses});
        let (facts, lowered) = operation("/v1/things", "get", get, json!({}));
        (
            facts.operation.response,
            facts.operation.response_media,
            losses(&lowered).len(),
        )
    };
    let content = |media: &str, schema: Value| json!({"content": {media: {"schema": schema}}});
    let any = ResponseBody::Json(Ty::Json);
    let binary = json!({"type": "string", "format": "binary"});
    let problem = content("application/json", json!({"type": "object"}));
    let table = [
        (json!({"204": {}, "400": problem}), ResponseBody::Empty),
        (
            json!({"200": content("application/json", json!({}))}),
            any.clone(),
        ),
        (
            json!({"2XX": content("application/problem+json", json!({}))}),
            any.clone(),
        ),
        (
            json!({"default": content("application/json", json!({}))}),
            any.clone(),
        ),
        (
            json!({"200": content("application/yaml", text())}),
            ResponseBody::Text,
        ),
        (
            json!({"200": content("text/html", text())}),
            ResponseBody::Text,
        ),
        (
            json!({"200": content("application/zip", text())}),
            ResponseBody::Bytes,
        ),
        (
            json!({"200": content("application/json", binary)}),
            ResponseBody::Bytes,
        ),
        // A failure is no response.
        (json!({"404": problem}), ResponseBody::Empty),
    ];
    for (responses, want) in table {
        assert_eq!(answered(responses.clone()).0, want, "{responses}");
    }
    // JSON goes before what else is offered, and two kinds of it are a loss.
    let both = json!({
        "200": {"content": {"application/yaml": {"schema": text()}, "application/json": {"schema": text()}}},
        "201": content("application/json", json!({"type": "integer"})),
    });
    let (answer, media, losses) = answered(both);
    assert_eq!((answer, losses), (any, 1));
    assert_eq!(media, ["application/json", "application/yaml"]);
}

#[test]
fn odd_and_doubled_ids_become_names() {
    let get = |id: &str| json!({"get": {"operationId": id, "responses": {}}});
    let paths = json!({
        "/v1/things/a": get("workspaces#list-workspaces"),
        "/v1/things/b": get("listThings"),
        "/v1/things/c": get("list-things"),
        "/v1/things/d": get("listThings"),
        "/v1/things/e": {"get": {"responses": {}}},
    });
    let lowered = try_lower(paths.clone(), json!({}), false).unwrap();
    let name = |path: &str| {
        let found = lowered
            .operations
            .iter()
            .find(|it| it.operation.path == path);
        found
            .map(|it| (it.operation.id.as_str(), it.operation.name.as_str()))
            .unwrap()
    };
    assert_eq!(
        name("/v1/things/a"),
        ("workspaces#list-workspaces", "list_workspaces")
    );
    assert_eq!(name("/v1/things/c"), ("list-things", "list_things"));
    assert_eq!(name("/v1/things/b"), ("listThings", "list_things_2"));
    assert_eq!(name("/v1/things/d"), ("listThings", "list_things_3"));
    assert_eq!(name("/v1/things/e").0, "get /v1/things/e");
    let error = try_lower(paths, json!({}), true).unwrap_err().to_string();
    assert!(
        error.contains("list-things (get /v1/things/c), listThings (get /v1/things/b)"),
        "{error}"
    );
}
