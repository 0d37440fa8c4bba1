//! The section of a report for the changelog.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    change::{Change, Level, Report},
    class::Class,
    groups::{self, Group},
    text::{INLINE, item, items, some},
};

/// The sections, in the manner of Keep a Changelog.
const SECTIONS: [&str; 4] = ["Added", "Changed", "Deprecated", "Removed"];

fn section(class: Class) -> &'static str {
    match class {
        Class::ModuleAdded | Class::OperationAdded | Class::TypeAdded => "Added",
        Class::Deprecated | Class::FieldDeprecated => "Deprecated",
        Class::ModuleRemoved | Class::OperationRemoved | Class::TypeRemoved => "Removed",
        _ => "Changed",
    }
}

impl Report {
    /// A section for the changelog: a line for each class of changes, with all of them or the first.
    pub fn changelog(&self, all: bool) -> String {
        let of = |level| {
            let mut groups = groups::of(self, level);
            groups.sort_by_key(|group| group.class);
            groups
        };
        let (breaking, additive) = (of(Level::Breaking), of(Level::Additive));
        let mut text = String::new();
        for title in SECTIONS {
            let of = |groups: &[Group<'_>], mark: &str| -> String {
                let groups = groups.iter().filter(|group| section(group.class) == title);
                groups.map(|group| line(group, mark, all)).collect()
            };
            // That something is removed says that it is breaking.
            let mark = if title == "Changed" {
                "**Breaking:** "
            } else {
                ""
            };
            let lines = of(&breaking, mark) + &of(&additive, "");
            if !lines.is_empty() {
                let before = if text.is_empty() { "" } else { "\n" };
                let _ = write!(text, "{before}### {title}\n\n{lines}");
            }
        }
        text
    }
}

fn line(group: &Group<'_>, mark: &str, all: bool) -> String {
    let changes = group.changes();
    let is_new_or_gone = section(group.class) != "Changed";
    let what = if is_new_or_gone && group.class.is_of_whole() {
        items(&changes)
    } else {
        format!("{}, {}", group.class.title(), items(&changes))
    };
    let details = if !all && changes.len() > INLINE {
        by_module(&changes)
    } else {
        let entries = group.entries.iter().map(|entry| {
            let names: Vec<String> = entry.changes.iter().map(|change| item(change)).collect();
            let names = names.join(", ");
            match entry.text {
                "" => names,
                // How a type is made says its documentation.
                _ if matches!(group.class, Class::TypeAdded | Class::TypeRemoved) => names,
                text => format!("{names} ({text})"),
            }
        });
        some(&entries.collect::<Vec<_>>(), INLINE, all)
    };
    format!("- {mark}{what}: {details}\n")
}

/// How many of them each module has.
fn by_module(changes: &[&Change]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for change in changes {
        let module = match change.modules.as_slice() {
            [only] => only,
            _ => "several modules",
        };
        *counts.entry(module).or_default() += 1;
    }
    let counts = counts.iter().map(|(module, count)| match *module {
        "several modules" => format!("{module} {count}"),
        module => format!("`{module}` {count}"),
    });
    counts.collect::<Vec<_>>().join(", ")
}
