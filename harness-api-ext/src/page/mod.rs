//! Lists that come in pages, read as one: one pager for every way in which the API pages.
//!
//! A [`Pager`] is made of a request, and what the table of operations says of its paging. [`Pager::items`] gives the items
//! of all pages, [`Pager::pages`] the pages, [`Pager::first`], or awaiting the pager itself, the first page alone.
//!
//! ```no_run
//! use harness_api_ext::Harness;
//! use harness_api_ext::page::Pager;
//! use harness_api_ext::raw::{Found, Paging, Step};
//! use serde_json::Value;
//!
//! // An endpoint outside the table: its paging is told here.
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
//! # What a page has to be
//!
//! A response without its list is an error of kind [`Decode`](crate::ErrorKind::Decode) that names the missing member, such
//! as `data.content`, also where the way to it leads through something that is no object. `null` in its place, an empty list
//! and status 204 are an empty page. Where a service is known to leave empty lists out, the table of operations says so
//! ([`omits_empty`](field@Paging::omits_empty)).
//!
//! A page with many times the items that were asked for is refused. A page is kept as the bytes that came, and each item is
//! decoded when it is wanted, so the memory that a list takes does not depend on what its items decode to.
//!
//! # What is guaranteed
//!
//! Servers clip sizes, hide items after they have cut a page, leave out totals or give wrong ones, ignore parameters, and
//! lists change while they are read. The pager asks once too often rather than once too little, and finds out by the next
//! request what a page leaves open. Every item that is in the list all the time is given at least once, and exactly once if
//! the list does not change; otherwise the list ends in an error of kind [`Pagination`](crate::ErrorKind::Pagination). It
//! does not end well with an item missing. This holds as far as the server says anything by which it could be noticed:
//!
//! - **Tokens** are the server's own bookmarks: whatever they lead past is not seen here.
//! - **Totals** show that a list of numbered pages, or one by offset, has changed. The pager then finds the last item that
//!   it gave, and goes on behind it, where need be in the page before. So items may even be deleted while they are listed.
//!   What comes and goes between the same two pages, so that the total is the same, is not noticed.
//! - **Without totals**, nothing tells that such a list became shorter while it was read, which can pass items over; that a
//!   page is short because its size was clipped or its items are hidden, and not because it is the last, can be noticed
//!   only where the server says whether there is more.
//! - An item that is moved to another place in the list counts as deleted and added.
//!
//! # Totals
//!
//! A list that ends before its total is an error, unless some of its pages had fewer items than were asked for: then the
//! server hides items that the caller may not see, and counts them. So is a list of which nothing was seen though its total
//! is not zero. [`Pager::check_totals`] turns this off.
//!
//! # Going on after a failure
//!
//! Each error of a pager has the [`Position`] of the item that would have been next; see [`position_of`]. A pager of the
//! same request begins there with [`Pager::start_at`]. A position knows the item before it, and the total: it is found
//! again in a list that has changed since, or the pager fails.

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

/// Reads a list that comes in pages.
///
/// Nothing is sent before an item or a page is asked for. Headers, timeouts and so on are set by [`Configure`], for the
/// call of each page.
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

/// What can be chosen of how a list is read.
#[derive(Debug, Clone)]
struct Settings {
    size: Option<u32>,
    limit: Option<u64>,
    start: Option<Position>,
    prefetch: bool,
    checks: bool,
}

impl<T: DeserializeOwned + Send + 'static> Pager<T> {
    /// A pager of a request whose list is paged.
    pub fn new<R: Paged<Item = T>>(request: R) -> Self {
        let call = request.into_call();
        let paging = call.operation().and_then(|operation| operation.paging);
        Self::over(call, paging)
    }

    /// A pager of a call, its items read as any type that fits.
    ///
    /// # Errors
    ///
    /// Of kind [`Build`](crate::ErrorKind::Build) when the operation gives no list in pages, or the endpoint is outside the
    /// table: [`with`](Self::with) is for those.
    pub fn of_call(call: impl Into<Call>) -> Result<Self> {
        let call = call.into();
        let paging = call.operation().and_then(|operation| operation.paging);
        let pager = Self::over(call, paging);
        pager.template.paging()?;
        Ok(pager)
    }

    /// A pager of a call or request that is paged like this, whatever the table says.
    ///
    /// Where the operation has no parameter of a name that is needed, it goes into the query as it is.
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

    /// Asks for pages of this many items: at least 1, at most what the table knows as the server's limit.
    ///
    /// When it is not set, what the request itself says holds, else the largest size that is known. The server may give
    /// fewer: nothing is lost by that.
    pub fn page_size(mut self, items: u32) -> Self {
        self.settings.size = Some(items);
        self
    }

    /// Ends after this many items. No page is asked for that is not needed for them.
    pub fn limit(mut self, items: u64) -> Self {
        self.settings.limit = Some(items);
        self
    }

    /// Begins at this position, which a pager of the same request gave. It keeps the page size it was made with.
    pub fn start_at(mut self, position: Position) -> Self {
        self.settings.start = Some(position);
        self
    }

    /// Whether the next page is asked for while the items of this one are consumed, which is so unless it is turned off.
    ///
    /// It never has two requests on their way at once, and holds no more than this page and the next, as bytes. It needs the runtime
    /// of tokio; dropping the stream ends the request.
    pub fn prefetch(mut self, on: bool) -> Self {
        self.settings.prefetch = on;
        self
    }

    /// Whether the pager relies on the totals that the server gives, which it does unless this is turned off.
    ///
    /// It finds by them that a list ends too early, or that it becomes shorter while it is read; see
    /// [the module](self#totals). Turn it off for a server whose totals are known to be wrong: then a list that ends early
    /// is taken as it is.
    pub fn check_totals(mut self, on: bool) -> Self {
        self.settings.checks = on;
        self
    }

    /// The items, page after page.
    pub fn items(self) -> Items<T> {
        Items::new(Feed::new(self.template, self.settings))
    }

    /// The pages.
    pub fn pages(self) -> Pages<T> {
        Pages::new(Feed::new(self.template, self.settings))
    }

    /// The first page alone, or the one at [`start_at`](Self::start_at): one request, and none for a limit of 0. Where the
    /// server gives an empty page and says that there is more, the first page that is not empty.
    ///
    /// # Errors
    ///
    /// Those of the request; [`Decode`](crate::ErrorKind::Decode) when an item does not fit, or there is no list;
    /// [`Pagination`](crate::ErrorKind::Pagination) when there is no item though the total is not zero.
    pub async fn first(self) -> Result<Page<T>> {
        let page = self.prefetch(false).pages().first().await?;
        Ok(page.unwrap_or_else(Page::nothing))
    }

    /// All items; see [`Items::collect_all`].
    ///
    /// # Errors
    ///
    /// As [`Items::try_next`].
    pub async fn collect_all(self) -> Result<Vec<T>> {
        self.items().collect_all().await
    }
}

/// Awaiting a pager gives its first page.
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

/// Gives requests of paged operations their pager.
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
    /// A pager of this request.
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

/// Where a pager was when it failed: the position of the item that would have been next; `None` where the list could not
/// even be begun.
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
///             eprintln!("{error}; going on at {position}");
///             items = Pager::of_call(list())?.start_at(position.clone()).items();
///         }
///     }
/// }
/// # }
/// ```
pub fn position_of(error: &Error) -> Option<&Position> {
    error.attached()
}
