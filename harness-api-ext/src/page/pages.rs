//! The pages of a list.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::Position;
use super::feed::Feed;
use crate::error::Result;

/// One page of a list. It dereferences to its items.
///
/// ```no_run
/// use harness_api_ext::page::PageExt;
/// use harness_api_ext::raw::Paged;
///
/// async fn show(request: impl Paged<Item = String>) -> harness_api_ext::Result<()> {
///     let page = request.pager().page_size(20).await?;
///     println!("{} of {:?}, more: {}", page.len(), page.total, page.next.is_some());
///     for item in page {
///         println!("{item}");
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T> {
    /// Items of the page.
    pub items: Vec<T>,
    /// Number of items of the whole list, if the server reports it.
    pub total: Option<u64>,
    /// Number of pages that were read before this one, counted from the start of the pager.
    pub number: u64,
    /// Position of the next page, or of the limit of the pager within this page; `None` at the end of the list.
    pub next: Option<Position>,
}

impl<T> Page<T> {
    pub(super) fn nothing() -> Self {
        Self {
            items: Vec::new(),
            total: None,
            number: 0,
            next: None,
        }
    }
}

impl<T> Deref for Page<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

/// Pages of a list, as a stream or with [`try_next`](Self::try_next).
///
/// The stream ends after the first error, which contains the [position](super::position_of) of the page from which to
/// resume. If an item cannot be decoded, its whole page is an error; [`Items`](super::Items) returns the items before
/// it.
///
/// ```
/// use harness_api_ext::Result;
/// use harness_api_ext::page::Pages;
///
/// async fn show(mut pages: Pages<String>) -> Result<()> {
///     while let Some(page) = pages.try_next().await? {
///         println!("{} items; resuming at {:?}", page.len(), pages.position().map(|next| next.to_string()));
///     }
///     Ok(())
/// }
/// ```
#[must_use = "streams do nothing unless polled"]
pub struct Pages<T> {
    feed: Feed,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + Send + 'static> Pages<T> {
    pub(super) fn new(feed: Feed) -> Self {
        Self {
            feed,
            item: PhantomData,
        }
    }

    /// Returns the first page that is not empty, or an empty one at the end of the list.
    pub(super) async fn first(mut self) -> Result<Option<Page<T>>> {
        loop {
            let page = self.try_next().await?;
            let is_empty = page.as_ref().is_some_and(|page| page.is_empty());
            if is_empty && (self.feed.has_failed() || self.feed.next().is_some()) {
                continue;
            }
            return Ok(page);
        }
    }

    /// Returns the next page; `None` after the last one, and after an error. The last page may be empty.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Items::try_next`](super::Items::try_next).
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>> {
        poll_fn(|context| self.poll(context)).await.transpose()
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<T>>>> {
        let Some(mut batch) = ready!(self.feed.poll(context)).transpose()? else {
            return Poll::Ready(None);
        };
        let position = batch.position.clone();
        let items = match batch.rows.all() {
            Ok(items) => items,
            Err(error) => {
                self.feed.close();
                return Poll::Ready(Some(Err(error.with_attached(position))));
            }
        };
        Poll::Ready(Some(Ok(Page {
            items,
            total: self.feed.total(),
            number: batch.number,
            next: self.feed.next(),
        })))
    }
}

impl<T> Pages<T> {
    /// Returns the number of items of the whole list, from the last response that contained it.
    pub fn total(&self) -> Option<u64> {
        self.feed.total()
    }

    /// Returns the position of the next page; `None` after the last one.
    pub fn position(&self) -> Option<Position> {
        self.feed.next()
    }
}

impl<T: DeserializeOwned + Send + 'static> Stream for Pages<T> {
    type Item = Result<Page<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("position", &self.position())
            .field("total", &self.total())
            .finish()
    }
}
