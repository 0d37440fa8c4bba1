//! Which methods take or give a type, at any depth.

use std::collections::{BTreeMap, BTreeSet};

use crate::generate::api::{Answer, Api, Operation, Shape, Ty, Type};

/// The methods of each type, by its key.
pub(super) fn of_types(api: &Api) -> BTreeMap<&str, Vec<String>> {
    let mut uses: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for module in &api.modules {
        for operation in &module.operations {
            let method = format!("{}::Api::{}", module.name, operation.name);
            for key in reached(api, operation) {
                uses.entry(key).or_default().push(method.clone());
            }
        }
    }
    uses
}

fn reached<'a>(api: &'a Api, operation: &'a Operation) -> BTreeSet<&'a str> {
    let answer = match &operation.answer {
        Answer::Json(ty) => Some(ty),
        Answer::Empty | Answer::Text | Answer::Bytes => None,
    };
    let body = operation.body.as_ref().and_then(|body| body.json.as_ref());
    let params = operation
        .params
        .iter()
        .filter_map(|param| param.ty.as_ref());
    let paging = operation.paging.as_ref().map(|paging| &paging.item);
    let mut open: Vec<&str> = params
        .chain(body)
        .chain(answer)
        .chain(paging)
        .filter_map(Ty::named)
        .collect();
    let mut found = BTreeSet::new();
    while let Some(key) = open.pop() {
        if found.insert(key) {
            open.extend(api.types.get(key).into_iter().flat_map(parts));
        }
    }
    found
}

/// The types in a type.
fn parts(ty: &Type) -> Vec<&str> {
    match &ty.shape {
        Shape::Struct { members, .. } => members
            .iter()
            .filter_map(|member| member.ty.named())
            .collect(),
        Shape::Union { variants, .. } => variants.iter().map(|(_, key)| key.as_str()).collect(),
        Shape::Enum(_) => Vec::new(),
    }
}
