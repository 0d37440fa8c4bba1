//! The section of a report for the changelog: a line for each class of changes, in the manner of Keep a Changelog.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    change::{Change, Report},
    class::Class,
    groups::{Group, Groups},
    text::{INLINE, item, items, some},
};

const TITLES: [&str; 4] = ["Added", "Changed", "Deprecated", "Removed"];

/// Returns the title under which a class stands.
fn title(class: Class) -> &'static str {
    match class {
        Class::ModuleAdded | Class::OperationAdded | Class::TypeAdded => "Added",
        Class::Deprecated | Class::FieldDeprecated => "Deprecated",
        Class::ModuleRemoved | Class::OperationRemoved | Class::TypeRemoved => "Removed",
        _ => "Changed",
    }
}

impl Report {
    /// Returns the section for the changelog, with all changes or the first.
    pub fn changelog(&self, all: bool) -> String {
        section(&Groups::of(self), all)
    }
}

pub(super) fn section(groups: &Groups<'_>, all: bool) -> String {
    let mut text = String::new();
    for wanted in TITLES {
        let of = |groups: &[Group<'_>], mark: &str| -> String {
            let groups = groups.iter().filter(|group| title(group.class) == wanted);
            let mut lines: Vec<(Class, String)> = groups
                .map(|group| (group.class, line(group, mark, all)))
                .collect();
            lines.sort();
            lines.into_iter().map(|(_, line)| line).collect()
        };
        // That something is removed says that it is breaking.
        let mark = if wanted == "Changed" {
            "**Breaking:** "
        } else {
            ""
        };
        let lines = of(&groups.breaking, mark) + &of(&groups.additive, "");
        if !lines.is_empty() {
            let before = if text.is_empty() { "" } else { "\n" };
            let _ = write!(text, "{before}### {wanted}\n\n{lines}");
        }
    }
    text
}

fn line(group: &Group<'_>, mark: &str, all: bool) -> String {
    let changes = group.changes();
    let count = items(&changes);
    let is_listed = all || changes.len() <= INLINE;
    let what = match (title(group.class), is_listed) {
        ("Changed", true) => group.class.title().to_owned(),
        ("Changed", false) => format!("{}: {count}", group.class.title()),
        _ if group.class == Class::FieldDeprecated => format!("fields of {count}"),
        _ => count,
    };
    if !is_listed {
        return format!("- {mark}{what}: {}\n", by_module(&changes));
    }
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
    let entries = some(&entries.collect::<Vec<_>>(), INLINE, all);
    format!("- {mark}{what}: {entries}\n")
}

/// Counts them by module.
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
