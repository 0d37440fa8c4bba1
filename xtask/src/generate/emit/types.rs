//! Types: structs over the shared decoder, open enums, unions.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::rust::{ident, is_struct, ty as rust_ty};
use crate::{
    generate::api::{Api, Group, Member, Module, OuterTag, Shape, Ty, Type, short},
    markdown::code,
};

/// Returns `types/mod.rs` of a module.
pub(super) fn root(module: &Module, shared: &[&Group]) -> TokenStream {
    let doc = format!(" Types of [`{0}`](crate::{0}).", module.name);
    let files = module.type_files.keys().map(|file| {
        let name = ident(file);
        quote! {
            mod #name;
            pub use #name::*;
        }
    });
    let shared = shared.iter().map(|group| {
        let name = format_ident!("{}", group.name);
        quote! { pub use crate::generated::shared::#name::*; }
    });
    quote! {
        #![doc = #doc]
        #(#files)*
        #(#shared)*
    }
}

/// Returns a file of types.
pub(super) fn file<'k>(
    api: &Api,
    keys: impl IntoIterator<Item = &'k String>,
    uses: &TokenStream,
) -> TokenStream {
    let types = keys
        .into_iter()
        .filter_map(|key| api.types.get(key))
        .map(|ty| one(api, ty));
    quote! {
        #![allow(unused_imports)]
        #uses
        use crate::model;
        #(#types)*
    }
}

