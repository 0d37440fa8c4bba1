//! Every example succeeds against the mock. The tests are in `examples/support`.

#![allow(
    clippy::duplicate_mod,
    reason = "each example has the support as a module of its own"
)]

macro_rules! examples {
    ($($(#[$condition:meta])* $file:literal $example:ident;)*) => {$(
        $(#[$condition])*
        #[path = $file]
        mod $example;
    )*};
}

examples! {
    #[cfg(feature = "pipeline")]
    "../examples/approvals.rs" approvals;
    #[cfg(all(feature = "blocking", feature = "platform"))]
    "../examples/blocking.rs" blocking;
    #[cfg(feature = "connectors")]
    "../examples/connectors.rs" connectors;
    #[cfg(feature = "platform")]
    "../examples/errors.rs" errors;
    #[cfg(feature = "gitops")]
    "../examples/gitops_agent.rs" gitops_agent;
    #[cfg(feature = "platform")]
    "../examples/paging.rs" paging;
    #[cfg(all(feature = "pipeline", feature = "platform"))]
    "../examples/quickstart.rs" quickstart;
    #[cfg(all(feature = "pipeline", feature = "platform"))]
    "../examples/raw_operations.rs" raw_operations;
    #[cfg(feature = "platform")]
    "../examples/retries_and_limits.rs" retries_and_limits;
    #[cfg(feature = "pipeline")]
    "../examples/run_pipeline.rs" run_pipeline;
    #[cfg(feature = "secrets")]
    "../examples/secrets_file_upload.rs" secrets_file_upload;
    #[cfg(feature = "platform")]
    "../examples/self_managed.rs" self_managed;
    #[cfg(feature = "platform")]
    "../examples/testing_with_mock.rs" testing_with_mock;
    #[cfg(feature = "platform")]
    "../examples/tracing.rs" tracing_calls;
}
