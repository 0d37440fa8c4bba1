//! The report as Markdown, for people: what a maintainer has to know first, then the changes by what they concern, and a
//! section for the changelog.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{
    change::{Change, Level, Report, What},
    changelog,
    class::Class,
    groups::{Entry, Group, Groups, Impact},
};
use crate::markdown::code;

/// How much of a report is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// As much of each list as a report of a few pages has room for.
    Short,
    /// Everything.
    Full,
}

/// Lines of a short report, if its lists can be cut so far.
const LINES: usize = 350;

/// How much of each list is tried for a short report.
const LIMITS: [usize; 7] = [50, 20, 10, 5, 3, 2, 1];

impl Report {
    /// Returns the report as Markdown.
    pub fn markdown(&self, extent: Extent) -> String {
        let groups = Groups::of(self);
        match extent {
            Extent::Full => self.limited(&groups, usize::MAX),
            Extent::Short => {
                let mut text = String::new();
                for limit in LIMITS {
                    text = self.limited(&groups, limit);
                    if text.lines().count() <= LINES {
                        break;
                    }
                }
                text
            }
        }
    }

    /// Returns the report with at most so many entries of each list.
    fn limited(&self, groups: &Groups<'_>, limit: usize) -> String {
        let mut text = format!(
            "# {} to {}: {}\n\n",
            code(&self.old),
            code(&self.new),
            self.level.name()
        );
        text += &self.summary();
        text += &self.modules();
        text += &problems(
            "Stops generation",
            "Until these are decided, what depends on them is missing below or has a name that will change. \
             `cargo xtask generate` lists them all.",
            &self.problems,
            limit,
        );
        text += &problems(
            "Does not fit the older side",
            "What comes of it may look like a change.",
            &self.old_problems,
            limit,
        );
        text += &section(
            "Breaking changes",
            "Ordered by the methods of `harness-api-ext` and the operations that they concern.",
            &groups.breaking,
            limit,
        );
        text += &self.ext_methods(limit);
        text += &section("Additions and deprecations", "", &groups.additive, limit);
        text += &section(
            "Without effect on the signatures",
            "",
            &groups.patch,
            // Each is a line, whatever is in it.
            if limit == usize::MAX { limit } else { 0 },
        );
        text += &self.silent_changes(limit);
        text += &self.fix_changes(limit);
        let changelog = changelog::section(groups, limit == usize::MAX);
        if !changelog.is_empty() {
            let _ = write!(
                text,
                "\n## For the changelog\n\n```markdown\n{changelog}```\n"
            );
        }
        text
    }

