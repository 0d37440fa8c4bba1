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

/// The items of all pages, as a stream or by [`try_next`](Self::try_next).
///
/// No more than two pages are held at once, as the bytes that came, and each item is decoded when it is asked for. So the
/// memory that a list takes does not depend on how long it is, nor on what its items decode to.
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

    /// The next item; `None` behind the last one, and behind an error.
    ///
    /// # Errors
    ///
    /// Those of the request; [`Build`](crate::ErrorKind::Build) when the list of the operation is not paged or its body can
    /// be sent once only; [`Decode`](crate::ErrorKind::Decode) when an item does not fit, its items before having been
    /// given, and when a response has no list; [`Pagination`](crate::ErrorKind::Pagination) when the server does not lead
    /// to an end, or the list ends before its total.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    /// All items that are left.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next); the items that came before are lost then. Of kind
    /// [`Decode`](crate::ErrorKind::Decode) too when the items of a page take far more memory than its bytes; see
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

/// The error of an item, with its position.
fn broken(error: Error, page: &Batch) -> Error {
    error.with_attached(page.position())
}

impl<T> Items<T> {
    /// How many items the whole list has, by the last answer that said it; `None` before the first answer, and where the
    /// server does not say.
    pub fn total(&self) -> Option<u64> {
        self.feed.total()
    }

    /// The place of the next item.
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

    /// How many items are at hand without another request.
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
            // An error may stand behind the items.
            usize::try_from(left)
                .ok()?
                .checked_add(at_hand)?
                .checked_add(1)
        });
        // Nothing comes behind an item that does not fit.
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
