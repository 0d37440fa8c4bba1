//! The yardstick: what progenitor makes of the same lowered description, as it comes.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use heck::ToPascalCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{FnArg, GenericArgument, ImplItem, Item, PathArguments, Type};

use crate::generate::{
    lower::Lowered,
    partition::{Part, Partition},
    progenitor,
};

/// Returns progenitor's client of these modules.
pub(super) fn client(
    lowered: &Lowered,
    partition: &Partition,
    modules: &[String],
) -> Result<syn::File> {
    let parts: Vec<&Part> = partition
        .parts
        .iter()
        .filter(|part| modules.contains(&part.name))
        .collect();
    if let [part] = parts[..] {
        return progenitor::run(lowered, part);
    }
    progenitor::generate(&document(lowered, &parts))
}

/// Returns the lowered description of several modules. A name that is clear inside a module only is told apart by it.
fn document(lowered: &Lowered, parts: &[&Part]) -> Value {
    let keys: BTreeSet<&String> = parts.iter().flat_map(|part| part.reached.keys()).collect();
    let schemas: serde_json::Map<String, Value> = keys
        .iter()
        .filter_map(|key| Some((flat(key), lowered.components.get(*key)?.clone())))
        .collect();
    let mut paths = serde_json::Map::new();
    for part in parts {
        for &index in &part.operations {
            let operation = &lowered.operations[index];
            let mut item = operation.lowered.clone();
            for method in item
                .as_object_mut()
                .into_iter()
                .flat_map(|item| item.values_mut())
            {
                method["operationId"] =
                    format!("{}_{}", part.name, operation.operation.name).into();
            }
            paths.insert(operation.lowered_path.clone(), item);
        }
    }
    let mut document = serde_json::json!({
        "openapi": "3.0.3",
        "info": {"title": "All modules", "version": "0"},
        "paths": paths,
        "components": {"schemas": schemas},
    });
    flatten(&mut document);
    document
}

/// Returns the key as one word.
fn flat(key: &str) -> String {
    match key.split_once('.') {
        Some((module, name)) => format!("{}{name}", module.to_pascal_case()),
        None => key.to_owned(),
    }
}

fn flatten(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some((start, key)) = reference.rsplit_once('/')
            {
                *reference = format!("{start}/{}", flat(key));
            }
            members.values_mut().for_each(flatten);
        }
        Value::Array(items) => items.iter_mut().for_each(flatten),
        _ => {}
    }
}

/// Returns one call of each method of progenitor's client, as an expression to await: `client.method(...)`.
pub(super) fn calls(file: &syn::File) -> Vec<TokenStream> {
    let mut calls = BTreeMap::new();
    for item in &file.items {
        let Item::Impl(item) = item else { continue };
        for item in &item.items {
            let ImplItem::Fn(method) = item else { continue };
            if method.sig.asyncness.is_none() {
                continue;
            }
            let name = &method.sig.ident;
            let values = method
                .sig
                .inputs
                .iter()
                .filter_map(|argument| match argument {
                    FnArg::Typed(argument) => Some(value(&argument.ty)),
                    FnArg::Receiver(_) => None,
                });
            calls.insert(name.to_string(), quote! { client.#name(#(#values),*) });
        }
    }
    calls.into_values().collect()
}

/// Returns some value of the type.
fn value(ty: &Type) -> TokenStream {
    match ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => quote! { "" },
            Type::Slice(slice) => {
                let item = &slice.elem;
                quote! { &any::<Vec<#item>>() }
            }
            inner => quote! { &any::<#inner>() },
        },
        Type::Path(path) => {
            if let Some(last) = path.path.segments.last()
                && last.ident == "Option"
                && let PathArguments::AngleBracketed(arguments) = &last.arguments
                && let Some(GenericArgument::Type(inner @ Type::Reference(_))) =
                    arguments.args.first()
            {
                let inner = value(inner);
                return quote! { Some(#inner) };
            }
            // The one type parameter is what can be a body.
            let body = format_ident!("B");
            if path.path.is_ident(&body) {
                return quote! { "" };
            }
            quote! { any::<#path>() }
        }
        other => quote! { any::<#other>() },
    }
}
