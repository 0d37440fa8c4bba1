//! The calls of all handles, at every level that has them.

use harness_api_ext::access_control::{Principal, types as access_control};
use harness_api_ext::audit::types as audit;
use harness_api_ext::ccm::types as ccm;
use harness_api_ext::cd::types as cd;
use harness_api_ext::connectors::types as connectors;
use harness_api_ext::ff::types as ff;
use harness_api_ext::gitops::types as gitops;
use harness_api_ext::har::types as har;
use harness_api_ext::iacm::types as iacm;
use harness_api_ext::idp::types as idp;
use harness_api_ext::pipeline::Interrupt;
use harness_api_ext::platform::types as platform;
use harness_api_ext::raw::FilePart;
use harness_api_ext::secrets::types as secrets;
use harness_api_ext::users::types as users;
use serde_json::json;

use super::{Entry, Outcome};

const YAML: &str = "made: up\n";

/// Calls, at all levels, on entities of the account or with their own scope: organization and project of the handle are
/// not sent.
pub(crate) const OF_NO_LEVEL: &[&str] = &[
    "access_control::Access::check",
    "audit::Audit::yaml_change",
    "idp::Entities::by_ref",
    "pipeline::Approvals::approve",
    "pipeline::Approvals::reject",
    "users::Users::revoke_invite",
];

fn send<T, F>(call: F) -> Outcome
where
    T: 'static,
    F: IntoFuture<Output = harness_api_ext::Result<T>>,
    F::IntoFuture: 'static,
{
    let call = call.into_future();
    Box::pin(async move { call.await.map(drop) })
}

macro_rules! outcome {
    ($call:expr) => {
        send($call)
    };
    // The first item of a stream.
    ($call:expr, next) => {{
        let mut stream = $call;
        Box::pin(async move { stream.try_next().await.map(drop) })
    }};
    // A call that the method only prepares.
    ($call:expr, $then:ident($($arg:expr),*)) => {
        send($call.$then($($arg),*))
    };
}

macro_rules! entries {
    ($table:ident $w:ident ($make:expr) {
        $($method:ident($($arg:expr),* $(,)?) $(=> $then:ident $(($($more:expr),*))?)?;)*
    }) => {$(
        $table.push(Entry {
            handle: |$w| std::any::type_name_of_val(&$make),
            method: stringify!($method),
            call: |$w| {
                let handle = $make;
                outcome!(handle.$method($($arg),*) $(, $then $(($($more),*))?)?)
            },
        });
    )*};
}

/// Handle, by its path from a level.
macro_rules! made {
    ($w:ident $level:ident ($($path:tt)*)) => {
        $w.$level()$($path)*
    };
}

macro_rules! handles {
    ($table:ident $w:ident $(($($level:ident)+) $path:tt $methods:tt)*) => {
        $($(entries!($table $w (made!($w $level $path)) $methods);)+)*
    };
}

fn text(value: impl Into<String>) -> Option<String> {
    Some(value.into())
}

#[allow(
    unused_variables,
    reason = "not every call has an identifier of its own"
)]
pub(crate) fn entries() -> Vec<Entry> {
    let mut table = Vec::new();
    everyday(&mut table);
    delivery(&mut table);
    others(&mut table);
    table
}

