//! Tells things of one name apart.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;

use crate::generate::problems::Problems;

/// What the names are for, in messages.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'a> {
    /// Methods of this module.
    Operations(&'a str),
    /// Types of component schemas.
    Types,
}

impl Kind<'_> {
    /// What must differ: for methods the name of the request too, which has no underscores.
    fn key(self, name: &str) -> String {
        match self {
            Self::Operations(_) => name.to_pascal_case(),
            Self::Types => name.to_owned(),
        }
    }

    fn separator(self) -> &'static str {
        match self {
            Self::Operations(_) => "_",
            Self::Types => "",
        }
    }
}

/// One name for each pair of a name and an original, in the order of the input, all of them different.
///
/// The first original by spelling keeps the name and the next get 2, 3 and so on, whatever the order of the input. With
/// `strict`, two of one name are a problem too, which lists every clash and the table to edit.
pub(super) fn unique(
    kind: Kind<'_>,
    names: &[(String, String)],
    strict: bool,
    problems: &mut Problems,
) -> Vec<String> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, (name, _)) in names.iter().enumerate() {
        groups.entry(kind.key(name)).or_default().push(index);
    }
    let original = |index: usize| names.get(index).map_or("", |(_, original)| original);
    for group in groups.values_mut() {
        group.sort_by_key(|&index| original(index));
    }
    if strict {
        let clashes: Vec<String> = groups
            .iter()
            .filter(|(_, group)| group.len() > 1)
            .map(|(_, group)| {
                let name = group.first().map_or("", |&index| names[index].0.as_str());
                let originals: Vec<&str> = group.iter().map(|&index| original(index)).collect();
                format!("{name}: {}", originals.join(", "))
            })
            .collect();
        if !clashes.is_empty() {
            let (what, table) = match kind {
                Kind::Operations(module) => {
                    (format!("operations of module `{module}`"), "[operations]")
                }
                Kind::Types => ("types".to_owned(), "[types]"),
            };
            problems.note(format!(
                "{what} with one name for several; name all but one of each under {table} in openapi/names.toml:\n  {}",
                clashes.join("\n  ")
            ));
        }
    }
    let mut taken: BTreeSet<String> = groups.keys().cloned().collect();
    let mut chosen: Vec<String> = names.iter().map(|(name, _)| name.clone()).collect();
    for group in groups.values() {
        let mut number = 1;
        for index in group.iter().skip(1) {
            let Some(name) = chosen.get_mut(*index) else {
                continue;
            };
            let stem = name.trim_end_matches('_').to_owned();
            loop {
                number += 1;
                let free = format!("{stem}{}{number}", kind.separator());
                if taken.insert(kind.key(&free)) {
                    *name = free;
                    break;
                }
            }
        }
    }
    chosen
}

/// The names, or the problems as an error.
#[cfg(test)]
pub(super) fn try_unique(
    kind: Kind<'_>,
    names: &[(String, String)],
    strict: bool,
) -> anyhow::Result<Vec<String>> {
    let mut problems = Problems::default();
    let chosen = unique(kind, names, strict, &mut problems);
    problems.none()?;
    Ok(chosen)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Kind, try_unique as unique};

    fn pairs(names: &[(&str, &str)]) -> Vec<(String, String)> {
        names
            .iter()
            .map(|&(name, original)| (name.to_owned(), original.to_owned()))
            .collect()
    }

    #[test]
    fn clashes_are_listed_with_the_table_to_edit() {
        let names = pairs(&[("get_x", "getX"), ("list_x", "listX"), ("get_x", "get-x")]);
        let error = unique(Kind::Operations("cd"), &names, true)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("module `cd`") && error.contains("[operations]"),
            "{error}"
        );
        assert!(error.contains("get_x: get-x, getX"), "{error}");
        assert!(!error.contains("list_x"), "{error}");
        let names = pairs(&[("A", "a"), ("B", "b")]);
        assert_eq!(unique(Kind::Types, &names, true).unwrap(), ["A", "B"]);
    }

    #[test]
    fn numbers_do_not_depend_on_the_order() {
        let mut names = pairs(&[("get_x", "getX"), ("get_x", "get-x"), ("get_x_2", "getX2")]);
        let kind = Kind::Operations("cd");
        assert_eq!(
            unique(kind, &names, false).unwrap(),
            ["get_x_3", "get_x", "get_x_2"]
        );
        names.reverse();
        assert_eq!(
            unique(kind, &names, false).unwrap(),
            ["get_x_2", "get_x", "get_x_3"]
        );
        let types = pairs(&[("Foo", "foo"), ("Foo", "Foo"), ("Foo", "FOO")]);
        assert_eq!(
            unique(Kind::Types, &types, false).unwrap(),
            ["Foo3", "Foo2", "Foo"]
        );
    }

    #[test]
    fn two_of_one_original_are_told_apart_too() {
        let names = pairs(&[("get_x", "getX"), ("get_x", "getX")]);
        let kind = Kind::Operations("cd");
        assert_eq!(unique(kind, &names, false).unwrap(), ["get_x", "get_x_2"]);
        assert!(unique(kind, &names, true).is_err());
    }
}
