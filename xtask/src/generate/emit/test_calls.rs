//! Code for the tests: one call of each operation through its builder, with values that are given at run time.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::rust::{ident, raw, ty as rust_ty};
use crate::generate::{
    api::{Location, Module, Operation, ResponseBody, Ty},
    call::{Content, Kind},
};

/// Returns the file with the calls of a module.
pub(super) fn file(module: &Module) -> TokenStream {
    let rows = module.operations.iter().map(row);
    quote! {
        #![allow(deprecated, unused_imports)]
        use crate::calls::{Calling, bytes, empty, json, text};
        use harness_api::model;

        pub(crate) static CALLS: &[Calling] = &[#(#rows),*];
    }
}

/// One way to give the body: what it is made of, the method, its arguments, and the setter of a body.
struct Way {
    media: String,
    method: Ident,
    arguments: Vec<TokenStream>,
    setter: Option<TokenStream>,
}

fn row(operation: &Operation) -> TokenStream {
    let handle = ident(&operation.module);
    let types = quote! { harness_api::#handle::types:: };
    let ways = ways(operation, &types);
    let made: Vec<TokenStream> = ways
        .iter()
        .map(|way| {
            let Way {
                method,
                arguments,
                setter,
                ..
            } = way;
            quote! { client.#handle().#method(#(#arguments),*) #setter }
        })
        .collect();
    let made = match made.as_slice() {
        [only] => only.clone(),
        [first, others @ ..] => {
            let numbers = (1..others.len()).map(Literal::usize_unsuffixed);
            let (last, middle) = match others {
                [middle @ .., last] => (last, middle),
                [] => (first, others),
            };
            quote! {
                match given.way() {
                    0 => #first,
                    #(#numbers => #middle,)*
                    _ => #last,
                }
            }
        }
        [] => quote! {},
    };
    let set = |form: bool| -> Vec<TokenStream> {
        let optional = operation.call.setters(operation);
        optional
            .filter(|(_, param, _)| (param.location == Location::Form) == form)
            .map(|(index, _, argument)| {
                let (name, value) = (raw(&argument.name), value(index, &argument.kind, &types));
                quote! { .#name(#value) }
            })
            .collect()
    };
    let with = |setters: Vec<TokenStream>, when: TokenStream| {
        (!setters.is_empty()).then(|| {
            quote! { let request = if #when { request #(#setters)* } else { request }; }
        })
    };
    let plain = with(set(false), quote! { given.is_full() });
    let parts = with(set(true), quote! { given.is_full_form() });
    let read = match operation.response {
        ResponseBody::Empty => quote! { empty },
        ResponseBody::Text => quote! { text },
        ResponseBody::Bytes => quote! { bytes },
        ResponseBody::Json(_) => quote! { json },
    };
    let id = &operation.id;
    let media = ways.iter().map(|way| &way.media);
    quote! {
        Calling {
            id: #id,
            ways: &[#(#media),*],
            make: |client, given| {
                let request = #made;
                #plain
                #parts
                Ok(#read(request.send()))
            },
        }
    }
}

/// Returns every way to give the body of an operation; the first is the one with least.
fn ways(operation: &Operation, types: &TokenStream) -> Vec<Way> {
    let call = &operation.call;
    let mut ways = Vec::new();
    for method in &call.methods {
        let params = method.params.iter();
        let params = params.map(|&index| value(index, &call.arguments[index].kind, types));
        let mut arguments: Vec<TokenStream> = params.collect();
        let form = method.body.as_ref();
        arguments.extend(form.map(|form| body(&form.content, types)));
        let media = match form {
            Some(form) => form.media.as_str(),
            None if method.is_form => "multipart/form-data",
            None => "",
        };
        ways.push(Way {
            media: media.to_owned(),
            method: raw(&method.name),
            arguments: arguments.clone(),
            setter: None,
        });
        if method.is_form {
            continue;
        }
        ways.extend(call.bodies.iter().map(|form| {
            let name = format_ident!("body{}", form.suffix);
            let body = body(&form.content, types);
            Way {
                media: form.media.clone(),
                method: raw(&method.name),
                arguments: arguments.clone(),
                setter: Some(quote! { .#name(#body) }),
            }
        }));
    }
    ways
}

fn body(content: &Content, types: &TokenStream) -> TokenStream {
    match content {
        Content::Text => quote! { given.body_text() },
        Content::Bytes => quote! { given.body_text().into_bytes() },
        Content::Json(ty) => {
            let by = content.is_reference().then(|| quote! { & });
            let ty = rust_ty(ty, types);
            quote! { #by given.body::<#ty>()? }
        }
    }
}

/// Returns the value for a parameter, by its position.
fn value(index: usize, kind: &Kind, types: &TokenStream) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    let decoded = |ty: &Ty| {
        let ty = rust_ty(ty, types);
        quote! { given.value::<#ty>(#index)? }
    };
    let list = |item: &Ty| decoded(&Ty::List(Box::new(item.clone())));
    match kind {
        Kind::Text => quote! { given.text(#index) },
        Kind::Int => quote! { given.int(#index) },
        Kind::Number => quote! { given.number(#index) },
        Kind::Bool => quote! { given.flag(#index) },
        Kind::Time => decoded(&Ty::Time),
        Kind::Enum(_) => quote! { given.text(#index).as_str() },
        Kind::Texts => quote! { given.texts(#index) },
        Kind::Ints => quote! { given.ints(#index) },
        Kind::Enums(item) => list(item),
        Kind::Object(ty) => {
            let value = decoded(ty);
            quote! { &#value }
        }
        Kind::Objects(item) => {
            let value = list(item);
            quote! { &#value }
        }
        Kind::File => quote! { given.file(#index) },
    }
}
