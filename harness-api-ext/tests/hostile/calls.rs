//! Every call of every handle.

use std::any::type_name_of_val;
use std::fmt::Debug;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use harness_api_ext::raw::FilePart;
use harness_api_ext::{Account, Harness, Org, Project, Result};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Scopes in which calls are made.
pub struct At {
    pub account: Account,
    pub org: Org,
    pub project: Project,
}

impl At {
    pub fn new(harness: &Harness) -> Self {
        let org = harness.org("retail");
        Self {
            account: harness.account(),
            project: org.project("checkout"),
            org,
        }
    }
}

/// Result of a call.
#[derive(Debug, PartialEq)]
pub enum Got {
    /// List with this number of items.
    Items(usize),
    /// Discarded response.
    Done,
    /// No value, where a value is optional.
    Nothing,
    /// Value, as `Debug` shows it.
    Value(String),
}

pub type Outcome = Pin<Box<dyn Future<Output = Result<Got>> + Send>>;

/// Kind of result of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// Paged list.
    Pages,
    /// List that is not paged.
    Items,
    /// Nothing.
    Nothing,
    /// Optional value.
    Option,
    /// Value.
    Value,
}

/// Sends a call, and returns the name of its builder.
pub type SendCall = Box<dyn Fn(&At) -> (String, Outcome) + Send + Sync>;

/// One call.
pub struct Call {
    pub gives: Gives,
    pub send: SendCall,
}

#[derive(Default)]
pub struct Calls(pub Vec<Call>);

/// Returns the name of the type of a builder.
fn name<B>(builder: &B) -> String {
    let name = type_name_of_val(builder);
    let module = name.split("::resources::").nth(1).unwrap_or(name);
    let (module, name) = module.split_once("::").unwrap_or((module, ""));
    let name = name.rsplit("::").next().unwrap_or(name);
    format!("{module}::{name}")
}

impl Calls {
    fn put<B, T>(
        &mut self,
        gives: Gives,
        make: impl Fn(&At) -> B + Send + Sync + 'static,
        got: fn(T) -> Got,
    ) where
        B: IntoFuture<Output = Result<T>>,
        B::IntoFuture: Send + 'static,
        T: 'static,
    {
        let send = move |at: &At| {
            let builder = make(at);
            let name = name(&builder);
            let sent = builder.into_future();
            let outcome: Outcome = Box::pin(async move { sent.await.map(got) });
            (name, outcome)
        };
        let send = Box::new(send);
        self.0.push(Call { gives, send });
    }

