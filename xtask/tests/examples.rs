//! Whether the docs of `harness-api-ext` show what its users touch. See CONTRIBUTING.
//!
//! It reads the sources: what is `pub` there is public, because the lint `unreachable_pub` refuses anything else.

#![allow(
    clippy::expect_used,
    reason = "a test may fail by any means, also in its helpers"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, TraitItem, Visibility};

/// A type by the folder it is in and its name: modules use the same names.
type Key = (String, String);

/// A public type or trait.
#[derive(Default)]
struct Type {
    file: PathBuf,
    /// It stands there itself; else it is known by its methods only.
    is_public: bool,
    has_example: bool,
    /// What the examples in its docs and in those of its methods call.
    calls: BTreeSet<String>,
    methods: Vec<Method>,
}

/// A public function of a type, or beside all types.
struct Method {
    name: String,
    /// The names in what it gives.
    gives: Vec<String>,
}

#[derive(Default)]
struct Source {
    types: BTreeMap<Key, Type>,
    /// Functions beside all types that have no example.
    functions: Vec<String>,
    ignored: Vec<String>,
}

#[test]
fn what_users_touch_is_in_an_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness-api-ext/src");
    let mut source = Source::default();
    read_folder(&root, &root, &mut source);
    assert!(source.types.len() > 400, "the sources are not understood");

    let mut missing = source.functions.clone();
    let mut shown = BTreeSet::new();
    for (key, of) in &source.types {
        for method in &of.methods {
            let given = method
                .gives
                .iter()
                .filter_map(|name| source.find(&key.0, name))
                .filter(|given| given != key)
                .collect::<Vec<_>>();
            let is_called = |key: &Key| source.types[key].calls.contains(&method.name);
            if is_called(key) || given.iter().any(is_called) {
                shown.extend(given);
            } else if !given.is_empty() {
                missing.push(format!(
                    "{}: `{}::{}`",
                    of.file.display(),
                    key.1,
                    method.name
                ));
            }
        }
    }
    for (key, of) in &source.types {
        if of.is_public && !of.has_example && !shown.contains(key) {
            missing.push(format!("{}: `{}`", of.file.display(), key.1));
        }
    }
    missing.sort();
    assert!(
        missing.is_empty(),
        "no example uses these {}:\n{}",
        missing.len(),
        missing.join("\n")
    );
    assert!(
        source.ignored.is_empty(),
        "examples that are not compiled: {:?}",
        source.ignored
    );
}

#[test]
fn what_lacks_an_example_is_found() {
    let text = "
        /// Shown.
        ///
        /// ```
        /// things.get(\"a\").await?;
        /// ```
        pub struct Things;
        impl Things {
            /// Reads.
            pub fn get(&self) -> Get { Get }
            /// Deletes.
            pub fn delete(&self) -> Delete { Delete }
        }
        request! {
            /// Made by a call that is shown.
            Get(raw::Get) -> () = done;
        }
        request! {
            /// Made by one that is not.
            Delete(raw::Delete) -> () = done;
        }
        pub(crate) struct Hidden;
    ";
    let mut source = Source::default();
    let file = syn::parse_file(text).expect("Rust");
    source.items("things", Path::new("things.rs"), file.items);
    let key = |name: &str| ("things".to_owned(), name.to_owned());
    let things = &source.types[&key("Things")];
    assert!(things.has_example && things.calls.contains("get"));
    assert!(!things.calls.contains("delete"));
    assert_eq!(things.methods.len(), 2);
    assert!(!source.types[&key("Delete")].has_example);
    assert!(source.find("things", "Hidden").is_none());
}

fn read_folder(root: &Path, folder: &Path, source: &mut Source) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_folder(root, &path, source);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).expect("a text");
            let file = syn::parse_file(&text).expect("Rust");
            let inner = path.strip_prefix(root).expect("below the root");
            source.items(&module(inner), inner, file.items);
        }
    }
}

/// Returns the folder of a module of the API, and nothing for what they share.
fn module(file: &Path) -> String {
    let mut parts = file.iter().map(|part| part.to_string_lossy());
    match (parts.next().as_deref(), parts.next(), parts.next()) {
        (Some("resources"), Some(module), Some(_)) => module.into_owned(),
        _ => String::new(),
    }
}

impl Source {
    /// Returns a type that is public, in the same module or beside all.
    fn find(&self, module: &str, name: &str) -> Option<Key> {
        [module, ""]
            .map(|module| (module.to_owned(), name.to_owned()))
            .into_iter()
            .find(|key| self.types.get(key).is_some_and(|found| found.is_public))
    }

