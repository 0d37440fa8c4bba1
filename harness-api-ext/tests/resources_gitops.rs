//! GitOps: what is sent, and what is made of the answers.

#![cfg(feature = "gitops")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use common::Exchange;
use harness_api_ext::gitops::{is_agent_absent, types};
use harness_api_ext::{Backoff, Order};
use serde_json::{Value, json};

/// The scope in the query.
const SCOPE: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail&projectIdentifier=checkout&routingId=AcmeAccount";

fn at(method_and_path: &str) -> String {
    let mark = if method_and_path.contains('?') {
        '&'
    } else {
        '?'
    };
    format!("{method_and_path}{mark}{SCOPE}")
}

/// The scope in the body, with these members.
fn scoped(mut members: Value) -> Value {
    members["accountIdentifier"] = "AcmeAccount".into();
    members["orgIdentifier"] = "retail".into();
    members["projectIdentifier"] = "checkout".into();
    members
}

const AGENT: &str = r#"{"accountIdentifier":"AcmeAccount","orgIdentifier":"retail","projectIdentifier":"checkout",
    "identifier":"ops","name":"Operations","type":"MANAGED_ARGO_PROVIDER","scope":"PROJECT",
    "createdAt":"1761800000000","health":null,"credentials":{"publicKey":"","privateKey":"s3cr3t-key"}}"#;

#[tokio::test]
async fn agents_are_created_with_their_scope_in_the_body() {
    let expect = Exchange::answering(AGENT);
    let agents = expect.project().gitops().agents();
    let create = agents
        .create("ops", "Operations")
        .namespace("gitops")
        .high_availability(false)
        .operator("ARGO")
        .description("Tills")
        .tag("team", "pay");
    let body = scoped(json!({
        "identifier": "ops", "name": "Operations", "type": "MANAGED_ARGO_PROVIDER", "operator": "ARGO",
        "metadata": {"namespace": "gitops", "highAvailability": false},
        "description": "Tills", "tags": {"team": "pay"},
    }));
    let line = "POST /gitops/api/v1/agents?routingId=AcmeAccount";
    let agent = expect.sends(create, line, body).await;
    assert_eq!(agent.scope, Some(types::V1AgentScope::Project));
    assert!(!format!("{agent:?}").contains("s3cr3t-key"));

    let body: Value = serde_json::to_value(&agent).expect("JSON");
    assert_eq!(body["createdAt"], "1761800000000");
    let line = "PUT /gitops/api/v1/agents/ops?routingId=AcmeAccount";
    expect.sends(agents.update(agent), line, body).await;

    let bare = types::V1Agent {
        identifier: Some("ops".into()),
        ..Default::default()
    };
    let body = scoped(json!({"identifier": "ops"}));
    expect.sends(agents.update(bare), line, body).await;
}

#[tokio::test]
async fn agents_of_all_levels_are_read_and_deleted() {
    let expect = Exchange::answering(AGENT);
    let agents = expect.project().gitops().agents();
    let agent = expect
        .sends(
            agents.get("ops"),
            &at("GET /gitops/api/v1/agents/ops"),
            Value::Null,
        )
        .await;
    assert_eq!(agent.name.as_deref(), Some("Operations"));
    expect
        .sends(
            agents.delete("ops"),
            &at("DELETE /gitops/api/v1/agents/ops"),
            Value::Null,
        )
        .await;
    let agents = expect.account().gitops().agents();
    let line = "GET /gitops/api/v1/agents/ops?accountIdentifier=AcmeAccount&routingId=AcmeAccount";
    expect.sends(agents.get("ops"), line, Value::Null).await;
}

#[tokio::test]
async fn agents_are_listed() {
    let page = r#"{"content":[{"identifier":"ops"},{"identifier":"edge"}],"totalPages":1,"totalItems":"2",
        "pageItemCount":2,"pageSize":20,"pageIndex":0,"empty":false}"#;
    let expect = Exchange::answering(page);
    let list = expect
        .project()
        .gitops()
        .agents()
        .list()
        .search("o")
        .tags(["team:pay", "tier:1"])
        .connected("CONNECTED")
        .sort("NAME", Order::Desc)
        .page_size(20);
    let line = at(
        "GET /gitops/api/v1/agents?searchTerm=o&tags=team%3Apay&tags=tier%3A1&connectedStatus=CONNECTED&sortBy=NAME\
         &sortOrder=DESC&pageSize=20&pageIndex=0",
    );
    let page = expect.sends(list, &line, Value::Null).await;
    assert_eq!(page.items.len(), 2);
    assert_eq!(page.total, Some(2));
}

