//! Approvals of waiting runs: one per run, while its status is `ApprovalWaiting`.

use serde_json::{Value, json};

use super::runs::Run;
use super::{Answer, Handler, ng, on};
use crate::mock::envelope::Refusal;
use crate::mock::received::Received;
use crate::mock::reply::Reply;
use crate::mock::state::State;
use crate::mock::store::now;

const EXECUTE: &str = "core_pipeline_execute";

pub(super) const HANDLERS: &[Handler] = &[
    on(
        "getApprovalInstancesByExecutionId",
        "core_pipeline_view",
        list,
    ),
    on("addHarnessApprovalActivity", EXECUTE, decide),
    on(
        "addHarnessApprovalActivityByPipelineExecutionId",
        EXECUTE,
        decide_by_run,
    ),
];

const KIND: &str = "Approval instance";

fn id(run: &Run) -> String {
    format!("approval-{}", run.id)
}

fn list(state: &mut State, request: &Received) -> Answer {
    let run = state
        .runs
        .find(&request.place(), request.id("execution-id"))?;
    let waiting = json!({
        "id": id(run), "type": "HarnessApproval", "status": "WAITING", "created": now(), "updated": now(),
        "approval_message": "", "pipeline_execution_id": run.id,
    });
    let status = request.query("approval_status").unwrap_or("WAITING");
    let found: Vec<Value> = (run.waits_for_approval() && status == "WAITING")
        .then_some(waiting)
        .into_iter()
        .collect();
    Ok(Reply::json(200, &found.into()))
}

/// Decides on a waiting run, and returns the status of the approval.
fn decided(run: &mut Run, request: &Received) -> Result<&'static str, Refusal> {
    if !run.waits_for_approval() {
        return Err(Refusal::invalid("the approval is no longer waiting"));
    }
    match request.json()["action"].as_str() {
        Some("APPROVE") => {
            run.approve();
            Ok("APPROVED")
        }
        Some("REJECT") => {
            run.force("ApprovalRejected");
            Ok("REJECTED")
        }
        _ => Err(Refusal::invalid("the action must be APPROVE or REJECT")),
    }
}

fn decide(state: &mut State, request: &Received) -> Answer {
    let wanted = request.id("approvalInstanceId");
    let run = state.runs.any(|run| id(run) == wanted);
    let run = run.ok_or_else(|| Refusal::not_found(KIND, wanted))?;
    let status = decided(run, request)?;
    ng::data(
        request,
        json!({"id": wanted, "type": "HarnessApproval", "status": status}),
    )
}

fn decide_by_run(state: &mut State, request: &Received) -> Answer {
    let run = state
        .runs
        .find(&request.place(), request.id("execution-id"))?;
    let status = decided(run, request)?;
    Ok(Reply::json(
        200,
        &json!({"id": id(run), "type": "HarnessApproval", "status": status}),
    ))
}
