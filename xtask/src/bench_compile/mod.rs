//! Measures what the generated client costs to compile, with progenitor's own output as the yardstick.

mod chart;
mod measure;
mod results;
mod stock;
pub mod text;
mod workspace;

use std::{collections::BTreeMap, fs, path::Path, process::Command, thread};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::generate::{self, Pipeline, api::Api, emit};

pub use measure::Action;
use measure::Bench;
use results::Client;
pub use results::Results;
use text::Text;
use workspace::{Packages, Side, Writer};

/// What to measure.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Only this module, or `none`, `default` or `full`; several times for several
    #[arg(long = "module", value_name = "MODULE")]
    modules: Vec<String>,
    /// Only this kind of compilation
    #[arg(long, value_enum)]
    only: Option<Action>,
    /// Measures progenitor's client too (the default)
    #[arg(long, overrides_with = "no_stock")]
    stock: bool,
    /// Leaves progenitor's client out: its earlier results stay
    #[arg(long)]
    no_stock: bool,
    /// Measures nothing: makes the present size of the generated code the budget
    #[arg(long, conflicts_with_all = ["modules", "only", "stock", "no_stock"])]
    accept: bool,
    /// Measures nothing: writes the tables and the picture again
    #[arg(long, conflicts_with_all = ["modules", "only", "stock", "no_stock"])]
    show: bool,
    /// Writes what is to be compiled, and no more
    #[arg(long, hide = true)]
    plan: bool,
}

impl Options {
    /// Returns whether the description is read; what is compiled later is not made from it by this process.
    pub fn reads_description(&self) -> bool {
        self.plan
    }
}

/// Where the client's generated code is.
const GENERATED: &str = "harness-api/src/generated";

/// What is to be compiled, in the folder where it is.
const PLAN: &str = "plan.toml";

/// The modules of the scopes that are no module.
const DEFAULT: [&str; 2] = ["pipeline", "platform"];

/// Returns a line for each place where the generated code of the workspace at `root` exceeds its budget.
pub fn over_budget(root: &Path) -> Result<Vec<String>> {
    let found = text::count(&root.join(GENERATED))?;
    Ok(text::excesses(&found, &Results::load(root)?.budget))
}

/// Returns the files that show other results than the stored ones.
pub fn stale(root: &Path) -> Result<Vec<&'static str>> {
    Ok(Results::load(root)?.stale(root))
}

/// Measures what `options` say and stores it in the workspace at `root`, after each scope. What does not compile does not
/// keep the rest from being measured.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let mut results = Results::load(root)?;
    if options.accept {
        results.budget = text::count(&root.join(GENERATED))?;
    }
    if options.accept || options.show {
        return results.save(root);
    }
    if options.plan {
        return plan(root, options);
    }
    let plan = planned(root)?;
    results.machine = machine()?;
    for item in &plan.items {
        let client = results.client(&item.scope, item.side);
        (client.lines, client.bytes) = (item.lines, item.bytes);
    }
    let bench = Bench {
        folder: workspace::folder(root),
    };
    let mut faults = Vec::new();
    for action in Action::ALL {
        if options.only.is_some_and(|only| only != action) {
            continue;
        }
        for item in &plan.items {
            let client = results.client(&item.scope, item.side);
            if let Err(error) = measure(&bench, item, action, client) {
                let fault = format!("{}, {:?}, {action:?}", item.scope, item.side);
                eprintln!("{fault}: {error:#}");
                faults.push(fault);
            }
            results.save(root)?;
        }
    }
    ensure!(
        faults.is_empty(),
        "not everything was measured: {}",
        faults.join("; ")
    );
    Ok(())
}

/// What there is to compile.
#[derive(Debug, Serialize, Deserialize)]
struct Plan {
    items: Vec<Item>,
}

/// One client of one scope.
#[derive(Debug, Serialize, Deserialize)]
struct Item {
    scope: String,
    side: Side,
    lines: usize,
    bytes: usize,
    packages: Packages,
}

/// Has another process write what is to be compiled. A process begins with the peak memory of the one that started
/// it, so this one stays small.
fn planned(root: &Path) -> Result<Plan> {
    let status = Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .arg("--plan")
        .status()
        .context("cannot start the process that writes what to compile")?;
    if !status.success() {
        bail!("there is nothing to compile");
    }
    let path = workspace::folder(root).join(PLAN);
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).context("the plan cannot be read")
}

