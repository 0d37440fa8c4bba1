//! Which file a type or an operation stands in, so that no file grows too large to open.

use std::collections::BTreeMap;

use super::rust::file_name;
use crate::generate::api::{Operation, Shape, Type};

/// What a file may hold, in lines.
const LIMIT: usize = 2_600;

/// Letters by which files are told apart at most: their names have an end.
const LETTERS: usize = 40;

/// Something that goes to a file.
pub(super) struct Piece<'a, T> {
    /// Its name, by which it is found.
    pub(super) name: &'a str,
    /// The lines that it takes, roughly.
    pub(super) lines: usize,
    /// What it is.
    pub(super) item: T,
}

/// Divides `pieces` among files: `file` alone, or as in an encyclopedia by first letters, `file_a` and so on, where a
/// letter that is too much by itself is divided by the next. A new piece moves others only when it makes their file
/// too large.
pub(super) fn divide<'a, T>(file: &str, pieces: Vec<Piece<'a, T>>) -> BTreeMap<String, Vec<T>> {
    let mut files = BTreeMap::new();
    volume(file, String::new(), pieces, &mut files);
    files
}

fn volume<'a, T>(
    file: &str,
    prefix: String,
    pieces: Vec<Piece<'a, T>>,
    files: &mut BTreeMap<String, Vec<T>>,
) {
    let letters = |name: &str| -> Vec<char> {
        let plain = name.chars().filter(char::is_ascii_alphanumeric);
        plain.map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let depth = prefix.len();
    let whole = pieces.iter().map(|piece| piece.lines).sum::<usize>() <= LIMIT;
    let ended = depth >= LETTERS
        || pieces
            .iter()
            .all(|piece| letters(piece.name).len() <= depth);
    if whole || ended {
        let name = match prefix.as_str() {
            "" => file.to_owned(),
            prefix => format!("{file}_{prefix}"),
        };
        let items = pieces.into_iter().map(|piece| piece.item);
        files.entry(name).or_default().extend(items);
        return;
    }
    let mut volumes: BTreeMap<String, Vec<Piece<'a, T>>> = BTreeMap::new();
    for piece in pieces {
        let letters = letters(piece.name);
        let prefix = letters.iter().take(depth + 1).collect();
        volumes.entry(prefix).or_default().push(piece);
    }
    for (prefix, pieces) in volumes {
        // A name that is the prefix of others ends here.
        if prefix.len() == depth {
            let items = pieces.into_iter().map(|piece| piece.item);
            files
                .entry(format!("{file}_{prefix}"))
                .or_default()
                .extend(items);
        } else {
            volume(file, prefix, pieces, files);
        }
    }
}

/// A type, by its name.
pub(super) fn of_type<'a>(key: &'a str, ty: &'a Type) -> Piece<'a, &'a str> {
    let lines = match &ty.shape {
        Shape::Struct { members, .. } => 34 + 5 * members.len(),
        Shape::Enum(variants) => 5 + variants.len(),
        Shape::Union { variants, tags, .. } => 8 + variants.len() + tags.len(),
    };
    Piece {
        name: &ty.name,
        lines,
        item: key,
    }
}

/// An operation, by its name.
pub(super) fn of_operation(operation: &Operation) -> Piece<'_, &Operation> {
    let required = operation.params.iter().filter(|param| param.required);
    Piece {
        name: &operation.name,
        lines: 62 + 6 * operation.params.len() - 3 * required.count(),
        item: operation,
    }
}

/// The operations of a module, by file.
pub(super) fn operations(operations: &[Operation]) -> BTreeMap<String, Vec<&Operation>> {
    let mut by_tag: BTreeMap<String, Vec<Piece<'_, &Operation>>> = BTreeMap::new();
    for operation in operations {
        let pieces = by_tag.entry(file_name(&operation.tag)).or_default();
        pieces.push(of_operation(operation));
    }
    let files = by_tag.into_iter().map(|(tag, pieces)| divide(&tag, pieces));
    merge(files)
}

/// All of them; what is of one name in several stands together.
pub(super) fn merge<T>(
    files: impl Iterator<Item = BTreeMap<String, Vec<T>>>,
) -> BTreeMap<String, Vec<T>> {
    let mut all: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for (name, items) in files.flatten() {
        all.entry(name).or_default().extend(items);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pieces: &[(&str, usize)]) -> Vec<(String, Vec<String>)> {
        let pieces = pieces
            .iter()
            .map(|&(name, lines)| Piece {
                name,
                lines,
                item: name.to_owned(),
            })
            .collect();
        divide("pets", pieces).into_iter().collect()
    }

    #[test]
    fn what_fits_stays_together() {
        let found = files(&[("Dog", 1_000), ("Cat", 1_000)]);
        assert_eq!(found, [("pets".into(), vec!["Dog".into(), "Cat".into()])]);
    }

    #[test]
    fn what_does_not_is_divided_by_first_letters() {
        let large = [
            ("Dog", 1_000),
            ("Cat", 1_000),
            ("Cow", 1_000),
            ("Crow", 900),
        ];
        let names = |found: Vec<(String, Vec<String>)>| -> Vec<String> {
            found
                .into_iter()
                .map(|(file, items)| format!("{file}: {}", items.join(" ")))
                .collect()
        };
        assert_eq!(
            names(files(&large)),
            [
                "pets_ca: Cat",
                "pets_co: Cow",
                "pets_cr: Crow",
                "pets_d: Dog"
            ]
        );
        // One more moves nothing but what it makes too large.
        let more = [&large[..], &[("Duck", 10), ("Emu", 10)]].concat();
        assert_eq!(
            names(files(&more)),
            [
                "pets_ca: Cat",
                "pets_co: Cow",
                "pets_cr: Crow",
                "pets_d: Dog Duck",
                "pets_e: Emu"
            ]
        );
    }

    #[test]
    fn a_name_within_another_and_one_that_is_large_alone_end_the_division() {
        let found = files(&[("V", 9_000), ("V1", 9_000), ("V1a", 9_000)]);
        let files: Vec<&str> = found.iter().map(|(file, _)| file.as_str()).collect();
        assert_eq!(files, ["pets_v", "pets_v1", "pets_v1a"]);
    }
}
