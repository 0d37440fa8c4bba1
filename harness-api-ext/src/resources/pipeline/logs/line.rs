//! A line of a log.

use std::sync::Arc;

use serde::Deserialize;

/// A line that a step has written.
///
/// ```no_run
/// # async fn run(run: harness_api_ext::pipeline::Run) -> harness_api_ext::Result<()> {
/// let mut logs = run.logs();
/// while let Some(line) = logs.try_next().await? {
///     if line.level() == Some("ERROR") {
///         eprintln!("{:?} {}: {}", line.time(), line.step(), line.text());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    step: Arc<str>,
    level: Option<String>,
    text: String,
    time: Option<String>,
}

/// As the log service writes it.
#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    level: Option<String>,
    out: String,
    #[serde(default)]
    time: Option<String>,
}

impl LogLine {
    /// What is not a line in the service's JSON is kept as text.
    pub(super) fn read(step: &Arc<str>, line: &str) -> Self {
        let wire = serde_json::from_str(line).unwrap_or_else(|_| Wire {
            level: None,
            out: line.to_owned(),
            time: None,
        });
        let mut text = wire.out;
        text.truncate(text.trim_end_matches(['\n', '\r']).len());
        Self {
            step: Arc::clone(step),
            level: wire.level.filter(|level| !level.is_empty()),
            text,
            time: wire.time.filter(|time| !time.is_empty()),
        }
    }

    /// The name of the step.
    pub fn step(&self) -> &str {
        &self.step
    }

    /// `INFO`, `WARN`, `ERROR` or what else the step gives.
    pub fn level(&self) -> Option<&str> {
        self.level.as_deref()
    }

    /// The line as it was written, with its colours, without its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// When it was written, in RFC 3339.
    pub fn time(&self) -> Option<&str> {
        self.time.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_json_and_others() {
        let step: Arc<str> = "build".into();
        let line = LogLine::read(
            &step,
            r#"{"level":"INFO","pos":0,"out":"npm ci\n","time":"2026-11-20T10:11:12Z","args":null}"#,
        );
        assert_eq!(
            (line.step(), line.level(), line.text()),
            ("build", Some("INFO"), "npm ci")
        );
        assert_eq!(line.time(), Some("2026-11-20T10:11:12Z"));
        for odd in ["plain text", "{\"level\":3}", "[1]", "{", ""] {
            assert_eq!(LogLine::read(&step, odd).text(), odd, "{odd}");
        }
    }
}