fn plan(root: &Path, options: &Options) -> Result<()> {
    let mut lowering = generate::workspace_lowered(root)?;
    lowering.lowered.restore_wire_names();
    let api = generate::workspace_api(root, &|_| {})?;
    let present = text::count(&root.join(GENERATED))?;
    let mut writer = Writer::new(root)?;
    let mut items = Vec::new();
    for (scope, modules) in scopes(&api, &options.modules)? {
        items.push(own(&mut writer, &api, &scope, &modules, &present)?);
        if !options.no_stock && !modules.is_empty() {
            items.push(stock(&mut writer, &lowering, &scope, &modules)?);
        }
    }
    writer.finish()?;
    let path = workspace::folder(root).join(PLAN);
    fs::write(&path, toml::to_string(&Plan { items })?)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Returns the scopes asked for, with their modules: none, each module alone, the default ones, and all together.
fn scopes(api: &Api, asked: &[String]) -> Result<Vec<(String, Vec<String>)>> {
    let all: Vec<String> = api
        .modules
        .iter()
        .map(|module| module.name.clone())
        .collect();
    let mut scopes = vec![("none".to_owned(), Vec::new())];
    scopes.extend(
        all.iter()
            .map(|module| (module.clone(), vec![module.clone()])),
    );
    scopes.push(("default".to_owned(), DEFAULT.map(str::to_owned).to_vec()));
    scopes.push(("full".to_owned(), all));
    for asked in asked {
        if !scopes.iter().any(|(scope, _)| scope == asked) {
            bail!("there is no module `{asked}`");
        }
    }
    scopes.retain(|(scope, _)| asked.is_empty() || asked.contains(scope));
    Ok(scopes)
}

fn own(
    writer: &mut Writer<'_>,
    api: &Api,
    scope: &str,
    modules: &[String],
    present: &BTreeMap<String, Text>,
) -> Result<Item> {
    let calls = api
        .modules
        .iter()
        .find(|module| module.name == scope)
        .map(emit::calls);
    // What several modules share is compiled in part with one, and in whole with all.
    let folders = present
        .iter()
        .filter(|(name, _)| modules.contains(name) || (*name == "shared" && scope == "full"));
    let (lines, bytes) = folders.fold((0, 0), |(lines, bytes), (_, text)| {
        (lines + text.lines, bytes + text.bytes)
    });
    Ok(Item {
        scope: scope.to_owned(),
        side: Side::Own,
        lines,
        bytes,
        packages: writer.own(scope, modules, calls.as_deref())?,
    })
}

fn stock(
    writer: &mut Writer<'_>,
    pipeline: &Pipeline,
    scope: &str,
    modules: &[String],
) -> Result<Item> {
    let file = stock::client(&pipeline.lowered, &pipeline.partition, modules)
        .with_context(|| format!("progenitor's client of {scope}"))?;
    let text = prettyplease::unparse(&file);
    let calls = (modules.len() == 1).then(|| stock::calls(&file));
    Ok(Item {
        scope: scope.to_owned(),
        side: Side::Stock,
        lines: text.lines().count(),
        bytes: text.len(),
        packages: writer.stock(scope, &text, calls.as_deref())?,
    })
}

fn measure(bench: &Bench, item: &Item, action: Action, client: &mut Client) -> Result<()> {
    let Item {
        scope,
        side,
        packages,
        ..
    } = item;
    bench.prepare(&packages.dependencies, action)?;
    let library = bench.measure(&packages.library, action)?;
    println!("{scope:<16} {side:?} {action:?}: library {library}");
    client.library.insert(action, library);
    if let Some(program) = &packages.program {
        let program = bench.measure(program, action)?;
        println!("{scope:<16} {side:?} {action:?}: program {program}");
        client.program.insert(action, program);
    }
    Ok(())
}

/// Returns the compiler, and how many cores it has.
fn machine() -> Result<String> {
    let output = Command::new("rustc")
        .arg("--version")
        .output()
        .context("cannot start rustc")?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let version = String::from_utf8_lossy(&output.stdout);
    Ok(format!("{}, {cores} cores", version.trim()))
}
