//! The status of a run, which the server spells in two ways.

use std::fmt;

/// The status of a run, of one of its stages or steps, as the server spelt it.
///
/// There are two sets of spellings, `ApprovalWaiting` and `APPROVAL_WAITING`; comparing two of these does not mind which.
/// One that is not known yet counts as running.
///
/// ```
/// use harness_api_ext::pipeline::Outcome;
///
/// # use harness_api_ext::mock::{RunScript, Server};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = Server::start().await?;
/// # server.add_project("retail", "checkout");
/// # server.pipeline_script("deploy", RunScript::new(["Success"]));
/// # let project = server.harness().org("retail").project("checkout");
/// # let yaml = "pipeline:\n  identifier: deploy\n  name: Deploy\n  orgIdentifier: retail\n  projectIdentifier: checkout\n";
/// # project.pipelines().create(yaml).await?;
/// # let run = project.pipeline("deploy").execute().await?;
/// let state = run.watch().try_next().await?;
/// let status = state.as_ref().map(|state| state.status());
/// assert_eq!(status.and_then(|status| status.outcome()), Some(Outcome::Success));
/// assert_eq!(status.map(|status| status.needs_person()), Some(false));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct RunStatus(String);

/// How a run has ended.
///
/// ```
/// use harness_api_ext::pipeline::Outcome;
///
/// assert!(Outcome::IgnoredFailure.is_good());
/// assert!(!Outcome::ApprovalRejected.is_good());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// All of it succeeded.
    Success,
    /// Something failed, and the pipeline says to go on.
    IgnoredFailure,
    /// Nothing had to be done.
    Skipped,
    /// A step failed.
    Failed,
    /// The platform could not run it.
    Errored,
    /// Somebody stopped it.
    Aborted,
    /// A freeze window stopped it.
    AbortedByFreeze,
    /// It took longer than it may.
    Expired,
    /// Somebody said no where approval was asked for.
    ApprovalRejected,
    /// It was suspended.
    Suspended,
    /// Rolling back failed too.
    RollbackFailed,
}

impl RunStatus {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As the server spelt it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How it has ended; `None` while it has not, and when the status is not known.
    pub fn outcome(&self) -> Option<Outcome> {
        Some(match &*self.bare() {
            "success" | "succeeded" => Outcome::Success,
            "ignorefailed" => Outcome::IgnoredFailure,
            "skipped" => Outcome::Skipped,
            "failed" => Outcome::Failed,
            "errored" => Outcome::Errored,
            "aborted" => Outcome::Aborted,
            "abortedbyfreeze" | "freezefailed" => Outcome::AbortedByFreeze,
            "expired" => Outcome::Expired,
            "approvalrejected" => Outcome::ApprovalRejected,
            "suspended" => Outcome::Suspended,
            "rollbackfailed" => Outcome::RollbackFailed,
            _ => return None,
        })
    }

    /// Whether it goes on only when a person has approved, given input, or decided.
    pub fn needs_person(&self) -> bool {
        matches!(
            &*self.bare(),
            "approvalwaiting" | "interventionwaiting" | "inputwaiting" | "paused"
        )
    }

    /// Letters alone, in lower case: the same for both spellings.
    fn bare(&self) -> String {
        self.0
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect()
    }
}

impl PartialEq for RunStatus {
    fn eq(&self, other: &Self) -> bool {
        self.bare() == other.bare()
    }
}

impl Eq for RunStatus {}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Outcome {
    /// Whether it went as the pipeline wants it: success, nothing to do, or a failure that it says to ignore.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Success | Self::IgnoredFailure | Self::Skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_mean_the_same() {
        for (one, other, outcome) in [
            ("Success", "SUCCEEDED", Outcome::Success),
            ("IgnoreFailed", "IGNORE_FAILED", Outcome::IgnoredFailure),
            (
                "ApprovalRejected",
                "APPROVAL_REJECTED",
                Outcome::ApprovalRejected,
            ),
            ("AbortedByFreeze", "FREEZE_FAILED", Outcome::AbortedByFreeze),
            ("RollbackFailed", "ROLLBACK_FAILED", Outcome::RollbackFailed),
        ] {
            assert_eq!(RunStatus::new(one).outcome(), Some(outcome), "{one}");
            assert_eq!(RunStatus::new(other).outcome(), Some(outcome), "{other}");
        }
        assert_eq!(
            RunStatus::new("ApprovalWaiting"),
            RunStatus::new("APPROVAL_WAITING")
        );
    }

    #[test]
    fn what_is_not_known_has_not_ended() {
        for text in [
            "Running",
            "QueuedStepLimitReached",
            "NOTSTARTED",
            "Discontinuing",
            "SomethingNew",
            "",
        ] {
            let status = RunStatus::new(text);
            assert_eq!(
                (status.outcome(), status.needs_person()),
                (None, false),
                "{text}"
            );
        }
        assert!(RunStatus::new("INPUT_WAITING").needs_person());
        assert!(RunStatus::new("Paused").needs_person());
    }
}
