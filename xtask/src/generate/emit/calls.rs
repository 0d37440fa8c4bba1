//! One call of each operation, with every parameter set: what a program that uses the whole module compiles.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    operations::{constructors, texts},
    rust::{ident, is_enum, ty as rust_ty},
};
use crate::generate::api::{Api, Body, Module, Param, Place, Ty};

/// Expressions to await, in terms of a `client`, of a function `any` that gives a value of any type, and of the
/// module's `types`.
pub fn calls(api: &Api, module: &Module) -> Vec<TokenStream> {
    let handle = ident(&module.name);
    let mut made = Vec::new();
    for operation in &module.operations {
        let Some(constructor) = constructors(operation).into_iter().next() else {
            continue;
        };
        let method = ident(&format!("{}{}", operation.name, constructor.suffix));
        let (required, optional): (Vec<&Param>, Vec<&Param>) =
            operation.params.iter().partition(|param| param.required);
        let mut arguments: Vec<TokenStream> = required
            .into_iter()
            .filter(|param| param.place != Place::Form || constructor.form)
            .map(|param| value(api, param.ty.as_ref()))
            .collect();
        let body = operation.body.as_ref().and_then(body_value);
        let mut setters: Vec<TokenStream> = optional
            .into_iter()
            .map(|param| {
                let name = ident(&param.ident);
                let value = value(api, param.ty.as_ref());
                quote! { .#name(#value) }
            })
            .collect();
        match body {
            Some(value) if constructor.body.is_some() => arguments.push(value),
            Some(value) if operation.body.as_ref().is_some_and(|body| !body.required) => {
                setters.push(quote! { .body(#value) });
            }
            _ => {}
        }
        made.push(quote! { client.#handle().#method(#(#arguments),*) #(#setters)* .send() });
    }
    made
}

/// Some value for a parameter of this type; a file for `None`.
fn value(api: &Api, ty: Option<&Ty>) -> TokenStream {
    let types = quote! { types:: };
    let Some(ty) = ty else {
        return quote! { any::<harness_api::FilePart>() };
    };
    match ty {
        Ty::Str => quote! { "" },
        Ty::List(item) if **item == Ty::Str => quote! { [""] },
        Ty::Int | Ty::Num | Ty::Flag | Ty::Time => any(ty),
        Ty::Named(_) if is_enum(api, ty) => any(ty),
        Ty::List(item) if **item == Ty::Int || is_enum(api, item) => any(ty),
        Ty::List(item) => {
            let item = rust_ty(item, &types);
            quote! { &any::<Vec<#item>>() }
        }
        Ty::Named(_) | Ty::Map(_) | Ty::Json => {
            let any = any(ty);
            quote! { &#any }
        }
    }
}

fn any(ty: &Ty) -> TokenStream {
    let ty = rust_ty(ty, &quote! { types:: });
    quote! { any::<#ty>() }
}

/// Some body in the first of its forms; `None` for a form or none.
fn body_value(body: &Body) -> Option<TokenStream> {
    match &body.json {
        Some(Ty::Str) => Some(quote! { "" }),
        Some(ty @ (Ty::Int | Ty::Num | Ty::Flag)) => Some(any(ty)),
        Some(ty) => {
            let any = any(ty);
            Some(quote! { &#any })
        }
        // Text and bytes alike are made of text.
        None => texts(body).first().map(|_| quote! { String::new() }),
    }
}
