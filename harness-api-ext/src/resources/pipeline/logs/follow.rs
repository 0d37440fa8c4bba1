//! Reading logs: of one step, and of all steps of a run one after the other.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use futures_core::Stream;
use harness_api::pipeline::types::PipelineExecutionDetail;
use harness_api::reqwest::Method;
use harness_api::{BoxFuture, ByteStream, Configure};
use memchr::memchr;
use tokio::time::Instant;

use super::events::{Event, Events};
use super::line::LogLine;
use super::step::RunStep;
use super::{BLOB, STREAM};
use crate::error::{self, Error, ErrorKind, Result};
use crate::pipeline::{Run, RunStatus};
use crate::resources::builder::millis;
use crate::unfold::{Stepped, Unfold};
use crate::wait::{Backoff, Observe, Observer, Progress};
use crate::{Harness, Sending};

/// How often a stream that broke off is taken up again without a new line in between.
const RECONNECTS: u32 = 5;
/// The log of a step that has just ended may be empty for some seconds.
const EMPTY_LOOKS: u32 = 3;
const EMPTY_PAUSE: Duration = Duration::from_secs(2);
/// How long after the end of a step its log is complete, in milliseconds.
const COMPLETE_AFTER: i64 = 60_000;
/// How long one event may take to arrive: what comes in drops without an end is no log.
const EVENT_TIMEOUT: Duration = Duration::from_secs(600);
/// What the log of a step that has ended may be sent as: not a page, which is somebody else's answer.
const BLOB_TYPES: &str = "application/octet-stream, application/x-ndjson, text/plain";

/// The lines of one step. See [`Run::step_log`].
///
/// ```no_run
/// # async fn run(run: harness_api_ext::pipeline::Run) -> harness_api_ext::Result<()> {
/// for step in run.steps().await? {
///     let mut log = run.step_log(&step);
///     while let Some(line) = log.try_next().await? {
///         println!("{:?} {}", line.time(), line.text());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct StepLog(Unfold<Reader, LogLine>);

/// The lines of all steps of a run. See [`Run::logs`].
///
/// ```no_run
/// # async fn run(run: harness_api_ext::pipeline::Run) -> harness_api_ext::Result<()> {
/// let mut logs = run.logs();
/// while let Some(line) = logs.try_next().await? {
///     println!("{} {}", line.step(), line.text());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RunLogs(Unfold<Follower, LogLine>);

impl StepLog {
    pub(super) fn new(harness: Harness, step: &RunStep) -> Self {
        Self(Unfold::new(Reader::new(harness, step), |mut reader| {
            Box::pin(async move {
                match reader.next().await {
                    Ok(line) => Some((Ok(line?), reader)),
                    Err(error) => Some((Err(error), reader)),
                }
            })
        }))
    }

    /// The next line; `None` at the end of the log.
    ///
    /// # Errors
    ///
    /// See [`Error`](crate::Error). A stream that breaks off is taken up again where it was, five times in a row.
    pub async fn try_next(&mut self) -> Result<Option<LogLine>> {
        self.0.try_next().await
    }
}

impl RunLogs {
    pub(super) fn new(run: Run) -> Self {
        let follower = Follower {
            harness: run.scope.harness.clone(),
            observer: Observer::new(Steps(run), Backoff::default()),
            seen: HashSet::new(),
            silent: HashSet::new(),
            waiting: VecDeque::new(),
            reader: None,
            last_look: false,
        };
        Self(Unfold::new(follower, follow))
    }

    /// The next line; `None` when the run has ended and all logs are read.
    ///
    /// # Errors
    ///
    /// See [`Error`](crate::Error). After an error the next call goes on with the next log. Looking for steps is as patient
    /// as [`Wait`](crate::Wait).
    pub async fn try_next(&mut self) -> Result<Option<LogLine>> {
        self.0.try_next().await
    }
}

impl Stream for StepLog {
    type Item = Result<LogLine>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll(context)
    }
}

impl Stream for RunLogs {
    type Item = Result<LogLine>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll(context)
    }
}

/// Goes from step to step.
struct Follower {
    harness: Harness,
    observer: Observer<Steps>,
    seen: HashSet<String>,
    /// Steps that run and had no log yet.
    silent: HashSet<String>,
    waiting: VecDeque<RunStep>,
    reader: Option<Reader>,
    /// The run had ended before the steps were looked at: there will be no others.
    last_look: bool,
}

fn follow(mut follower: Follower) -> BoxFuture<'static, Stepped<Follower, LogLine>> {
    Box::pin(async move {
        loop {
            if let Some(reader) = &mut follower.reader {
                match reader.next().await {
                    Ok(Some(line)) => return Some((Ok(line), follower)),
                    Ok(None) => {
                        if reader.found_nothing_yet() {
                            follower.seen.remove(&reader.id);
                            follower.silent.insert(reader.id.clone());
                        }
                        follower.reader = None;
                    }
                    Err(error) => return Some((Err(error), follower)),
                }
            } else if let Some(step) = follower.waiting.pop_front() {
                let mut reader = Reader::new(follower.harness.clone(), &step);
                reader.ended |= follower.last_look;
                follower.reader = Some(reader);
            } else if follower.last_look {
                return None;
            } else if let Err(error) = follower.look().await {
                return Some((Err(error), follower));
            }
        }
    })
}

