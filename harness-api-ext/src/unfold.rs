//! Streams built from a state and an asynchronous step.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use harness_api::BoxFuture;

use crate::error::Result;

/// Result of a step: an item and the next state, or `None` at the end.
pub(crate) type Stepped<S, T> = Option<(Result<T>, S)>;

/// Stream that runs one step for each requested item, and none in advance.
pub(crate) struct Unfold<S, T> {
    state: State<S, T>,
    step: fn(S) -> BoxFuture<'static, Stepped<S, T>>,
}

enum State<S, T> {
    Idle(S),
    Busy(BoxFuture<'static, Stepped<S, T>>),
    Ended,
}

impl<S, T> Unfold<S, T> {
    pub(crate) fn new(state: S, step: fn(S) -> BoxFuture<'static, Stepped<S, T>>) -> Self {
        Self {
            state: State::Idle(state),
            step,
        }
    }

    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Idle(state) => self.state = State::Busy((self.step)(state)),
                State::Busy(mut busy) => match busy.as_mut().poll(context) {
                    Poll::Pending => {
                        self.state = State::Busy(busy);
                        return Poll::Pending;
                    }
                    Poll::Ready(Some((item, state))) => {
                        self.state = State::Idle(state);
                        return Poll::Ready(Some(item));
                    }
                    Poll::Ready(None) => return Poll::Ready(None),
                },
                State::Ended => return Poll::Ready(None),
            }
        }
    }

    pub(crate) async fn try_next(&mut self) -> Result<Option<T>> {
        std::future::poll_fn(|context| self.poll(context))
            .await
            .transpose()
    }
}

impl<S, T> Unpin for Unfold<S, T> {}

impl<S, T> Stream for Unfold<S, T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

impl<S, T> fmt::Debug for Unfold<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            State::Idle(_) => "idle",
            State::Busy(_) => "busy",
            State::Ended => "ended",
        })
    }
}
