//! The description and its lock, replaced together.
//!
//! Two files cannot be renamed at once. Both new ones are written beside the old ones first; a run that is interrupted
//! before the first rename leaves the old pair, and one that is interrupted between the two leaves a lock that says which
//! description it belongs to, by which [`settle`] completes the pair.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::Path,
};

use anyhow::{Context, Result};

use crate::generate::{load::sha256, lock::Lock};

/// The description's file name.
pub const DESCRIPTION: &str = "harness.json";
/// The lock's file name.
pub const LOCK: &str = "harness.lock.toml";
const NEW_DESCRIPTION: &str = "harness.json.new";
const NEW_LOCK: &str = "harness.lock.toml.new";

/// What an interrupted replacement came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The new pair is in place.
    Completed,
    /// The old pair stayed.
    Discarded,
}

/// Replaces the pair in `folder`.
pub fn replace(folder: &Path, description: &str, lock: &Lock) -> Result<()> {
    replace_with(folder, description, lock, || Ok(()))
}

/// Replaces the pair, and calls `between` between the two renames.
fn replace_with(
    folder: &Path,
    description: &str,
    lock: &Lock,
    between: impl FnOnce() -> Result<()>,
) -> Result<()> {
    put(&folder.join(NEW_DESCRIPTION), description)?;
    put(&folder.join(NEW_LOCK), &toml::to_string(lock)?)?;
    rename(folder, NEW_DESCRIPTION, DESCRIPTION)?;
    between()?;
    rename(folder, NEW_LOCK, LOCK)
}

/// Returns whether a replacement has begun and not ended.
pub fn is_interrupted(folder: &Path) -> bool {
    let exists = |name: &str| fs::symlink_metadata(folder.join(name)).is_ok();
    exists(NEW_DESCRIPTION) || exists(NEW_LOCK)
}

/// Brings a replacement to its end that was interrupted, if there was one.
pub fn settle(folder: &Path) -> Result<Option<Settled>> {
    let lock = read(&folder.join(NEW_LOCK))?;
    let description = folder.join(NEW_DESCRIPTION);
    if lock.is_none() && !description.exists() {
        return Ok(None);
    }
    let lock: Option<Lock> = lock.and_then(|text| toml::from_str(&text).ok());
    let present = read(&folder.join(DESCRIPTION))?.unwrap_or_default();
    if lock.is_some_and(|lock| lock.sha256 == sha256(present.as_bytes())) {
        rename(folder, NEW_LOCK, LOCK)?;
        remove(&description)?;
        return Ok(Some(Settled::Completed));
    }
    remove(&description)?;
    remove(&folder.join(NEW_LOCK))?;
    Ok(Some(Settled::Discarded))
}

fn put(path: &Path, text: &str) -> Result<()> {
    let written = File::create(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.with_context(|| format!("cannot write {}", path.display()))
}

fn rename(folder: &Path, from: &str, to: &str) -> Result<()> {
    fs::rename(folder.join(from), folder.join(to))
        .with_context(|| format!("cannot put {from} in place of {to}"))
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::path::PathBuf;

    use anyhow::bail;

    use super::*;
    use crate::generate::{load, lock};

    const OLD: &str = r#"{"openapi":"3.0.3","paths":{}}"#;
    const NEW: &str = r#"{"openapi":"3.0.3","paths":{"/a":{"get":{}}}}"#;

    fn locked(text: &str) -> Lock {
        let document = load::parse(text.as_bytes(), DESCRIPTION).unwrap();
        Lock::of(&document, "a test", "2026-06-11")
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        replace(&folder, OLD, &locked(OLD)).unwrap();
        folder
    }

    /// Returns the description in place, which has to be the one of the lock; nothing else is left.
    fn held(folder: &Path) -> String {
        let document = load::load(&folder.join(DESCRIPTION)).unwrap();
        lock::verify(document, &folder.join(LOCK)).unwrap();
        assert_eq!(fs::read_dir(folder).unwrap().count(), 2);
        let text = fs::read_to_string(folder.join(DESCRIPTION)).unwrap();
        fs::remove_dir_all(folder).unwrap();
        text
    }

    #[test]
    fn a_pair_is_replaced_whole() {
        let folder = folder("whole");
        replace(&folder, NEW, &locked(NEW)).unwrap();
        assert_eq!(settle(&folder).unwrap(), None);
        assert_eq!(held(&folder), NEW);
    }

    #[test]
    fn a_run_that_ends_between_the_renames_is_completed() {
        let folder = folder("between");
        let ended = replace_with(&folder, NEW, &locked(NEW), || bail!("the power is gone"));
        assert!(ended.is_err());
        let document = load::load(&folder.join(DESCRIPTION)).unwrap();
        assert!(lock::verify(document, &folder.join(LOCK)).is_err());
        assert_eq!(settle(&folder).unwrap(), Some(Settled::Completed));
        assert_eq!(held(&folder), NEW);
    }

    #[test]
    fn a_run_that_ends_before_the_renames_leaves_the_old_pair() {
        let folder = folder("before");
        let half = NEW.get(..20).unwrap();
        put(&folder.join(NEW_DESCRIPTION), half).unwrap();
        assert_eq!(settle(&folder).unwrap(), Some(Settled::Discarded));
        put(&folder.join(NEW_DESCRIPTION), NEW).unwrap();
        put(
            &folder.join(NEW_LOCK),
            &toml::to_string(&locked(NEW)).unwrap(),
        )
        .unwrap();
        assert_eq!(settle(&folder).unwrap(), Some(Settled::Discarded));
        assert_eq!(held(&folder), OLD);
    }
}
