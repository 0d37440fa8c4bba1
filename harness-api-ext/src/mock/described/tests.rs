//! Values of hand-written schemas, and validation of requests by the schemas of the description.

use jsonschema::Draft;
use serde_json::{Map, Value, json};

use super::sample::{Mode, sample};
use super::words;

/// Returns a generated value, which must be valid; `named` are the referenced schemas.
fn made(named: &Value, schema: &Value, seed: u64, mode: Mode) -> Option<Value> {
    let made = sample(named.as_object(), schema, "", seed, mode)?;
    let mut root: Map<String, Value> = schema.as_object().cloned().unwrap_or_default();
    root.insert("schemas".into(), named.clone());
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true);
    let validator = options.build(&root.into()).expect("a schema");
    let faults: Vec<String> = validator
        .iter_errors(&made)
        .map(|error| error.to_string())
        .collect();
    assert!(faults.is_empty(), "{made} for {schema}: {faults:?}");
    Some(made)
}

/// Returns the values of many seeds.
fn many(named: &Value, schema: &Value, mode: Mode) -> Vec<Value> {
    let made = |seed| made(named, schema, seed, mode).expect("a value");
    (0..40).map(made).collect()
}

fn full(schema: &Value) -> Vec<Value> {
    many(&json!({}), schema, Mode::Full)
}

#[test]
fn members_are_all_or_those_required() {
    let schema = json!({
        "allOf": [{"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}],
        "properties": {"note": {"type": "string"}, "tags": {"type": "object", "additionalProperties": {"type": "string"}}},
    });
    let none = json!({});
    let minimal = made(&none, &schema, 1, Mode::Minimal).expect("a value");
    assert_eq!(
        minimal
            .as_object()
            .expect("an object")
            .keys()
            .collect::<Vec<_>>(),
        ["id"]
    );
    let full = made(&none, &schema, 1, Mode::Full).expect("a value");
    assert_eq!(full.as_object().expect("an object").len(), 3);
    assert_eq!(full["tags"].as_object().expect("a map").len(), 1);
}

#[test]
fn the_same_seed_gives_the_same() {
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "count": {"type": "integer"}}});
    assert_eq!(full(&schema), full(&schema));
    let all: std::collections::BTreeSet<String> =
        full(&schema).iter().map(Value::to_string).collect();
    assert!(all.len() > 30, "{all:?}");
}

#[test]
fn enums_are_followed_and_success_is_preferred() {
    let values = full(&json!({"type": ["string", "null"], "enum": ["A", null, "B"]}));
    assert!(values.contains(&json!("A")) && values.contains(&json!("B")));
    assert!(!values.contains(&Value::Null));
    let envelope = json!({"type": "object", "properties": {
        "status": {"enum": ["ERROR", "FAILURE", "SUCCESS"]}, "deny": {"type": "boolean"},
        "errors": {"type": "array", "items": {"type": "string"}},
    }});
    for value in full(&envelope) {
        assert_eq!(
            value,
            json!({"status": "SUCCESS", "deny": false, "errors": []})
        );
    }
}

#[test]
fn lists_have_one_item_or_two_within_limits() {
    let lengths = |schema: Value| {
        let values = full(&schema);
        let lengths = values
            .iter()
            .map(|value| value.as_array().expect("a list").len());
        lengths.collect::<std::collections::BTreeSet<usize>>()
    };
    let items = json!({"type": "string"});
    assert_eq!(
        lengths(json!({"type": "array", "items": items})),
        [1, 2].into()
    );
    assert_eq!(
        lengths(json!({"type": "array", "items": items, "uniqueItems": true})),
        [1].into()
    );
    assert_eq!(
        lengths(json!({"type": "array", "items": items, "maxItems": 1})),
        [1].into()
    );
    assert_eq!(
        lengths(json!({"type": "array", "items": items, "minItems": 3})),
        [3].into()
    );
    let least = json!({"type": "array", "items": items, "minItems": 1});
    assert_eq!(
        made(&json!({}), &least, 0, Mode::Minimal).map(|list| list[0].is_string()),
        Some(true)
    );
}

#[test]
fn numbers_and_texts_keep_their_limits() {
    full(&json!({"type": "integer", "minimum": 200, "maximum": 210}));
    full(&json!({"type": "integer", "maximum": 0}));
    full(&json!({"type": "number", "minimum": 0, "maximum": 1}));
    full(&json!({"type": "string", "minLength": 70}));
    full(&json!({"type": "string", "maxLength": 3}));
    for format in ["date-time", "date", "uri", "uuid", "email", "ipv4"] {
        full(&json!({"type": "string", "format": format}));
    }
}

