//! What a run of cargo costs: CPU time and peak memory of cargo and all that it starts.

use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use wait4::Wait4;

/// What a compilation is for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// `cargo check`
    Check,
    /// `cargo build`
    Build,
    /// `cargo build --release`
    Release,
}

impl Action {
    /// All of them, cheapest first.
    pub const ALL: [Self; 3] = [Self::Check, Self::Build, Self::Release];

    /// Returns the arguments of cargo.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Build => &["build"],
            Self::Release => &["build", "--release"],
        }
    }

    /// Returns the folder below the target folder for what is built; a check builds nothing.
    pub fn folder(self) -> Option<&'static str> {
        match self {
            Self::Check => None,
            Self::Build => Some("debug"),
            Self::Release => Some("release"),
        }
    }
}

/// What one compilation costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// User and system seconds of cargo, rustc and the linker.
    pub cpu: f64,
    /// Resident memory of the largest process, in megabytes.
    pub peak: f64,
    /// Size of the library or program, in megabytes.
    pub size: Option<f64>,
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} s, {:.0} MB", self.cpu, self.peak)?;
        match self.size {
            Some(size) => write!(f, ", makes {size:.2} MB"),
            None => Ok(()),
        }
    }
}

/// A package to compile, with its features.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Package {
    /// Name of the package.
    pub name: String,
    /// Its features; the default ones are off.
    pub features: Vec<String>,
    /// The file that makes it stale when touched.
    pub root: PathBuf,
    /// File name of what is built.
    pub artifact: String,
}

/// The workspace that everything is compiled in.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    /// Its folder.
    pub folder: PathBuf,
}

impl Bench {
    /// Compiles without measuring.
    pub(super) fn prepare(&self, package: &Package, action: Action) -> Result<()> {
        self.cargo(package, action).map(|_| ())
    }

    /// Compiles the package, and it alone: what it depends on has to be there.
    pub(super) fn measure(&self, package: &Package, action: Action) -> Result<Usage> {
        File::options()
            .append(true)
            .open(&package.root)
            .and_then(|file| file.set_modified(SystemTime::now()))
            .with_context(|| format!("cannot touch {}", package.root.display()))?;
        let mut usage = self.cargo(package, action)?;
        if let Some(folder) = action.folder() {
            let path = self.target().join(folder).join(&package.artifact);
            let bytes = std::fs::metadata(&path)
                .with_context(|| format!("{} was not built", path.display()))?
                .len();
            usage.size = Some(rounded(bytes as f64 / 1e6));
        }
        Ok(usage)
    }

    fn target(&self) -> PathBuf {
        self.folder.join("target")
    }

    fn cargo(&self, package: &Package, action: Action) -> Result<Usage> {
        let log = self.folder.join("cargo.log");
        let output =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut child = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(action.arguments())
            .args(["--package", &package.name, "--no-default-features"])
            .args(["--features", &package.features.join(",")])
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.target())
            // What cargo tells the programs that it runs is not for the cargo below.
            .env_remove("CARGO_MANIFEST_DIR")
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .context("cannot start cargo")?;
        let used = child.wait4().context("cannot wait for cargo")?;
        if !used.status.success() {
            bail!(
                "cargo {} -p {} fails:\n{}",
                action.arguments().join(" "),
                package.name,
                tail(&log)
            );
        }
        Ok(Usage {
            cpu: rounded((used.rusage.utime + used.rusage.stime).as_secs_f64()),
            peak: rounded(used.rusage.maxrss as f64 / 1e6),
            size: None,
        })
    }
}

/// Rounds to two digits: more do not repeat between runs.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}
