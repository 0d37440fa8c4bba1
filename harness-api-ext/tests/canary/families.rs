//! Calls everything in the enabled modules, and inspects requests and responses.

use std::fmt::Debug;
use std::future::IntoFuture;
use std::time::{Duration, SystemTime};

use harness_api_ext::connectors::types::{
    ConnectorConfig, ConnectorInfo, DockerAuthentication, DockerConnector,
};
use harness_api_ext::platform::types as platform;
use harness_api_ext::raw::model::Raw;
use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::users::types::Token;
use harness_api_ext::raw::{Configure, FilePart, RequestBody};
use harness_api_ext::secrets::types::{NgSecret, NgSecretSpec, NgSecretTextSpec, NgSecretType};
use harness_api_ext::{Error, ExposeSecret, Harness, InScope, Items, Project, SecretString};
use serde_json::{Value, json};

use crate::capture::Capture;
use crate::marks::{FILE, HEADER, TOKEN, VALUE, WEBHOOK};

/// Sends calls, and captures what can be shown of them.
pub(crate) struct Eye<'a> {
    pub(crate) capture: &'a Capture,
    pub(crate) mode: &'a str,
    pub(crate) good: usize,
    pub(crate) bad: usize,
}

impl Eye<'_> {
    /// Sends the call of a builder.
    pub(crate) async fn see<B, T, E>(&mut self, what: &str, builder: B) -> Option<T>
    where
        B: IntoFuture<Output = Result<T, E>> + Debug,
        T: Debug,
        E: Into<Error>,
    {
        self.show(what, &builder);
        self.take(what, builder).await
    }

    /// Sends a call that cannot be shown itself.
    pub(crate) async fn take<B, T, E>(&mut self, what: &str, call: B) -> Option<T>
    where
        B: IntoFuture<Output = Result<T, E>>,
        T: Debug,
        E: Into<Error>,
    {
        // Some calls wait long for a failing server; what they have shown until now is enough.
        let Ok(outcome) = tokio::time::timeout(PATIENCE, call.into_future()).await else {
            return None;
        };
        match outcome {
            Ok(value) => {
                self.good += 1;
                // A value is shown unchanged, except for fields whose type is secret. The marks are in texts of all
                // kinds.
                if self.mode != "200 that a policy denied" {
                    self.show(what, &value);
                }
                Some(value)
            }
            Err(error) => {
                self.bad += 1;
                self.error(what, &error.into());
                None
            }
        }
    }

    pub(crate) fn show(&self, what: &str, value: &impl Debug) {
        self.capture.debug(&format!("{what}, {}", self.mode), value);
    }

    /// Captures what an error shows itself, and the parts that it returns for showing.
    pub(crate) fn error(&self, what: &str, error: &Error) {
        let from = format!("the error of {what}, {}", self.mode);
        self.capture.error(&from, error);
        self.capture.error(&from, error.raw());
        self.capture.text(&from, error.message());
        self.show(
            &from,
            &(error.hints(), error.explanations(), error.field_errors()),
        );
        self.show(
            &from,
            &(
                error.permission_checks(),
                error.policy_denial(),
                error.rule_violations(),
            ),
        );
        self.show(
            &from,
            &(error.code(), error.cause_code(), error.correlation_id()),
        );
        self.show(&from, &(error.decode_failure(), error.conflict_files()));
    }

    async fn items<T>(&mut self, what: &str, mut items: Items<T>)
    where
        T: Debug + serde::de::DeserializeOwned + Send + 'static,
    {
        self.show(what, &items);
        for _ in 0..3 {
            if self.take(what, items.try_next()).await.flatten().is_none() {
                break;
            }
        }
        self.show(what, &items);
        self.show(what, &items.position());
    }
}

const PATIENCE: Duration = Duration::from_millis(250);

const YAML: &str = "pipeline:\n  identifier: deploy\n  name: Deploy\n  projectIdentifier: checkout\n  orgIdentifier: retail\n";