#[tokio::test]
async fn what_installs_an_agent_is_text() {
    let yaml = "apiVersion: v1\nkind: Namespace # \"gitops\"\n";
    let expect = Exchange::text("application/json", yaml);
    let agents = expect.project().gitops().agents();
    let get = agents
        .deploy_yaml("ops")
        .namespace("gitops")
        .skip_crds(true)
        .https_proxy("http://proxy:3128");
    let line = at(
        "GET /gitops/api/v1/agents/ops/deploy.yaml?namespace=gitops&skipCrds=true&proxy.https=http%3A%2F%2Fproxy%3A3128",
    );
    assert_eq!(expect.sends(get, &line, Value::Null).await, yaml);

    let body = scoped(json!({
        "agentIdentifier": "ops", "namespace": "gitops", "skipCrds": false, "caData": "Q0E=", "privateKey": "k3y",
        "disasterRecoveryIdentifier": "second",
        "proxy": {"http": "http://p:1", "https": "http://p:2", "username": "me", "password": "w0rd", "skipSSLVerify": true},
        "argocdSettings": {
            "enableHelmPathTraversal": true, "forceEnableInCluster": true, "enableArgocdHarnessPlugin": false
        },
    }));
    macro_rules! check {
        ($method:ident $path:literal) => {
            let call = agents
                .$method("ops")
                .namespace("gitops")
                .skip_crds(false)
                .ca_data("Q0E=")
                .private_key("k3y")
                .disaster_recovery_node("second")
                .http_proxy("http://p:1")
                .https_proxy("http://p:2")
                .proxy_login("me", "w0rd")
                .proxy_skip_tls_verify(true)
                .helm_path_traversal(true)
                .in_cluster(true)
                .harness_plugin(false);
            let shown = format!("{call:?}");
            assert!(!shown.contains("k3y") && !shown.contains("w0rd"), "{shown}");
            let line = concat!(
                "POST /gitops/api/v1/agents/ops/",
                $path,
                "?routingId=AcmeAccount"
            );
            assert_eq!(expect.sends(call, line, body.clone()).await, yaml);
        };
    }
    check!(deployment_yaml "deployment-spec/yaml");
    check!(helm_overrides "helm-overrides");
    check!(operator_yaml "operator/yaml");
}

#[tokio::test]
async fn an_agent_is_waited_for_until_all_of_it_is_healthy() {
    let expect = Exchange::each(vec![
        r#"{"identifier":"ops"}"#,
        r#"{"identifier":"ops","health":{"connectionStatus":"CONNECTED","harnessGitopsAgent":{"status":"HEALTH_STATUS_UNSET"}}}"#,
        r#"{"identifier":"ops","health":{"connectionStatus":"CONNECTED","harnessGitopsAgent":{"status":"HEALTHY"},
            "argoRepoServer":{"status":"UNHEALTHY"}}}"#,
        r#"{"identifier":"ops","health":{"connectionStatus":"DISCONNECTED","harnessGitopsAgent":{"status":"HEALTHY"}}}"#,
        r#"{"identifier":"ops","health":{"connectionStatus":"CONNECTED","harnessGitopsAgent":{"status":"HEALTHY"},
            "argoRepoServer":{"status":"HEALTHY"}}}"#,
    ]);
    let agents = expect.project().gitops().agents();
    let agent = agents
        .wait_healthy("ops")
        .backoff(often())
        .await
        .expect("healthy");
    assert_eq!(agent.identifier.as_deref(), Some("ops"));
    assert_eq!(expect.count(), 5);
}

#[tokio::test]
async fn an_agent_is_watched() {
    let expect = Exchange::each(vec![
        r#"{"identifier":"ops"}"#,
        r#"{"identifier":"ops","health":{"connectionStatus":"CONNECTED","harnessGitopsAgent":{"status":"HEALTHY"}}}"#,
    ]);
    let mut watch = expect.project().gitops().agents().watch("ops");
    let mut connected = Vec::new();
    while let Some(agent) = watch.try_next().await.expect("a state") {
        connected.push(agent.health.is_some());
    }
    assert_eq!(connected, [false, true]);
}

fn often() -> Backoff {
    Backoff::every(Duration::from_millis(1))
}

const PAGE: &str = r#"{"content":[{"identifier":"tills","agentIdentifier":"ops"}],"totalPages":1,"totalItems":1,
    "pageItemCount":1,"pageSize":50,"pageIndex":0,"empty":false}"#;

