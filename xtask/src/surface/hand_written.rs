//! The part of the public surface that is written by hand: the public items of the sources, without docs and bodies.
//!
//! It reads the sources: what is `pub` there is public, because the lint `unreachable_pub` refuses anything else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, mem};

use anyhow::{Context, Result};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Fields, FnArg, ImplItem, Item, Pat, Signature, TraitItem, Type, Visibility,
    parse_quote,
};

/// Returns the public items of the hand-written sources of the workspace at `root`, by the names of their snapshots: one for the raw
/// client, and one for each part of the layer above it.
pub fn hand_written(root: &Path) -> Result<BTreeMap<String, String>> {
    let mut parts = read(&root.join("harness-api/src"), |_| "hand_written".to_owned())?;
    parts.extend(read(&root.join("harness-api-ext/src"), part)?);
    Ok(parts)
}

/// Returns a module of the API, a folder, or the root of the crate.
fn part(file: &Path) -> String {
    let mut names = file.iter().map(|name| name.to_string_lossy());
    let name = match (names.next(), names.next(), names.next()) {
        (Some(folder), Some(module), Some(_)) if folder == "resources" => module,
        (Some(folder), Some(_), _) => folder,
        _ => "root".into(),
    };
    format!("ext_{name}")
}

fn read(base: &Path, part: impl Fn(&Path) -> String) -> Result<BTreeMap<String, String>> {
    let mut files = Vec::new();
    list(base, &mut files)?;
    files.sort();
    let mut sources = Vec::new();
    let mut names = Names::default();
    for path in files {
        let cannot = || format!("cannot read {}", path.display());
        let text = fs::read_to_string(&path).with_context(cannot)?;
        let file = syn::parse_file(&text).with_context(cannot)?;
        names.add(&file.items);
        let inner = path.strip_prefix(base).unwrap_or(&path).to_owned();
        sources.push((inner, file));
    }
    let mut parts = BTreeMap::new();
    for (path, file) in sources {
        let shown = public_items(&names, file);
        if !shown.is_empty() {
            let text: &mut String = parts.entry(part(&path)).or_default();
            let path = path.display().to_string().replace('\\', "/");
            let _ = writeln!(text, "// {path}\n{shown}");
        }
    }
    Ok(parts)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let cannot = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.is_dir() && !path.ends_with("generated") {
            list(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The names of types and traits.
#[derive(Default)]
struct Names {
    public: BTreeSet<String>,
    private: BTreeSet<String>,
}

impl Names {
    fn add(&mut self, items: &[Item]) {
        for item in items {
            let (visibility, name) = match item {
                Item::Struct(item) => (&item.vis, &item.ident),
                Item::Enum(item) => (&item.vis, &item.ident),
                Item::Trait(item) => (&item.vis, &item.ident),
                Item::Type(item) => (&item.vis, &item.ident),
                Item::Mod(item) => {
                    if let Some((_, items)) = &item.content {
                        self.add(items);
                    }
                    continue;
                }
                _ => continue,
            };
            let names = if is_public(visibility) {
                &mut self.public
            } else {
                &mut self.private
            };
            names.insert(name.to_string());
        }
    }

    fn is_private(&self, path: &syn::Path) -> bool {
        path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            self.private.contains(&name) && !self.public.contains(&name)
        })
    }
}

/// Returns the items of a file that its users can name, as Rust.
fn public_items(names: &Names, file: syn::File) -> String {
    let mut shown = String::new();
    for item in items(names, file.items) {
        shown += &match item {
            // One that makes items; the tokens say more than a layout of them.
            Item::Macro(item) if item.ident.is_none() => invocation(&item.mac),
            item => prettyplease::unparse(&syn::File {
                shebang: None,
                frontmatter: None,
                attrs: Vec::new(),
                items: vec![item],
            }),
        };
    }
    shown
}

fn items(names: &Names, items: Vec<Item>) -> Vec<Item> {
    items
        .into_iter()
        .filter_map(|item| public_item(names, item))
        .collect()
}

fn public_item(names: &Names, mut item: Item) -> Option<Item> {
    let visible = match &mut item {
        Item::Const(item) => keep(&mut item.attrs) && is_public(&item.vis),
        Item::Enum(item) => {
            for variant in &mut item.variants {
                keep(&mut variant.attrs);
                for field in &mut variant.fields {
                    keep(&mut field.attrs);
                }
            }
            keep(&mut item.attrs) && is_public(&item.vis)
        }
        Item::Fn(item) => {
            outline(&mut item.sig);
            *item.block = parse_quote!({});
            keep(&mut item.attrs) && is_public(&item.vis)
        }
        Item::Impl(item) => {
            let of_a_trait = item.trait_.is_some();
            let is_private = match (&item.trait_, &*item.self_ty) {
                (Some((path, _)), _) if names.is_private(path) => true,
                (_, Type::Path(of)) => names.is_private(&of.path),
                _ => false,
            };
            item.items.retain_mut(|inner| in_impl(inner, of_a_trait));
            keep(&mut item.attrs) && !is_private && (of_a_trait || !item.items.is_empty())
        }
        Item::Macro(item) => {
            item.mac.tokens = without_prose(mem::take(&mut item.mac.tokens));
            keep(&mut item.attrs)
        }
        Item::Mod(item) => {
            let visible = keep(&mut item.attrs);
            if let Some((_, content)) = &mut item.content {
                *content = items(names, mem::take(content));
                visible && !content.is_empty()
            } else {
                visible && is_public(&item.vis)
            }
        }
        Item::Static(item) => keep(&mut item.attrs) && is_public(&item.vis),
        Item::Struct(item) => {
            fields(&mut item.fields);
            keep(&mut item.attrs) && is_public(&item.vis)
        }
        Item::Trait(item) => {
            for inner in &mut item.items {
                in_trait(inner);
            }
            keep(&mut item.attrs) && is_public(&item.vis)
        }
        Item::Type(item) => keep(&mut item.attrs) && is_public(&item.vis),
        Item::Use(item) => keep(&mut item.attrs) && is_public(&item.vis),
        _ => false,
    };
    visible.then_some(item)
}

/// Returns whether it is shown. Of a trait's methods the trait says all.
fn in_impl(item: &mut ImplItem, of_a_trait: bool) -> bool {
    match item {
        ImplItem::Const(item) => keep(&mut item.attrs) && (of_a_trait || is_public(&item.vis)),
        ImplItem::Fn(item) => {
            outline(&mut item.sig);
            item.block = parse_quote!({});
            keep(&mut item.attrs) && is_public(&item.vis)
        }
        ImplItem::Macro(item) => {
            item.mac.tokens = without_prose(mem::take(&mut item.mac.tokens));
            keep(&mut item.attrs)
        }
        ImplItem::Type(item) => keep(&mut item.attrs),
        _ => false,
    }
}

fn in_trait(item: &mut TraitItem) {
    match item {
        TraitItem::Const(item) => {
            keep(&mut item.attrs);
        }
        TraitItem::Fn(item) => {
            outline(&mut item.sig);
            keep(&mut item.attrs);
            if item.default.is_some() {
                item.default = Some(parse_quote!({}));
            }
        }
        TraitItem::Type(item) => {
            keep(&mut item.attrs);
        }
        _ => {}
    }
}

/// Leaves the attributes that users notice, and says whether the item is there outside tests.
fn keep(attributes: &mut Vec<Attribute>) -> bool {
    let is_test = attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.to_token_stream().to_string() == "cfg (test)"
    });
    let noticed = ["cfg", "deprecated", "derive", "must_use", "non_exhaustive"];
    attributes.retain(|attribute| noticed.iter().any(|name| attribute.path().is_ident(name)));
    !is_test
}

