//! Probes: what is looked at while faults are injected.

use harness_api::chaos::{self as raw, types};

use crate::resources::builder::{levels, list, request, whole};
use crate::scope::Scope;

levels! {
    /// The probes of this project.
    probes -> Probes on Project
}

/// The probes of a project.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// for probe in harness.org("default").project("checkout").probes().list().collect_all().await? {
///     println!("{:?}", probe.name);
/// }
/// let probe = harness.org("default").project("checkout").probes().get("till_answers").await?;
/// println!("{:?}", probe.name);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Probes {
    scope: Scope,
}

impl Probes {
    /// The probes.
    pub fn list(&self) -> ListProbes {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().chaos();
        ListProbes::new(self.scope.checked(api.list_probes(account, org, project)))
    }

    /// A probe.
    pub fn get(&self, id: impl Into<String>) -> GetProbe {
        let (account, org, project) = self.scope.required();
        let api = self.scope.raw().chaos();
        GetProbe::new(self.scope.checked(api.get_probe(account, org, project, id)))
    }
}

list! {
    /// A list of probes: `GET /gateway/chaos/manager/api/rest/v2/probes`.
    ListProbes(raw::ListProbes) -> types::GetProbeResponse;
    /// Those whose name holds this text.
    search(impl Into<String>) => search;
    /// Those for this kind of infrastructure, such as `Kubernetes`.
    infrastructure_kind(impl Into<String>) => infra_type;
}

request! {
    /// Reads a probe: `GET /gateway/chaos/manager/api/rest/v2/probes/{probeId}`.
    GetProbe(raw::GetProbe) -> types::GetProbeResponse = whole;
}
