//! Runs progenitor on one module's part of the lowered description.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use anyhow::{Context, Result, anyhow, bail};
use openapiv3::OpenAPI;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use typify_impl::{TypeDetails, TypeId, TypeSpace};

use super::{
    api::{Ty, short},
    lower::Lowered,
    openapi::SCHEMAS,
    partition::Part,
};

/// Returns what progenitor makes of the module: its types and the methods of its client, as Rust.
pub fn run(lowered: &Lowered, part: &Part) -> Result<syn::File> {
    parsed(tokens_of(lowered, part)?.0)
}

/// What progenitor decided for a module.
#[derive(Debug)]
pub struct Outline {
    /// The fields of each struct with their types, by its name.
    pub structs: BTreeMap<String, Vec<(String, Choice)>>,
    /// The methods of the client, by name.
    pub methods: BTreeMap<String, Method>,
}

/// A type that progenitor chose, or why it has no counterpart.
pub type Choice = Result<Ty, String>;

/// A method of progenitor's client.
#[derive(Debug)]
pub struct Method {
    /// The types of its arguments, by name.
    pub arguments: BTreeMap<String, Choice>,
    /// What it returns on success.
    pub response: Choice,
}

/// Returns what progenitor decided for the module. Types come from its type space; methods have no interface of their own,
/// so their signatures are read.
pub fn outline(lowered: &Lowered, part: &Part) -> Result<Outline> {
    let (tokens, generator) = tokens_of(lowered, part)?;
    let file = parsed(signatures(tokens))?;
    let keys = part.reached.keys();
    let reader = Reader {
        space: generator.get_type_space(),
        keys: keys.map(|key| (short(key), key.as_str())).collect(),
    };
    let structs = reader.space.iter_types().filter_map(|ty| {
        let TypeDetails::Struct(details) = ty.details() else {
            return None;
        };
        let fields = details.properties().map(|(name, id)| {
            let name = name.trim_end_matches('_').to_owned();
            (name, reader.by_id(&id))
        });
        Some((ty.name(), fields.collect()))
    });
    let structs = structs.collect();
    let items = file.items.iter().filter_map(|item| match item {
        syn::Item::Impl(block) => Some(&block.items),
        _ => None,
    });
    let methods = items.flatten().filter_map(|item| match item {
        syn::ImplItem::Fn(method) => Some((plain(&method.sig.ident), reader.method(&method.sig))),
        _ => None,
    });
    let methods = methods.collect();
    Ok(Outline { structs, methods })
}

/// Reads progenitor's types.
struct Reader<'o> {
    space: &'o TypeSpace,
    /// The keys of generated types by Rust name.
    keys: BTreeMap<&'o str, &'o str>,
}

