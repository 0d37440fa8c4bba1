//! Operations: a static description, a constructor on the module's handle, a request builder.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use heck::{ToPascalCase, ToShoutySnakeCase};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::rust::{ident, is_enum, ty as rust_ty};
use super::{behaviour, docs};
use crate::{
    generate::api::{Answer, Api, Body, Module, Operation, Param, Place, Ty},
    markdown::code,
};

/// `mod.rs` of a module.
pub(super) fn module(module: &Module, files: &BTreeMap<String, Vec<&Operation>>) -> TokenStream {
    let doc = format!(" {}.", module.title);
    let operations = docs::table(module);
    let method = ident(&module.name);
    let handle = format!(
        " Operations of [`{0}`](crate::{0}): {1}.",
        module.name, module.title
    );
    let names: Vec<_> = files.keys().map(|file| ident(file)).collect();
    let names = quote! { #(mod #names; pub use #names::*;)* };
    let table = files.iter().flat_map(|(file, operations)| {
        let file = ident(file);
        operations.iter().map(move |operation| {
            let item = static_name(operation);
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

/// A file of operations.
pub(super) fn file(
    api: &Api,
    operations: &[&Operation],
    names: &MethodNames<'_>,
) -> Result<TokenStream> {
    let mut seen = BTreeSet::new();
    for operation in operations {
        ensure!(
            seen.insert(builder_name(operation)),
            "two request builders are called {}",
            builder_name(operation)
        );
    }
    let statics = operations.iter().map(|operation| table_entry(operation));
    let builders = operations.iter().map(|operation| builder(api, operation));
    let methods = operations
        .iter()
        .flat_map(|operation| methods(api, operation, names));
    Ok(quote! {
        #![allow(unused_imports)]
        use super::{Api, types};
        use crate::{model, rt};

        impl<'c> Api<'c> {
            #(#methods)*
        }

        #(#builders)*
        #(#statics)*
    })
}

/// What the methods that begin requests are called in one module.
pub(super) struct MethodNames<'m> {
    names: BTreeMap<(&'m str, &'static str), String>,
}

impl<'m> MethodNames<'m> {
    /// A suffix says how the body is given, unless that would be the name of another operation.
    pub(super) fn of(module: &'m Module) -> Self {
        let operations = || module.operations.iter();
        let mut taken: BTreeSet<String> = operations().map(|o| o.name.clone()).collect();
        let mut names = BTreeMap::new();
        for operation in operations() {
            for Constructor { suffix, .. } in constructors(operation) {
                let mut name = format!("{}{suffix}", operation.name);
                while !suffix.is_empty() && !taken.insert(name.clone()) {
                    name += "_body";
                }
                names.insert((operation.name.as_str(), suffix), name);
            }
        }
        Self { names }
    }

    /// The method that begins a request whose body is given as the suffix says.
    pub(super) fn get(&self, operation: &Operation, suffix: &'static str) -> Ident {
        let name = self.names.get(&(operation.name.as_str(), suffix));
        ident(name.unwrap_or(&operation.name))
    }

    /// The method that begins a request with a multipart form, if the operation takes one.
    pub(super) fn form(&self, operation: &Operation) -> Option<Ident> {
        constructors(operation)
            .into_iter()
            .find(|constructor| constructor.form)
            .map(|constructor| self.get(operation, constructor.suffix))
    }
}

pub(super) fn builder_name(operation: &Operation) -> String {
    let name = operation.name.to_pascal_case();
    if TAKEN.contains(&name.as_str()) {
        format!("{name}Request")
    } else {
        name
    }
}

/// What the files of operations call by these names themselves.
const TAKEN: [&str; 7] = [
    "Api",
    "Into",
    "IntoIterator",
    "Option",
    "Self",
    "String",
    "Vec",
];

fn static_name(operation: &Operation) -> proc_macro2::Ident {
    format_ident!("{}", operation.name.to_shouty_snake_case())
}

fn table_entry(operation: &Operation) -> TokenStream {
    let item = static_name(operation);
    let Operation {
        id,
        name,
        module,
        tag,
        method,
        path,
        answers,
        deprecated,
        ..
    } = operation;
    let params = operation.params.iter().map(|param| {
        let (wire, required) = (&param.wire, param.required);
        match param.place {
            Place::Path => quote! { rt::Param::path(#wire) },
            Place::PathRef => quote! { rt::Param::path_ref(#wire) },
            Place::PathTail => quote! { rt::Param::path_tail(#wire) },
            Place::Query => quote! { rt::Param::query(#wire, #required) },
            Place::Header => quote! { rt::Param::header(#wire, #required) },
            Place::Form => quote! { rt::Param::form(#wire, #required) },
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
    let repeat = behaviour::repeat(operation.repeat);
    let paging = behaviour::paging(operation.paging.as_ref());
    let response = behaviour::response(&operation.response);
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
            repeat: #repeat,
            paging: #paging,
        };
    }
}

/// The methods of the module's handle that begin a request.
fn methods(api: &Api, operation: &Operation, names: &MethodNames<'_>) -> Vec<TokenStream> {
    let deprecated = operation.deprecated.then(|| quote! { #[deprecated] });
    let made = constructors(operation);
    let first = made.first().map(|first| names.get(operation, first.suffix));
    made.into_iter()
        .map(|constructor| {
            let method = names.get(operation, constructor.suffix);
            let docs = match &first {
                Some(first) if *first != method => {
                    let http = docs::http(operation);
                    vec![format!("{http}: [`Self::{first}`] with another body.")]
                }
                _ => docs::operation(operation),
            };
            let constructor = constructor.emit(api, operation, &method);
            quote! {
                #(#[doc = #docs])*
                #deprecated
                #constructor
            }
        })
        .collect()
}

fn builder(api: &Api, operation: &Operation) -> TokenStream {
    let name = ident(&builder_name(operation));
    let method = ident(&operation.name);
    let about = format!(" Request of [`Api::{method}`].");
    let optional = operation
        .params
        .iter()
        .enumerate()
        .filter(|(_, param)| !param.required)
        .map(|(index, param)| setter(api, index, param));
    let body = body_setters(operation.body.as_ref())
        .into_iter()
        .map(BodySetter::emit);
    let (answer, read) = answer(operation);
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
            pub fn send(self) -> rt::Sending<#answer> {
                self.call.#read()
            }
            /// The call itself, to read its answer in another form.
            #[inline]
            pub fn into_call(self) -> rt::Call {
                self.call
            }
        }
        rt::request!(#name);
        #paged
    }
}

/// One way to make a request: with a JSON body, with text, with a form, or with none of these.
pub(super) struct Constructor {
    pub(super) suffix: &'static str,
    /// Type of the body argument and what to do with it.
    pub(super) body: Option<(TokenStream, TokenStream)>,
    pub(super) form: bool,
}

pub(super) fn constructors(operation: &Operation) -> Vec<Constructor> {
    let plain = Constructor {
        suffix: "",
        body: None,
        form: false,
    };
    let Some(body) = &operation.body else {
        return vec![plain];
    };
    let mut made = Vec::new();
    if body.required {
        if let Some(json) = &body.json {
            let (ty, set) = json_argument(json);
            made.push(Constructor {
                suffix: "",
                body: Some((ty, set)),
                form: false,
            });
        }
        for (suffix, media) in texts(body) {
            let suffix = if made.is_empty() { "" } else { suffix };
            made.push(Constructor {
                suffix,
                body: Some(text_argument(media)),
                form: false,
            });
        }
    } else if body.json.is_some() || !body.media.is_empty() {
        made.push(plain);
    }
    if body.form {
        made.push(Constructor {
            suffix: if made.is_empty() { "" } else { "_form" },
            body: None,
            form: true,
        });
    }
    if made.is_empty() {
        made.push(Constructor {
            suffix: "",
            body: None,
            form: false,
        });
    }
    made
}

impl Constructor {
    fn emit(self, api: &Api, operation: &Operation, method: &Ident) -> TokenStream {
        let builder = ident(&builder_name(operation));
        let item = static_name(operation);
        let required: Vec<(usize, &Param)> = operation
            .params
            .iter()
            .enumerate()
            .filter(|(_, param)| param.required && (param.place != Place::Form || self.form))
            .collect();
        let mut arguments: Vec<TokenStream> = Vec::new();
        let mut sets: Vec<TokenStream> = Vec::new();
        for (index, param) in required {
            let name = ident(&param.ident);
            let (ty, set) = value(api, index, param, &quote! { #name });
            arguments.push(quote! { #name: #ty });
            sets.push(set);
        }
        if let Some((ty, set)) = self.body {
            arguments.push(quote! { body: #ty });
            sets.push(set);
        }
        quote! {
            #[inline]
            pub fn #method(&self, #(#arguments),*) -> #builder {
                #builder { call: rt::Call::new(self.client, &#item) #(.#sets)* }
            }
        }
    }
}

fn setter(api: &Api, index: usize, param: &Param) -> TokenStream {
    let name = ident(&param.ident);
    let place = match param.place {
        Place::Path | Place::PathRef | Place::PathTail => "Path parameter",
        Place::Query => "Query parameter",
        Place::Header => "Header",
        Place::Form => "Form field",
    };
    let doc = format!(" {place} {}.", code(&param.wire));
    let (ty, set) = value(api, index, param, &quote! { value });
    quote! {
        #[doc = #doc]
        #[inline]
        pub fn #name(self, value: #ty) -> Self {
            Self { call: self.call.#set }
        }
    }
}

/// The type of the argument for a parameter, and the method of the call that sets it. The method takes the call by value:
/// were it lent, each setter would be compiled with what is to be done when its method panics.
pub(super) fn value(
    api: &Api,
    index: usize,
    param: &Param,
    name: &TokenStream,
) -> (TokenStream, TokenStream) {
    let index = Literal::usize_unsuffixed(index);
    let types = quote! { types:: };
    let Some(ty) = &param.ty else {
        return (
            quote! { impl Into<rt::FilePart> },
            quote! { with_file(#index, #name) },
        );
    };
    match ty {
        Ty::Str => (
            quote! { impl Into<String> },
            quote! { with_text(#index, #name) },
        ),
        Ty::Int => (quote! { i64 }, quote! { with_int(#index, #name) }),
        Ty::Num => (quote! { f64 }, quote! { with_number(#index, #name) }),
        Ty::Flag => (quote! { bool }, quote! { with_flag(#index, #name) }),
        Ty::Time => (
            quote! { impl Into<model::Time> },
            quote! { with_text(#index, #name.into().to_string()) },
        ),
        Ty::Named(_) if is_enum(api, ty) => {
            let ty = rust_ty(ty, &types);
            (
                quote! { impl Into<#ty> },
                quote! { with_text(#index, Into::<#ty>::into(#name).as_str()) },
            )
        }
        Ty::List(item) => match &**item {
            Ty::Str => (
                quote! { impl IntoIterator<Item = impl Into<String>> },
                quote! { with_texts(#index, #name) },
            ),
            Ty::Int => (
                quote! { impl IntoIterator<Item = i64> },
                quote! { with_ints(#index, #name) },
            ),
            item if is_enum(api, item) => {
                let ty = rust_ty(item, &types);
                (
                    quote! { impl IntoIterator<Item = #ty> },
                    quote! { with_texts(#index, #name.into_iter().map(|value| value.to_string())) },
                )
            }
            item => {
                let ty = rust_ty(item, &types);
                (quote! { &[#ty] }, quote! { with_object(#index, &#name) })
            }
        },
        Ty::Named(_) | Ty::Map(_) | Ty::Json => {
            let ty = rust_ty(ty, &types);
            (quote! { &#ty }, quote! { with_object(#index, #name) })
        }
    }
}

/// A setter for a body that may be left out.
pub(super) struct BodySetter {
    pub(super) name: Ident,
    doc: String,
    /// Type of its argument.
    pub(super) ty: TokenStream,
    set: TokenStream,
}

impl BodySetter {
    fn emit(self) -> TokenStream {
        let Self { name, doc, ty, set } = self;
        quote! {
            #[doc = #doc]
            #[inline]
            pub fn #name(self, body: #ty) -> Self {
                Self { call: self.call.#set }
            }
        }
    }
}

/// The setters for the body of an operation, if it may be left out.
pub(super) fn body_setters(body: Option<&Body>) -> Vec<BodySetter> {
    let mut made = Vec::new();
    let Some(body) = body.filter(|body| !body.required) else {
        return made;
    };
    if let Some(json) = &body.json {
        let (ty, set) = json_argument(json);
        made.push(BodySetter {
            name: format_ident!("body"),
            doc: " The body, as JSON.".to_owned(),
            ty,
            set,
        });
    }
    for (suffix, media) in texts(body) {
        let suffix = if made.is_empty() { "" } else { suffix };
        let (ty, set) = text_argument(media);
        made.push(BodySetter {
            name: format_ident!("body{suffix}"),
            doc: format!(" The body as it is to be sent, {}.", code(media)),
            ty,
            set,
        });
    }
    made
}

/// The text forms of a body: suffix of the method, content type.
pub(super) fn texts(body: &Body) -> Vec<(&'static str, &str)> {
    let mut seen = BTreeSet::new();
    body.media
        .iter()
        .filter(|media| media.as_str() != "application/json")
        .map(|media| {
            let suffix = match media.split(';').next().unwrap_or_default() {
                "application/yaml" | "application/x-yaml" => "_yaml",
                "text/yaml" => "_text_yaml",
                "text/plain" => "_text",
                "text/html" => "_html",
                "application/octet-stream" => "_bytes",
                "application/xml" | "text/xml" => "_xml",
                "application/x-www-form-urlencoded" => "_urlencoded",
                _ => "_other",
            };
            (suffix, media.as_str())
        })
        .filter(|(suffix, _)| seen.insert(*suffix))
        .collect()
}

/// Whether a body of this content type is given as text; else it is given as bytes.
pub(super) fn is_text(media: &str) -> bool {
    media.starts_with("text/")
        || media.ends_with("yaml")
        || media.ends_with("xml")
        || media.ends_with("json")
        || media.ends_with("urlencoded")
}

fn text_argument(media: &str) -> (TokenStream, TokenStream) {
    if is_text(media) {
        (
            quote! { impl Into<String> },
            quote! { with_body_text(#media, body) },
        )
    } else {
        (
            quote! { impl Into<rt::RequestBody> },
            quote! { with_body_bytes(#media, body) },
        )
    }
}

/// How a JSON body is passed in, and the method of the call that takes it. A generated type is passed on as a part, for
/// which the client has the code, and not each program that uses it.
fn json_argument(ty: &Ty) -> (TokenStream, TokenStream) {
    let types = quote! { types:: };
    match ty {
        Ty::Str => (quote! { &str }, quote! { with_body_json(&body) }),
        Ty::Int | Ty::Num | Ty::Flag => (rust_ty(ty, &types), quote! { with_body_json(&body) }),
        Ty::List(item) => {
            let item = rust_ty(item, &types);
            (quote! { &[#item] }, quote! { with_body_json(&body) })
        }
        Ty::Time | Ty::Json | Ty::Named(_) | Ty::Map(_) => {
            let ty = rust_ty(ty, &types);
            (
                quote! { &#ty },
                quote! { with_body_part(model::Cell::part(body)) },
            )
        }
    }
}

pub(super) fn answer(operation: &Operation) -> (TokenStream, TokenStream) {
    match &operation.answer {
        Answer::Empty => (quote! { () }, quote! { empty }),
        Answer::Text => (quote! { String }, quote! { text_answer }),
        Answer::Bytes => (quote! { rt::ByteStream }, quote! { byte_answer }),
        Answer::Json(ty) => {
            let read = match ty {
                Ty::Str | Ty::Int | Ty::Num | Ty::Flag => quote! { json },
                _ => quote! { typed },
            };
            (rust_ty(ty, &quote! { types:: }), read)
        }
    }
}
