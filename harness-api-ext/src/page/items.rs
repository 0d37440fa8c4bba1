//! The items of a list.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::Position;
use super::feed::Feed;
use crate::error::{Error, Result};

/// The items of all pages, as a stream or by [`try_next`](Self::try_next). No more than two pages are held at once.
///
/// It ends behind the first error, which has the [position](super::position_of) to go on from.
///
/// ```
/// use harness_api_ext::{Items, Result};
///
/// async fn show(mut items: Items<String>) -> Result<()> {
///     while let Some(item) = items.try_next().await? {
///         println!("{item}, before {} of {:?}", items.position().index(), items.total());
///     }
///     Ok(())
/// }
/// ```
#[must_use = "nothing is read until items are asked for"]
pub struct Items<T> {
    feed: Feed<T>,
    page: vec::IntoIter<T>,
    /// What comes behind the items at hand.
    broken: Option<Error>,
    /// Where the next of the items at hand stands.
    position: Position,
}

/// Nothing in it is pinned.
impl<T> Unpin for Items<T> {}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    pub(super) fn new(feed: Feed<T>) -> Self {
        Self {
            page: Vec::new().into_iter(),
            broken: None,
            position: feed.next().cloned().unwrap_or_default(),
            feed,
        }
    }

    /// The next item; `None` behind the last one, and behind an error.
    ///
    /// # Errors
    ///
    /// Those of the request; [`Build`](crate::ErrorKind::Build) when the list of the operation is not paged or its body can
    /// be sent once only; [`Decode`](crate::ErrorKind::Decode) when an item does not fit, its items before having been
    /// given; [`Pagination`](crate::ErrorKind::Pagination) when the server does not lead to an end.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// All items that are left.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next); the items that came before are lost then.
    pub async fn collect_all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        while let Some(item) = self.try_next().await? {
            all.push(item);
        }
        Ok(all)
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.page.next() {
                self.position.skip += 1;
                return Poll::Ready(Some(Ok(item)));
            }
            if let Some(error) = self.broken.take() {
                let position = self.position.clone();
                return Poll::Ready(Some(Err(error.with_attached(position))));
            }
            let Some(batch) = ready!(self.feed.poll(context)).transpose()? else {
                return Poll::Ready(None);
            };
            self.page = batch.items.into_iter();
            self.broken = batch.broken;
            self.position = batch.position;
        }
    }
}

impl<T> Items<T> {
    /// How many items the whole list has, by the last answer that said it; `None` before the first answer, and where the
    /// server does not say.
    pub fn total(&self) -> Option<u64> {
        self.feed.total()
    }

    /// The place of the next item.
    pub fn position(&self) -> Position {
        let done = self.page.len() == 0 && self.broken.is_none();
        match self.feed.next() {
            Some(next) if done => next.clone(),
            _ => self.position.clone(),
        }
    }

    /// How many items are at hand without another request.
    pub fn buffered(&self) -> usize {
        self.page.len()
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let at_hand = self.page.len();
        let most = self.feed.left().and_then(|left| {
            // An error may stand in the place of an item, and none comes behind it.
            usize::try_from(left)
                .ok()?
                .checked_add(at_hand)?
                .checked_add(1)
        });
        (at_hand, most)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("position", &self.position())
            .field("total", &self.total())
            .field("buffered", &self.buffered())
            .finish()
    }
}
