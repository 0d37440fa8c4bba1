//! How an operation behaves, as constant expressions of its entry in the table.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::rust::ty as rust_ty;
use crate::generate::api::{
    Found, More, Paging, ResponseSchema, RetryClass, StatusMember, Step, Ty, ValueSchema,
};

pub(super) fn retry(class: RetryClass) -> TokenStream {
    match class {
        RetryClass::Safe => quote! { rt::Repeat::Safe },
        RetryClass::Idempotent => quote! { rt::Repeat::Idempotent },
        RetryClass::Never => quote! { rt::Repeat::Never },
    }
}

pub(super) fn paging(paging: Option<&Paging>) -> TokenStream {
    let Some(paging) = paging else {
        return quote! { None };
    };
    let items = &paging.items;
    let step = match paging.step {
        Step::Number => quote! { rt::Step::Number },
        Step::Offset => quote! { rt::Step::Offset },
        Step::Token => quote! { rt::Step::Token },
        Step::Whole => quote! { rt::Step::Whole },
    };
    let mut made = quote! { rt::Paging::new(#step, #items) };
    if paging.in_body {
        made.extend(quote! { .in_body() });
    }
    if let Some(page) = &paging.page {
        let first = Literal::u64_unsuffixed(paging.first);
        made.extend(quote! { .page(#page, #first) });
    }
    if let Some(size) = &paging.size {
        made.extend(quote! { .size(#size) });
    }
    if let Some(size) = paging.default_size {
        let size = Literal::u32_unsuffixed(size);
        made.extend(quote! { .default_size(#size) });
    }
    if let Some(size) = paging.max_size {
        let size = Literal::u32_unsuffixed(size);
        made.extend(quote! { .max_size(#size) });
    }
    if !paging.tokens.is_empty() {
        let tokens = paging
            .tokens
            .iter()
            .map(|(name, member)| quote! { rt::Token::new(#name, #member) });
        made.extend(quote! { .tokens(const { &[#(#tokens),*] }) });
    }
    if let Some(total) = &paging.total {
        let total = found(total);
        made.extend(quote! { .total(#total) });
    }
    if let Some(size) = &paging.used_size {
        let size = found(size);
        made.extend(quote! { .used_size(#size) });
    }
    match &paging.more {
        Some(More::HasNext(path)) => made.extend(quote! { .more(rt::More::HasNext(#path)) }),
        Some(More::Last(path)) => made.extend(quote! { .more(rt::More::Last(#path)) }),
        None => {}
    }
    if paging.omits_empty {
        made.extend(quote! { .omits_empty() });
    }
    quote! { Some(const { &#made }) }
}

/// Returns the schema of a successful response.
pub(super) fn response(response: &ResponseSchema) -> TokenStream {
    let ResponseSchema {
        body,
        data,
        status,
        confirmations,
    } = response;
    let mut status = *status;
    let mut made = match (data, body) {
        (Some((name, data)), _) if name == "data" && status == StatusMember::Envelope => {
            status = StatusMember::Absent;
            let data = value(data);
            quote! { rt::ResponseSchema::data(#data) }
        }
        (Some((name, data)), _) => {
            let data = value(data);
            quote! { rt::ResponseSchema::envelope(#name, #data) }
        }
        (None, ValueSchema::Any) => quote! { rt::ResponseSchema::ANY },
        (None, ValueSchema::Empty) => quote! { rt::ResponseSchema::EMPTY },
        (None, ValueSchema::Opaque) => quote! { rt::ResponseSchema::OPAQUE },
        (None, ValueSchema::List) => quote! { rt::ResponseSchema::LIST },
        (
            None,
            ValueSchema::Object {
                members: Some(key),
                may_be_empty: false,
            },
        ) => {
            let names = names(key);
            quote! { rt::ResponseSchema::object(#names) }
        }
        (None, body) => {
            let body = value(body);
            quote! { rt::ResponseSchema::new(#body) }
        }
    };
    match status {
        StatusMember::Absent => {}
        StatusMember::Envelope => made.extend(quote! { .status(rt::StatusMember::Envelope) }),
        StatusMember::Acknowledgement => {
            made.extend(quote! { .status(rt::StatusMember::Acknowledgement) });
        }
        StatusMember::Result => made.extend(quote! { .status(rt::StatusMember::Result) }),
    }
    if !confirmations.is_empty() {
        made.extend(quote! { .confirmed_by(&[#(#confirmations),*]) });
    }
    made
}

fn value(value: &ValueSchema) -> TokenStream {
    match value {
        ValueSchema::Empty => quote! { rt::ValueSchema::Empty },
        ValueSchema::Any => quote! { rt::ValueSchema::Any },
        ValueSchema::Object {
            members,
            may_be_empty,
        } => {
            let names = members.as_deref().map_or(quote! { &[] }, names);
            match may_be_empty {
                true => quote! { rt::ValueSchema::object_or_empty(#names) },
                false => quote! { rt::ValueSchema::object(#names) },
            }
        }
        ValueSchema::List => quote! { rt::ValueSchema::List },
        ValueSchema::Text => quote! { rt::ValueSchema::Text },
        ValueSchema::Number => quote! { rt::ValueSchema::Number },
        ValueSchema::Boolean => quote! { rt::ValueSchema::Boolean },
        ValueSchema::Opaque => quote! { rt::ValueSchema::Opaque },
    }
}

/// Returns the names of a type's members.
fn names(key: &str) -> TokenStream {
    let ty = rust_ty(&Ty::Named(key.to_owned()), &quote! { types:: });
    quote! { #ty::NAMES }
}

/// Says of a request that its list can be paged, and of what.
pub(super) fn paged(builder: &Ident, paging: Option<&Paging>) -> Option<TokenStream> {
    let item = rust_ty(&paging?.item, &quote! { types:: });
    Some(quote! {
        impl rt::Paged for #builder {
            type Item = #item;
            #[inline]
            fn into_call(self) -> rt::Call {
                self.call
            }
        }
    })
}

fn found(found: &Found) -> TokenStream {
    match found {
        Found::Member(path) => quote! { rt::Found::Member(#path) },
        Found::Header(name) => quote! { rt::Found::Header(#name) },
    }
}
