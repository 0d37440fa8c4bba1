//! The pages of a list one after another: what items and pages are read from.

use std::panic;
use std::task::{Context, Poll, ready};

use harness_api::{BoxFuture, Paging, Step};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::Instrument;

use super::ask::Template;
use super::read::Fetched;
use super::rule::{Circle, NextToken, Signs, Verdict};
use super::{Position, Settings};
use crate::error::{Error, ErrorKind, Result};

/// Fetches pages, and decides whether there is another.
pub(super) struct Feed<T> {
    template: Template,
    state: State<T>,
    /// How many items are still wanted.
    left: Option<u64>,
    prefetch: bool,
    total: Option<u64>,
    /// How many pages came.
    count: u64,
    widest: u64,
    empty: u32,
    beyond: u32,
    pages: Circle,
    tokens: Circle,
}

enum State<T> {
    /// To be asked for when it is wanted.
    Ready(Position),
    /// Asked for.
    Asked(Request<T>, Position),
    /// It cannot be asked for; without a position where not even the first one can.
    Failed(Error, Option<Position>),
    Over,
}

/// A page as the consumer gets it.
pub(super) struct Batch<T> {
    /// No more than are wanted.
    pub(super) items: Vec<T>,
    /// Why the item behind them could not be decoded.
    pub(super) broken: Option<Error>,
    /// Where the first of the items stands.
    pub(super) position: Position,
    /// How many pages came before in this crawl.
    pub(super) number: u64,
}

impl<T> Feed<T> {
    /// How many items all pages hold, by the last answer that said it.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// How many items are still wanted; `None` for all there are.
    pub(super) fn left(&self) -> Option<u64> {
        self.left
    }

    /// Where the next page begins; `None` behind the last one.
    pub(super) fn next(&self) -> Option<&Position> {
        match &self.state {
            State::Ready(position) | State::Asked(_, position) => Some(position),
            State::Failed(_, position) => position.as_ref(),
            State::Over => None,
        }
    }
}

