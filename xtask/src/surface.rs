//! The public surface of the generated client, as a person reads it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::generate::api::{
    Api, Found, Location, Module, More, Operation, Paging, ResponseBody, RetryClass, Shape, Step,
    Ty, Type, short,
};

mod hand_written;

pub use hand_written::hand_written;

/// Returns the surface of one module: a line an operation, then its types with their members.
pub fn module(api: &Api, module: &Module) -> String {
    let mut text = format!("# {} - {}\n\n", module.name, module.title);
    for operation in &module.operations {
        let _ = writeln!(text, "{}", line(operation));
    }
    for key in module.types.keys() {
        if let Some(ty) = api.types.get(key) {
            text += "\n";
            text += &describe(ty);
        }
    }
    text
}

/// Returns the types that several modules use, with the modules that use them.
pub fn shared(api: &Api) -> String {
    let mut text = String::from("# types of several modules\n");
    for group in &api.groups {
        let modules: Vec<&str> = group.modules.iter().map(String::as_str).collect();
        let _ = write!(text, "\n## {}\n", modules.join(", "));
        for key in &group.types {
            if let Some(ty) = api.types.get(key) {
                text += "\n";
                text += &describe(ty);
            }
        }
    }
    text
}

/// Returns the surface as JSON: modules with their operations, and types by name.
pub fn json(api: &Api, only: Option<&str>) -> Value {
    let modules: Vec<Value> = api
        .modules
        .iter()
        .filter(|module| only.is_none_or(|only| only == module.name))
        .map(|module| {
            let operations: Vec<Value> = module
                .operations
                .iter()
                .map(|operation| {
                    json!({
                        "id": operation.id,
                        "method": operation.method,
                        "path": operation.path,
                        "tag": operation.tag,
                        "call": call(operation),
                        "response": response(&operation.response),
                        "provenance": operation.provenance,
                        "deprecated": operation.deprecated,
                        "retry": retry(operation.retry),
                        "paging": operation.paging.as_ref().map(paging),
                    })
                })
                .collect();
            let types: Vec<Value> = module
                .types
                .keys()
                .filter_map(|key| api.types.get(key))
                .map(|ty| json!({"name": ty.name, "origin": ty.origin, "is": describe(ty)}))
                .collect();
            json!({"module": module.name, "title": module.title, "operations": operations, "types": types})
        })
        .collect();
    json!({ "modules": modules })
}

fn line(operation: &Operation) -> String {
    let deprecated = if operation.deprecated {
        " (deprecated)"
    } else {
        ""
    };
    let paged = operation.paging.as_ref().map(paging).unwrap_or_default();
    let comma = if paged.is_empty() { "" } else { "; " };
    format!(
        "{} {}  {} -> {} [{}{comma}{paged}]{deprecated}",
        operation.method,
        operation.path,
        call(operation),
        response(&operation.response),
        retry(operation.retry),
    )
}

pub(crate) fn retry(class: RetryClass) -> &'static str {
    match class {
        RetryClass::Safe => "safe",
        RetryClass::Idempotent => "idempotent",
        RetryClass::Never => "never",
    }
}

/// Returns the paging in words: `paged page/size from 0, size 50, at most 100, items data.content, total data.totalItems`.
pub(crate) fn paging(paging: &Paging) -> String {
    let items = match paging.items.as_str() {
        "" => "body",
        items => items,
    };
    let omitted = if paging.omits_empty {
        " if there are any"
    } else {
        ""
    };
    if paging.step == Step::Whole {
        return format!("whole list, items {items}{omitted}");
    }
    let mut text = String::from("paged ");
    if let Some(page) = &paging.page {
        let _ = write!(text, "{page}/");
    }
    text += paging.size.as_deref().unwrap_or("no size");
    if paging.in_body {
        text += " in body";
    }
    match paging.step {
        Step::Number => {
            let _ = write!(text, " from {}", paging.first);
        }
        Step::Offset => text += " by offset",
        Step::Token | Step::Whole => {}
    }
    if let Some(size) = paging.default_size {
        let _ = write!(text, ", size {size}");
    }
    if let Some(size) = paging.max_size {
        let _ = write!(text, ", at most {size}");
    }
    let _ = write!(text, ", items {items}{omitted}");
    for (at, found) in [("total", &paging.total), ("size", &paging.used_size)] {
        match found {
            Some(Found::Member(path)) => {
                let _ = write!(text, ", {at} {path}");
            }
            Some(Found::Header(name)) => {
                let _ = write!(text, ", {at} header {name}");
            }
            None => {}
        }
    }
    match &paging.more {
        Some(More::HasNext(path)) => {
            let _ = write!(text, ", more {path}");
        }
        Some(More::Last(path)) => {
            let _ = write!(text, ", last {path}");
        }
        None => {}
    }
    for (name, member) in &paging.tokens {
        let _ = write!(text, ", {name} from {member}");
    }
    text
}

