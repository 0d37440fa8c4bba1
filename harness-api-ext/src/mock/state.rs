//! The account of the mock, and the permissions in it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::envelope::{Denied, Refusal};
use super::services::runs::Runs;
use super::store::{Place, Store};

#[derive(Debug)]
pub(super) struct State {
    pub(super) account: String,
    pub(super) store: Store,
    pub(super) runs: Runs,
    denied: BTreeSet<String>,
    policies: Vec<Policy>,
}

/// Policy that every entity of a kind violates.
#[derive(Debug)]
struct Policy {
    kind: String,
    name: String,
    message: String,
}

impl State {
    pub(super) fn new(account: &str) -> Self {
        let mut state = Self {
            account: account.to_owned(),
            store: Store::default(),
            runs: Runs::default(),
            denied: BTreeSet::new(),
            policies: Vec::new(),
        };
        state.add_org("default");
        state
    }

    pub(super) fn add_org(&mut self, org: &str) {
        let body = json!({"identifier": org, "name": org, "description": "", "tags": {}});
        // An existing one stays unchanged.
        let _ = self
            .store
            .create("Organization", &Place::default(), org, body);
    }

    pub(super) fn add_project(&mut self, org: &str, project: &str) {
        self.add_org(org);
        let body = json!({
            "identifier": project, "name": project, "orgIdentifier": org, "description": "", "tags": {},
        });
        let _ = self
            .store
            .create("Project", &Place::org(org), project, body);
    }

    pub(super) fn deny(&mut self, permission: &str) {
        self.denied.insert(permission.to_owned());
    }

    pub(super) fn allow(&mut self, permission: &str) {
        self.denied.remove(permission);
    }

    pub(super) fn deny_by_policy(&mut self, kind: &str, name: &str, message: &str) {
        self.policies.push(Policy {
            kind: kind.to_owned(),
            name: name.to_owned(),
            message: message.to_owned(),
        });
    }

    pub(super) fn lift_policies(&mut self) {
        self.policies.clear();
    }

    /// Rejects a request whose permission was revoked.
    pub(super) fn permit(&self, permission: &str, place: &Place) -> Result<(), Refusal> {
        if !self.denied.contains(permission) {
            return Ok(());
        }
        let resource = permission
            .rsplit_once('_')
            .map_or(permission, |(start, _)| start);
        let resource = resource.rsplit('_').next().unwrap_or(resource);
        Err(Refusal::denied(Denied {
            permission: permission.to_owned(),
            resource: resource.to_owned(),
            account: self.account.clone(),
            place: place.clone(),
        }))
    }

    /// Returns the result of the policies for a kind; `None` if none applies.
    pub(super) fn governance(&self, kind: &str) -> Option<Value> {
        let of_kind = |policy: &&Policy| policy.kind == kind;
        let failed: Vec<&Policy> = self.policies.iter().filter(of_kind).collect();
        let first = failed.first()?;
        let details: Vec<Value> = failed
            .iter()
            .map(|policy| {
                json!({
                    "policySetName": policy.name, "status": "error",
                    "policyMetadata": [{"policyName": policy.name, "denyMessages": [policy.message]}],
                })
            })
            .collect();
        Some(json!({
            "id": "1", "deny": true, "status": "error", "message": first.message, "details": details,
        }))
    }

    /// Rejects a place whose organization or project does not exist.
    pub(super) fn exists(&mut self, place: &Place) -> Result<(), Refusal> {
        let Some(org) = &place.org else {
            return Ok(());
        };
        self.store.get("Organization", &Place::default(), org)?;
        match &place.project {
            Some(project) => self
                .store
                .get("Project", &Place::org(org), project)
                .map(drop),
            None => Ok(()),
        }
    }
}
