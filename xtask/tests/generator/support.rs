//! What the tests of the generator share.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::Value;
use xtask::generate::{self, Generated, load};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A document in memory, as if it had been read from a file.
pub(crate) fn read(document: &Value) -> Result<load::Document> {
    load::parse(document.to_string().as_bytes(), "small.json")
}

/// The standalone crate of a document, without the support code.
pub(crate) fn crate_of(document: &Value) -> Result<Generated> {
    let nothing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-support");
    std::fs::create_dir_all(&nothing)?;
    generate::standalone(&read(document)?, None, &nothing, &mut |_| {})
}

/// Method and path of every operation of a document, sorted.
pub(crate) fn operations_of(document: &Value) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = load::operations(document)
        .map(|(path, method, _, _)| (method.to_uppercase(), path.to_owned()))
        .collect();
    found.sort();
    found
}
