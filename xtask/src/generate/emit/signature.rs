//! What a program can name of an operation: the Rust that is emitted for it, without what it does.

use proc_macro2::TokenStream;

use super::{
    operations::{
        Constructor, MethodNames, answer, body_setters, builder_name, constructors, value,
    },
    rust::{ident, ty as rust_ty},
};
use crate::generate::api::{Api, Module, Operation, Place, Ty};

/// The public items of an operation, types without the path to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The type of the request.
    pub request: String,
    /// The methods of the module's handle that make a request; each takes the body in another form.
    pub methods: Vec<Method>,
    /// Setters of the request, with the type of the argument.
    pub setters: Vec<(String, String)>,
    /// Setters of the request for a body that may be left out.
    pub bodies: Vec<(String, String)>,
    /// What sending the request returns.
    pub response: String,
    /// The items of the list, if it is read in pages.
    pub item: Option<String>,
}

/// A method that makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The end of the name that says how the body is given.
    pub suffix: &'static str,
    /// Its name.
    pub name: String,
    /// Names and types of its arguments, without the body.
    pub arguments: Vec<(String, String)>,
    /// The type of the body, if it is an argument.
    pub body: Option<String>,
}

/// The signatures of the operations of a module, in their order.
pub fn signatures(api: &Api, module: &Module) -> Vec<Signature> {
    let names = MethodNames::of(module);
    module
        .operations
        .iter()
        .map(|operation| signature(api, operation, &names))
        .collect()
}

fn signature(api: &Api, operation: &Operation, names: &MethodNames<'_>) -> Signature {
    let methods = constructors(operation)
        .into_iter()
        .map(|constructor| method(api, operation, names, &constructor))
        .collect();
    let optional = operation.params.iter().filter(|param| !param.required);
    let setters = optional
        .map(|param| {
            let (ty, _) = value(api, 0, param, &TokenStream::new());
            (ident(&param.ident).to_string(), text(&ty))
        })
        .collect();
    let bodies = body_setters(operation.body.as_ref())
        .into_iter()
        .map(|setter| (setter.name.to_string(), text(&setter.ty)))
        .collect();
    Signature {
        request: builder_name(operation),
        methods,
        setters,
        bodies,
        response: text(&answer(operation).0),
        item: operation
            .paging
            .as_ref()
            .map(|paging| type_text(&paging.item)),
    }
}

fn method(
    api: &Api,
    operation: &Operation,
    names: &MethodNames<'_>,
    constructor: &Constructor,
) -> Method {
    let required = operation
        .params
        .iter()
        .filter(|param| param.required && (param.place != Place::Form || constructor.form));
    let arguments = required
        .map(|param| {
            let (ty, _) = value(api, 0, param, &TokenStream::new());
            (ident(&param.ident).to_string(), text(&ty))
        })
        .collect();
    Method {
        suffix: constructor.suffix,
        name: names.get(operation, constructor.suffix).to_string(),
        arguments,
        body: constructor.body.as_ref().map(|(ty, _)| text(ty)),
    }
}

/// The Rust type of a value, without the path to it.
pub fn type_text(ty: &Ty) -> String {
    text(&rust_ty(ty, &TokenStream::new()))
}

/// Tokens of a type as people write them.
fn text(tokens: &TokenStream) -> String {
    let mut text = tokens.to_string();
    for (spaced, plain) in [
        (" < ", "<"),
        (" >", ">"),
        (" :: ", "::"),
        ("& ", "&"),
        (" ,", ","),
        ("types::", ""),
        ("model::", ""),
        ("rt::", ""),
        ("std::collections::", ""),
    ] {
        text = text.replace(spaced, plain);
    }
    text
}
