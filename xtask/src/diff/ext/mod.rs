//! Which methods of `harness-api-ext` use an operation or a type of the raw client, as users call them.
//!
//! It reads the sources and follows names: from a public method to the functions, request builders and macros that it is
//! made of. What a receiver is, it does not know; so a method may be listed that is not concerned.

mod handles;
mod source;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::Result;

use super::{
    change::{Change, ExtMethod},
    operations::Emitted,
    types, uses,
};
use crate::generate::api::Api;
use source::{Key, Source};

/// The public methods of `harness-api-ext`, with what they use.
#[derive(Debug, Default)]
pub struct Ext(Vec<Method>);

/// A module of the raw client and a name of it.
type Name = (String, String);

/// A public method.
#[derive(Debug, Default)]
struct Method {
    handle: String,
    call: String,
    /// Every name that it may use.
    names: BTreeSet<Name>,
    /// Types in its signature, or in that of the request that it returns.
    shown: BTreeSet<Name>,
}

impl Ext {
    /// Reads the sources of the workspace; where there are none, there are no methods.
    pub fn read(root: &Path) -> Result<Self> {
        let folder = root.join("harness-api-ext/src");
        if !folder.exists() {
            return Ok(Self::default());
        }
        Ok(Self::of(&Source::read(&folder)?))
    }

    fn of(source: &Source) -> Self {
        let handles = handles::of(source);
        let mut methods: BTreeMap<(String, String), Method> = BTreeMap::new();
        for ty in source.types() {
            let handle = match handles.get(ty) {
                Some(handle) => handle.clone(),
                None if ty.0.is_empty() => ty.1.clone(),
                None => format!("{}::{}", ty.0, ty.1),
            };
            for (name, function) in source.entries_of(ty) {
                let key = Key::Method(ty.0.clone(), ty.1.clone(), name.clone());
                let mentions = source.reached(key);
                let call = function.call(name);
                // A method of several levels is the same method.
                let of = methods
                    .entry((handle.clone(), call.clone()))
                    .or_insert_with(|| Method {
                        handle: handle.clone(),
                        call,
                        ..Method::default()
                    });
                of.names.extend(mentions.names);
                of.shown.extend(mentions.shown);
            }
        }
        Self(methods.into_values().collect())
    }

    /// Resolves the uses of these APIs by the methods.
    pub(super) fn resolve(&self, apis: [(&Api, &[Emitted<'_>]); 2]) -> Resolved<'_> {
        let [old, new] = apis.map(|(api, operations)| Index::of(api, operations));
        let mut resolved = Resolved {
            methods: &self.0,
            operations: BTreeMap::new(),
            names: BTreeMap::new(),
            shown: BTreeMap::new(),
        };
        for (at, method) in self.0.iter().enumerate() {
            for name in &method.names {
                let indexes = [&old, &new].into_iter();
                for operation in indexes.filter_map(|index| index.operations.get(name)) {
                    let users = resolved.operations.entry(operation.clone());
                    users.or_default().insert(at);
                }
                resolved.names.entry(name).or_default().insert(at);
            }
            for index in [&old, &new] {
                let named = method.shown.iter();
                let keys = named.filter_map(|name| index.types.get(name).copied());
                for key in uses::closure(index.api, keys.collect()) {
                    let shown = resolved.shown.entry(key.to_owned());
                    shown.or_default().insert(at);
                }
            }
        }
        resolved
    }
}

/// The names of an API.
struct Index<'a> {
    api: &'a Api,
    /// Methods and builders of requests, with the method that changes know.
    operations: BTreeMap<Name, String>,
    types: BTreeMap<Name, &'a str>,
}

impl<'a> Index<'a> {
    fn of(api: &'a Api, emitted: &[Emitted<'_>]) -> Self {
        let mut operations = BTreeMap::new();
        for of in emitted {
            let signature = &of.signature;
            let names = signature.methods.iter().map(|method| &method.name);
            for name in names.chain([&signature.request]) {
                let name = (of.operation.module.clone(), name.clone());
                operations.insert(name, of.rust());
            }
        }
        let mut types = BTreeMap::new();
        for (key, modules) in types::places(api) {
            let Some(ty) = api.types.get(key) else {
                continue;
            };
            for module in modules {
                types.insert((module.to_owned(), ty.name.clone()), key);
            }
        }
        Self {
            api,
            operations,
            types,
        }
    }
}

/// What the methods use of two APIs: the other way round, by their positions.
pub(super) struct Resolved<'e> {
    methods: &'e [Method],
    /// By the method of the raw client.
    operations: BTreeMap<String, BTreeSet<usize>>,
    names: BTreeMap<&'e Name, BTreeSet<usize>>,
    /// By the key of a type in the signature, at any depth.
    shown: BTreeMap<String, BTreeSet<usize>>,
}

impl Resolved<'_> {
    /// Returns the methods that use what has changed.
    pub(super) fn methods(&self, change: &Change) -> Vec<ExtMethod> {
        let items = || change.rust.iter().chain(&change.rust_was);
        let shown = change.keys.iter().filter_map(|key| self.shown.get(key));
        let public: BTreeSet<usize> = shown.flatten().copied().collect();
        let called = items()
            .chain(&change.used_by)
            .filter_map(|item| self.operations.get(item));
        let types = items().filter_map(|item| item.split_once("::types::"));
        let types = types.map(|(module, name)| (module.to_owned(), name.to_owned()));
        let named = types.filter_map(|name| self.names.get(&name));
        let mut all = public.clone();
        all.extend(called.chain(named).flatten());
        all.into_iter()
            .map(|at| ExtMethod {
                handle: self.methods[at].handle.clone(),
                method: self.methods[at].call.clone(),
                public: public.contains(&at),
            })
            .collect()
    }
}
