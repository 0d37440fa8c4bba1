//! Guide: one page for each task.
//!
//! It is written for readers who know Rust and Harness. All samples are compiled, and most of them run against the
//! [mock](testing) in the tests of this crate.
//!
//! | Page | Topics |
//! |---|---|
//! | [`getting_started`] | dependencies, keys, environment variables |
//! | [`scopes`] | account, organization, project; handles and builders; Git |
//! | [`errors`] | kinds, predicates and details of errors |
//! | [`paging`] | lists, and resuming after a failure |
//! | [`retries`] | retries, limits, timeouts, tracing |
//! | [`waiting`] | runs, logs, GitOps, waits of your own |
//! | [`testing`] | testing your program against a mock |
//! | [`raw_operations`] | every operation, and endpoints that the description lacks |
//! | [`self_managed`] | other hosts, proxies, certificates |
//! | [`blocking`] | programs without async |
//! | [`upgrading`] | versions, and the effect of a new description |
//!
//! The [examples](https://docs.rs/crate/harness-api-ext/latest/source/examples/) are complete programs.

/// Includes a page of the folder `guide`. Its samples are tests only if all features that they use are enabled.
macro_rules! page {
    ($page:ident needs $($feature:literal)*) => {
        #[cfg_attr(
            any(not(doctest), all($(feature = $feature),*)),
            doc = include_str!(concat!("../../guide/", stringify!($page), ".md"))
        )]
        pub mod $page {}
    };
}

page!(getting_started needs "mock" "platform");
page!(scopes needs "mock" "pipeline" "platform");
page!(errors needs "mock" "platform");
page!(paging needs "mock" "platform");
page!(retries needs "mock" "platform");
page!(waiting needs "mock" "pipeline" "platform");
page!(testing needs "mock" "pipeline" "platform");
page!(raw_operations needs "mock" "platform");
page!(self_managed needs "mock" "platform");
page!(blocking needs "blocking" "mock" "pipeline" "platform");
page!(upgrading needs "code" "pipeline");
