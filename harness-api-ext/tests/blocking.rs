//! Where a call may block, and where it is an error because it would stop async code.

#![cfg(feature = "platform")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::thread;

use harness_api_ext::blocking::Block;
use harness_api_ext::mock::Server;
use harness_api_ext::{ErrorKind, Harness, Result};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{LocalSet, block_in_place, spawn_blocking, spawn_local};

fn current_thread() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
}

fn multi_thread() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    let builder = builder.worker_threads(1).enable_all();
    builder.build().expect("a runtime")
}

/// Makes one call, and reads one list.
fn call(harness: &Harness) -> Result<()> {
    harness.account().organizations().get("default").block()?;
    let organizations = harness.account().organizations().list().items();
    let organizations = organizations.blocking().collect::<Result<Vec<_>>>()?;
    assert_eq!(organizations.len(), 1);
    Ok(())
}

#[track_caller]
fn refused(outcome: Result<()>) {
    let error = outcome.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Build);
    assert!(error.to_string().contains("spawn_blocking"), "{error}");
}

#[test]
fn threads_without_a_runtime_may_block() -> Result<()> {
    let server = Server::start().block()?;
    let harness = server.harness();
    call(&harness)?;
    thread::spawn(move || call(&harness))
        .join()
        .expect("no panic")
}

/// The server runs on the runtime whose threads for blocking are used.
#[test]
fn threads_for_blocking_may_block() -> Result<()> {
    for runtime in [current_thread(), multi_thread()] {
        runtime.block_on(async {
            let server = Server::start().await?;
            let harness = server.harness();
            spawn_blocking(move || call(&harness))
                .await
                .expect("no panic")
        })?;
    }
    Ok(())
}

#[test]
fn what_is_told_to_block_in_place_may_block() -> Result<()> {
    multi_thread().block_on(async {
        let server = Server::start().await?;
        let harness = server.harness();
        let task = tokio::spawn(async move { block_in_place(|| call(&harness)) });
        task.await.expect("no panic")
    })
}

#[test]
fn async_code_may_not_block() {
    for runtime in [current_thread(), multi_thread()] {
        runtime.block_on(async {
            let server = Server::start().await.expect("a server");
            let harness = server.harness();
            refused(call(&harness));
            let of_task = harness.clone();
            let task = tokio::spawn(async move { refused(call(&of_task)) });
            task.await.expect("no panic");
            let local = LocalSet::new();
            let of_local = harness.clone();
            local.spawn_local(async move { refused(call(&of_local)) });
            local.await;
            LocalSet::new()
                .run_until(async {
                    let task = spawn_local(async move { refused(call(&harness)) });
                    task.await.expect("no panic");
                })
                .await;
            assert_eq!(server.received().len(), 0);
        });
    }
}

#[test]
fn a_call_that_waits_may_not_block() -> Result<()> {
    let server = Server::start().block()?;
    let harness = server.harness();
    async {
        refused(call(&harness));
        Ok::<_, harness_api_ext::Error>(())
    }
    .block()?;
    let runtime = multi_thread();
    let _entered = runtime.enter();
    assert!(Handle::try_current().is_ok());
    refused(call(&harness));
    Ok(())
}
