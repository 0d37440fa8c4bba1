//! The guide: how things are done with this crate, one page a task.
//!
//! It is written for people who know Rust and Harness. Samples are compiled, and most of them run against the
//! [mock](testing) whenever the crate is tested.
//!
//! | Page | About |
//! |---|---|
//! | [`getting_started`] | dependencies, keys, environment variables |
//! | [`scopes`] | account, organization, project; handles and builders; Git |
//! | [`errors`] | what to ask an error |
//! | [`paging`] | lists, and going on after a failure |
//! | [`retries`] | repetition, limits, timeouts, tracing |
//! | [`waiting`] | runs, logs, GitOps, waits of your own |
//! | [`testing`] | tests of your program against a mock |
//! | [`raw_operations`] | every operation, and endpoints that the description lacks |
//! | [`self_managed`] | other hosts, proxies, certificates |
//! | [`blocking`] | without async |
//! | [`upgrading`] | versions, and what a new description means |
//!
//! The [examples](https://docs.rs/crate/harness-api-ext/latest/source/examples/) are whole programs.

/// A page from the folder `guide`. As tests its samples count where everything they use is compiled in.
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
