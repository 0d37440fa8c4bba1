//! Reading recordings.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

/// Recorded exchange.
#[derive(Clone, Debug, Deserialize)]
pub struct Exchange {
    /// Id of the operation, if known.
    #[serde(rename = "operationId", default)]
    pub operation: Option<String>,
    /// HTTP method.
    pub method: String,
    /// Path, possibly with a query, a prefix of the gateway, placeholders, or `*` at its end.
    pub path: String,
    /// HTTP status of a response.
    #[serde(default)]
    pub status: Option<u16>,
    /// Headers of the response.
    #[serde(default)]
    pub headers: BTreeMap<String, Value>,
    /// Media type of the body.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Body: JSON, or text in a string.
    #[serde(default)]
    pub body: Value,
    /// Kind of the body.
    pub kind: Kind,
    /// Expected error of the client; facts that are not listed are not checked.
    #[serde(default)]
    pub expect: Option<Map<String, Value>>,
}

/// Kind of the body of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Response to a successful call.
    Response,
    /// Response to a failed call, with any status.
    Error,
    /// Request body.
    Request,
}

/// Invalid folder or file.
#[derive(Debug)]
pub struct Problem {
    path: PathBuf,
    reason: String,
}

impl Problem {
    pub(super) fn new(path: &Path, reason: impl fmt::Display) -> Self {
        Self {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for Problem {}

/// Reads every `*.json` of a folder and its subfolders, sorted by relative path.
pub(super) fn read_dir(dir: &Path) -> Result<Vec<(String, Exchange)>, Problem> {
    let mut paths = Vec::new();
    find(dir, &mut paths)?;
    paths.sort();
    paths.iter().map(|path| read(dir, path)).collect()
}

fn find(dir: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Problem> {
    for entry in std::fs::read_dir(dir).map_err(|error| Problem::new(dir, error))? {
        let entry = entry.map_err(|error| Problem::new(dir, error))?;
        let path = entry.path();
        let kind = entry
            .file_type()
            .map_err(|error| Problem::new(&path, error))?;
        if kind.is_dir() {
            find(&path, paths)?;
        } else if path.extension().is_some_and(|it| it == "json") {
            paths.push(path);
        }
    }
    Ok(())
}

fn read(dir: &Path, path: &Path) -> Result<(String, Exchange), Problem> {
    let text = std::fs::read_to_string(path).map_err(|error| Problem::new(path, error))?;
    let exchange = serde_json::from_str(&text).map_err(|error| Problem::new(path, error))?;
    let name = path.strip_prefix(dir).unwrap_or(path);
    Ok((name.to_string_lossy().into_owned(), exchange))
}
