//! Policies, the sets that apply them, and what came of evaluating them.

mod evaluations;
mod policies;
mod sets;

pub use evaluations::{Evaluations, GetEvaluation, ListEvaluations};
pub use harness_api::policy::types;
pub use policies::{
    CreatePolicy, DeletePolicy, EvaluatePolicy, GetPolicy, ListPolicies, Policies, UpdatePolicy,
};
pub use sets::{
    CreatePolicySet, DeletePolicySet, GetPolicySet, ListPolicySets, PolicySets, UpdatePolicySet,
};
