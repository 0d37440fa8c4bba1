//! Lowers operations: one JSON body, one JSON response, plain parameter names; the rest goes into the facts.

use std::collections::BTreeSet;

use anyhow::Result;
use heck::ToPascalCase;
use serde_json::{Value, json};

use super::{
    LoweredOperation,
    schemas::{SchemaPath, Schemas, key_of, snake},
};
use crate::{
    generate::{
        api::{Body, Location, Operation, Param, ResponseBody, Ty},
        diagnostics::Diagnostics,
        openapi::{self, Media, Schema},
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
    pub(super) operation: &'d openapi::Operation<'d>,
    pub(super) module: String,
    pub(super) tag: String,
    pub(super) name: String,
}

impl Placed<'_> {
    /// Returns the id, with method and path.
    pub(super) fn place(&self) -> String {
        let openapi::Operation {
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
) -> Result<LoweredOperation> {
    let operation = placed.operation;
    let path = |member: &str| SchemaPath {
        module: Some(placed.module.clone()),
        parent: placed.name.to_pascal_case(),
        member: member.to_owned(),
        origin: format!("{} {member}", operation.id),
    };
    let mut lose = |what: String| diagnostics.loss(&operation.id, what);

    let mut fields = Fields::default();
    for parameter in operation.parameters() {
        let name = parameter.name();
        let location = match parameter.location() {
            "path" if parameter.is("x-harness-multi-segment") => Location::PathRef,
            "path" if parameter.is("x-harness-path-tail") => Location::PathTail,
            "path" => Location::Path,
            "query" => Location::Query,
            "header" => Location::Header,
            other => {
                lose(format!(
                    "{} parameter {}: not sent",
                    word(other),
                    code(name)
                ));
                continue;
            }
        };
        if location.in_path() && !operation.path.contains(&format!("{{{name}}}")) {
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
            if location == Location::Query {
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
        let required = location.in_path() || parameter.is("required");
        let ident = free_ident(name, location, &mut fields.idents);
        fields.parameters.push(json!({
            "name": ident,
            "in": if location.in_path() { "path" } else { "query" },
            "required": required,
            "schema": lowered,
        }));
        fields.add(name, ident, location, required, ty);
    }

    // A placeholder that nothing declares still has to be filled.
    for name in placeholders(operation.path) {
        if !fields.params.iter().any(|param| param.wire == name) {
            let ident = free_ident(name, Location::Path, &mut fields.idents);
            fields.parameters.push(json!({
                "name": ident, "in": "path", "required": true, "schema": {"type": "string"},
            }));
            fields.add(name, ident, Location::Path, true, None);
        }
    }

    let mut lowered = json!({"operationId": placed.name});
    let body = match operation.body() {
        Some(body) => {
            let mut made = Body {
                required: body.is_required(),
                ..Body::default()
            };
            let content = body.content();
            for media in &content {
                match media.name {
                    MULTIPART => made.form = true,
                    "*/*" => made.media.push(JSON.into()),
                    name => made.media.push(name.to_owned()),
                }
            }
            made.media.sort_by_key(|media| !openapi::is_json(media));
            made.media.dedup();
            if let Some(json) = content.iter().find(|media| media.may_be_json()) {
                made.json = Some(Ty::Json);
                let schema = schemas.lower(json.schema.unwrap_or(&Value::Null), &path("body"))?;
                lowered["requestBody"] =
                    json!({"required": true, "content": {JSON: {"schema": schema}}});
            }
            if let Some(form) = content.iter().find(|media| media.name == MULTIPART) {
                form_fields(form, schemas, &path, &mut fields)?;
            }
            let urlencoded = "application/x-www-form-urlencoded";
            if made.media.iter().any(|media| media == urlencoded) {
                lose("form-urlencoded body: given as text".into());
            }
            (made.form || !made.media.is_empty()).then_some(made)
        }
        None => None,
    };
    let success = success_of(operation, &mut lose);
    lowered["responses"] = match success.schema {
        Some(schema) => {
            let schema = schemas.lower(schema, &path("response"))?;
            json!({"200": {"description": "", "content": {JSON: {"schema": schema}}}})
        }
        None => json!({"204": {"description": ""}}),
    };
    let Fields {
        mut params,
        parameters,
        open,
        ..
    } = fields;
    params.sort_by_key(|param| !param.required);
    let mut lowered_path = format!("/{}/{}", placed.module, placed.name);
    for parameter in &parameters {
        if parameter["in"] == "path" {
            let name = parameter["name"].as_str().unwrap_or_default();
            lowered_path += &format!("/{{{name}}}");
        }
    }
    lowered["parameters"] = Value::Array(parameters);
    Ok(LoweredOperation {
        operation: Operation {
            id: operation.id.to_string(),
            name: placed.name.clone(),
            module: placed.module.clone(),
            tag: placed.tag.clone(),
            method: operation.method.to_uppercase(),
            path: operation.path.to_owned(),
            params,
            body,
            response: success.kind,
            response_media: success.media,
            errors: operation.errors(),
            provenance: operation.text("x-harness-provenance").to_owned(),
            body_provenance: operation.text("x-harness-body-provenance").to_owned(),
            deprecated: operation.is_deprecated(),
            ..Operation::default()
        },
        open,
        lowered: json!({ operation.method: lowered }),
        lowered_path,
    })
}

/// The parameters and form fields of an operation, while they are collected.
#[derive(Default)]
struct Fields {
    params: Vec<Param>,
    /// The parameters that progenitor gets.
    parameters: Vec<Value>,
    /// Rust names of those whose type progenitor chooses.
    open: BTreeSet<String>,
    /// The Rust names that are taken.
    idents: BTreeSet<String>,
}

impl Fields {
    /// Adds a parameter; progenitor chooses its type if there is none.
    fn add(
        &mut self,
        wire: &str,
        ident: String,
        location: Location,
        required: bool,
        ty: Option<Ty>,
    ) {
        if ty.is_none() {
            self.open.insert(ident.clone());
        }
        self.params.push(Param {
            ident,
            wire: wire.to_owned(),
            location,
            required,
            ty: Some(ty.unwrap_or(Ty::Json)),
        });
    }
}

/// Returns the key of the struct or union that a lowered schema refers to.
fn object_key(schemas: &Schemas<'_>, lowered: &Value) -> Option<String> {
    let key = key_of(lowered)?;
    (!schemas.is_enum(&key)).then_some(key)
}

fn form_fields(
    form: &Media<'_>,
    schemas: &mut Schemas<'_>,
    path: &dyn Fn(&str) -> SchemaPath,
    fields: &mut Fields,
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
        let ident = free_ident(name, Location::Form, &mut fields.idents);
        if file {
            fields.params.push(Param {
                ident,
                wire: name.clone(),
                location: Location::Form,
                required,
                ty: None,
            });
            continue;
        }
        let mut ty = None;
        let mut lowered = schemas.lower(field, &path(name))?;
        if let Some(key) = object_key(schemas, &lowered) {
            ty = Some(Ty::Named(key));
            lowered = json!({"type": "string"});
        } else if lowered == json!({}) || lowered.get("additionalProperties").is_some() {
            ty = Some(Ty::Json);
            lowered = json!({"type": "string"});
        }
        fields
            .parameters
            .push(json!({"name": ident, "in": "query", "required": required, "schema": lowered}));
        fields.add(name, ident, Location::Form, required, ty);
    }
    Ok(())
}

struct Success<'d> {
    kind: ResponseBody,
    media: Vec<String>,
    schema: Option<&'d Value>,
}

fn success_of<'d>(operation: &openapi::Operation<'d>, lose: &mut dyn FnMut(String)) -> Success<'d> {
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
        return Success {
            kind: ResponseBody::Empty,
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
        (ResponseBody::Bytes, None)
    } else if first.may_be_json() {
        (ResponseBody::Json(Ty::Json), Some(schema))
    } else if name.starts_with("text/") || name.ends_with("yaml") || name.ends_with("xml") {
        (ResponseBody::Text, None)
    } else {
        (ResponseBody::Bytes, None)
    };
    Success {
        kind,
        media,
        schema,
    }
}

fn free_ident(name: &str, location: Location, idents: &mut BTreeSet<String>) -> String {
    let plain = snake(name);
    let plain = match plain.as_str() {
        "" => "value".to_owned(),
        name if RESERVED.contains(&name) => format!("{name}_value"),
        name if name.starts_with(|c: char| c.is_ascii_digit()) => format!("n{name}"),
        _ => plain,
    };
    let word = match location {
        Location::Path | Location::PathRef | Location::PathTail => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Form => "form",
    };
    let mut ident = plain.clone();
    let mut number = 1;
    while !idents.insert(ident.clone()) {
        ident = if number == 1 {
            format!("{plain}_{word}")
        } else {
            format!("{plain}_{word}{number}")
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