    fn items<B, T>(&mut self, make: impl Fn(&At) -> B + Send + Sync + 'static)
    where
        B: IntoFuture<Output = Result<Vec<T>>>,
        B::IntoFuture: Send + 'static,
        T: 'static,
    {
        self.put(Gives::Items, make, |items| Got::Items(items.len()));
    }

    fn act<B>(&mut self, make: impl Fn(&At) -> B + Send + Sync + 'static)
    where
        B: IntoFuture<Output = Result<()>>,
        B::IntoFuture: Send + 'static,
    {
        self.put(Gives::Nothing, make, |()| Got::Done);
    }

    fn option<B, T>(&mut self, make: impl Fn(&At) -> B + Send + Sync + 'static)
    where
        B: IntoFuture<Output = Result<Option<T>>>,
        B::IntoFuture: Send + 'static,
        T: Debug + 'static,
    {
        self.put(Gives::Option, make, |value| match value {
            Some(value) => Got::Value(format!("{value:?}")),
            None => Got::Nothing,
        });
    }

    fn value<B, T>(&mut self, make: impl Fn(&At) -> B + Send + Sync + 'static)
    where
        B: IntoFuture<Output = Result<T>>,
        B::IntoFuture: Send + 'static,
        T: Debug + 'static,
    {
        self.put(Gives::Value, make, |value| Got::Value(format!("{value:?}")));
    }
}

/// Paged lists, read to the end.
macro_rules! lists {
    ($calls:ident: $(|$at:ident| $builder:expr;)*) => {
        $($calls.0.push(Call {
            gives: Gives::Pages,
            send: Box::new(|$at: &At| {
                let builder = $builder;
                let name = name(&builder);
                let outcome: Outcome = Box::pin(async move {
                    builder.collect_all().await.map(|items| Got::Items(items.len()))
                });
                (name, outcome)
            }),
        });)*
    };
}

/// Awaited calls.
macro_rules! calls {
    ($calls:ident: $($kind:ident |$at:ident| $builder:expr;)*) => {
        $($calls.$kind(|$at| $builder);)*
    };
}

/// Returns a value of a type with other fields than these, or none.
fn of<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a value of the type")
}

/// Returns an entity with an identifier and a name.
fn one<T: DeserializeOwned>() -> T {
    of(json!({"identifier": "a", "name": "A"}))
}

fn file() -> FilePart {
    FilePart::bytes("a.txt", "contents")
}

/// Returns every call of the enabled modules.
pub fn all() -> Vec<Call> {
    let mut calls = Calls::default();
    let calls = &mut calls;
    #[cfg(feature = "access_control")]
    access_control(calls);
    #[cfg(feature = "audit")]
    audit(calls);
    #[cfg(feature = "ccm")]
    ccm(calls);
    #[cfg(feature = "cd")]
    cd(calls);
    #[cfg(feature = "chaos")]
    chaos(calls);
    #[cfg(feature = "code")]
    code(calls);
    #[cfg(feature = "connectors")]
    connectors(calls);
    #[cfg(feature = "delegates")]
    delegates(calls);
    #[cfg(feature = "ff")]
    ff(calls);
    #[cfg(feature = "gitops")]
    gitops(calls);
    #[cfg(feature = "har")]
    har(calls);
    #[cfg(feature = "iacm")]
    iacm(calls);
    #[cfg(feature = "idp")]
    idp(calls);
    #[cfg(feature = "pipeline")]
    pipeline(calls);
    #[cfg(feature = "platform")]
    platform(calls);
    #[cfg(feature = "policy")]
    policy(calls);
    #[cfg(feature = "secrets")]
    secrets(calls);
    #[cfg(feature = "templates")]
    templates(calls);
    #[cfg(feature = "users")]
    users(calls);
    std::mem::take(&mut calls.0)
}

#[cfg(feature = "access_control")]
fn access_control(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.resource_groups().list();
        |at| at.project.role_assignments().list();
        |at| at.project.roles().list();
        |at| at.account.roles().permissions();
    }
    calls! { calls:
        value |at| at.project.access().can("core_project_view").on_any("PROJECT");
        items |at| at.project.access().check([at.project.access().can("core_project_view").on_any("PROJECT")]);
        value |at| at.project.resource_groups().get("a");
        value |at| at.project.resource_groups().create("a", "A");
        value |at| at.project.resource_groups().update(one());
        act |at| at.project.resource_groups().delete("a");
        value |at| at.project.role_assignments().get("a");
        value |at| at.project.role_assignments().create(assignment());
        items |at| at.project.role_assignments().create_all([assignment()]);
        value |at| at.project.role_assignments().delete("a");
        value |at| at.project.role_assignments().delete_all(["a"]);
        value |at| at.project.roles().get("a");
        value |at| at.project.roles().create("a", "A");
        value |at| at.project.roles().update(one());
        value |at| at.project.roles().delete("a");
    }
}

#[cfg(feature = "access_control")]
fn assignment() -> harness_api_ext::access_control::types::AuthzRoleAssignment {
    of(json!({
        "identifier": "a", "roleIdentifier": "r", "resourceGroupIdentifier": "g",
        "principal": {"identifier": "u", "type": "USER"},
    }))
}

#[cfg(feature = "audit")]
fn audit(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.audit().events();
        |at| at.account.streaming_destinations().list();
    }
    calls! { calls:
        value |at| at.project.audit().yaml_change("a");
        value |at| at.account.streaming_destinations().get("a");
        value |at| at.account.streaming_destinations().create(destination());
        value |at| at.account.streaming_destinations().update(destination());
        value |at| at.account.streaming_destinations().delete("a");
    }
}

#[cfg(feature = "audit")]
fn destination() -> harness_api_ext::audit::types::StreamingDestinationDto {
    of(json!({
        "identifier": "a", "name": "A", "status": "ACTIVE", "connector_ref": "account.s3",
        "spec": {"type": "AWS_S3", "bucket": "b"},
    }))
}

#[cfg(feature = "ccm")]
fn ccm(calls: &mut Calls) {
    lists! { calls:
        |at| at.account.budgets().list();
        |at| at.account.perspectives().list();
        |at| at.account.recommendations().list();
    }
    calls! { calls:
        items |at| at.account.anomalies().list();
        value |at| at.account.budgets().get("a");
        value |at| at.account.budgets().create("A", "p", 10.0);
        act |at| at.account.budgets().update(of(json!({"uuid": "a"})));
        value |at| at.account.budgets().clone_to("a", "B");
        act |at| at.account.budgets().delete("a");
        value |at| at.account.budgets().costs("a");
        value |at| at.account.perspectives().get("a");
        value |at| at.account.perspectives().create(of(json!({"name": "A"})));
        value |at| at.account.perspectives().update(of(json!({"uuid": "a"})));
        act |at| at.account.perspectives().delete("a");
        value |at| at.account.recommendations().count();
        value |at| at.account.recommendations().sum();
        act |at| at.account.recommendations().mark("a", "APPLIED");
    }
}

#[cfg(feature = "cd")]
fn cd(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.environment_groups().list();
        |at| at.project.environments().list();
        |at| at.project.environments().infrastructures("e").list();
        |at| at.project.freezes().list();
        |at| at.project.services().list();
    }
    calls! { calls:
        value |at| at.project.environment_groups().get("a");
        value |at| at.project.environment_groups().create("a", "y: 1");
        value |at| at.project.environment_groups().update("a", "y: 1");
        act |at| at.project.environment_groups().delete("a");
        value |at| at.project.environments().get("a");
        value |at| at.project.environments().create("a", "A", "PreProduction");
        value |at| at.project.environments().update(one());
        act |at| at.project.environments().delete("a");
        value |at| at.project.environments().infrastructures("e").get("a");
        value |at| at.project.environments().infrastructures("e").create("a", "A", "y: 1");
        value |at| at.project.environments().infrastructures("e").update(one());
        act |at| at.project.environments().infrastructures("e").delete("a");
        value |at| at.project.freezes().get("a");
        value |at| at.project.freezes().create("y: 1");
        value |at| at.project.freezes().update("a", "y: 1");
        act |at| at.project.freezes().delete("a");
        value |at| at.project.freezes().enable(["a"]);
        value |at| at.project.freezes().disable(["a"]);
        value |at| at.project.freezes().global();
        value |at| at.project.freezes().set_global("y: 1");
        value |at| at.project.service_overrides().get("a");
        value |at| at.project.service_overrides().create("e", "y: 1");
        value |at| at.project.service_overrides().update("e", "y: 1");
        act |at| at.project.service_overrides().delete("a");
        value |at| at.project.services().get("a");
        value |at| at.project.services().create("a", "A");
        value |at| at.project.services().update(one());
        act |at| at.project.services().delete("a");
    }
}