#[tokio::test]
async fn lists_have_scope_filter_and_page_in_the_body() {
    let expect = Exchange::answering(PAGE);
    let gitops = expect.project().gitops();
    let query = "?routingId=AcmeAccount";

    let list = gitops
        .clusters()
        .list()
        .agent("ops")
        .search("t")
        .sort("NAME", Order::Asc)
        .page_size(50);
    let body = scoped(json!({
        "agentIdentifier": "ops", "searchTerm": "t", "sortBy": "NAME", "sortOrder": "ASC", "pageIndex": 0, "pageSize": 50,
    }));
    let page = expect
        .sends(list, &format!("POST /gitops/api/v1/clusters{query}"), body)
        .await;
    assert_eq!(page.items[0].identifier.as_deref(), Some("tills"));

    let list = gitops
        .repositories()
        .list()
        .agent("ops")
        .include_child_scopes(true)
        .page_size(9);
    let body = scoped(
        json!({"agentIdentifier": "ops", "includeChildScopes": true, "pageIndex": 0, "pageSize": 9}),
    );
    let page = expect
        .sends(
            list,
            &format!("POST /gitops/api/v1/repositories{query}"),
            body,
        )
        .await;
    assert_eq!(page.items[0].identifier.as_deref(), Some("tills"));

    let list = gitops
        .repository_credentials()
        .list()
        .agent("ops")
        .page_size(9);
    let body = scoped(json!({"agentIdentifier": "ops", "pageIndex": 0, "pageSize": 9}));
    let page = expect
        .sends(list, &format!("POST /gitops/api/v1/repocreds{query}"), body)
        .await;
    assert_eq!(page.items[0].identifier.as_deref(), Some("tills"));

    let filter = json!({"agentIdentifier": {"$in": ["ops"]}});
    let list = gitops
        .applications()
        .list()
        .metadata_only(true)
        .fields(["name"])
        .filter(filter.clone())
        .page_size(9);
    let body = scoped(
        json!({"metadataOnly": true, "fields": ["name"], "filter": filter, "pageIndex": 0, "pageSize": 9}),
    );
    let page = expect
        .sends(
            list,
            &format!("POST /gitops/api/v1/applications{query}"),
            body,
        )
        .await;
    assert_eq!(page.items[0].agent_identifier.as_deref(), Some("ops"));

    let list = expect.account().gitops().applications().list().page_size(9);
    let body = json!({"accountIdentifier": "AcmeAccount", "pageIndex": 0, "pageSize": 9});
    expect
        .sends(
            list,
            &format!("POST /gitops/api/v1/applications{query}"),
            body,
        )
        .await;
}