impl Reader<'_> {
    fn named(&self, name: &str) -> Choice {
        match self.keys.get(name) {
            Some(key) => Ok(Ty::Named((*key).to_owned())),
            None => Err(format!(
                "progenitor chose `{name}`, which no schema is called"
            )),
        }
    }

    /// Returns a type of the type space, without boxes and options around it.
    fn by_id(&self, id: &TypeId) -> Choice {
        let ty = self.space.get_type(id).map_err(|error| error.to_string())?;
        match ty.details() {
            TypeDetails::Option(inner) | TypeDetails::Box(inner) => self.by_id(&inner),
            TypeDetails::Vec(item) => Ok(Ty::List(Box::new(self.by_id(&item)?))),
            TypeDetails::Map(_, value) => Ok(Ty::Map(Box::new(self.by_id(&value)?))),
            TypeDetails::String => Ok(Ty::Str),
            TypeDetails::Builtin(name) => {
                let last = name.split('<').next().unwrap_or(name);
                builtin(last.rsplit("::").next().unwrap_or(last))
            }
            TypeDetails::Struct(_) | TypeDetails::Enum(_) | TypeDetails::Newtype(_) => {
                self.named(&ty.name())
            }
            _ => Err(no_counterpart(&ty.describe())),
        }
    }

    fn method(&self, signature: &syn::Signature) -> Method {
        let arguments = signature.inputs.iter().filter_map(|argument| {
            let syn::FnArg::Typed(argument) = argument else {
                return None;
            };
            let syn::Pat::Ident(name) = &*argument.pat else {
                return None;
            };
            Some((plain(&name.ident), self.by_syntax(&argument.ty)))
        });
        // `T` of `Result<ResponseValue<T>, Error<E>>`.
        let response = match &signature.output {
            syn::ReturnType::Type(_, result) => generics(result)
                .first()
                .and_then(|value| generics(value).first().copied()),
            syn::ReturnType::Default => None,
        };
        Method {
            arguments: arguments.collect(),
            response: match response {
                Some(ty) => self.by_syntax(ty),
                None => Err("the method returns nothing".to_owned()),
            },
        }
    }

    /// Returns a type of a signature, without references and options around it.
    fn by_syntax(&self, ty: &syn::Type) -> Choice {
        let path = match ty {
            syn::Type::Reference(reference) => return self.by_syntax(&reference.elem),
            syn::Type::Slice(slice) => {
                return Ok(Ty::List(Box::new(self.by_syntax(&slice.elem)?)));
            }
            syn::Type::Path(path) => path,
            other => return Err(no_counterpart(&quote::quote!(#other).to_string())),
        };
        let name = path.path.segments.last().map(|last| last.ident.to_string());
        let name = name.unwrap_or_default();
        match (name.as_str(), generics(ty).as_slice()) {
            ("Option" | "Box", [inner]) => self.by_syntax(inner),
            ("Vec", [item]) => Ok(Ty::List(Box::new(self.by_syntax(item)?))),
            ("HashMap" | "BTreeMap" | "Map", [_, value]) => {
                Ok(Ty::Map(Box::new(self.by_syntax(value)?)))
            }
            (name, []) => builtin(name).or_else(|_| self.named(name)),
            ("DateTime", _) => Ok(Ty::Time),
            _ => Err(no_counterpart(&quote::quote!(#path).to_string())),
        }
    }
}

/// Returns a type that is not generated, by the last part of its name.
fn builtin(name: &str) -> Choice {
    Ok(match name {
        "String" | "str" => Ty::Str,
        "bool" => Ty::Bool,
        "f64" | "f32" => Ty::Float,
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" => Ty::Int,
        "DateTime" => Ty::Time,
        "Value" => Ty::Json,
        other => return Err(no_counterpart(other)),
    })
}

fn no_counterpart(name: &str) -> String {
    format!("progenitor chose `{name}`, which has no counterpart")
}

fn generics(ty: &syn::Type) -> Vec<&syn::Type> {
    let syn::Type::Path(path) = ty else {
        return Vec::new();
    };
    let arguments = path.path.segments.last().map(|last| &last.arguments);
    let Some(syn::PathArguments::AngleBracketed(arguments)) = arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Returns a name as lowering wrote it: progenitor marks Rust's keywords.
fn plain(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.trim_start_matches("r#")
        .trim_end_matches('_')
        .to_owned()
}

fn tokens_of(lowered: &Lowered, part: &Part) -> Result<(TokenStream, Generator)> {
    match tokens(&document(lowered, part, &part.operations)) {
        Ok(made) => Ok(made),
        Err(error) => {
            // One by one, to say which operation it was.
            for &index in &part.operations {
                if tokens(&document(lowered, part, &[index])).is_err() {
                    let operation = &lowered.operations[index].operation;
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

/// Returns the part of the lowered description with these operations, as one description.
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

/// Shortens references to the Rust name of a key, which is enough inside one module.
fn shorten(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref")
                && let Some(key) = reference.strip_prefix(SCHEMAS)
            {
                *reference = format!("{SCHEMAS}{}", short(key));
            }
            members.values_mut().for_each(shorten);
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        _ => {}
    }
}

/// Returns progenitor's output for a description, with its defaults: positional arguments and one client.
pub fn generate(document: &Value) -> Result<syn::File> {
    parsed(tokens(document)?.0)
}

fn parsed(tokens: TokenStream) -> Result<syn::File> {
    syn::parse2(tokens).context("progenitor's output is no Rust")
}

fn tokens(document: &Value) -> Result<(TokenStream, Generator)> {
    let document = OpenAPI::deserialize(document)?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Positional);
    settings.with_tag(TagStyle::Merged);
    // progenitor and typify panic on what they do not take.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut generator = Generator::new(&settings);
        let tokens = generator.generate_tokens(&document)?;
        Ok::<_, progenitor_impl::Error>((tokens, generator))
    }));
    match outcome {
        Ok(Ok(made)) => Ok(made),
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

/// Keeps the signatures of methods. To parse everything else, and the bodies, takes several times as long.
fn signatures(tokens: TokenStream) -> TokenStream {
    items(tokens)
        .into_iter()
        .filter(|item| item.keyword().is_some_and(|k| k == "impl") && !item.has("for"))
        .map(|item| {
            item.with_content(|content| {
                let methods = items(content).into_iter();
                let bare = methods.map(|method| method.with_content(|_| TokenStream::new()));
                bare.flat_map(|method| method.0).collect()
            })
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
    /// Returns the kind of item: the first word behind its attributes and its visibility.
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

    /// Returns the item with another content of its block.
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
    fn signatures_of_methods_are_kept_and_nothing_else() {
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
            impl Client { pub async fn get<'a>(&'a self, r#type: &'a str) -> Result<types::Pet, E<()>> {} }
            impl Client { const A: i64 = 1; fn b(&self) {} }
        "
        .parse()
        .unwrap();
        let kept = signatures(tokens);
        assert_eq!(kept.to_string(), wanted.to_string());
        assert!(parsed(kept).is_ok());
    }
}
