//! `cargo xtask fixes --accept NAME`: takes the number of places that a fix matches, after they were looked at.

use std::fs;

use anyhow::{Context as _, bail, ensure};

use super::{Applied, Body, Fix, FixSet};

/// Writes the counts of what was applied into the files of the named fixes; returns what was done, a line each.
pub fn accept(fixes: &FixSet, applied: &[Applied], names: &[String]) -> anyhow::Result<String> {
    let mut report = String::new();
    let mut texts = Vec::new();
    for name in names {
        let found = fixes
            .fixes
            .iter()
            .zip(applied)
            .find(|(fix, _)| fix.name == *name);
        let (fix, applied) = found.with_context(|| format!("there is no fix {name}"))?;
        let text = with_counts(fix, applied)?;
        for count in applied.counts.iter().filter(|it| it.found != it.expected) {
            report += &format!(
                "{name}: {} instead of {} places, {}\n",
                count.found, count.expected, count.what
            );
        }
        for line in fixes.before.changes(name, &applied.places) {
            report += &format!("{line}\n");
        }
        match text {
            Some(text) => texts.push((&fix.file, text)),
            None => report += &format!("{name}: it matches what it expects; nothing is written\n"),
        }
    }
    for (file, text) in texts {
        fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(report)
}

/// Returns the text of a fix with the numbers of places that were found; `None` if it has them.
fn with_counts(fix: &Fix, applied: &Applied) -> anyhow::Result<Option<String>> {
    let name = &fix.name;
    for count in &applied.counts {
        ensure!(
            count.found > 0,
            "fix {name}: {} matches nothing; remove the action or the fix",
            count.what
        );
    }
    if applied
        .counts
        .iter()
        .all(|count| count.found == count.expected)
    {
        return Ok(None);
    }
    let text = fs::read_to_string(&fix.file)
        .with_context(|| format!("cannot read {}", fix.file.display()))?;
    let key = match fix.body {
        Body::Overlay(_) => "x-expect:",
        Body::Rule(_) => "expect =",
    };
    let mut made = String::new();
    let mut rest = text.as_str();
    for count in &applied.counts {
        let Some((before, after)) = rest.split_once(key) else {
            bail!("fix {name} does not have one `{key}` for each count");
        };
        let digits = after.trim_start();
        let end = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        made += &format!("{before}{key} {}", count.found);
        rest = &digits[end..];
    }
    ensure!(
        !rest.contains(key),
        "fix {name} does not have one `{key}` for each count"
    );
    Ok(Some(made + rest))
}
