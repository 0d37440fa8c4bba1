//! What came of evaluating policies.

use std::time::SystemTime;

use harness_api::policy::{self as raw, types};

use crate::resources::builder::{levels, list, millis, request, whole};
use crate::scope::Scope;

levels! {
    /// The evaluations of policies at this level.
    policy_evaluations -> Evaluations on Account Org Project
}

/// Evaluations of policies at one level.
///
/// ```no_run
/// use std::time::{Duration, SystemTime};
///
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// let evaluations = harness.org("default").project("checkout").policy_evaluations();
/// let month = Duration::from_secs(30 * 24 * 3600);
/// let mut denied = evaluations.list().status("error").since(SystemTime::now() - month).items();
/// while let Some(evaluation) = denied.try_next().await? {
///     println!("{:?} {:?}", evaluation.id, evaluation.entity);
/// }
/// println!("{:?}", evaluations.get(812).await?.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Evaluations {
    scope: Scope,
}

impl Evaluations {
    /// The evaluations of the last 7 days: for older ones say [since](ListEvaluations::since) when.
    pub fn list(&self) -> ListEvaluations {
        let api = self.scope.raw().policy();
        ListEvaluations::new(self.scope.on(api.list_evaluations()))
    }

    /// An evaluation, with the verdict of each policy.
    pub fn get(&self, id: i64) -> GetEvaluation {
        let api = self.scope.raw().policy();
        GetEvaluation::new(self.scope.on(api.find_evaluation(id)))
    }
}

list! {
    /// A list of evaluations: `GET /pm/api/v1/evaluations`. The server gives the last 7 days unless a beginning is set.
    ListEvaluations(raw::ListEvaluations) -> types::Evaluation;
    /// Those that ended so: `error`, `warning` or `pass`.
    status(impl Into<String>) => status;
    /// Those of this type of entity, such as `pipeline`.
    entity(impl Into<String>) => type_;
    /// Those at this action, such as `onrun`.
    action(impl Into<String>) => action;
    /// Those of this run of a pipeline.
    execution(impl Into<String>) => execution_id;
    /// Those of the levels below as well.
    with_those_below(bool) => include_child_scopes;
}

impl ListEvaluations {
    /// Those made at or after this time.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.raw = self.raw.created_date_from(millis(time));
        self
    }

    /// Those made at or before this time.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.raw = self.raw.created_date_to(millis(time));
        self
    }
}

request! {
    /// Reads an evaluation: `GET /pm/api/v1/evaluations/{id}`.
    GetEvaluation(raw::FindEvaluation) -> types::Evaluation = whole;
}