pub(crate) async fn run(eye: &mut Eye<'_>, harness: &Harness) {
    eye.show("the client", harness);
    eye.show("the raw client", harness.raw());
    let project = harness.org("retail").project("checkout");
    eye.show("a project", &project);
    places(eye, harness).await;
    files(eye, &project).await;
    pipelines(eye, &project).await;
    connectors(eye, &project).await;
    secrets(eye, &project).await;
    people(eye, harness).await;
    tokens(eye, harness).await;
    raw(eye, harness, &project).await;
}

async fn places(eye: &mut Eye<'_>, harness: &Harness) {
    let organizations = harness.account().organizations();
    eye.see(
        "create an organization",
        organizations.create("retail", "Retail"),
    )
    .await;
    eye.see("organizations", organizations.list()).await;
    eye.items("items of organizations", organizations.list().items())
        .await;
    eye.show("a pager", &organizations.list().pager());
    eye.see("an organization", organizations.get("retail"))
        .await;
    let retail = platform::NgOrganization {
        identifier: Some("retail".to_owned()),
        ..Default::default()
    };
    eye.see("update an organization", organizations.update(retail))
        .await;
    eye.see("delete an organization", organizations.delete("shops"))
        .await;
    let projects = harness.org("retail").projects();
    eye.see("create a project", projects.create("checkout", "Checkout"))
        .await;
    eye.see("a project", projects.get("checkout")).await;
    eye.see("projects", projects.list()).await;
    let account = harness.account();
    eye.see("settings", account.settings().list("CD")).await;
    eye.see("a setting", account.settings().get("s")).await;
    let variables = account.variables();
    eye.see("create a variable", variables.create("v", "V", "open"))
        .await;
    eye.see("a variable", variables.get("v")).await;
    eye.see("variables", variables.list()).await;
    eye.see("delete a variable", variables.delete("v")).await;
}

async fn files(eye: &mut Eye<'_>, project: &Project) {
    let store = project.file_store();
    let file = || FilePart::bytes("values.yaml", FILE).mime("text/plain");
    eye.show("a part", &file());
    eye.show("a body", &RequestBody::from(FILE));
    eye.see(
        "create a file",
        store.create_file("values", "values.yaml", file()),
    )
    .await;
    eye.see("files", store.list()).await;
    eye.see("a file", store.get("values")).await;
    eye.see("a folder", store.folder("Root", "Root")).await;
    let values = platform::File {
        identifier: Some("values".to_owned()),
        ..Default::default()
    };
    eye.see("update a file", store.update(values).content(file()))
        .await;
    if let Some(body) = eye.see("download a file", store.download("values")).await {
        // The request is not shown, only its failure.
        let _ = eye
            .take("the file", async {
                body.collect(1 << 20).await.map(|_| ())
            })
            .await;
    }
    eye.see("delete a file", store.delete("values")).await;
}

