//! Operations: the types of progenitor's methods, with the facts that lowering kept.

use anyhow::{Context, Error, Result};

use crate::generate::{
    api::{Answer, Body, Operation, Param, Repeat, ResponseSchema, Ty},
    call::Call,
    lower::OperationFacts,
    progenitor::{Choice, Outline},
};

/// Returns one operation.
pub(super) fn refine(facts: &OperationFacts, outline: &Outline) -> Result<Operation> {
    let method = outline
        .methods
        .get(facts.name.trim_end_matches('_'))
        .with_context(|| format!("progenitor made no method `{}`", facts.name))?;
    let ty = |found: &Choice| found.clone().map_err(Error::msg);
    let argument = |name: &str| -> Result<Ty> {
        let found = method.arguments.get(name);
        ty(found.with_context(|| format!("progenitor's method has no argument `{name}`"))?)
    };
    let params = facts
        .params
        .iter()
        .map(|param| {
            let ty = match (&param.ty, param.file) {
                (_, true) => None,
                (Some(ty), false) => Some(ty.clone()),
                (None, false) => Some(argument(&param.ident)?),
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
    let json = facts.json_body.then(|| argument("body")).transpose()?;
    let body = (facts.json_body || facts.form || !facts.media.is_empty()).then(|| Body {
        media: facts.media.clone(),
        required: facts.body_required,
        json,
        form: facts.form,
    });
    let answer = match &facts.answer {
        Answer::Json(_) => Answer::Json(ty(&method.response)?),
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
        call: Call::default(),
    })
}
