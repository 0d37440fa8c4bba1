//! How the methods that begin requests are called, for readers.

use super::{
    operations::{MethodNames, constructors, value},
    rust::ident,
};
use crate::generate::api::{Api, Module, Operation, Place};

/// For each operation of a module, in their order, its methods with the names of their arguments: the first is the usual
/// one, others take the body in another form.
pub fn statements(api: &Api, module: &Module) -> Vec<Vec<String>> {
    let names = MethodNames::of(module);
    module
        .operations
        .iter()
        .map(|operation| of(api, operation, &names))
        .collect()
}

fn of(api: &Api, operation: &Operation, names: &MethodNames<'_>) -> Vec<String> {
    constructors(operation)
        .into_iter()
        .map(|constructor| {
            let method = names.get(operation, constructor.suffix);
            let params = operation
                .params
                .iter()
                .filter(|param| param.required && (param.place != Place::Form || constructor.form))
                .map(|param| {
                    let name = ident(&param.ident);
                    let (ty, _) = value(api, 0, param, &Default::default());
                    argument(&name.to_string(), &ty.to_string())
                });
            let body = constructor
                .body
                .iter()
                .map(|(ty, _)| argument("body", &ty.to_string()));
            let arguments: Vec<String> = params.chain(body).collect();
            format!("{method}({})", arguments.join(", "))
        })
        .collect()
}

fn argument(name: &str, ty: &str) -> String {
    let by = if ty.starts_with('&') { "&" } else { "" };
    format!("{by}{name}")
}