#[cfg(feature = "chaos")]
fn chaos(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.experiments().list();
        |at| at.project.chaos_infrastructures().list();
        |at| at.project.probes().list();
    }
    calls! { calls:
        value |at| at.project.experiments().get("a");
        value |at| at.project.experiments().save("a", "A", "kind: Workflow");
        act |at| at.project.experiments().delete("a");
        value |at| at.project.experiments().run("a");
        value |at| at.project.experiments().run_of("a", "n").get();
        act |at| at.project.experiments().run_of("a", "n").stop();
        value |at| at.project.chaos_infrastructures().get("e", "a");
        value |at| at.project.probes().get("a");
    }
}

#[cfg(feature = "code")]
fn code(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.repositories().list();
        |at| at.project.repository("a").branches().list();
        |at| at.project.repository("a").tags().list();
        |at| at.project.repository("a").commits();
        |at| at.project.repository("a").pull_requests().list();
        |at| at.project.repository("a").pull_request(1).reviewers();
    }
    calls! { calls:
        value |at| at.project.repositories().get("a");
        value |at| at.project.repositories().create("a");
        value |at| at.project.repositories().update("a").description("A");
        act |at| at.project.repositories().delete("a");
        value |at| at.project.repository("a").content("a.md");
        value |at| at.project.repository("a").commit("main", "A").create("a.md", "A");
        value |at| at.project.repository("a").branches().get("a");
        value |at| at.project.repository("a").branches().create("a", "main");
        value |at| at.project.repository("a").branches().delete("a");
        value |at| at.project.repository("a").tags().create("a", "main");
        act |at| at.project.repository("a").tags().delete("a");
        value |at| at.project.repository("a").pull_requests().create("A", "a", "main");
        value |at| at.project.repository("a").pull_request(1).get();
        value |at| at.project.repository("a").pull_request(1).update().title("A");
        value |at| at.project.repository("a").pull_request(1).merge("squash");
        value |at| at.project.repository("a").pull_request(1).close();
        value |at| at.project.repository("a").pull_request(1).reopen();
        value |at| at.project.repository("a").pull_request(1).comment("A");
        act |at| at.project.repository("a").pull_request(1).review("approved", "0c1f4a");
        value |at| at.project.repository("a").pull_request(1).add_reviewer(3);
        act |at| at.project.repository("a").pull_request(1).remove_reviewer(3);
    }
}

