//! How a run of an experiment has ended.

/// How a run of an experiment has ended.
///
/// ```
/// use harness_api_ext::chaos::Outcome;
///
/// assert!(Outcome::Completed.is_good());
/// assert!(!Outcome::CompletedWithProbeFailure.is_good());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// All faults were injected, and what was probed held.
    Completed,
    /// The faults were injected, and a probe failed.
    CompletedWithProbeFailure,
    /// It came to its end, and a part of it could not be done.
    CompletedWithError,
    /// It could not be done.
    Error,
    /// Somebody stopped it.
    Stopped,
    /// It took longer than it may.
    Timeout,
    /// Nothing was done.
    Skipped,
    /// A rule of ChaosGuard did not let it begin.
    Blocked,
    /// The server says that it has ended, in a way that is not known here.
    Unrecognized,
}

impl Outcome {
    /// What a run has come to, by its phase and by whether the server calls it completed; `None` while it goes on.
    pub(super) fn of(phase: &str, completed: bool) -> Option<Self> {
        let bare = phase.chars().filter(char::is_ascii_alphanumeric);
        let bare: String = bare.map(|c| c.to_ascii_lowercase()).collect();
        Some(match &*bare {
            "completed" => Self::Completed,
            "completedwithprobefailure" => Self::CompletedWithProbeFailure,
            "completedwitherror" => Self::CompletedWithError,
            "error" => Self::Error,
            "stopped" => Self::Stopped,
            "timeout" => Self::Timeout,
            "skipped" => Self::Skipped,
            "blocked" => Self::Blocked,
            "running" | "queued" => return None,
            _ if completed => Self::Unrecognized,
            _ => return None,
        })
    }

    /// Whether the faults were injected and everything held.
    pub fn is_good(self) -> bool {
        self == Self::Completed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_read_however_they_are_spelt() {
        for (phase, outcome) in [
            ("Completed", Outcome::Completed),
            (
                "Completed_With_Probe_Failure",
                Outcome::CompletedWithProbeFailure,
            ),
            (
                "Completed_with_probe_failure",
                Outcome::CompletedWithProbeFailure,
            ),
            ("COMPLETED_WITH_ERROR", Outcome::CompletedWithError),
            ("Stopped", Outcome::Stopped),
            ("Timeout", Outcome::Timeout),
            ("Blocked", Outcome::Blocked),
        ] {
            assert_eq!(Outcome::of(phase, false), Some(outcome), "{phase}");
        }
    }

    #[test]
    fn what_is_not_known_has_ended_only_when_the_server_says_so() {
        for phase in ["NA", "", "SomethingNew"] {
            assert_eq!(Outcome::of(phase, false), None, "{phase}");
            assert_eq!(Outcome::of(phase, true), Some(Outcome::Unrecognized));
        }
        assert_eq!(Outcome::of("Running", true), None);
        assert_eq!(Outcome::of("Queued", false), None);
    }
}