async fn pipelines(eye: &mut Eye<'_>, project: &Project) {
    let pipelines = project.pipelines();
    eye.see("create a pipeline", pipelines.create(YAML)).await;
    eye.see("pipelines", pipelines.list()).await;
    eye.see("a pipeline", pipelines.get("deploy")).await;
    eye.see("update a pipeline", pipelines.update("deploy", YAML))
        .await;
    let pipeline = project.pipeline("deploy");
    let inputs = format!("pipeline:\n  variables:\n  - name: hidden\n    value: '{VALUE}'\n");
    let execute = pipeline.execute().inputs_yaml(&*inputs).notes("now");
    let run = eye.see("execute", execute).await;
    let run = run.unwrap_or_else(|| project.run("none"));
    eye.see("a run", run.get()).await;
    eye.take("the steps", run.steps()).await;
    let mut logs = run.logs();
    eye.show("logs", &logs);
    for _ in 0..3 {
        if eye
            .take("a line", logs.try_next())
            .await
            .flatten()
            .is_none()
        {
            break;
        }
    }
    let soon = Duration::from_millis(30);
    let backoff = harness_api_ext::Backoff::every(Duration::from_millis(3));
    eye.see("wait", run.wait().backoff(backoff).deadline(soon))
        .await;
    let mut watch = run.watch();
    eye.show("watch", &watch);
    let looked = tokio::time::timeout(soon, watch.try_next()).await;
    if let Ok(state) = looked {
        eye.take("a state", std::future::ready(state)).await;
    }
    if let Some(body) = eye
        .see("the archive", run.log_archive().deadline(soon))
        .await
    {
        eye.take("its content", async {
            body.collect(1 << 20).await.map(|_| ())
        })
        .await;
    }
    eye.see("abort", run.abort()).await;
    eye.see("retry", run.retry("deploy", ["build"])).await;
    eye.see("runs", pipeline.executions().list()).await;
    eye.see("outlines", pipeline.executions().outline()).await;
    let approvals = project.approvals();
    eye.see("approvals", approvals.list("x")).await;
    eye.see("approve", approvals.approve("x")).await;
    let sets = pipeline.input_sets();
    eye.see("create an input set", sets.create(inputs)).await;
    eye.see("input sets", sets.list()).await;
    eye.see("an input set", sets.get("nightly")).await;
    eye.see("the template of inputs", sets.template()).await;
    let triggers = pipeline.triggers();
    eye.see("create a trigger", triggers.create("trigger: {}"))
        .await;
    eye.see("triggers", triggers.list()).await;
    eye.see("details of a trigger", triggers.details("t")).await;
    eye.see("events of a trigger", triggers.events("t")).await;
    let event = json!({"ref": "main", "token": VALUE});
    eye.see("send an event", triggers.send_event(WEBHOOK, event))
        .await;
}

async fn connectors(eye: &mut Eye<'_>, project: &Project) {
    let connectors = project.connectors();
    let anonymous = DockerAuthentication {
        type_: Some("Anonymous".into()),
        ..Default::default()
    };
    let hub = DockerConnector {
        docker_registry_url: Some("https://registry.example/v2/".into()),
        provider_type: Some("DockerHub".into()),
        auth: Some(anonymous.into()),
        ..Default::default()
    };
    eye.see("create a connector", connectors.create("hub", "Hub", hub))
        .await;
    // A variant without a type can contain anything.
    let odd = || ConnectorConfig::Unrecognized(Raw(json!({"password": VALUE, "tokens": [VALUE]})));
    eye.show("an unknown connector", &odd());
    eye.see(
        "create another",
        connectors.create("odd", "Odd", odd()).kind("Odd"),
    )
    .await;
    let info = ConnectorInfo {
        identifier: Some("odd".to_owned()),
        spec: Some(odd()),
        ..Default::default()
    };
    eye.see("update a connector", connectors.update(info)).await;
    eye.see("a connector", connectors.get("hub")).await;
    eye.see("connectors", connectors.list()).await;
    eye.see("test a connector", connectors.test("hub")).await;
    eye.see("delete a connector", connectors.delete("hub"))
        .await;
}

async fn secrets(eye: &mut Eye<'_>, project: &Project) {
    let secrets = project.secrets();
    eye.show("a secret text", &SecretString::from(VALUE));
    eye.see(
        "create a secret text",
        secrets.create_text("db", "Database", VALUE).private(true),
    )
    .await;
    eye.see(
        "create a reference",
        secrets.create_reference("kv", "KV", "kv/shop#db"),
    )
    .await;
    let file = || FilePart::bytes("id_rsa", FILE);
    eye.see(
        "create a secret file",
        secrets.create_file("key", "Key", file()),
    )
    .await;
    eye.see("a secret", secrets.get("db")).await;
    eye.see("secrets", secrets.list()).await;
    eye.items("items of secrets", secrets.list().items()).await;
    let text = NgSecretTextSpec {
        value: Some(VALUE.to_owned()),
        ..Default::default()
    };
    let secret = || NgSecret {
        identifier: Some("db".to_owned()),
        name: Some("Database".to_owned()),
        type_: Some(NgSecretType::SecretText),
        spec: Some(NgSecretSpec::NgSecretText(Box::new(text.clone()))),
        ..Default::default()
    };
    eye.show("a value", &secret());
    eye.see("update a secret", secrets.update(secret()).value(VALUE))
        .await;
    eye.see(
        "update a secret file",
        secrets.update(secret()).content(file()),
    )
    .await;
    eye.see(
        "validate a key",
        secrets.validate_ssh_key("key", "host.example"),
    )
    .await;
    eye.see("delete a secret", secrets.delete("db")).await;
}

