//! What was measured, kept in `harness-api/compile.toml` and shown in `harness-api/COMPILE.md` and `compile.svg`.

use std::{collections::BTreeMap, fmt::Write as _, fs, io, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::{
    chart,
    measure::{Action, Usage},
    text::Text,
    workspace::Side,
};

const DATA: &str = "harness-api/compile.toml";
const TABLE: &str = "harness-api/COMPILE.md";
const PICTURE: &str = "harness-api/compile.svg";

/// All results so far.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Results {
    /// Compiler and machine of the last run that measured.
    pub machine: String,
    /// What the generated code may hold, by module.
    pub budget: BTreeMap<String, Text>,
    /// What it costs, by scope: a module, `default` or `full`.
    pub costs: BTreeMap<String, Scope>,
}

/// Both clients of one scope.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// progenitor's.
    pub stock: Client,
    /// The workspace's.
    pub own: Client,
}

/// One client of one scope.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Client {
    /// Lines of generated code.
    pub lines: usize,
    /// Bytes of generated code.
    pub bytes: usize,
    /// The library alone.
    pub library: BTreeMap<Action, Usage>,
    /// The program alone that calls each operation.
    pub program: BTreeMap<Action, Usage>,
}

impl Results {
    /// Returns the costs of one client.
    pub(super) fn client(&mut self, scope: &str, side: Side) -> &mut Client {
        let both = self.costs.entry(scope.to_owned()).or_default();
        match side {
            Side::Stock => &mut both.stock,
            Side::Own => &mut both.own,
        }
    }

    /// Reads the results that are stored in the workspace.
    pub fn load(root: &Path) -> Result<Self> {
        match fs::read_to_string(root.join(DATA)) {
            Ok(text) => toml::from_str(&text).with_context(|| format!("{DATA} cannot be read")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {DATA}")),
        }
    }

    /// Stores the results, and what shows them.
    pub fn save(&self, root: &Path) -> Result<()> {
        let data = format!(
            "# Written by `cargo xtask bench-compile`; COMPILE.md and compile.svg show it.\n\n{}",
            toml::to_string(self)?
        );
        for (path, text) in [(DATA, data)].into_iter().chain(self.shown()) {
            replace(&root.join(path), &text).with_context(|| format!("cannot write {path}"))?;
        }
        Ok(())
    }

    /// Returns the files that show other results than these.
    pub fn stale(&self, root: &Path) -> Vec<&'static str> {
        self.shown()
            .into_iter()
            .filter(|(path, text)| {
                fs::read_to_string(root.join(path)).map_or(true, |old| old != *text)
            })
            .map(|(path, _)| path)
            .collect()
    }

    /// Returns the files that show the results.
    fn shown(&self) -> [(&'static str, String); 2] {
        [(TABLE, self.table()), (PICTURE, chart::svg(self))]
    }

    fn table(&self) -> String {
        let mut text = INTRODUCTION.replace("{machine}", &self.machine);
        for (action, title) in [
            (Action::Check, "`cargo check`"),
            (Action::Build, "`cargo build`"),
            (Action::Release, "`cargo build --release`"),
        ] {
            let runtime = self.costs.get("none");
            let runtime = runtime.and_then(|scope| Some(scope.own.library.get(&action)?.cpu));
            let rows = self.costs.iter();
            let rows = rows.map(|(name, scope)| (name.as_str(), costs(scope, action, runtime)));
            let _ = write!(text, "\n## {title}\n\n{}", grid(&COSTS, rows.collect()));
        }
        let rows = self.costs.iter().map(|(name, scope)| {
            let some = |count: usize| (count > 0).then_some(count as f64);
            let row = [
                cells(some(scope.stock.lines), some(scope.own.lines)),
                cells(some(scope.stock.bytes), some(scope.own.bytes)),
            ];
            (name.as_str(), row)
        });
        let _ = write!(
            text,
            "\n## Generated code\n\n{}",
            grid(&["lines", "bytes"], rows.collect())
        );
        text += BUDGET_HEAD;
        for (name, budget) in &self.budget {
            let _ = write!(text, "| {name} |");
            for (_, count) in budget.counts() {
                let _ = write!(text, " {count} |");
            }
            text += "\n";
        }
        text
    }
}

/// Writes a file as a whole or not at all: a run may be interrupted.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    fs::write(&new, text)?;
    fs::rename(new, path)
}

/// Adds the costs of one scope; the columns are [`COSTS`]. `runtime` is the cost of the library without modules.
fn costs(scope: &Scope, action: Action, runtime: Option<f64>) -> [String; COSTS.len()] {
    let pair = |of: &dyn Fn(&Client) -> Option<f64>| cells(of(&scope.stock), of(&scope.own));
    let library = |client: &Client| client.library.get(&action).copied();
    let program = |client: &Client| client.program.get(&action).copied();
    let alone = |client: &Client| Some(library(client)?.cpu);
    let both = |client: &Client| Some(library(client)?.cpu + program(client)?.cpu);
    let generated = |of: &dyn Fn(&Client) -> Option<f64>| match (of(&scope.own), runtime) {
        (Some(own), Some(runtime)) => cells(of(&scope.stock), Some(own - runtime)),
        _ => UNKNOWN.to_owned(),
    };
    [
        pair(&alone),
        generated(&alone),
        pair(&|client| Some(library(client)?.peak)),
        pair(&|client| library(client)?.size),
        pair(&|client| Some(program(client)?.cpu)),
        pair(&|client| Some(program(client)?.peak)),
        pair(&|client| program(client)?.size),
        pair(&both),
        generated(&both),
    ]
}

