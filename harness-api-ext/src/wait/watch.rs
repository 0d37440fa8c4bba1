//! Streams of changing states.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use harness_api::BoxFuture;

use super::{Backoff, Observe, Observer, Progress};
use crate::error::Result;
use crate::unfold::{Stepped, Unfold};

/// Stream of states: the first one at once, then each changed one, up to the final one.
///
/// The server is polled only while the stream is polled. After an error, the stream continues with the next poll.
///
/// ```
/// use harness_api_ext::{Backoff, Observe, Result, Watch};
///
/// async fn show<O: Observe<State = String>>(subject: O) -> Result<()> {
///     let mut states = Watch::new(subject, Backoff::default());
///     while let Some(state) = states.try_next().await? {
///         println!("{state}");
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Watch<O: Observe>(Unfold<Looking<O>, O::State>);

struct Looking<O: Observe> {
    observer: Observer<O>,
    ended: bool,
}

impl<O: Observe> Watch<O> {
    /// Returns a watch with these intervals between polls.
    pub fn new(subject: O, backoff: Backoff) -> Self {
        let looking = Looking {
            observer: Observer::new(subject, backoff),
            ended: false,
        };
        Self(Unfold::new(looking, look))
    }

    /// Returns the next changed state; `None` after the final one.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Wait`](super::Wait).
    pub async fn try_next(&mut self) -> Result<Option<O::State>> {
        self.0.try_next().await
    }
}

/// Polls until the state changes.
fn look<O: Observe>(mut looking: Looking<O>) -> BoxFuture<'static, Stepped<Looking<O>, O::State>> {
    Box::pin(async move {
        if looking.ended {
            return None;
        }
        loop {
            let state = match looking.observer.next().await {
                Ok(state) => state,
                Err(error) => return Some((Err(error), looking)),
            };
            let Observer { subject, last, .. } = &mut looking.observer;
            looking.ended = matches!(subject.progress(&state), Progress::Ended(_));
            let news = last
                .as_ref()
                .is_none_or(|last| !subject.is_same(last, &state));
            *last = Some(state.clone());
            if news || looking.ended {
                return Some((Ok(state), looking));
            }
        }
    })
}

impl<O: Observe> Stream for Watch<O> {
    type Item = Result<O::State>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll(context)
    }
}
