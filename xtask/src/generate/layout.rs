//! Layout: which file a type or an operation stands in, so that no file grows too large to open.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;

use super::{
    api::{Api, Operation, Shape, Type},
    reserved::{is_device, is_path},
};

/// What a file may hold, in lines.
const LIMIT: usize = 2_600;

/// Letters by which files are told apart at most: their names have an end.
const LETTERS: usize = 40;

/// Characters of a file's name that are kept.
const LONGEST: usize = 60;

/// Divides the operations and the types of each module among files.
///
/// A file holds what belongs to one tag; a type that several tags use stands in `common`.
pub(super) fn divide(api: &mut Api) {
    for module in &mut api.modules {
        let operations = module.operations.iter().enumerate();
        module.files = files(operations.map(|(index, operation)| {
            (file_name(&operation.tag), operation_piece(index, operation))
        }));
        let types = module.types.iter().filter_map(|(key, tags)| {
            let tags: BTreeSet<String> = tags.iter().map(|tag| file_name(tag)).collect();
            let mut tags = tags.into_iter();
            let file = match (tags.next(), tags.next()) {
                (Some(only), None) => only,
                _ => "common".to_owned(),
            };
            Some((file, type_piece(key, api.types.get(key)?)))
        });
        module.type_files = files(types);
    }
}

/// Something that goes to a file.
struct Piece<'a, T> {
    /// Its name, by which it is found.
    name: &'a str,
    /// The lines that it takes, roughly.
    lines: usize,
    /// What it is.
    item: T,
}

fn type_piece<'a>(key: &str, ty: &'a Type) -> Piece<'a, String> {
    let lines = match &ty.shape {
        Shape::Struct { members, .. } => 34 + 5 * members.len(),
        Shape::Enum(variants) => 5 + variants.len(),
        Shape::Union { variants, tags, .. } => 8 + variants.len() + tags.len(),
    };
    Piece {
        name: &ty.name,
        lines,
        item: key.to_owned(),
    }
}

fn operation_piece(index: usize, operation: &Operation) -> Piece<'_, usize> {
    let required = operation.params.iter().filter(|param| param.required);
    Piece {
        name: &operation.name,
        lines: 62 + 6 * operation.params.len() - 3 * required.count(),
        item: index,
    }
}

/// Returns the items of each file. What is of one name in several files stands together.
fn files<'a, T>(pieces: impl Iterator<Item = (String, Piece<'a, T>)>) -> BTreeMap<String, Vec<T>> {
    let mut by_file: BTreeMap<String, Vec<Piece<'_, T>>> = BTreeMap::new();
    for (file, piece) in pieces {
        by_file.entry(file).or_default().push(piece);
    }
    let mut files = BTreeMap::new();
    for (file, pieces) in by_file {
        volume(&file, String::new(), pieces, &mut files);
    }
    files
}

/// Divides pieces among files: `file` alone, or as in an encyclopedia by first letters, `file_a` and so on, where a
/// letter that is too much by itself is divided by the next. A new piece moves others only when it makes their file
/// too large.
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

/// Returns the file and Rust module of a tag.
fn file_name(tag: &str) -> String {
    let words: String = tag
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let mut name = words.to_snake_case();
    name.truncate(LONGEST);
    match name.as_str() {
        "" => "other".to_owned(),
        "types" | "mod" | "common" => format!("{name}_operations"),
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => format!("tag_{name}"),
        _ if is_path(&name) || is_device(&name) => format!("{name}_"),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pieces: &[(&str, usize)]) -> Vec<(String, Vec<String>)> {
        let pieces = pieces.iter().map(|&(name, lines)| {
            let piece = Piece {
                name,
                lines,
                item: name.to_owned(),
            };
            ("pets".to_owned(), piece)
        });
        super::files(pieces).into_iter().collect()
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
