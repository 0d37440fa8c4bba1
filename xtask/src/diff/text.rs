//! The report as Markdown, for people, with a section for the changelog at its end.

use std::fmt::Write as _;

use super::change::{Change, Level, Report, What};

/// Names shown before the rest is only counted, where nothing is to be done about them.
const SHOWN: usize = 20;

impl Report {
    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "# `{}` to `{}`: {}\n\n",
            self.old,
            self.new,
            self.level.name()
        );
        text += &self.table();
        list(
            &mut text,
            "What stops generation",
            "Until this is decided, what depends on it is missing below or has a name that will change.",
            &self.problems,
        );
        list(
            &mut text,
            "What does not fit on the older side",
            "The same, of the description before; what comes of it may look like a change.",
            &self.old_problems,
        );
        if !self.fixes.is_empty() {
            text += "\n## Fixes\n\n";
            for fix in &self.fixes {
                let _ = writeln!(text, "- `{}`: {}", fix.name, fix.details.join("; "));
            }
        }
        for (title, changes) in self.changes() {
            if !changes.is_empty() {
                let _ = write!(text, "\n## {title}\n\n");
                for change in changes {
                    text += &entry(change);
                }
            }
        }
        text += &self.unseen();
        let changelog = self.changelog();
        if !changelog.is_empty() {
            let _ = write!(
                text,
                "\n## For the changelog\n\n```markdown\n{changelog}```\n"
            );
        }
        text
    }

    fn changes(&self) -> [(&'static str, &[Change]); 3] {
        [
            ("Modules", &self.modules),
            ("Operations", &self.operations),
            ("Types", &self.schemas),
        ]
    }

    fn table(&self) -> String {
        let mut text = String::from(
            "| | added | changed | renamed | deprecated | removed | breaking |\n|---|---:|---:|---:|---:|---:|---:|\n",
        );
        for (title, changes) in self.changes() {
            let count = |what| changes.iter().filter(|change| change.what == what).count();
            let breaking = changes
                .iter()
                .filter(|change| change.level == Level::Breaking)
                .count();
            let _ = writeln!(
                text,
                "| {title} | {} | {} | {} | {} | {} | {breaking} |",
                count(What::Added),
                count(What::Changed),
                count(What::Renamed),
                count(What::Deprecated),
                count(What::Removed),
            );
        }
        text
    }

    /// What no Rust item shows.
    fn unseen(&self) -> String {
        let mut lines = Vec::new();
        for (what, names) in [
            ("operations", &self.silent.operations),
            ("schemas", &self.silent.schemas),
        ] {
            if !names.is_empty() {
                let shown: Vec<String> = names
                    .iter()
                    .take(SHOWN)
                    .map(|name| format!("`{name}`"))
                    .collect();
                let more = match names.len().saturating_sub(SHOWN) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                lines.push(format!(
                    "- {what} ({}): {}{more}",
                    names.len(),
                    shown.join(", ")
                ));
            }
        }
        if self.silent.rest {
            lines.push("- what stands beside paths and schemas".to_owned());
        }
        if lines.is_empty() {
            return String::new();
        }
        format!(
            "\n## Without effect\n\nThe description differs here too, and no Rust item shows it.\n\n{}\n",
            lines.join("\n")
        )
    }

    /// A section for the changelog, in the manner of Keep a Changelog.
    pub fn changelog(&self) -> String {
        let all = || self.changes().into_iter().flat_map(|(_, changes)| changes);
        let of = |what: &[What], level: &dyn Fn(Level) -> bool| -> Vec<String> {
            all()
                .filter(|change| what.contains(&change.what) && level(change.level))
                .map(line)
                .collect()
        };
        let breaks = |level| level == Level::Breaking;
        let seen = |level| level == Level::Additive;
        let sections = [
            ("Added", of(&[What::Added], &|_| true)),
            (
                "Changed, breaking",
                of(&[What::Changed, What::Renamed], &breaks),
            ),
            ("Changed", of(&[What::Changed, What::Renamed], &seen)),
            ("Deprecated", of(&[What::Deprecated], &|_| true)),
            ("Removed", of(&[What::Removed], &|_| true)),
        ];
        let mut text = String::new();
        for (title, lines) in sections {
            if !lines.is_empty() {
                let before = if text.is_empty() { "" } else { "\n" };
                let _ = write!(text, "{before}### {title}\n\n{}\n", lines.join("\n"));
            }
        }
        text
    }
}

fn list(text: &mut String, title: &str, about: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = write!(text, "\n## {title}\n\n{about}\n\n");
    for line in lines {
        let _ = writeln!(text, "- {}", line.replace('\n', "\n  "));
    }
}

/// How many methods of a type are named.
const METHODS: usize = 5;

/// A change with all its details.
fn entry(change: &Change) -> String {
    let mut text = format!(
        "- {} `{}` ({}): {}",
        change.what.name(),
        change.name,
        items(change),
        change.level.name()
    );
    match change.details.as_slice() {
        [only] => {
            let _ = writeln!(text, "; {}", only.text);
        }
        details => {
            text.push('\n');
            for detail in details {
                let _ = writeln!(text, "  - {}: {}", detail.level.name(), detail.text);
            }
        }
    }
    if !change.used_by.is_empty() {
        let shown = change.used_by.iter().take(METHODS);
        let shown: Vec<String> = shown.map(|method| format!("`{method}`")).collect();
        let _ = write!(text, "  - used by {}", shown.join(", "));
        let _ = match change.used_by.len() - shown.len() {
            0 => writeln!(text),
            more => writeln!(text, " and {more} more"),
        };
    }
    text
}

/// A change as one line of the changelog.
fn line(change: &Change) -> String {
    let details: Vec<&str> = change
        .details
        .iter()
        .filter(|detail| detail.level > Level::Patch)
        .map(|detail| detail.text.as_str())
        .collect();
    if change.what == What::Removed {
        return format!("- {}", items(change));
    }
    format!("- {}: {}", items(change), details.join("; "))
}

/// The Rust items of a change, as briefly as they can be told.
fn items(change: &Change) -> String {
    match change.rust.as_slice() {
        [] => "no Rust item".to_owned(),
        [only] => format!("`{only}`"),
        [first, rest @ ..] => format!("`{first}` and in {} more modules", rest.len()),
    }
}
