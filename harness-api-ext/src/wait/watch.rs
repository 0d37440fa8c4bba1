//! The states of something, as they change.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use harness_api::BoxFuture;

use super::{Backoff, Observe, Observer, Phase};
use crate::error::Result;

/// A stream of states: the first at once, then each that is news, up to the one it ends with.
///
/// Nothing is asked of the server while nobody asks the stream. After an error it goes on when it is asked again.
pub struct Watch<O: Observe> {
    state: State<O>,
}

enum State<O: Observe> {
    Idle(Box<Observer<O>>),
    Looking(BoxFuture<'static, (Box<Observer<O>>, Result<O::State>)>),
    Ended,
}

impl<O: Observe> Watch<O> {
    /// A watch that looks at these intervals.
    pub fn new(subject: O, backoff: Backoff) -> Self {
        Self {
            state: State::Idle(Box::new(Observer::new(subject, backoff))),
        }
    }

    /// The next state that is news; `None` after the last.
    ///
    /// # Errors
    ///
    /// As [`Wait`](super::Wait).
    pub async fn try_next(&mut self) -> Result<Option<O::State>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            .await
            .transpose()
    }
}

/// Looks until there is news.
async fn look<O: Observe>(mut observer: Box<Observer<O>>) -> (Box<Observer<O>>, Result<O::State>) {
    loop {
        match observer.next().await {
            Ok(state) => {
                let news = observer
                    .last
                    .as_ref()
                    .is_none_or(|last| !observer.subject.is_same(last, &state));
                observer.last = Some(state.clone());
                if news || observer.subject.phase(&state) == Phase::Ended {
                    return (observer, Ok(state));
                }
            }
            Err(error) => return (observer, Err(error)),
        }
    }
}

impl<O: Observe> Stream for Watch<O> {
    type Item = Result<O::State>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Idle(observer) => self.state = State::Looking(Box::pin(look(observer))),
                State::Looking(mut looking) => match looking.as_mut().poll(context) {
                    Poll::Pending => {
                        self.state = State::Looking(looking);
                        return Poll::Pending;
                    }
                    Poll::Ready((observer, seen)) => {
                        let ended = seen
                            .as_ref()
                            .is_ok_and(|state| observer.subject.phase(state) == Phase::Ended);
                        if !ended {
                            self.state = State::Idle(observer);
                        }
                        return Poll::Ready(Some(seen));
                    }
                },
                State::Ended => return Poll::Ready(None),
            }
        }
    }
}

impl<O: Observe> Unpin for Watch<O> {}

impl<O: Observe> fmt::Debug for Watch<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            State::Idle(_) => "Watch(idle)",
            State::Looking(_) => "Watch(looking)",
            State::Ended => "Watch(ended)",
        })
    }
}