#[tokio::test]
async fn clusters_are_created_replaced_and_deleted() {
    let answer = r#"{"identifier":"tills","agentIdentifier":"ops","createdAt":{"seconds":"1761800000","nanos":0},
        "cluster":{"name":"tills","server":"https://tills","config":{"bearerToken":"t0k3n"},"shard":"0"}}"#;
    let expect = Exchange::answering(answer);
    let clusters = expect.project().gitops().clusters();
    let path = "/gitops/api/v1/agents/account.ops/clusters";
    let create = clusters
        .create("account.ops", "tills", "https://tills")
        .name("Tills")
        .namespace("billing")
        .connection_type("SERVICE_ACCOUNT")
        .bearer_token("t0k3n")
        .ca_data("Q0E=")
        .insecure(false)
        .tag("tier", "1")
        .upsert(true);
    assert!(!format!("{create:?}").contains("t0k3n"));
    let body = json!({
        "cluster": {
            "name": "Tills", "server": "https://tills", "namespaces": ["billing"],
            "config": {
                "clusterConnectionType": "SERVICE_ACCOUNT", "bearerToken": "t0k3n",
                "tlsClientConfig": {"caData": "Q0E=", "insecure": false},
            },
        },
        "tags": {"tier": "1"}, "upsert": true,
    });
    let made = expect
        .sends(create, &at(&format!("POST {path}?identifier=tills")), body)
        .await;
    let cluster = *made.cluster.expect("a cluster");
    assert_eq!(cluster.name.as_deref(), Some("tills"));

    let update = clusters
        .update("account.ops", "tills", cluster.clone())
        .only(["name"])
        .force(true);
    let body = json!({"cluster": serde_json::to_value(&cluster).expect("JSON"), "updatedFields": ["name"]});
    expect
        .sends(
            update,
            &at(&format!("PUT {path}/tills?forceUpdate=true")),
            body,
        )
        .await;
    let got = expect
        .sends(
            clusters.get("account.ops", "tills"),
            &at(&format!("GET {path}/tills")),
            Value::Null,
        )
        .await;
    assert_eq!(got.identifier.as_deref(), Some("tills"));
    let expect = Exchange::answering("{}");
    let delete = expect
        .project()
        .gitops()
        .clusters()
        .delete("account.ops", "tills")
        .force(true);
    expect
        .sends(
            delete,
            &at(&format!("DELETE {path}/tills?forceDelete=true")),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn repositories_are_created_replaced_and_deleted() {
    let answer = r#"{"identifier":"shop","repository":{"repo":"https://git/shop","type":"git","connectionState":null}}"#;
    let expect = Exchange::answering(answer);
    let repositories = expect.project().gitops().repositories();
    let path = "/gitops/api/v1/agents/ops/repositories";
    let create = repositories
        .create("ops", "shop", "https://git/shop")
        .connection_type("HTTPS")
        .login("deployer", "t0k3n")
        .credentials("retail")
        .insecure(false);
    assert!(!format!("{create:?}").contains("t0k3n"));
    let body = json!({"repo": {
        "name": "shop", "repo": "https://git/shop", "type": "git", "connectionType": "HTTPS", "username": "deployer",
        "password": "t0k3n", "insecure": false,
    }});
    let line = at(&format!("POST {path}?identifier=shop&repoCredsId=retail"));
    let made = expect.sends(create, &line, body).await;
    let repository = *made.repository.expect("a repository");

    let update = repositories
        .update("ops", "shop", repository.clone())
        .only(["username"]);
    let body = json!({
        "repo": {"repo": "https://git/shop", "type": "git"}, "updateMask": {"paths": ["username"]},
    });
    expect
        .sends(update, &at(&format!("PUT {path}/shop")), body)
        .await;
    let get = repositories.get("ops", "shop").refresh(true);
    expect
        .sends(
            get,
            &at(&format!("GET {path}/shop?query.forceRefresh=true")),
            Value::Null,
        )
        .await;
    let expect = Exchange::answering("{}");
    let delete = expect
        .project()
        .gitops()
        .repositories()
        .delete("ops", "shop");
    expect
        .sends(delete, &at(&format!("DELETE {path}/shop")), Value::Null)
        .await;
}

#[tokio::test]
async fn repository_credentials_are_created_replaced_and_deleted() {
    let answer = r#"{"identifier":"retail","repoCreds":{"url":"https://git/retail","type":"git"}}"#;
    let expect = Exchange::answering(answer);
    let credentials = expect.project().gitops().repository_credentials();
    let path = "/gitops/api/v1/agents/ops/repocreds";
    let create = credentials
        .create("ops", "retail", "ssh://git/retail")
        .ssh_private_key("PEM-k3y")
        .upsert(false);
    assert!(!format!("{create:?}").contains("PEM-k3y"));
    let body = json!({
        "creds": {"url": "ssh://git/retail", "type": "git", "sshPrivateKey": "PEM-k3y"}, "upsert": false,
    });
    let made = expect
        .sends(create, &at(&format!("POST {path}?identifier=retail")), body)
        .await;
    let creds = *made.repo_creds.expect("credentials");
    let body = json!({"creds": {"url": "https://git/retail", "type": "git"}});
    expect
        .sends(
            credentials.update("ops", "retail", creds),
            &at(&format!("PUT {path}/retail")),
            body,
        )
        .await;
    expect
        .sends(
            credentials.get("ops", "retail"),
            &at(&format!("GET {path}/retail")),
            Value::Null,
        )
        .await;
    let expect = Exchange::answering("{}");
    let delete = expect
        .project()
        .gitops()
        .repository_credentials()
        .delete("ops", "retail");
    expect
        .sends(delete, &at(&format!("DELETE {path}/retail")), Value::Null)
        .await;
}

#[tokio::test]
async fn errors_of_the_service_are_told_apart() {
    let expect = Exchange::status(
        "404 Not Found",
        r#"{"error":"application billing not found","code":5,"message":"application billing not found","details":[]}"#,
    );
    let gitops = expect.project().gitops();
    let missing = [
        gitops.agents().get("ops").await.expect_err("missing"),
        gitops
            .clusters()
            .get("ops", "tills")
            .await
            .expect_err("missing"),
        gitops
            .repositories()
            .get("ops", "shop")
            .await
            .expect_err("missing"),
        gitops
            .repository_credentials()
            .get("ops", "shop")
            .await
            .expect_err("missing"),
    ];
    for error in missing {
        assert!(error.is_not_found(), "{error}");
        assert!(!is_agent_absent(&error), "{error}");
    }
}
