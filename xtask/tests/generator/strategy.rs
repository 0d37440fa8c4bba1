//! Valid OpenAPI 3.0 documents, of all kinds that the generator says it takes, with the names that give trouble.

use std::collections::BTreeSet;

use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::{select, subsequence},
};
use serde_json::{Map, Value, json};

/// Keys of component schemas; the specification allows letters, digits, dots, dashes and underscores.
const KEYS: [&str; 22] = [
    "Pet",
    "pet",
    "pet.v1",
    "types.Infra",
    "Pet_2",
    "Pet2",
    "2fa",
    "String",
    "self",
    "type",
    "Option",
    "_",
    "a-b",
    "PetBody",
    "gen",
    "Box",
    "Vec",
    "Result",
    "Default",
    "IntoIterator",
    "PartialEq",
    "std",
];

/// Names of members, parameters and form fields.
const NAMES: [&str; 32] = [
    "id",
    "name",
    "type",
    "self",
    "Self",
    "crate",
    "ref",
    "a.b",
    "a b",
    "a_b",
    "aB",
    "a-b",
    "1st",
    "2",
    "naïve",
    "日本",
    "名前",
    "_",
    "$",
    "misfits",
    "extra",
    "body",
    "send",
    "options",
    "call",
    "value",
    "gen",
    "async",
    "std",
    "body_text",
    "into_call",
    "with_header",
];

/// Ids of operations.
const IDS: [&str; 27] = [
    "getPet",
    "get_pet",
    "GetPet",
    "get-pet",
    "pets#list",
    "PetService_ListPets",
    "type",
    "self",
    "new",
    "clone",
    "api",
    "types",
    "日本",
    "2",
    "op2",
    "get pet form",
    "send",
    "getPetText",
    "gen",
    "async",
    "default",
    "operations",
    "some",
    "none",
    "vec",
    "model",
    "rt",
];

/// Tags of operations.
const TAGS: [&str; 19] = [
    "Pets",
    "pets",
    "types",
    "mod",
    "common",
    "2fa",
    "Ünï",
    "",
    "self",
    "A B/C",
    "gen",
    "async",
    "std",
    "core",
    "serde_json",
    "model",
    "rt",
    "con",
    "super",
];

/// Values of enums.
const SPELLINGS: [&str; 24] = [
    "",
    " ",
    "a",
    "A",
    "a b",
    "a_b",
    "a-b",
    "A_B",
    "AB",
    "Ab",
    "1",
    "-1",
    ">=",
    "<",
    "Self",
    "UnknownValue",
    "日本",
    "\"",
    "\\",
    "\n",
    "type",
    "None",
    "é",
    "a1",
];

/// First segments of paths.
const SEGMENTS: [&str; 15] = [
    "pets",
    "v1",
    "api",
    "type",
    "store-orders",
    "2fa",
    "default",
    "gen",
    "self",
    "client",
    "rustls",
    "full",
    "reqwest",
    "std",
    "builder",
];

fn name() -> BoxedStrategy<String> {
    prop_oneof![
        4 => select(NAMES.as_slice()).prop_map(str::to_owned),
        1 => "[A-Za-z_][A-Za-z0-9_.-]{0,6}",
    ]
    .boxed()
}

/// Returns a document with a few schemas and a few paths.
pub(crate) fn document() -> impl Strategy<Value = Value> {
    subsequence(KEYS.as_slice(), 1..=5).prop_flat_map(|keys| {
        let count = keys.len();
        (
            Just(keys.clone()),
            vec(schema(keys.clone()), count),
            vec(path_item(keys), 1..=3),
        )
            .prop_map(|(keys, schemas, items)| assemble(&keys, schemas, items))
    })
}

fn assemble(keys: &[&str], schemas: Vec<Value>, items: Vec<(String, Value)>) -> Value {
    let mut paths = Map::new();
    let mut ids = BTreeSet::new();
    for (number, (path, mut item)) in items.into_iter().enumerate() {
        for operation in item.as_object_mut().into_iter().flat_map(Map::values_mut) {
            // An id stands once in a valid document.
            if let Some(id) = operation.get("operationId").and_then(Value::as_str)
                && !ids.insert(id.to_owned())
            {
                let id = format!("{id} {}", ids.len());
                ids.insert(id.clone());
                operation["operationId"] = json!(id);
            }
        }
        paths.insert(path.replace("NUMBER", &number.to_string()), item);
    }
    let schemas: Map<String, Value> = keys
        .iter()
        .zip(schemas)
        .enumerate()
        .map(|(index, (key, mut schema))| {
            ground(&mut schema, keys.get(index..).unwrap_or_default());
            ((*key).to_owned(), schema)
        })
        .collect();
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Anything", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {"Shared": {"name": "shared", "in": "query", "schema": {"type": "string"}}},
            "responses": {"Fault": {"description": "", "content": {"application/json": {"schema": {}}}}},
        },
    })
}

