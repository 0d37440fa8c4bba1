//! The logs of a whole run as one file.

use std::future::IntoFuture;
use std::time::Duration;

use harness_api::pipeline::types::PipelineExecutionSummary;
use harness_api::reqwest::{Method, Url};
use harness_api::{ByteStream, Configure};
use serde::Deserialize;

use super::DOWNLOAD;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::Run;
use crate::wait::{Backoff, Observe, Progress, Wait};
use crate::{CallExt, Harness, Sending};

const PAUSE: Duration = Duration::from_secs(3);
const DEADLINE: Duration = Duration::from_secs(600);

/// The host that links to archives name, on every installation.
const STORAGE_HOST: &str = "app.harness.io";

/// Asks for the archive of a run's logs. See [`Run::log_archive`].
///
/// `.await` gives the file as it arrives: a zip, or for small logs gzip or text. It is fetched by a link that carries its
/// own permission, without the key.
///
/// ```no_run
/// # async fn run(run: harness_api_ext::pipeline::Run) -> harness_api_ext::Result<()> {
/// use std::time::Duration;
///
/// let file = run.log_archive().deadline(Duration::from_secs(120)).await?;
/// file.write_to("run.zip").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing is sent before `.await`"]
pub struct LogArchive {
    run: Run,
    deadline: Duration,
}

impl LogArchive {
    pub(super) fn new(run: Run) -> Self {
        Self {
            run,
            deadline: DEADLINE,
        }
    }

    /// Gives up when the file is not ready after this time.
    pub fn deadline(mut self, after: Duration) -> Self {
        self.deadline = after;
        self
    }

    async fn fetch(self) -> Result<ByteStream> {
        let harness = self.run.scope.harness.clone();
        let detail = self.run.get().await?;
        let summary = detail.pipeline_execution_summary.ok_or_else(|| {
            Error::new(ErrorKind::Decode, "the answer about a run has no summary")
        })?;
        let packing = Packing {
            prefix: prefix(&self.run, &summary),
            harness: harness.clone(),
        };
        let link = Wait::new(packing)
            .backoff(Backoff::every(PAUSE))
            .deadline(self.deadline)
            .await??;
        let link = own_link(&harness, &link)?;
        let answer = harness
            .plain(&link)?
            .get(link)
            .send()
            .await
            .and_then(harness_api::reqwest::Response::error_for_status)
            .map_err(|error| {
                // The link is a secret: whoever has it can read the logs.
                let error = error.without_url();
                Error::new(
                    ErrorKind::Transport,
                    format!("the archive of the logs cannot be fetched: {error}"),
                )
            })?;
        Ok(ByteStream::from(answer))
    }
}

impl IntoFuture for LogArchive {
    type Output = Result<ByteStream>;
    type IntoFuture = Sending<ByteStream>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.fetch())
    }
}

/// Under which the log service keeps all logs of a run.
fn prefix(run: &Run, summary: &PipelineExecutionSummary) -> String {
    let scope = &run.scope;
    let (account, org, project) = scope.required();
    let pipeline = summary.pipeline_identifier.as_deref().unwrap_or_default();
    let sequence = summary.run_sequence.unwrap_or_default();
    if summary.should_use_simplified_key == Some(false) {
        return format!(
            "accountId:{account}/orgId:{org}/projectId:{project}/pipelineId:{pipeline}/runSequence:{sequence}/level0:pipeline"
        );
    }
    format!("{account}/pipeline/{pipeline}/{sequence}/-{}", run.id())
}

/// A link on the own host: archives of an installation of your own are named as if they were hosted.
fn own_link(harness: &Harness, link: &str) -> Result<Url> {
    let fault = || {
        Error::new(
            ErrorKind::Decode,
            "the link to the archive of the logs is not a URL",
        )
    };
    let mut link = Url::parse(link).map_err(|_| fault())?;
    if link.host_str() != Some(STORAGE_HOST) || !link.path().starts_with("/storage/") {
        return Ok(link);
    }
    let own = Url::parse(&harness.base_url()).map_err(|_| fault())?;
    let moved = link
        .set_scheme(own.scheme())
        .and_then(|()| link.set_host(own.host_str()).map_err(|_| ()))
        .and_then(|()| link.set_port(own.port()));
    moved.map(|()| link).map_err(|()| fault())
}

/// An archive while the service packs it.
struct Packing {
    harness: Harness,
    prefix: String,
}

#[derive(Clone, Deserialize)]
struct Packed {
    #[serde(default)]
    status: String,
    #[serde(default)]
    link: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

impl Observe for Packing {
    type State = Packed;
    type End = Result<String>;

    fn name(&self) -> String {
        "the archive of the logs".to_owned()
    }

    fn observe(&self) -> Sending<Packed> {
        let asked = self
            .harness
            .request(Method::POST, DOWNLOAD)
            .with_query("accountID", self.harness.account_id())
            .with_query("prefix", &*self.prefix)
            .with_repeatable()
            .send::<Packed>();
        Box::pin(async move { Ok(asked.await?.into_inner()) })
    }

    fn progress(&self, state: &Packed) -> Progress<Result<String>> {
        match (state.status.as_str(), &state.link) {
            ("success", Some(link)) => Progress::Ended(Ok(link.clone())),
            ("queued" | "in_progress" | "success", _) => Progress::Running,
            (status, _) => {
                let text = state.message.as_deref().unwrap_or(status);
                let text = format!(
                    "the archive of the logs was not made: {}",
                    self.harness.redactor().one_line(text, 300)
                );
                Progress::Ended(Err(Error::new(ErrorKind::Api, text)))
            }
        }
    }
}
