//! Which type of the older side is which of the newer.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    generate::api::{Api, Shape, Ty, Type},
    surface,
};

/// Keys of the older side to keys of the newer, for types that go by another name.
#[derive(Debug, Default)]
pub(super) struct Renames {
    keys: BTreeMap<String, String>,
    /// The same as Rust names.
    words: BTreeMap<String, String>,
}

impl Renames {
    /// Pairs a type that is gone with a new one if the description calls them the same, or if they are the
    /// only two of their shape.
    pub(super) fn of(old: &Api, new: &Api) -> Self {
        let mut renames = Self::default();
        let missing = |from: &Api, of: &Api| -> Vec<String> {
            let keys = from.types.keys().filter(|key| !of.types.contains_key(*key));
            keys.cloned().collect()
        };
        let (gone, fresh) = (missing(old, new), missing(new, old));
        renames.pair(&gone, &fresh, (old, new), |_, ty| ty.origin.clone());
        // A type that contains a renamed one is known by its shape once that one is known.
        loop {
            let before = renames.keys.len();
            renames.words = renames.names();
            let words = renames.words.clone();
            renames.pair(&gone, &fresh, (old, new), |is_old, ty| {
                shape(ty, is_old.then_some(&words))
            });
            if renames.keys.len() == before {
                return renames;
            }
        }
    }

    fn pair(
        &mut self,
        gone: &[String],
        fresh: &[String],
        (old, new): (&Api, &Api),
        by: impl Fn(bool, &Type) -> String,
    ) {
        let taken: BTreeSet<&String> = self.keys.values().collect();
        let mut found: BTreeMap<String, (Vec<&String>, Vec<&String>)> = BTreeMap::new();
        for key in gone.iter().filter(|key| !self.keys.contains_key(*key)) {
            found
                .entry(by(true, &old.types[key]))
                .or_default()
                .0
                .push(key);
        }
        for key in fresh.iter().filter(|key| !taken.contains(key)) {
            found
                .entry(by(false, &new.types[key]))
                .or_default()
                .1
                .push(key);
        }
        let pairs: Vec<_> = found
            .into_values()
            .filter_map(|(old, new)| match (old.as_slice(), new.as_slice()) {
                ([old], [new]) => Some(((*old).clone(), (*new).clone())),
                _ => None,
            })
            .collect();
        self.keys.extend(pairs);
    }

    /// Returns the Rust names, old to new.
    fn names(&self) -> BTreeMap<String, String> {
        let short = |key: &String| crate::generate::api::short(key).to_owned();
        self.keys
            .iter()
            .map(|(old, new)| (short(old), short(new)))
            .collect()
    }

    /// Returns the key on the newer side.
    pub(super) fn key<'k>(&'k self, old: &'k str) -> &'k str {
        self.keys.get(old).map_or(old, String::as_str)
    }

    /// Returns the keys on the newer side that other types of the older side have.
    pub(super) fn targets(&self) -> BTreeSet<&str> {
        self.keys.values().map(String::as_str).collect()
    }

    /// Returns Rust of the older side with the type names of the newer.
    pub(super) fn text(&self, old: &str) -> String {
        replace_words(old, &self.words)
    }

    /// Returns a type of the older side in terms of the newer.
    pub(super) fn ty(&self, old: &Ty) -> Ty {
        match old {
            Ty::Named(key) => Ty::Named(self.key(key).to_owned()),
            Ty::List(item) => Ty::List(Box::new(self.ty(item))),
            Ty::Map(value) => Ty::Map(Box::new(self.ty(value))),
            plain => plain.clone(),
        }
    }
}

/// Returns the definition of a type, without its name and in the names of the newer side.
fn shape(ty: &Type, names: Option<&BTreeMap<String, String>>) -> String {
    let kind = match &ty.shape {
        Shape::Struct { .. } => "struct",
        Shape::Enum(_) => "enum",
        Shape::Union { .. } => "union",
    };
    let text = surface::describe(ty);
    let lines = text.lines().skip(1).map(|line| match names {
        Some(names) => replace_words(line, names),
        None => line.to_owned(),
    });
    format!(
        "{kind} {}\n{}",
        ty.sent_only,
        lines.collect::<Vec<String>>().join("\n")
    )
}

/// Returns the text with each of these words replaced.
fn replace_words(text: &str, names: &BTreeMap<String, String>) -> String {
    text.split_inclusive(|c: char| !c.is_ascii_alphanumeric())
        .map(|piece| {
            let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let rest = piece.get(word.len()..).unwrap_or_default();
            format!("{}{rest}", names.get(word).map_or(word, String::as_str))
        })
        .collect()
}
