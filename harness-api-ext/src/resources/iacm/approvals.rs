//! Approvals: plans that wait for a person before they are applied.

use harness_api::iacm::{self as raw, types};
use harness_api::{CallOptions, Configure};

use crate::error::Result;
use crate::resources::builder::{done, levels, list, request, sendable, whole};
use crate::scope::Scope;

levels! {
    /// The approvals of plans in this project.
    plan_approvals -> Approvals on Project
}

/// The approvals of plans.
///
/// ```
/// use harness_api_ext::iacm::types::ListApprovalsStatusType;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// # let server = harness_api_ext::mock::Server::builder().described(7).start().await?;
/// # server.add_project("default", "checkout");
/// # let harness = server.harness();
/// let approvals = harness.org("default").project("checkout").plan_approvals();
/// let pending = approvals.list().status(ListApprovalsStatusType::Pending);
/// for approval in pending.workspace("network").collect_all().await? {
///     approvals.approve(approval.id.unwrap_or_default()).await?;
/// }
/// println!("{:?}", approvals.get("aPpR0vAl").await?.status);
/// approvals.reject("aPpR0vAl").await?;
/// # server.assert_no_violations();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Approvals {
    scope: Scope,
}

impl Approvals {
    /// The approvals.
    pub fn list(&self) -> ListApprovals {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        ListApprovals::new(self.scope.on(api.list_approvals(org, project)))
    }

    /// The status of an approval, and who answered.
    pub fn get(&self, id: impl Into<String>) -> GetApproval {
        let (_, org, project) = self.scope.required();
        let api = self.scope.raw().iacm();
        GetApproval::new(self.scope.on(api.show_approval(org, project, id)))
    }

    /// Lets the plan be applied.
    pub fn approve(&self, id: impl Into<String>) -> AnswerApproval {
        self.answer(id, types::UpdateApprovalRequestStatus::Approved)
    }

    /// Forbids that the plan is applied.
    pub fn reject(&self, id: impl Into<String>) -> AnswerApproval {
        self.answer(id, types::UpdateApprovalRequestStatus::Rejected)
    }

    fn answer(
        &self,
        id: impl Into<String>,
        status: types::UpdateApprovalRequestStatus,
    ) -> AnswerApproval {
        AnswerApproval {
            scope: self.scope.clone(),
            id: id.into(),
            answer: types::UpdateApprovalRequest::new(status),
            options: CallOptions::default(),
        }
    }
}

list! {
    /// A list of approvals: `GET /iacm/api/orgs/{org}/projects/{project}/approvals`.
    ListApprovals(raw::ListApprovals) -> types::HarnessIacmApproval;
    /// Those of this workspace.
    workspace(impl Into<String>) => workspace;
    /// Those of this run of a pipeline.
    run_id(impl Into<String>) => pipeline_execution_id;
    /// Those that are pending, approved or rejected.
    status(impl Into<types::ListApprovalsStatusType>) => status_type;
}

request! {
    /// Reads an approval: `GET /iacm/api/orgs/{org}/projects/{project}/approvals/{id}`.
    GetApproval(raw::ShowApproval) -> types::ApprovalsShowApprovalResponseBodyStatusInfo = whole;
}

/// Answers an approval: `PUT /iacm/api/orgs/{org}/projects/{project}/approvals/{id}`.
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `.await`"]
pub struct AnswerApproval {
    scope: Scope,
    id: String,
    answer: types::UpdateApprovalRequest,
    options: CallOptions,
}

impl AnswerApproval {
    /// In whose name: name or id, and mail address.
    pub fn answered_by(mut self, user: impl Into<String>, email: impl Into<String>) -> Self {
        self.answer.actioned_by = Some(user.into());
        self.answer.actioned_by_email = Some(email.into());
        self
    }

    async fn run(self) -> Result<()> {
        let (_, org, project) = self.scope.required();
        let request = self
            .scope
            .raw()
            .iacm()
            .update_approval(org, project, self.id, &self.answer)
            .with_options(self.options);
        done(self.scope.on(request).send().await?)
    }
}

sendable!(AnswerApproval -> ());
