//! Operations: progenitor's method signatures, with the facts that lowering kept.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use syn::{
    FnArg, GenericArgument, ImplItem, Item, Pat, PathArguments, ReturnType, Signature, Type,
};

use super::ty::Known;
use crate::generate::{
    api::{Answer, Body, Operation, Param, Repeat, ResponseSchema, Ty},
    lower::OperationFacts,
};

/// The methods of progenitor's client, by name.
pub(super) fn methods(file: &syn::File) -> BTreeMap<String, &Signature> {
    file.items
        .iter()
        .filter_map(|item| match item {
            Item::Impl(block) if block.trait_.is_none() => Some(&block.items),
            _ => None,
        })
        .flatten()
        .filter_map(|item| match item {
            ImplItem::Fn(method) => Some((plain(&method.sig.ident), &method.sig)),
            _ => None,
        })
        .collect()
}

/// One operation.
pub(super) fn refine(
    facts: &OperationFacts,
    methods: &BTreeMap<String, &Signature>,
    known: &Known,
) -> Result<Operation> {
    let signature = methods
        .get(facts.name.trim_end_matches('_'))
        .with_context(|| format!("progenitor made no method `{}`", facts.name))?;
    let arguments = arguments(signature);
    let params = facts
        .params
        .iter()
        .map(|param| {
            let ty = match (&param.ty, param.file) {
                (_, true) => None,
                (Some(ty), false) => Some(ty.clone()),
                (None, false) => {
                    let ty = arguments.get(&param.ident).with_context(|| {
                        format!("progenitor's method has no argument `{}`", param.ident)
                    })?;
                    Some(known.read(ty)?)
                }
            };
            Ok(Param {
                ident: param.ident.clone(),
                wire: param.wire.clone(),
                place: param.place,
                required: param.required,
                ty,
            })
        })
        .collect::<Result<_>>()?;
    let json = match facts.json_body {
        true => Some(known.read(arguments.get("body").context("no `body` argument")?)?),
        false => None,
    };
    let body = (facts.json_body || facts.form || !facts.media.is_empty()).then(|| Body {
        media: facts.media.clone(),
        required: facts.body_required,
        json,
        form: facts.form,
    });
    let answer = match &facts.answer {
        Answer::Json(_) => Answer::Json(answer(signature, known)?),
        other => other.clone(),
    };
    Ok(Operation {
        id: facts.id.clone(),
        name: facts.name.clone(),
        module: facts.module.clone(),
        tag: facts.tag.clone(),
        method: facts.method.clone(),
        path: facts.path.clone(),
        params,
        body,
        answer,
        answers: facts.answers.clone(),
        errors: facts.errors.clone(),
        provenance: facts.provenance.clone(),
        body_provenance: facts.body_provenance.clone(),
        deprecated: facts.deprecated,
        repeat: Repeat::Never,
        paging: None,
        response: ResponseSchema::default(),
    })
}

fn arguments(signature: &Signature) -> BTreeMap<String, &Type> {
    signature
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(argument) => match &*argument.pat {
                Pat::Ident(name) => Some((plain(&name.ident), &*argument.ty)),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        })
        .collect()
}

/// `T` of `Result<ResponseValue<T>, Error<E>>`.
fn answer(signature: &Signature, known: &Known) -> Result<Ty> {
    let ReturnType::Type(_, result) = &signature.output else {
        anyhow::bail!("the method returns nothing");
    };
    let value = first_argument(result).context("no result type")?;
    known.read(first_argument(value).context("no response type")?)
}

fn first_argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// A name as lowering wrote it: progenitor marks Rust's keywords.
fn plain(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.trim_start_matches("r#")
        .trim_end_matches('_')
        .to_owned()
}
