//! What can be counted in the generated code alike on every machine, and the budget that it has to keep.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

/// What the generated code of one module holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// Lines.
    pub lines: usize,
    /// Bytes.
    pub bytes: usize,
    /// Structs and enums: types and request builders.
    pub types: usize,
    /// Functions with a body.
    pub functions: usize,
    /// Implementations, written out or by one of the client's macros.
    pub impls: usize,
}

/// So many parts of a hundred may a count exceed the budget by.
const SLACK: usize = 3;

impl Text {
    /// Counts the items of one text.
    pub fn of(text: &str) -> Self {
        let mut found = Self {
            lines: text.lines().count(),
            bytes: text.len(),
            ..Self::default()
        };
        for line in text.lines().map(str::trim_start) {
            let item = line
                .strip_prefix("pub(crate) ")
                .or_else(|| line.strip_prefix("pub "))
                .unwrap_or(line);
            let macros = line.starts_with("model::") || line.starts_with("rt::");
            if item.starts_with("struct ") || item.starts_with("enum ") {
                found.types += 1;
            } else if item.starts_with("fn ") || item.starts_with("async fn ") {
                found.functions += 1;
            } else if line.starts_with("impl ") || line.starts_with("impl<") {
                found.impls += 1;
            } else if macros && line.contains("! ") {
                // `model::open_enum! {`: a type and all that belongs to it.
                found.types += 1;
                found.impls += 1;
            } else if macros && line.contains("!(") {
                found.impls += 1;
            }
        }
        found
    }

    fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.bytes += other.bytes;
        self.types += other.types;
        self.functions += other.functions;
        self.impls += other.impls;
    }

    /// Returns the counts by name.
    pub fn counts(self) -> [(&'static str, usize); 5] {
        [
            ("lines", self.lines),
            ("bytes", self.bytes),
            ("types", self.types),
            ("functions", self.functions),
            ("impls", self.impls),
        ]
    }
}

/// Counts the items of each module's folder in `generated`; types of several modules are under `shared`.
pub fn count(generated: &Path) -> Result<BTreeMap<String, Text>> {
    let mut found = BTreeMap::new();
    for entry in list(generated)? {
        if entry.is_dir() {
            let name = entry
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let mut text = Text::default();
            add_folder(&entry, &mut text)?;
            found.insert(name, text);
        }
    }
    Ok(found)
}

fn add_folder(folder: &Path, text: &mut Text) -> Result<()> {
    for path in list(folder)? {
        if path.is_dir() {
            add_folder(&path, text)?;
        } else {
            let content = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            text.add(Text::of(&content));
        }
    }
    Ok(())
}

fn list(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect()
}

/// Returns a line for each place where `found` exceeds `budget` by more than the slack.
pub fn excesses(found: &BTreeMap<String, Text>, budget: &BTreeMap<String, Text>) -> Vec<String> {
    let mut lines = Vec::new();
    for (module, text) in found {
        let Some(allowed) = budget.get(module) else {
            lines.push(format!("{module}: not in the budget"));
            continue;
        };
        for ((what, count), (_, allowed)) in text.counts().into_iter().zip(allowed.counts()) {
            if count * 100 > allowed * (100 + SLACK) {
                lines.push(format!("{module}: {count} {what}, the budget is {allowed}"));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_costs() {
        let text = "pub struct A {\n    pub fn_: u8,\n}\nimpl A {\n    pub fn one() {}\n}\nimpl<'c> B<'c> {}\n\
                    model::model!(A);\nmodel::open_enum! {\n}\nuse crate::model;\nrt::request!(B);\n";
        let found = Text::of(text);
        assert_eq!((found.lines, found.bytes), (12, text.len()));
        assert_eq!((found.types, found.functions, found.impls), (2, 1, 5));
    }

    #[test]
    fn no_generated_file_is_too_large_to_open() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness-api/src/generated");
        let mut folders = vec![root];
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            for path in list(&folder).unwrap() {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                files += 1;
                let lines = fs::read_to_string(&path).unwrap().lines().count();
                assert!(lines <= 3_000, "{}: {lines} lines", path.display());
            }
        }
        assert!(files > 100, "{files} files");
    }

    #[test]
    fn more_than_the_slack_is_an_excess() {
        let text = |lines| Text {
            lines,
            ..Text::default()
        };
        let of = |module: &str, lines| BTreeMap::from([(module.to_owned(), text(lines))]);
        assert!(excesses(&of("code", 103), &of("code", 100)).is_empty());
        assert_eq!(
            excesses(&of("code", 104), &of("code", 100)),
            ["code: 104 lines, the budget is 100"]
        );
        assert_eq!(
            excesses(&of("new", 1), &of("code", 100)),
            ["new: not in the budget"]
        );
    }
}