    fn items(&mut self, module: &str, file: &Path, items: Vec<Item>) {
        for item in items {
            match item {
                Item::Struct(item) if is_public(&item.vis) => {
                    self.add(module, file, item.ident.to_string(), &item.attrs);
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    self.add(module, file, item.ident.to_string(), &item.attrs);
                }
                Item::Trait(item) if is_public(&item.vis) => {
                    let name = item.ident.to_string();
                    self.add(module, file, name.clone(), &item.attrs);
                    for inner in &item.items {
                        if let TraitItem::Fn(method) = inner {
                            self.show(module, file, &name, &method.attrs);
                        }
                    }
                }
                Item::Fn(item)
                    if is_public(&item.vis) && self.examples(file, &item.attrs).is_empty() =>
                {
                    let function = format!("{}: `{}`", file.display(), item.sig.ident);
                    self.functions.push(function);
                }
                Item::Impl(item) if item.trait_.is_none() => {
                    let of = names(item.self_ty.to_token_stream());
                    let Some(name) = of.first().cloned() else {
                        continue;
                    };
                    for inner in &item.items {
                        if let ImplItem::Fn(method) = inner
                            && is_public(&method.vis)
                        {
                            self.show(module, file, &name, &method.attrs);
                            self.method(module, file, &name, &method.sig);
                        }
                    }
                }
                Item::Macro(item) if item.ident.is_none() => {
                    if let Ok((attributes, name)) = made_type.parse2(item.mac.tokens) {
                        self.add(module, file, name, &attributes);
                    }
                }
                Item::Mod(item) => {
                    let is_test = item.ident == "tests";
                    if let (Some((_, items)), false) = (item.content, is_test) {
                        self.items(module, file, items);
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, module: &str, file: &Path, name: String, attributes: &[Attribute]) {
        self.show(module, file, &name, attributes);
        let entry = self.types.entry((module.to_owned(), name)).or_default();
        entry.is_public = true;
        entry.file = file.to_owned();
    }

    /// Takes in the examples that stand with a type or a method of it.
    fn show(&mut self, module: &str, file: &Path, name: &str, attributes: &[Attribute]) {
        let examples = self.examples(file, attributes);
        let key = (module.to_owned(), name.to_owned());
        let entry = self.types.entry(key).or_default();
        entry.has_example |= !examples.is_empty();
        for code in examples {
            let tokens: TokenStream = code.parse().expect("the tokens of an example");
            called(tokens, &mut entry.calls);
        }
    }

    fn method(&mut self, module: &str, file: &Path, name: &str, signature: &syn::Signature) {
        let key = (module.to_owned(), name.to_owned());
        let entry = self.types.entry(key).or_default();
        if entry.file.as_os_str().is_empty() {
            entry.file = file.to_owned();
        }
        entry.methods.push(Method {
            name: signature.ident.to_string(),
            gives: names(signature.output.to_token_stream()),
        });
    }

    /// Returns the examples in a doc comment that have to compile.
    fn examples(&mut self, file: &Path, attributes: &[Attribute]) -> Vec<String> {
        let mut examples = Vec::new();
        let mut open: Option<(String, String)> = None;
        for line in docs(attributes) {
            let line = line.strip_prefix(' ').unwrap_or(&line);
            match (&mut open, line.strip_prefix("```")) {
                (None, Some(kind)) => open = Some((kind.to_owned(), String::new())),
                (None, None) => {}
                (Some((kind, code)), Some(_)) => {
                    if kind.is_empty() || kind == "no_run" {
                        examples.push(std::mem::take(code));
                    } else if kind.contains("ignore") {
                        self.ignored.push(file.display().to_string());
                    }
                    open = None;
                }
                (Some((_, code)), None) => {
                    // A hidden line counts, and an attribute is none.
                    let hidden = line.strip_prefix("# ").or((line == "#").then_some(""));
                    code.push_str(hidden.unwrap_or(line));
                    code.push('\n');
                }
            }
        }
        examples
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Reads docs and name of a type from the macros that make it.
fn made_type(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, String)> {
    let attributes = input.call(Attribute::parse_outer)?;
    let name = input.parse::<syn::Ident>()?.to_string();
    let _: TokenStream = input.parse()?;
    if attributes.is_empty() || !name.starts_with(char::is_uppercase) {
        return Err(input.error("no type"));
    }
    Ok((attributes, name))
}

fn docs(attributes: &[Attribute]) -> Vec<String> {
    attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(text) => match &text.lit {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// Collects the names of functions and methods that are called.
fn called(tokens: TokenStream, names: &mut BTreeSet<String>) {
    let mut before: [Option<TokenTree>; 2] = [None, None];
    for token in tokens {
        if let TokenTree::Group(group) = &token {
            if let (
                Delimiter::Parenthesis,
                [Some(TokenTree::Punct(mark)), Some(TokenTree::Ident(name))],
            ) = (group.delimiter(), &before)
                && matches!(mark.as_char(), '.' | ':')
            {
                names.insert(name.to_string());
            }
            called(group.stream(), names);
        }
        before = [before[1].take(), Some(token)];
    }
}

/// Returns the names in a type, in their order.
fn names(tokens: TokenStream) -> Vec<String> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(name) => all.push(name.to_string()),
            TokenTree::Group(group) => all.extend(names(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    all
}
