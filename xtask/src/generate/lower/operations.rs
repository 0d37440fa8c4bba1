//! Lowers operations: one JSON body, one JSON response, plain parameter names; the rest goes into the facts.

use std::collections::BTreeSet;

use anyhow::Result;
use heck::ToPascalCase;
use serde_json::{Value, json};

use super::{
    OperationFacts, ParamFacts,
    schemas::{SchemaPath, Schemas, key_of, snake},
};
use crate::{
    generate::{
        api::{Answer, Place, Ty},
        diagnostics::Diagnostics,
        openapi::{self, Media, Operation, Schema},
    },
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
    pub(super) operation: &'d Operation<'d>,
    pub(super) module: String,
    pub(super) tag: String,
    pub(super) name: String,
}

impl Placed<'_> {
    /// Returns the id, with method and path.
    pub(super) fn place(&self) -> String {
        let Operation {
            id, method, path, ..
        } = self.operation;
        format!("{id} ({method} {path})")
    }
}

/// Lowers one operation.
pub(super) fn lower(
    placed: &Placed<'_>,
    schemas: &mut Schemas<'_>,
    diagnostics: &mut Diagnostics,
) -> Result<OperationFacts> {
    let operation = placed.operation;
    let path = |member: &str| SchemaPath {
        module: Some(placed.module.clone()),
        parent: placed.name.to_pascal_case(),
        member: member.to_owned(),
        origin: format!("{} {member}", operation.id),
    };
    let mut lose = |what: String| diagnostics.loss(&operation.id, what);

    let mut idents = BTreeSet::new();
    let mut params = Vec::new();
    let mut parameters = Vec::new();
    for parameter in operation.parameters() {
        let name = parameter.name();
        let place = match parameter.location() {
            "path" if parameter.is("x-harness-multi-segment") => Place::PathRef,
            "path" if parameter.is("x-harness-path-tail") => Place::PathTail,
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            other => {
                lose(format!(
                    "{} parameter {}: not sent",
                    word(other),
                    code(name)
                ));
                continue;
            }
        };
        if place.in_path() && !operation.path.contains(&format!("{{{name}}}")) {
            continue;
        }
        let schema = parameter.schema().unwrap_or(&Value::Null);
        let mut lowered = schemas.lower(schema, &path(name))?;
        let mut ty = None;
        if lowered.pointer("/items/type").is_none()
            && lowered.pointer("/items/$ref").is_none()
            && Schema(&lowered).kind() == Some("array")
        {
            lowered = json!({"type": "array", "items": {"type": "string"}});
        }
        if let Some(key) = object_key(schemas, &lowered) {
            if place == Place::Query {
                ty = Some(Ty::Named(key));
            } else {
                lose(format!(
                    "object in {} parameter {}: given as text",
                    word(parameter.location()),
                    code(name)
                ));
            }
            lowered = json!({"type": "string"});
        } else if let Some(items) = lowered.get("items")
            && object_key(schemas, items).is_some()
        {
            lose(format!(
                "list of objects in query parameter {}: items are given as text",
                code(name)
            ));
            lowered = json!({"type": "array", "items": {"type": "string"}});
        } else if lowered.get("additionalProperties").is_some() {
            ty = Some(Ty::Json);
            lowered = json!({"type": "string"});
        } else if lowered == json!({}) {
            lowered = json!({"type": "string"});
        }
        let required = place.in_path() || parameter.is("required");
        let ident = free_ident(name, place, &mut idents);
        parameters.push(json!({
            "name": ident,
            "in": if place.in_path() { "path" } else { "query" },
            "required": required,
            "schema": lowered,
        }));
        params.push(ParamFacts {
            ident,
            wire: name.to_owned(),
            place,
            required,
            ty,
            file: false,
        });
    }

    // A placeholder that nothing declares still has to be filled.
    for name in placeholders(operation.path) {
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
        id: operation.id.to_string(),
        name: placed.name.clone(),
        module: placed.module.clone(),
        tag: placed.tag.clone(),
        method: operation.method.to_uppercase(),
        path: operation.path.to_owned(),
        params,
        media: Vec::new(),
        body_required: false,
        json_body: false,
        form: false,
        answer: Answer::Empty,
        answers: Vec::new(),
        errors: operation.errors(),
        provenance: operation.text("x-harness-provenance").to_owned(),
        body_provenance: operation.text("x-harness-body-provenance").to_owned(),
        deprecated: operation.is_deprecated(),
        lowered: Value::Null,
        lowered_path: String::new(),
    };
    let mut lowered = json!({"operationId": placed.name});

    if let Some(body) = operation.body() {
        facts.body_required = body.is_required();
        let content = body.content();
        for media in &content {
            match media.name {
                MULTIPART => facts.form = true,
                "*/*" => facts.media.push(JSON.into()),
                name => facts.media.push(name.to_owned()),
            }
        }
        facts.media.sort_by_key(|media| !openapi::is_json(media));
        facts.media.dedup();
        if let Some(json) = content.iter().find(|media| media.may_be_json()) {
            facts.json_body = true;
            let schema = schemas.lower(json.schema.unwrap_or(&Value::Null), &path("body"))?;
            lowered["requestBody"] =
                json!({"required": true, "content": {JSON: {"schema": schema}}});
        }
        if let Some(form) = content.iter().find(|media| media.name == MULTIPART) {
            form_fields(
                form,
                schemas,
                &path,
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
    let answer = answer_of(operation, &mut lose);
    facts.answers = answer.media;
    facts.answer = answer.kind;
    lowered["responses"] = match answer.schema {
        Some(schema) => {
            let schema = schemas.lower(schema, &path("response"))?;
            json!({"200": {"description": "", "content": {JSON: {"schema": schema}}}})
        }
        None => json!({"204": {"description": ""}}),
    };
    facts.lowered_path = format!("/{}/{}", placed.module, placed.name);
    for parameter in &parameters {
        if parameter["in"] == "path" {
            let name = parameter["name"].as_str().unwrap_or_default();
            facts.lowered_path += &format!("/{{{name}}}");
        }
    }
    lowered["parameters"] = Value::Array(parameters);
    facts.lowered = json!({ operation.method: lowered });
    Ok(facts)
}

/// The key of the struct or union that a lowered schema refers to.
fn object_key(schemas: &Schemas<'_>, lowered: &Value) -> Option<String> {
    let key = key_of(lowered)?;
    (!schemas.is_enum(&key)).then_some(key)
}

fn form_fields(
    form: &Media<'_>,
    schemas: &mut Schemas<'_>,
    path: &dyn Fn(&str) -> SchemaPath,
    idents: &mut BTreeSet<String>,
    params: &mut Vec<ParamFacts>,
    parameters: &mut Vec<Value>,
) -> Result<()> {
    let schema = schemas.written_out(form.schema.unwrap_or(&Value::Null));
    let required = Schema(&schema).required();
    for (name, field) in Schema(&schema).properties() {
        let resolved = schemas.resolve(field);
        let binary = |schema: &Value| Schema(schema).format() == Some("binary");
        let file = binary(resolved)
            || resolved
                .get("items")
                .is_some_and(|items| binary(schemas.resolve(items)));
        let required = required.contains(name.as_str());
        let ident = free_ident(name, Place::Form, idents);
        let mut ty = None;
        if !file {
            let mut lowered = schemas.lower(field, &path(name))?;
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

struct Answered<'d> {
    kind: Answer,
    media: Vec<String>,
    schema: Option<&'d Value>,
}

fn answer_of<'d>(operation: &Operation<'d>, lose: &mut dyn FnMut(String)) -> Answered<'d> {
    let successes = operation.successes().into_iter();
    let mut content: Vec<Media<'_>> = successes.flat_map(|response| response.content()).collect();
    content.sort_by_key(|media| !media.is_json());
    let mut media: Vec<String> = Vec::new();
    for Media { name, .. } in &content {
        let name = if *name == "*/*" { JSON } else { name };
        if !media.iter().any(|known| known == name) {
            media.push(name.to_owned());
        }
    }
    let Some(first) = content.first() else {
        return Answered {
            kind: Answer::Empty,
            media,
            schema: None,
        };
    };
    let differs = |other: &Media<'_>| other.is_json() && other.schema != first.schema;
    if content.iter().skip(1).any(differs) {
        lose("several JSON answers: the first is typed, the others by `into_call`".into());
    }
    let schema = first.schema.unwrap_or(&Value::Null);
    let name = first.name;
    let (kind, schema) = if Schema(schema).format() == Some("binary") {
        (Answer::Bytes, None)
    } else if first.may_be_json() {
        (Answer::Json(Ty::Json), Some(schema))
    } else if name.starts_with("text/") || name.ends_with("yaml") || name.ends_with("xml") {
        (Answer::Text, None)
    } else {
        (Answer::Bytes, None)
    };
    Answered {
        kind,
        media,
        schema,
    }
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
