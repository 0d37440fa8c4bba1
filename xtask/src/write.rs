//! Puts generated files in their places, or says how what is there differs.
//!
//! The generator owns only what it made: in the workspace the folders of generated code and the files that it completes,
//! in any other folder the files that the list there names. Symbolic links are never followed.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use similar::TextDiff;

use crate::generate::emit::Files;

/// Folders below the workspace's root in which every file is generated.
const OWNED: [&str; 3] = [
    "harness-api/src/generated",
    "harness-api-ext/described",
    "tests/src/generated",
];

/// The list of what was generated into a folder outside of the workspace, beside it.
pub const LIST: &str = "generated.toml";

/// What a file is called until it is written.
const UNFINISHED: &str = ".generated.new";

/// Differences shown before the rest is only counted.
const SHOWN: usize = 20;

/// Writes `files` below `root`, the workspace's folder, leaves alone what is as it should be, and removes generated files
/// that are no longer made. Returns the number of files written and removed.
///
/// # Errors
///
/// When a file cannot be written or removed, or is reached through a symbolic link.
pub fn write(root: &Path, files: &Files) -> Result<(usize, usize)> {
    let stale = stale(root, files)?;
    let written = put(root, files)?;
    remove(root, &stale)?;
    Ok((written, stale.len()))
}

/// What a folder outside of the workspace holds of the generator's.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The command that makes the files.
    pub command: String,
    /// The file that they are made from, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its SHA-256, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The files, below the folder.
    #[serde(default)]
    pub files: BTreeSet<String>,
}

/// Writes `files` into `folder`, which is new, empty, or has the list of an earlier run in it; removes the files of that
/// list that are no longer made, and leaves everything else alone. Returns the number of files written and removed.
///
/// # Errors
///
/// When the folder holds anything and no list, a file would take the place of one that is not in the list, the list is not
/// one of this tool's, a part of a path is a symbolic link, or a file cannot be written or removed.
pub fn write_owned(folder: &Path, list: List, files: &Files) -> Result<(usize, usize)> {
    refuse_links(Path::new(""), folder)?;
    let before = owned(folder)?;
    let mut foreign = Vec::new();
    let mut now = BTreeSet::new();
    for path in files.keys() {
        let name = portable(path)?;
        if !before.contains(&name) && fs::symlink_metadata(folder.join(path)).is_ok() {
            foreign.push(name.clone());
        }
        now.insert(name);
    }
    ensure!(
        foreign.is_empty(),
        "{}: these files are not generated ones, and would be replaced: {}. Move them away, or choose another folder",
        folder.display(),
        foreign.join(", ")
    );
    let stale: BTreeSet<PathBuf> = before
        .difference(&now)
        .map(PathBuf::from)
        .filter(|path| fs::symlink_metadata(folder.join(path)).is_ok())
        .collect();

    // First of all, so that a run that is interrupted leaves nothing that the next does not know as its own.
    let both = before.union(&now).cloned().collect();
    let mut list = List {
        files: both,
        ..list
    };
    let record = |list: &List| put(folder, &Files::from([(LIST.into(), text(list)?)]));
    record(&list)?;
    let written = put(folder, files)?;
    remove(folder, &stale)?;
    list.files = now;
    record(&list)?;
    Ok((written, stale.len()))
}

fn text(list: &List) -> Result<String> {
    let list = toml::to_string_pretty(list)?;
    Ok(format!(
        "# Generated. What is listed here is replaced or removed when it is generated again.\n{list}"
    ))
}

