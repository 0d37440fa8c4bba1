//! Operations: a static description, a constructor on the module's handle, a request builder.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::rust::{ident, raw, ty as rust_ty};
use super::{behaviour, docs};
use crate::{
    generate::{
        api::{Location, Module, Operation, Param, ResponseBody, Ty},
        call::{Argument, BodyForm, Content, Kind, Method},
    },
    markdown::code,
};

/// Returns `mod.rs` of a module.
pub(super) fn module(module: &Module) -> TokenStream {
    let doc = format!(" {}.", module.title);
    let operations = docs::table(module);
    let method = ident(&module.name);
    let handle = format!(
        " Operations of [`{0}`](crate::{0}): {1}.",
        module.name, module.title
    );
    let names: Vec<_> = module.files.keys().map(|file| ident(file)).collect();
    let names = quote! { #(mod #names; pub use #names::*;)* };
    let table = module.files.iter().flat_map(|(file, operations)| {
        let file = ident(file);
        operations.iter().map(move |&index| {
            let item = raw(&module.operations[index].call.entry);
            quote! { &#file::#item }
        })
    });
    quote! {
        #![doc = #doc]
        #(#![doc = #operations])*
        #names
        pub mod types;

        #[doc = #handle]
        #[derive(Clone, Copy, Debug)]
        pub struct Api<'c> {
            client: &'c crate::Client,
        }

        impl crate::Client {
            #[doc = #handle]
            pub fn #method(&self) -> Api<'_> {
                Api { client: self }
            }
        }

        /// The operations of this module.
        pub static OPERATIONS: &[&crate::Operation] = &[#(#table),*];
    }
}

/// Returns a file of operations.
pub(super) fn file(operations: &[&Operation]) -> TokenStream {
    let statics = operations.iter().map(|operation| table_entry(operation));
    let builders = operations.iter().map(|operation| builder(operation));
    let methods = operations.iter().flat_map(|operation| methods(operation));
    quote! {
        #![allow(unused_imports)]
        use super::{Api, types};
        use crate::{model, rt};

        impl<'c> Api<'c> {
            #(#methods)*
        }

        #(#builders)*
        #(#statics)*
    }
}

fn table_entry(operation: &Operation) -> TokenStream {
    let item = raw(&operation.call.entry);
    let Operation {
        id,
        name,
        module,
        tag,
        method,
        path,
        response_media: answers,
        deprecated,
        ..
    } = operation;
    let params = operation.params.iter().map(|param| {
        let (wire, required) = (&param.wire, param.required);
        match param.location {
            Location::Path => quote! { rt::Param::path(#wire) },
            Location::PathRef => quote! { rt::Param::path_ref(#wire) },
            Location::PathTail => quote! { rt::Param::path_tail(#wire) },
            Location::Query => quote! { rt::Param::query(#wire, #required) },
            Location::Header => quote! { rt::Param::header(#wire, #required) },
            Location::Form => quote! { rt::Param::form(#wire, #required) },
        }
    });
    let (mut bodies, required) = match &operation.body {
        Some(body) => (body.media.clone(), body.required),
        None => (Vec::new(), false),
    };
    if operation.body.as_ref().is_some_and(|body| body.form) {
        bodies.push("multipart/form-data".into());
    }
    let provenance = match operation.provenance.as_str() {
        "go-sdk" => quote! { GoSdk },
        "sample" => quote! { Sample },
        _ => quote! { Package },
    };
    let retry = behaviour::retry(operation.retry);
    let paging = behaviour::paging(operation.paging.as_ref());
    let response = behaviour::response(&operation.response_schema);
    quote! {
        pub(super) static #item: rt::Operation = rt::Operation {
            id: #id,
            name: #name,
            module: #module,
            tag: #tag,
            method: #method,
            path: #path,
            params: &[#(#params),*],
            bodies: &[#(#bodies),*],
            body_required: #required,
            answers: &[#(#answers),*],
            response: &#response,
            provenance: rt::Provenance::#provenance,
            deprecated: #deprecated,
            repeat: #retry,
            paging: #paging,
        };
    }
}

/// Returns the methods of the module's handle that begin a request.
fn methods(operation: &Operation) -> Vec<TokenStream> {
    let deprecated = operation.deprecated.then(|| quote! { #[deprecated] });
    let all = operation.call.methods.iter();
    all.map(|method| {
        let docs = match operation.call.methods.first() {
            Some(first) if first.name != method.name => {
                let http = docs::http(operation);
                vec![format!(
                    "{http}: [`Self::{}`] with another body.",
                    first.name
                )]
            }
            _ => docs::operation(operation),
        };
        let constructor = constructor(operation, method);
        quote! {
            #(#[doc = #docs])*
            #deprecated
            #constructor
        }
    })
    .collect()
}

fn constructor(operation: &Operation, method: &Method) -> TokenStream {
    let call = &operation.call;
    let (builder, item, name) = (raw(&call.request), raw(&call.entry), raw(&method.name));
    let mut arguments: Vec<TokenStream> = Vec::new();
    let mut sets: Vec<TokenStream> = Vec::new();
    for &index in &method.params {
        let argument = &call.arguments[index];
        let name = raw(&argument.name);
        let ty = argument_type(&argument.kind);
        arguments.push(quote! { #name: #ty });
        sets.push(set(index, &argument.kind, &quote! { #name }));
    }
    if let Some(form) = &method.body {
        let ty = body_type(&form.content);
        arguments.push(quote! { body: #ty });
        sets.push(set_body(form));
    }
    quote! {
        #[inline]
        pub fn #name(&self, #(#arguments),*) -> #builder {
            #builder { call: rt::Call::new(self.client, &#item) #(.#sets)* }
        }
    }
}

fn builder(operation: &Operation) -> TokenStream {
    let call = &operation.call;
    let name = raw(&call.request);
    let method = ident(&operation.name);
    let about = format!(" Request of [`Api::{method}`].");
    let optional = call.setters(operation);
    let optional = optional.map(|(index, param, argument)| setter(index, param, argument));
    let body = call.bodies.iter().map(body_setter);
    let (response, read) = response(operation);
    let paged = behaviour::paged(&name, operation.paging.as_ref());
    quote! {
        #[doc = #about]
        #[derive(Debug)]
        #[must_use = "nothing is sent before `send`"]
        pub struct #name {
            call: rt::Call,
        }
        impl #name {
            #(#optional)*
            #(#body)*
            /// Sends the request.
            #[inline]
            pub fn send(self) -> rt::Sending<#response> {
                self.call.#read()
            }
            /// Returns the call itself, to read its response in another form.
            #[inline]
            pub fn into_call(self) -> rt::Call {
                self.call
            }
        }
        rt::request!(#name);
        #paged
    }
}

fn setter(index: usize, param: &Param, argument: &Argument) -> TokenStream {
    let name = raw(&argument.name);
    let place = match param.location {
        Location::Path | Location::PathRef | Location::PathTail => "Path parameter",
        Location::Query => "Query parameter",
        Location::Header => "Header",
        Location::Form => "Form field",
    };
    let doc = format!(" {place} {}.", code(&param.wire));
    let ty = argument_type(&argument.kind);
    let set = set(index, &argument.kind, &quote! { value });
    quote! {
        #[doc = #doc]
        #[inline]
        pub fn #name(self, value: #ty) -> Self {
            Self { call: self.call.#set }
        }
    }
}

fn body_setter(form: &BodyForm) -> TokenStream {
    let name = format_ident!("body{}", form.suffix);
    let doc = match form.content {
        Content::Json(_) => " The body, as JSON.".to_owned(),
        _ => format!(" The body as it is to be sent, {}.", code(&form.media)),
    };
    let (ty, set) = (body_type(&form.content), set_body(form));
    quote! {
        #[doc = #doc]
        #[inline]
        pub fn #name(self, body: #ty) -> Self {
            Self { call: self.call.#set }
        }
    }
}

/// Returns the type of an argument.
pub(super) fn argument_type(kind: &Kind) -> TokenStream {
    let types = quote! { types:: };
    match kind {
        Kind::Text => quote! { impl Into<String> },
        Kind::Int => quote! { i64 },
        Kind::Number => quote! { f64 },
        Kind::Bool => quote! { bool },
        Kind::Time => quote! { impl Into<model::Time> },
        Kind::Enum(ty) => {
            let ty = rust_ty(ty, &types);
            quote! { impl Into<#ty> }
        }
        Kind::Texts => quote! { impl IntoIterator<Item = impl Into<String>> },
        Kind::Ints => quote! { impl IntoIterator<Item = i64> },
        Kind::Enums(ty) => {
            let ty = rust_ty(ty, &types);
            quote! { impl IntoIterator<Item = #ty> }
        }
        Kind::Object(ty) => {
            let ty = rust_ty(ty, &types);
            quote! { &#ty }
        }
        Kind::Objects(ty) => {
            let ty = rust_ty(ty, &types);
            quote! { &[#ty] }
        }
        Kind::File => quote! { impl Into<rt::FilePart> },
    }
}

/// Returns the method of the call that sets a parameter to the value of `name`. It takes the call by value: were it lent, each setter
/// would be compiled with what is to be done when its method panics.
fn set(index: usize, kind: &Kind, name: &TokenStream) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    match kind {
        Kind::Text => quote! { with_text(#index, #name) },
        Kind::Int => quote! { with_int(#index, #name) },
        Kind::Number => quote! { with_number(#index, #name) },
        Kind::Bool => quote! { with_flag(#index, #name) },
        Kind::Time => quote! { with_text(#index, #name.into().to_string()) },
        Kind::Enum(ty) => {
            let ty = rust_ty(ty, &quote! { types:: });
            quote! { with_text(#index, Into::<#ty>::into(#name).as_str()) }
        }
        Kind::Texts => quote! { with_texts(#index, #name) },
        Kind::Ints => quote! { with_ints(#index, #name) },
        Kind::Enums(_) => {
            quote! { with_texts(#index, #name.into_iter().map(|value| value.to_string())) }
        }
        Kind::Object(_) => quote! { with_object(#index, #name) },
        Kind::Objects(_) => quote! { with_object(#index, &#name) },
        Kind::File => quote! { with_file(#index, #name) },
    }
}

/// Returns the type of the argument for a body.
pub(super) fn body_type(content: &Content) -> TokenStream {
    let types = quote! { types:: };
    match content {
        Content::Text => quote! { impl Into<String> },
        Content::Bytes => quote! { impl Into<rt::RequestBody> },
        Content::Json(Ty::Str) => quote! { &str },
        Content::Json(Ty::List(item)) => {
            let item = rust_ty(item, &types);
            quote! { &[#item] }
        }
        Content::Json(ty) => {
            let by = content.is_reference().then(|| quote! { & });
            let ty = rust_ty(ty, &types);
            quote! { #by #ty }
        }
    }
}

/// Returns the method of the call that takes the body. A generated type is passed on as a part, for which the client has the code,
/// and not each program that uses it.
fn set_body(form: &BodyForm) -> TokenStream {
    let media = &form.media;
    match &form.content {
        Content::Text => quote! { with_body_text(#media, body) },
        Content::Bytes => quote! { with_body_bytes(#media, body) },
        Content::Json(Ty::Time | Ty::Json | Ty::Named(_) | Ty::Map(_)) => {
            quote! { with_body_part(model::Cell::part(body)) }
        }
        Content::Json(_) => quote! { with_body_json(&body) },
    }
}

pub(super) fn response(operation: &Operation) -> (TokenStream, TokenStream) {
    match &operation.response {
        ResponseBody::Empty => (quote! { () }, quote! { empty }),
        ResponseBody::Text => (quote! { String }, quote! { text_answer }),
        ResponseBody::Bytes => (quote! { rt::ByteStream }, quote! { byte_answer }),
        ResponseBody::Json(ty) => {
            let read = match ty {
                Ty::Str | Ty::Int | Ty::Float | Ty::Bool => quote! { json },
                _ => quote! { typed },
            };
            (rust_ty(ty, &quote! { types:: }), read)
        }
    }
}
