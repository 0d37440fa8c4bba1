//! The parts of a failure.

use std::fmt;

use serde_json::Value;

/// A member of the request that the server refused.
///
/// ```
/// # fn look(error: harness_api_ext::Error) {
/// for fault in error.field_errors() {
///     eprintln!("{}: {}", fault.field, fault.message);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The member as the server names it; empty when it does not.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// A permission that the caller would need.
///
/// ```
/// # fn look(error: harness_api_ext::Error) {
/// for check in error.permission_checks() {
///     eprintln!("needs {:?} on {:?} {:?}", check.permission, check.resource_type, check.resource_identifier);
/// }
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PermissionCheck {
    /// The permission, such as `core_project_view`.
    pub permission: Option<String>,
    /// The type of the resource it is needed on.
    pub resource_type: Option<String>,
    /// The resource it is needed on; `None` for all of the type.
    pub resource_identifier: Option<String>,
    /// The account of the resource.
    pub account: Option<String>,
    /// The organization of the resource.
    pub org: Option<String>,
    /// The project of the resource.
    pub project: Option<String>,
}

/// A policy's refusal of a change.
///
/// ```
/// # fn look(error: harness_api_ext::Error) {
/// if let Some(denial) = error.policy_denial() {
///     eprintln!("evaluation {:?}: {:?}", denial.id, denial.message);
/// }
/// # }
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct PolicyDenial {
    /// The id of the evaluation.
    pub id: Option<String>,
    /// The status of the evaluation.
    pub status: Option<String>,
    /// The server's text about the whole.
    pub message: Option<String>,
    /// The policies that denied, with their texts.
    pub policies: Vec<DeniedBy>,
    /// The evaluation as the server wrote it, with the key of the client masked.
    pub raw: Value,
}

/// Without the evaluation as it was written, which holds what was evaluated.
impl fmt::Debug for PolicyDenial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyDenial")
            .field("id", &self.id)
            .field("status", &self.status)
            .field("message", &self.message)
            .field("policies", &self.policies)
            .finish_non_exhaustive()
    }
}

/// A policy that denied a change.
///
/// ```
/// # fn look(error: harness_api_ext::Error) {
/// for denied in error.policy_denial().iter().flat_map(|denial| &denial.policies) {
///     eprintln!("{:?} of {:?}: {}", denied.policy, denied.set, denied.messages.join("; "));
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeniedBy {
    /// The policy set.
    pub set: Option<String>,
    /// The policy.
    pub policy: Option<String>,
    /// Why it denied.
    pub messages: Vec<String>,
}

/// A rule of a repository that stands against a change.
///
/// ```
/// # fn look(error: harness_api_ext::Error) {
/// for violation in error.rule_violations() {
///     eprintln!("{:?}: {}, bypassable: {}", violation.code, violation.message, violation.bypassable);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleViolation {
    /// The rule's identifier.
    pub rule: Option<String>,
    /// What was violated, such as `pullreq.approvals.require_minimum_count`.
    pub code: Option<String>,
    /// The server's text.
    pub message: String,
    /// Whether the caller may do it all the same by saying so.
    pub bypassable: bool,
}
