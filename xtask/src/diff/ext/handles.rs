//! How a user gets the handle that a method belongs to.

use std::collections::{BTreeMap, VecDeque};

use super::source::{Key, Source};

/// Where users begin; what is at hand at several of these belongs to the first.
const ROOTS: [(&str, &str); 4] = [
    ("Project", "project"),
    ("Org", "org"),
    ("Account", "account"),
    ("Harness", "harness"),
];

/// Expressions that give handles, by folder and name of the type. What no plain call gives is not in it.
pub(super) fn of(source: &Source) -> BTreeMap<(String, String), String> {
    let mut found: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut open: VecDeque<(String, String)> = VecDeque::new();
    for (ty, expression) in ROOTS {
        // A method stands in the folder of what it gives.
        for folder in source.folders() {
            found.insert((folder.to_owned(), ty.to_owned()), expression.to_owned());
            open.push_back((folder.to_owned(), ty.to_owned()));
        }
    }
    while let Some(from) = open.pop_front() {
        let expression = found[&from].clone();
        for (key, function) in &source.functions {
            let Key::Method(folder, ty, name) = key else {
                continue;
            };
            if (folder, ty) != (&from.0, &from.1) || !function.is_entry(ty) {
                continue;
            }
            let Some(given) = function.gives.as_ref().and_then(|given| source.find(folder, given))
            else {
                continue;
            };
            if !found.contains_key(&given) {
                let arguments = if function.takes_arguments { "(..)" } else { "()" };
                found.insert(given.clone(), format!("{expression}.{name}{arguments}"));
                open.push_back(given);
            }
        }
    }
    found
}