fn one(api: &Api, ty: &Type) -> TokenStream {
    let name = ident(&ty.name);
    let doc = format!(" Schema {}.", code(&ty.origin));
    match &ty.shape {
        Shape::Struct {
            members,
            extra,
            outer_tags,
        } => structure(api, &name, &doc, ty.in_table, members, *extra, outer_tags),
        Shape::Enum(variants) => {
            let variants = variants.iter().enumerate().map(|(index, (variant, text))| {
                let index = Literal::usize_unsuffixed(index);
                let variant = ident(variant);
                quote! { #index #variant = #text, }
            });
            quote! {
                model::open_enum! {
                    #[doc = #doc]
                    #name { #(#variants)* }
                }
            }
        }
        Shape::Union {
            tag,
            parent,
            variants,
            tags,
        } => {
            let tag = match tag {
                Some(tag) => quote! { Some(#tag) },
                None => quote! { None },
            };
            let count = Literal::usize_unsuffixed(variants.len());
            let variants = variants.iter().enumerate().map(|(index, (variant, key))| {
                let index = Literal::usize_unsuffixed(index);
                let variant = ident(variant);
                let target = ident(short(key));
                quote! { #index #variant(#target), }
            });
            let tags = tags.iter().map(|(value, index)| {
                let index = Literal::usize_unsuffixed(*index);
                quote! { (#value, #index) }
            });
            quote! {
                model::union! {
                    #[doc = #doc]
                    #name: #count, tag: #tag, tagged_by_parent: #parent, tags: [#(#tags),*],
                    { #(#variants)* }
                }
            }
        }
    }
}

fn structure(
    api: &Api,
    name: &Ident,
    doc: &str,
    in_table: bool,
    members: &[Member],
    extra: bool,
    outer_tags: &[OuterTag],
) -> TokenStream {
    let fields = members.iter().map(|member| {
        let field = ident(&member.ident);
        let ty = field_type(api, member);
        let sample = member.sample.as_ref().map(|sample| {
            let doc = format!(" Any JSON: it is known from one sample, which has {sample}.");
            quote! { #[doc = #doc] }
        });
        let deprecated = member.deprecated.then(|| quote! { #[deprecated] });
        quote! { #sample #deprecated pub #field: #ty, }
    });
    let extra_field = extra.then(|| {
        quote! {
            /// Members beyond the named ones.
            pub extra: std::collections::BTreeMap<String, serde_json::Value>,
        }
    });
    let required: Vec<&Member> = members.iter().filter(|member| member.required).collect();
    let absent = |required: &dyn Fn(&Member) -> TokenStream| {
        let fields = members.iter().map(|member| {
            let field = ident(&member.ident);
            match (member.required, member.nullable) {
                (true, _) => {
                    let value = required(member);
                    quote! { #field: #value, }
                }
                (false, true) => quote! { #field: model::Maybe::Absent, },
                (false, false) => quote! { #field: None, },
            }
        });
        let extra = extra.then(|| quote! { extra: Default::default(), });
        quote! { Self { #(#fields)* #extra misfits: model::Misfits::NONE } }
    };
    let constructor = (!required.is_empty()).then(|| {
        let made = absent(&|member| {
            let field = ident(&member.ident);
            if converted(&member.ty) {
                quote! { #field.into() }
            } else {
                quote! { #field }
            }
        });
        constructor(api, name, &required, &made)
    });

    // The decoder searches by length and then by bytes.
    let mut order: Vec<&Member> = members.iter().collect();
    order.sort_by(|a, b| (a.wire.len(), a.wire.as_bytes()).cmp(&(b.wire.len(), b.wire.as_bytes())));
    let names = order.iter().map(|member| &member.wire);
    let names = quote! { &[#(#names),*] };
    let (own_names, names) = if in_table {
        let own = quote! {
            impl #name {
                pub(crate) const NAMES: model::Names = #names;
            }
        };
        (Some(own), quote! { Self::NAMES })
    } else {
        (None, names)
    };
    let slots = order.iter().enumerate().map(|(index, member)| {
        let index = Literal::usize_unsuffixed(index);
        let slot = slot(member);
        quote! { #index => #slot, }
    });
    // In the order of the fields, which is more or less that in memory.
    let parts = members.iter().map(|member| {
        let index = order.iter().position(|other| other.wire == member.wire);
        let index = Literal::usize_unsuffixed(index.unwrap_or_default());
        let field = ident(&member.ident);
        match (member.required, member.nullable) {
            (true, _) => quote! { to.one(#index, &self.#field); },
            (false, true) => quote! { to.maybe(#index, &self.#field); },
            (false, false) => quote! { to.opt(#index, &self.#field); },
        }
    });
    let secrets = indexes(&order, |member| member.secret);
    let required_members = indexes(&order, |member| member.required);
    let place = |ident: &str| order.iter().position(|member| member.ident == ident);
    let tagged = outer_tags.iter().filter_map(|outer| {
        let tag = Literal::usize_unsuffixed(place(&outer.tag)?);
        let union = Literal::usize_unsuffixed(place(&outer.union)?);
        Some(quote! { (#tag, #union) })
    });
    let type_name = name.to_string();
    let extra_fns = extra.then(|| {
        quote! {
            #[inline]
            fn extra(&self) -> Option<&std::collections::BTreeMap<String, serde_json::Value>> {
                Some(&self.extra)
            }
            #[inline]
            fn extra_mut(&mut self) -> Option<&mut std::collections::BTreeMap<String, serde_json::Value>> {
                Some(&mut self.extra)
            }
        }
    });
    let settle_fn = (!outer_tags.is_empty()).then(|| {
        let each = outer_tags.iter().map(resolve_union);
        quote! {
            #[inline]
            fn settle(&mut self) {
                #(#each)*
            }
        }
    });
    let blank = absent(&|_| quote! { model::Cell::blank() });
    let traits = if required.is_empty() {
        quote! { model::model!(#name); }
    } else {
        quote! { model::through_cell!(#name); }
    };
    quote! {
        #[doc = #doc]
        pub struct #name {
            #(#fields)*
            #extra_field
            /// Members whose value was of another kind than described.
            pub misfits: model::Misfits,
        }
        #constructor
        #own_names
        impl model::Model for #name {
            #[inline]
            fn blank() -> Self {
                #blank
            }
            #[inline]
            fn about(&self) -> &'static model::About {
                &model::About {
                    name: #type_name,
                    names: #names,
                    required: #required_members,
                    secrets: #secrets,
                    tagged: &[#(#tagged),*],
                }
            }
            #[inline]
            fn slot(&mut self, index: usize) -> model::Slot<'_> {
                match index {
                    #(#slots)*
                    _ => model::Slot::Misfits(&mut self.misfits),
                }
            }
            #[inline]
            fn parts<'a>(&'a self, to: &mut model::Parts<'a, '_>) {
                #(#parts)*
                to.misfits(&self.misfits);
            }
            #extra_fns
            #settle_fn
        }
        #traits
    }
}

/// Returns the indexes of the members that are so.
fn indexes(members: &[&Member], so: impl Fn(&Member) -> bool) -> TokenStream {
    let indexes = members
        .iter()
        .enumerate()
        .filter(|(_, member)| so(member))
        .map(|(index, _)| Literal::usize_unsuffixed(index));
    quote! { &[#(#indexes),*] }
}

fn resolve_union(outer: &OuterTag) -> TokenStream {
    let tag = ident(&outer.tag);
    let union = ident(&outer.union);
    let text = match (&outer.tag_ty, outer.tag_required) {
        (Ty::Str, false) => quote! { self.#tag.as_deref() },
        (Ty::Str, true) => quote! { Some(self.#tag.as_str()) },
        (_, false) => quote! { self.#tag.as_ref().map(|tag| tag.as_str()) },
        (_, true) => quote! { Some(self.#tag.as_str()) },
    };
    if outer.union_required {
        quote! { model::settle(&mut self.#union, #text); }
    } else {
        quote! {
            if let Some(union) = &mut self.#union {
                model::settle(union, #text);
            }
        }
    }
}

/// Returns the type of a member without its `Option`.
fn bare_type(api: &Api, member: &Member) -> TokenStream {
    let ty = rust_ty(&member.ty, &TokenStream::new());
    if is_struct(api, &member.ty) {
        quote! { Box<#ty> }
    } else {
        ty
    }
}

fn field_type(api: &Api, member: &Member) -> TokenStream {
    let ty = bare_type(api, member);
    match (member.required, member.nullable) {
        (true, _) => ty,
        (false, true) => quote! { model::Maybe<#ty> },
        (false, false) => quote! { Option<#ty> },
    }
}

fn slot(member: &Member) -> TokenStream {
    let field = ident(&member.ident);
    if member.nullable && !member.required {
        return quote! { model::Slot::Maybe(&mut self.#field) };
    }
    if member.required {
        return match kind(&member.ty) {
            Some(kind) => {
                let kind = format_ident!("One{kind}");
                quote! { model::Slot::#kind(&mut self.#field) }
            }
            None => quote! { model::Cell::slot(&mut self.#field) },
        };
    }
    let kind = format_ident!("{}", kind(&member.ty).unwrap_or("Opt"));
    quote! { model::Slot::#kind(&mut self.#field) }
}

fn kind(ty: &Ty) -> Option<&'static str> {
    match ty {
        Ty::Str => Some("Str"),
        Ty::Int => Some("Int"),
        Ty::Float => Some("Num"),
        Ty::Bool => Some("Flag"),
        Ty::Time => Some("Time"),
        Ty::Json => Some("Json"),
        Ty::Named(_) | Ty::List(_) | Ty::Map(_) => None,
    }
}

/// Returns whether a constructor takes whatever can become a value of the type.
fn converted(ty: &Ty) -> bool {
    matches!(ty, Ty::Str | Ty::Named(_) | Ty::Time | Ty::Json)
}

fn constructor(api: &Api, name: &Ident, required: &[&Member], made: &TokenStream) -> TokenStream {
    let arguments = required.iter().map(|member| {
        let field = ident(&member.ident);
        let ty = bare_type(api, member);
        if converted(&member.ty) {
            quote! { #field: impl Into<#ty> }
        } else {
            quote! { #field: #ty }
        }
    });
    quote! {
        impl #name {
            /// Returns a value with its required members.
            #[inline]
            pub fn new(#(#arguments),*) -> Self {
                #made
            }
        }
    }
}
