//! Code for the tests: what has to name every type of the client.

use anyhow::Result;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};

use super::{
    Output,
    rust::{ident, raw, ty as rust_ty},
    test_calls,
};
use crate::generate::{
    api::{Api, Location, Module, Operation, ResponseBody, Shape, Ty, Type, short},
    call::Kind,
};

pub(super) fn emit(api: &Api, out: &mut Output) -> Result<()> {
    let modules = api.modules.iter().map(|module| {
        let name = format_ident!("{}", module.name);
        let feature = &module.name;
        quote! {
            #[cfg(feature = #feature)]
            mod #name;
        }
    });
    let tables = api.modules.iter().map(|module| {
        let name = format_ident!("{}", module.name);
        let feature = &module.name;
        quote! { #[cfg(feature = #feature)] #name::TABLE }
    });
    out.put(
        "mod.rs",
        quote! {
            #(#modules)*

            /// What every module that is compiled in can decode.
            pub(crate) static TABLES: &[crate::dispatch::Table] = &[#(#tables),*];
        },
    )?;
    for module in &api.modules {
        out.put(&format!("{}.rs", module.name), table(api, module))?;
        out.put(
            &format!("{}/calls.rs", module.name),
            test_calls::file(module),
        )?;
    }
    Ok(())
}

fn table(api: &Api, module: &Module) -> TokenStream {
    let name = format_ident!("{}", module.name);
    let feature = &module.name;
    let types = quote! { harness_api::#name::types:: };
    let exchange = |ty: &Ty| {
        let ty = rust_ty(ty, &types);
        quote! { Some(again::<#ty>) }
    };
    let rows = module.operations.iter().map(|operation| {
        let id = &operation.id;
        let request = match operation.body.as_ref().and_then(|body| body.json.as_ref()) {
            Some(ty) => exchange(ty),
            None => quote! { None },
        };
        let response = match &operation.response {
            ResponseBody::Json(ty) => exchange(ty),
            _ => quote! { None },
        };
        quote! { (#id, #request, #response) }
    });
    let mut reached: Vec<&str> = module.types.keys().map(String::as_str).collect();
    for group in &api.groups {
        if group.modules.first() == Some(&module.name) {
            reached.extend(group.types.iter().map(String::as_str));
        }
    }
    let sizes = reached.iter().map(|key| {
        let ty = rust_ty(&Ty::Named((*key).to_owned()), &types);
        let text = format!("{}::types::{}", module.name, short(key));
        quote! { (#text, size_of::<#ty>()) }
    });
    let forms: Vec<TokenStream> = module
        .operations
        .iter()
        .filter_map(|operation| Some(form(api, operation, &operation.call.form()?.name)))
        .collect();
    let uses = (!forms.is_empty()).then(|| {
        quote! {
            #[allow(unused_imports)]
            use crate::dispatch::{Content, Form, sample};
        }
    });
    quote! {
        use crate::dispatch::{Table, again};
        #uses
        #[allow(unused_imports)]
        use harness_api::model;

        mod calls;

        pub(crate) static TABLE: Table = Table {
            rows: &[#(#rows),*],
            sizes: &[#(#sizes),*],
            forms: &[#(#forms),*],
            module: #feature,
            calls: calls::CALLS,
        };
    }
}

/// Returns a call of the operation with every part of its form, and what these parts are.
fn form(api: &Api, operation: &Operation, method: &str) -> TokenStream {
    let method = raw(method);
    let module = ident(&operation.module);
    let types = quote! { harness_api::#module::types:: };
    let mut arguments = Vec::new();
    let mut setters = Vec::new();
    let mut parts = Vec::new();
    for (param, argument) in operation.params.iter().zip(&operation.call.arguments) {
        let (value, content) = example(api, &argument.kind, &types);
        if param.required {
            arguments.push(value);
        } else if param.location == Location::Form {
            let setter = raw(&argument.name);
            setters.push(quote! { .#setter(#value) });
        }
        if param.location == Location::Form {
            let wire = &param.wire;
            parts.push(quote! { (#wire, #content) });
        }
    }
    let id = &operation.id;
    quote! {
        Form {
            id: #id,
            parts: &[#(#parts),*],
            call: |client, _file| client.#module().#method(#(#arguments),*) #(#setters)* .into_call(),
        }
    }
}

/// Returns an argument of this kind, and the content of the part that it becomes.
fn example(api: &Api, kind: &Kind, types: &TokenStream) -> (TokenStream, TokenStream) {
    let decoded = |ty: &Ty| {
        let value = sample(api, ty, 0);
        let json = value.to_string();
        let rust = rust_ty(ty, types);
        let text = value.as_str().map_or(json.clone(), str::to_owned);
        (quote! { sample::<#rust>(#json) }, json, text)
    };
    match kind {
        Kind::Text => {
            let (_, _, text) = decoded(&Ty::Str);
            (quote! { #text }, quote! { Content::Texts(&[#text]) })
        }
        Kind::Int => (quote! { 7 }, quote! { Content::Texts(&["7"]) }),
        Kind::Number => (quote! { 1.5 }, quote! { Content::Texts(&["1.5"]) }),
        Kind::Bool => (quote! { true }, quote! { Content::Texts(&["true"]) }),
        Kind::Time => {
            let (value, _, text) = decoded(&Ty::Time);
            (value, quote! { Content::Texts(&[#text]) })
        }
        Kind::Enum(ty) => {
            let (value, _, text) = decoded(ty);
            (value, quote! { Content::Texts(&[#text]) })
        }
        Kind::Texts => (
            quote! { ["one", "two"] },
            quote! { Content::Texts(&["one", "two"]) },
        ),
        Kind::Ints => (quote! { [7, 8] }, quote! { Content::Texts(&["7", "8"]) }),
        Kind::Enums(item) => {
            let (value, _, text) = decoded(item);
            (quote! { [#value] }, quote! { Content::Texts(&[#text]) })
        }
        Kind::Objects(item) => {
            let (value, json, _) = decoded(item);
            let json = format!("[{json}]");
            (quote! { &[#value] }, quote! { Content::Json(#json) })
        }
        Kind::Object(ty) => {
            let (value, json, _) = decoded(ty);
            (quote! { &#value }, quote! { Content::Json(#json) })
        }
        Kind::File => (quote! { _file() }, quote! { Content::File }),
    }
}

/// Returns JSON that the type can be read from: its required members, and at the top the plain ones.
fn sample(api: &Api, ty: &Ty, depth: usize) -> Value {
    match ty {
        Ty::Str => json!("some text"),
        Ty::Int => json!(7),
        Ty::Float => json!(1.5),
        Ty::Bool => json!(true),
        Ty::Time => json!("2026-01-02T03:04:05Z"),
        Ty::Json => json!({"any": [1]}),
        Ty::List(item) => json!([sample(api, item, depth + 1)]),
        Ty::Map(value) => json!({"key": sample(api, value, depth + 1)}),
        Ty::Named(key) => api
            .types
            .get(key)
            .map_or(Value::Null, |ty| sample_of(api, ty, depth)),
    }
}

fn sample_of(api: &Api, ty: &Type, depth: usize) -> Value {
    match &ty.shape {
        Shape::Enum(variants) => variants
            .first()
            .map_or(Value::Null, |(_, text)| json!(text)),
        Shape::Struct { members, .. } => members
            .iter()
            .filter(|member| {
                let plain = matches!(member.ty, Ty::Str | Ty::Int | Ty::Float | Ty::Bool);
                member.required || (depth == 0 && plain)
            })
            .map(|member| (member.wire.clone(), sample(api, &member.ty, depth + 1)))
            .collect(),
        Shape::Union {
            tag,
            variants,
            tags,
            ..
        } => {
            let first = variants.first().and_then(|(_, key)| api.types.get(key));
            let mut value = first.map_or(json!({}), |ty| sample_of(api, ty, depth + 1));
            if let (Some(tag), Some((text, _))) = (tag, tags.iter().find(|(_, index)| *index == 0))
            {
                value[tag] = json!(text);
            }
            value
        }
    }
}