    /// Returns the summary, which stands first.
    fn summary(&self) -> String {
        let mut text = String::new();
        let parts = [
            ("Modules", self.modules.as_slice()),
            ("Operations", &self.operations),
            ("Types", &self.schemas),
        ];
        for (title, changes) in parts.into_iter().filter(|(_, changes)| !changes.is_empty()) {
            let counts = [
                (count(changes, &[What::Added]), "added"),
                (count(changes, &[What::Changed]), "changed"),
                (count(changes, &[What::Renamed]), "renamed"),
                (count(changes, &[What::Deprecated]), "deprecated"),
                (count(changes, &[What::Removed]), "removed"),
            ];
            let counts: Vec<String> = counts
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, what)| format!("{count} {what}"))
                .collect();
            let breaking: Vec<&Change> = breaking(changes).collect();
            let sampled = breaking.iter().filter(|change| change.sampled).count();
            let _ = write!(text, "- {title}: {}", counts.join(", "));
            let _ = match (breaking.len(), sampled) {
                (0, _) => write!(text, "; nothing breaking"),
                (all, 0) => write!(text, "; {all} breaking"),
                (all, sampled) => write!(
                    text,
                    "; {all} breaking, {sampled} of them replace what was inferred from one sample"
                ),
            };
            text += ".\n";
        }
        let uses = Impact::of(breaking(self.changes()));
        if !uses.ext.is_empty() {
            let public = self
                .public_ext(true)
                .values()
                .map(BTreeSet::len)
                .sum::<usize>();
            let _ = writeln!(
                text,
                "- `harness-api-ext`: {} what breaks, {public} of them with a changed type in the signature.",
                counted(uses.ext.len(), "method uses", "methods use"),
            );
        }
        if !self.problems.is_empty() {
            let without = match self.missing.len() {
                0 => String::new(),
                missing => format!("; {} missing here until then", operations(missing)),
            };
            let _ = writeln!(
                text,
                "- Generation stops: {} to decide{without}.",
                counted(self.problems.len(), "problem", "problems")
            );
        }
        if !self.fixes.is_empty() {
            let _ = writeln!(
                text,
                "- Fixes: {} do something else than before.",
                self.fixes.len()
            );
        }
        let version = match self.level {
            Level::None => "nothing to release",
            Level::Patch | Level::Additive => "raise the third number (below 1.0)",
            Level::Breaking => "raise the second number of both crates (below 1.0)",
        };
        let _ = writeln!(text, "- Version: {version}.");
        text
    }

    /// Returns the table of counts by module.
    fn modules(&self) -> String {
        let mut rows: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
        for change in self.operations.iter().chain(&self.schemas) {
            let row = match change.modules.as_slice() {
                [only] => only,
                _ => SEVERAL,
            };
            rows.entry(row).or_default().push(change);
        }
        if rows.is_empty() {
            return String::new();
        }
        let mut text = String::from(
            "\n| Module | Operations added | changed | removed | breaking | Types added | changed | removed | breaking | ext |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        for (module, changes) in rows {
            let _ = write!(text, "| {module}");
            let (operations, types): (Vec<&Change>, Vec<&Change>) =
                changes.iter().partition(|change| change.is_operation());
            for part in [operations, types] {
                let counts = [
                    count(part.iter().copied(), &[What::Added]),
                    count(
                        part.iter().copied(),
                        &[What::Changed, What::Renamed, What::Deprecated],
                    ),
                    count(part.iter().copied(), &[What::Removed]),
                    breaking(part.iter().copied()).count(),
                ];
                for count in counts {
                    let _ = write!(text, " | {}", figure(count));
                }
            }
            let uses = Impact::of(breaking(changes.iter().copied()));
            let _ = writeln!(text, " | {} |", figure(uses.ext.len()));
        }
        text
    }

    /// Returns the methods of `harness-api-ext` that use what breaks, by handle: those whose callers see a changed type, or the others.
    fn public_ext(&self, public: bool) -> BTreeMap<&str, BTreeSet<&str>> {
        let all = |public| {
            let changes = breaking(self.changes());
            let methods = changes.flat_map(|change| &change.ext);
            let methods = methods.filter(move |method| method.public == public);
            methods.map(|method| (method.handle.as_str(), method.method.as_str()))
        };
        let shown: BTreeSet<(&str, &str)> = all(true).collect();
        let mut handles: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (handle, method) in all(public) {
            if public || !shown.contains(&(handle, method)) {
                handles.entry(handle).or_default().insert(method);
            }
        }
        handles
    }

    fn ext_methods(&self, limit: usize) -> String {
        let mut text = String::new();
        let parts = [
            (true, "With a changed type in the signature:"),
            (false, "Within only:"),
        ];
        for (public, about) in parts {
            let handles = self.public_ext(public);
            if handles.is_empty() {
                continue;
            }
            if text.is_empty() {
                text += "\n## Methods of `harness-api-ext` that use what breaks\n";
            }
            let _ = write!(text, "\n{about}\n\n");
            let lines = handles.iter().map(|(handle, methods)| {
                let methods: Vec<String> = methods.iter().map(|name| code(name)).collect();
                format!("- {}: {}\n", code(handle), methods.join(", "))
            });
            text += &cut(lines.collect(), "", limit.saturating_mul(8), "handles");
        }
        text
    }

    /// Returns the differences that no Rust item and no class shows.
    fn silent_changes(&self, limit: usize) -> String {
        let mut lines = Vec::new();
        for (what, names) in [
            ("operations", &self.silent.operations),
            ("schemas", &self.silent.schemas),
        ] {
            if !names.is_empty() {
                let names: Vec<String> = names.iter().map(|name| code(name)).collect();
                lines.push(format!(
                    "- {what} ({}): {}",
                    names.len(),
                    some(&names, limit.clamp(1, INLINE), limit == usize::MAX)
                ));
            }
        }
        if self.silent.rest {
            lines.push("- outside of paths and schemas".to_owned());
        }
        if lines.is_empty() {
            return String::new();
        }
        format!(
            "\n## Other differences of the description\n\nNo Rust item shows them.\n\n{}\n",
            lines.join("\n")
        )
    }

    fn fix_changes(&self, limit: usize) -> String {
        if self.fixes.is_empty() {
            return String::new();
        }
        let lines = self.fixes.iter().map(|fix| {
            let mut parts = Vec::new();
            match (fix.was, fix.is) {
                (Some(was), Some(is)) if was == is => parts.push(format!("{is} places")),
                (Some(was), Some(is)) => parts.push(format!("{was} -> {is} places")),
                (Some(_), None) => parts.push("removed".to_owned()),
                (None, Some(is)) => parts.push(format!("new, {is} places")),
                (None, None) => {}
            }
            for (title, names) in [("gains", &fix.gained), ("loses", &fix.lost)] {
                if !names.is_empty() {
                    let names: Vec<String> = names.iter().map(|name| code(name)).collect();
                    let shown = some(&names, limit.clamp(1, INLINE), limit == usize::MAX);
                    parts.push(format!("{title} {shown}"));
                }
            }
            format!("- {}: {}\n", code(&fix.name), parts.join("; "))
        });
        format!(
            "\n## Fixes\n\n{}",
            cut(lines.collect(), "", limit.saturating_mul(5), "fixes")
        )
    }
}

