//! Reads a source file: its public items with their docs, and its texts.
//!
//! An item that is `pub` is public, because the lint `unreachable_pub` rejects any other use of the word.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Expr, Fields, ImplItem, Item, Lit, Meta, TraitItem, Visibility};

/// One line of docs or of a text.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) number: usize,
    pub(crate) text: String,
}

/// Kind of a public item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Function,
    /// Field or variant.
    Member,
    Other,
}

impl Kind {
    fn of(is_function: bool) -> Self {
        if is_function {
            Self::Function
        } else {
            Self::Other
        }
    }
}

/// A public item.
#[derive(Debug)]
pub(crate) struct Public {
    pub(crate) name: String,
    /// Line of the item itself.
    pub(crate) line: usize,
    pub(crate) kind: Kind,
    /// Whether it has docs; `docs` is empty if they come from a file or a macro.
    pub(crate) has_docs: bool,
    pub(crate) docs: Vec<Line>,
}

/// The content of a source file that readers see.
#[derive(Debug, Default)]
pub(crate) struct Source {
    pub(crate) items: Vec<Public>,
    /// String literals with more than one word, outside of attributes and tests.
    pub(crate) texts: Vec<Line>,
    /// Public modules whose docs are in their own files.
    pub(crate) modules: Vec<(String, usize)>,
    /// Docs of the file itself.
    pub(crate) docs: Vec<Line>,
}

impl Source {
    /// Parses a source file.
    pub(crate) fn parse(text: &str) -> syn::Result<Self> {
        let file = syn::parse_file(text)?;
        let mut source = Self {
            docs: docs(&file.attrs).1,
            ..Self::default()
        };
        for item in &file.items {
            source.texts(item.to_token_stream());
        }
        source.items(file.items);
        Ok(source)
    }

    fn items(&mut self, items: Vec<Item>) {
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: Item) {
        match item {
            Item::Const(item) => self.named(&item.vis, &item.attrs, &item.ident),
            Item::Static(item) => self.named(&item.vis, &item.attrs, &item.ident),
            Item::Type(item) => self.named(&item.vis, &item.attrs, &item.ident),
            Item::Fn(item) if is_public(&item.vis) => {
                self.add(
                    &item.attrs,
                    &item.sig.ident,
                    item.sig.ident.to_string(),
                    Kind::Function,
                );
            }
            Item::Struct(item) => {
                self.named(&item.vis, &item.attrs, &item.ident);
                if is_public(&item.vis) && is_shown(&item.attrs) {
                    self.fields(&item.ident.to_string(), &item.fields, false);
                }
            }
            Item::Enum(item) if is_public(&item.vis) => {
                self.named(&item.vis, &item.attrs, &item.ident);
                if !is_shown(&item.attrs) {
                    return;
                }
                for variant in &item.variants {
                    let name = format!("{}::{}", item.ident, variant.ident);
                    self.fields(&name, &variant.fields, true);
                    self.add(&variant.attrs, &variant.ident, name, Kind::Member);
                }
            }
            Item::Trait(item) if is_public(&item.vis) => {
                self.named(&item.vis, &item.attrs, &item.ident);
                if !is_shown(&item.attrs) {
                    return;
                }
                for inner in &item.items {
                    let (attrs, ident, kind) = match inner {
                        TraitItem::Const(inner) => (&inner.attrs, &inner.ident, Kind::Other),
                        TraitItem::Type(inner) => (&inner.attrs, &inner.ident, Kind::Other),
                        TraitItem::Fn(inner) => (&inner.attrs, &inner.sig.ident, Kind::Function),
                        _ => continue,
                    };
                    self.add(attrs, ident, format!("{}::{ident}", item.ident), kind);
                }
            }
            Item::Impl(item) if is_shown(&item.attrs) => {
                let of = item.self_ty.to_token_stream().to_string().replace(' ', "");
                for inner in item.items {
                    match inner {
                        ImplItem::Const(inner) if is_public(&inner.vis) => {
                            self.add(
                                &inner.attrs,
                                &inner.ident,
                                format!("{of}::{}", inner.ident),
                                Kind::Other,
                            );
                        }
                        ImplItem::Fn(inner) if is_public(&inner.vis) => {
                            let ident = &inner.sig.ident;
                            self.add(
                                &inner.attrs,
                                ident,
                                format!("{of}::{ident}"),
                                Kind::Function,
                            );
                        }
                        ImplItem::Macro(inner) => self.invocation(inner.mac.tokens),
                        _ => {}
                    }
                }
            }
            Item::Macro(item) if is_shown(&item.attrs) => self.invocation(item.mac.tokens),
            Item::Mod(item) if is_shown(&item.attrs) => match item.content {
                Some((_, items)) => {
                    self.named(&item.vis, &item.attrs, &item.ident);
                    self.items(items);
                }
                None if is_public(&item.vis) && !docs(&item.attrs).0 => {
                    self.modules
                        .push((item.ident.to_string(), line(item.ident.span())));
                }
                None => {}
            },
            Item::Use(item) if is_public(&item.vis) => {
                let (has_docs, lines) = docs(&item.attrs);
                if has_docs {
                    self.items.push(Public {
                        name: item.tree.to_token_stream().to_string().replace(' ', ""),
                        line: line(item.use_token.span),
                        kind: Kind::Other,
                        has_docs,
                        docs: lines,
                    });
                }
            }
            _ => {}
        }
    }

