//! The items of a list.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::Position;
use super::feed::{Batch, Feed};
use crate::error::{Error, Result};

/// Items of all pages, as a stream or with [`try_next`](Self::try_next).
///
/// At most two pages are held at once, as the received bytes, and each item is decoded when it is requested. The memory
/// therefore depends neither on the length of the list nor on the size of its decoded items.
///
/// The stream ends after the first error, which contains the [position](super::position_of) from which to resume.
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
#[must_use = "streams do nothing unless polled"]
pub struct Items<T> {
    feed: Feed,
    page: Option<Batch>,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + Send + 'static> Items<T> {
    pub(super) fn new(feed: Feed) -> Self {
        Self {
            page: None,
            item: PhantomData,
            feed,
        }
    }

    /// Returns the next item; `None` after the last one, and after an error.
    ///
    /// # Errors
    ///
    /// Returns the errors of the request, and errors of these kinds:
    ///
    /// - [`Build`](crate::ErrorKind::Build) if the list of the operation is not paged, or its body can be sent only
    ///   once;
    /// - [`Decode`](crate::ErrorKind::Decode) if an item has an unexpected form, after all items before it were
    ///   returned, or if a response has no list;
    /// - [`Pagination`](crate::ErrorKind::Pagination) if the pages would never end, or the list ends before its total.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// Collects all remaining items.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`try_next`](Self::try_next); the items before the error are lost. Returns an error of
    /// kind [`Decode`](crate::ErrorKind::Decode) too if the items of a page take far more memory than its bytes; see
    /// [`max_body`](crate::HarnessBuilder::max_body).
    pub async fn collect_all(mut self) -> Result<Vec<T>> {
        let mut all = Vec::new();
        loop {
            if let Some(page) = &mut self.page {
                let items = page.rows.all();
                all.append(&mut items.map_err(|error| broken(error, page))?);
            }
            self.page = poll_fn(|context| self.feed.poll(context))
                .await
                .transpose()?;
            if self.page.is_none() {
                return Ok(all);
            }
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(page) = &mut self.page
                && let Some(item) = page.rows.next()
            {
                let item = item.map_err(|error| broken(error, page));
                if item.is_err() {
                    self.page = None;
                    self.feed.close();
                }
                return Poll::Ready(Some(item));
            }
            let Some(page) = ready!(self.feed.poll(context)).transpose()? else {
                return Poll::Ready(None);
            };
            self.page = Some(page);
        }
    }
}

/// Returns the error of an item, with its position.
fn broken(error: Error, page: &Batch) -> Error {
    error.with_attached(page.position())
}

impl<T> Items<T> {
    /// Returns the number of items of the whole list, from the last response that contained it; `None` before the first
    /// response, and if the server does not say.
    pub fn total(&self) -> Option<u64> {
        self.feed.total()
    }

    /// Returns the position of the next item.
    pub fn position(&self) -> Position {
        match &self.page {
            Some(page) if page.rows.left() > 0 => page.position(),
            page => {
                let next = self.feed.next();
                next.or_else(|| page.as_ref().map(Batch::position))
                    .unwrap_or_default()
            }
        }
    }

    /// Returns the number of items that are available without another request.
    pub fn buffered(&self) -> usize {
        let left = self.page.as_ref().map_or(0, |page| page.rows.left());
        usize::try_from(left).unwrap_or(usize::MAX)
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for Items<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let at_hand = self.buffered();
        let most = self.feed.left().and_then(|left| {
            // An error may follow the items.
            usize::try_from(left)
                .ok()?
                .checked_add(at_hand)?
                .checked_add(1)
        });
        // Nothing follows an item that cannot be decoded.
        (at_hand.min(1), most)
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
