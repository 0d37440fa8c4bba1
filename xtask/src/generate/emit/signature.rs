//! What a program can name of an operation: the Rust that is emitted for it, without what it does.

use proc_macro2::TokenStream;

use super::{
    operations::{argument_type, body_type, response},
    rust::ty as rust_ty,
};
use crate::generate::{
    api::{Operation, Ty},
    call::Argument,
};

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

impl Signature {
    /// Returns the signature of an operation.
    pub fn of(operation: &Operation) -> Self {
        let call = &operation.call;
        let argument = |argument: &Argument| {
            let ty = text(&argument_type(&argument.kind));
            (argument.name.clone(), ty)
        };
        let methods = call.methods.iter().map(|method| {
            let arguments = method.params.iter();
            let body = method.body.as_ref();
            Method {
                suffix: method.suffix,
                name: method.name.clone(),
                arguments: arguments
                    .map(|&index| argument(&call.arguments[index]))
                    .collect(),
                body: body.map(|form| text(&body_type(&form.content))),
            }
        });
        let bodies = call.bodies.iter().map(|form| {
            let ty = text(&body_type(&form.content));
            (format!("body{}", form.suffix), ty)
        });
        let paging = operation.paging.as_ref();
        Self {
            request: call.request.clone(),
            methods: methods.collect(),
            setters: call
                .setters(operation)
                .map(|(_, _, it)| argument(it))
                .collect(),
            bodies: bodies.collect(),
            response: text(&response(operation).0),
            item: paging.map(|paging| type_text(&paging.item)),
        }
    }
}

/// Returns the Rust type of a value, without the path to it.
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
