//! Reading recordings.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

/// One recorded exchange.
#[derive(Clone, Debug, Deserialize)]
pub struct Exchange {
    /// The id of the operation; none when whoever recorded it knew none.
    #[serde(rename = "operationId", default)]
    pub operation: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// The path, maybe with a query, a prefix of the gateway, placeholders, or `*` at its end.
    pub path: String,
    /// The HTTP status of an answer.
    #[serde(default)]
    pub status: Option<u16>,
    /// The headers of the answer.
    #[serde(default)]
    pub headers: BTreeMap<String, Value>,
    /// The media type of the body.
    #[serde(default)]
    pub content_type: Option<String>,
    /// The body: JSON, or text in a string.
    #[serde(default)]
    pub body: Value,
    /// What the body is.
    pub kind: Kind,
    /// For an error, what the client should make of it; what is not named is not checked.
    #[serde(default)]
    pub expect: Option<Map<String, Value>>,
}

/// What the body of an exchange is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An answer to a call that succeeded.
    Response,
    /// An answer to a call that failed, whatever its status.
    Error,
    /// What was sent.
    Request,
}

/// A folder or a file that is no good.
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

/// Every `*.json` of a folder and the folders in it, by its path within, sorted by that.
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
