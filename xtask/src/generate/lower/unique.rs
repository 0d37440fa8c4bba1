//! Tells things of one name apart.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase;

/// What the names are for, in messages.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind<'a> {
    /// Methods of this module.
    Operations(&'a str),
    /// Types of component schemas.
    Types,
}

impl Kind<'_> {
    /// Returns the text that must differ: for methods the name of the request too, which has no underscores.
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

/// Names that are all different.
pub(super) struct Unique {
    /// A name for each pair, in the order of the input.
    pub(super) names: Vec<String>,
    /// The indexes of pairs with one name for several, the first by spelling first.
    pub(super) clashes: Vec<Vec<usize>>,
    /// What to say of the clashes: each, and the table to edit.
    pub(super) text: String,
}

/// Returns one name for each pair of a name and an original.
///
/// The first original by spelling keeps the name and the next get 2, 3 and so on, whatever the order of the input.
pub(super) fn unique(kind: Kind<'_>, names: &[(String, String)]) -> Unique {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, (name, _)) in names.iter().enumerate() {
        groups.entry(kind.key(name)).or_default().push(index);
    }
    let original = |index: usize| names.get(index).map_or("", |(_, original)| original);
    for group in groups.values_mut() {
        group.sort_by_key(|&index| original(index));
    }
    let clashes: Vec<Vec<usize>> = groups
        .values()
        .filter(|group| group.len() > 1)
        .cloned()
        .collect();
    let lines = clashes.iter().map(|group| {
        let name = group.first().map_or("", |&index| names[index].0.as_str());
        let originals: Vec<&str> = group.iter().map(|&index| original(index)).collect();
        format!("\n  {name}: {}", originals.join(", "))
    });
    let (what, table) = match kind {
        Kind::Operations(module) => (format!("operations of module `{module}`"), "[operations]"),
        Kind::Types => ("types".to_owned(), "[types]"),
    };
    let text = format!(
        "{what} with one name for several; name all but one of each under {table} in openapi/names.toml:{}",
        lines.collect::<String>()
    );
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
    Unique {
        names: chosen,
        clashes,
        text,
    }
}

/// The names; with `strict`, two of one name are an error.
#[cfg(test)]
pub(super) fn try_unique(
    kind: Kind<'_>,
    names: &[(String, String)],
    strict: bool,
) -> anyhow::Result<Vec<String>> {
    let unique = unique(kind, names);
    anyhow::ensure!(!strict || unique.clashes.is_empty(), "{}", unique.text);
    Ok(unique.names)
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