/// Returns the files of the list in `folder`; none where there is nothing yet.
fn owned(folder: &Path) -> Result<BTreeSet<String>> {
    let path = folder.join(LIST);
    refuse_links(folder, Path::new(LIST))?;
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            ensure!(
                is_empty(folder)?,
                "{} is not empty, and nothing in it says that it was generated (there is no {LIST}): choose a new or empty \
                 folder, or empty this one",
                folder.display()
            );
            return Ok(BTreeSet::new());
        }
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", path.display()));
        }
    };
    let list: List = toml::from_str(&text)
        .map_err(|error| error.message().to_owned())
        .and_then(|list: List| {
            let odd = list.files.iter().find(|name| !is_inside(Path::new(name)));
            match odd {
                Some(odd) => Err(format!("{odd:?} is no file below the folder")),
                None => Ok(list),
            }
        })
        .map_err(|what| {
            anyhow::anyhow!(
                "{} is no list of generated files ({what}): choose another folder, or restore or empty this one",
                path.display()
            )
        })?;
    Ok(list.files)
}

fn is_empty(folder: &Path) -> Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", folder.display())),
    }
}

/// Returns a path below a folder, spelt alike on every system.
fn portable(path: &Path) -> Result<String> {
    ensure!(
        is_inside(path),
        "{} is no path below the folder",
        path.display()
    );
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    let parts = parts.with_context(|| format!("{} is not UTF-8", path.display()))?;
    Ok(parts.join("/"))
}

fn is_inside(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Fails if any part of `path` below `base`, as far as it exists, is a symbolic link.
fn refuse_links(base: &Path, path: &Path) -> Result<()> {
    let mut at = base.to_owned();
    for part in path.components() {
        at.push(part);
        if !fs::symlink_metadata(&at).is_ok_and(|found| found.is_symlink()) {
            continue;
        }
        let advice = match fs::canonicalize(&at) {
            Ok(real) => format!(
                "name the place that it refers to, {}, or remove it",
                real.display()
            ),
            Err(_) => "remove it".to_owned(),
        };
        bail!(
            "{} is a symbolic link, which is not followed: {advice}",
            at.display()
        );
    }
    Ok(())
}

/// Writes what differs.
fn put(root: &Path, files: &Files) -> Result<usize> {
    let mut written = 0;
    for (path, text) in files {
        refuse_links(root, path)?;
        let place = root.join(path);
        if fs::read(&place).is_ok_and(|old| old == text.as_bytes()) {
            continue;
        }
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        replace(&place, text).with_context(|| format!("cannot write {}", place.display()))?;
        written += 1;
    }
    Ok(written)
}

/// Puts a new file in place of what is there, be it a link by now. A file of several names keeps its text under the others.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_file_name(UNFINISHED);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::create_new(&new)?;
    let replaced = file
        .write_all(text.as_bytes())
        .and_then(|()| fs::rename(&new, path));
    if replaced.is_err() {
        let _ = fs::remove_file(&new);
    }
    replaced
}

/// Removes files, and the folders that are empty without them.
fn remove(root: &Path, paths: &BTreeSet<PathBuf>) -> Result<()> {
    for path in paths {
        refuse_links(root, path)?;
        let place = root.join(path);
        fs::remove_file(&place).with_context(|| format!("cannot remove {}", place.display()))?;
        for folder in path.ancestors().skip(1) {
            let below_root = !folder.as_os_str().is_empty();
            if !below_root || fs::remove_dir(root.join(folder)).is_err() {
                break;
            }
        }
    }
    Ok(())
}

/// Compares the files below `root`, the workspace's folder, with `files`; returns a unified diff, or `None` when they are equal.
///
/// # Errors
///
/// When a folder cannot be read, or is a symbolic link.
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
    for folder in OWNED.map(Path::new) {
        refuse_links(root, folder)?;
        if root.join(folder).is_dir() {
            list(root, folder, files, &mut found)?;
        }
    }
    Ok(found)
}

fn list(root: &Path, folder: &Path, files: &Files, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    let place = root.join(folder);
    for entry in fs::read_dir(&place).with_context(|| format!("cannot read {}", place.display()))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        refuse_links(root, &path)?;
        if entry.file_type()?.is_dir() {
            list(root, &path, files, found)?;
        } else if !files.contains_key(&path) {
            found.insert(path);
        }
    }
    Ok(())
}