/// Resources of every project: platform, secrets, connectors, users and their permissions, pipelines, templates.
#[allow(
    unused_variables,
    reason = "not every call has an identifier of its own"
)]
fn everyday(table: &mut Vec<Entry>) {
    handles! { table w
        (account)(.organizations()) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(platform::NgOrganization { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (org)(.projects()) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(platform::NgProject { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.settings()) {
            list("CD");
            get(w.id());
        }
        (account org project)(.variables()) {
            list();
            get(w.id());
            create(w.id(), "Name", "value");
            update(platform::VariableDto { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.file_store()) {
            list();
            get(w.id());
            folder(w.id(), "Name");
            download(w.id());
            create_file(w.id(), "Name", FilePart::bytes("a.txt", "a"));
            create_folder(w.id(), "Name");
            update(platform::File { identifier: text(w.id()), name: text("Name"), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.secrets()) {
            list();
            get(w.id());
            create_text(w.id(), "Name", "value");
            create_reference(w.id(), "Name", "kv/a#b");
            create_file(w.id(), "Name", FilePart::bytes("a.txt", "a"));
            create(secrets::NgSecret { identifier: text(w.id()), ..Default::default() });
            update(secrets::NgSecret { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
            validate_ssh_key(w.id(), "build.example.com");
            validate_winrm(w.id(), "win.example.com");
        }
        (account org project)(.connectors()) {
            list();
            get(w.id());
            create(w.id(), "Name", connectors::DockerConnector::default());
            update(connectors::ConnectorInfo { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
            test(w.id());
        }
        (account org project)(.users()) {
            list();
            get(w.id());
            invite([w.id()]);
            remove(w.id());
            invites();
            revoke_invite(w.id());
        }
        (account)() {
            current_user();
            validate_token("pat.AcmeAccount.6650f0.other");
        }
        (account org project)(.user_groups()) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(users::UserGroup { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
            members(w.id());
            has_member(w.id(), w.id());
            add_member(w.id(), w.id());
            remove_member(w.id(), w.id());
        }
        (account org project)(.service_accounts()) {
            list();
            get(w.id());
            create(w.id(), "Name", "robot@example.com");
            update(users::ServiceAccount { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.service_accounts().api_keys(w.id())) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(users::ApiKey { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account)(.users().api_keys(w.id())) {
            list();
        }
        (account org project)(.service_accounts().api_keys(w.id()).tokens(w.id())) {
            list();
            create(w.id(), "Name");
            update(users::Token { identifier: text(w.id()), ..Default::default() });
            rotate(w.id());
            delete(w.id());
        }
        (account org project)(.roles()) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(access_control::Role { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
            permissions();
        }
        (account org project)(.resource_groups()) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(access_control::ResourceGroupV2 { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.role_assignments()) {
            list();
            get(w.id());
            create(Principal::user(w.id()).given(w.id(), w.id()));
            create_all([Principal::user_group(w.id()).given(w.id(), w.id())]);
            delete(w.id());
            delete_all([w.id(), w.id()]);
        }
        (account org project)(.access()) {
            can("core_pipeline_view") => on("PIPELINE", w.id());
            check([w.harness.account().access().can("core_pipeline_view").on("PIPELINE", w.id())]);
        }
        (account org project)(.audit()) {
            events();
            yaml_change(w.id());
        }
        (account)(.streaming_destinations()) {
            list();
            get(w.id());
            create(audit::StreamingDestinationDto { identifier: text(w.id()), ..Default::default() });
            update(audit::StreamingDestinationDto { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.delegates()) {
            list();
            delete(w.id());
            tags(w.id());
            add_tags(w.id(), ["a"]);
            set_tags(w.id(), ["a"]);
            latest_version();
            kubernetes_manifest(w.id(), w.id());
            docker_manifest(w.id(), w.id());
        }
        (account org project)(.delegate_tokens()) {
            list();
            create(w.id());
            revoke(w.id());
            delete(w.id());
            delegates(w.id());
        }
        (project)(.pipelines()) {
            list();
            get(w.id());
            create(YAML);
            update(w.id(), YAML);
            delete(w.id());
        }
        (project)(.pipeline(w.id())) {
            execute();
        }
        (project)(.executions()) {
            list();
            outline();
            get(w.id());
        }
        (project)(.pipeline(w.id()).executions()) {
            list();
            outline();
        }
        (project)(.run(w.id())) {
            get();
            wait();
            watch() => next;
            abort();
            interrupt(Interrupt::UserMarkedFailure);
            interrupt_stage(w.id(), Interrupt::AbortAll);
            retry_history(w.id());
            retry(w.id(), ["build"]);
            approvals();
            steps();
            logs() => next;
            log_archive();
        }
        (project)(.approvals()) {
            list(w.id());
            approve(w.id());
            reject(w.id());
        }
        (project)(.pipeline(w.id()).input_sets()) {
            list();
            get(w.id());
            create(YAML);
            update(w.id(), YAML);
            delete(w.id());
            get_overlay(w.id());
            create_overlay(YAML);
            update_overlay(w.id(), YAML);
            template();
            merge(["nightly"]);
        }
        (project)(.pipeline(w.id()).triggers()) {
            list();
            get(w.id());
            details(w.id());
            create(YAML);
            update(w.id(), YAML);
            delete(w.id());
            events(w.id());
            send_event("t0ken", json!({}));
        }
        (account org project)(.templates()) {
            list();
            get(w.id());
            create(YAML);
            update(w.id(), w.id(), YAML);
            delete(w.id(), w.id());
            set_stable(w.id(), w.id());
            inputs(w.id());
        }
    }
}

/// Deployments: services, GitOps, flags, registries, code, infrastructure.
#[allow(
    unused_variables,
    reason = "not every call has an identifier of its own"
)]
fn delivery(table: &mut Vec<Entry>) {
    handles! { table w
        (account org project)(.services()) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(cd::ServiceResponseDetails { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.environments()) {
            list();
            get(w.id());
            create(w.id(), "Name", "Production");
            update(cd::EnvironmentResponseDetails { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.environments().infrastructures(w.id())) {
            list();
            get(w.id());
            create(w.id(), "Name", YAML);
            update(cd::InfrastructureResponseDto { identifier: text(w.id()), yaml: text(YAML), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.environment_groups()) {
            list();
            get(w.id());
            create(w.id(), YAML);
            update(w.id(), YAML);
            delete(w.id());
        }
        (account org project)(.service_overrides()) {
            get(w.id());
            create(w.id(), YAML);
            update(w.id(), YAML);
            delete(w.id());
        }
        (account org project)(.freezes()) {
            list();
            get(w.id());
            create(YAML);
            update(w.id(), YAML);
            delete(w.id());
            enable([w.id(), w.id()]);
            disable([w.id()]);
            global();
            set_global(YAML);
        }
        (account org project)(.gitops().agents()) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(gitops::V1Agent { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
            deploy_yaml(w.id());
            deployment_yaml(w.id());
            helm_overrides(w.id());
            operator_yaml(w.id());
            wait_healthy(w.id());
            watch(w.id()) => next;
        }
        (account org project)(.gitops().clusters()) {
            list();
            get(w.id(), w.id());
            create(w.id(), w.id(), "https://cluster.example.com");
            update(w.id(), w.id(), gitops::ClustersCluster::default());
            delete(w.id(), w.id());
        }
        (account org project)(.gitops().repositories()) {
            list();
            get(w.id(), w.id());
            create(w.id(), w.id(), "https://git.example.com/shop");
            update(w.id(), w.id(), gitops::RepositoriesRepository::default());
            delete(w.id(), w.id());
        }
        (account org project)(.gitops().repository_credentials()) {
            list();
            get(w.id(), w.id());
            create(w.id(), w.id(), "https://git.example.com");
            update(w.id(), w.id(), gitops::HrepocredsRepoCreds::default());
            delete(w.id(), w.id());
        }
        (account org project)(.gitops().applications()) {
            list();
            create(w.id(), w.id());
        }
        (account org project)(.gitops().application(w.id(), w.id())) {
            get();
            update(gitops::ApplicationsApplication::default());
            delete();
            sync();
            terminate();
            rollback(3);
            resource_tree();
            managed_resources();
            wait();
            wait_healthy();
            wait_synced();
            watch() => next;
        }
        (project)(.feature_flags()) {
            list();
            get(w.id());
            create(w.id(), "Name");
            patch(w.id());
            delete(w.id());
            restore(w.id());
        }
        (project)(.segments(w.id())) {
            list();
            get(w.id());
            create(w.id(), "Name");
            patch(w.id());
            delete(w.id());
        }
        (project)(.targets(w.id())) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(ff::Target { identifier: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account org project)(.registries()) {
            list();
            artifacts();
            get(w.part());
            create(w.part(), "DOCKER");
            update(har::Registry {
                identifier: text(w.part()),
                package_type: Some("DOCKER".into()),
                ..Default::default()
            });
            delete(w.part());
        }
        (account org project)(.registry(w.part())) {
            artifacts();
            client_setup();
        }
        (account org project)(.registry(w.part()).artifact(w.id())) {
            get();
            versions();
            delete();
        }
        (account org project)(.registry(w.part()).artifact(w.id()).version(w.id())) {
            get();
            details();
            files();
            file(w.id());
            delete();
        }
        (account org project)(.repositories()) {
            list();
            get(w.part());
            create(w.part());
            update(w.part());
            delete(w.part());
        }
        (account org project)(.repository(w.part())) {
            commits();
            content(w.id());
            raw(w.id());
            commit(w.id(), "Title");
        }
        (account org project)(.repository(w.part()).branches()) {
            list();
            get(w.id());
            create(w.id(), "main");
            delete(w.id());
        }
        (account org project)(.repository(w.part()).tags()) {
            list();
            create(w.id(), "main");
            delete(w.id());
        }
        (account org project)(.repository(w.part()).pull_requests()) {
            list();
            create("Title", w.id(), w.id());
        }
        (account org project)(.repository(w.part()).pull_request(7)) {
            get();
            update();
            merge("squash");
            close();
            reopen();
            comment("Text");
            review("approved", "0c1f4a");
            reviewers();
            add_reviewer(4);
            remove_reviewer(4);
        }
        (project)(.workspaces()) {
            list();
            get(w.id());
            create(w.id(), "Name", "terraform", "account.aws");
            update(iacm::WorkspacesShowWorkspaceResponseBody {
                identifier: text(w.id()),
                name: text("Name"),
                provisioner: text("terraform"),
                provider_connector: text("account.aws"),
                environment_variables: Some(Default::default()),
                terraform_variables: Some(Default::default()),
                ..Default::default()
            });
            delete(w.id());
            clone_to(w.id(), w.id(), "Name");
            force_unlock(w.id());
            resources(w.id());
        }
        (project)(.workspace_executions()) {
            list();
            get(w.id(), w.id());
            resource_changes(w.id());
            wait(w.id(), w.id());
        }
        (project)(.plan_approvals()) {
            list();
            get(w.id());
            approve(w.id());
            reject(w.id());
        }
        (account org project)(.modules()) {
            list();
            get(w.id());
        }
        (account)(.providers()) {
            list();
            get(w.id());
        }
    }
}

/// Governance, costs, the developer portal, chaos.
#[allow(
    unused_variables,
    reason = "not every call has an identifier of its own"
)]
fn others(table: &mut Vec<Entry>) {
    handles! { table w
        (account org project)(.policies()) {
            list();
            get(w.id());
            create(w.id(), "Name");
            update(w.id());
            delete(w.id());
            evaluate("package p", &json!({}));
        }
        (account org project)(.policy_sets()) {
            list();
            get(w.id());
            create(w.id(), "Name", "pipeline", "onrun");
            update(w.id());
            delete(w.id());
        }
        (account org project)(.policy_evaluations()) {
            list();
            get(7);
        }
        (account)(.anomalies()) {
            list();
        }
        (account)(.budgets()) {
            list();
            get(w.id());
            create("Name", w.id(), 100.0);
            update(ccm::Budget { uuid: text(w.id()), ..Default::default() });
            clone_to(w.id(), "Name");
            delete(w.id());
            costs(w.id());
        }
        (account)(.perspectives()) {
            list();
            get(w.id());
            create(ccm::CeView::default());
            update(ccm::CeView { uuid: text(w.id()), ..Default::default() });
            delete(w.id());
        }
        (account)(.recommendations()) {
            list();
            count();
            sum();
            mark(w.id(), "APPLIED");
        }
        (account org project)(.entities()) {
            list();
            get("component", w.id());
            by_ref(&w.harness.account().entities().reference("component", w.id()));
            create(YAML);
            update("component", w.id(), YAML);
            delete("component", w.id());
        }
        (account)(.scorecards()) {
            list();
            get(w.id());
            create(scorecard(w.id()));
            update(scorecard(w.id()));
            delete(w.id());
            scores(&w.project().entities().reference("component", w.id()));
        }
        (project)(.experiments()) {
            list();
            get(w.id());
            save(w.id(), "Name", YAML);
            delete(w.id());
            run(w.id());
        }
        (project)(.experiments().run_of(w.id(), w.id())) {
            get();
            wait();
            watch() => next;
            stop();
        }
        (project)(.probes()) {
            list();
            get(w.id());
        }
        (project)(.chaos_infrastructures()) {
            list();
            get(w.id(), w.id());
        }
    }
}

fn scorecard(id: String) -> idp::ScorecardDetailsRequest {
    let details = idp::ScorecardDetails {
        identifier: Some(id),
        ..Default::default()
    };
    idp::ScorecardDetailsRequest::new(Vec::new(), details)
}