/// Returns the call in words: `name(required: T, ...; optional: T, ...) body JSON T | application/yaml`.
pub(crate) fn call(operation: &Operation) -> String {
    let list = |required: bool| {
        operation
            .params
            .iter()
            .filter(|param| param.required == required)
            .map(|param| {
                let ty = param.ty.as_ref().map_or_else(|| "file".to_owned(), ty_text);
                let place = match param.location {
                    Location::Header => " in header",
                    Location::Form => " in form",
                    Location::PathRef => " as path ref",
                    Location::PathTail => " as path tail",
                    Location::Path | Location::Query => "",
                };
                format!("{}: {ty}{place}", param.ident)
            })
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (required, optional) = (list(true), list(false));
    let mut text = format!("{}({required}", operation.name);
    if !optional.is_empty() {
        let _ = write!(text, "; {optional}");
    }
    text += ")";
    if let Some(body) = &operation.body {
        let mut forms = Vec::new();
        if let Some(json) = &body.json {
            forms.push(ty_text(json));
        }
        forms.extend(
            body.media
                .iter()
                .filter(|m| *m != "application/json")
                .cloned(),
        );
        if body.form {
            forms.push("form".into());
        }
        let optional = if body.required { "" } else { "?" };
        let _ = write!(text, " body{optional} {}", forms.join(" | "));
    }
    text
}

pub(crate) fn response(response: &ResponseBody) -> String {
    match response {
        ResponseBody::Empty => "()".to_owned(),
        ResponseBody::Text => "text".to_owned(),
        ResponseBody::Bytes => "bytes".to_owned(),
        ResponseBody::Json(ty) => ty_text(ty),
    }
}

pub(crate) fn describe(ty: &Type) -> String {
    match &ty.shape {
        Shape::Struct { members, extra, .. } => {
            let sent = if ty.sent_only { " (sent)" } else { "" };
            let mut text = format!("struct {}{sent}\n", ty.name);
            for member in members {
                let mark = match (member.required, member.nullable) {
                    (true, _) => "!",
                    (false, true) => "?null",
                    (false, false) => "",
                };
                let secret = if member.secret { " secret" } else { "" };
                let wire = if member.wire == member.ident {
                    String::new()
                } else {
                    format!(" = {}", member.wire)
                };
                let _ = writeln!(
                    text,
                    "  {}{mark}: {}{wire}{secret}",
                    member.ident,
                    ty_text(&member.ty)
                );
            }
            if *extra {
                text += "  ...: map<json>\n";
            }
            text
        }
        Shape::Enum(variants) => {
            let mut text = format!("enum {}\n", ty.name);
            for (variant, spelling) in variants {
                if variant == spelling {
                    let _ = writeln!(text, "  {variant}");
                } else {
                    let _ = writeln!(text, "  {variant} = {spelling:?}");
                }
            }
            text
        }
        Shape::Union {
            tag,
            parent,
            variants,
            tags,
        } => {
            let by = match (tag, parent) {
                (Some(tag), _) => format!("by `{tag}`"),
                (None, true) => "by the parent's tag".to_owned(),
                (None, false) => "by its members".to_owned(),
            };
            let mut text = format!("union {} {by}\n", ty.name);
            for (index, (variant, key)) in variants.iter().enumerate() {
                let tags: Vec<&str> = tags
                    .iter()
                    .filter(|(_, target)| *target == index)
                    .map(|(tag, _)| tag.as_str())
                    .collect();
                let _ = writeln!(text, "  {variant}({}) {}", short(key), tags.join(" | "));
            }
            text
        }
    }
}

pub(crate) fn ty_text(ty: &Ty) -> String {
    match ty {
        Ty::Str => "text".to_owned(),
        Ty::Int => "int".to_owned(),
        Ty::Float => "number".to_owned(),
        Ty::Bool => "bool".to_owned(),
        Ty::Time => "time".to_owned(),
        Ty::Json => "json".to_owned(),
        Ty::Named(key) => short(key).to_owned(),
        Ty::List(item) => format!("[{}]", ty_text(item)),
        Ty::Map(value) => format!("map<{}>", ty_text(value)),
    }
}