async fn people(eye: &mut Eye<'_>, harness: &Harness) {
    let account = harness.account();
    eye.see("who am I", account.current_user()).await;
    let users = account.users();
    eye.see("users", users.list()).await;
    eye.see("a user", users.get("u")).await;
    eye.see("invite", users.invite(["who@acme.example"])).await;
    eye.see("invites", users.invites()).await;
    eye.see("remove a user", users.remove("u")).await;
    let groups = account.user_groups();
    eye.see("create a group", groups.create("g", "G")).await;
    eye.see("groups", groups.list()).await;
    eye.see("a group", groups.get("g")).await;
    eye.see("members", groups.members("g")).await;
    eye.see("add a member", groups.add_member("g", "u")).await;
    let robots = account.service_accounts();
    eye.see(
        "create a robot",
        robots.create("robot", "Robot", "robot@acme.example"),
    )
    .await;
    eye.see("robots", robots.list()).await;
    eye.see("a robot", robots.get("robot")).await;
    let keys = robots.api_keys("robot");
    eye.see("create a key", keys.create("ci", "CI")).await;
    eye.see("keys", keys.list()).await;
    eye.see("a key", keys.get("ci")).await;
}

async fn tokens(eye: &mut Eye<'_>, harness: &Harness) {
    let account = harness.account();
    let tokens = account.service_accounts().api_keys("robot").tokens("ci");
    let later = SystemTime::now() + Duration::from_secs(60);
    let made = eye
        .see("create a token", tokens.create("t", "T").valid_until(later))
        .await;
    if eye.mode == "played" {
        assert_eq!(made.expect("a token").expose_secret(), TOKEN);
    }
    let made = eye
        .see("rotate a token", tokens.rotate("t").keep_old_until(later))
        .await;
    if let Some(token) = made {
        let builder = Harness::builder()
            .api_key(token)
            .account("MockAccount_0123456789");
        eye.show("a builder with that token", &builder);
    }
    eye.see("tokens", tokens.list()).await;
    eye.see("validate a token", account.validate_token(TOKEN))
        .await;
}

/// Tests the raw client, and endpoints that the description lacks.
async fn raw(eye: &mut Eye<'_>, harness: &Harness, project: &Project) {
    let api = harness.raw();
    let account = harness.account_id();
    let token = Token::default();
    let create = || {
        api.users()
            .create_token(account, &token)
            .with_header("X-Harness-Token", HEADER)
    };
    eye.show("a raw request", &create());
    eye.take("a raw token", create().send()).await;
    let validate = || api.users().validate_token(account, TOKEN);
    eye.show("a raw validation", &validate());
    eye.take("a raw validation", validate().send()).await;
    let get = project.scoped(api.secrets().get_secret_v2("db", account));
    eye.take("a raw secret", get.send()).await;
    let own = || {
        harness
            .request(Method::POST, "/v9/widgets/{id}")
            .segment("id", "w1")
            .with_query("password", VALUE)
            .with_query("pageToken", "open")
            .with_header("X-Harness-Token", HEADER)
            .with_header("Cookie", HEADER)
            .json_body(&json!({"password": VALUE, "tokens": [VALUE], "secret": {"value": VALUE}, "pin": {"secret": 4}}))
    };
    eye.show("an own request", &own());
    eye.show("an own call", &harness_api_ext::raw::Call::from(own()));
    let none = |_: harness_api_ext::raw::Response<Value>| ();
    eye.take("an own request", async {
        own().send::<Value>().await.map(none)
    })
    .await;
    let text = harness.request(Method::POST, "/v9/words").json_body(&VALUE);
    eye.take("an own text", async {
        text.send::<Value>().await.map(none)
    })
    .await;
    eye.take("an own stream", own().bytes()).await;
    eye.take("nothing", own().empty()).await;
}
