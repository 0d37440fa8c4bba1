//! Operations: those that lowering knows, with the types of progenitor's methods.

use anyhow::{Context, Error, Result};

use crate::generate::{
    api::{Body, Operation, ResponseBody, Ty},
    lower::LoweredOperation,
    progenitor::{Choice, Outline},
};

/// Returns one operation with the types that progenitor chose.
pub(super) fn refine(facts: &LoweredOperation, outline: &Outline) -> Result<Operation> {
    let mut operation = facts.operation.clone();
    let method = outline
        .methods
        .get(operation.name.trim_end_matches('_'))
        .with_context(|| format!("progenitor made no method `{}`", operation.name))?;
    let chosen = |choice: &Choice| choice.clone().map_err(Error::msg);
    let argument = |name: &str| -> Result<Ty> {
        let choice = method.arguments.get(name);
        chosen(choice.with_context(|| format!("progenitor's method has no argument `{name}`"))?)
    };
    for param in &mut operation.params {
        if facts.open.contains(&param.ident) {
            param.ty = Some(argument(&param.ident)?);
        }
    }
    if let Some(Body {
        json: Some(json), ..
    }) = &mut operation.body
    {
        *json = argument("body")?;
    }
    if let ResponseBody::Json(ty) = &mut operation.response {
        *ty = chosen(&method.response)?;
    }
    Ok(operation)
}
