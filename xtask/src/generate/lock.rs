//! Holds the vendored description to its lock file.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{load::Document, openapi::operations};

/// What the lock file records about the vendored description.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Where the description comes from.
    pub source: String,
    /// The day it was taken, as `YYYY-MM-DD`.
    pub date: String,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// Number of paths.
    pub paths: usize,
    /// Number of operations.
    pub operations: usize,
    /// Number of component schemas.
    pub schemas: usize,
}

impl Lock {
    /// Returns the lock of `document`.
    pub fn of(document: &Document, source: &str, date: &str) -> Self {
        let count = |pointer: &str| {
            document
                .json
                .pointer(pointer)
                .and_then(Value::as_object)
                .map_or(0, serde_json::Map::len)
        };
        Self {
            source: source.to_owned(),
            date: date.to_owned(),
            sha256: document.sha256.clone(),
            paths: count("/paths"),
            operations: operations(&document.json).count(),
            schemas: count("/components/schemas"),
        }
    }

    /// Reads the lock file at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| {
            format!(
                "cannot read {}: the description is used only together with its lock",
                path.display()
            )
        })?;
        toml::from_str(&text).with_context(|| format!("{} is malformed", path.display()))
    }
}

/// Passes `document` on if it is the one that the lock file at `path` records.
pub fn verify(document: Document, path: &Path) -> Result<Document> {
    let lock = Lock::read(path)?;
    check(&document, &lock)
        .with_context(|| format!("{} does not match {}", document.name, path.display()))?;
    Ok(document)
}

fn check(document: &Document, lock: &Lock) -> Result<()> {
    let found = Lock::of(document, &lock.source, &lock.date);
    ensure!(
        found == *lock,
        "locked: sha256 {}, {} paths, {} operations, {} schemas; \
         found: sha256 {}, {} paths, {} operations, {} schemas. \
         The vendored file is never edited by hand: restore it, or take a new one over with `cargo xtask vendor`",
        lock.sha256,
        lock.paths,
        lock.operations,
        lock.schemas,
        found.sha256,
        found.paths,
        found.operations,
        found.schemas,
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::load;

    const TEXT: &str = r#"{"openapi":"3.0.3","paths":{"/a":{"get":{},"put":{}}},
        "components":{"schemas":{"A":{}}}}"#;

    #[test]
    fn counts_what_it_locks() {
        let document = load::parse(TEXT.as_bytes(), "x.json").unwrap();
        let lock = Lock::of(&document, "somewhere", "2026-06-11");
        assert_eq!((lock.paths, lock.operations, lock.schemas), (1, 2, 1));
        assert!(check(&document, &lock).is_ok());
    }

    #[test]
    fn one_changed_byte_is_refused_with_both_sums() {
        let document = load::parse(TEXT.as_bytes(), "x.json").unwrap();
        let lock = Lock::of(&document, "somewhere", "2026-06-11");
        let edited = load::parse(format!("{TEXT} ").as_bytes(), "x.json").unwrap();
        let error = check(&edited, &lock).unwrap_err().to_string();
        assert!(error.contains(&lock.sha256) && error.contains(&edited.sha256));
    }
}
