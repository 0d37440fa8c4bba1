//! The order of a sorted list.

/// Which end of a sorted list comes first.
///
/// ```
/// use harness_api_ext::Order;
///
/// # assert_ne!(Order::Asc, Order::Desc);
/// # #[cfg(feature = "code")]
/// # fn list(shop: harness_api_ext::code::Repository) {
/// let newest = shop.pull_requests().list().sort("created", Order::Desc);
/// # drop(newest);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// The smallest, oldest, or first by letters.
    Asc,
    /// The largest, newest, or last by letters.
    Desc,
}

impl Order {
    /// The spelling of services that write in lower case.
    #[allow(
        dead_code,
        reason = "which spelling is used depends on the modules that are compiled in"
    )]
    pub(crate) fn lower(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }

    /// The spelling of services that write in upper case.
    #[allow(
        dead_code,
        reason = "which spelling is used depends on the modules that are compiled in"
    )]
    pub(crate) fn upper(self) -> &'static str {
        match self {
            Self::Asc => "ASC",
            Self::Desc => "DESC",
        }
    }
}
