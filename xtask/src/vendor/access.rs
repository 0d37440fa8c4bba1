//! Keeps processes apart that use the folder `openapi` at one time: while the pair of the description and its lock is
//! replaced, and while anything is generated from it, nobody else reads or writes there.

use std::{
    fs::{File, TryLockError},
    io::ErrorKind,
    path::Path,
};

use anyhow::{Context, Result};

use super::pair::{self, Settled};

/// The file that is locked, in the folder. It stays there, since another process may be about to lock it.
pub const FILE: &str = ".lock";

/// What a process does in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It reads: others may read too.
    Read,
    /// It writes: it is alone.
    Write,
}

/// The right to use the folder, until it is dropped or the process ends.
#[derive(Debug)]
#[must_use = "access ends when this is dropped"]
pub struct Guard {
    _file: Option<File>,
}

/// Waits until the folder can be used and brings a replacement to its end that was interrupted.
///
/// `wait` is called if another process has to end first.
///
/// # Errors
///
/// When the file cannot be locked, or the replacement not be ended.
pub fn enter(
    folder: &Path,
    access: Access,
    wait: &mut dyn FnMut(),
) -> Result<(Guard, Option<Settled>)> {
    let mut settled = None;
    loop {
        let guard = lock(folder, access, wait)?;
        if access == Access::Write {
            return Ok((guard, pair::settle(folder)?.or(settled)));
        }
        // With this lock nobody replaces the pair: what is left is of a process that is no more.
        if !pair::is_interrupted(folder) {
            return Ok((guard, settled));
        }
        drop(guard);
        let _alone = lock(folder, Access::Write, wait)?;
        settled = pair::settle(folder)?.or(settled);
    }
}

fn lock(folder: &Path, access: Access, wait: &mut dyn FnMut()) -> Result<Guard> {
    let path = folder.join(FILE);
    let file = match File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
    {
        Ok(file) => file,
        // Where nobody may write, nothing is replaced.
        Err(error)
            if access == Access::Read
                && matches!(
                    error.kind(),
                    ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied
                ) =>
        {
            return Ok(Guard { _file: None });
        }
        Err(error) => return Err(error).with_context(|| format!("cannot open {}", path.display())),
    };
    let tried = match access {
        Access::Read => file.try_lock_shared(),
        Access::Write => file.try_lock(),
    };
    let locked = match tried {
        Ok(()) => Ok(()),
        Err(TryLockError::Error(error)) => Err(error),
        Err(TryLockError::WouldBlock) => {
            wait();
            match access {
                Access::Read => file.lock_shared(),
                Access::Write => file.lock(),
            }
        }
    };
    locked.with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(Guard { _file: Some(file) })
}
