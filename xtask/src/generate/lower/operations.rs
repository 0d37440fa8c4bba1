//! Lowers operations: one JSON body, one JSON answer, plain parameter names; the rest goes into the facts.

use std::collections::BTreeSet;

use anyhow::Result;
use heck::ToPascalCase;
use serde_json::{Value, json};

use super::{
    OperationFacts, ParamFacts,
    schemas::{Schemas, Spot, snake},
};
use crate::{
    generate::api::{Answer, Place, Ty},
    markdown::{code, word},
};

const JSON: &str = "application/json";
const MULTIPART: &str = "multipart/form-data";

/// Names that a parameter cannot have, because a request or the code that makes one has them for itself.
const RESERVED: [&str; 13] = [
    "send",
    "body",
    "body_bytes",
    "body_html",
    "body_other",
    "body_text",
    "body_text_yaml",
    "body_urlencoded",
    "body_xml",
    "body_yaml",
    "call",
    "into_call",
    "options",
];

/// An operation that has its module and its name.
pub(super) struct Placed<'d> {
    pub(super) path: &'d str,
    pub(super) method: &'d str,
    pub(super) item: &'d Value,
    pub(super) operation: &'d Value,
    pub(super) id: String,
    pub(super) module: String,
    pub(super) tag: String,
    pub(super) name: String,
}

/// Lowers one operation.
pub(super) fn lower(
    document: &Value,
    placed: &Placed<'_>,
    schemas: &mut Schemas<'_>,
    losses: &mut Vec<(String, String)>,
) -> Result<OperationFacts> {
    let spot = |member: &str| Spot {
        module: Some(placed.module.clone()),
        parent: placed.name.to_pascal_case(),
        member: member.to_owned(),
        origin: format!("{} {member}", placed.id),
    };
    let mut lose = |what: String| losses.push((placed.id.clone(), what));

    let mut idents = BTreeSet::new();
    let mut params = Vec::new();
    let mut parameters = Vec::new();
    for parameter in parameters_of(document, placed) {
        let name = text(parameter, "name");
        let place = match text(parameter, "in").as_str() {
            "path" if flag(parameter, "x-harness-multi-segment") => Place::PathRef,
            "path" if flag(parameter, "x-harness-path-tail") => Place::PathTail,
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            other => {
                lose(format!(
                    "{} parameter {}: not sent",
                    word(other),
                    code(&name)
                ));
                continue;
            }
        };
        if place.in_path() && !placed.path.contains(&format!("{{{name}}}")) {
            continue;
        }
        let empty = json!({});
        let schema = parameter
            .get("schema")
            .or_else(|| {
                let content = parameter.get("content")?.as_object()?;
                content.values().next()?.get("schema")
            })
            .unwrap_or(&empty);
        let mut lowered = schemas.lower(schema, &spot(&name))?;
        let mut ty = None;
        if lowered.pointer("/items/type").is_none()
            && lowered.pointer("/items/$ref").is_none()
            && lowered.get("type").and_then(Value::as_str) == Some("array")
        {
            lowered = json!({"type": "array", "items": {"type": "string"}});
        }
        if let Some(key) = object_key(schemas, &lowered) {
            if place == Place::Query {
                ty = Some(Ty::Named(key));
            } else {
                lose(format!(
                    "object in {} parameter {}: given as text",
                    word(&text(parameter, "in")),
                    code(&name)
                ));
            }
            lowered = json!({"type": "string"});
        } else if let Some(items) = lowered.get("items")
            && object_key(schemas, items).is_some()
        {
            lose(format!(
                "list of objects in query parameter {}: items are given as text",
                code(&name)
            ));
            lowered = json!({"type": "array", "items": {"type": "string"}});
        } else if lowered.get("additionalProperties").is_some() {
            ty = Some(Ty::Json);
            lowered = json!({"type": "string"});
        } else if lowered == json!({}) {
            lowered = json!({"type": "string"});
        }
        let required = place.in_path() || flag(parameter, "required");
        let ident = free_ident(&name, place, &mut idents);
        parameters.push(json!({
            "name": ident,
            "in": if place.in_path() { "path" } else { "query" },
            "required": required,
            "schema": lowered,
        }));
        params.push(ParamFacts {
            ident,
            wire: name,
            place,
            required,
            ty,
            file: false,
        });
    }

    // A placeholder that nothing declares still has to be filled.
    for name in placeholders(placed.path) {
        if !params.iter().any(|param| param.wire == name) {
            let ident = free_ident(name, Place::Path, &mut idents);
            parameters.push(json!({
                "name": ident, "in": "path", "required": true, "schema": {"type": "string"},
            }));
            params.push(ParamFacts {
                ident,
                wire: name.to_owned(),
                place: Place::Path,
                required: true,
                ty: None,
                file: false,
            });
        }
    }

    let mut facts = OperationFacts {
        id: placed.id.clone(),
        name: placed.name.clone(),
        module: placed.module.clone(),
        tag: placed.tag.clone(),
        method: placed.method.to_uppercase(),
        path: placed.path.to_owned(),
        params,
        media: Vec::new(),
        body_required: false,
        json_body: false,
        form: false,
        answer: Answer::Empty,
        answers: Vec::new(),
        errors: errors_of(placed.operation),
        provenance: text(placed.operation, "x-harness-provenance"),
        body_provenance: text(placed.operation, "x-harness-body-provenance"),
        deprecated: flag(placed.operation, "deprecated"),
        lowered: Value::Null,
        lowered_path: String::new(),
    };
    let mut lowered = json!({"operationId": placed.name});

    if let Some(body) = placed
        .operation
        .get("requestBody")
        .map(|body| deref(document, body))
    {
        facts.body_required = flag(body, "required");
        let content = content_of(body);
        let schema_of = |media: &str| content.iter().find(|(m, _)| m == media).map(|(_, c)| *c);
        for (media, _) in &content {
            match media.as_str() {
                MULTIPART => facts.form = true,
                "*/*" => facts.media.push(JSON.into()),
                media => facts.media.push(media.to_owned()),
            }
        }
        facts.media.sort_by_key(|media| !is_json(media));
        facts.media.dedup();
        let json_media = content
            .iter()
            .find(|(media, _)| is_json(media) || media == "*/*");
        if let Some((_, declared)) = json_media {
            facts.json_body = true;
            let schema = declared.get("schema").cloned().unwrap_or_default();
            let schema = schemas.lower(&schema, &spot("body"))?;
            lowered["requestBody"] =
                json!({"required": true, "content": {JSON: {"schema": schema}}});
        }
        if let Some(form) = schema_of(MULTIPART) {
            form_fields(
                form,
                schemas,
                &spot,
                &mut idents,
                &mut facts.params,
                &mut parameters,
            )?;
        }
        if facts
            .media
            .iter()
            .any(|media| media == "application/x-www-form-urlencoded")
        {
            lose("form-urlencoded body: given as text".into());
        }
    }

    facts.params.sort_by_key(|param| !param.required);
    let answer = answer_of(document, placed.operation, &mut lose);
    facts.answers = answer.media;
    facts.answer = answer.kind;
    lowered["responses"] = match answer.schema {
        Some(schema) => {
            let schema = schemas.lower(&schema, &spot("response"))?;
            json!({"200": {"description": "", "content": {JSON: {"schema": schema}}}})
        }
        None => json!({"204": {"description": ""}}),
    };
    facts.lowered_path = format!("/{}/{}", placed.module, placed.name);
    for parameter in &parameters {
        if text(parameter, "in") == "path" {
            facts.lowered_path += &format!("/{{{}}}", text(parameter, "name"));
        }
    }
    lowered["parameters"] = Value::Array(parameters);
    facts.lowered = json!({ placed.method: lowered });
    Ok(facts)
}

