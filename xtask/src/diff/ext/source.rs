//! The sources of `harness-api-ext` as functions, types and macros, each with the names in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, FnArg, GenericArgument, ImplItem, Item, ItemImpl, PathArguments, ReceiverKind,
    ReturnType, Signature, Type, Visibility,
};

use super::Name;

/// A type by its folder and name.
pub(super) type TypeName = (String, String);

/// Something that has names in it. The first part is the folder below `resources`, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// A function beside all types.
    Function(String, String),
    /// A function of a type.
    Method(String, String, String),
    /// A type: its fields, the traits it implements, and the macros that make it.
    Type(String, String),
    /// The definition of a macro.
    Macro(String, String),
}

/// Names in tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Mentions {
    /// Names that may be of the raw client.
    pub(super) names: BTreeSet<Name>,
    /// Types of the raw client in a signature.
    pub(super) shown: BTreeSet<Name>,
    links: BTreeSet<Key>,
    /// Methods of a type that is not known: any of the same file, or else a private one of the folder.
    calls: BTreeSet<(Option<usize>, String)>,
}

impl Mentions {
    fn extend(&mut self, other: Self) {
        self.names.extend(other.names);
        self.shown.extend(other.shown);
        self.links.extend(other.links);
        self.calls.extend(other.calls);
    }
}

/// What is known of a function.
#[derive(Debug, Default)]
pub(super) struct Function {
    file: usize,
    is_public: bool,
    receiver: Receiver,
    /// Whether it takes anything but the receiver.
    takes_arguments: bool,
    /// The type that it gives, if that is a plain one.
    pub(super) gives: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Receiver {
    #[default]
    None,
    Reference,
    Value,
}

impl Function {
    /// Returns a call of it, by this name.
    pub(super) fn call(&self, name: &str) -> String {
        let arguments = if self.takes_arguments { ".." } else { "" };
        format!("{name}({arguments})")
    }

    /// Returns whether users begin something with it. What takes and gives its own type is a setter.
    pub(super) fn is_entry(&self, ty: &str) -> bool {
        let gives = self.gives.as_deref();
        self.is_public
            && match self.receiver {
                Receiver::None => false,
                Receiver::Reference => true,
                Receiver::Value => gives.is_some_and(|given| given != "Self" && given != ty),
            }
    }
}

/// All sources.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Functions of types, by folder, type and name.
    functions: BTreeMap<TypeName, BTreeMap<String, Function>>,
    /// The types that have a function of this name, by folder and name of the function.
    owners: BTreeMap<(String, String), BTreeSet<String>>,
    mentions: BTreeMap<Key, Mentions>,
    types: BTreeSet<TypeName>,
    /// Implementations that macros make for several types.
    templates: BTreeMap<TypeName, ItemImpl>,
}

/// The file that is read.
struct File {
    number: usize,
    folder: String,
    /// The modules of the raw client that are named in it.
    modules: BTreeSet<String>,
    /// The types of the raw client that it imports.
    imported: BTreeSet<String>,
}

impl Source {
    /// Reads a folder.
    pub(super) fn read(base: &Path) -> Result<Self> {
        let mut source = Self::default();
        let mut files = Vec::new();
        list(base, &mut files)?;
        for (number, path) in files.iter().enumerate() {
            let cannot = || format!("cannot read {}", path.display());
            let text = fs::read_to_string(path).with_context(cannot)?;
            let inner = path.strip_prefix(base).unwrap_or(path);
            source.add(number, inner, &text).with_context(cannot)?;
        }
        Ok(source)
    }

    /// Takes in a file.
    pub(super) fn add(&mut self, number: usize, path: &Path, text: &str) -> Result<()> {
        let file = syn::parse_file(text)?;
        let mut names = path.iter().map(|name| name.to_string_lossy());
        let folder = match (names.next().as_deref(), names.next(), names.next()) {
            (Some("resources"), Some(folder), Some(_)) => folder.into_owned(),
            _ => String::new(),
        };
        let mut here = File {
            number,
            modules: [&folder]
                .into_iter()
                .filter(|folder| !folder.is_empty())
                .cloned()
                .collect(),
            folder,
            imported: BTreeSet::new(),
        };
        here.find_raw(file.to_token_stream());
        self.items(&here, file.items);
        Ok(())
    }