#[cfg(feature = "connectors")]
fn connectors(calls: &mut Calls) {
    use harness_api_ext::connectors::types::DockerConnector;

    lists! { calls:
        |at| at.project.connectors().list();
    }
    calls! { calls:
        value |at| at.project.connectors().get("a");
        value |at| at.project.connectors().create("a", "A", DockerConnector::default());
        value |at| at.project.connectors().update(one());
        act |at| at.project.connectors().delete("a");
        value |at| at.project.connectors().test("a");
    }
}

#[cfg(feature = "delegates")]
fn delegates(calls: &mut Calls) {
    calls! { calls:
        items |at| at.project.delegates().list();
        act |at| at.project.delegates().delete("a");
        items |at| at.project.delegates().tags("a");
        items |at| at.project.delegates().add_tags("a", ["t"]);
        items |at| at.project.delegates().set_tags("a", ["t"]);
        value |at| at.project.delegates().latest_version();
        value |at| at.project.delegates().kubernetes_manifest("a", "t");
        value |at| at.project.delegates().docker_manifest("a", "t");
        items |at| at.project.delegate_tokens().list();
        value |at| at.project.delegate_tokens().create("a");
        value |at| at.project.delegate_tokens().revoke("a");
        act |at| at.project.delegate_tokens().delete("a");
        items |at| at.project.delegate_tokens().delegates("a");
    }
}

#[cfg(feature = "ff")]
fn ff(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.feature_flags().list();
        |at| at.project.segments("e").list();
        |at| at.project.targets("e").list();
    }
    calls! { calls:
        value |at| at.project.feature_flags().get("a");
        value |at| at.project.feature_flags().create("a", "A");
        value |at| at.project.feature_flags().patch("a").environment("e").turn_on();
        act |at| at.project.feature_flags().delete("a");
        act |at| at.project.feature_flags().restore("a");
        value |at| at.project.segments("e").get("a");
        act |at| at.project.segments("e").create("a", "A");
        value |at| at.project.segments("e").patch("a").include(["t"]);
        act |at| at.project.segments("e").delete("a");
        value |at| at.project.targets("e").get("a");
        act |at| at.project.targets("e").create("a", "A");
        value |at| at.project.targets("e").update(of(json!({
            "identifier": "a", "name": "A", "account": "b", "org": "retail", "project": "checkout", "environment": "e",
        })));
        act |at| at.project.targets("e").delete("a");
    }
}

#[cfg(feature = "gitops")]
fn gitops(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.gitops().agents().list();
        |at| at.project.gitops().applications().list();
        |at| at.project.gitops().application("g", "a").managed_resources();
        |at| at.project.gitops().clusters().list();
        |at| at.project.gitops().repositories().list();
        |at| at.project.gitops().repository_credentials().list();
    }
    calls! { calls:
        value |at| at.project.gitops().agents().get("a");
        value |at| at.project.gitops().agents().create("a", "A");
        value |at| at.project.gitops().agents().update(one());
        act |at| at.project.gitops().agents().delete("a");
        value |at| at.project.gitops().agents().deploy_yaml("a");
        value |at| at.project.gitops().agents().deployment_yaml("a");
        value |at| at.project.gitops().agents().helm_overrides("a");
        value |at| at.project.gitops().agents().operator_yaml("a");
        value |at| at.project.gitops().applications().create("g", "a");
        value |at| at.project.gitops().application("g", "a").get();
        value |at| at.project.gitops().application("g", "a").update(of(json!({})));
        act |at| at.project.gitops().application("g", "a").delete();
        value |at| at.project.gitops().application("g", "a").sync();
        act |at| at.project.gitops().application("g", "a").terminate();
        value |at| at.project.gitops().application("g", "a").rollback(1);
        value |at| at.project.gitops().application("g", "a").resource_tree();
        value |at| at.project.gitops().clusters().get("g", "a");
        value |at| at.project.gitops().clusters().create("g", "a", "https://cluster.example.com");
        value |at| at.project.gitops().clusters().update("g", "a", of(json!({})));
        act |at| at.project.gitops().clusters().delete("g", "a");
        value |at| at.project.gitops().repositories().get("g", "a");
        value |at| at.project.gitops().repositories().create("g", "a", "https://git.example.com/a");
        value |at| at.project.gitops().repositories().update("g", "a", of(json!({})));
        act |at| at.project.gitops().repositories().delete("g", "a");
        value |at| at.project.gitops().repository_credentials().get("g", "a");
        value |at| at.project.gitops().repository_credentials().create("g", "a", "https://git.example.com");
        value |at| at.project.gitops().repository_credentials().update("g", "a", of(json!({})));
        act |at| at.project.gitops().repository_credentials().delete("g", "a");
    }
}

