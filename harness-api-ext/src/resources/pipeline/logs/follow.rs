//! Reading logs: of one step, and of all steps of a run one after the other.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::Stream;
use harness_api::reqwest::Method;
use harness_api::{BoxFuture, ByteStream, Configure};

use super::events::{Event, Events};
use super::line::LogLine;
use super::step::RunStep;
use super::{BLOB, STREAM};
use crate::Harness;
use crate::error::{self, Error, ErrorKind, Result};
use crate::pipeline::Run;
use crate::unfold::{Stepped, Unfold};
use crate::wait::Backoff;

/// How often a stream that broke off is taken up again without a new line in between.
const RECONNECTS: u32 = 5;
/// The log of a step that has just ended may be empty for some seconds.
const EMPTY_LOOKS: u32 = 3;
const EMPTY_PAUSE: Duration = Duration::from_secs(2);
/// How many bytes of the log of a step that has ended are read.
const BLOB_LIMIT: u64 = 256 << 20;

/// The lines of one step. See [`Run::step_log`].
#[derive(Debug)]
pub struct StepLog(Unfold<Reader, LogLine>);

/// The lines of all steps of a run. See [`Run::logs`].
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
            run,
            seen: HashSet::new(),
            waiting: VecDeque::new(),
            reader: None,
            last_look: false,
            round: 0,
        };
        Self(Unfold::new(follower, follow))
    }

    /// The next line; `None` when the run has ended and all logs are read.
    ///
    /// # Errors
    ///
    /// See [`Error`](crate::Error). After an error the next call goes on with the next log.
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
    run: Run,
    seen: HashSet<String>,
    waiting: VecDeque<RunStep>,
    reader: Option<Reader>,
    /// The run had ended before the steps were looked at: there will be no others.
    last_look: bool,
    round: u32,
}

fn follow(mut follower: Follower) -> BoxFuture<'static, Stepped<Follower, LogLine>> {
    Box::pin(async move {
        loop {
            if let Some(reader) = &mut follower.reader {
                match reader.next().await {
                    Ok(Some(line)) => return Some((Ok(line), follower)),
                    Ok(None) => follower.reader = None,
                    Err(error) => {
                        follower.reader = None;
                        return Some((Err(error), follower));
                    }
                }
            } else if let Some(step) = follower.waiting.pop_front() {
                follower.reader = Some(Reader::new(follower.run.scope.harness.clone(), &step));
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
        if self.round > 0 {
            tokio::time::sleep(Backoff::default().pause(self.round)).await;
        }
        self.round += 1;
        let detail = self.run.get().full_graph(true).await?;
        let status = detail
            .pipeline_execution_summary
            .as_ref()
            .and_then(|summary| summary.status.as_ref());
        self.last_look = status.is_some_and(|status| {
            crate::pipeline::RunStatus::new(status.as_str())
                .outcome()
                .is_some()
        });
        for step in super::step::steps(&detail) {
            if self.seen.insert(step.id().to_owned()) {
                self.round = 1;
                self.waiting.push_back(step);
            }
        }
        Ok(())
    }
}

/// Reads the logs of one step, key by key.
struct Reader {
    harness: Harness,
    step: Arc<str>,
    ended: bool,
    keys: VecDeque<String>,
    source: Source,
    /// Lines of this key that were given out: a stream that is taken up again begins at the first.
    given: usize,
    failed: u32,
}

enum Source {
    Closed,
    Live(Box<Live>),
    Lines(VecDeque<LogLine>),
}

struct Live {
    body: ByteStream,
    events: Events,
    ready: VecDeque<Event>,
    skip: usize,
}

impl Reader {
    fn new(harness: Harness, step: &RunStep) -> Self {
        Self {
            harness,
            step: step.name().into(),
            ended: step.ended().is_some() || step.status().outcome().is_some(),
            keys: step.log_keys().to_vec().into(),
            source: Source::Closed,
            given: 0,
            failed: 0,
        }
    }

    async fn next(&mut self) -> Result<Option<LogLine>> {
        loop {
            match &mut self.source {
                Source::Lines(lines) => match lines.pop_front() {
                    Some(line) => {
                        self.given += 1;
                        return Ok(Some(line));
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
                        return Ok(Some(LogLine::read(&self.step, &line)));
                    }
                    // A step that ended before its stream was asked for has its lines elsewhere.
                    Ok(Some(Event::End)) if self.given == 0 => self.open_blob().await?,
                    Ok(Some(Event::End)) => self.close(),
                    Ok(Some(Event::Failure(text))) => {
                        self.close();
                        let text = error::line(&text);
                        return Err(Error::new(
                            ErrorKind::Api,
                            format!("the log of step `{}`: {text}", self.step),
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
                    ready: VecDeque::new(),
                    skip: self.given,
                }));
                Ok(())
            }
            Err(error) if error.is_not_found() => self.open_blob().await,
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
                    format!("the log of step `{}` breaks off again and again", self.step),
                )
            }));
        }
        tokio::time::sleep(Backoff::default().pause(self.failed)).await;
        Ok(())
    }

    /// Reads the log of a step that has ended.
    async fn open_blob(&mut self) -> Result<()> {
        for look in 0..EMPTY_LOOKS {
            if look > 0 {
                tokio::time::sleep(EMPTY_PAUSE).await;
            }
            let request = self
                .request(BLOB)
                .with_accept("*/*")
                .with_max_body(BLOB_LIMIT);
            let text = match request.text().await.map_err(Error::from) {
                Ok(answer) => answer.into_inner(),
                Err(error) if error.is_not_found() => continue,
                Err(error) => {
                    self.close();
                    return Err(error);
                }
            };
            let lines: VecDeque<LogLine> = text
                .lines()
                .filter(|line| !line.trim().is_empty())
                .skip(self.given)
                .map(|line| LogLine::read(&self.step, line))
                .collect();
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
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            let Some(piece) = self.body.chunk().await? else {
                return Ok(None);
            };
            let events = self
                .events
                .feed(&piece)
                .map_err(|_| Error::new(ErrorKind::Decode, "a line of the log has no end"))?;
            self.ready.extend(events);
        }
    }
}
