//! The sequence of pages from which items and pages are read.

use std::panic;
use std::task::{Context, Poll, ready};

use harness_api::BoxFuture;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::ask::Template;
use super::crawl::{Ask, Crawl, Taken, Then};
use super::read::{Fetched, Rows};
use super::{Position, Settings};
use crate::error::{Error, ErrorKind, Result};

/// Fetches the pages of a list up to the last one.
pub(super) struct Feed {
    template: Template,
    /// `None` if the list cannot be started.
    crawl: Option<Crawl>,
    state: State,
    /// Number of items that are still wanted.
    left: Option<u64>,
    prefetch: bool,
    /// Number of pages so far.
    count: u64,
}

enum State {
    /// Requested when it is needed.
    Ready(Ask),
    /// Requested.
    Asked(Request, Ask),
    /// The limit is reached in the page at this position.
    Cut(Position),
    /// The page cannot be requested. Without a position, not even the first one can.
    Failed(Error, Option<Position>),
    Over,
}

/// Page for the consumer.
pub(super) struct Batch {
    /// No more rows than are wanted.
    pub(super) rows: Rows,
    /// Position of the first row.
    pub(super) position: Position,
    /// Number of earlier pages in this crawl.
    pub(super) number: u64,
}

impl Batch {
    /// Returns the position of the next row.
    pub(super) fn position(&self) -> Position {
        self.position.behind(self.rows.index(), self.rows.before())
    }
}

impl Feed {
    pub(super) fn new(template: Template, settings: Settings) -> Self {
        let begin = || {
            let paging = template.paging()?;
            let position = match settings.start {
                Some(position) => position,
                None => template.begin(settings.size, settings.limit)?,
            };
            let crawl = Crawl::new(paging, template.call.operation(), settings.checks);
            Ok((crawl, State::Ready(Ask::first(position))))
        };
        let (crawl, state) = match begin() {
            Ok((crawl, state)) => (Some(crawl), state),
            Err(error) => (None, State::Failed(error, None)),
        };
        Self {
            template,
            crawl,
            state,
            left: settings.limit,
            prefetch: settings.prefetch,
            count: 0,
        }
    }

    /// Returns the number of items of the list, from the last response that contained it.
    pub(super) fn total(&self) -> Option<u64> {
        self.crawl.as_ref().and_then(Crawl::total)
    }

    /// Returns the number of items that are still wanted; `None` if unlimited.
    pub(super) fn left(&self) -> Option<u64> {
        self.left
    }

    /// Returns the position of the next page; `None` after the last one.
    pub(super) fn next(&self) -> Option<Position> {
        match &self.state {
            State::Ready(ask) | State::Asked(_, ask) => Some(self.position(ask)),
            State::Cut(position) => Some(position.clone()),
            State::Failed(_, position) => position.clone(),
            State::Over => None,
        }
    }

    fn position(&self, ask: &Ask) -> Position {
        match &self.crawl {
            Some(crawl) => crawl.position(ask),
            None => ask.position.clone(),
        }
    }

    /// Returns whether the list is known to end with an error.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.state, State::Failed(..))
    }

    /// Ends the sequence.
    pub(super) fn close(&mut self) {
        self.state = State::Over;
    }

    /// Returns the next page; `None` after the last one, after an error, and if no more items are wanted.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Batch>>> {
        if self.left == Some(0) {
            return Poll::Ready(None);
        }
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Cut(position) => {
                    self.state = State::Cut(position);
                    return Poll::Ready(None);
                }
                State::Failed(error, position) => {
                    return Poll::Ready(Some(Err(match position {
                        Some(position) => error.with_attached(position),
                        None => error,
                    })));
                }
                State::Ready(ask) => {
                    self.state = match self.send(&ask.position) {
                        Ok(future) => State::Asked(Request::Here(future), ask),
                        Err(error) => State::Failed(error, Some(self.position(&ask))),
                    };
                }
                State::Asked(mut request, ask) => {
                    let Poll::Ready(fetched) = request.poll(context) else {
                        self.state = State::Asked(request, ask);
                        return Poll::Pending;
                    };
                    // Position from which to resume if this page fails.
                    let position = self.position(&ask);
                    match fetched.and_then(|fetched| self.take(fetched, ask, &position)) {
                        Ok(Some(batch)) => return Poll::Ready(Some(Ok(batch))),
                        Ok(None) => {}
                        Err(error) => {
                            return Poll::Ready(Some(Err(error.with_attached(position))));
                        }
                    }
                }
            }
        }
    }

    fn send(&self, position: &Position) -> Result<BoxFuture<'static, Result<Fetched>>> {
        let paging = self.template.paging()?;
        let response = self.template.call(position)?.empty();
        Ok(Box::pin(
            async move { Fetched::read(paging, response.await?) },
        ))
    }

    /// Takes a fetched page, and prepares the next request. Before the page, the list was at position `before`.
    fn take(&mut self, fetched: Fetched, ask: Ask, before: &Position) -> Result<Option<Batch>> {
        let Some(crawl) = &mut self.crawl else {
            return Ok(None);
        };
        let Taken { give, then } = crawl.take(fetched, ask)?;
        let end = match &give {
            Some((page, position)) => position.behind(page.count(), page.last()),
            None => before.clone(),
        };
        self.state = match then {
            Then::Ask(ask) => State::Ready(ask),
            Then::End => State::Over,
            Then::Fail(error) => State::Failed(error, Some(end)),
        };
        let Some((page, position)) = give else {
            return Ok(None);
        };
        let mut batch = Batch {
            rows: Rows::new(page, position.skip),
            position,
            number: self.count,
        };
        self.count += 1;
        if let Some(left) = &mut self.left {
            let rows = batch.rows.left();
            if rows > *left {
                let cut = batch.rows.truncate(*left);
                self.state = State::Cut(batch.position.behind(cut.index(), cut.before()));
            }
            *left -= batch.rows.left();
        }
        if self.prefetch && self.left != Some(0) {
            self.begin_next();
        }
        Ok(Some(batch))
    }

    /// Starts the request for the next page in the background.
    fn begin_next(&mut self) {
        if !matches!(self.state, State::Ready(_)) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        if let State::Ready(ask) = std::mem::replace(&mut self.state, State::Over) {
            // An error here is returned when the page is needed.
            self.state = match self.send(&ask.position) {
                Ok(future) => {
                    let task = runtime.spawn(future.in_current_span());
                    State::Asked(Request::Ahead(task), ask)
                }
                Err(_) => State::Ready(ask),
            };
        }
    }
}

/// Request for a page.
enum Request {
    /// It makes progress only while it is polled.
    Here(BoxFuture<'static, Result<Fetched>>),
    /// It runs as a task of its own.
    Ahead(JoinHandle<Result<Fetched>>),
}

impl Request {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Fetched>> {
        let task = match self {
            Self::Here(future) => return future.as_mut().poll(context),
            Self::Ahead(task) => task,
        };
        Poll::Ready(match ready!(std::pin::Pin::new(task).poll(context)) {
            Ok(answer) => answer,
            Err(end) => match end.try_into_panic() {
                Ok(panic) => panic::resume_unwind(panic),
                Err(_) => Err(Error::new(
                    ErrorKind::Transport,
                    "the runtime was shut down during the request for a page",
                )),
            },
        })
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Self::Ahead(task) = self {
            task.abort();
        }
    }
}
