//! The types of the client, with the same members and the same boxes, but with serde's derive. As lenient as the
//! client's: all members optional, integers and booleans from text too, enums open. Unions are plain JSON,
//! and what the compared responses do not have is refused.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use xtask::generate::api::{Api, Member, Shape, Ty, short};

/// The types with these keys and all that they reach.
pub(crate) fn types(api: &Api, roots: &BTreeSet<String>) -> Result<String> {
    let mut shapes = BTreeMap::new();
    let mut open: Vec<String> = roots.iter().cloned().collect();
    while let Some(key) = open.pop() {
        if shapes.contains_key(&key) {
            continue;
        }
        let ty = api
            .types
            .get(&key)
            .with_context(|| format!("there is no type {key}"))?;
        if let Shape::Struct { members, .. } = &ty.shape {
            open.extend(
                members
                    .iter()
                    .filter_map(|member| Some(member.ty.named()?.to_owned())),
            );
        }
        shapes.insert(key, &ty.shape);
    }
    let types = shapes
        .iter()
        .map(|(key, shape)| one(&shapes, short(key), shape))
        .collect::<Result<Vec<_>>>()?;
    Ok(prettyplease::unparse(&syn::parse2(quote! { #(#types)* })?))
}

fn one(shapes: &BTreeMap<String, &Shape>, name: &str, shape: &Shape) -> Result<TokenStream> {
    let name = ident(name);
    Ok(match shape {
        Shape::Struct { members, .. } if members.iter().any(|member| has_number(&member.ty)) => {
            bail!("{name} has a floating number")
        }
        // What a type allows beyond its members is left out: the bodies have none of it, and it costs the derive much.
        Shape::Struct { members, .. } => {
            let fields = members.iter().map(|member| field(shapes, member));
            quote! {
                #[derive(Clone, Debug, Default, serde::Deserialize, serde::Serialize)]
                #[serde(default)]
                pub struct #name { #(#fields)* }
            }
        }
        Shape::Enum(variants) => {
            let variants = variants.iter().map(|(variant, text)| {
                let variant = ident(variant);
                quote! { #variant = #text, }
            });
            quote! { open_enum! { #name { #(#variants)* } } }
        }
        Shape::Union { .. } => quote! { pub type #name = serde_json::Value; },
    })
}

fn field(shapes: &BTreeMap<String, &Shape>, member: &Member) -> TokenStream {
    let name = ident(&member.ident);
    let wire = &member.wire;
    let inner = rust(&member.ty);
    let is_struct = matches!(&member.ty, Ty::Named(key) if matches!(shapes.get(key), Some(Shape::Struct { .. })));
    let inner = if is_struct {
        quote! { Box<#inner> }
    } else {
        inner
    };
    let lenient = match member.ty {
        Ty::Int => Some("lenient::int"),
        Ty::Bool => Some("lenient::flag"),
        _ => None,
    }
    .map(|function| quote! { , deserialize_with = #function });
    quote! {
        #[serde(rename = #wire, skip_serializing_if = "Option::is_none" #lenient)]
        pub #name: Option<#inner>,
    }
}

fn has_number(ty: &Ty) -> bool {
    match ty {
        Ty::Float => true,
        Ty::List(inner) | Ty::Map(inner) => has_number(inner),
        _ => false,
    }
}

fn rust(ty: &Ty) -> TokenStream {
    match ty {
        Ty::Str => quote! { String },
        Ty::Int => quote! { i64 },
        Ty::Bool => quote! { bool },
        Ty::Time => quote! { harness_api::model::Time },
        Ty::Json | Ty::Float => quote! { serde_json::Value },
        Ty::Named(key) => {
            let name = ident(short(key));
            quote! { #name }
        }
        Ty::List(item) => {
            let item = rust(item);
            quote! { Vec<#item> }
        }
        Ty::Map(value) => {
            let value = rust(value);
            quote! { std::collections::BTreeMap<String, #value> }
        }
    }
}

fn ident(name: &str) -> Ident {
    match syn::parse_str(name) {
        Ok(ident) => ident,
        Err(_) => Ident::new(&format!("{name}_"), Span::call_site()),
    }
}
