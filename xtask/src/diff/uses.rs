//! Which methods take or return a type, at any depth.

use std::collections::{BTreeMap, BTreeSet};

use crate::generate::api::{Api, Operation, ResponseBody, Shape, Ty, Type};

/// The operations that use each type.
pub(super) struct Uses<'a>(BTreeMap<&'a str, Vec<&'a Operation>>);

impl<'a> Uses<'a> {
    /// Returns those of an API.
    pub(super) fn of(api: &'a Api) -> Self {
        let mut uses: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
        for operation in api.modules.iter().flat_map(|module| &module.operations) {
            for key in closure(api, direct(operation)) {
                uses.entry(key).or_default().push(operation);
            }
        }
        Self(uses)
    }

    fn operations(&self, key: &str) -> &[&'a Operation] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    /// Returns the methods that use a type.
    pub(super) fn methods(&self, key: &str) -> Vec<String> {
        let operations = self.operations(key).iter();
        operations
            .map(|operation| format!("{}::Api::{}", operation.module, operation.name))
            .collect()
    }

    /// Returns whether all that is known of a type was inferred from samples.
    pub(super) fn is_sampled(&self, key: &str) -> bool {
        let operations = self.operations(key);
        let sampled = |operation: &&Operation| {
            [&operation.provenance, &operation.body_provenance]
                .iter()
                .any(|source| *source == "sample")
        };
        !operations.is_empty() && operations.iter().all(sampled)
    }
}

/// Returns the types that an operation names.
fn direct(operation: &Operation) -> Vec<&str> {
    let response = match &operation.response {
        ResponseBody::Json(ty) => Some(ty),
        ResponseBody::Empty | ResponseBody::Text | ResponseBody::Bytes => None,
    };
    let body = operation.body.as_ref().and_then(|body| body.json.as_ref());
    let params = operation
        .params
        .iter()
        .filter_map(|param| param.ty.as_ref());
    let paging = operation.paging.as_ref().map(|paging| &paging.item);
    params
        .chain(body)
        .chain(response)
        .chain(paging)
        .filter_map(Ty::named)
        .collect()
}

/// Returns these types and all that they contain.
pub(super) fn closure<'a>(api: &'a Api, mut open: Vec<&'a str>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    while let Some(key) = open.pop() {
        if found.insert(key) {
            open.extend(api.types.get(key).into_iter().flat_map(parts));
        }
    }
    found
}

/// Returns the types in a type.
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
