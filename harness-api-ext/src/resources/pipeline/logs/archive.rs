//! The logs of a whole run as one file.

use std::error::Error as StdError;
use std::future::IntoFuture;
use std::time::Duration;

use harness_api::pipeline::types::PipelineExecutionSummary;
use harness_api::reqwest::header::CONTENT_TYPE;
use harness_api::reqwest::{Method, Response, Url};
use harness_api::{ByteStream, Configure, Incoming};
use serde::Deserialize;

use super::DOWNLOAD;
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::Run;
use crate::wait::{Backoff, Deadline, Observe, Progress, Wait, WaitFailure};
use crate::{CallExt, Harness, Sending};

const PAUSE: Duration = Duration::from_secs(3);
/// How long packing may take where no deadline is set.
const PACKING: Duration = Duration::from_secs(600);

/// What is waited for, for errors.
const NAME: &str = "the archive of the logs";

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
    deadline: Option<Duration>,
}

impl LogArchive {
    pub(super) fn new(run: Run) -> Self {
        Self {
            run,
            deadline: None,
        }
    }

    /// Sets a time limit for everything from `.await` to the last byte of the file.
    ///
    /// When it passes before the file begins to arrive, that is an error of kind [`Wait`](crate::ErrorKind::Wait) with
    /// [`WaitFailure::DeadlinePassed`]. After that the stream ends with an error of kind
    /// [`Timeout`](harness_api::ErrorKind::Timeout). Zero sends nothing; [`Duration::MAX`] is no limit. Without a deadline,
    /// packing may take ten minutes, and the file as long as something arrives within the
    /// [idle timeout](crate::HarnessBuilder::idle_timeout).
    pub fn deadline(mut self, after: Duration) -> Self {
        self.deadline = Some(after);
        self
    }

    async fn fetch(self) -> Result<ByteStream> {
        let Self { run, deadline } = self;
        let Some(deadline) = deadline.map(Deadline::after) else {
            return download(&run, None).await;
        };
        match deadline.limit(download(&run, Some(deadline))).await {
            Some(Err(error)) if error.is_timeout() && deadline.has_passed() => {}
            Some(outcome) => return outcome,
            None => {}
        }
        let after = deadline.length();
        Err(WaitFailure::DeadlinePassed { after }.error::<()>(NAME, None, None))
    }
}

/// Has the archive packed, and begins to download it. The deadline is kept by the caller, except in the body.
async fn download(run: &Run, deadline: Option<Deadline>) -> Result<ByteStream> {
    let harness = &run.scope.harness;
    let detail = run.get().await?;
    let summary = detail
        .pipeline_execution_summary
        .ok_or_else(|| Error::new(ErrorKind::Decode, "the answer about a run has no summary"))?;
    let packing = Packing {
        prefix: prefix(run, &summary),
        harness: harness.clone(),
    };
    let mut packed = Wait::new(packing).backoff(Backoff::every(PAUSE));
    if deadline.is_none() {
        packed = packed.deadline(PACKING);
    }
    let link = own_link(harness, &packed.await??)?;
    let mut request = harness.plain(&link)?.get(link);
    if let Some(left) = deadline.and_then(|deadline| deadline.remaining()) {
        request = request.timeout(left);
    }
    let response = request.send().await.map_err(|error| {
        // The link is a secret: whoever has it can read the logs.
        let error = error.without_url();
        let kind = if error.is_timeout() {
            ErrorKind::Timeout
        } else {
            ErrorKind::Transport
        };
        let mut cause: &dyn StdError = &error;
        while let Some(below) = cause.source() {
            cause = below;
        }
        let cause = harness.redactor().one_line(&cause.to_string(), 200);
        Error::new(kind, format!("{NAME} cannot be fetched: {cause}"))
    })?;
    let refused = if !response.status().is_success() {
        Some((
            harness_api::ErrorKind::Status,
            format!("{NAME} cannot be fetched"),
        ))
    } else if is_html(&response) {
        Some((
            harness_api::ErrorKind::UnexpectedContent,
            format!("{NAME} was expected, and the response is an HTML page: login page or proxy?"),
        ))
    } else {
        None
    };
    let Some((kind, message)) = refused else {
        return Ok(ByteStream::from(response));
    };
    // Without the body, in which storages repeat what was signed.
    let mut response = Incoming::from(response);
    response.set_error_body_timeout(Duration::ZERO);
    Err(response.into_error(kind, message, 0).await.into())
}

fn is_html(response: &Response) -> bool {
    let media = response.headers().get(CONTENT_TYPE);
    let media = media.and_then(|media| media.to_str().ok());
    media.is_some_and(|media| {
        media
            .trim_start()
            .to_ascii_lowercase()
            .starts_with("text/html")
    })
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
        NAME.to_owned()
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