#[test]
fn names_tell_what_a_value_is() {
    let text = |name: &str| words::text(name, "", 5);
    assert!(text("userEmail").ends_with("@example.com"));
    assert!(text("webhook_url").starts_with("https://"));
    assert!(text("createdAt").ends_with('Z') && text("updated_at").starts_with("2025-"));
    let identifier = text("connectorIdentifier");
    assert!(
        identifier
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        "{identifier}"
    );
    assert_eq!(text("accountIdentifier"), "MockAccount_0123456789");
    assert_eq!(text("status"), "SUCCESS");
    for moment in ["createdAt", "lastUpdatedTime", "startTs", "expiryDate"] {
        assert!(
            words::integer(moment, "int64", 5) > 1_700_000_000_000,
            "{moment}"
        );
        assert!(words::integer(moment, "int32", 5) < 1000, "{moment}");
    }
    for count in ["pageSize", "timeout", "format", "candidates"] {
        assert!(words::integer(count, "int64", 5) < 1000, "{count}");
    }
    assert!(!words::boolean("isErrorResponse", 2) && words::boolean("success", 1));
}

#[test]
fn a_tag_inside_names_the_variant() {
    let named = json!({
        "Cat": {"type": "object", "required": ["claws"], "properties": {"claws": {"type": "integer"}}},
        "Dog": {"type": "object", "required": ["tail"], "properties": {"tail": {"type": "string"}, "kind": {"type": "string"}}},
    });
    let schema = json!({
        "anyOf": [{"$ref": "#/schemas/Cat"}, {"$ref": "#/schemas/Dog"}],
        "x-tag": ["kind", {"cat": "Cat", "dog": "Dog"}],
    });
    for mode in [Mode::Minimal, Mode::Full] {
        let values = many(&named, &schema, mode);
        for value in &values {
            let is_cat = value["kind"] == "cat";
            assert!(is_cat || value["kind"] == "dog", "{value}");
            assert_eq!(value.get("claws").is_some(), is_cat, "{value}");
        }
        assert!(values.iter().any(|value| value["kind"] == "cat"));
        assert!(values.iter().any(|value| value["kind"] == "dog"));
    }
}

#[test]
fn a_tag_beside_names_the_variant() {
    let named = json!({
        "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
        "B": {"type": "object", "required": ["b"], "properties": {"b": {"type": "integer"}}},
        "C": {"type": "object", "required": ["c"], "properties": {"c": {"type": "integer"}}},
    });
    let schema = json!({
        "type": "object",
        "required": ["spec"],
        "properties": {"type": {"type": "string", "enum": ["a", "b", "x"]}, "spec": {}},
        "x-outer-tags": {"spec": ["type", {"a": "A", "b": "B", "c": "C"}]},
    });
    for mode in [Mode::Minimal, Mode::Full] {
        let values = many(&named, &schema, mode);
        for value in &values {
            let tag = value["type"].as_str().expect("a tag");
            assert!(tag == "a" || tag == "b", "{value}");
            assert!(value["spec"][tag].is_i64(), "{value}");
        }
    }
}