    /// Returns the folders that there are.
    pub(super) fn folders(&self) -> BTreeSet<&str> {
        let types = self.types.iter().map(|(folder, _)| folder.as_str());
        types.chain([""]).collect()
    }

    /// Returns the type that a name means in a folder.
    pub(super) fn find(&self, folder: &str, name: &str) -> Option<TypeName> {
        [folder, ""]
            .map(|folder| (folder.to_owned(), name.to_owned()))
            .into_iter()
            .find(|key| self.types.contains(key))
    }

    /// Returns the names in a function and in everything that it is made of.
    pub(super) fn reached(&self, key: Key) -> Mentions {
        let mut all = Mentions::default();
        let mut seen = BTreeSet::new();
        let mut open = vec![key];
        while let Some(key) = open.pop() {
            let Some(mentions) = self.mentions.get(&key) else {
                continue;
            };
            // What a handle does is in methods of its own.
            if self.is_handle(&key) || !seen.insert(key.clone()) {
                continue;
            }
            open.extend(mentions.links.iter().cloned());
            let calls = mentions.calls.iter();
            open.extend(calls.flat_map(|call| self.called(&key, call)));
            if let Key::Type(folder, ty) = &key {
                open.extend(self.inner(folder, ty));
            }
            all.names.extend(mentions.names.iter().cloned());
            all.shown.extend(mentions.shown.iter().cloned());
        }
        all
    }

