//! Reads progenitor's Rust types.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type, TypePath};

use crate::generate::api::Ty;

/// The generated types that a type may mention: Rust name to key.
pub(super) struct Known {
    pub(super) keys: BTreeMap<String, String>,
}

impl Known {
    /// What `ty` is, without the references, boxes and options around it.
    pub(super) fn read(&self, ty: &Type) -> Result<Ty> {
        match ty {
            Type::Reference(reference) => self.read(&reference.elem),
            Type::Slice(slice) => Ok(Ty::List(Box::new(self.read(&slice.elem)?))),
            Type::Path(path) => self.read_path(path),
            other => bail!(
                "progenitor chose `{}`, which has no counterpart",
                text(other)
            ),
        }
    }

    fn read_path(&self, path: &TypePath) -> Result<Ty> {
        let Some(last) = path.path.segments.last() else {
            bail!("an empty path");
        };
        let arguments: Vec<&Type> = match &last.arguments {
            PathArguments::AngleBracketed(arguments) => arguments
                .args
                .iter()
                .filter_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(ty),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let name = last.ident.to_string();
        Ok(match (name.as_str(), arguments.as_slice()) {
            ("Option" | "Box", [inner]) => self.read(inner)?,
            ("Vec", [inner]) => Ty::List(Box::new(self.read(inner)?)),
            ("HashMap" | "BTreeMap", [_, inner]) => Ty::Map(Box::new(self.read(inner)?)),
            // serde_json::Map<String, Value>
            ("Map", _) => Ty::Map(Box::new(Ty::Json)),
            ("String" | "str", []) => Ty::Str,
            ("bool", []) => Ty::Flag,
            ("f64" | "f32", []) => Ty::Num,
            ("i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64", []) => Ty::Int,
            ("DateTime", _) => Ty::Time,
            ("Value", []) => Ty::Json,
            (name, []) => match self.keys.get(name) {
                Some(key) => Ty::Named(key.clone()),
                None => bail!("progenitor chose `{name}`, which no schema is called"),
            },
            _ => bail!(
                "progenitor chose `{}`, which has no counterpart",
                text(path)
            ),
        })
    }
}

pub(super) fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}
