//! Allocations for decoding one item of a large response. Unlike time, their number is the same on every machine.
//! `cargo bench -p harness-api-benches` measures the time.

#![cfg(all(feature = "code", feature = "pipeline"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../benches/bodies.rs"]
mod bodies;

use harness_api::{
    code::types::TypesPullReq,
    pipeline::types::{
        ResponseDtoPagePmsPipelineSummaryResponse, ResponseDtoPipelineExecutionDetail,
    },
};
use serde::{Serialize, de::DeserializeOwned};

const ITEMS: usize = 1_000;

/// Returns the allocations per item, measured by decoding a thousand items; the growth of the list itself is
/// negligible.
fn each<T: DeserializeOwned + Serialize>(body: &bodies::Body) -> f64 {
    let text = body.json.to_string();
    let mut value = None;
    let measured = allocation_counter::measure(|| value = serde_json::from_str::<T>(&text).ok());
    let kept = serde_json::to_value(value.unwrap()).unwrap();
    assert_eq!(kept, bodies::kept(&body.json), "{}", body.name);
    measured.count_total as f64 / ITEMS as f64
}

#[test]
fn decoding_takes_memory_for_what_it_keeps_only() {
    let [pipelines, pull_requests, execution] = bodies::all(ITEMS);
    // Memory that an item needs: its texts, lists, maps and boxed objects. A growing list allocates more than once.
    let over: Vec<String> = [
        (
            pipelines.name,
            each::<ResponseDtoPagePmsPipelineSummaryResponse>(&pipelines),
            62.0,
        ),
        (
            pull_requests.name,
            each::<Vec<TypesPullReq>>(&pull_requests),
            26.0,
        ),
        (
            execution.name,
            each::<ResponseDtoPipelineExecutionDetail>(&execution),
            64.0,
        ),
    ]
    .into_iter()
    .filter(|(_, found, budget)| found > budget)
    .map(|(name, found, budget)| format!("{name}: {found} allocations an item, {budget} allowed"))
    .collect();
    assert!(over.is_empty(), "{}", over.join("\n"));
}
