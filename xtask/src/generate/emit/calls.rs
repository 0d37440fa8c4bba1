//! One call of each operation, with every parameter set: what a program that uses the whole module compiles.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust::{ident, raw, ty as rust_ty};
use crate::generate::{
    api::{Module, Ty},
    call::{Content, Kind},
};

/// Returns expressions to await, in terms of a `client`, of a function `any` that gives a value of any type, and of the
/// module's `types`.
pub fn calls(module: &Module) -> Vec<TokenStream> {
    let handle = ident(&module.name);
    let calls = module.operations.iter().filter_map(|operation| {
        let call = &operation.call;
        let begin = call.methods.first()?;
        let method = raw(&begin.name);
        let params = begin.params.iter();
        let params = params.map(|&index| value(&call.arguments[index].kind));
        let arguments = params.chain(begin.body.iter().map(|form| body(&form.content)));
        let setters = call.setters(operation).map(|(_, _, argument)| {
            let (name, value) = (raw(&argument.name), value(&argument.kind));
            quote! { .#name(#value) }
        });
        let form = call.bodies.first();
        let setters = setters.chain(form.map(|form| {
            let value = body(&form.content);
            quote! { .body(#value) }
        }));
        Some(quote! { client.#handle().#method(#(#arguments),*) #(#setters)* .send() })
    });
    calls.collect()
}

/// Returns some value for a parameter of this kind.
fn value(kind: &Kind) -> TokenStream {
    let types = quote! { types:: };
    match kind {
        Kind::Text => quote! { "" },
        Kind::Texts => quote! { [""] },
        Kind::Int => any(&Ty::Int),
        Kind::Number => any(&Ty::Float),
        Kind::Bool => any(&Ty::Bool),
        Kind::Time => any(&Ty::Time),
        Kind::Enum(ty) => any(ty),
        Kind::Ints => quote! { any::<Vec<i64>>() },
        Kind::Enums(item) => {
            let item = rust_ty(item, &types);
            quote! { any::<Vec<#item>>() }
        }
        Kind::Objects(item) => {
            let item = rust_ty(item, &types);
            quote! { &any::<Vec<#item>>() }
        }
        Kind::Object(ty) => {
            let any = any(ty);
            quote! { &#any }
        }
        Kind::File => quote! { any::<harness_api::FilePart>() },
    }
}

fn any(ty: &Ty) -> TokenStream {
    let ty = rust_ty(ty, &quote! { types:: });
    quote! { any::<#ty>() }
}

/// Returns some body.
fn body(content: &Content) -> TokenStream {
    match content {
        Content::Json(Ty::Str) => quote! { "" },
        Content::Json(ty) => {
            let any = any(ty);
            match content.is_reference() {
                true => quote! { &#any },
                false => any,
            }
        }
        // Text and bytes alike are made of text.
        Content::Text | Content::Bytes => quote! { String::new() },
    }
}
