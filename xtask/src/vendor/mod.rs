//! `cargo xtask vendor`: takes a published description over into `openapi`.

pub mod access;
mod canonical;
pub mod fetch;
mod kinds;
pub mod pair;
mod verify;

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::generate::{Progress, load, lock::Lock};
pub use canonical::canonical;
pub use verify::{Fault, verify};

/// Faults shown before the rest is only counted.
const SHOWN: usize = 40;

/// What is to be vendored, and how.
#[derive(clap::Args)]
pub struct Options {
    /// The published description, YAML or JSON: a file, or an https URL
    from: String,
    /// Where the description comes from, for the lock; by default what FROM says
    #[arg(long)]
    source: Option<String>,
    /// The day it was taken, as YYYY-MM-DD; by default today (UTC)
    #[arg(long, value_parser = day)]
    date: Option<String>,
    /// Keeps descriptions, examples and whatever else says nothing to a client
    #[arg(long)]
    keep_prose: bool,
}

/// What vendoring came to.
pub struct Vendored {
    /// The description that was there before, if it could be read.
    pub old: Option<Value>,
    /// The description that is there now.
    pub new: Value,
    /// Whether the description or its lock is another than before.
    pub changed: bool,
}

/// Reads what `options` name: a file, or what is behind a URL, which may take its time.
pub fn read(options: &Options) -> Result<Vec<u8>> {
    let from = options.from.as_str();
    if fetch::is_url(from) {
        fetch::fetch(from)
    } else {
        fs::read(from).with_context(|| format!("cannot read {from}"))
    }
}

/// Puts `bytes`, which are what `options` name, in place of the pair in `folder`, which nobody else may use meanwhile.
pub fn run(
    folder: &Path,
    bytes: &[u8],
    options: &Options,
    progress: Progress<'_>,
) -> Result<Vendored> {
    let from = options.from.as_str();
    let file = from.rsplit(['/', '\\']).next().unwrap_or(from);
    let origin = Origin {
        source: options.source.as_deref(),
        date: options.date.as_deref(),
        otherwise: if fetch::is_url(from) { from } else { file },
    };
    replace(folder, bytes, origin, options.keep_prose, progress)
        .with_context(|| format!("{from} is not vendored"))
}

/// Where a description comes from, and when it was taken.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'o> {
    /// As the maintainer calls it.
    pub source: Option<&'o str>,
    /// As the maintainer says, in the form `YYYY-MM-DD`.
    pub date: Option<&'o str>,
    /// What it is called where the maintainer does not say.
    pub otherwise: &'o str,
}

/// Puts a description, as it was published, in place of the pair in `folder`: only its facts, in the one form they are
/// stored in. What is there stays if it is faulty, and also if it is the same and nothing is said about its origin.
pub fn replace(
    folder: &Path,
    bytes: &[u8],
    origin: Origin<'_>,
    keep_prose: bool,
    progress: Progress<'_>,
) -> Result<Vendored> {
    progress("parse");
    let published = load::parse(bytes, pair::DESCRIPTION)?;
    progress("verify");
    refuse(&verify(&published.json))?;
    progress("canonical form");
    let old = fs::read_to_string(folder.join(pair::DESCRIPTION)).ok();
    let text = canonical(&published.json, old.as_deref(), keep_prose)?;
    let document = load::parse(text.as_bytes(), pair::DESCRIPTION)?;

    let same = old.as_deref() == Some(text.as_str());
    let silent = origin.source.is_none() && origin.date.is_none();
    let changed = !(same && silent && folder.join(pair::LOCK).exists());
    if changed {
        progress("write");
        let source = origin.source.unwrap_or(origin.otherwise);
        let date = origin.date.map_or_else(today, str::to_owned);
        pair::replace(folder, &text, &Lock::of(&document, source, &date))?;
    }
    Ok(Vendored {
        old: old
            .and_then(|text| load::parse(text.as_bytes(), pair::DESCRIPTION).ok())
            .map(|document| document.json),
        new: document.json,
        changed,
    })
}

/// Fails with the faults, if there are any.
fn refuse(faults: &[Fault]) -> Result<()> {
    let lines: Vec<String> = faults.iter().take(SHOWN).map(Fault::to_string).collect();
    let more = match faults.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("\n  and {more} more"),
    };
    ensure!(
        faults.is_empty(),
        "the description has {} faults:\n  {}{more}",
        faults.len(),
        lines.join("\n  ")
    );
    Ok(())
}

fn today() -> String {
    jiff::Timestamp::now().strftime("%F").to_string()
}

fn day(text: &str) -> Result<String, jiff::Error> {
    let date: jiff::civil::Date = text.parse()?;
    Ok(date.to_string())
}