    fn named(&mut self, visibility: &Visibility, attrs: &[Attribute], ident: &proc_macro2::Ident) {
        if is_public(visibility) {
            self.add(attrs, ident, ident.to_string(), Kind::Other);
        }
    }

    fn fields(&mut self, of: &str, fields: &Fields, all: bool) {
        let Fields::Named(fields) = fields else {
            return;
        };
        for field in &fields.named {
            if let Some(ident) = &field.ident
                && (all || is_public(&field.vis))
            {
                self.add(&field.attrs, ident, format!("{of}::{ident}"), Kind::Member);
            }
        }
    }

    fn add(&mut self, attrs: &[Attribute], ident: &proc_macro2::Ident, name: String, kind: Kind) {
        if !is_shown(attrs) {
            return;
        }
        let (has_docs, docs) = docs(attrs);
        self.items.push(Public {
            name,
            line: line(ident.span()),
            kind,
            has_docs,
            docs,
        });
    }

    /// Finds the documented items in the tokens of a macro. `Name(…)` is a type, `name` or `fn name` is a function.
    fn invocation(&mut self, tokens: TokenStream) {
        let mut docs: Vec<Line> = Vec::new();
        let mut is_function = false;
        let mut is_public = true;
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    if let Some(TokenTree::Group(group)) = tokens.peek()
                        && group.delimiter() == Delimiter::Bracket
                    {
                        if let Some(line) = doc_tokens(group.stream()) {
                            docs.push(line);
                        }
                        tokens.next();
                    }
                }
                TokenTree::Group(group) => {
                    let inner = group.stream();
                    // As in `pub(crate)`.
                    if group.delimiter() == Delimiter::Parenthesis
                        && matches!(inner.clone().into_iter().next(), Some(TokenTree::Ident(word)) if ["crate", "super", "in"].iter().any(|name| word == name))
                    {
                        is_public = false;
                    } else {
                        self.invocation(inner);
                    }
                }
                TokenTree::Ident(word) => match word.to_string().as_str() {
                    _ if docs.is_empty() => {}
                    "fn" => is_function = true,
                    "pub" | "async" | "struct" | "enum" | "trait" | "const" | "type" | "mod" => {}
                    name => {
                        let is_setter = name.chars().next().is_some_and(char::is_lowercase);
                        if is_public {
                            self.items.push(Public {
                                name: name.to_owned(),
                                line: line(word.span()),
                                kind: Kind::of(is_function || is_setter),
                                has_docs: true,
                                docs: std::mem::take(&mut docs),
                            });
                        }
                        docs.clear();
                        (is_function, is_public) = (false, true);
                    }
                },
                _ => {}
            }
        }
    }

    /// Finds the texts in tokens, outside of attributes and of items for tests.
    fn texts(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut is_test = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    if matches!(tokens.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '!')
                    {
                        tokens.next();
                    }
                    if let Some(TokenTree::Group(group)) = tokens.peek() {
                        is_test |= group.stream().to_string().replace(' ', "") == "cfg(test)";
                        tokens.next();
                    }
                }
                TokenTree::Punct(mark) if mark.as_char() == ';' => is_test = false,
                TokenTree::Group(group) if is_test => {
                    is_test = group.delimiter() != Delimiter::Brace;
                }
                TokenTree::Group(group) => self.texts(group.stream()),
                TokenTree::Literal(literal) if !is_test => {
                    let span = literal.span();
                    if let Ok(Lit::Str(text)) = syn::parse2(literal.to_token_stream())
                        && text.value().trim().contains(' ')
                    {
                        self.texts.push(Line {
                            number: line(span),
                            text: text.value(),
                        });
                    }
                }
                _ => {}
            }
        }
    }
}

fn line(span: Span) -> usize {
    span.start().line
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Returns whether an item is part of the docs: neither hidden nor only for tests.
fn is_shown(attrs: &[Attribute]) -> bool {
    !attrs.iter().any(|attr| {
        let text = attr.meta.to_token_stream().to_string().replace(' ', "");
        text == "cfg(test)" || text == "doc(hidden)"
    })
}

/// Returns whether an item has docs, and their lines as far as they are in the source.
fn docs(attrs: &[Attribute]) -> (bool, Vec<Line>) {
    let mut lines = Vec::new();
    let mut has_docs = false;
    for attr in attrs {
        let mut words = attr.meta.to_token_stream().to_string();
        words.retain(|c| c != ' ');
        has_docs |= words.starts_with("doc=") || words.contains(",doc=");
        if let Meta::NameValue(meta) = &attr.meta
            && meta.path.is_ident("doc")
            && let Expr::Lit(value) = &meta.value
            && let Lit::Str(text) = &value.lit
        {
            lines.push(Line {
                number: line(text.span()),
                text: text.value(),
            });
        }
    }
    (has_docs, lines)
}

/// Returns the line of docs in the tokens of an attribute.
fn doc_tokens(tokens: TokenStream) -> Option<Line> {
    let mut tokens = tokens.into_iter();
    match (tokens.next(), tokens.next(), tokens.next()) {
        (
            Some(TokenTree::Ident(name)),
            Some(TokenTree::Punct(_)),
            Some(TokenTree::Literal(literal)),
        ) if name == "doc" => match syn::parse2(literal.to_token_stream()) {
            Ok(Lit::Str(text)) => Some(Line {
                number: line(literal.span()),
                text: text.value(),
            }),
            _ => None,
        },
        _ => None,
    }
}