/// Replaces private fields by a mark that there are some.
fn fields(fields: &mut Fields) {
    let list = match fields {
        Fields::Named(fields) => &mut fields.named,
        Fields::Unnamed(fields) => &mut fields.unnamed,
        Fields::Unit => return,
    };
    let mut hidden = None;
    let mut shown = Punctuated::new();
    for mut field in mem::take(list) {
        if is_public(&field.vis) {
            keep(&mut field.attrs);
            shown.push(field);
        } else {
            hidden = Some(field);
        }
    }
    if let Some(mut field) = hidden {
        field.attrs.clear();
        field.vis = Visibility::Inherited;
        field.ty = parse_quote!(_);
        field.ident = field.ident.map(|name| Ident::new("_", name.span()));
        shown.push(field);
    }
    *list = shown;
}

/// Removes how a function binds its arguments.
fn outline(signature: &mut Signature) {
    for input in &mut signature.inputs {
        match input {
            FnArg::Receiver(receiver) => receiver.mutability = None,
            FnArg::Typed(input) => {
                if let Pat::Ident(name) = &mut *input.pat {
                    name.mutability = None;
                }
            }
        }
    }
}

/// Returns the tokens of a macro without docs and without the bodies of functions.
fn without_prose(tokens: TokenStream) -> TokenStream {
    let mut shown = Vec::new();
    let mut in_function = false;
    for token in tokens {
        let TokenTree::Group(group) = token else {
            in_function |= matches!(&token, TokenTree::Ident(name) if name == "fn");
            shown.push(token);
            continue;
        };
        let is_doc = group.delimiter() == Delimiter::Bracket
            && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc");
        if is_doc && matches!(shown.last(), Some(TokenTree::Punct(mark)) if mark.as_char() == '#') {
            shown.pop();
            continue;
        }
        let is_body = in_function && group.delimiter() == Delimiter::Brace;
        in_function &= !is_body;
        let inner = if is_body {
            TokenStream::new()
        } else {
            without_prose(group.stream())
        };
        shown.push(TokenTree::Group(Group::new(group.delimiter(), inner)));
    }
    shown.into_iter().collect()
}

