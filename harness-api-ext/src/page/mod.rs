//! Paged lists, with one pager for all paging styles of the API.
//!
//! A [`Pager`] combines a request with the paging of its operation. [`Pager::items`] returns the items of all pages and
//! [`Pager::pages`] the pages. [`Pager::first`], or awaiting the pager itself, returns only the first page.
//!
//! ```no_run
//! use harness_api_ext::Harness;
//! use harness_api_ext::page::Pager;
//! use harness_api_ext::raw::{Found, Paging, Step};
//! use serde_json::Value;
//!
//! // The paging of an endpoint that the description lacks.
//! static PAGED: Paging = Paging::new(Step::Number, "")
//!     .page("page", 0)
//!     .size("limit")
//!     .max_size(100)
//!     .total(Found::Header("X-Total-Elements"));
//!
//! # async fn run(harness: Harness) -> harness_api_ext::Result<()> {
//! let request = harness.raw().request("GET", "/v1/orgs");
//! let mut orgs = Pager::<Value>::with(request, &PAGED).items();
//! while let Some(org) = orgs.try_next().await? {
//!     println!("{} of {:?}: {}", orgs.position().index(), orgs.total(), org["org"]["identifier"]);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Valid pages
//!
//! A response without its list is an error of kind [`Decode`](crate::ErrorKind::Decode) that names the missing field,
//! such as `data.content`, even if a value on its path is not an object. `null` instead of the list, an empty list and
//! status 204 are an empty page. Some services are known to omit empty lists; the table of operations marks them with
//! [`omits_empty`](field@Paging::omits_empty).
//!
//! A page with many times the requested number of items is an error. A page is stored as the received bytes, and each
//! item is decoded when it is requested, so the memory does not depend on the size of the decoded items.
//!
//! # Guarantees
//!
//! Servers clip page sizes, hide items after paging, omit totals or return wrong ones, and ignore parameters; and lists
//! change while they are read. In doubt, the pager sends one more request to find out. Every item that is in the list
//! all the time is returned at least once, and exactly once if the list does not change. Otherwise the list ends with
//! an error of kind [`Pagination`](crate::ErrorKind::Pagination); it never ends successfully with an item missing. This
//! holds as far as the responses allow it:
//!
//! - **Tokens** are bookmarks of the server. The pager cannot see items that a token skips.
//! - **Totals** show that a list of numbered pages, or a list with offsets, has changed. The pager then finds the last
//!   returned item, if necessary in the page before, and continues after it. So items may even be deleted while they
//!   are listed. If an item is added and another one removed between two pages, so that the total stays the same, the
//!   change is not noticed.
//! - **Without totals**, a list that becomes shorter while it is read cannot be recognized, and items may be skipped.
//!   Only if the server says whether there are more pages can the pager tell a clipped page, or one with hidden items,
//!   from the last page.
//! - An item that moves within the list counts as deleted and added.
//!
//! # Totals
//!
//! A list that ends before its total is an error, unless some of its pages had fewer items than requested: then the
//! server counts items that the caller may not see. A list with a total above zero and no items is an error too.
//! [`Pager::check_totals`] turns these checks off.
//!
//! # Resuming after a failure
//!
//! Each error of a pager contains the [`Position`] of the next item; [`position_of`] returns it. [`Pager::start_at`]
//! resumes there, on a pager of the same request. A position contains the total and a hash of the item before it. If
//! the list has changed, the pager finds that item again, or fails.

mod ask;
mod crawl;
mod feed;
mod items;
mod pages;
mod pick;
mod position;
mod read;

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::pin::Pin;

use harness_api::{Call, CallOptions, Configure, Paged, Paging};
use serde::de::DeserializeOwned;

pub use items::Items;
pub use pages::{Page, Pages};
pub use position::Position;

use crate::error::{Error, Result};
use ask::Template;
use feed::Feed;

/// Reader for a paged list.
///
/// It sends no request before an item or a page is requested. The methods of [`Configure`] set headers, timeouts and so
/// on for the call of each page.
///
/// ```
/// use harness_api_ext::page::Pager;
/// use harness_api_ext::raw::Call;
/// use serde_json::Value;
///
/// async fn read(call: impl Fn() -> Call) -> harness_api_ext::Result<()> {
///     let first = Pager::<Value>::of_call(call())?.first().await?;
///     let mut items = Pager::<Value>::of_call(call())?.items();
///     assert_eq!(items.try_next().await?.as_ref(), first.first());
///
///     let pager = Pager::<Value>::of_call(call())?.page_size(50).limit(500).prefetch(false);
///     let mut pages = pager.pages();
///     while let Some(page) = pages.try_next().await? {
///         println!("{} items", page.len());
///     }
///     Ok(())
/// }
/// ```
#[must_use = "a pager does nothing until it is read"]
pub struct Pager<T> {
    template: Template,
    settings: Settings,
    item: PhantomData<fn() -> T>,
}

/// Settings of a pager.
#[derive(Debug, Clone)]
struct Settings {
    size: Option<u32>,
    limit: Option<u64>,
    start: Option<Position>,
    prefetch: bool,
    checks: bool,
}

