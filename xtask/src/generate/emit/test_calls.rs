//! Code for the tests: one call of each operation through its builder, with values that are given at run time.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::{
    operations::{MethodNames, constructors, is_text, texts},
    rust::{ident, is_enum, ty as rust_ty},
};
use crate::generate::api::{Answer, Api, Module, Operation, Param, Place, Ty};

/// The file with the calls of a module.
pub(super) fn file(api: &Api, module: &Module) -> TokenStream {
    let names = MethodNames::of(module);
    let rows = module
        .operations
        .iter()
        .map(|operation| row(api, operation, &names));
    quote! {
        #![allow(deprecated, unused_imports)]
        use crate::calls::{Calling, bytes, empty, json, text};
        use harness_api::model;

        pub(crate) static CALLS: &[Calling] = &[#(#rows),*];
    }
}

/// One way to give the body: what it is made of, and the constructor and the setter that take it.
struct Way {
    media: String,
    method: Ident,
    argument: Option<TokenStream>,
    setter: Option<TokenStream>,
    form: bool,
}

fn row(api: &Api, operation: &Operation, names: &MethodNames<'_>) -> TokenStream {
    let handle = ident(&operation.module);
    let types = quote! { harness_api::#handle::types:: };
    let ways = ways(operation, names, &types);
    let made: Vec<TokenStream> = ways
        .iter()
        .map(|way| {
            let arguments = operation
                .params
                .iter()
                .enumerate()
                .filter(|(_, param)| param.required && (param.place != Place::Form || way.form))
                .map(|(index, param)| argument(api, index, param, &types))
                .chain(way.argument.clone());
            let (method, setter) = (&way.method, &way.setter);
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
        let optional = operation.params.iter().enumerate();
        optional
            .filter(|(_, param)| !param.required && (param.place == Place::Form) == form)
            .map(|(index, param)| {
                let name = ident(&param.ident);
                let value = argument(api, index, param, &types);
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
    let read = match operation.answer {
        Answer::Empty => quote! { empty },
        Answer::Text => quote! { text },
        Answer::Bytes => quote! { bytes },
        Answer::Json(_) => quote! { json },
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

/// Every way to give the body of an operation; the first is the one with least.
fn ways(operation: &Operation, names: &MethodNames<'_>, types: &TokenStream) -> Vec<Way> {
    let mut ways = Vec::new();
    let nothing = |method: Ident, media: &str, form: bool| Way {
        media: media.to_owned(),
        method,
        argument: None,
        setter: None,
        form,
    };
    let made = constructors(operation);
    let Some(body) = &operation.body else {
        return vec![nothing(names.get(operation, ""), "", false)];
    };
    let mut bodies: Vec<(&str, TokenStream, &str)> = Vec::new();
    if let Some(ty) = &body.json {
        bodies.push((JSON, json_body(ty, types), ""));
    }
    for (suffix, media) in texts(body) {
        let value = if is_text(media) {
            quote! { given.body_text() }
        } else {
            quote! { given.body_text().into_bytes() }
        };
        let suffix = if bodies.is_empty() { "" } else { suffix };
        bodies.push((media, value, suffix));
    }
    for constructor in made {
        let method = names.get(operation, constructor.suffix);
        if constructor.form {
            ways.push(nothing(method, "multipart/form-data", true));
        } else if constructor.body.is_some() {
            let body = bodies
                .iter()
                .find(|(_, _, suffix)| *suffix == constructor.suffix);
            if let Some((media, value, _)) = body {
                ways.push(Way {
                    argument: Some(value.clone()),
                    ..nothing(method, media, false)
                });
            }
        } else {
            ways.push(nothing(method.clone(), "", false));
            let setters = bodies.iter().map(|(media, value, suffix)| {
                let name = format_ident!("body{suffix}");
                Way {
                    setter: Some(quote! { .#name(#value) }),
                    ..nothing(method.clone(), media, false)
                }
            });
            ways.extend(setters.filter(|_| !body.required));
        }
    }
    ways
}

const JSON: &str = "application/json";

fn json_body(ty: &Ty, types: &TokenStream) -> TokenStream {
    let rust = rust_ty(ty, types);
    match ty {
        Ty::Int | Ty::Num | Ty::Flag => quote! { given.body::<#rust>()? },
        _ => quote! { &given.body::<#rust>()? },
    }
}

/// The argument for a parameter, by its position.
fn argument(api: &Api, index: usize, param: &Param, types: &TokenStream) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    let Some(ty) = &param.ty else {
        return quote! { given.file(#index) };
    };
    let decoded = |ty: &Ty| {
        let rust = rust_ty(ty, types);
        quote! { given.value::<#rust>(#index)? }
    };
    match ty {
        Ty::Str => quote! { given.text(#index) },
        Ty::Int => quote! { given.int(#index) },
        Ty::Num => quote! { given.number(#index) },
        Ty::Flag => quote! { given.flag(#index) },
        Ty::Named(_) if is_enum(api, ty) => quote! { given.text(#index).as_str() },
        Ty::Time => decoded(ty),
        Ty::List(item) if **item == Ty::Str => quote! { given.texts(#index) },
        Ty::List(item) if **item == Ty::Int => quote! { given.ints(#index) },
        Ty::List(item) if is_enum(api, item) => decoded(ty),
        Ty::Named(_) | Ty::Map(_) | Ty::Json | Ty::List(_) => {
            let value = decoded(ty);
            quote! { &#value }
        }
    }
}