/// The row of what several modules have.
const SEVERAL: &str = "(several)";

/// Names in a line before the rest is only counted.
pub(super) const INLINE: usize = 5;

fn breaking<'c>(changes: impl IntoIterator<Item = &'c Change>) -> impl Iterator<Item = &'c Change> {
    let changes = changes.into_iter();
    changes.filter(|change| change.level == Level::Breaking)
}

fn count<'c>(changes: impl IntoIterator<Item = &'c Change>, what: &[What]) -> usize {
    let changes = changes.into_iter();
    changes.filter(|change| what.contains(&change.what)).count()
}

/// Returns a number of a table; 0 is left empty.
fn figure(count: usize) -> String {
    match count {
        0 => String::new(),
        count => count.to_string(),
    }
}

pub(super) fn counted(count: usize, one: &str, several: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {several}"),
    }
}

pub(super) fn operations(count: usize) -> String {
    counted(count, "operation", "operations")
}

/// Counts operations, types or modules.
pub(super) fn items(changes: &[&Change]) -> String {
    match changes.first() {
        Some(change) if change.is_operation() => operations(changes.len()),
        Some(change) if change.rust.iter().any(|item| item.contains("::")) => {
            counted(changes.len(), "type", "types")
        }
        _ => counted(changes.len(), "module", "modules"),
    }
}

