//! A cheap fingerprint of what the generated code is made from.
//!
//! The build script of `harness-api` includes this file: it needs no dependencies and reads each input once.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What generation reads: a name for messages, and files or folders below the workspace's root.
pub const INPUTS: [(&str, &[&str]); 4] = [
    ("description", &["openapi/harness.json"]),
    ("fixes", &["openapi/fixes"]),
    (
        "tables",
        &[
            "openapi/behaviour.toml",
            "openapi/modules.toml",
            "openapi/names.toml",
        ],
    ),
    ("generator", &["xtask/Cargo.toml", "xtask/src/generate"]),
];

/// Returns the fingerprint of each input, as 16 hexadecimal digits.
pub fn fingerprints(root: &Path) -> io::Result<Vec<(&'static str, String)>> {
    INPUTS
        .iter()
        .map(|(name, paths)| {
            let mut files = Vec::new();
            for path in *paths {
                list(&root.join(path), &mut files)?;
            }
            files.sort();
            let mut hash = 0xcbf2_9ce4_8422_2325;
            for file in files {
                let path = file.strip_prefix(root).unwrap_or(&file);
                mix(
                    &mut hash,
                    path.to_string_lossy().replace('\\', "/").as_bytes(),
                );
                mix(&mut hash, &fs::read(&file)?);
            }
            Ok((*name, format!("{hash:016x}")))
        })
        .collect()
}

fn list(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            list(&entry?.path(), files)?;
        }
    } else {
        files.push(path.to_owned());
    }
    Ok(())
}

/// Adds bytes to an FNV-1a hash over words of eight bytes: not for security, only to notice a change.
fn mix(hash: &mut u64, bytes: &[u8]) {
    let mut add = |word: u64| {
        *hash = (*hash ^ word)
            .wrapping_mul(0x0100_0000_01b3)
            .rotate_left(23);
    };
    add(bytes.len() as u64);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        add(u64::from_le_bytes(*word));
    }
    for byte in rest {
        add(u64::from(*byte));
    }
}