impl<T: DeserializeOwned + Send + 'static> Feed<T> {
    pub(super) fn new(template: Template, settings: Settings) -> Self {
        let begin = match settings.start {
            Some(position) => Ok(position),
            None => template.begin(settings.size, settings.limit),
        };
        let state = match begin {
            Ok(position) => State::Ready(position),
            Err(error) => State::Failed(error, None),
        };
        Self {
            template,
            state,
            left: settings.limit,
            prefetch: settings.prefetch,
            total: None,
            count: 0,
            widest: 0,
            empty: 0,
            beyond: 0,
            pages: Circle::default(),
            tokens: Circle::default(),
        }
    }

    /// The next page; `None` behind the last one, behind an error, and when no more items are wanted.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Batch<T>>>> {
        if self.left == Some(0) {
            return Poll::Ready(None);
        }
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Failed(error, position) => {
                    return Poll::Ready(Some(Err(match position {
                        Some(position) => error.with_attached(position),
                        None => error,
                    })));
                }
                State::Ready(position) => {
                    self.state = match self.ask(&position) {
                        Ok(future) => State::Asked(Request::Here(future), position),
                        Err(error) => State::Failed(error, Some(position)),
                    };
                }
                State::Asked(mut request, position) => {
                    let Poll::Ready(answer) = request.poll(context) else {
                        self.state = State::Asked(request, position);
                        return Poll::Pending;
                    };
                    let batch = answer.and_then(|fetched| self.take(fetched, &position));
                    return Poll::Ready(Some(batch.map_err(|error| error.with_attached(position))));
                }
            }
        }
    }

    fn ask(&self, position: &Position) -> Result<BoxFuture<'static, Result<Fetched<T>>>> {
        let paging = self.template.paging()?;
        let answer = self.template.call(position)?.empty();
        let skip = position.skip;
        Ok(Box::pin(async move {
            Fetched::read(paging, answer.await?, skip)
        }))
    }

    /// Takes a page that came, and decides what is next.
    fn take(&mut self, fetched: Fetched<T>, position: &Position) -> Result<Batch<T>> {
        let Fetched {
            mut items,
            mut broken,
            ..
        } = self.judge(fetched, position)?;
        if let Some(left) = &mut self.left {
            let wanted = usize::try_from(*left).unwrap_or(usize::MAX);
            if items.len() > wanted || (items.len() == wanted && broken.is_some()) {
                items.truncate(wanted);
                broken = None;
                let done = position.skip + wanted as u64;
                self.state = State::Ready(position.behind(done));
            }
            *left -= items.len() as u64;
        }
        let batch = Batch {
            items,
            broken,
            position: position.clone(),
            number: self.count,
        };
        self.count += 1;
        if batch.broken.is_some() {
            self.state = State::Over;
        } else if self.prefetch && self.left != Some(0) {
            self.begin_next();
        }
        Ok(batch)
    }

    /// Asks for the next page, to go on while nobody waits for it.
    fn begin_next(&mut self) {
        let (State::Ready(position), Ok(runtime)) = (&self.state, Handle::try_current()) else {
            return;
        };
        let position = position.clone();
        // What goes wrong here comes out when the page is wanted.
        if let Ok(future) = self.ask(&position) {
            let task = runtime.spawn(future.in_current_span());
            self.state = State::Asked(Request::Ahead(task), position);
        }
    }

    /// Sets the state by what the page says, and gives the page back.
    fn judge(&mut self, fetched: Fetched<T>, position: &Position) -> Result<Fetched<T>> {
        let paging = self.template.paging()?;
        if let Some(fingerprint) = fetched.fingerprint
            && paging.step != Step::Whole
            && self.pages.meets(fingerprint)
        {
            return Err(self.stuck(
                "the server gave a page of the list again: it does not heed what page is asked for",
            ));
        }
        self.total = fetched.total.or(self.total);
        self.empty = match fetched.rows {
            0 => self.empty.saturating_add(1),
            _ => 0,
        };
        self.beyond = match fetched.total {
            Some(total) if position.rows >= total => self.beyond.saturating_add(1),
            _ => 0,
        };
        let verdict = Signs {
            step: paging.step,
            before: position.rows,
            rows: fetched.rows,
            widest: self.widest,
            asked: position.size.map(u64::from),
            default: paging.default_size.map(u64::from),
            used: fetched.used,
            total: fetched.total,
            more: fetched.more,
            token: self.token(&fetched.tokens, position),
            empty: self.empty,
            beyond: self.beyond,
        }
        .verdict();
        self.widest = self.widest.max(fetched.rows);
        self.state = match verdict {
            Verdict::Next => advance(paging, position, &fetched).map_or(State::Over, State::Ready),
            Verdict::Stuck(why) => {
                let end = position.behind(fetched.rows);
                State::Failed(self.stuck(why), Some(end))
            }
            Verdict::End => State::Over,
        };
        Ok(fetched)
    }

    fn token(&mut self, tokens: &[Value], position: &Position) -> NextToken {
        if tokens.iter().all(Value::is_null) {
            return NextToken::None;
        }
        // The first token that is known is the one that was sent, where the crawl began in the middle.
        if self.count == 0 && !position.tokens.is_empty() {
            self.tokens.meets(hash(&position.tokens));
        }
        if self.tokens.meets(hash(tokens)) {
            NextToken::Again
        } else {
            NextToken::New
        }
    }

    fn stuck(&self, why: &str) -> Error {
        Error::pagination(match self.template.call.operation() {
            Some(operation) => format!("{operation}: {why}"),
            None => why.to_owned(),
        })
    }
}

fn hash(tokens: &[Value]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    tokens.hash(&mut hasher);
    hasher.finish()
}

/// Where the next page begins; `None` where that cannot be said.
fn advance<T>(paging: &Paging, position: &Position, page: &Fetched<T>) -> Option<Position> {
    let by = match paging.step {
        Step::Number => 1,
        Step::Offset if page.rows > 0 => page.rows,
        Step::Offset => page
            .used
            .or(position.size.or(paging.default_size).map(u64::from))?,
        _ => 0,
    };
    Some(Position {
        page: position.page.saturating_add(by),
        rows: position.rows.saturating_add(page.rows),
        size: next_size(paging, position, page),
        skip: 0,
        tokens: page.tokens.clone(),
    })
}

/// The size to ask for behind a page that is not the last.
///
/// Where the first page is clipped, the size it has is asked for from there on: a server may count the pages by the size
/// that is asked for, and clip each, so that the rest of each page would be passed over.
fn next_size<T>(paging: &Paging, position: &Position, page: &Fetched<T>) -> Option<u32> {
    let asked = position.size?;
    let is_first = position.page == paging.first && position.rows == 0;
    if paging.step != Step::Number || !is_first || page.rows == 0 {
        return Some(asked);
    }
    let size = u32::try_from(page.used.unwrap_or(page.rows)).unwrap_or(asked);
    Some(size.min(asked))
}

/// A page that was asked for.
enum Request<T> {
    /// It goes on while it is waited for.
    Here(BoxFuture<'static, Result<Fetched<T>>>),
    /// It goes on by itself.
    Ahead(JoinHandle<Result<Fetched<T>>>),
}

impl<T> Request<T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Fetched<T>>> {
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
                    "the runtime ended while a page was on its way",
                )),
            },
        })
    }
}

impl<T> Drop for Request<T> {
    fn drop(&mut self) {
        if let Self::Ahead(task) = self {
            task.abort();
        }
    }
}
