//! Gets a description over HTTPS, by `curl`: it is on every machine that builds this, knows the proxies and certificates
//! of that machine and shows its own progress; a client of our own would be the largest dependency of the generator.

use std::{
    ffi::OsStr,
    io::IsTerminal,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

/// More bytes than any description has.
const LIMIT: &str = "268435456";

/// Returns whether this is the address of a description and not the path of a file.
pub fn is_url(from: &str) -> bool {
    from.contains("://")
}

/// Returns the body of a successful response to GET `url`, which is followed to other places over HTTPS only.
pub fn fetch(url: &str) -> Result<Vec<u8>> {
    fetch_by("curl".as_ref(), url)
}

fn fetch_by(program: &OsStr, url: &str) -> Result<Vec<u8>> {
    ensure!(
        url.starts_with("https://"),
        "{url}: a description is fetched over https only"
    );
    let meter = if std::io::stderr().is_terminal() {
        "--progress-bar"
    } else {
        "--silent"
    };
    let output = Command::new(program)
        .args([
            "--proto",
            "=https",
            "--location",
            "--max-redirs",
            "5",
            "--fail",
        ])
        .args([
            "--compressed",
            "--max-filesize",
            LIMIT,
            "--connect-timeout",
            "30",
        ])
        .args(["--speed-limit", "1000", "--speed-time", "60"])
        .args(["--show-error", meter, "--", url])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output();
    let output = output.with_context(|| format!("cannot run {}", program.display()))?;
    if !output.status.success() {
        bail!("cannot fetch {url}: curl ended with {}", output.status);
    }
    Ok(output.stdout)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_fetched() {
        assert!(is_url("https://harness.example/openapi.yaml"));
        assert!(!is_url("C:\\openapi.yaml") && !is_url("openapi/harness.json"));
        for url in [
            "http://harness.example/openapi.yaml",
            "file:///openapi.yaml",
        ] {
            let error = fetch(url).unwrap_err().to_string();
            assert!(error.contains("over https only"), "{error}");
        }
    }

    /// `echo` and `false` stand in for curl.
    #[cfg(unix)]
    #[test]
    fn the_outcome_of_the_command_counts() {
        let url = "https://harness.example/openapi.yaml";
        let text = fetch_by("echo".as_ref(), url).unwrap();
        assert!(
            String::from_utf8(text)
                .unwrap()
                .trim_end()
                .ends_with(&format!("-- {url}"))
        );
        let error = fetch_by("false".as_ref(), url).unwrap_err().to_string();
        assert!(error.contains("cannot fetch"), "{error}");
        let error = fetch_by("no-such-program".as_ref(), url).unwrap_err();
        assert!(error.to_string().contains("cannot run no-such-program"));
    }
}
