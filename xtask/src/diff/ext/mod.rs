//! Which methods of `harness-api-ext` use an operation or a type of the raw client, as users call them.
//!
//! It reads the sources and follows names: from a public method to the functions, request builders and macros that it is
//! made of. What a receiver is, it does not know; so a method may be listed that is not concerned.

mod handles;
mod source;

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
    /// Reads the sources of the workspace.
    pub fn read(root: &Path) -> Result<Self> {
        let source = Source::read(&root.join("harness-api-ext/src"))?;
        let handles = handles::of(&source);
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
        Ok(Self(methods.into_values().collect()))
    }

    /// The number of methods.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the methods use of these APIs.
    pub(super) fn resolve(&self, apis: [(&Api, &[Emitted<'_>]); 2]) -> Resolved<'_> {
        let [old, new] = apis.map(|(api, operations)| Index::of(api, operations));
        let methods = self.0.iter().map(|method| {
            let indexes = [&old, &new];
            let operations = indexes.iter().flat_map(|index| {
                let names = method.names.iter();
                names.filter_map(|name| index.operations.get(name))
            });
            let shown = indexes.iter().flat_map(|index| {
                let named = method.shown.iter();
                let keys = named.filter_map(|name| index.types.get(name).copied());
                uses::closure(index.api, keys.collect())
            });
            Use {
                method,
                operations: operations.cloned().collect(),
                shown: shown.map(str::to_owned).collect(),
            }
        });
        Resolved(methods.collect())
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

/// The methods with what they use of two APIs.
pub(super) struct Resolved<'e>(Vec<Use<'e>>);

struct Use<'e> {
    method: &'e Method,
    operations: BTreeSet<String>,
    /// Keys of the types in the signature, at any depth.
    shown: BTreeSet<String>,
}

impl Resolved<'_> {
    /// The methods that use what has changed.
    pub(super) fn methods(&self, change: &Change) -> Vec<ExtMethod> {
        let items = || change.rust.iter().chain(&change.rust_was);
        let types: Vec<Name> = items()
            .filter_map(|item| item.split_once("::types::"))
            .map(|(module, name)| (module.to_owned(), name.to_owned()))
            .collect();
        let of = |uses: &Use<'_>| {
            let public = change.keys.iter().any(|key| uses.shown.contains(key));
            let calls = items()
                .chain(&change.used_by)
                .any(|item| uses.operations.contains(item));
            let names = types.iter().any(|name| uses.method.names.contains(name));
            (public || calls || names).then(|| ExtMethod {
                handle: uses.method.handle.clone(),
                method: uses.method.call.clone(),
                public,
            })
        };
        self.0.iter().filter_map(of).collect()
    }
}
