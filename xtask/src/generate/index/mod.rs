//! The index: one page with every operation, searched in the browser without a network.
//!
//! The page is put together of files beside this one; what it shows is JSON within it, a line an operation.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::Value;

use super::{
    api::{Api, Location, Module, Operation, Param},
    emit,
    partition::map::ModuleMap,
};
use crate::surface;

/// Where it is, below the workspace's root.
pub const PATH: &str = "openapi/operations.html";

const PAGE: &str = include_str!("page.html");

/// What stands before the data of a page.
const DATA: &str = "<script id=\"operations\" type=\"application/json\">";

/// What goes into the page as it is: a mark, and the file that stands for it.
const PARTS: [(&str, &str); 3] = [
    ("/* style.css */", include_str!("style.css")),
    ("/* search.js */", include_str!("search.js")),
    ("/* page.js */", include_str!("page.js")),
];

/// Returns the page of `api`; modules are listed in the order of `map`.
pub fn page(api: &Api, map: &ModuleMap) -> Result<String> {
    let mut page = PAGE.to_owned();
    for (mark, text) in PARTS {
        page = put(&page, mark, text.trim_end())?;
    }
    page = put(&page, "<!-- origin -->", emit::NOTE)?;
    put(&page, "/* operations */", &data(api, map)?)
}

/// Returns the module of each operation of a page, by its id.
pub fn modules(page: &str) -> BTreeMap<String, String> {
    let Some((_, text)) = page.split_once(DATA) else {
        return BTreeMap::new();
    };
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let data = values.next().and_then(Result::ok).unwrap_or_default();
    let mut modules = BTreeMap::new();
    for module in data["modules"].as_array().into_iter().flatten() {
        for row in module[2].as_array().into_iter().flatten() {
            if let (Some(id), Some(name)) = (row[0].as_str(), module[0].as_str()) {
                modules.insert(id.to_owned(), name.to_owned());
            }
        }
    }
    modules
}

fn put(page: &str, mark: &str, text: &str) -> Result<String> {
    let (before, after) = page
        .split_once(mark)
        .with_context(|| format!("the page of the index has no `{mark}`"))?;
    Ok(format!("{before}{text}{after}"))
}

/// An operation, as an array: the page reads it by position.
#[derive(Serialize)]
struct Row<'a>(
    // Id and tag, as the description spells them.
    &'a str,
    &'a str,
    // HTTP method and path.
    &'a str,
    &'a str,
    // The call as the surface shows it, and its result.
    String,
    String,
    // The call as it is written, once for each way to give the body.
    Vec<String>,
    // Parameters, by position in the table.
    Vec<usize>,
    // Content types of body and response.
    Vec<&'a str>,
    &'a [String],
    // Class of repetition, paging, provenance, whether it is deprecated.
    &'static str,
    String,
    &'a str,
    u8,
);

/// Parameters, each once: Rust name, name on the wire, place, whether it is required, type.
#[derive(Default)]
struct Params {
    rows: Vec<String>,
    known: BTreeMap<String, usize>,
}

impl Params {
    fn add(&mut self, param: &Param) -> Result<usize> {
        let place = match param.location {
            Location::Path => "path",
            Location::PathRef => "path, a reference of several segments",
            Location::PathTail => "path, several segments",
            Location::Query => "query",
            Location::Header => "header",
            Location::Form => "form",
        };
        let ty = param
            .ty
            .as_ref()
            .map_or_else(|| "file".to_owned(), surface::ty_text);
        let row = serde_json::to_string(&(
            &param.ident,
            &param.wire,
            place,
            u8::from(param.required),
            ty,
        ))?;
        let next = self.rows.len();
        Ok(*self.known.entry(row.clone()).or_insert_with(|| {
            self.rows.push(row);
            next
        }))
    }
}

/// Returns the data of the page, as JSON that can stand in HTML.
fn data(api: &Api, map: &ModuleMap) -> Result<String> {
    let mut params = Params::default();
    let mut modules = Vec::new();
    for (name, title) in map.modules() {
        let Some(module) = api.modules.iter().find(|module| module.name == name) else {
            continue;
        };
        let rows = rows(module, &mut params)?;
        let head = serde_json::to_string(&(name, title))?;
        modules.push(format!(
            "{},[\n{}\n]]",
            head.trim_end_matches(']'),
            rows.join(",\n")
        ));
    }
    let text = format!(
        "{{\"params\":[\n{}\n],\n\"modules\":[\n{}\n]}}",
        params.rows.join(",\n"),
        modules.join(",\n")
    );
    Ok(text.replace('<', "\\u003c"))
}

fn rows(module: &Module, params: &mut Params) -> Result<Vec<String>> {
    let rows = module.operations.iter().map(|operation| {
        let params = operation.params.iter().map(|param| params.add(param));
        let row = row(operation, params.collect::<Result<_>>()?);
        Ok(serde_json::to_string(&row)?)
    });
    rows.collect()
}

fn row(operation: &Operation, params: Vec<usize>) -> Row<'_> {
    let bodies = operation.body.iter().flat_map(|body| {
        let form = body.form.then_some("multipart/form-data");
        body.media.iter().map(String::as_str).chain(form)
    });
    Row(
        &operation.id,
        &operation.tag,
        &operation.method,
        &operation.path,
        surface::call(operation),
        surface::response(&operation.response),
        operation.call.statements(),
        params,
        bodies.collect(),
        &operation.response_media,
        surface::retry(operation.retry),
        operation
            .paging
            .as_ref()
            .map(surface::paging)
            .unwrap_or_default(),
        &operation.provenance,
        u8::from(operation.deprecated),
    )
}
