//! How lists are paged: data beside each operation, which a pager follows.

use serde::de::DeserializeOwned;

use crate::call::Call;

/// A request of an operation that gives its list in pages.
pub trait Paged {
    /// One item of the list.
    type Item: DeserializeOwned + Send + 'static;

    /// The call that asks for the first page.
    fn into_call(self) -> Call;
}

/// How an operation gives a list in pages.
///
/// Names of members are paths with dots, such as `data.content`; the empty path is the whole body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paging {
    /// How the next page is asked for.
    pub step: Step,
    /// Where page, size and tokens are sent.
    pub sent: Sent,
    /// The parameter, or the member of the body, that says which page or offset is wanted.
    pub page: Option<&'static str>,
    /// The parameter, or the member of the body, that says how many items a page has.
    pub size: Option<&'static str>,
    /// What is taken from an answer to ask for the next one.
    pub tokens: &'static [Token],
    /// The number of the first page: 0 or 1.
    pub first: u64,
    /// How many items a page has when nothing is said.
    pub default_size: Option<u32>,
    /// How many items a page has at most.
    pub max_size: Option<u32>,
    /// The member that holds the items.
    pub items: &'static str,
    /// Where the number of all items stands.
    pub total: Option<Found>,
    /// Where the size of pages stands that the server used.
    pub used_size: Option<Found>,
    /// What tells whether there are more pages.
    pub more: Option<More>,
    /// Whether the server leaves the member that holds the items out when there are none.
    pub omits_empty: bool,
}

impl Paging {
    /// Pages by number, sent in the query, the items being the body itself; the other methods change that.
    pub const fn new(step: Step, items: &'static str) -> Self {
        Self {
            step,
            sent: Sent::Query,
            page: None,
            size: None,
            tokens: &[],
            first: 0,
            default_size: None,
            max_size: None,
            items,
            total: None,
            used_size: None,
            more: None,
            omits_empty: false,
        }
    }

    /// The same, with page, size and tokens in the body.
    #[must_use]
    pub const fn in_body(mut self) -> Self {
        self.sent = Sent::Body;
        self
    }

    /// The same, with the page or offset under this name, which begins at `first`.
    #[must_use]
    pub const fn page(mut self, name: &'static str, first: u64) -> Self {
        self.page = Some(name);
        self.first = first;
        self
    }

    /// The same, with the size under this name.
    #[must_use]
    pub const fn size(mut self, name: &'static str) -> Self {
        self.size = Some(name);
        self
    }

    /// The same, with pages of this many items when nothing is said.
    #[must_use]
    pub const fn default_size(mut self, items: u32) -> Self {
        self.default_size = Some(items);
        self
    }

    /// The same, with pages of at most this many items.
    #[must_use]
    pub const fn max_size(mut self, items: u32) -> Self {
        self.max_size = Some(items);
        self
    }

    /// The same, with these tokens.
    #[must_use]
    pub const fn tokens(mut self, tokens: &'static [Token]) -> Self {
        self.tokens = tokens;
        self
    }

    /// The same, with the number of all items there.
    #[must_use]
    pub const fn total(mut self, found: Found) -> Self {
        self.total = Some(found);
        self
    }

    /// The same, with the size that the server used there.
    #[must_use]
    pub const fn used_size(mut self, found: Found) -> Self {
        self.used_size = Some(found);
        self
    }

    /// The same, for a server that leaves the member of the items out when there are none, as Go's `omitempty` does.
    /// Elsewhere a response without it is no list.
    #[must_use]
    pub const fn omits_empty(mut self) -> Self {
        self.omits_empty = true;
        self
    }

    /// The same, with a sign of whether there is more.
    #[must_use]
    pub const fn more(mut self, more: More) -> Self {
        self.more = Some(more);
        self
    }
}

/// How the next page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// By its number.
    Number,
    /// By the number of items before it.
    Offset,
    /// By what the page before it says; see [`Paging::tokens`].
    Token,
    /// Not at all: the list comes whole.
    Whole,
}

/// Where a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sent {
    /// In the query.
    Query,
    /// In the JSON body.
    Body,
}

/// A text of one answer that asks for the next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Token {
    /// The parameter, or the member of the body, under which it is sent.
    pub name: &'static str,
    /// The member of the answer in which it comes.
    pub member: &'static str,
}

impl Token {
    /// A token sent under a name and found in a member.
    pub const fn new(name: &'static str, member: &'static str) -> Self {
        Self { name, member }
    }
}

/// Where a number stands in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Found {
    /// In a member of the body.
    Member(&'static str),
    /// In a header.
    Header(&'static str),
}

/// What tells whether there are more pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum More {
    /// A boolean member that is true while there are more.
    HasNext(&'static str),
    /// A boolean member that is true on the last page.
    Last(&'static str),
}
