//! What the documentation of an operation says beside its signature: facts, a line each.

use std::{collections::BTreeMap, fmt::Write as _};

use super::rust::ident;
use crate::{
    generate::{
        api::{Location, Module, Operation, Param, ResponseBody, RetryClass, Ty, short},
        call::Argument,
    },
    markdown::code,
    surface,
};

/// Returns the lines on the method that begins a request of the operation.
pub(super) fn operation(operation: &Operation) -> Vec<String> {
    let mut lines = vec![http(operation), String::new()];
    let tag = match operation.tag.as_str() {
        "" => String::new(),
        tag => format!(", tag {}", code(tag)),
    };
    let (retry, types) = (retry(operation.retry), provenance(operation));
    let what = format!(" {}{tag}. {retry} {types}", code(&operation.id));
    lines.push(what.trim_end().to_owned());
    let required: Vec<String> = [
        ("path", Location::in_path as fn(Location) -> bool),
        ("query", |place| place == Location::Query),
        ("headers", |place| place == Location::Header),
        ("form", |place| place == Location::Form),
    ]
    .into_iter()
    .filter_map(|(title, is)| params(operation, title, is))
    .collect();
    if !required.is_empty() {
        lines.push(format!(" - Required: {}.", required.join("; ")));
    }
    if let Some(body) = &operation.body {
        let optional = if body.required { "" } else { ", optional" };
        let mut media: Vec<String> = body.media.iter().map(|media| code(media)).collect();
        if body.form {
            media.push(code("multipart/form-data"));
        }
        let ty = body.json.as_ref().map(|ty| format!(" {},", link(ty)));
        let ty = ty.unwrap_or_default();
        lines.push(format!(" - Body{optional}:{ty} {}.", media.join(", ")));
    }
    lines.push(result(operation));
    if let Some(paging) = &operation.paging {
        lines.push(format!(" - List: {}.", code(&surface::paging(paging))));
    }
    lines
}

/// Returns method and path: `GET /pets/{pet}`.
pub(super) fn http(operation: &Operation) -> String {
    let http = format!("{} {}", operation.method, operation.path);
    format!(" {}", code(&http))
}

/// Returns the operations of a module, in a table for each tag.
pub(super) fn table(module: &Module) -> Vec<String> {
    let mut by_tag: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in &module.operations {
        by_tag.entry(&operation.tag).or_default().push(operation);
    }
    let mut lines = Vec::new();
    for (tag, operations) in by_tag {
        let title = match tag {
            "" => " # Without a tag".to_owned(),
            tag => format!(" # {}", code(tag)),
        };
        let head = [" | HTTP | Method |", " |---|---|"].map(str::to_owned);
        lines.extend([String::new(), title, String::new()]);
        lines.extend(head);
        for operation in operations {
            let name = ident(&operation.name);
            let http = http(operation);
            lines.push(format!(" |{http} | [`{name}`](Api::{name}) |"));
        }
    }
    lines
}

fn retry(class: RetryClass) -> &'static str {
    match class {
        RetryClass::Safe => "Read-only, retried automatically.",
        RetryClass::Idempotent => "Idempotent, retried automatically.",
        RetryClass::Never => "Not idempotent, never retried.",
    }
}

fn provenance(operation: &Operation) -> &'static str {
    match (
        operation.provenance.as_str(),
        operation.body_provenance.as_str(),
    ) {
        ("sample", _) if operation.body.is_some() => {
            "The response is not described; the body is inferred from one sample."
        }
        ("sample", _) => "The response is not described.",
        (_, "sample") => "The response is published; the body is inferred from one sample.",
        ("go-sdk", _) => "Types of the Go SDK.",
        ("", _) => "",
        _ => "Published types.",
    }
}

/// Returns the required parameters of one kind of place: Rust names, with the names on the wire where they differ.
fn params(operation: &Operation, title: &str, is: fn(Location) -> bool) -> Option<String> {
    let of = |(param, argument): (&Param, &Argument)| {
        let ident = &argument.name;
        if *ident == param.wire {
            format!("`{ident}`")
        } else {
            format!("`{ident}` = {}", code(&param.wire))
        }
    };
    let params: Vec<String> = operation
        .params
        .iter()
        .zip(&operation.call.arguments)
        .filter(|(param, _)| param.required && is(param.location))
        .map(of)
        .collect();
    (!params.is_empty()).then(|| format!("{title} {}", params.join(", ")))
}

fn result(operation: &Operation) -> String {
    let ty = match &operation.response {
        ResponseBody::Empty => "nothing".to_owned(),
        ResponseBody::Text => "text".to_owned(),
        ResponseBody::Bytes => "bytes, as a stream".to_owned(),
        ResponseBody::Json(ty) => link(ty),
    };
    let mut text = format!(" - Result: {ty}");
    for media in &operation.response_media {
        let _ = write!(text, ", {}", code(media));
    }
    if !operation.errors.is_empty() {
        let _ = write!(text, "; errors {}", operation.errors.join(", "));
    }
    text + "."
}

/// Returns a type as a reader says it, with a link to what is generated.
fn link(ty: &Ty) -> String {
    match ty {
        Ty::Named(key) => {
            let name = ident(short(key));
            format!("[`types::{name}`]")
        }
        Ty::List(item) => format!("list of {}", link(item)),
        Ty::Map(value) => format!("map of {}", link(value)),
        plain => surface::ty_text(plain),
    }
}
