//! What runs wait for people to say yes to.

use harness_api::pipeline::{self as raw, types};
use harness_api::{CallOptions, Configure, Response};
use serde::Deserialize;

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
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Approval {
    /// The id, to answer it by.
    pub id: String,
    /// Who is asked: `HarnessApproval` people, others a system.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// `WAITING`, `APPROVED`, `REJECTED`, `FAILED`, `ABORTED` or `EXPIRED`.
    #[serde(default)]
    pub status: Option<String>,
    /// What went wrong with it.
    #[serde(default)]
    pub error_message: Option<String>,
    /// Until when it can be answered, in milliseconds since 1970.
    #[serde(default)]
    pub deadline: Option<i64>,
    /// When it was asked for, in milliseconds since 1970.
    #[serde(default)]
    pub created: Option<i64>,
    /// When it changed last, in milliseconds since 1970.
    #[serde(default)]
    pub updated: Option<i64>,
    /// What is asked, of whom, and who has answered: its members depend on the kind.
    #[serde(default)]
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
        self.answer(approval, "APPROVE")
    }

    /// Says no, which ends the run or has it roll back, as its pipeline says.
    pub fn reject(&self, approval: impl Into<String>) -> AnswerApproval {
        self.answer(approval, "REJECT")
    }

    fn answer(&self, approval: impl Into<String>, action: &str) -> AnswerApproval {
        AnswerApproval {
            scope: self.scope.clone(),
            approval: approval.into(),
            // Members without a value are sent as empty ones.
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

/// The approvals of an answer, whose members the description of the API leaves open.
fn approvals(answer: Response<serde_json::Value>) -> Result<Vec<Approval>> {
    let (approvals, parts) = answer.into_parts();
    serde_json::from_value(approvals).map_err(|_| {
        // What serde says of it quotes values.
        let message = "the approvals of a run are not in the form that is known";
        parts
            .into_error(harness_api::ErrorKind::Decode, message)
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
    body: types::AddHarnessApprovalActivityBody,
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
            .add_harness_approval_activity(self.approval, &self.body)
            .with_options(self.options);
        member(self.scope.on(request).send().await?, |answer| answer.data)
    }
}

sendable!(AnswerApproval -> types::ApprovalInstanceResponse);