    /// Returns the methods of this name that may be meant.
    fn called<'s>(
        &'s self,
        from: &'s Key,
        (file, name): &'s (Option<usize>, String),
    ) -> impl Iterator<Item = Key> + 's {
        let (Key::Function(folder, _)
        | Key::Method(folder, _, _)
        | Key::Type(folder, _)
        | Key::Macro(folder, _)) = from;
        let owners = self.owners.get(&(folder.clone(), name.clone()));
        owners.into_iter().flatten().filter_map(move |ty| {
            let function = self.of(folder, ty).get(name)?;
            let is_meant = file.map_or(!function.is_public, |file| file == function.file);
            is_meant.then(|| Key::Method(folder.clone(), ty.clone(), name.clone()))
        })
    }

    /// Returns the functions of a type that are no way for users to begin something: they belong to all of it.
    fn inner<'s>(&'s self, folder: &'s str, ty: &'s str) -> impl Iterator<Item = Key> + 's {
        let functions = self.of(folder, ty).iter();
        functions
            .filter(move |(_, function)| !function.is_entry(ty))
            .map(move |(name, _)| Key::Method(folder.to_owned(), ty.to_owned(), name.clone()))
    }

    /// Returns the functions of a type.
    fn of(&self, folder: &str, ty: &str) -> &BTreeMap<String, Function> {
        static NONE: BTreeMap<String, Function> = BTreeMap::new();
        let key = (folder.to_owned(), ty.to_owned());
        self.functions.get(&key).unwrap_or(&NONE)
    }

    /// Returns the types that have functions.
    pub(super) fn types(&self) -> impl Iterator<Item = &TypeName> {
        self.functions.keys()
    }

    /// Returns the functions with which users begin something.
    pub(super) fn entries_of(&self, ty: &TypeName) -> impl Iterator<Item = (&String, &Function)> {
        let functions = self.of(&ty.0, &ty.1).iter();
        let name = ty.1.clone();
        functions.filter(move |(_, function)| function.is_entry(&name))
    }

    /// Returns whether it is a type that users begin something with.
    fn is_handle(&self, key: &Key) -> bool {
        let Key::Type(folder, ty) = key else {
            return false;
        };
        let mut functions = self.of(folder, ty).values();
        functions.any(|function| function.is_public && function.receiver == Receiver::Reference)
    }

    fn insert(&mut self, folder: &str, ty: &str, name: String, function: Function) {
        let owners = self.owners.entry((folder.to_owned(), name.clone()));
        owners.or_default().insert(ty.to_owned());
        let functions = self.functions.entry((folder.to_owned(), ty.to_owned()));
        functions.or_default().insert(name, function);
    }

    fn note(&mut self, key: Key, mentions: Mentions) {
        self.mentions.entry(key).or_default().extend(mentions);
    }

    fn items(&mut self, file: &File, items: Vec<Item>) {
        for item in items {
            match item {
                Item::Struct(item) if !is_test(&item.attrs) => {
                    let name = item.ident.to_string();
                    self.types.insert((file.folder.clone(), name.clone()));
                    let mut mentions = Mentions::default();
                    for field in &item.fields {
                        let tokens = field.ty.to_token_stream();
                        if matches!(field.vis, Visibility::Public(_)) {
                            file.show(tokens.clone(), &mut mentions);
                        }
                        file.read(tokens, &name, &mut mentions);
                    }
                    self.note(Key::Type(file.folder.clone(), name), mentions);
                }
                Item::Enum(item) if !is_test(&item.attrs) => {
                    let name = item.ident.to_string();
                    self.types.insert((file.folder.clone(), name.clone()));
                    let mut mentions = Mentions::default();
                    file.show(item.variants.to_token_stream(), &mut mentions);
                    self.note(Key::Type(file.folder.clone(), name), mentions);
                }
                Item::Fn(item) if !is_test(&item.attrs) => {
                    let mut mentions = Mentions::default();
                    file.read(item.sig.to_token_stream(), "", &mut mentions);
                    file.read(item.block.to_token_stream(), "", &mut mentions);
                    let name = item.sig.ident.to_string();
                    self.note(Key::Function(file.folder.clone(), name), mentions);
                }
                Item::Impl(item) if !is_test(&item.attrs) => {
                    if let Some(ty) = plain(&item.self_ty) {
                        self.implementation(file, &ty, item);
                    }
                }
                Item::Macro(item) => match item.ident {
                    Some(name) => {
                        let name = name.to_string();
                        if let Some(template) = template(item.mac.tokens.clone()) {
                            let key = (file.folder.clone(), name.clone());
                            self.templates.insert(key, template);
                        }
                        let mut mentions = Mentions::default();
                        file.read(item.mac.tokens, "", &mut mentions);
                        self.note(Key::Macro(file.folder.clone(), name), mentions);
                    }
                    None => self.invocation(file, &item.mac),
                },
                Item::Mod(item) if !is_test(&item.attrs) => {
                    if let Some((_, items)) = item.content {
                        self.items(file, items);
                    }
                }
                _ => {}
            }
        }
    }

    fn implementation(&mut self, file: &File, ty: &str, item: ItemImpl) {
        let of_trait = item.trait_.is_some();
        for inner in item.items {
            match inner {
                ImplItem::Fn(inner) if !of_trait => {
                    let body = inner.block.to_token_stream();
                    self.method(file, ty, &inner.vis, &inner.sig, body);
                }
                inner => {
                    let mut mentions = Mentions::default();
                    let tokens = inner.to_token_stream();
                    if matches!(inner, ImplItem::Type(_)) {
                        file.show(tokens.clone(), &mut mentions);
                    }
                    file.read(tokens, ty, &mut mentions);
                    self.note(Key::Type(file.folder.clone(), ty.to_owned()), mentions);
                }
            }
        }
    }

    /// Takes in what a macro makes: an implementation for each of several types, a handle at several levels, or a type
    /// whose name is the first of its tokens.
    fn invocation(&mut self, file: &File, mac: &syn::Macro) {
        let Some(name) = mac.path.segments.last().map(|last| last.ident.to_string()) else {
            return;
        };
        let tokens: Vec<TokenTree> = without_attributes(mac.tokens.clone());
        let words: Vec<String> = tokens
            .iter()
            .map_while(|token| match token {
                TokenTree::Ident(word) => Some(word.to_string()),
                _ => None,
            })
            .collect();
        let templates = [file.folder.clone(), String::new()]
            .into_iter()
            .find_map(|folder| self.templates.get(&(folder, name.clone())))
            .cloned();
        match (templates, words.as_slice(), tokens.as_slice()) {
            (Some(template), all, _) if all.len() == tokens.len() => {
                for ty in all {
                    self.implementation(file, ty, template.clone());
                }
            }
            // `method -> Handle on Level …`
            (
                _,
                [method],
                [
                    _,
                    TokenTree::Punct(_),
                    TokenTree::Punct(_),
                    TokenTree::Ident(handle),
                    TokenTree::Ident(_),
                    levels @ ..,
                ],
            ) => {
                for level in levels {
                    let function = Function {
                        file: file.number,
                        is_public: true,
                        receiver: Receiver::Reference,
                        takes_arguments: false,
                        gives: Some(handle.to_string()),
                    };
                    self.insert(&file.folder, &level.to_string(), method.clone(), function);
                }
            }
            (_, [ty, ..], _) if is_type(ty) => {
                let mut mentions = Mentions::default();
                let tokens: TokenStream = tokens.iter().cloned().collect();
                file.show(tokens.clone(), &mut mentions);
                file.read(tokens.clone(), ty, &mut mentions);
                file.arguments(tokens, ty, &mut mentions);
                mentions.links.insert(Key::Macro(file.folder.clone(), name));
                self.types.insert((file.folder.clone(), ty.clone()));
                self.note(Key::Type(file.folder.clone(), ty.clone()), mentions);
            }
            _ => {}
        }
    }

    fn method(
        &mut self,
        file: &File,
        ty: &str,
        visibility: &Visibility,
        signature: &Signature,
        body: TokenStream,
    ) {
        let mut mentions = Mentions::default();
        let is_public = matches!(visibility, Visibility::Public(_));
        if is_public {
            file.show(signature.to_token_stream(), &mut mentions);
        }
        file.read(signature.to_token_stream(), ty, &mut mentions);
        file.read(body, ty, &mut mentions);
        let receiver = match signature.inputs.first() {
            Some(FnArg::Receiver(receiver))
                if matches!(receiver.kind, ReceiverKind::Reference(..)) =>
            {
                Receiver::Reference
            }
            Some(FnArg::Receiver(_)) => Receiver::Value,
            _ => Receiver::None,
        };
        let arguments = signature.inputs.len() - usize::from(receiver != Receiver::None);
        let function = Function {
            file: file.number,
            is_public,
            receiver,
            takes_arguments: arguments > 0,
            gives: match &signature.output {
                ReturnType::Type(_, given) => plain(given),
                ReturnType::Default => None,
            },
        };
        let name = signature.ident.to_string();
        let key = Key::Method(file.folder.clone(), ty.to_owned(), name.clone());
        self.insert(&file.folder, ty, name, function);
        self.note(key, mentions);
    }
}

