//! What runs wait for people to say yes to.

use harness_api::pipeline::types::HarnessApprovalActivityRequestAction as Action;
use harness_api::pipeline::{self as raw, types};
use harness_api::{CallOptions, Configure, ErrorKind, Response};

use super::Run;
use crate::Project;
use crate::error::Result;
use crate::resources::builder::{member, request, sendable};
use crate::scope::Scope;

impl Project {
    /// The approvals that runs of this project ask for.
    pub fn approvals(&self) -> Approvals {
        Approvals {
            scope: self.scope.clone(),
        }
    }
}

impl Run {
    /// The approvals that this run has asked for. [`Project::approvals`] answers them.
    pub fn approvals(&self) -> ListApprovals {
        Approvals {
            scope: self.scope.clone(),
        }
        .list(self.id())
    }
}

/// Approvals of a project's runs.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let project = harness.org("default").project("checkout");
/// for approval in project.run("mK3yQ0bTS0u1").approvals().status("WAITING").await? {
///     project.approvals().approve(approval.id).comment("Seen in staging").await?;
/// }
/// for approval in project.approvals().list("mK3yQ0bTS0u1").await? {
///     project.approvals().reject(approval.id).comment("Not on a Friday").await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Approvals {
    scope: Scope,
}

/// An approval that a run asked for.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let project = harness.org("default").project("checkout");
/// for approval in project.run("mK3yQ0bTS0u1").approvals().await? {
///     println!("{}: {:?}, {:?}", approval.id, approval.kind, approval.status);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Approval {
    /// The id, to answer it by.
    pub id: String,
    /// Who is asked: `HarnessApproval` people, others a system.
    pub kind: Option<String>,
    /// `WAITING`, `APPROVED`, `REJECTED`, `FAILED`, `ABORTED` or `EXPIRED`.
    pub status: Option<String>,
    /// What went wrong with it.
    pub error_message: Option<String>,
    /// Until when it can be answered, in milliseconds since 1970.
    pub deadline: Option<i64>,
    /// When it was asked for, in milliseconds since 1970.
    pub created: Option<i64>,
    /// When it changed last, in milliseconds since 1970.
    pub updated: Option<i64>,
    /// What is asked, of whom, and who has answered: its members depend on the kind.
    pub details: serde_json::Value,
}

impl Approvals {
    /// The approvals that a run has asked for.
    pub fn list(&self, execution: impl Into<String>) -> ListApprovals {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().pipeline();
        let request = api.get_approval_instances_by_execution_id(org, project, execution);
        ListApprovals::new(self.scope.on(request))
    }

    /// Says yes.
    pub fn approve(&self, approval: impl Into<String>) -> AnswerApproval {
        self.answer(approval, Action::Approve)
    }

    /// Says no, which ends the run or has it roll back, as its pipeline says.
    pub fn reject(&self, approval: impl Into<String>) -> AnswerApproval {
        self.answer(approval, Action::Reject)
    }

    fn answer(&self, approval: impl Into<String>, action: Action) -> AnswerApproval {
        AnswerApproval {
            scope: self.scope.clone(),
            approval: approval.into(),
            // Members without a value are sent as empty ones.
            body: types::HarnessApprovalActivityRequest {
                comments: Some(String::new()),
                approver_inputs: Some(Vec::new()),
                ..types::HarnessApprovalActivityRequest::new(action)
            },
            options: CallOptions::default(),
        }
    }
}

/// The approvals of a response. One without an id cannot be answered.
fn approvals(
    response: Response<Vec<types::ApprovalInstanceResponseBody>>,
) -> Result<Vec<Approval>> {
    let (approvals, parts) = response.into_parts();
    let made = approvals.into_iter().map(|approval| {
        Some(Approval {
            id: approval.id?,
            kind: approval.type_.map(|kind| kind.as_str().to_owned()),
            status: approval.status.map(|status| status.as_str().to_owned()),
            error_message: approval.error_message,
            deadline: approval.deadline,
            created: approval.created,
            updated: approval.updated,
            details: approval.details.unwrap_or_default(),
        })
    });
    let made: Option<Vec<Approval>> = made.collect();
    made.ok_or_else(|| {
        parts
            .into_error(ErrorKind::Decode, "an approval of the run has no id")
            .into()
    })
}

request! {
    /// Lists approvals: `GET /v1/orgs/{org}/projects/{project}/approvals/execution/{execution-id}`.
    ListApprovals(raw::GetApprovalInstancesByExecutionId) -> Vec<Approval> = approvals;
    /// Those with this status, such as `WAITING`.
    status(impl Into<types::GetApprovalInstancesByExecutionIdApprovalStatus>) => approval_status;
    /// Those of this kind, such as `HarnessApproval`.
    kind(impl Into<types::GetApprovalInstancesByExecutionIdApprovalType>) => approval_type;
    /// Those of this step.
    node(impl Into<String>) => node_execution_id;
}

/// Answers an approval: `POST /pipeline/api/approvals/{approvalInstanceId}/harness/activity`.
///
/// It is never repeated by itself once the server may have seen it.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct AnswerApproval {
    scope: Scope,
    approval: String,
    body: types::HarnessApprovalActivityRequest,
    options: CallOptions,
}

impl AnswerApproval {
    /// Why.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.body.comments = Some(text.into());
        self
    }

    /// The value of an input that the approval asks for.
    pub fn input(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let input = types::ApproverInput::new(name, value);
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
            .add_harness_approval_activity(self.approval, &self.body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(AnswerApproval -> types::ApprovalInstanceResponse);
