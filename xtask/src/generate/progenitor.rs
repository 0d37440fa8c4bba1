//! Runs progenitor on one module's part of the lowered description.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Context, Result, anyhow, bail};
use openapiv3::OpenAPI;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde_json::{Map, Value, json};

use super::{api::short, lower::Lowered, partition::Part};

/// What progenitor makes of the module: its types and the methods of its client, as Rust.
pub fn run(lowered: &Lowered, part: &Part) -> Result<syn::File> {
    match generate(&document(lowered, part, &part.operations)) {
        Ok(file) => Ok(file),
        Err(error) => {
            // One by one, to say which operation it was.
            for &index in &part.operations {
                if generate(&document(lowered, part, &[index])).is_err() {
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
    let document: OpenAPI = serde_json::from_value(document.clone())?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Positional);
    settings.with_tag(TagStyle::Merged);
    // progenitor and typify panic on what they do not take.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        Generator::new(&settings).generate_tokens(&document)
    }));
    let tokens = match outcome {
        Ok(Ok(tokens)) => tokens,
        Ok(Err(error)) => bail!("{error}"),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
            return Err(anyhow!("{}", text.unwrap_or_else(|| "it panicked".into())));
        }
    };
    syn::parse2(tokens).context("progenitor's output is no Rust")
}
