//! Code for the tests: what has to name every type of the client.

use anyhow::Result;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Output, rust::ty as rust_ty};
use crate::generate::api::{Answer, Api, Module, Ty, short};

pub(super) fn emit(api: &Api, out: &mut Output<'_>) -> Result<()> {
    let modules = api.modules.iter().map(|module| {
        let name = format_ident!("{}", module.name);
        let feature = &module.name;
        quote! {
            #[cfg(feature = #feature)]
            mod #name;
        }
    });
    let tables = api.modules.iter().map(|module| {
        let name = format_ident!("{}", module.name);
        let feature = &module.name;
        quote! { #[cfg(feature = #feature)] #name::TABLE }
    });
    out.put(
        "mod.rs",
        quote! {
            #(#modules)*

            /// What every module that is compiled in can decode.
            pub(crate) static TABLES: &[crate::dispatch::Table] = &[#(#tables),*];
        },
    )?;
    for module in &api.modules {
        out.put(&format!("{}.rs", module.name), table(api, module))?;
    }
    Ok(())
}

fn table(api: &Api, module: &Module) -> TokenStream {
    let name = format_ident!("{}", module.name);
    let types = quote! { harness_api::#name::types:: };
    let exchange = |ty: &Ty| {
        let ty = rust_ty(ty, &types);
        quote! { Some(again::<#ty>) }
    };
    let rows = module.operations.iter().map(|operation| {
        let id = &operation.id;
        let request = match operation.body.as_ref().and_then(|body| body.json.as_ref()) {
            Some(ty) => exchange(ty),
            None => quote! { None },
        };
        let response = match &operation.answer {
            Answer::Json(ty) => exchange(ty),
            _ => quote! { None },
        };
        quote! { (#id, #request, #response) }
    });
    let mut reached: Vec<&str> = module.types.keys().map(String::as_str).collect();
    for group in &api.groups {
        if group.modules.first() == Some(&module.name) {
            reached.extend(group.types.iter().map(String::as_str));
        }
    }
    let sizes = reached.iter().map(|key| {
        let ty = rust_ty(&Ty::Named((*key).to_owned()), &types);
        let text = format!("{}::types::{}", module.name, short(key));
        quote! { (#text, size_of::<#ty>()) }
    });
    quote! {
        use crate::dispatch::{Table, again};
        #[allow(unused_imports)]
        use harness_api::model;

        pub(crate) static TABLE: Table = Table {
            rows: &[#(#rows),*],
            sizes: &[#(#sizes),*],
        };
    }
}
