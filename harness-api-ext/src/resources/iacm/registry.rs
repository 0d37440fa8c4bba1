//! The registries of modules and providers.

use harness_api::iacm::{self as raw, types};

use crate::Order;
use crate::resources::builder::{levels, list, request, whole};
use crate::scope::Scope;

levels! {
    /// The registry of modules at this level.
    modules -> Modules on Account Org Project
}

levels! {
    /// The registry of providers of this account.
    providers -> Providers on Account
}

/// The registry of modules at one level.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// for module in harness.account().modules().list().search("vpc").collect_all().await? {
///     println!("{:?} {:?}", module.name, module.versions);
/// }
/// println!("{:?}", harness.account().modules().get("vpc").await?.name);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Modules {
    scope: Scope,
}

impl Modules {
    /// The modules.
    pub fn list(&self) -> ListModules {
        let api = self.scope.raw().iacm();
        ListModules::new(self.scope.on(api.list_modules_by_account()))
    }

    /// A module, by the id that lists give.
    pub fn get(&self, id: impl Into<String>) -> GetModule {
        let api = self.scope.raw().iacm();
        GetModule::new(self.scope.on(api.list_modules_by_id(id)))
    }
}

list! {
    /// A list of modules: `GET /iacm/api/modules`.
    ListModules(raw::ListModulesByAccount) -> types::ModuleResource;
    /// Those whose name holds this text.
    search(impl Into<String>) => search_term;
}

request! {
    /// Reads a module: `GET /iacm/api/modules/{id}`.
    GetModule(raw::ListModulesById) -> types::ListModuleByIdResponse = whole;
}

impl ListModules {
    /// By this field, `name` or `updated`.
    pub fn sort(mut self, field: impl Into<String>, order: Order) -> Self {
        let sort = format!("{},{}", field.into(), order.upper());
        self.raw = self.raw.sort(sort.as_str());
        self
    }
}

/// The registry of providers of an account.
///
/// ```no_run
/// # async fn run(harness: harness_api_ext::Harness) -> harness_api_ext::Result<()> {
/// for provider in harness.account().providers().list().collect_all().await? {
///     println!("{:?}", provider.type_);
/// }
/// println!("{:?}", harness.account().providers().get("acme").await?.type_);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Providers {
    scope: Scope,
}

impl Providers {
    /// The providers.
    pub fn list(&self) -> ListProviders {
        ListProviders::new(self.scope.raw().iacm().list_providers())
    }

    /// A provider with its versions, by the id that lists give.
    pub fn get(&self, id: impl Into<String>) -> GetProvider {
        GetProvider::new(self.scope.raw().iacm().get_provider(id))
    }
}

list! {
    /// A list of providers: `GET /iacm/api/providers`.
    ListProviders(raw::ListProviders) -> types::HarnessIacmProviderRegistryProvider;
    /// Those whose name holds this text.
    search(impl Into<String>) => search_term;
}

request! {
    /// Reads a provider: `GET /iacm/api/providers/{id}`.
    GetProvider(raw::GetProvider) -> types::IacmGetProviderResponse = whole;
}

impl ListProviders {
    /// By this field, `name` or `updated`.
    pub fn sort(mut self, field: impl Into<String>, order: Order) -> Self {
        let sort = format!("{},{}", field.into(), order.upper());
        self.raw = self.raw.sort(sort.as_str());
        self
    }
}