/// A schema that is made of itself says nothing: it may contain itself in members and items only.
fn ground(schema: &mut Value, later: &[&str]) {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str)
        && later.iter().any(|key| target.ends_with(&format!("/{key}")))
    {
        *schema = json!({"type": "string"});
    }
    for word in ["allOf", "oneOf", "anyOf"] {
        for part in schema
            .get_mut(word)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            ground(part, later);
        }
    }
}

fn reference(keys: Vec<&'static str>) -> BoxedStrategy<Value> {
    select(keys)
        .prop_map(|key| json!({"$ref": format!("#/components/schemas/{key}")}))
        .boxed()
}

fn plain() -> BoxedStrategy<Value> {
    let formats = [
        ("string", ""),
        ("string", "date-time"),
        ("string", "date"),
        ("string", "uuid"),
        ("string", "byte"),
        ("string", "binary"),
        ("string", "password"),
        ("string", "made-up"),
        ("integer", ""),
        ("integer", "int32"),
        ("integer", "int64"),
        ("number", ""),
        ("number", "float"),
        ("number", "double"),
        ("boolean", ""),
    ];
    prop_oneof![
        5 => (select(formats.to_vec()), any::<bool>(), any::<bool>()).prop_map(|((ty, format), nullable, deprecated)| {
            let mut schema = json!({"type": ty, "nullable": nullable, "deprecated": deprecated});
            if !format.is_empty() {
                schema["format"] = json!(format);
            }
            schema
        }),
        1 => Just(json!({})),
        1 => Just(json!({"type": "object"})),
        3 => text_enum(),
        1 => Just(json!({"type": "integer", "enum": [1, 2, -1]})),
    ]
    .boxed()
}

fn text_enum() -> BoxedStrategy<Value> {
    (subsequence(SPELLINGS.as_slice(), 1..=7), any::<bool>())
        .prop_map(|(values, nullable)| {
            let mut values: Vec<Value> = values.into_iter().map(|value| json!(value)).collect();
            if nullable {
                values.push(Value::Null);
            }
            json!({"type": "string", "enum": values, "nullable": nullable})
        })
        .boxed()
}

fn schema(keys: Vec<&'static str>) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![3 => plain(), 2 => reference(keys.clone())].boxed();
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            5 => object(inner.clone()),
            1 => inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            1 => inner.clone().prop_map(|values| json!({"type": "object", "additionalProperties": values})),
            1 => vec(inner.clone(), 1..=3).prop_map(|parts| json!({"allOf": parts})),
            1 => (vec(reference(keys.clone()), 1..=3), object(inner.clone()))
                .prop_map(|(mut parts, own)| { parts.push(own); json!({"allOf": parts}) }),
            1 => vec(inner, 1..=3).prop_map(|parts| json!({"oneOf": parts})),
            2 => union(keys.clone()),
        ]
    })
    .boxed()
}

fn object(inner: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let more = prop_oneof![
        3 => Just(None),
        1 => any::<bool>().prop_map(|more| Some(json!(more))),
        1 => inner.clone().prop_map(Some),
    ];
    (btree_map(name(), inner, 0..=4), any::<u8>(), more)
        .prop_map(|(members, mask, more)| {
            let required: Vec<&String> = members
                .keys()
                .enumerate()
                .filter(|(index, _)| mask & (1 << index) != 0)
                .map(|(_, name)| name)
                .collect();
            let mut schema = json!({"type": "object"});
            if !required.is_empty() {
                schema["required"] = json!(required);
            }
            if let Some(more) = more {
                schema["additionalProperties"] = more;
            }
            schema["properties"] = json!(members);
            schema
        })
        .boxed()
}

fn union(keys: Vec<&'static str>) -> BoxedStrategy<Value> {
    let word = select(vec!["oneOf", "anyOf"]);
    let count = 1..=keys.len();
    (
        word,
        subsequence(keys, count),
        option::of(name()),
        any::<bool>(),
    )
        .prop_map(|(word, keys, tag, mapped)| {
            let targets: Vec<String> = keys
                .iter()
                .map(|key| format!("#/components/schemas/{key}"))
                .collect();
            let variants: Vec<Value> = targets
                .iter()
                .map(|target| json!({"$ref": target}))
                .collect();
            let mut schema = json!({word: variants});
            if let Some(tag) = tag {
                schema["discriminator"] = json!({"propertyName": tag});
                if mapped {
                    let mapping: Map<String, Value> = keys
                        .iter()
                        .zip(&targets)
                        .map(|(key, target)| (format!("is {key}"), json!(target)))
                        .collect();
                    schema["discriminator"]["mapping"] = Value::Object(mapping);
                }
            }
            schema
        })
        .boxed()
}