/// The key of the struct or union that a lowered schema refers to.
fn object_key(schemas: &Schemas<'_>, lowered: &Value) -> Option<String> {
    let key = super::schemas::key_of(lowered)?;
    (!schemas.is_enum(&key)).then_some(key)
}

fn form_fields(
    form: &Value,
    schemas: &mut Schemas<'_>,
    spot: &dyn Fn(&str) -> Spot,
    idents: &mut BTreeSet<String>,
    params: &mut Vec<ParamFacts>,
    parameters: &mut Vec<Value>,
) -> Result<()> {
    let schema = form.get("schema").cloned().unwrap_or_default();
    let schema = schemas.written_out(&schema);
    let required: BTreeSet<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, field) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let resolved = schemas.resolve(field);
        let binary =
            |schema: &Value| schema.get("format").and_then(Value::as_str) == Some("binary");
        let file = binary(resolved)
            || resolved
                .get("items")
                .is_some_and(|items| binary(schemas.resolve(items)));
        let required = required.contains(name.as_str());
        let ident = free_ident(name, Place::Form, idents);
        let mut ty = None;
        if !file {
            let mut lowered = schemas.lower(field, &spot(name))?;
            if let Some(key) = object_key(schemas, &lowered) {
                ty = Some(Ty::Named(key));
                lowered = json!({"type": "string"});
            } else if lowered == json!({}) || lowered.get("additionalProperties").is_some() {
                ty = Some(Ty::Json);
                lowered = json!({"type": "string"});
            }
            parameters.push(
                json!({"name": ident, "in": "query", "required": required, "schema": lowered}),
            );
        }
        params.push(ParamFacts {
            ident,
            wire: name.clone(),
            place: Place::Form,
            required,
            ty,
            file,
        });
    }
    Ok(())
}

