//! The fix stage: small, named corrections of known faults of the API description.
//!
//! A fix is one file of `openapi/fixes`, either an OpenAPI Overlay (`NNN-name.overlay.yaml`) or the registration of a
//! named Rust function (`NNN-name.rule.toml`). Fixes run in the order of their numbers on the parsed description,
//! before anything is generated from it. Each one says how many places it expects to change; a fix that no longer
//! applies is an error, so that none outlives the fault it was written for.

mod accept;
mod overlay;
mod partial;
pub mod places;
mod protobuf;
mod rules;
mod samples;
mod streams;
mod target;
mod touched;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

pub use accept::accept;
use overlay::Overlay;
use places::Places;
use rules::Rule;
use touched::Touched;

use super::diagnostics::Diagnostics;

/// The fixes of one folder, in the order in which they apply.
#[derive(Debug, Default)]
pub struct FixSet {
    fixes: Vec<Fix>,
    /// The places that they changed when the client was last generated.
    before: Places,
}

/// One fix file.
#[derive(Debug)]
struct Fix {
    name: String,
    file: PathBuf,
    about: About,
    body: Body,
}

/// What every fix file says about itself.
#[derive(Debug)]
struct About {
    reason: String,
    source: String,
    deviates: Option<String>,
}

#[derive(Debug)]
enum Body {
    Overlay(Overlay),
    Rule(Rule),
}

/// A fix as seen from outside: its name, its file and what it says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixFile<'a> {
    /// The file name without its ending, such as `010-error-members`.
    pub name: &'a str,
    /// Where the fix was read from.
    pub file: &'a Path,
    /// Why the fix exists.
    pub reason: &'a str,
    /// The evidence for it.
    pub source: &'a str,
    /// Set when the fix asks for another request than the description writes down; says which.
    pub deviates: Option<&'a str>,
}

/// What one fix did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The name of the fix.
    pub name: String,
    /// Why it exists.
    pub reason: String,
    /// The evidence for it.
    pub source: String,
    /// How many places of the description it changed.
    pub matches: usize,
    /// Ids of the operations that were edited directly.
    pub operations: BTreeSet<String>,
    /// Names of the component schemas that were edited.
    pub schemas: BTreeSet<String>,
    /// The places that were edited, as a reader finds them.
    pub places: BTreeSet<String>,
    /// What the fix expected to find, and what it found.
    pub counts: Vec<Count>,
}

/// How many places a part of a fix expected to find, and how many it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The target or the rule.
    pub what: String,
    /// How many places the fix was written for.
    pub expected: usize,
    /// How many there are.
    pub found: usize,
}

impl FixSet {
    /// Reads and checks all fixes of a folder.
    pub fn load(dir: &Path) -> anyhow::Result<Self> {
        let entries = fs::read_dir(dir)
            .with_context(|| format!("cannot read the fixes folder {}", dir.display()))?;
        let mut files = Vec::new();
        for entry in entries {
            let entry =
                entry.with_context(|| format!("cannot read the fixes folder {}", dir.display()))?;
            files.push(entry.path());
        }
        files.sort();

        let mut fixes: Vec<Fix> = Vec::new();
        for file in files {
            let fix = Fix::load(&file)?;
            if let Some(last) = fixes.last() {
                ensure!(
                    last.number() != fix.number(),
                    "fixes {} and {} have the same number: give one of them another",
                    last.name,
                    fix.name
                );
            }
            fixes.push(fix);
        }
        let before = Places::load(&dir.with_file_name(places::FILE))?;
        Ok(Self { fixes, before })
    }

    /// Returns a set without fixes.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns the fixes in the order in which they apply.
    pub fn files(&self) -> impl Iterator<Item = FixFile<'_>> {
        self.fixes.iter().map(|fix| FixFile {
            name: &fix.name,
            file: &fix.file,
            reason: &fix.about.reason,
            source: &fix.about.source,
            deviates: fix.about.deviates.as_deref(),
        })
    }
}

impl Fix {
    fn load(file: &Path) -> anyhow::Result<Self> {
        let text =
            fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let file_name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
        Self::parse(file_name, file, &text).with_context(|| format!("in {}", file.display()))
    }

    fn parse(file_name: &str, file: &Path, text: &str) -> anyhow::Result<Self> {
        let (name, about, body) = if let Some(name) = file_name.strip_suffix(".overlay.yaml") {
            let (about, overlay) = overlay::parse(text)?;
            (name, about, Body::Overlay(overlay))
        } else if let Some(name) = file_name.strip_suffix(".rule.toml") {
            let (about, rule) = rules::parse(text)?;
            (name, about, Body::Rule(rule))
        } else {
            bail!(
                "`{file_name}` is no fix: fixes are called NNN-name.overlay.yaml or NNN-name.rule.toml"
            );
        };
        check_name(name)?;
        ensure!(
            !about.reason.trim().is_empty(),
            "fix {name} gives no reason"
        );
        ensure!(
            !about.source.trim().is_empty(),
            "fix {name} gives no source"
        );
        Ok(Self {
            name: name.to_owned(),
            file: file.to_owned(),
            about,
            body,
        })
    }

    fn number(&self) -> &str {
        self.name.split_once('-').map_or("", |(number, _)| number)
    }

