//! Compares the cost of a call with the budgets in `tests/overhead/budget.toml`, in both directions: a higher cost
//! requires a new budget, and so does a much lower one.
//!
//! ```sh
//! cargo test --release -p harness-api-overhead                      # compares
//! OVERHEAD=write cargo test --release -p harness-api-overhead       # writes what was found
//! ```
//!
//! callgrind counts instructions, in an optimised build. Without callgrind or optimisation, only allocations are
//! compared, with a message. With `OVERHEAD=required` that is a failure.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{Write as _, stderr};
use std::path::Path;
use std::process::Command;

use harness_api_overhead::Caller;
use serde::{Deserialize, Serialize};

const BUDGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/budget.toml");
const HEAD: &str =
    "# Of one call. Written by `OVERHEAD=write cargo test --release -p harness-api-overhead`.\n\n";

/// Tolerance in percent above the budget, and below it. Compilers and C libraries differ slightly.
const MORE: u64 = 10;
const LESS: u64 = 15;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
struct Cost {
    allocations: u64,
    instructions: Option<u64>,
}

#[test]
fn a_call_costs_what_its_budget_says() {
    let mode = env::var("OVERHEAD").unwrap_or_default();
    let mut found = BTreeMap::new();
    for name in Caller::CRATES {
        let allocations = allocations(name);
        let instructions = match instructions(name) {
            Ok(count) => Some(count),
            Err(why) if mode.is_empty() => {
                say(&format!("instructions are not counted: {why}"));
                None
            }
            Err(why) => panic!("instructions cannot be counted: {why}"),
        };
        let cost = Cost {
            allocations,
            instructions,
        };
        say(&format!("{name}: {cost:?}"));
        found.insert(name.to_owned(), cost);
    }
    if mode == "write" {
        fs::write(BUDGET, HEAD.to_owned() + &toml::to_string(&found).unwrap()).unwrap();
        return;
    }
    let budgets: BTreeMap<String, Cost> =
        toml::from_str(&fs::read_to_string(BUDGET).unwrap()).unwrap();
    let mut faults = Vec::new();
    for (name, found) in found {
        let budget = budgets[&name];
        faults.extend(fault(
            &name,
            "allocations",
            found.allocations,
            budget.allocations,
        ));
        if let Some(count) = found.instructions {
            let budget = budget.instructions.unwrap();
            faults.extend(fault(&name, "instructions", count, budget));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_budget_is_kept_both_ways() {
    for kept in [86, 100, 110] {
        assert_eq!(fault("x", "instructions", kept, 100), None);
    }
    let dear = fault("x", "instructions", 111, 100).unwrap();
    assert!(dear.contains("111") && dear.contains("more"), "{dear}");
    let cheap = fault("x", "instructions", 84, 100).unwrap();
    assert!(cheap.contains("OVERHEAD=write"), "{cheap}");
}

fn fault(name: &str, what: &str, found: u64, budget: u64) -> Option<String> {
    if found * 100 > budget * (100 + MORE) {
        Some(format!(
            "{name}: {found} {what} a call, more than {MORE} % above the budget of {budget}"
        ))
    } else if found * 100 < budget * (100 - LESS) {
        Some(format!(
            "{name}: {found} {what} a call, more than {LESS} % below {budget}: lower the budget with OVERHEAD=write"
        ))
    } else {
        None
    }
}

fn allocations(name: &str) -> u64 {
    let caller = Caller::new(name).unwrap();
    caller.warm_up().unwrap();
    let mut outcome = None;
    let measured = allocation_counter::measure(|| outcome = Some(caller.measured_call()));
    outcome.unwrap().unwrap();
    measured.count_total
}

/// Returns the instructions of one call, or why they cannot be counted.
fn instructions(name: &str) -> Result<u64, String> {
    if cfg!(debug_assertions) {
        return Err("the build is not optimised: --release".to_owned());
    }
    if cfg!(not(target_arch = "x86_64")) {
        return Err("the budget is one of x86-64".to_owned());
    }
    let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("callgrind.{name}"));
    let said = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .arg("--toggle-collect=*measured_call*")
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .args([env!("CARGO_BIN_EXE_harness-api-overhead"), name])
        .output()
        .map_err(|error| format!("valgrind cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.status.success(), "{text}");
    let profile = fs::read_to_string(&profile).unwrap();
    let total = profile
        .lines()
        .find_map(|line| {
            line.strip_prefix("totals: ")
                .or_else(|| line.strip_prefix("summary: "))
        })
        .and_then(|total| total.trim().parse().ok());
    // Without a symbol of this name nothing would be counted.
    Ok(total
        .filter(|total| *total > 1_000)
        .unwrap_or_else(|| panic!("no instructions were counted: {text}")))
}

/// Prints past the test harness, which hides the output of passing tests.
fn say(line: &str) {
    stderr().write_all(format!("\n{line}").as_bytes()).unwrap();
}
