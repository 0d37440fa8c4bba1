//! Approvals: steps of runs that wait for a person.

use harness_api::pipeline::{self as raw, types};
use harness_api::{CallOptions, Configure};
use serde::Deserialize;
use serde_json::Value;

use super::run::Run;
use crate::error::Result;
use crate::resources::builder::{awaitable, levels, member, sendable};
use crate::scope::Scope;

levels! {
    /// The approvals that runs in this project wait for.
    approvals -> Approvals on Project
}

impl Run {
    /// The approvals of this run, those that were answered included.
    pub fn approvals(&self) -> ListApprovals {
        ListApprovals::new(&self.scope, self.id())
    }
}

/// The approvals that runs wait for.
///
/// ```no_run
/// use harness_api_ext::pipeline::types::GetApprovalInstancesByExecutionIdApprovalStatus as Status;
///
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let project = harness.org("default").project("checkout");
/// for approval in project.run("pX9cD1Yw").approvals().status(Status::Waiting).await? {
///     project.approvals().approve(approval.id).comment("Tested").input("ticket", "OPS-7").await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Approvals {
    scope: Scope,
}

impl Approvals {
    /// The approvals of a run, by the id of its execution.
    pub fn list(&self, execution: impl Into<String>) -> ListApprovals {
        ListApprovals::new(&self.scope, execution)
    }

    /// Lets the run go on.
    pub fn approve(&self, id: impl Into<String>) -> AnswerApproval {
        self.answer(id, "APPROVE")
    }

    /// Makes the step fail, and with it the run, where the pipeline does not say otherwise.
    pub fn reject(&self, id: impl Into<String>) -> AnswerApproval {
        self.answer(id, "REJECT")
    }

    fn answer(&self, id: impl Into<String>, action: &str) -> AnswerApproval {
        AnswerApproval {
            scope: self.scope.clone(),
            id: id.into(),
            body: types::AddHarnessApprovalActivityBody {
                action: Some(action.to_owned()),
                comments: Some(String::new()),
                approver_inputs: Some(Vec::new()),
                ..Default::default()
            },
            options: CallOptions::default(),
        }
    }
}

/// An approval of a run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Approval {
    /// The id, to answer it.
    pub id: String,
    /// Where it is answered: `HarnessApproval`, `JiraApproval`, `ServiceNowApproval`, `CustomApproval`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// `WAITING`, `APPROVED`, `REJECTED`, `FAILED`, `ABORTED`, `EXPIRED`.
    #[serde(default)]
    pub status: Option<String>,
    /// When it expires, in milliseconds since 1970.
    #[serde(default)]
    pub deadline: Option<i64>,
    /// When it was made, in milliseconds since 1970.
    #[serde(default)]
    pub created: Option<i64>,
    /// When it was last changed, in milliseconds since 1970.
    #[serde(default)]
    pub updated: Option<i64>,
    /// Why it failed.
    #[serde(default)]
    pub error_message: Option<String>,
    /// What depends on the kind: approvers, inputs, what was answered.
    #[serde(default)]
    pub details: Value,
}

impl Approval {
    /// Whether it has not been answered yet.
    pub fn is_waiting(&self) -> bool {
        self.status.as_deref() == Some("WAITING")
    }
}

/// A list of the approvals of a run: `GET /v1/orgs/{org}/projects/{project}/approvals/execution/{execution-id}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct ListApprovals {
    raw: raw::GetApprovalInstancesByExecutionId,
}

impl ListApprovals {
    fn new(scope: &Scope, execution: impl Into<String>) -> Self {
        let (_, org, project) = scope.required();
        let api = scope.raw().pipeline();
        Self {
            raw: scope.on(api.get_approval_instances_by_execution_id(org, project, execution)),
        }
    }

    /// Those with this status.
    pub fn status(
        mut self,
        status: impl Into<types::GetApprovalInstancesByExecutionIdApprovalStatus>,
    ) -> Self {
        self.raw = self.raw.approval_status(status);
        self
    }

    /// Those of this kind.
    pub fn kind(
        mut self,
        kind: impl Into<types::GetApprovalInstancesByExecutionIdApprovalType>,
    ) -> Self {
        self.raw = self.raw.approval_type(kind);
        self
    }

    /// Those of this step, by its id in the run.
    pub fn step(mut self, id: impl Into<String>) -> Self {
        self.raw = self.raw.node_execution_id(id);
        self
    }

    async fn run(self) -> Result<Vec<Approval>> {
        // The description does not say what the answer is.
        Ok(self
            .raw
            .into_call()
            .json::<Vec<Approval>>()
            .await?
            .into_inner())
    }
}

impl Configure for ListApprovals {
    fn options(&mut self) -> &mut CallOptions {
        self.raw.options()
    }
}

awaitable!(ListApprovals -> Vec<Approval>);

/// Answers an approval: `POST /pipeline/api/approvals/{approvalInstanceId}/harness/activity`.
///
/// It works for approvals that are answered in Harness, not in another system. It is never repeated by itself once the
/// server may have seen it.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct AnswerApproval {
    scope: Scope,
    id: String,
    body: types::AddHarnessApprovalActivityBody,
    options: CallOptions,
}

impl AnswerApproval {
    /// Why.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.body.comments = Some(text.into());
        self
    }

    /// An input that the step asks its approvers for.
    pub fn input(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let input = types::AddHarnessApprovalActivityBodyApproverInputs {
            name: Some(name.into()),
            value: Some(value.into()),
            ..Default::default()
        };
        self.body
            .approver_inputs
            .get_or_insert_default()
            .push(input);
        self
    }

    async fn run(self) -> Result<types::ApprovalInstanceResponse> {
        let request = self
            .scope
            .raw()
            .pipeline()
            .add_harness_approval_activity(self.id, &self.body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(AnswerApproval -> types::ApprovalInstanceResponse);