impl Follower {
    /// Looks for steps that have begun since the last time.
    async fn look(&mut self) -> Result<()> {
        let detail = self.observer.next().await?;
        self.last_look = self.observer.subject.progress(&detail) == Progress::Ended(());
        for step in super::step::steps(&detail) {
            if self.seen.insert(step.id().to_owned()) {
                if !self.silent.remove(step.id()) {
                    self.observer.look_sooner();
                }
                self.waiting.push_back(step);
            }
        }
        self.observer.last = Some(detail);
        Ok(())
    }
}

/// The steps of a run, as something that is looked at again and again.
struct Steps(Run);

impl Observe for Steps {
    type State = Arc<PipelineExecutionDetail>;
    type End = ();

    fn name(&self) -> String {
        format!("the steps of run {}", self.0.id())
    }

    fn observe(&self) -> Sending<Self::State> {
        let read = self.0.get().full_graph(true);
        Box::pin(async move { Ok(Arc::new(read.await?)) })
    }

    fn progress(&self, detail: &Self::State) -> Progress<()> {
        let summary = detail.pipeline_execution_summary.as_deref();
        let status = summary.and_then(|summary| summary.status.as_ref());
        match status.and_then(|status| RunStatus::new(status.as_str()).outcome()) {
            Some(_) => Progress::Ended(()),
            None => Progress::Running,
        }
    }
}

/// Reads the logs of one step, key by key.
struct Reader {
    harness: Harness,
    id: String,
    name: Arc<str>,
    ended: bool,
    /// It ended so long ago that its log is complete.
    old: bool,
    /// Whether any key gave a line or a failure.
    found: bool,
    keys: VecDeque<String>,
    source: Source,
    /// Lines of this key that were given out: a stream that is taken up again begins at the first.
    given: usize,
    failed: u32,
}

enum Source {
    Closed,
    Live(Box<Live>),
    Lines(Lines),
}

struct Live {
    body: ByteStream,
    events: Events,
    /// The event that has begun to arrive, and when.
    begun: Option<(usize, Instant)>,
    skip: usize,
}

/// The lines of a log that has come whole. Each is read when it is asked for.
struct Lines {
    text: String,
    /// Where the next line that is not blank begins.
    at: usize,
}

impl Lines {
    /// The lines behind the first ones.
    fn new(text: String, skip: usize) -> Self {
        let mut lines = Self { text, at: 0 };
        lines.pass_blank();
        for _ in 0..skip {
            lines.next();
        }
        lines
    }

    fn is_empty(&self) -> bool {
        self.at == self.text.len()
    }

    fn next(&mut self) -> Option<&str> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let end = memchr(b'\n', rest.as_bytes());
        self.at = end.map_or(self.text.len(), |end| start + end + 1);
        self.pass_blank();
        let line = self.text.get(start..)?;
        match end {
            Some(end) => {
                let line = line.get(..end)?;
                Some(line.strip_suffix('\r').unwrap_or(line))
            }
            None => Some(line),
        }
    }

    /// Passes lines of nothing but white space.
    fn pass_blank(&mut self) {
        while let Some(rest) = self.text.get(self.at..).filter(|rest| !rest.is_empty()) {
            let end = memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            if !rest.get(..end).unwrap_or_default().trim().is_empty() {
                return;
            }
            self.at += rest.len().min(end + 1);
        }
    }
}

impl Reader {
    fn new(harness: Harness, step: &RunStep) -> Self {
        Self {
            harness,
            id: step.id().to_owned(),
            name: step.name().into(),
            ended: step.ended().is_some() || step.status().outcome().is_some(),
            old: step
                .ended()
                .is_some_and(|at| at.saturating_add(COMPLETE_AFTER) < millis(SystemTime::now())),
            found: false,
            keys: step.log_keys().to_vec().into(),
            source: Source::Closed,
            given: 0,
            failed: 0,
        }
    }

    /// Whether the step may write its first line later.
    fn found_nothing_yet(&self) -> bool {
        !self.ended && !self.found
    }

    async fn next(&mut self) -> Result<Option<LogLine>> {
        let outcome = self.step().await;
        self.found |= !matches!(outcome, Ok(None));
        outcome
    }