#[cfg(feature = "har")]
fn har(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.registries().list();
        |at| at.project.registries().artifacts();
        |at| at.project.registry("a").artifacts();
        |at| at.project.registry("a").artifact("b").versions();
        |at| at.project.registry("a").artifact("b").version("1").files();
    }
    calls! { calls:
        value |at| at.project.registries().get("a");
        value |at| at.project.registries().create("a", "DOCKER");
        value |at| at.project.registries().update(of(json!({
            "identifier": "a", "packageType": "DOCKER", "url": "https://pkg.example.com", "isPublic": false,
        })));
        act |at| at.project.registries().delete("a");
        value |at| at.project.registry("a").client_setup();
        value |at| at.project.registry("a").artifact("b").get();
        act |at| at.project.registry("a").artifact("b").delete();
        value |at| at.project.registry("a").artifact("b").version("1").get();
        value |at| at.project.registry("a").artifact("b").version("1").details();
        value |at| at.project.registry("a").artifact("b").version("1").file("c");
        act |at| at.project.registry("a").artifact("b").version("1").delete();
    }
}

#[cfg(feature = "iacm")]
fn iacm(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.plan_approvals().list();
        |at| at.project.workspace_executions().list();
        |at| at.project.modules().list();
        |at| at.account.providers().list();
        |at| at.project.workspaces().list();
    }
    calls! { calls:
        value |at| at.project.plan_approvals().get("a");
        act |at| at.project.plan_approvals().approve("a");
        act |at| at.project.plan_approvals().reject("a");
        value |at| at.project.workspace_executions().get("r", "s");
        items |at| at.project.workspace_executions().resource_changes("r");
        value |at| at.project.modules().get("a");
        value |at| at.account.providers().get("a");
        value |at| at.project.workspaces().get("a");
        option |at| at.project.workspaces().create("a", "A", "opentofu", "aws");
        option |at| at.project.workspaces().update(workspace());
        act |at| at.project.workspaces().delete("a");
        option |at| at.project.workspaces().clone_to("a", "b", "B");
        act |at| at.project.workspaces().force_unlock("a");
        value |at| at.project.workspaces().resources("a");
    }
}

#[cfg(feature = "iacm")]
fn workspace() -> harness_api_ext::iacm::types::WorkspacesShowWorkspaceResponseBody {
    of(json!({
        "identifier": "a", "name": "A", "provisioner": "opentofu", "provisioner_version": "1.8.1",
        "provider_connector": "aws", "repository": "infra", "repository_connector": "github",
        "repository_branch": "main", "repository_path": "a", "cost_estimation_enabled": false,
        "environment_variables": {}, "terraform_variables": {}, "terraform_variable_files": [],
    }))
}

#[cfg(feature = "idp")]
fn idp(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.entities().list();
        |at| at.account.scorecards().list();
    }
    calls! { calls:
        value |at| at.project.entities().get("component", "a");
        value |at| at.project.entities().by_ref(&at.project.entities().reference("component", "a"));
        value |at| at.project.entities().create("y: 1");
        value |at| at.project.entities().update("component", "a", "y: 1");
        act |at| at.project.entities().delete("component", "a");
        value |at| at.account.scorecards().get("a");
        act |at| at.account.scorecards().create(scorecard());
        act |at| at.account.scorecards().update(scorecard());
        act |at| at.account.scorecards().delete("a");
        value |at| at.account.scorecards().scores(&at.project.entities().reference("component", "a"));
    }
}

