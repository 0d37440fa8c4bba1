//! Rust names and types.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::generate::{
    api::{Api, Ty, short},
    reserved,
};

/// Returns an identifier; Rust's keywords get an underscore.
pub(super) fn ident(name: &str) -> Ident {
    raw(&reserved::ident(name))
}

/// Returns an identifier that is none of Rust's keywords.
pub(super) fn raw(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Returns the Rust type of a value; `types` is in front of the names of generated types.
pub(super) fn ty(ty: &Ty, types: &TokenStream) -> TokenStream {
    match ty {
        Ty::Str => quote! { String },
        Ty::Int => quote! { i64 },
        Ty::Float => quote! { f64 },
        Ty::Bool => quote! { bool },
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

/// Returns whether a type is a struct, which a member holds in a box.
pub(super) fn is_struct(api: &Api, ty: &Ty) -> bool {
    match ty {
        Ty::Named(key) => api.types.get(key).is_some_and(|ty| ty.is_struct()),
        _ => false,
    }
}
