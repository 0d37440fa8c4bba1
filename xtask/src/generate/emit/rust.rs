//! Rust names and types.

use heck::ToSnakeCase;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::generate::{
    api::{Api, Shape, Ty, short},
    reserved::{is_device, is_keyword, is_path},
};

/// An identifier; Rust's keywords get an underscore.
pub(super) fn ident(name: &str) -> Ident {
    if is_keyword(name) {
        Ident::new(&format!("{name}_"), Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
    }
}

/// Characters of a file's name that are kept.
const LONGEST: usize = 60;

/// The file and Rust module of a tag.
pub(super) fn file_name(tag: &str) -> String {
    let words: String = tag
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let mut name = words.to_snake_case();
    name.truncate(LONGEST);
    match name.as_str() {
        "" => "other".to_owned(),
        "types" | "mod" | "common" => format!("{name}_operations"),
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => format!("tag_{name}"),
        _ if is_path(&name) || is_device(&name) => format!("{name}_"),
        _ => name,
    }
}

/// The Rust type of a value; `types` is in front of the names of generated types.
pub(super) fn ty(ty: &Ty, types: &TokenStream) -> TokenStream {
    match ty {
        Ty::Str => quote! { String },
        Ty::Int => quote! { i64 },
        Ty::Num => quote! { f64 },
        Ty::Flag => quote! { bool },
        Ty::Time => quote! { model::Time },
        Ty::Json => quote! { serde_json::Value },
        Ty::Named(key) => {
            let name = ident(short(key));
            quote! { #types #name }
        }
        Ty::List(item) => {
            let item = self::ty(item, types);
            quote! { Vec<#item> }
        }
        Ty::Map(value) => {
            let value = self::ty(value, types);
            quote! { std::collections::BTreeMap<String, #value> }
        }
    }
}

/// Whether a type is a struct, which a member holds in a box.
pub(super) fn is_struct(api: &Api, ty: &Ty) -> bool {
    match ty {
        Ty::Named(key) => api
            .types
            .get(key)
            .is_some_and(|ty| matches!(ty.shape, Shape::Struct { .. })),
        _ => false,
    }
}

/// Whether a type is an enum of text values.
pub(super) fn is_enum(api: &Api, ty: &Ty) -> bool {
    match ty {
        Ty::Named(key) => api
            .types
            .get(key)
            .is_some_and(|ty| matches!(ty.shape, Shape::Enum(_))),
        _ => false,
    }
}