impl File {
    /// Finds the modules of the raw client, and the types that are imported from it.
    fn find_raw(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token {
                self.find_raw(group.stream());
                continue;
            }
            let at_is = |offset: usize, text: &str| {
                tokens.get(at + offset).is_some_and(|token| is(token, text))
            };
            let is_path = at_is(0, "harness_api") && at_is(1, ":");
            let module = if is_path || at_is(0, "raw") && at_is(1, "()") && at_is(2, ".") {
                at + 3
            } else {
                continue;
            };
            let Some(TokenTree::Ident(name)) = tokens.get(module) else {
                continue;
            };
            self.modules.insert(name.to_string());
            // `harness_api::module::types::{A, B}`
            let rest = tokens.get(module + 1..).unwrap_or_default();
            let rest = || rest.iter().take_while(|token| !is(token, ";"));
            let path = [":", ":", "types", ":", ":"];
            if rest()
                .zip(path)
                .filter(|(token, text)| is(token, text))
                .count()
                == path.len()
            {
                let names = rest().skip(path.len()).map(ToTokens::to_token_stream);
                self.imported
                    .extend(names.flat_map(words).filter(|word| is_type(word)));
            }
        }
    }

    /// Notes the types of the raw client in a signature.
    fn show(&self, tokens: TokenStream, mentions: &mut Mentions) {
        self.walk(tokens, &mut |before, name, _| {
            if self.is_raw_type(before, name) {
                let names = self
                    .modules
                    .iter()
                    .map(|module| (module.clone(), name.to_owned()));
                mentions.shown.extend(names);
            }
        });
    }

    fn is_raw_type(&self, before: &[TokenTree], name: &str) -> bool {
        is_type(name) && (ends(before, &["types", ":", ":"]) || self.imported.contains(name))
    }

    /// Notes the names in code, and what they may stand for.
    fn read(&self, tokens: TokenStream, ty: &str, mentions: &mut Mentions) {
        self.walk(tokens, &mut |before, name, after| {
            if !is_type(name) || self.is_raw_type(before, name) || ends(before, &["raw", ":", ":"])
            {
                let names = self
                    .modules
                    .iter()
                    .map(|module| (module.clone(), name.to_owned()));
                mentions.names.extend(names);
            }
            let folder = || self.folder.clone();
            let name = || name.to_owned();
            if after.is_some_and(|after| is(after, "!")) {
                mentions.links.insert(Key::Macro(folder(), name()));
            } else if is_type(&name()) {
                if name() != ty && !self.is_raw_type(before, &name()) {
                    mentions.links.insert(Key::Type(folder(), name()));
                }
            } else if ends(before, &["self", "."]) {
                let key = Key::Method(folder(), ty.to_owned(), name());
                mentions.links.insert(key);
            } else if let [.., receiver, _, _, dot] = before
                && is(dot, ".")
                && is(receiver, "self")
            {
                // `self.field.name`
                mentions.calls.insert((Some(self.number), name()));
                mentions.calls.insert((None, name()));
            } else if ends(before, &["."]) {
                mentions.calls.insert((None, name()));
            } else {
                mentions.links.insert(Key::Function(folder(), name()));
                if let [.., TokenTree::Ident(of), _, colon] = before
                    && is(colon, ":")
                {
                    let of = if of == "Self" {
                        ty.to_owned()
                    } else {
                        of.to_string()
                    };
                    mentions.links.insert(Key::Method(folder(), of, name()));
                }
            }
        });
    }

    /// Notes what a macro may put `types::` before.
    fn arguments(&self, tokens: TokenStream, ty: &str, mentions: &mut Mentions) {
        self.walk(tokens, &mut |before, name, _| {
            if is_type(name) && name != ty && !ends(before, &[":"]) {
                let names = self
                    .modules
                    .iter()
                    .map(|module| (module.clone(), name.to_owned()));
                mentions.names.extend(names.clone());
                mentions.shown.extend(names);
            }
        });
    }

    /// Hands over each name with the tokens before it and the one after.
    fn walk(&self, tokens: TokenStream, name: &mut OnName<'_>) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(ident) => {
                    name(&tokens[..at], &ident.to_string(), tokens.get(at + 1));
                }
                TokenTree::Group(group) => self.walk(group.stream(), name),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