    /// Applies the fix to the places that it finds.
    fn apply(&self, document: &mut Value, diagnostics: &mut Diagnostics) -> Applied {
        let mut touched = Touched::default();
        let counts = match &self.body {
            Body::Overlay(overlay) => {
                overlay.apply(&self.name, document, &mut touched, diagnostics)
            }
            Body::Rule(rule) => rule.apply(document, &mut touched),
        };
        Applied {
            name: self.name.clone(),
            reason: self.about.reason.clone(),
            source: self.about.source.clone(),
            matches: counts.iter().map(|count| count.found).sum(),
            operations: touched.operations,
            schemas: touched.schemas,
            places: touched.places,
            counts,
        }
    }
}

fn check_name(name: &str) -> anyhow::Result<()> {
    let valid = name.split_once('-').is_some_and(|(number, words)| {
        number.len() == 3
            && number.bytes().all(|b| b.is_ascii_digit())
            && words.starts_with(|c: char| c.is_ascii_lowercase())
            && words
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    });
    ensure!(
        valid,
        "`{name}` is no fix name: three digits, a dash and a kebab-case name are wanted"
    );
    Ok(())
}

/// Applies all fixes in order. What a fix does not find as it expects is an error.
pub fn apply(document: &mut Value, fixes: &FixSet, diagnostics: &mut Diagnostics) -> Vec<Applied> {
    let applied = fixes.fixes.iter().map(|fix| {
        let applied = fix.apply(document, diagnostics);
        if let Some(unexpected) = applied.unexpected(&fixes.before) {
            diagnostics.error("", unexpected);
        }
        applied
    });
    applied.collect()
}

impl Applied {
    /// Says where the fix did not change as many places as it was written for, and which places are others than `before`.
    fn unexpected(&self, before: &Places) -> Option<String> {
        let name = &self.name;
        let mut counts = self
            .counts
            .iter()
            .filter(|it| it.found != it.expected)
            .peekable();
        counts.peek()?;
        let gone = self.counts.iter().all(|count| count.found == 0);
        let mut lines: Vec<String> = counts
            .map(|Count { what, expected, found }| match (found, gone) {
                (0, true) => format!("fix {name} no longer applies: remove it ({what} matches nothing)"),
                (0, false) => format!(
                    "an action of fix {name} no longer applies: remove it ({what} matches nothing)"
                ),
                _ => format!(
                    "fix {name} expects {expected} places but {what} matches {found}: look at them, then change the fix, or \
                     take the count by `cargo xtask fixes --accept {name}`"
                ),
            })
            .collect();
        lines.extend(before.changes(name, &self.places));
        Some(lines.join("\n"))
    }
}

const NAME_WIDTH: usize = 36;
const TEXT_WIDTH: usize = 46;
const TOUCHED_WIDTH: usize = 34;

/// Returns the applied fixes as a table of at most 120 columns: fix, reason, operations and schemas touched.
pub fn table(applied: &[Applied]) -> String {
    let mut text = String::new();
    push_row(
        &mut text,
        &["fix".into()],
        &["reason".into()],
        &["operations and schemas touched".into()],
    );
    push_row(
        &mut text,
        &["-".repeat(NAME_WIDTH)],
        &["-".repeat(TEXT_WIDTH)],
        &["-".repeat(TOUCHED_WIDTH)],
    );
    for fix in applied {
        let mut touched = Vec::new();
        touched.extend(summary(&fix.operations, "operation"));
        touched.extend(summary(&fix.schemas, "schema"));
        if touched.is_empty() {
            touched.push(format!("{} places", fix.matches));
        }
        push_row(
            &mut text,
            &wrap(&fix.name, NAME_WIDTH),
            &wrap(&fix.reason, TEXT_WIDTH),
            &touched
                .iter()
                .flat_map(|part| wrap(part, TOUCHED_WIDTH))
                .collect::<Vec<_>>(),
        );
    }
    let matches: usize = applied.iter().map(|fix| fix.matches).sum();
    let _ = writeln!(text, "\n{} fixes, {matches} places", applied.len());
    text
}

/// Returns how many names there are, and the first few of them.
fn summary(names: &BTreeSet<String>, what: &str) -> Option<String> {
    const SHOWN: usize = 3;
    if names.is_empty() {
        return None;
    }
    let plural = if names.len() == 1 { "" } else { "s" };
    let mut text = format!("{} {what}{plural}: ", names.len());
    text.push_str(
        &names
            .iter()
            .take(SHOWN)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    );
    if names.len() > SHOWN {
        text.push_str(", …");
    }
    Some(text)
}

fn push_row(text: &mut String, name: &[String], reason: &[String], touched: &[String]) {
    let height = name.len().max(reason.len()).max(touched.len());
    for line in 0..height {
        let cell = |column: &[String]| column.get(line).cloned().unwrap_or_default();
        let row = format!(
            "{:NAME_WIDTH$}  {:TEXT_WIDTH$}  {:TOUCHED_WIDTH$}",
            cell(name),
            cell(reason),
            cell(touched)
        );
        text.push_str(row.trim_end());
        text.push('\n');
    }
}

/// Breaks a text into lines of at most `width` characters, at spaces where there are some.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + word.len() <= width {
            line.push(' ');
            used += 1;
        } else if used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(word.iter().collect());
            word = rest;
        }
        used += word.len();
        line.extend(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests;
