//! `cargo xtask`: the verbs.

use std::{
    io::{IsTerminal, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use xtask::{
    bench_compile, check,
    diff::{self, Ext, Extent},
    generate::{self, Generated, Pipeline, Workspace, fix, load},
    slice, surface,
    vendor::{
        self,
        access::{Access, Guard},
        pair::Settled,
    },
    write,
};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Makes the raw client from the description of the API"
)]
struct Arguments {
    /// The folder of the workspace, where it is another than that of this tool
    #[arg(long, global = true, hide = true)]
    root: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Generates the client from the vendored description, or a standalone crate from another one
    Generate {
        /// Writes nothing; fails with the differences if what is there is not what would be written
        #[arg(long, conflicts_with_all = ["input", "output", "name"])]
        check: bool,
        /// Writes what is proposed for operations without a module, for names and for paging into the tables, and then generates;
        /// review it
        #[arg(long, conflicts_with_all = ["input", "output", "name", "check"])]
        accept: bool,
        /// Any OpenAPI 3.0.x description, YAML or JSON
        #[arg(long, requires = "output")]
        input: Option<PathBuf>,
        /// Folder of the standalone crate
        #[arg(long, requires = "input")]
        output: Option<PathBuf>,
        /// Name of the standalone crate; by default from the description's title
        #[arg(long, requires = "input")]
        name: Option<String>,
    },
    /// Prints what each fix of the description touches, and where one finds more or fewer places than it expects
    Fixes {
        /// Takes the number of places that this fix finds, once they are reviewed
        #[arg(long, value_name = "NAME")]
        accept: Vec<String>,
    },
    /// Takes a published description over into `openapi`, with its lock, and reports what changes
    Vendor(vendor::Options),
    /// Reports what another description makes of the client; the exit code is 0 for nothing or a patch, 1 for additions, 2
    /// for breaking changes, 3 and above for errors
    Diff {
        /// Path of a description, or Git revision
        old: String,
        /// Path of a description, or Git revision
        new: String,
        /// Form of the report
        #[arg(long, value_enum, default_value = "md")]
        format: Format,
        /// Lists every change, and not the first of each class only
        #[arg(long)]
        full: bool,
    },
    /// Checks that everything generated is up to date, a line each
    Check,
    /// Prints the public surface of the generated client
    Surface {
        /// Of this module only
        #[arg(long)]
        module: Option<String>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Writes modules of the vendored description, without fixes, as descriptions of their own: `MODULE.json`, and
    /// beside it `MODULE.deviations.json` with the places at which requests follow a fix instead
    Slice {
        /// These modules only
        #[arg(long)]
        module: Vec<String>,
        /// The folder to write them into
        #[arg(long)]
        output: PathBuf,
    },
    /// Measures what the client costs to compile, beside progenitor's own, into `harness-api/COMPILE.md` and
    /// `compile.svg`
    BenchCompile(bench_compile::Options),
}

/// Form of a report.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Markdown
    Md,
    /// JSON
    Json,
}

/// Half of the time goes to allocations otherwise: trees of tokens and of syntax are made of millions of small ones.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Bytes of stack for what is done.
const STACK: usize = 256 << 20;

/// Exit code of what could not be done: 1 and 2 say what a comparison found.
const FAILED: u8 = 4;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { FAILED } else { 0 });
        }
    };
    // Types may refer to each other in long chains, which every stage follows.
    let worker = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || run(arguments));
    let outcome = match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(outcome)) => outcome,
        // It has said why.
        Ok(Err(_)) => return ExitCode::from(FAILED),
        Err(error) => Err(error.into()),
    };
    outcome.unwrap_or_else(|error| {
        clear();
        eprintln!("error: {}", printable(&format!("{error:#}")));
        ExitCode::from(FAILED)
    })
}

/// Escapes control characters in text that may come from a description.
fn printable(text: &str) -> String {
    let shown = text.chars().map(|c| match c {
        '\n' | '\t' => c.to_string(),
        c if c.is_control() => c.escape_unicode().to_string(),
        c => c.to_string(),
    });
    shown.collect()
}

/// Waits for the folder `openapi`, and says what happens there.
fn enter(root: &Path, access: Access) -> Result<Guard> {
    let folder = root.join("openapi");
    let mut wait = || eprintln!("waiting for another `cargo xtask`, which uses openapi");
    let (guard, settled) = vendor::access::enter(&folder, access, &mut wait)?;
    match settled {
        Some(Settled::Completed) => eprintln!("an interrupted `cargo xtask vendor` is completed"),
        Some(Settled::Discarded) => eprintln!(
            "what an interrupted `cargo xtask vendor` left is removed; nothing was vendored"
        ),
        None => {}
    }
    Ok(guard)
}

