//! The results as bars: what this client costs as a part of what progenitor's does.

use harness_api_plot::{Bar, Figure, Panel, Row};

use super::{
    measure::Action,
    results::{Client, Results, Scope},
};

/// What of progenitor's cost a module alone, and all of them together, may take at most.
const TARGETS: (f64, f64) = (0.25, 0.20);

/// What is drawn, in the order of its colours.
const SERIES: [(&str, Cost); 2] = [
    ("cargo check of the library", checked),
    (
        "cargo build --release of the library and, for a module, of a program with all calls",
        released,
    ),
];

/// CPU seconds of one client.
type Cost = fn(&Client) -> Option<f64>;

fn checked(client: &Client) -> Option<f64> {
    Some(client.library.get(&Action::Check)?.cpu)
}

fn released(client: &Client) -> Option<f64> {
    let program = client.program.get(&Action::Release);
    let program = program.map_or(0.0, |usage| usage.cpu);
    Some(client.library.get(&Action::Release)?.cpu + program)
}

/// Returns the picture of all results that have something to compare with.
pub(super) fn svg(results: &Results) -> String {
    let (together, mut alone): (Vec<_>, Vec<_>) = results
        .costs
        .iter()
        .filter_map(|(name, scope)| row(name, scope))
        .partition(|row| ["default", "full"].contains(&row.name.as_str()));
    let rank = |row: &Row| row.bars.first().map_or(f64::MAX, |bar| bar.value);
    alone.sort_by(|left, right| rank(left).total_cmp(&rank(right)));
    let panel = |title: &str, target: f64, rows| Panel {
        title: title.to_owned(),
        marks: vec![
            (target, format!("target {target:.2}")),
            (1.0, "progenitor".to_owned()),
        ],
        rows,
    };
    Figure {
        title: "What compiling costs, as a part of what progenitor's client costs".to_owned(),
        notes: vec![
            "CPU seconds of this client and of progenitor's stand behind their ratio; shorter is better.".to_owned(),
            results.machine.clone(),
        ],
        series: SERIES.map(|(name, _)| name.to_owned()).to_vec(),
        panels: vec![
            panel("All modules, and the default ones", TARGETS.1, together),
            panel("Each module alone", TARGETS.0, alone),
        ],
    }
    .svg()
}

/// Returns `None` where nothing was measured on both sides.
fn row(name: &str, scope: &Scope) -> Option<Row> {
    let bars: Vec<Bar> = SERIES
        .iter()
        .enumerate()
        .filter_map(|(series, (_, cost))| {
            let (own, stock) = (cost(&scope.own)?, cost(&scope.stock)?);
            (stock > 0.0).then(|| Bar {
                series,
                value: own / stock,
                text: format!("{:.2}: {own:.1} of {stock:.1} s", own / stock),
            })
        })
        .collect();
    (!bars.is_empty()).then(|| Row {
        name: name.to_owned(),
        bars,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn stored() -> Results {
        Results::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
    }

    #[test]
    fn the_same_results_make_the_same_picture() {
        assert_eq!(svg(&stored()), svg(&stored()));
    }

    #[test]
    fn every_module_is_in_the_picture() {
        let results = stored();
        let svg = svg(&results);
        // Shared types are no module.
        let modules = results.budget.keys().filter(|name| *name != "shared");
        for name in modules.map(String::as_str).chain(["default", "full"]) {
            let shown = svg.lines().filter(|line| *line == name).count();
            assert_eq!(shown, 1, "{name}");
            assert!(name.len() <= harness_api_plot::NAME, "{name} is cut off");
        }
    }

    #[test]
    fn a_release_counts_the_program() {
        let mut results = Results::default();
        let text = "library.release = { cpu = 3.0, peak = 1.0 }\nprogram.release = { cpu = 2.0, peak = 1.0 }";
        let scope = results.costs.entry("policy".to_owned()).or_default();
        scope.own = toml::from_str(text).unwrap();
        assert!(!svg(&results).contains("policy"), "nothing to compare with");
        let scope = results.costs.entry("policy".to_owned()).or_default();
        scope.stock = toml::from_str("library.release = { cpu = 20.0, peak = 1.0 }").unwrap();
        let svg = svg(&results);
        assert!(svg.contains("0.25: 5.0 of 20.0 s"), "{svg}");
    }
}
