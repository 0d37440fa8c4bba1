//! What the steps of a run have written.
//!
//! The log service is not part of the API's description. It keeps the log of a step that runs as a stream of events, and
//! of one that has ended as lines of JSON.

mod archive;
mod events;
mod follow;
mod line;
mod step;

pub use archive::LogArchive;
pub use follow::{RunLogs, StepLog};
pub use line::LogLine;
pub use step::RunStep;

use super::run::Run;
use crate::Sending;

const BLOB: &str = "/gateway/log-service/blob";
const STREAM: &str = "/gateway/log-service/stream";
const DOWNLOAD: &str = "/gateway/log-service/blob/download";

impl Run {
    /// The steps of the run that write a log, in the order in which they began. Those that have not begun are not there.
    ///
    /// # Errors
    ///
    /// See [`Error`](crate::Error).
    pub fn steps(&self) -> Sending<Vec<RunStep>> {
        let read = self.get().full_graph(true);
        Box::pin(async move { Ok(step::steps(&read.await?)) })
    }

    /// The lines of all steps, one step after the other, as they are written, up to the end of the run.
    ///
    /// ```no_run
    /// # async fn run(run: harness_api_ext::pipeline::Run) -> harness_api_ext::Result<()> {
    /// let mut logs = run.logs();
    /// while let Some(line) = logs.try_next().await? {
    ///     println!("{}: {}", line.step(), line.text());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn logs(&self) -> RunLogs {
        RunLogs::new(self.clone())
    }

    /// The lines of one step: those it has written, and while it runs those it writes.
    /// A step that runs and has no log yet has no lines: ask again, or use [`logs`](Self::logs), which does.
    pub fn step_log(&self, step: &RunStep) -> StepLog {
        StepLog::new(self.scope.harness.clone(), step)
    }

    /// Fetches the logs of all steps as one file, which the server packs on request. `.await` waits for that, ten minutes at
    /// most; [`deadline`](LogArchive::deadline) limits packing and download.
    pub fn log_archive(&self) -> LogArchive {
        LogArchive::new(self.clone())
    }
}
