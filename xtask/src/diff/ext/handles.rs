//! How a user gets the handle that a method belongs to.

use std::collections::{BTreeMap, VecDeque};

use super::source::{Source, TypeName};

/// Where users begin; what is at hand at several of these belongs to the first.
const ROOTS: [(&str, &str); 4] = [
    ("Project", "project"),
    ("Org", "org"),
    ("Account", "account"),
    ("Harness", "harness"),
];

/// Expressions that give handles, by their types. What no plain call gives is not in it.
pub(super) fn of(source: &Source) -> BTreeMap<TypeName, String> {
    let mut found = BTreeMap::new();
    let mut open = VecDeque::new();
    for (ty, expression) in ROOTS {
        // Methods of these stand in the folders of what they give.
        for folder in source.folders() {
            let ty = (folder.to_owned(), ty.to_owned());
            found.insert(ty.clone(), expression.to_owned());
            open.push_back((ty, expression.to_owned()));
        }
    }
    while let Some((from, expression)) = open.pop_front() {
        for (name, function) in source.entries_of(&from) {
            let given = function.gives.as_ref();
            let Some(given) = given.and_then(|given| source.find(&from.0, given)) else {
                continue;
            };
            if !found.contains_key(&given) {
                let expression = format!("{expression}.{}", function.call(name));
                found.insert(given.clone(), expression.clone());
                open.push_back((given, expression));
            }
        }
    }
    found
}