impl<T: DeserializeOwned + Send + 'static> Pager<T> {
    /// Returns a pager for a request of a paged list.
    pub fn new<R: Paged<Item = T>>(request: R) -> Self {
        let call = request.into_call();
        let paging = call.operation().and_then(|operation| operation.paging);
        Self::over(call, paging)
    }

    /// Returns a pager for a call, whose items are decoded as any type.
    ///
    /// # Errors
    ///
    /// Returns an error of kind [`Build`](crate::ErrorKind::Build) if the operation has no paged list, or if the
    /// description lacks the endpoint: use [`with`](Self::with) for those.
    pub fn of_call(call: impl Into<Call>) -> Result<Self> {
        let call = call.into();
        let paging = call.operation().and_then(|operation| operation.paging);
        let pager = Self::over(call, paging);
        pager.template.paging()?;
        Ok(pager)
    }

    /// Returns a pager for a call or request with explicit paging, which overrides the table of operations.
    ///
    /// A paging parameter that the operation does not have is sent in the query.
    pub fn with(call: impl Into<Call>, paging: &'static Paging) -> Self {
        Self::over(call.into(), Some(paging))
    }

    fn over(call: Call, paging: Option<&'static Paging>) -> Self {
        Self {
            template: Template { call, paging },
            settings: Settings {
                size: None,
                limit: None,
                start: None,
                prefetch: true,
                checks: true,
            },
            item: PhantomData,
        }
    }

    /// Sets the page size: at least 1, at most the known limit of the server.
    ///
    /// Without it, the page size of the request itself applies, or else the largest known size. If the server returns
    /// smaller pages, no item is lost.
    pub fn page_size(mut self, items: u32) -> Self {
        self.settings.size = Some(items);
        self
    }

    /// Sets the maximum number of items. Pages that are not needed for them are not requested.
    pub fn limit(mut self, items: u64) -> Self {
        self.settings.limit = Some(items);
        self
    }

    /// Sets the position to resume from, which a pager of the same request has returned. The page size of the position
    /// applies.
    pub fn start_at(mut self, position: Position) -> Self {
        self.settings.start = Some(position);
        self
    }

    /// Sets whether the next page is requested while the items of the current one are consumed; true by default.
    ///
    /// At most one request is in progress at any time, and at most this page and the next are held, as bytes.
    /// Prefetching requires the Tokio runtime. Dropping the stream aborts the request.
    pub fn prefetch(mut self, on: bool) -> Self {
        self.settings.prefetch = on;
        self
    }

    /// Sets whether the pager trusts the totals of the server; true by default.
    ///
    /// The totals show that a list ends too early, or becomes shorter while it is read; see [the module](self#totals).
    /// Turn the check off for a server with wrong totals. A list that ends early is then accepted.
    pub fn check_totals(mut self, on: bool) -> Self {
        self.settings.checks = on;
        self
    }

    /// Returns the items of all pages.
    pub fn items(self) -> Items<T> {
        Items::new(Feed::new(self.template, self.settings))
    }

    /// Returns the pages.
    pub fn pages(self) -> Pages<T> {
        Pages::new(Feed::new(self.template, self.settings))
    }

    /// Returns the first page, or the page at [`start_at`](Self::start_at).
    ///
    /// It sends one request, and none for a limit of 0. If the server returns an empty page and says that there are
    /// more items, the result is the first page that is not empty.
    ///
    /// # Errors
    ///
    /// Returns the errors of the request; an error of kind [`Decode`](crate::ErrorKind::Decode) if an item has an
    /// unexpected form, or the list is missing; an error of kind [`Pagination`](crate::ErrorKind::Pagination) if the
    /// page has no items but the total is not zero.
    pub async fn first(self) -> Result<Page<T>> {
        let page = self.prefetch(false).pages().first().await?;
        Ok(page.unwrap_or_else(Page::nothing))
    }

    /// Collects all items; see [`Items::collect_all`].
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Items::try_next`].
    pub async fn collect_all(self) -> Result<Vec<T>> {
        self.items().collect_all().await
    }
}

/// Awaiting a pager returns its first page.
impl<T: DeserializeOwned + Send + 'static> IntoFuture for Pager<T> {
    type Output = Result<Page<T>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.first())
    }
}

impl<T> Configure for Pager<T> {
    fn options(&mut self) -> &mut CallOptions {
        self.template.call.options()
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pager")
            .field("call", &self.template.call)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Extension of the requests of paged operations with a pager.
///
/// ```
/// use harness_api_ext::Result;
/// use harness_api_ext::page::PageExt;
/// use harness_api_ext::raw::Paged;
///
/// async fn first<R: Paged>(request: R) -> Result<Option<R::Item>> {
///     request.pager().limit(1).items().try_next().await
/// }
/// ```
pub trait PageExt: Paged + Sized {
    /// Returns a pager for this request.
    ///
    /// ```no_run
    /// use harness_api_ext::page::PageExt;
    /// use harness_api_ext::raw::Paged;
    ///
    /// async fn count(request: impl Paged) -> harness_api_ext::Result<usize> {
    ///     Ok(request.pager().collect_all().await?.len())
    /// }
    /// ```
    fn pager(self) -> Pager<Self::Item> {
        Pager::new(self)
    }
}

impl<R: Paged> PageExt for R {}

/// Returns the position of the next item at the time of an error; `None` if the list could not be started.
///
/// ```no_run
/// use harness_api_ext::page::{Pager, position_of};
/// use harness_api_ext::raw::Call;
/// use serde_json::Value;
///
/// # async fn run(list: impl Fn() -> Call) -> harness_api_ext::Result<()> {
/// let mut items = Pager::<Value>::of_call(list())?.items();
/// loop {
///     match items.try_next().await {
///         Ok(Some(item)) => println!("{item}"),
///         Ok(None) => return Ok(()),
///         Err(error) if !error.is_retryable() => return Err(error),
///         Err(error) => {
///             let Some(position) = position_of(&error) else { return Err(error) };
///             eprintln!("{error}; resuming at {position}");
///             items = Pager::of_call(list())?.start_at(position.clone()).items();
///         }
///     }
/// }
/// # }
/// ```
pub fn position_of(error: &Error) -> Option<&Position> {
    error.attached()
}
