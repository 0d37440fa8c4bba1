//! Fixes that an overlay cannot express, as named functions.

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::Value;

use super::overlay::deviation;
use super::touched::Touched;
use super::{About, check_count};

/// Changes the description and returns how many places it changed.
type Function = fn(&mut Value, &mut Touched) -> usize;

/// The functions that a `.rule.toml` file may name.
const RULES: &[(&str, Function)] = &[("correct_gateway_paths", correct_gateway_paths)];

/// One registered function with the number of places it must change.
#[derive(Debug)]
pub(super) struct Rule {
    name: String,
    function: Function,
    expect: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    rule: String,
    reason: String,
    source: String,
    expect: usize,
    #[serde(default)]
    deviates: bool,
    #[serde(rename = "deviates-note")]
    deviates_note: Option<String>,
}

/// Reads the registration of a function.
pub(super) fn parse(text: &str) -> anyhow::Result<(About, Rule)> {
    let file: RuleFile = toml::from_str(text).context("the rule file is not as it should be")?;
    let Some((_, function)) = RULES.iter().find(|(name, _)| *name == file.rule) else {
        let known: Vec<&str> = RULES.iter().map(|(name, _)| *name).collect();
        bail!(
            "there is no rule `{}`; known are {}",
            file.rule,
            known.join(", ")
        );
    };
    let about = About {
        reason: file.reason,
        source: file.source,
        deviates: deviation(file.deviates, file.deviates_note)?,
    };
    let rule = Rule {
        name: file.rule,
        function: *function,
        expect: file.expect,
    };
    Ok((about, rule))
}

impl Rule {
    /// Runs the function; returns how many places it changed.
    pub(super) fn apply(
        &self,
        fix: &str,
        document: &mut Value,
        touched: &mut Touched,
    ) -> anyhow::Result<usize> {
        let found = (self.function)(document, touched);
        check_count(fix, &format!("rule {}", self.name), self.expect, found)?;
        Ok(found)
    }
}

/// `/gatway/…` is a slip of the pen: the route is served under `/gateway/…`.
fn correct_gateway_paths(document: &mut Value, touched: &mut Touched) -> usize {
    let Some(paths) = document["paths"].as_object() else {
        return 0;
    };
    let wrong: Vec<String> = paths
        .keys()
        .filter(|path| path.starts_with("/gatway/"))
        .cloned()
        .collect();
    for path in &wrong {
        touched.note(document, &["paths", path]);
    }
    let Some(paths) = document["paths"].as_object_mut() else {
        return 0;
    };
    let mut renamed = 0;
    for path in wrong {
        let right = path.replacen("/gatway/", "/gateway/", 1);
        if paths.contains_key(&right) {
            continue;
        }
        if let Some(item) = paths.remove(&path) {
            paths.insert(right, item);
            renamed += 1;
        }
    }
    renamed
}
