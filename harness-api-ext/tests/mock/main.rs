//! The mock, used by the client as in programs.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "platform")]
mod described;
mod inspection;
#[cfg(feature = "platform")]
mod platform;
#[cfg(feature = "pipeline")]
mod runs;
mod scripts;
mod services;

use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{Configure, Request};
use harness_api_ext::{Error, Harness, Result};
use serde_json::Value;

/// Calls a path with its query, for services whose modules may not be enabled.
fn call(harness: &Harness, method: Method, target: &str) -> Request {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.fold(harness.request(method, path), |request, (name, value)| {
        request.with_query(name, value)
    })
}

/// Calls a path in a project.
fn in_project(harness: &Harness, method: Method, path: &str) -> Request {
    call(harness, method, path)
        .with_query("orgIdentifier", "retail")
        .with_query("projectIdentifier", "checkout")
}

async fn json(request: Request) -> Result<Value> {
    Ok(request.send::<Value>().await?.into_inner())
}

/// Returns the error of a call that must fail.
fn failure<T>(result: Result<T>) -> Error {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => error,
    }
}
