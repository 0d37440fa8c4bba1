//! Reads an OpenAPI description, in JSON or YAML.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::strict;

/// A description as it was read, with what identifies it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The description.
    pub json: Value,
    /// File name, for messages and headers.
    pub name: String,
    /// SHA-256 of the bytes of the file, in hexadecimal.
    pub sha256: String,
}

/// Reads the file at `path`. OpenAPI 3.0.x only: other versions are refused with the reason.
pub fn load(path: &Path) -> Result<Document> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.file_name().map_or_else(
        || "description".into(),
        |name| name.to_string_lossy().into_owned(),
    );
    parse(&bytes, &name).with_context(|| format!("cannot use {}", path.display()))
}

/// Reads a description from memory; `name` stands for it in messages.
pub fn parse(bytes: &[u8], name: &str) -> Result<Document> {
    let text = std::str::from_utf8(bytes).context("the description is not UTF-8 text")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let json = if text.trim_start().starts_with('{') {
        strict::json(text)?
    } else {
        strict::yaml(text)?
    };
    check_version(&json)?;
    Ok(Document {
        json,
        name: name.to_owned(),
        sha256: sha256(bytes),
    })
}

/// Returns the SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn check_version(json: &Value) -> Result<()> {
    if let Some(version) = json.get("swagger") {
        bail!(
            "this is Swagger {version}; convert it to OpenAPI 3.0 first (only 3.0.x is supported)"
        );
    }
    match json.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") => Ok(()),
        Some(version) => bail!("this is OpenAPI {version}; only 3.0.x is supported"),
        None => bail!("there is no `openapi` member: this is no OpenAPI description"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        parse(text.as_bytes(), "x").unwrap_err().to_string()
    }

    #[test]
    fn reads_json_and_yaml_alike() {
        let json = parse(br#"{"openapi":"3.0.3","paths":{}}"#, "a.json").unwrap();
        let yaml = parse(b"openapi: 3.0.3\npaths: {}\n", "a.yaml").unwrap();
        assert_eq!(json.json, yaml.json);
        assert_ne!(json.sha256, yaml.sha256);
    }

    #[test]
    fn refuses_other_versions_by_name() {
        assert!(refusal(r#"{"swagger":"2.0"}"#).contains("Swagger \"2.0\""));
        assert!(refusal(r#"{"openapi":"3.1.0"}"#).contains("OpenAPI 3.1.0"));
        assert!(refusal(r#"{"info":{}}"#).contains("no OpenAPI description"));
    }

    #[test]
    fn names_what_is_malformed() {
        assert!(refusal("{").contains("not valid JSON"));
        assert!(refusal("a: [").contains("not valid YAML"));
        assert!(
            parse(&[0xff, 0xfe], "x")
                .unwrap_err()
                .to_string()
                .contains("UTF-8")
        );
    }
}