fn invocation(invoked: &syn::Macro) -> String {
    let path = invoked.path.to_token_stream().to_string().replace(' ', "");
    let body = invoked.tokens.to_string();
    let lines: Vec<&str> = body.split_inclusive(';').map(str::trim).collect();
    match lines.as_slice() {
        [] => format!("{path}! {{}}\n"),
        [line] => format!("{path}! {{ {line} }}\n"),
        lines => format!("{path}! {{\n    {}\n}}\n", lines.join("\n    ")),
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let file = syn::parse_file(text).unwrap();
        let mut names = Names::default();
        names.add(&file.items);
        public_items(&names, file)
    }

    #[test]
    fn what_users_can_name_is_shown() {
        let text = "
            //! Prose.
            /// Prose.
            #[derive(Clone)]
            #[allow(dead_code)]
            pub struct Things { /// Prose.
                pub name: String, secret: u8, other: u8 }
            pub struct Id(u8);
            pub(crate) struct Hidden;
            impl Things {
                /// Returns prose.
                pub fn get(mut self, mut id: u8) -> Id { Id(id) }
                pub(crate) fn inner(&self) {}
            }
            impl Clone for Id { fn clone(&self) -> Self { Id(0) } }
            impl Clone for Hidden { fn clone(&self) -> Self { Hidden } }
            impl Iterator for Id { type Item = u8; fn next(&mut self) -> Option<u8> { None } }
            pub trait Reads { /// Prose.
                fn read(&self) -> u8 { 1 } fn must(&self); }
            request! {
                /// Prose.
                Get(raw::Get) -> () = done;
                /// Prose.
                limit(u64) => limit;
            }
            #[cfg(test)]
            mod tests { pub fn helper() {} }
        ";
        let expected = "\
#[derive(Clone)]
pub struct Things {
    pub name: String,
    _: _,
}
pub struct Id(_);
impl Things {
    pub fn get(self, id: u8) -> Id {}
}
impl Clone for Id {}
impl Iterator for Id {
    type Item = u8;
}
pub trait Reads {
    fn read(&self) -> u8 {}
    fn must(&self);
}
request! {
    Get (raw :: Get) -> () = done ;
    limit (u64) => limit ;
}
";
        assert_eq!(shown(text), expected);
    }

    #[test]
    fn a_public_method_more_is_a_line_more() {
        let text = "pub struct A; impl A { pub fn a(&self) -> u8 { 1 } }";
        let with = text.replace("{ pub fn", "{ pub fn b(&self) {} pub fn");
        let line = "    pub fn b(&self) {}\n";
        assert_eq!(shown(&with).replacen(line, "", 1), shown(text));
        assert!(shown(&with).contains(line));
    }
}
