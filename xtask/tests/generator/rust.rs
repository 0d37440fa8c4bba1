//! What can be said of generated Rust without compiling it: it parses, and no name stands twice in its scope.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Expr, ExprStruct, FnArg, ImplItem, Item, Lit, Member, Pat, UseTree};
use xtask::generate::emit::Files;

/// An operation as the generated table has it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Written {
    pub(crate) module: String,
    pub(crate) name: String,
    pub(crate) method: String,
    pub(crate) path: String,
}

/// Fails with the faults.
pub(crate) fn check(files: &Files) -> Result<(), String> {
    // What a folder exports, as its files are all re-exported by globs.
    let mut exported: BTreeSet<(String, String)> = BTreeSet::new();
    let mut methods: BTreeSet<(String, String, String)> = BTreeSet::new();
    for (path, text) in files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|end| end == "rs"))
    {
        let name = path.display().to_string();
        let fault = |what: String| Err(format!("{name}: {what}"));
        let file = match syn::parse_file(text) {
            Ok(file) => file,
            Err(error) => return fault(format!("does not parse: {error}")),
        };
        let folder = path
            .parent()
            .map(|folder| folder.display().to_string())
            .unwrap_or_default();
        let mut scope = Scope::default();
        for item in &file.items {
            match item {
                Item::Use(item) => used(&item.tree, &mut |name| scope.types.push(name.to_owned())),
                Item::Mod(item) => scope.types.push(item.ident.to_string()),
                Item::Static(item) => scope.values.push(item.ident.to_string()),
                Item::Struct(item) => {
                    let name = item.ident.to_string();
                    if let Some(twin) = twice(
                        item.fields
                            .iter()
                            .filter_map(|f| f.ident.as_ref())
                            .map(|i| i.to_string()),
                    ) {
                        return fault(format!("{name} has two fields {twin}"));
                    }
                    scope.public.push(name);
                }
                Item::Macro(item) if makes_a_type(&item.mac.path) => {
                    let Some((name, variants)) = named_by_macro(&item.mac.tokens) else {
                        continue;
                    };
                    if let Some(twin) = twice(variants.iter().cloned()) {
                        return fault(format!("{name} has two variants {twin}"));
                    }
                    scope.public.push(name);
                }
                Item::Impl(block) if block.trait_.is_none() => {
                    let syn::Type::Path(ty) = &*block.self_ty else {
                        continue;
                    };
                    let Some(ty) = ty
                        .path
                        .segments
                        .last()
                        .map(|segment| segment.ident.to_string())
                    else {
                        continue;
                    };
                    for item in &block.items {
                        let ImplItem::Fn(method) = item else { continue };
                        let method_name = method.sig.ident.to_string();
                        let arguments =
                            method
                                .sig
                                .inputs
                                .iter()
                                .filter_map(|argument| match argument {
                                    FnArg::Typed(argument) => match &*argument.pat {
                                        Pat::Ident(name) => Some(name.ident.to_string()),
                                        _ => None,
                                    },
                                    FnArg::Receiver(_) => None,
                                });
                        if let Some(twin) = twice(arguments) {
                            return fault(format!("{ty}::{method_name} has two arguments {twin}"));
                        }
                        if !methods.insert((folder.clone(), ty.clone(), method_name.clone())) {
                            return fault(format!("{ty} has two methods {method_name}"));
                        }
                    }
                }
                _ => {}
            }
        }
        if let Some(twin) = twice(scope.types.iter().chain(&scope.public).cloned()) {
            return fault(format!("two items are called {twin}"));
        }
        if let Some(twin) = twice(scope.values.into_iter()) {
            return fault(format!("two statics are called {twin}"));
        }
        for name in scope.public {
            if !exported.insert((folder.clone(), name.clone())) {
                return fault(format!("{folder} exports two items {name}"));
            }
        }
    }
    Ok(())
}

#[derive(Default)]
struct Scope {
    types: Vec<String>,
    public: Vec<String>,
    values: Vec<String>,
}

/// Returns the operations in the tables.
pub(crate) fn operations(files: &Files) -> Vec<Written> {
    let mut found = Vec::new();
    for text in files
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|e| e == "rs"))
        .map(|(_, text)| text)
    {
        for item in syn::parse_file(text).unwrap().items {
            if let Item::Static(item) = item
                && let Expr::Struct(value) = *item.expr
            {
                let member = |name: &str| text_of(&value, name);
                found.push(Written {
                    module: member("module"),
                    name: member("name"),
                    method: member("method"),
                    path: member("path"),
                });
            }
        }
    }
    found
}

fn text_of(value: &ExprStruct, name: &str) -> String {
    value
        .fields
        .iter()
        .find(|field| matches!(&field.member, Member::Named(member) if member == name))
        .and_then(|field| match &field.expr {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .unwrap()
}

fn used(tree: &UseTree, add: &mut dyn FnMut(&str)) {
    match tree {
        UseTree::Path(path) => used(&path.tree, add),
        UseTree::Name(name) => add(&name.ident.to_string()),
        UseTree::Rename(rename) => add(&rename.rename.to_string()),
        UseTree::Glob(_) => {}
        UseTree::Group(group) => group.items.iter().for_each(|tree| used(tree, add)),
    }
}

fn makes_a_type(path: &syn::Path) -> bool {
    path.segments
        .last()
        .is_some_and(|last| last.ident == "open_enum" || last.ident == "union")
}

/// Returns the type that `open_enum!` or `union!` makes, and its variants.
fn named_by_macro(tokens: &TokenStream) -> Option<(String, Vec<String>)> {
    let mut tokens = tokens.clone().into_iter().peekable();
    // The documentation in front.
    if matches!(tokens.peek(), Some(TokenTree::Punct(sign)) if sign.as_char() == '#') {
        tokens.next();
        tokens.next();
    }
    let Some(TokenTree::Ident(name)) = tokens.next() else {
        return None;
    };
    let variants = tokens.find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
        _ => None,
    })?;
    let variants = variants
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Ident(variant) => Some(variant.to_string()),
            _ => None,
        })
        .collect();
    Some((name.to_string(), variants))
}

fn twice(names: impl Iterator<Item = String>) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
        .into_iter()
        .find(|(_, count)| *count > 1)
        .map(|(name, _)| name)
}
