//! Waiting for an agent.

use harness_api::gitops::types;

use super::agents::Agents;
use crate::Sending;
use crate::wait::{Observe, Progress};

/// An agent as something that can be waited for.
#[derive(Debug, Clone)]
pub struct AgentSubject {
    agents: Agents,
    id: String,
}

impl AgentSubject {
    pub(super) fn new(agents: Agents, id: String) -> Self {
        Self { agents, id }
    }
}

impl Observe for AgentSubject {
    type State = types::V1Agent;
    type End = types::V1Agent;

    fn name(&self) -> String {
        format!("agent {}", self.id)
    }

    fn observe(&self) -> Sending<types::V1Agent> {
        self.agents.get(&*self.id).send()
    }

    fn progress(&self, agent: &types::V1Agent) -> Progress<types::V1Agent> {
        if is_healthy(agent) {
            Progress::Ended(agent.clone())
        } else {
            Progress::Running
        }
    }

    fn is_same(&self, one: &types::V1Agent, other: &types::V1Agent) -> bool {
        connection(one) == connection(other) && parts(one).eq(parts(other))
    }
}

/// Connected, healthy by its own word, and no part of it unhealthy.
fn is_healthy(agent: &types::V1Agent) -> bool {
    use types::Servicev1HealthStatus::{Healthy, Unhealthy};

    connection(agent) == Some(&types::V1ConnectedStatus::Connected)
        && parts(agent).next() == Some(Some(&Healthy))
        && parts(agent).all(|status| status != Some(&Unhealthy))
}

fn connection(agent: &types::V1Agent) -> Option<&types::V1ConnectedStatus> {
    agent.health.as_ref()?.connection_status.as_ref()
}

/// The statuses of its parts, the agent itself first.
fn parts(agent: &types::V1Agent) -> impl Iterator<Item = Option<&types::Servicev1HealthStatus>> {
    let health = agent.health.as_deref();
    let parts = health.map(|health| {
        [
            &health.harness_gitops_agent,
            &health.argo_app_controller,
            &health.argo_app_set_controller,
            &health.argo_redis_server,
            &health.argo_repo_server,
        ]
    });
    parts
        .into_iter()
        .flatten()
        .map(|part| part.as_ref()?.status.as_ref())
}
