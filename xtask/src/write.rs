//! Puts generated files in their places, or says how what is there differs.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use similar::TextDiff;

use crate::generate::emit::Files;

/// Folders below the workspace's root in which every file is generated.
const OWNED: [&str; 3] = [
    "harness-api/src/generated",
    "harness-api-ext/described",
    "tests/src/generated",
];

/// Differences shown before the rest is only counted.
const SHOWN: usize = 20;

/// Writes `files` below `root`, leaves alone what is as it should be, and removes generated files that are no
/// longer made. Gives the number of files written and removed.
pub fn write(root: &Path, files: &Files) -> Result<(usize, usize)> {
    let mut written = 0;
    for (path, text) in files {
        let path = root.join(path);
        if fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        written += 1;
    }
    let stale = stale(root, files)?;
    for path in &stale {
        fs::remove_file(root.join(path))
            .with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok((written, stale.len()))
}

/// How the files below `root` differ from `files`, as a unified diff; `None` when they do not.
pub fn differences(root: &Path, files: &Files) -> Result<Option<String>> {
    let mut shown = Vec::new();
    let mut count = 0;
    let mut add = |path: &Path, old: &str, new: &str| {
        count += 1;
        if shown.len() < SHOWN {
            let name = path.display().to_string();
            shown.push(
                TextDiff::from_lines(old, new)
                    .unified_diff()
                    .context_radius(2)
                    .header(&format!("a/{name}"), &format!("b/{name}"))
                    .to_string(),
            );
        }
    };
    for (path, text) in files {
        let old = fs::read_to_string(root.join(path)).unwrap_or_default();
        if old != *text {
            add(path, &old, text);
        }
    }
    for path in stale(root, files)? {
        let old = fs::read_to_string(root.join(&path)).unwrap_or_default();
        add(&path, &old, "");
    }
    Ok((count > 0).then(|| {
        let more = count - shown.len();
        let mut text = shown.concat();
        if more > 0 {
            text += &format!("... and {more} more files differ\n");
        }
        text
    }))
}

fn stale(root: &Path, files: &Files) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    for folder in OWNED.map(|folder| root.join(folder)) {
        if folder.is_dir() {
            list(root, &folder, files, &mut found)?;
        }
    }
    Ok(found)
}

fn list(root: &Path, folder: &Path, files: &Files, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.is_dir() {
            list(root, &path, files, found)?;
        } else if let Ok(inside) = path.strip_prefix(root)
            && !files.contains_key(inside)
        {
            found.insert(inside.to_owned());
        }
    }
    Ok(())
}