    async fn step(&mut self) -> Result<Option<LogLine>> {
        loop {
            match &mut self.source {
                Source::Lines(lines) => match lines.next() {
                    Some(line) => {
                        self.given += 1;
                        return Ok(Some(LogLine::read(&self.name, line)));
                    }
                    None => self.close(),
                },
                Source::Live(live) => match live.next().await {
                    Ok(Some(Event::Line(line))) => {
                        if live.skip > 0 {
                            live.skip -= 1;
                            continue;
                        }
                        self.given += 1;
                        self.failed = 0;
                        return Ok(Some(LogLine::read(&self.name, &line)));
                    }
                    // A step that ended before its stream was asked for, or before that was taken up again, has its lines
                    // elsewhere.
                    Ok(Some(Event::End)) if self.given == 0 || live.skip > 0 => {
                        self.open_blob().await?;
                    }
                    Ok(Some(Event::End)) => self.close(),
                    Ok(Some(Event::Failure(text))) => {
                        self.close();
                        let text = self.harness.redactor().one_line(&text, 300);
                        return Err(Error::new(
                            ErrorKind::Api,
                            format!("the log of step `{}`: {text}", error::line(&self.name)),
                        ));
                    }
                    Ok(Some(Event::TooLong)) => {
                        self.close();
                        return Err(Error::new(
                            ErrorKind::Decode,
                            format!(
                                "a line in the log of step `{}` has no end",
                                error::line(&self.name)
                            ),
                        ));
                    }
                    Ok(None) => self.reopen(None).await?,
                    Err(error) => self.reopen(Some(error)).await?,
                },
                Source::Closed if self.keys.is_empty() => return Ok(None),
                Source::Closed if self.ended => self.open_blob().await?,
                Source::Closed => self.open_stream().await?,
            }
        }
    }

    /// Done with this key.
    fn close(&mut self) {
        self.keys.pop_front();
        self.source = Source::Closed;
        self.given = 0;
        self.failed = 0;
    }

    fn request(&self, path: &str) -> harness_api::Request {
        let key = self.keys.front().map_or("", String::as_str);
        self.harness
            .request(Method::GET, path)
            .with_query("accountID", self.harness.account_id())
            .with_query("key", key)
    }

    async fn open_stream(&mut self) -> Result<()> {
        let request = self.request(STREAM).with_accept("text/event-stream");
        match request.bytes().await.map_err(Error::from) {
            Ok(answer) => {
                self.source = Source::Live(Box::new(Live {
                    body: answer.into_inner(),
                    events: Events::default(),
                    begun: None,
                    skip: self.given,
                }));
                Ok(())
            }
            Err(error) if error.is_not_found() => self.open_blob().await,
            // It was long waited for.
            Err(error) if error.is_timeout() => {
                self.close();
                Err(error)
            }
            Err(error) => self.reopen(Some(error)).await,
        }
    }

    /// Takes the stream up again after it broke off.
    async fn reopen(&mut self, cause: Option<Error>) -> Result<()> {
        self.source = Source::Closed;
        self.failed += 1;
        let passing = cause
            .as_ref()
            .is_none_or(|error| error.is_retryable() || error.kind() == ErrorKind::Transport);
        if !passing || self.failed > RECONNECTS {
            self.close();
            return Err(cause.unwrap_or_else(|| {
                Error::new(
                    ErrorKind::Transport,
                    format!(
                        "the log of step `{}` breaks off again and again",
                        error::line(&self.name)
                    ),
                )
            }));
        }
        tokio::time::sleep(Backoff::default().pause(self.failed)).await;
        Ok(())
    }

    /// Reads the log of a step that has ended.
    async fn open_blob(&mut self) -> Result<()> {
        let looks = if self.old { 1 } else { EMPTY_LOOKS };
        for look in 0..looks {
            if look > 0 {
                tokio::time::sleep(EMPTY_PAUSE).await;
            }
            let request = self.request(BLOB).with_accept(BLOB_TYPES);
            let text = match request.text().await.map_err(Error::from) {
                Ok(answer) => answer.into_inner(),
                Err(error) if error.is_not_found() => continue,
                Err(error) => {
                    self.close();
                    return Err(error);
                }
            };
            let lines = Lines::new(text, self.given);
            if !lines.is_empty() {
                self.source = Source::Lines(lines);
                return Ok(());
            }
        }
        self.close();
        Ok(())
    }
}

impl Live {
    async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.events.next() {
                return Ok(Some(event));
            }
            let begun = self.events.begun();
            if begun != self.begun.map(|(event, _)| event) {
                self.begun = begun.map(|event| (event, Instant::now()));
            }
            if self
                .begun
                .is_some_and(|(_, at)| at.elapsed() > EVENT_TIMEOUT)
            {
                // As if it had broken off.
                return Ok(None);
            }
            let Some(piece) = self.body.chunk().await? else {
                return Ok(None);
            };
            self.events.feed(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_text_without_blank_ones() {
        for text in [
            "",
            "\n",
            " \r\n\t\n",
            "one",
            "one\n",
            "\none\r\n\n  \ntwo\r\n",
            "one\r",
            "a\n\u{a0}\nb \n c\u{85}",
            "\u{2003}\nlast",
        ] {
            let expected: Vec<_> = text
                .lines()
                .filter(|line| !line.trim().is_empty())
                .collect();
            for skip in 0..4 {
                let mut lines = Lines::new(text.to_owned(), skip);
                let rest = expected.get(skip..).unwrap_or_default();
                assert_eq!(lines.is_empty(), rest.is_empty(), "{text:?} {skip}");
                for line in rest {
                    assert_eq!(lines.next(), Some(*line), "{text:?} {skip}");
                }
                assert_eq!(lines.next(), None, "{text:?} {skip}");
            }
        }
    }
}
