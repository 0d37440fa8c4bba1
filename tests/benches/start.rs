//! Run time and size of a program that makes one call, compared with hand-written code.
//!
//! The programs are those in `src/bin`. They call one server on loopback, and are started alternately.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use harness_api_benches::{
    Failure, median,
    results::{By, Part, Row, Topic, report},
    server,
};

/// Number of timed starts of each program, after some without timing.
const STARTS: usize = 201;
const FIRST: usize = 5;

const PROGRAMS: [(By, &str); 3] = [
    (By::Ext, env!("CARGO_BIN_EXE_one-call-ext")),
    (By::Raw, env!("CARGO_BIN_EXE_one-call-raw")),
    (By::Hand, env!("CARGO_BIN_EXE_one-call-hand")),
];

fn main() -> Result<(), Failure> {
    report([(Topic::Start, starts()?), (Topic::Size, sizes()?)])
}

/// Measures the median run time of each program, in milliseconds.
fn starts() -> Result<Part, Failure> {
    let url = server::start(Duration::ZERO, 1, 1)?;
    let mut took: [Vec<f64>; PROGRAMS.len()] = Default::default();
    for round in 0..FIRST + STARTS {
        for turn in 0..PROGRAMS.len() {
            let which = (round + turn) % PROGRAMS.len();
            let time = run(PROGRAMS[which].1, &url)?;
            if round >= FIRST {
                took[which].push(time.as_secs_f64() * 1e3);
            }
        }
    }
    let by = PROGRAMS.into_iter().map(|(by, _)| by);
    Ok(Part {
        note: String::new(),
        rows: vec![Row::new("start to end", "ms", by.zip(took.map(median)))],
    })
}

fn run(program: &str, url: &str) -> Result<Duration, Failure> {
    let start = Instant::now();
    let output = Command::new(program)
        .arg(url)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let time = start.elapsed();
    if !output.status.success() || output.stdout.trim_ascii_end() != server::NAME.as_bytes() {
        return Err(format!("{program} did not read the project").into());
    }
    Ok(time)
}

/// Measures the size of each program, in megabytes.
fn sizes() -> Result<Part, Failure> {
    let mut built = Vec::new();
    let mut stripped = Vec::new();
    for (by, program) in PROGRAMS {
        built.push((by, megabytes(Path::new(program))?));
        stripped.push((by, megabytes(&strip(program)?)?));
    }
    Ok(Part {
        note: String::new(),
        rows: vec![
            Row::new("unstripped", "MB", built),
            Row::new("stripped", "MB", stripped),
        ],
    })
}

fn megabytes(path: &Path) -> Result<f64, Failure> {
    Ok(fs::metadata(path)?.len() as f64 / 1e6)
}

/// Writes the program without symbols, with the tool that comes with every linker.
fn strip(program: &str) -> Result<PathBuf, Failure> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stripped");
    let status = Command::new("strip")
        .arg("-o")
        .arg(&target)
        .arg(program)
        .status()?;
    if !status.success() {
        return Err(format!("{program} could not be stripped").into());
    }
    Ok(target)
}