#[cfg(feature = "idp")]
fn scorecard() -> harness_api_ext::idp::types::ScorecardDetailsRequest {
    of(json!({
        "checks": [],
        "scorecard": {"identifier": "a", "name": "A", "description": "", "published": false, "filter": null,
            "weightage_strategy": "EQUAL_WEIGHTS"},
    }))
}

#[cfg(feature = "pipeline")]
fn pipeline(calls: &mut Calls) {
    use harness_api_ext::pipeline::Interrupt;

    lists! { calls:
        |at| at.project.executions().list();
        |at| at.project.executions().outline();
        |at| at.project.pipelines().list();
        |at| at.project.pipeline("a").input_sets().list();
        |at| at.project.pipeline("a").triggers().list();
        |at| at.project.pipeline("a").triggers().events("t");
    }
    calls! { calls:
        items |at| at.project.approvals().list("r");
        value |at| at.project.approvals().approve("a");
        value |at| at.project.approvals().reject("a");
        value |at| at.project.pipeline("a").execute();
        value |at| at.project.pipeline("a").execute().inputs_yaml("pipeline: {}");
        value |at| at.project.pipeline("a").execute().input_sets(["s"]);
        value |at| at.project.pipeline("a").execute().stages(["s"]);
        value |at| at.project.pipelines().get("a");
        value |at| at.project.pipelines().create("y: 1");
        value |at| at.project.pipelines().update("a", "y: 1");
        act |at| at.project.pipelines().delete("a");
        value |at| at.project.pipeline("a").input_sets().get("s");
        value |at| at.project.pipeline("a").input_sets().create("y: 1");
        value |at| at.project.pipeline("a").input_sets().update("s", "y: 1");
        act |at| at.project.pipeline("a").input_sets().delete("s");
        value |at| at.project.pipeline("a").input_sets().get_overlay("s");
        value |at| at.project.pipeline("a").input_sets().create_overlay("y: 1");
        value |at| at.project.pipeline("a").input_sets().update_overlay("s", "y: 1");
        value |at| at.project.pipeline("a").input_sets().template();
        value |at| at.project.pipeline("a").input_sets().merge(["s"]);
        value |at| at.project.run("r").get();
        act |at| at.project.run("r").abort();
        act |at| at.project.run("r").interrupt(Interrupt::UserMarkedFailure);
        act |at| at.project.run("r").interrupt_stage("s", Interrupt::AbortAll);
        value |at| at.project.run("r").retry_history("a");
        value |at| at.project.run("r").retry("a", ["s"]);
        items |at| at.project.run("r").steps();
        value |at| at.project.pipeline("a").triggers().get("t");
        value |at| at.project.pipeline("a").triggers().details("t");
        value |at| at.project.pipeline("a").triggers().create("y: 1");
        value |at| at.project.pipeline("a").triggers().update("t", "y: 1");
        act |at| at.project.pipeline("a").triggers().delete("t");
        value |at| at.project.pipeline("a").triggers().send_event("w", json!({}));
    }
}

#[cfg(feature = "platform")]
fn platform(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.file_store().list();
        |at| at.account.organizations().list();
        |at| at.org.projects().list();
        |at| at.project.settings().list("CORE");
        |at| at.project.variables().list();
    }
    calls! { calls:
        value |at| at.project.file_store().get("a");
        value |at| at.project.file_store().folder("Root", "Root");
        value |at| at.project.file_store().create_file("a", "A", file());
        value |at| at.project.file_store().create_folder("a", "A");
        value |at| at.project.file_store().update(of(json!({"identifier": "a", "name": "A", "type": "FILE", "parentIdentifier": "Root"})));
        act |at| at.project.file_store().delete("a");
        value |at| at.account.organizations().get("a");
        value |at| at.account.organizations().create("a", "A");
        value |at| at.account.organizations().update(one());
        act |at| at.account.organizations().delete("a");
        value |at| at.org.projects().get("a");
        value |at| at.org.projects().create("a", "A");
        value |at| at.org.projects().update(one());
        act |at| at.org.projects().delete("a");
        value |at| at.project.settings().get("a");
        value |at| at.project.variables().get("a");
        value |at| at.project.variables().create("a", "A", "v");
        value |at| at.project.variables().update(of(json!({"identifier": "a", "name": "A", "type": "String", "spec": {"valueType": "FIXED"}})));
        act |at| at.project.variables().delete("a");
    }
}