fn path_item(keys: Vec<&'static str>) -> BoxedStrategy<(String, Value)> {
    let methods = subsequence(
        vec![
            "get", "put", "post", "delete", "patch", "head", "options", "trace",
        ],
        1..=2,
    );
    let operations = vec(operation(keys), 2);
    let placeholders = btree_map(name(), plain(), 0..=2);
    (select(SEGMENTS.as_slice()), placeholders, methods, operations, any::<bool>())
        .prop_map(|(segment, placeholders, methods, operations, shared)| {
            let mut path = format!("/{segment}/rNUMBER");
            for name in placeholders.keys() {
                path += &format!("/{{{name}}}");
            }
            let own: Vec<Value> = placeholders
                .into_iter()
                .map(|(name, schema)| json!({"name": name, "in": "path", "required": true, "schema": schema}))
                .collect();
            let mut item = Map::new();
            for (method, mut operation) in methods.into_iter().zip(operations) {
                if !shared && let Some(Value::Array(parameters)) = operation.get_mut("parameters") {
                    parameters.extend(own.iter().cloned());
                }
                item.insert(method.to_owned(), operation);
            }
            if shared {
                item.insert("parameters".into(), Value::Array(own));
            }
            (path, Value::Object(item))
        })
        .boxed()
}

fn operation(keys: Vec<&'static str>) -> BoxedStrategy<Value> {
    (
        option::weighted(0.8, select(IDS.as_slice())),
        vec(select(TAGS.as_slice()), 0..=2),
        parameters(keys.clone()),
        option::of(body(keys.clone())),
        responses(keys),
        any::<bool>(),
    )
        .prop_map(|(id, tags, parameters, body, responses, deprecated)| {
            let mut operation =
                json!({"parameters": parameters, "responses": responses, "deprecated": deprecated});
            if let Some(id) = id {
                operation["operationId"] = json!(id);
            }
            if !tags.is_empty() {
                operation["tags"] = json!(tags);
            }
            if let Some(body) = body {
                operation["requestBody"] = body;
            }
            operation
        })
        .boxed()
}

fn parameters(keys: Vec<&'static str>) -> BoxedStrategy<Value> {
    let place = select(vec!["query", "header", "cookie"]);
    let one = (schema(keys), any::<bool>(), any::<bool>());
    // A parameter is known by its name and its place.
    (btree_map((name(), place), one, 0..=4), any::<bool>())
        .prop_map(|(parameters, shared)| {
            let mut list: Vec<Value> = parameters
                .into_iter()
                .map(|((name, place), (schema, required, content))| {
                    let mut parameter = json!({"name": name, "in": place, "required": required});
                    if content {
                        parameter["content"] = json!({"application/json": {"schema": schema}});
                    } else {
                        parameter["schema"] = schema;
                    }
                    parameter
                })
                .collect();
            if shared {
                list.push(json!({"$ref": "#/components/parameters/Shared"}));
            }
            Value::Array(list)
        })
        .boxed()
}

fn body(keys: Vec<&'static str>) -> BoxedStrategy<Value> {
    let media = [
        "application/json",
        "application/merge-patch+json",
        "application/yaml",
        "text/yaml",
        "text/plain",
        "application/octet-stream",
        "application/xml",
        "application/x-www-form-urlencoded",
        "image/png",
        "*/*",
        "text/plain; charset=utf-8",
    ];
    let plain = btree_map(select(media.to_vec()), schema(keys.clone()), 0..=3);
    let form = option::of(object(
        prop_oneof![
            schema(keys),
            Just(json!({"type": "string", "format": "binary"})),
            Just(json!({"type": "array", "items": {"type": "string", "format": "binary"}})),
        ]
        .boxed(),
    ));
    (plain, form, any::<bool>())
        .prop_map(|(plain, form, required)| {
            let mut content: Map<String, Value> = plain
                .into_iter()
                .map(|(media, schema)| (media.to_owned(), json!({"schema": schema})))
                .collect();
            if let Some(form) = form {
                content.insert("multipart/form-data".into(), json!({"schema": form}));
            }
            json!({"required": required, "content": content})
        })
        .boxed()
}

fn responses(keys: Vec<&'static str>) -> BoxedStrategy<Value> {
    let media = [
        "application/json",
        "application/problem+json",
        "application/yaml",
        "text/html",
        "application/octet-stream",
        "*/*",
    ];
    let status = select(vec!["200", "201", "204", "2XX", "default"]);
    let content = btree_map(select(media.to_vec()), schema(keys), 0..=2);
    btree_map(status, content, 0..=2)
        .prop_map(|answers| {
            let mut responses = json!({"4XX": {"$ref": "#/components/responses/Fault"}});
            for (status, content) in answers {
                let content: Map<String, Value> = content
                    .into_iter()
                    .map(|(media, schema)| (media.to_owned(), json!({"schema": schema})))
                    .collect();
                responses[status] = json!({"description": "", "content": content});
            }
            responses
        })
        .boxed()
}

