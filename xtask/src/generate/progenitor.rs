//! Runs progenitor on one module's part of the lowered description.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, Result, anyhow, bail};
use openapiv3::OpenAPI;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{api::short, lower::Lowered, partition::Part};

/// What progenitor makes of the module: its types and the methods of its client, as Rust.
pub fn run(lowered: &Lowered, part: &Part) -> Result<syn::File> {
    parsed(tokens_of(lowered, part)?)
}

/// What refinement reads of it: the structs, and the signatures of the methods, which have no bodies.
pub fn outline(lowered: &Lowered, part: &Part) -> Result<syn::File> {
    parsed(outlined(tokens_of(lowered, part)?))
}

fn tokens_of(lowered: &Lowered, part: &Part) -> Result<TokenStream> {
    match tokens(&document(lowered, part, &part.operations)) {
        Ok(tokens) => Ok(tokens),
        Err(error) => {
            // One by one, to say which operation it was.
            for &index in &part.operations {
                if tokens(&document(lowered, part, &[index])).is_err() {
                    let operation = &lowered.operations[index];
                    return Err(error).with_context(|| {
                        format!(
                            "progenitor refuses {} ({} {})",
                            operation.id, operation.method, operation.path
                        )
                    });
                }
            }
            Err(error).with_context(|| format!("progenitor refuses module {}", part.name))
        }
    }
}

/// The part of the lowered description with these operations, as one description.
pub fn document(lowered: &Lowered, part: &Part, operations: &[usize]) -> Value {
    let mut paths = Map::new();
    for &index in operations {
        let operation = &lowered.operations[index];
        paths.insert(operation.lowered_path.clone(), operation.lowered.clone());
    }
    let schemas: Map<String, Value> = part
        .reached
        .keys()
        .filter_map(|key| {
            let schema = lowered.components.get(key)?;
            Some((short(key).to_owned(), schema.clone()))
        })
        .collect();
    let mut document = json!({
        "openapi": "3.0.3",
        "info": {"title": part.title, "version": "0"},
        "paths": paths,
        "components": {"schemas": schemas},
    });
    shorten(&mut document);
    document
}

/// Inside one module, a key's Rust name is enough.
fn shorten(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some((start, key)) = reference.rsplit_once('/')
            {
                *reference = format!("{start}/{}", short(key));
            }
            members.values_mut().for_each(shorten);
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        _ => {}
    }
}

/// progenitor's output for a description, as Rust: its defaults, which are positional arguments and one client.
pub fn generate(document: &Value) -> Result<syn::File> {
    parsed(tokens(document)?)
}

fn parsed(tokens: TokenStream) -> Result<syn::File> {
    syn::parse2(tokens).context("progenitor's output is no Rust")
}

fn tokens(document: &Value) -> Result<TokenStream> {
    let document = OpenAPI::deserialize(document)?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Positional);
    settings.with_tag(TagStyle::Merged);
    // progenitor and typify panic on what they do not take.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        Generator::new(&settings).generate_tokens(&document)
    }));
    match outcome {
        Ok(Ok(tokens)) => Ok(tokens),
        Ok(Err(error)) => bail!("{error}"),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
            Err(anyhow!("{}", text.unwrap_or_else(|| "it panicked".into())))
        }
    }
}

/// The items that refinement reads. To parse all others, and the bodies of functions, takes several times as long.
fn outlined(tokens: TokenStream) -> TokenStream {
    items(tokens)
        .into_iter()
        .filter_map(|item| match item.keyword()?.as_str() {
            "mod" => Some(item.with_content(|content| {
                let structs = items(content).into_iter();
                let structs = structs.filter(|item| item.keyword().is_some_and(|k| k == "struct"));
                structs.flat_map(|item| item.0).collect()
            })),
            "impl" if !item.has("for") => Some(item.with_content(|content| {
                let methods = items(content).into_iter();
                let bare = methods.map(|method| method.with_content(|_| TokenStream::new()));
                bare.flat_map(|method| method.0).collect()
            })),
            _ => None,
        })
        .flat_map(|item| item.0)
        .collect()
}

/// The tokens of one item.
struct Item(Vec<TokenTree>);

/// Divides tokens into items: each ends with a block or a semicolon.
fn items(tokens: TokenStream) -> Vec<Item> {
    let mut items = Vec::new();
    let mut item = Vec::new();
    for token in tokens {
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(sign) => sign.as_char() == ';',
            _ => false,
        };
        item.push(token);
        if ends {
            items.push(Item(std::mem::take(&mut item)));
        }
    }
    items
}

impl Item {
    /// What kind of item it is: the first word behind its attributes and its visibility.
    fn keyword(&self) -> Option<String> {
        self.0.iter().find_map(|token| match token {
            TokenTree::Ident(word) if *word != "pub" => Some(word.to_string()),
            _ => None,
        })
    }

    fn has(&self, keyword: &str) -> bool {
        let mut words = self.0.iter();
        words.any(|token| matches!(token, TokenTree::Ident(word) if word == keyword))
    }

    /// The item with another content of its block.
    fn with_content(mut self, change: impl FnOnce(TokenStream) -> TokenStream) -> Self {
        if let Some(TokenTree::Group(block)) = self.0.last_mut() {
            *block = Group::new(block.delimiter(), change(block.stream()));
        }
        self
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_outline_has_structs_and_signatures_and_nothing_else() {
        let tokens: TokenStream = "
            use a::{b, c};
            #[doc = \"x\"] pub mod types {
                use serde::{Deserialize};
                #[derive(Clone)] pub struct Pet { #[serde(rename = \"n\")] pub name: Vec<String> }
                impl Pet { pub fn builder() -> Self { loop {} } }
                pub struct Name(pub String);
                pub enum Kind { A { x: i64 }, B }
                impl From<Kind> for Pet { fn from(_: Kind) -> Self { todo!() } }
            }
            pub struct Client { x: i64 }
            impl Client { pub async fn get<'a>(&'a self, r#type: &'a str) -> Result<types::Pet, E<()>> { if x { y }; } }
            impl Info<()> for Client { fn x() {} }
            impl Client { const A: i64 = 1; fn b(&self) { {} } }
        "
        .parse()
        .unwrap();
        let wanted: TokenStream = "
            #[doc = \"x\"] pub mod types {
                #[derive(Clone)] pub struct Pet { #[serde(rename = \"n\")] pub name: Vec<String> }
                pub struct Name(pub String);
            }
            impl Client { pub async fn get<'a>(&'a self, r#type: &'a str) -> Result<types::Pet, E<()>> {} }
            impl Client { const A: i64 = 1; fn b(&self) {} }
        "
        .parse()
        .unwrap();
        let outline = outlined(tokens);
        assert_eq!(outline.to_string(), wanted.to_string());
        assert!(parsed(outline).is_ok());
    }
}