/// Returns a table without the rows and columns that nothing is known of.
fn grid<const N: usize>(columns: &[&str; N], mut rows: Vec<(&str, [String; N])>) -> String {
    rows.retain(|(_, row)| row.iter().any(|cell| cell != UNKNOWN));
    if rows.is_empty() {
        return "Not measured.\n".to_owned();
    }
    let known = |column: &usize| rows.iter().any(|(_, row)| row[*column] != UNKNOWN);
    let known: Vec<usize> = (0..N).filter(known).collect();
    let mut text = "| scope |".to_owned();
    for &column in &known {
        let _ = write!(text, " {} |", columns[column]);
    }
    text += "\n| --- |";
    text += &" --- |".repeat(known.len());
    text += "\n";
    for (name, row) in &rows {
        let _ = write!(text, "| {name} |");
        for &column in &known {
            let _ = write!(text, " {} |", row[column]);
        }
        text += "\n";
    }
    text
}

/// Stands for what no run has found.
const UNKNOWN: &str = "-";

/// Returns stock, own, and their ratio.
fn cells(stock: Option<f64>, own: Option<f64>) -> String {
    if stock.is_none() && own.is_none() {
        return UNKNOWN.to_owned();
    }
    let number = |value: Option<f64>| match value {
        Some(value) if value >= 1000.0 => format!("{value:.0}"),
        Some(value) => format!("{}", (value * 100.0).round() / 100.0),
        None => UNKNOWN.to_owned(),
    };
    let ratio = match (stock, own) {
        (Some(stock), Some(own)) if stock > 0.0 => format!("**{:.2}**", own / stock),
        _ => UNKNOWN.to_owned(),
    };
    format!("{} / {} / {ratio}", number(stock), number(own))
}

const INTRODUCTION: &str = "# What it costs to compile

Written by `cargo xtask bench-compile`; `compile.toml` holds the same as data, and `compile.svg` shows CPU time. A partial
run (`--module`, `--only`, `--no-stock`) keeps what earlier runs found. `-` is what no run has measured; a scope of which
nothing was is left out.

![CPU time as a part of progenitor's](compile.svg)

Each cell is progenitor's client / this client / the ratio. The yardstick is what progenitor makes of the same lowered
description: one `lib.rs` of a module's part, or of all modules for `full`. `default` is `pipeline` and `platform`.
Measured is the crate alone: what it depends on was compiled before, `CARGO_INCREMENTAL=0`, no TLS on either side. CPU
is user and system seconds of cargo, rustc and the linker; memory is the largest process. The program calls every operation
of one module once, with every parameter set, and awaits it; its library is compiled before.

What all modules share is written by hand and is in this crate: `none` is that runtime alone, and every other row includes it
once. progenitor's is a crate beside it, which is not counted. `less the runtime` leaves this crate's out too.

Seconds compare within one row only. Last measured with: {machine}.
";

const COSTS: [&str; 9] = [
    "library: CPU s",
    "less the runtime",
    "library: peak MB",
    "library: rlib MB",
    "program: CPU s",
    "program: peak MB",
    "program: MB",
    "both: CPU s",
    "less the runtime",
];

const BUDGET_HEAD: &str = "
## Budget

What each module's generated code may hold, give or take 3 %; `cargo test -p xtask` fails when it holds more. When a larger
description or a change of the generator justifies more, `cargo xtask bench-compile --accept` writes the present counts
into `compile.toml`: review them as you would review code. Types are structs and enums, request builders among them;
`shared` are the types of several modules.

| module | lines | bytes | types | functions | impls |
| --- | ---: | ---: | ---: | ---: | ---: |
";

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::bench_compile::{GENERATED, over_budget, text};

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    #[test]
    fn the_generated_code_keeps_its_budget() {
        let found = text::count(&root().join(GENERATED)).unwrap();
        assert!(found.len() > 30, "{} folders of modules", found.len());
        let excesses = over_budget(&root()).unwrap();
        assert!(
            excesses.is_empty(),
            "more generated code than harness-api/COMPILE.md allows; if that is meant, run \
             `cargo xtask bench-compile --accept`:\n{}",
            excesses.join("\n")
        );
    }

    #[test]
    fn what_is_shown_is_what_is_stored() {
        let results = Results::load(&root()).unwrap();
        let stale = results.stale(&root());
        assert!(
            stale.is_empty(),
            "run `cargo xtask bench-compile --show`: {stale:?}"
        );
    }

    #[test]
    fn what_was_not_measured_is_a_dash() {
        assert_eq!(cells(Some(10.0), Some(2.5)), "10 / 2.5 / **0.25**");
        assert_eq!(cells(None, Some(2.5)), "- / 2.5 / -");
        assert_eq!(cells(None, None), "-");
    }

    #[test]
    fn rows_and_columns_without_anything_are_left_out() {
        let cell = |text: &str| text.to_owned();
        let rows = vec![
            ("code", [cell("1"), cell(UNKNOWN), cell(UNKNOWN)]),
            ("none", [cell(UNKNOWN), cell(UNKNOWN), cell(UNKNOWN)]),
            ("sto", [cell(UNKNOWN), cell(UNKNOWN), cell("3")]),
        ];
        assert_eq!(
            grid(&["a", "b", "c"], rows),
            "| scope | a | c |\n| --- | --- | --- |\n| code | 1 | - |\n| sto | - | 3 |\n"
        );
        assert_eq!(
            grid(&["a"], vec![("none", [cell(UNKNOWN)])]),
            "Not measured.\n"
        );
    }
}