/// Names that mean something elsewhere: words of Rust, of the standard library, of a client and of Cargo, and text that
/// would be code if it got out of where it stands.
const TROUBLE: &str = "as async await break const continue crate dyn else enum extern false fn for gen if impl in let loop \
    match mod move mut pub ref return self Self static struct super trait true try type typeof unsafe unsized use virtual \
    where while yield abstract become box do final macro override priv union auto raw safe default \
    Option Some None Result Ok Err String Vec Box ToString ToOwned Clone Copy Send Sync Sized Drop Fn FnMut FnOnce Iterator \
    IntoIterator Extend From Into TryFrom TryInto FromIterator AsRef AsMut Default PartialEq Eq PartialOrd Ord Debug Hash \
    Future IntoFuture Unpin Api Call Client Value Misfits Maybe Model Cell Slot Parts Raw Unrecognized UnknownValue Time \
    Operation Param Paging Request Response ByteStream FilePart Configure Paged Sending Union About Map i64 bool str vec \
    std core alloc serde_json model rt types serde reqwest tokio bytes harness_api generated shared client request builder \
    http clone fmt new full rustls con aux com1 test operations api calls common other \
    ;x=evil!() */x=evil \"#;x=evil!() `x=evil` \\ \u{202e}x=evil <script>x=evil()</script> ' | 日本 é - 1 2fa a\n//x=evil";

/// Returns a document in which whatever can have a name has a troublesome one.
pub(crate) fn troublesome() -> Value {
    let words: Vec<&str> = TROUBLE.split(' ').filter(|word| !word.is_empty()).collect();
    let some = |from: usize| words.iter().skip(from % 17).step_by(17).copied();
    let target = |key: &str| json!({"$ref": format!("#/components/schemas/{key}")});
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for (index, word) in words.iter().enumerate() {
        // Chains of types end, before the compiler gives up.
        let end = words.len() - 1;
        let (next, other) = ((index + 1).min(end), (index + 16).min(end));
        let mut members: Map<String, Value> = some(index)
            .map(|name| {
                (
                    name.to_owned(),
                    json!({"type": "string", "nullable": index % 2 == 0}),
                )
            })
            .collect();
        members.insert("self".to_owned(), json!({"type": "string"}));
        if index % 16 != 0 {
            members.insert("next".to_owned(), target(words[next]));
        }
        schemas.insert(
            (*word).to_owned(),
            json!({"type": "object", "required": ["self"], "properties": members, "additionalProperties": index % 3 == 0}),
        );
        let values: Vec<&str> = some(index + 1).collect();
        schemas.insert(
            format!("Kind {word}"),
            json!({"type": "string", "enum": values}),
        );
        schemas.insert(
            format!("Union {word}"),
            json!({"oneOf": [target(word), target(words[other])],
                "discriminator": {"propertyName": "kind", "mapping": {*word: format!("#/components/schemas/{word}")}}}),
        );
        let mut parameters: Vec<Value> = some(index + 2)
            .map(|name| json!({"name": name, "in": "query", "required": name.len() % 3 == 0, "schema": {"type": "string"}}))
            .collect();
        parameters.push(
            json!({"name": "kind", "in": "query", "schema": target(&format!("Kind {word}"))}),
        );
        for name in ["body", "body_yaml", "send", "misfits"] {
            parameters.push(json!({"name": name, "in": "header", "schema": {"type": "string"}}));
        }
        let schema = if index % 2 == 0 {
            target(word)
        } else {
            target(&format!("Union {word}"))
        };
        let segment = word.replace('/', "");
        let media = format!("x/{word}");
        let fields: Map<String, Value> = some(index + 3)
            .map(|name| (name.to_owned(), json!({"type": "string"})))
            .collect();
        let status = format!("4{word}");
        paths.insert(
            format!("/{segment}/{index}"),
            json!({
                "get": {"operationId": word, "tags": [word], "parameters": parameters, "responses": {
                    "200": {"description": "", "content": {"application/json": {"schema": {"type": "array", "items": schema}}}}}},
                "put": {"operationId": format!("put{word}"), "tags": [words[end - index]], "parameters": parameters,
                    "requestBody": {"required": index % 2 == 0, "content": {
                        "application/json": {"schema": schema}, "application/yaml": {}, media.clone(): {},
                        "multipart/form-data": {"schema": {"type": "object", "properties": fields}}}},
                    "responses": {status: {"description": ""}, "200": {"description": "", "content": {media: {}}}}},
            }),
        );
    }
    json!({"openapi": "3.0.3", "info": {"title": "self", "version": "1"}, "paths": paths,
        "components": {"schemas": schemas}})
}