/// What is done with a name, by the tokens before it and the one after.
type OnName<'a> = dyn FnMut(&[TokenTree], &str, Option<&TokenTree>) + 'a;

fn is_type(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// Returns whether a token is this word, mark, literal or group of nothing.
fn is(token: &TokenTree, text: &str) -> bool {
    match token {
        TokenTree::Ident(ident) => ident == text,
        TokenTree::Punct(mark) => text.chars().eq([mark.as_char()]),
        TokenTree::Group(group) => {
            text == "()" && group.delimiter() == Delimiter::Parenthesis && group.stream().is_empty()
        }
        TokenTree::Literal(literal) => literal.to_string() == text,
    }
}

fn ends(tokens: &[TokenTree], with: &[&str]) -> bool {
    let at = tokens.len().checked_sub(with.len());
    at.and_then(|at| tokens.get(at..)).is_some_and(|tail| {
        let mut pairs = tail.iter().zip(with);
        pairs.all(|(token, text)| is(token, text))
    })
}

/// Returns all names in tokens.
fn words(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(name) => vec![name.to_string()],
            TokenTree::Group(group) => words(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => Vec::new(),
        })
        .collect()
}

fn without_attributes(tokens: TokenStream) -> Vec<TokenTree> {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let is_attribute = matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
            && matches!(kept.last(), Some(TokenTree::Punct(mark)) if mark.as_char() == '#');
        if is_attribute {
            kept.pop();
        } else {
            kept.push(token);
        }
    }
    kept
}

/// Returns the implementation in the definition of a macro, if it is one for a type that is an argument: `impl $ty { … }`.
fn template(tokens: TokenStream) -> Option<ItemImpl> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        if group.delimiter() == Delimiter::Brace
            && at >= 3
            && ends(&tokens[..at - 1], &["impl", "$"])
        {
            return syn::parse2(quote::quote! { impl Argument #group }).ok();
        }
        if let Some(found) = template(group.stream()) {
            return Some(found);
        }
    }
    None
}

/// Returns the name of a type that is a plain one, or one that may be missing.
fn plain(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::None => Some(last.ident.to_string()),
        PathArguments::AngleBracketed(inner)
            if ["Option", "Result"].contains(&last.ident.to_string().as_str()) =>
        {
            match inner.args.first()? {
                GenericArgument::Type(ty) => plain(ty),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && words(attribute.meta.to_token_stream()).contains(&"test".to_owned())
    })
}

/// Returns the files of a folder, without the server for tests.
fn list(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    let cannot = || format!("cannot read {}", folder.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        entries.push(entry.with_context(cannot)?.path());
    }
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.ends_with("mock") && !path.ends_with("guide") {
            list(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