/// Returns the first of these, and how many more there are.
pub(super) fn some(names: &[String], limit: usize, all: bool) -> String {
    let limit = if all { names.len() } else { limit };
    let shown = names.get(..limit).unwrap_or(names).join(", ");
    match names.len().saturating_sub(limit) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Returns the first of these lines, and a line that counts the rest.
fn cut(lines: Vec<String>, indent: &str, limit: usize, what: &str) -> String {
    // A line that counts one takes as much room as the one.
    let limit = if lines.len() == limit.saturating_add(1) {
        lines.len()
    } else {
        limit
    };
    let more = lines.len().saturating_sub(limit);
    let mut text: String = lines.into_iter().take(limit).collect();
    if more > 0 {
        let _ = writeln!(text, "{indent}- and {more} more {what} (`--full`)");
    }
    text
}

fn section(title: &str, about: &str, groups: &[Group<'_>], limit: usize) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let mut text = format!("\n## {title}\n\n");
    if !about.is_empty() {
        let _ = write!(text, "{about}\n\n");
    }
    text.extend(groups.iter().map(|group| group_text(group, limit)));
    text
}

fn group_text(group: &Group<'_>, limit: usize) -> String {
    let level = group.level;
    let changes = group.changes();
    let mut text = format!("- {}: {}", group.class.title(), items(&changes));
    let impact = Impact::of(changes.iter().copied());
    if level == Level::Breaking {
        if impact.sampled > 0 {
            let _ = write!(text, ", {} inferred from one sample before", impact.sampled);
        }
        if !changes.iter().any(|change| change.is_operation()) {
            let _ = write!(text, "; used by {}", operations(impact.operations.len()));
        }
        if !impact.ext.is_empty() {
            let methods = counted(impact.ext.len(), "method", "methods");
            let _ = write!(text, "; ext: {methods}");
        }
    }
    if limit == 0 {
        let names: Vec<String> = changes.iter().map(|change| item(change)).collect();
        let _ = writeln!(text, ": {}", some(&names, 3, false));
        return text;
    }
    text.push('\n');
    let lines = group.entries.iter();
    let lines = lines.map(|entry| format!("  - {}\n", entry_text(entry, group, limit)));
    text + &cut(lines.collect(), "  ", limit, "").replace(" more  (", " more (")
}

fn entry_text(entry: &Entry<'_>, group: &Group<'_>, limit: usize) -> String {
    let names: Vec<String> = entry.changes.iter().map(|change| item(change)).collect();
    let mut text = match (names.as_slice(), entry.text) {
        ([name], "") => name.clone(),
        ([name], text) => format!("{name}: {text}"),
        (_, "") => some(&names, INLINE, limit == usize::MAX),
        (_, text) => format!(
            "{text}: {}: {}",
            items(&entry.changes),
            some(&names, INLINE, limit == usize::MAX)
        ),
    };
    if group.level == Level::Patch {
        return text;
    }
    let impact = Impact::of(entry.changes.iter().copied());
    let is_type = !entry.changes.iter().any(|change| change.is_operation());
    if is_type && !impact.operations.is_empty() {
        let methods: Vec<String> = impact.operations.iter().map(|name| code(name)).collect();
        let shown = if limit == usize::MAX || methods.len() <= 2 {
            some(&methods, methods.len(), true)
        } else {
            operations(methods.len())
        };
        let _ = write!(text, "; used by {shown}");
    }
    let is_noticed = group.level == Level::Breaking || group.class == Class::Deprecated;
    if is_noticed && !impact.ext.is_empty() {
        let calls: Vec<String> = impact
            .ext
            .iter()
            .map(|(handle, method)| code(&call(handle, method)))
            .collect();
        let _ = write!(text, "; ext: {}", some(&calls, 3, limit == usize::MAX));
    }
    text
}

/// Returns a method of a handle, or of a type that no plain call gives.
fn call(handle: &str, method: &str) -> String {
    let is_handle = handle.starts_with(char::is_lowercase) && !handle.contains("::");
    let by = if is_handle { "." } else { "::" };
    format!("{handle}{by}{method}")
}

/// Returns the Rust item of a change, as briefly as it can be told.
pub(super) fn item(change: &Change) -> String {
    match change.rust.as_slice() {
        [] => "no Rust item".to_owned(),
        [only] => code(only),
        [first, rest @ ..] => format!("{} (and in {} more modules)", code(first), rest.len()),
    }
}

/// Problems of one kind together: those that begin with the same plain words.
fn problems(title: &str, about: &str, problems: &[String], limit: usize) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let mut kinds: Vec<(Vec<&str>, Vec<&String>)> = Vec::new();
    for problem in problems {
        let words = problem.lines().next().unwrap_or_default().split(' ');
        let plain = |word: &&str| {
            let word = word.trim_end_matches([',', ':', ';']);
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())
        };
        let kind: Vec<&str> = words.filter(plain).take(4).collect();
        match kinds.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, same)) => same.push(problem),
            None => kinds.push((kind, vec![problem])),
        }
    }
    let mut text = format!("\n## {title}\n\n{about}\n\n");
    for (_, same) in kinds {
        let lines = same.into_iter().map(|problem| {
            let mut lines = problem.lines();
            let first = lines.next().unwrap_or_default();
            let rest: Vec<String> = lines.map(|line| format!("  {line}\n")).collect();
            format!(
                "- {first}\n{}",
                cut(rest, "    ", limit, "").replace("more  (", "more (")
            )
        });
        text += &cut(lines.collect(), "", limit, "of this kind");
    }
    text
}