/// The statuses that are no success, as they are declared.
fn errors_of(operation: &Value) -> Vec<String> {
    let responses = operation.get("responses").and_then(Value::as_object);
    let statuses = responses.into_iter().flat_map(|responses| responses.keys());
    statuses
        .filter(|status| {
            matches!(status.as_bytes(), [b'4' | b'5', a, b] if *a == *b && *a == b'X'
            || a.is_ascii_digit() && b.is_ascii_digit())
        })
        .cloned()
        .collect()
}

struct Answered {
    kind: Answer,
    media: Vec<String>,
    schema: Option<Value>,
}

fn answer_of(document: &Value, operation: &Value, lose: &mut dyn FnMut(String)) -> Answered {
    let responses: Vec<(&String, &Value)> = operation
        .get("responses")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(status, response)| (status, deref(document, response)))
        .collect();
    let mut good: Vec<&Value> = responses
        .iter()
        .filter(|(status, _)| status.starts_with('2'))
        .map(|(_, response)| *response)
        .collect();
    if good.is_empty() {
        good = responses
            .iter()
            .filter(|(status, _)| *status == "default")
            .map(|(_, response)| *response)
            .collect();
    }
    let mut content: Vec<(String, &Value)> = Vec::new();
    for response in good {
        content.extend(content_of(response));
    }
    content.sort_by_key(|(media, _)| !is_json(media));
    let mut media: Vec<String> = Vec::new();
    for (name, _) in &content {
        let name = if name == "*/*" { JSON } else { name };
        if !media.iter().any(|known| known == name) {
            media.push(name.to_owned());
        }
    }
    let Some((first, declared)) = content.first() else {
        return Answered {
            kind: Answer::Empty,
            media,
            schema: None,
        };
    };
    let schema = declared.get("schema").cloned().unwrap_or_else(|| json!({}));
    if content
        .iter()
        .skip(1)
        .any(|(media, other)| is_json(media) && other.get("schema") != declared.get("schema"))
    {
        lose("several JSON answers: the first is typed, the others by `into_call`".into());
    }
    let binary = schema.get("format").and_then(Value::as_str) == Some("binary");
    let kind = if binary {
        Answer::Bytes
    } else if is_json(first) || first == "*/*" {
        return Answered {
            kind: Answer::Json(Ty::Json),
            media,
            schema: Some(schema),
        };
    } else if first.starts_with("text/") || first.ends_with("yaml") || first.ends_with("xml") {
        Answer::Text
    } else {
        Answer::Bytes
    };
    Answered {
        kind,
        media,
        schema: None,
    }
}

fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim();
    media == JSON || media.ends_with("+json")
}

fn content_of(holder: &Value) -> Vec<(String, &Value)> {
    holder
        .get("content")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(media, content)| (media.clone(), content))
        .collect()
}

/// The parameters of the path and of the operation, which override; undeclared path parameters as text.
fn parameters_of<'d>(document: &'d Value, placed: &Placed<'d>) -> Vec<&'d Value> {
    let list = |holder: &'d Value| {
        holder
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|parameter| deref(document, parameter))
    };
    let mut found: Vec<&Value> = Vec::new();
    for parameter in list(placed.item).chain(list(placed.operation)) {
        let key = |p: &Value| (text(p, "name"), text(p, "in"));
        match found.iter_mut().find(|other| key(other) == key(parameter)) {
            Some(other) => *other = parameter,
            None => found.push(parameter),
        }
    }
    found
}

fn deref<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    value
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| document.pointer(reference.strip_prefix('#')?))
        .unwrap_or(value)
}

fn free_ident(name: &str, place: Place, idents: &mut BTreeSet<String>) -> String {
    let plain = snake(name);
    let plain = match plain.as_str() {
        "" => "value".to_owned(),
        name if RESERVED.contains(&name) => format!("{name}_value"),
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("n{name}"),
        _ => plain,
    };
    let place = match place {
        Place::Path | Place::PathRef | Place::PathTail => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Form => "form",
    };
    let mut ident = plain.clone();
    let mut number = 1;
    while !idents.insert(ident.clone()) {
        ident = if number == 1 {
            format!("{plain}_{place}")
        } else {
            format!("{plain}_{place}{number}")
        };
        number += 1;
    }
    ident
}

fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn flag(holder: &Value, member: &str) -> bool {
    holder.get(member) == Some(&Value::Bool(true))
}

fn text(holder: &Value, member: &str) -> String {
    holder
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
