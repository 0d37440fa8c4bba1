//! Results of the recordings.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::{How, Kind, Leaves};

/// Results of all files of a folder.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Results by file name.
    pub files: Vec<File>,
}

/// Result of one file.
#[derive(Clone, Debug)]
pub struct File {
    /// Name of the file.
    pub name: String,
    /// Kind of the recording.
    pub kind: Kind,
    /// Operation that it was replayed against.
    pub operation: Option<String>,
    /// Outcome.
    pub outcome: Outcome,
    /// Leaves of its body; empty for an error.
    pub leaves: Leaves,
    /// Further remark.
    pub note: String,
}

/// Outcome of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Decoded, or for a request: nothing was lost.
    Good,
    /// Not decoded, or for a request or an error: something was lost.
    Bad,
    /// Not counted: the API has no such operation.
    Apart,
}

/// Maximum number of lines per file without `verbose`.
const LINES: usize = 8;

impl Report {
    /// Returns the counted files of a kind.
    fn counted(&self, kind: Kind) -> impl Iterator<Item = &File> {
        self.files
            .iter()
            .filter(move |file| file.kind == kind && file.outcome != Outcome::Apart)
    }

    /// Returns the numbers of good files and of all files of a kind.
    pub fn share(&self, kind: Kind) -> (usize, usize) {
        let good = self
            .counted(kind)
            .filter(|file| file.outcome == Outcome::Good)
            .count();
        (good, self.counted(kind).count())
    }

    /// Returns the share of kept leaves of all responses, in percent.
    pub fn percent_kept(&self) -> f64 {
        let (kept, total) = self
            .counted(Kind::Response)
            .fold((0, 0), |(kept, total), file| {
                (kept + file.leaves.kept(), total + file.leaves.total)
            });
        percent(kept, total)
    }

    /// Returns the last line.
    pub fn summary(&self) -> String {
        let (decoded, responses) = self.share(Kind::Response);
        let (mapped, errors) = self.share(Kind::Error);
        let (kept, requests) = self.share(Kind::Request);
        format!(
            "responses {decoded}/{responses} decoded, {:.2}% of leaves kept; errors {mapped}/{errors} mapped; requests {kept}/{requests}",
            self.percent_kept()
        )
    }

    /// Returns all lines; with `verbose`, every lost leaf too.
    pub fn text(&self, verbose: bool) -> String {
        let mut out = String::new();
        for file in &self.files {
            // Writing to a text cannot fail.
            let _ = file.write(&mut out, verbose);
        }
        let apart = self
            .files
            .iter()
            .filter(|file| file.outcome == Outcome::Apart)
            .count();
        if apart > 0 {
            let _ = writeln!(out, "not counted: {apart} files, not in the API");
        }
        out + &self.summary() + "\n"
    }
}

impl File {
    fn write(&self, out: &mut String, verbose: bool) -> fmt::Result {
        let operation = self.operation.as_deref().unwrap_or("-");
        let word = match (&self.outcome, self.kind) {
            (Outcome::Apart, _) => "not counted",
            (Outcome::Good, Kind::Response) => "decoded",
            (Outcome::Good, Kind::Error) => "mapped",
            (Outcome::Good, Kind::Request) => "kept",
            (Outcome::Bad, Kind::Response) => "NOT DECODED",
            (Outcome::Bad, Kind::Error) => "NOT MAPPED",
            (Outcome::Bad, Kind::Request) => "NOT KEPT",
        };
        write!(out, "{} {operation}: {word}", self.name)?;
        if self.leaves.total > 0 && self.outcome != Outcome::Apart {
            let (kept, total) = (self.leaves.kept(), self.leaves.total);
            write!(
                out,
                ", {kept}/{total} leaves ({:.2}%)",
                percent(kept, total)
            )?;
        }
        if !self.note.is_empty() {
            write!(out, "; {}", self.note)?;
        }
        out.push('\n');
        if self.outcome == Outcome::Apart {
            return Ok(());
        }
        if verbose {
            for lost in &self.leaves.lost {
                writeln!(out, "    {}: {}", word_of(lost.how), lost.path)?;
            }
            return Ok(());
        }
        let mut groups = BTreeMap::<(String, &str), usize>::new();
        for lost in &self.leaves.lost {
            let key = (general(&lost.path), word_of(lost.how));
            *groups.entry(key).or_default() += 1;
        }
        for ((path, how), count) in groups.iter().take(LINES) {
            match count {
                1 => writeln!(out, "    {how}: {path}")?,
                _ => writeln!(out, "    {how}: {path} ({count} times)")?,
            }
        }
        if groups.len() > LINES {
            writeln!(out, "    and {} more, see --verbose", groups.len() - LINES)?;
        }
        Ok(())
    }
}

fn word_of(how: How) -> &'static str {
    match how {
        How::Dropped => "dropped",
        How::Changed => "changed",
        How::KeptAside => "kept aside",
    }
}

/// Returns a path with `*` for each index.
fn general(path: &str) -> String {
    let parts: Vec<_> = path
        .split('.')
        .map(|part| {
            let index = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if index { "*" } else { part }
        })
        .collect();
    parts.join(".")
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        100.0
    } else {
        part as f64 * 100.0 / whole as f64
    }
}
