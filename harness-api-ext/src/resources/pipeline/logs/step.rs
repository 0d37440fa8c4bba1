//! The steps of a run, and under which keys their logs are kept.

use std::collections::BTreeSet;

use harness_api::pipeline::types::{ExecutableResponse, ExecutionNode, PipelineExecutionDetail};

use crate::pipeline::RunStatus;

/// A step of a run that writes a log.
///
/// ```no_run
/// # async fn run(run: harness_api_ext::pipeline::Run) -> harness_api_ext::Result<()> {
/// for step in run.steps().await? {
///     println!("{} ({:?}): {}, {} logs", step.name(), step.path(), step.status(), step.log_keys().len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct RunStep {
    id: String,
    name: String,
    path: Option<String>,
    status: RunStatus,
    started: Option<i64>,
    ended: Option<i64>,
    keys: Vec<String>,
}

impl RunStep {
    /// The id of the step in this run.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its name, or its identifier where it has none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it stands in the pipeline, such as `pipeline.stages.build.spec.execution.steps.compile`.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Its status.
    pub fn status(&self) -> &RunStatus {
        &self.status
    }

    /// When it began, in milliseconds since 1970.
    pub fn started(&self) -> Option<i64> {
        self.started
    }

    /// When it ended, in milliseconds since 1970.
    pub fn ended(&self) -> Option<i64> {
        self.ended
    }

    /// The keys of its logs in the log service: one, or one for each of its units.
    pub fn log_keys(&self) -> &[String] {
        &self.keys
    }
}

/// The steps in a graph that write logs, in the order in which they began.
pub(super) fn steps(detail: &PipelineExecutionDetail) -> Vec<RunStep> {
    let Some(graph) = detail.execution_graph.as_deref() else {
        return Vec::new();
    };
    let links = graph.node_adjacency_list_map.as_ref();
    let is_leaf = |id: &str| {
        let children = links.and_then(|links| links.get(id)?.children.as_ref());
        children.is_none_or(Vec::is_empty)
    };
    let nodes = graph.node_map.iter().flatten();
    let mut steps: Vec<RunStep> = nodes
        .filter_map(|(id, node)| step(id, node, is_leaf(id)))
        .collect();
    steps.sort_by(|one, other| {
        (one.started, &one.path, &one.id).cmp(&(other.started, &other.path, &other.id))
    });
    steps
}

fn step(id: &str, node: &ExecutionNode, is_leaf: bool) -> Option<RunStep> {
    let started = node.start_ts.filter(|at| *at > 0)?;
    let mut seen = BTreeSet::new();
    let given = node
        .executable_responses
        .iter()
        .flatten()
        .flat_map(log_keys);
    let mut keys: Vec<String> = given.filter(|key| seen.insert(key.clone())).collect();
    if keys.is_empty() && is_leaf {
        keys.extend(node.log_base_key.clone().filter(|key| !key.is_empty()));
    }
    if keys.is_empty() {
        return None;
    }
    let name = node.name.clone().filter(|name| !name.is_empty());
    Some(RunStep {
        id: id.to_owned(),
        name: name
            .or_else(|| node.identifier.clone())
            .unwrap_or_else(|| id.to_owned()),
        path: node.base_fqn.clone(),
        status: RunStatus::new(node.status.as_ref().map_or("", |status| status.as_str())),
        started: Some(started),
        ended: node.end_ts.filter(|at| *at > 0),
        keys,
    })
}

/// The keys of the logs of a step's work; stages and groups, which only have children, have none.
fn log_keys(response: &ExecutableResponse) -> impl Iterator<Item = String> {
    let task = response
        .task
        .as_ref()
        .and_then(|task| task.log_keys.clone());
    let chain = response
        .task_chain
        .as_ref()
        .and_then(|task| task.log_keys.clone());
    let once = response
        .async_
        .as_ref()
        .and_then(|task| task.log_keys.clone());
    let again = response
        .async_chain
        .as_ref()
        .and_then(|task| task.log_keys.clone());
    let sync = response
        .sync
        .as_ref()
        .and_then(|task| task.log_keys.clone());
    [task, chain, once, again, sync]
        .into_iter()
        .flatten()
        .flatten()
}
