//! What was measured: kept in `results.toml`, shown in `RESULTS.md` and `results.svg`.

use std::{collections::BTreeMap, fmt::Write as _, fs, io::ErrorKind, path::Path};

use harness_api_plot::{Bar, Figure, Panel};
use serde::{Deserialize, Serialize};

use crate::Failure;

const DATA: &str = "results.toml";
const TABLES: &str = "RESULTS.md";
const PICTURE: &str = "results.svg";

/// The lines around what is written into Markdown; the rest of the file is left alone.
const MARKS: (&str, &str) = ("<!-- <generated> -->\n", "<!-- </generated> -->\n");

/// Everything that was measured, each bench's part from its last run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Results {
    parts: BTreeMap<Topic, Part>,
}

/// What is measured, in the order in which it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// Single calls.
    Calls,
    /// A list of many pages.
    Paging,
    /// Memory while a list is read.
    Memory,
    /// Reading large bodies.
    Decode,
    /// Writing large bodies.
    Encode,
    /// A program that makes one call, from its start to its end.
    Start,
    /// The file of that program.
    Size,
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// The layer for everyday use.
    Ext,
    /// The same, without asking for the next page before it is needed.
    ExtInTurn,
    /// The raw client.
    Raw,
    /// Code for these calls alone, with reqwest and serde's derive: what the rest is compared with.
    Hand,
    /// The same without types.
    Untyped,
    /// The types that progenitor makes.
    Progenitor,
}

/// What one bench says of one topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// A sentence that belongs to it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What was measured.
    pub rows: Vec<Row>,
}

/// One thing that was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The thing.
    pub what: String,
    /// What its values are in.
    pub unit: String,
    /// By each of the contestants.
    pub values: BTreeMap<By, Measured>,
}

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// In the unit of the row.
    pub value: f64,
    /// As a part of what it is by hand.
    pub ratio: f64,
}

impl Topic {
    fn title(self) -> &'static str {
        match self {
            Self::Calls => "One call",
            Self::Paging => {
                "A list of many pages, whose server takes as long for a page as its reader"
            }
            Self::Memory => "Memory while a list is streamed",
            Self::Decode => "Decoding a large body",
            Self::Encode => "Encoding a large body",
            Self::Start => "A program that makes one call, from start to end",
            Self::Size => "The file of that program",
        }
    }
}

impl By {
    const ALL: [Self; 6] = [
        Self::Ext,
        Self::Raw,
        Self::Hand,
        Self::Untyped,
        Self::Progenitor,
        Self::ExtInTurn,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Ext => "harness-api-ext",
            Self::ExtInTurn => "harness-api-ext, page after page",
            Self::Raw => "harness-api",
            Self::Hand => "by hand",
            Self::Untyped => "by hand, serde_json::Value",
            Self::Progenitor => "progenitor",
        }
    }
}

impl Row {
    /// Values, one of them by hand, and their parts of that one.
    pub fn new(what: &str, unit: &str, values: impl IntoIterator<Item = (By, f64)>) -> Self {
        let values: Vec<_> = values.into_iter().collect();
        let hand = values.iter().find(|(by, _)| *by == By::Hand);
        let hand = hand.map_or(f64::NAN, |(_, value)| *value);
        let rated = values
            .into_iter()
            .map(|(by, value)| (by, value, value / hand));
        Self::rated(what, unit, rated)
    }

    /// Values, and parts that were found in another way than by dividing them.
    pub fn rated(what: &str, unit: &str, values: impl IntoIterator<Item = (By, f64, f64)>) -> Self {
        let values = values.into_iter().map(|(by, value, ratio)| {
            let (value, ratio) = (thousandths(value), thousandths(ratio));
            (by, Measured { value, ratio })
        });
        Self {
            what: what.to_owned(),
            unit: unit.to_owned(),
            values: values.collect(),
        }
    }
}

/// No run repeats more.
fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// Prints what a bench has found, and keeps it if the program was started with `--write`.
///
/// # Errors
///
/// When the files of earlier results cannot be read or written.
pub fn report(parts: impl IntoIterator<Item = (Topic, Part)>) -> Result<(), Failure> {
    let found = Results {
        parts: parts.into_iter().collect(),
    };
    println!("{}", found.tables());
    if std::env::args().any(|argument| argument == "--write") {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut results = Results::load(folder)?;
        results.parts.extend(found.parts);
        results.save(folder)?;
    }
    Ok(())
}