#[cfg(feature = "policy")]
fn policy(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.policies().list();
        |at| at.project.policy_sets().list();
        |at| at.project.policy_evaluations().list();
    }
    calls! { calls:
        value |at| at.project.policies().get("a");
        value |at| at.project.policies().create("a", "A");
        act |at| at.project.policies().update("a").name("A");
        act |at| at.project.policies().delete("a");
        value |at| at.project.policies().evaluate("package a", &json!({}));
        value |at| at.project.policy_sets().get("a");
        value |at| at.project.policy_sets().create("a", "A", "pipeline", "onrun");
        act |at| at.project.policy_sets().update("a").name("A");
        act |at| at.project.policy_sets().delete("a");
        value |at| at.project.policy_evaluations().get(1);
    }
}

#[cfg(feature = "secrets")]
fn secrets(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.secrets().list();
    }
    calls! { calls:
        value |at| at.project.secrets().get("a");
        value |at| at.project.secrets().create_text("a", "A", "s3cr3t");
        value |at| at.project.secrets().create_reference("a", "A", "path");
        value |at| at.project.secrets().create_file("a", "A", file());
        value |at| at.project.secrets().create(secret());
        value |at| at.project.secrets().update(secret());
        act |at| at.project.secrets().delete("a");
        value |at| at.project.secrets().validate_ssh_key("a", "host");
        value |at| at.project.secrets().validate_winrm("a", "host");
    }
}

#[cfg(feature = "secrets")]
fn secret() -> harness_api_ext::secrets::types::NgSecret {
    of(
        json!({"identifier": "a", "name": "A", "type": "SecretText", "spec": {"valueType": "Inline"}}),
    )
}

#[cfg(feature = "templates")]
fn templates(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.templates().list();
    }
    calls! { calls:
        value |at| at.project.templates().get("a");
        value |at| at.project.templates().create("y: 1");
        value |at| at.project.templates().update("a", "1", "y: 1");
        act |at| at.project.templates().delete("a", "1");
        act |at| at.project.templates().set_stable("a", "1");
        value |at| at.project.templates().inputs("a");
    }
}

#[cfg(feature = "users")]
fn users(calls: &mut Calls) {
    lists! { calls:
        |at| at.project.service_accounts().api_keys("s").list();
        |at| at.project.user_groups().list();
        |at| at.project.user_groups().members("a");
        |at| at.project.users().list();
        |at| at.project.users().invites();
        |at| at.project.service_accounts().list();
        |at| at.project.service_accounts().api_keys("s").tokens("k").list();
    }
    calls! { calls:
        value |at| at.project.service_accounts().api_keys("s").get("k");
        value |at| at.project.service_accounts().api_keys("s").create("k", "K");
        value |at| at.project.service_accounts().api_keys("s").update(one());
        act |at| at.project.service_accounts().api_keys("s").delete("k");
        value |at| at.project.service_accounts().api_keys("s").tokens("k").create("t", "T");
        value |at| at.project.service_accounts().api_keys("s").tokens("k").update(one());
        value |at| at.project.service_accounts().api_keys("s").tokens("k").rotate("t");
        act |at| at.project.service_accounts().api_keys("s").tokens("k").delete("t");
        value |at| at.account.validate_token("pat.a.b.c");
        value |at| at.account.current_user();
        value |at| at.project.user_groups().get("a");
        value |at| at.project.user_groups().create("a", "A");
        value |at| at.project.user_groups().update(one());
        value |at| at.project.user_groups().delete("a");
        value |at| at.project.user_groups().has_member("a", "u");
        value |at| at.project.user_groups().add_member("a", "u");
        value |at| at.project.user_groups().remove_member("a", "u");
        value |at| at.project.users().get("u");
        value |at| at.project.users().invite(["ada@example.com"]);
        act |at| at.project.users().remove("u");
        option |at| at.project.users().revoke_invite("i");
        value |at| at.project.service_accounts().get("s");
        value |at| at.project.service_accounts().create("s", "S", "s@example.com");
        value |at| at.project.service_accounts().update(one());
        act |at| at.project.service_accounts().delete("s");
    }
}