/// Returns the access to the folder `openapi` that a verb needs; `None` for one that asks for it itself.
fn access(verb: &Verb) -> Option<Access> {
    match verb {
        Verb::Generate { input: Some(_), .. } | Verb::Vendor(_) => None,
        Verb::Generate { check: false, .. } => Some(Access::Write),
        Verb::BenchCompile(options) => options.reads_description().then_some(Access::Read),
        Verb::Generate { check: true, .. }
        | Verb::Fixes { .. }
        | Verb::Diff { .. }
        | Verb::Check
        | Verb::Surface { .. }
        | Verb::Slice { .. } => Some(Access::Read),
    }
}

fn run(Arguments { root, verb }: Arguments) -> Result<ExitCode> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the workspace has no folder")?;
    let root = root.as_deref().unwrap_or(own);
    let _guard = access(&verb)
        .map(|access| enter(root, access))
        .transpose()?;
    match verb {
        Verb::Generate {
            input: Some(input),
            output: Some(output),
            name,
            ..
        } => {
            let support = own.join("harness-api/src");
            let started = Instant::now();
            let document = load::load(&input)?;
            let made = generate::standalone(&document, name.as_deref(), &support, &mut progress())?;
            let list = write::List {
                command: "cargo xtask generate --input FILE --output DIR".to_owned(),
                description: Some(document.name),
                sha256: Some(document.sha256),
                ..Default::default()
            };
            write::write_owned(&output, list, &made.files)?;
            print_table(&made, started.elapsed());
            Ok(ExitCode::SUCCESS)
        }
        Verb::Generate { check, accept, .. } => {
            if accept {
                accept_proposals(root)?;
            }
            generate_workspace(root, check)
        }
        Verb::Fixes { accept } => {
            let Workspace {
                tables,
                mut pipeline,
                ..
            } = Workspace::load(root)?;
            pipeline.fix(&tables);
            let Pipeline {
                applied,
                diagnostics,
                ..
            } = pipeline;
            if !accept.is_empty() {
                print!("{}", fix::accept(&tables.fixes, &applied, &accept)?);
                return Ok(ExitCode::SUCCESS);
            }
            print!("{}", fix::table(&applied));
            diagnostics.check()?;
            Ok(ExitCode::SUCCESS)
        }
        Verb::Vendor(options) => vendor(root, &options),
        Verb::Diff {
            old,
            new,
            format,
            full,
        } => {
            let old = diff::Side::read(root, &old, None, &mut progress())?;
            let new = diff::Side::read(root, &new, Some(&old), &mut progress())?;
            let report = diff::compare(&old, &new, &Ext::read(root)?);
            clear();
            let extent = if full { Extent::Full } else { Extent::Short };
            match format {
                Format::Md => print!("{}", printable(&report.markdown(extent))),
                Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
            }
            Ok(ExitCode::from(report.code()))
        }
        Verb::Check => {
            let checks = check::run(root, &mut progress());
            clear();
            for check in &checks {
                print!("{}", check.text());
            }
            let good = checks.iter().all(|check| check.outcome.is_ok());
            Ok(if good {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Verb::BenchCompile(options) => {
            bench_compile::run(root, &options)?;
            Ok(ExitCode::SUCCESS)
        }
        Verb::Slice { module, output } => {
            print!("{}", slice::write(root, &module, &output)?);
            Ok(ExitCode::SUCCESS)
        }
        Verb::Surface { module, json } => print_surface(root, module.as_deref(), json),
    }
}

fn generate_workspace(root: &Path, check: bool) -> Result<ExitCode> {
    let started = Instant::now();
    let made = generate::workspace(root, &mut progress())?;
    if check {
        return Ok(match write::differences(root, &made.files)? {
            None => {
                println!("the generated client is up to date");
                ExitCode::SUCCESS
            }
            Some(differences) => {
                println!(
                    "{differences}\nthe generated client is stale: run `cargo xtask generate`"
                );
                ExitCode::FAILURE
            }
        });
    }
    let (written, removed) = write::write(root, &made.files)?;
    print_table(&made, started.elapsed());
    println!(
        "{} files: {written} written, {removed} removed, the rest as they were",
        made.files.len()
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes into the tables what is proposed for them. A second look finds what the first could not, such as the paging of an
/// operation that had no module.
fn accept_proposals(root: &Path) -> Result<()> {
    for _ in 0..2 {
        let diagnostics = generate::diagnose(root, &mut progress())?;
        clear();
        let proposals = diagnostics.proposals();
        if proposals.is_empty() {
            break;
        }
        let written = generate::diagnostics::write(&root.join("openapi"), &proposals)?;
        println!("written, to be reviewed:\n{written}\n");
    }
    Ok(())
}

fn vendor(root: &Path, options: &vendor::Options) -> Result<ExitCode> {
    let folder = root.join("openapi");
    progress()("read");
    let bytes = vendor::read(options)?;
    let guard = enter(root, Access::Write)?;
    let vendored = vendor::run(&folder, &bytes, options, &mut progress())?;
    drop(guard);
    if !vendored.changed {
        clear();
        println!("the description is the one that is vendored; nothing is written");
        return Ok(ExitCode::SUCCESS);
    }
    let tables = generate::Tables::load(&folder)?;
    let old = vendored
        .old
        .map(|old| diff::Side::of("old", old, &tables, None, &mut progress()));
    let ext = Ext::read(root)?;
    let report = old.map(|old| {
        let new = diff::Side::of("new", vendored.new, &tables, Some(&old), &mut progress());
        diff::compare(&old, &new, &ext).markdown(Extent::Short)
    });
    clear();
    println!("openapi/harness.json and its lock are written\n");
    if let Some(report) = report {
        let report = printable(&report);
        println!("{report}\nEvery change: `cargo xtask diff HEAD openapi/harness.json --full`");
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes the stage from a terminal.
fn clear() {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
}

/// Shows the stage on a terminal, and nothing elsewhere.
fn progress() -> impl FnMut(&str) {
    let terminal = std::io::stderr().is_terminal();
    move |stage| {
        if terminal {
            eprint!("\r\x1b[K{stage}");
            let _ = std::io::stderr().flush();
        }
    }
}

fn print_table(made: &Generated, elapsed: Duration) {
    clear();
    let lines = |module: &str| -> usize {
        made.files
            .iter()
            .filter(|(path, _)| {
                let mut parts = path.components().map(|part| part.as_os_str());
                parts.any(|part| part == "generated")
                    && parts.next().is_some_and(|part| part == module)
                    && !path.starts_with("tests")
            })
            .map(|(_, text)| text.lines().count())
            .sum()
    };
    println!(
        "{:<20} {:>10} {:>8} {:>9} {:>8}",
        "module", "operations", "types", "lines", "seconds"
    );
    let row = |name: &str, operations: usize, types: usize, lines: usize, seconds: f64| {
        println!("{name:<20} {operations:>10} {types:>8} {lines:>9} {seconds:>8.2}");
    };
    let mut total = (0, 0, 0);
    let mut add = |name: &str, operations: usize, types: usize, seconds: f64| {
        let lines = lines(name);
        total = (total.0 + operations, total.1 + types, total.2 + lines);
        row(name, operations, types, lines, seconds);
    };
    for module in &made.api.modules {
        let spent = made
            .spent
            .get(&module.name)
            .map_or(0.0, Duration::as_secs_f64);
        add(
            &module.name,
            module.operations.len(),
            module.types.len(),
            spent,
        );
    }
    add(
        "shared",
        0,
        made.api.groups.iter().map(|group| group.types.len()).sum(),
        0.0,
    );
    row("all", total.0, total.1, total.2, elapsed.as_secs_f64());
}

fn print_surface(root: &Path, only: Option<&str>, json: bool) -> Result<ExitCode> {
    let api = generate::workspace_api(root, &|_| {})?;
    if let Some(only) = only
        && !api.modules.iter().any(|module| module.name == only)
    {
        let known: Vec<&str> = api
            .modules
            .iter()
            .map(|module| module.name.as_str())
            .collect();
        bail!(
            "there is no module `{only}`; there are {}",
            known.join(", ")
        );
    }
    if json {
        println!("{:#}", surface::json(&api, only));
        return Ok(ExitCode::SUCCESS);
    }
    for module in &api.modules {
        if only.is_none_or(|only| only == module.name) {
            println!("{}", surface::module(&api, module));
        }
    }
    if only.is_none() {
        println!("{}", surface::shared(&api));
    }
    Ok(ExitCode::SUCCESS)
}