impl Results {
    fn load(folder: &Path) -> Result<Self, Failure> {
        match fs::read_to_string(folder.join(DATA)) {
            Ok(text) => Ok(toml::from_str(&text)?),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    fn save(&self, folder: &Path) -> Result<(), Failure> {
        let head = "# Written by `cargo bench -p harness-api-benches -- --write`; RESULTS.md and results.svg show it.\n\n";
        fs::write(
            folder.join(DATA),
            format!("{head}{}", toml::to_string(self)?),
        )?;
        let tables = folder.join(TABLES);
        let filled = filled(&fs::read_to_string(&tables)?, &self.tables());
        fs::write(tables, filled.ok_or("RESULTS.md has no marks")?)?;
        fs::write(folder.join(PICTURE), self.picture())?;
        Ok(())
    }

    /// A table for each topic.
    fn tables(&self) -> String {
        let mut text = String::new();
        for (topic, part) in &self.parts {
            let all = By::ALL.into_iter();
            let columns: Vec<By> = all
                .filter(|by| part.rows.iter().any(|row| row.values.contains_key(by)))
                .collect();
            let _ = write!(text, "\n## {}\n\n| | |", topic.title());
            for by in &columns {
                let _ = write!(text, " {} |", by.name());
            }
            text += "\n|---|---|";
            text += &"---:|".repeat(columns.len());
            text += "\n";
            for row in &part.rows {
                let _ = write!(text, "| {} | {} |", row.what, row.unit);
                for by in &columns {
                    let _ = match row.values.get(by) {
                        Some(found) => {
                            write!(text, " {} (**{:.2}**) |", short(found.value), found.ratio)
                        }
                        None => write!(text, " - |"),
                    };
                }
                text += "\n";
            }
            if !part.note.is_empty() {
                let _ = write!(text, "\n{}\n", part.note);
            }
        }
        text + "\n"
    }

    /// All ratios as bars.
    fn picture(&self) -> String {
        let panels = self.parts.iter().map(|(topic, part)| Panel {
            title: topic.title().to_owned(),
            marks: vec![(1.0, By::Hand.name().to_owned())],
            rows: part.rows.iter().map(bars).collect(),
        });
        Figure {
            title: "What it costs, as a part of what the same costs by hand".to_owned(),
            notes: vec![
                "By hand is code for these calls alone, with reqwest and serde's derive. Shorter is better.".to_owned(),
                "Behind each bar stand the ratio and what was measured.".to_owned(),
            ],
            series: By::ALL.map(|by| by.name().to_owned()).to_vec(),
            panels: panels.collect(),
        }
        .svg()
    }
}

fn bars(row: &Row) -> harness_api_plot::Row {
    let bar = |(series, by): (usize, By)| {
        let Measured { value, ratio } = *row.values.get(&by)?;
        Some(Bar {
            series,
            value: ratio,
            text: format!("{ratio:.2}: {} {}", short(value), row.unit),
        })
    };
    harness_api_plot::Row {
        name: row.what.clone(),
        bars: By::ALL.into_iter().enumerate().filter_map(bar).collect(),
    }
}

/// Three digits.
fn short(value: f64) -> String {
    match value {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// `text` with something else between the marks.
fn filled(text: &str, inside: &str) -> Option<String> {
    let (before, rest) = text.split_once(MARKS.0)?;
    let (_, after) = rest.split_once(MARKS.1)?;
    Some(format!("{before}{}{inside}{}{after}", MARKS.0, MARKS.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
    }

    #[test]
    fn what_is_shown_is_what_is_stored() {
        let results = Results::load(folder()).unwrap();
        let topics: Vec<Topic> = results.parts.keys().copied().collect();
        let all = [
            Topic::Calls,
            Topic::Paging,
            Topic::Memory,
            Topic::Decode,
            Topic::Encode,
            Topic::Start,
            Topic::Size,
        ];
        assert_eq!(topics, all, "a topic was not measured");
        let shown = fs::read_to_string(folder().join(TABLES)).unwrap();
        assert_eq!(filled(&shown, &results.tables()), Some(shown));
        let shown = fs::read_to_string(folder().join(PICTURE)).unwrap();
        assert_eq!(shown, results.picture());
        assert_eq!(
            shown,
            results.picture(),
            "the same results make the same picture"
        );
    }

    #[test]
    fn every_row_is_in_the_picture() {
        let results = Results::load(folder()).unwrap();
        let picture = results.picture();
        for row in results.parts.values().flat_map(|part| &part.rows) {
            assert!(picture.lines().any(|line| line == row.what), "{}", row.what);
            assert!(
                row.what.chars().count() <= harness_api_plot::NAME,
                "{} is cut off",
                row.what
            );
        }
    }

    #[test]
    fn ratios_are_parts_of_what_it_is_by_hand() {
        let row = Row::new("a call", "µs", [(By::Ext, 75.0), (By::Hand, 60.0)]);
        assert_eq!(row.values[&By::Ext].ratio, 1.25);
        assert_eq!(row.values[&By::Hand].ratio, 1.0);
        let part = Part {
            note: "As it is.".to_owned(),
            rows: vec![row],
        };
        let results = Results {
            parts: [(Topic::Calls, part)].into(),
        };
        let table = "\n## One call\n\n| | | harness-api-ext | by hand |\n|---|---|---:|---:|\n\
                     | a call | µs | 75.0 (**1.25**) | 60.0 (**1.00**) |\n\nAs it is.\n\n";
        assert_eq!(results.tables(), table);
        let read: Results = toml::from_str(&toml::to_string(&results).unwrap()).unwrap();
        assert_eq!(read, results);
    }

    #[test]
    fn what_stands_around_the_marks_stays() {
        let (begin, end) = MARKS;
        let text = format!("# Notes\n{begin}old\n{end}and more\n");
        let new = format!("# Notes\n{begin}new\n{end}and more\n");
        assert_eq!(filled(&text, "new\n"), Some(new));
        assert_eq!(filled("# Notes\n", "new\n"), None);
    }
}