#[test]
fn variants_without_a_tag_are_tried_until_one_can_be_made() {
    let named = json!({"Endless": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/schemas/Endless"}}}});
    let schema =
        json!({"anyOf": [{"$ref": "#/schemas/Endless"}, {"type": "null"}, {"type": "integer"}]});
    assert!(many(&named, &schema, Mode::Full).iter().all(Value::is_i64));
    let endless = json!({"$ref": "#/schemas/Endless"});
    assert_eq!(sample(named.as_object(), &endless, "", 0, Mode::Full), None);
}

#[test]
fn what_contains_itself_ends() {
    let named = json!({"Node": {"type": "object", "required": ["name", "children"], "properties": {
        "name": {"type": "string"},
        "parent": {"$ref": "#/schemas/Node"},
        "children": {"type": "array", "items": {"$ref": "#/schemas/Node"}},
        "byName": {"type": "object", "additionalProperties": {"$ref": "#/schemas/Node"}},
    }}});
    let value = made(&named, &json!({"$ref": "#/schemas/Node"}), 0, Mode::Full).expect("a value");
    assert_eq!(value.get("parent"), None);
    assert_eq!(
        (&value["children"], &value["byName"]),
        (&json!([]), &json!({}))
    );
}

#[test]
fn what_is_wide_and_deep_stays_small() {
    let node = |depth: usize| {
        let next = json!({"$ref": format!("#/schemas/N{}", depth + 1)});
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": next, "c": next, "d": next}})
    };
    let mut named: Map<String, Value> = (0..30)
        .map(|depth| (format!("N{depth}"), node(depth)))
        .collect();
    named.insert("N30".into(), json!({"type": "object"}));
    let value = made(
        &named.into(),
        &json!({"$ref": "#/schemas/N0"}),
        0,
        Mode::Full,
    )
    .expect("a value");
    assert!(
        value.to_string().len() < 200_000,
        "{}",
        value.to_string().len()
    );
}

#[cfg(feature = "platform")]
mod requests {
    use hyper::HeaderMap;

    use crate::mock::check::Violation;
    use crate::mock::received::Received;

    fn violations(method: &str, path: &str, media: Option<&str>, body: &str) -> Vec<Violation> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut headers = HeaderMap::new();
        if let Some(media) = media {
            headers.insert("content-type", media.parse().expect("a value"));
        }
        let request = Received::new(method, path, query, &headers, body.to_owned().into());
        assert!(request.operation().is_some(), "{path}");
        super::super::violations(&request)
    }

    #[track_caller]
    fn one(found: &[Violation]) -> &str {
        assert_eq!(found.len(), 1, "{found:?}");
        &found[0].pointer
    }

    const JSON: Option<&str> = Some("application/json");
    const ORG: &str = r#"{"org": {"identifier": "retail", "name": "Retail"}}"#;

    #[test]
    fn a_request_as_described_has_none() {
        assert_eq!(violations("POST", "/v1/orgs", JSON, ORG), []);
        assert_eq!(
            violations("GET", "/v1/orgs?page=0&limit=5&org=a&org=b", None, ""),
            []
        );
    }

    #[test]
    fn parameters_have_their_types_and_are_known() {
        let found = violations("GET", "/v1/orgs?page=first", None, "");
        assert_eq!(one(&found), "/query/page");
        let found = violations("GET", "/v1/orgs?pgae=1", None, "");
        assert_eq!(one(&found), "/query/pgae");
        let found = violations("GET", "/v1/orgs?limit=1&limit=2", None, "");
        assert_eq!(one(&found), "/query/limit");
    }

    #[test]
    fn bodies_fit_their_schema_and_their_content_type() {
        let found = violations(
            "POST",
            "/v1/orgs",
            JSON,
            r#"{"org": {"identifier": 7, "name": "s3cret"}}"#,
        );
        assert_eq!(one(&found), "/body/org/identifier");
        let found = violations("POST", "/v1/orgs", JSON, r#"{"org": {"name": "s3cret"}}"#);
        assert_eq!(one(&found), "/body/org");
        assert!(!found[0].message.contains("s3cret"), "{}", found[0].message);
        let found = violations("POST", "/v1/orgs", Some("text/plain"), ORG);
        assert_eq!(one(&found), "/header/content-type");
        let found = violations("POST", "/v1/orgs", None, ORG);
        assert_eq!(one(&found), "/header/content-type");
        let found = violations("GET", "/v1/orgs", JSON, ORG);
        assert_eq!(one(&found), "/header/content-type");
    }
}

mod pages {
    use harness_api::{Found, More, Paging, Step, Token};
    use hyper::HeaderMap;

    use super::super::page::cut;
    use super::*;
    use crate::mock::received::Received;

    fn page(paging: &Paging, query: &str, body: &str) -> (Value, Vec<(&'static str, u64)>) {
        let mut value = json!({"status": "SUCCESS", "data": {
            "content": ["a", "b", "c"], "pageIndex": 9, "pageItemCount": 9, "totalItems": 9, "totalPages": 9, "empty": true,
            "last": "text", "next": "x",
        }});
        let request = Received::new(
            "POST",
            "/x",
            query,
            &HeaderMap::new(),
            body.to_owned().into(),
        );
        let headers = cut(&mut value, paging, &request);
        (value["data"].take(), headers)
    }

    #[test]
    fn what_tells_of_pages_agrees_with_the_items() {
        static PAGING: Paging = Paging::new(Step::Number, "data.content")
            .page("page", 0)
            .size("limit")
            .total(Found::Header("X-Total"));
        let (value, headers) = page(&PAGING, "page=1&limit=2", "");
        assert_eq!(headers, [("X-Total", 3)]);
        assert_eq!(
            value,
            json!({
                "content": ["c"], "pageIndex": 1, "pageItemCount": 1, "totalItems": 3, "totalPages": 2, "empty": false,
                "last": "text", "next": "x",
            })
        );
        let (value, _) = page(&PAGING, "page=2&limit=2", "");
        assert_eq!(
            (&value["content"], &value["empty"]),
            (&json!([]), &json!(true))
        );
    }

    #[test]
    fn offsets_and_tokens_lead_to_the_end() {
        static OFFSET: Paging = Paging::new(Step::Offset, "data.content")
            .in_body()
            .page("from", 0)
            .size("size")
            .more(More::HasNext("data.empty"));
        let (value, _) = page(&OFFSET, "", r#"{"from": 1, "size": 1}"#);
        assert_eq!(
            (&value["content"], &value["empty"]),
            (&json!(["b"]), &json!(true))
        );
        static TOKEN: Paging = Paging::new(Step::Token, "data.content")
            .size("size")
            .tokens(&[Token::new("after", "data.next")]);
        let (value, _) = page(&TOKEN, "size=2", "");
        assert_eq!(
            (&value["content"], &value["next"]),
            (&json!(["a", "b"]), &json!("2"))
        );
        let (value, _) = page(&TOKEN, "size=2&after=2", "");
        assert_eq!(
            (&value["content"], value.get("next")),
            (&json!(["c"]), None)
        );
    }
}
