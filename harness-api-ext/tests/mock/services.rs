//! The services whose modules are not enabled by default.

#![cfg_attr(
    not(all(
        feature = "cd",
        feature = "code",
        feature = "connectors",
        feature = "gitops",
        feature = "har",
        feature = "secrets"
    )),
    allow(
        dead_code,
        unused_imports,
        reason = "what is used depends on the modules that are compiled in"
    )
)]

use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{Configure, Request};
use harness_api_ext::{Envelope, Harness, Result};
use serde_json::{Value, json};

use crate::{call, failure, in_project, json as read};

async fn start() -> Result<(Server, Harness)> {
    let server = Server::start().await?;
    server.add_project("retail", "checkout");
    let harness = server.harness();
    Ok((server, harness))
}

#[cfg(feature = "connectors")]
#[tokio::test]
async fn connectors() -> Result<()> {
    use harness_api_ext::connectors::types::DockerConnector;

    let (server, harness) = start().await?;
    let connectors = harness.org("retail").project("checkout").connectors();
    let hub = || DockerConnector {
        docker_registry_url: Some("https://registry.example.com".into()),
        provider_type: Some("Other".into()),
        ..Default::default()
    };
    let created = connectors
        .create("hub", "Hub", hub())
        .tag("team", "pay")
        .await?;
    assert!(created.created_at.is_some());
    assert!(failure(connectors.create("hub", "Hub", hub()).await).is_already_exists());
    let mut connector = *connectors
        .get("hub")
        .await?
        .connector
        .expect("the connector");
    assert_eq!(
        connector.type_.as_ref().map(ToString::to_string).as_deref(),
        Some("DockerRegistry")
    );
    connector.name = Some("Docker".into());
    connectors.update(connector).await?;
    harness
        .account()
        .connectors()
        .create("shared", "Shared", hub())
        .await?;
    assert_eq!(connectors.list().collect_all().await?.len(), 1);
    assert_eq!(
        connectors
            .list()
            .with_those_above()
            .collect_all()
            .await?
            .len(),
        2
    );
    assert_eq!(
        connectors
            .list()
            .kinds(["Github"])
            .collect_all()
            .await?
            .len(),
        0
    );
    assert_eq!(
        connectors.list().search("dock").collect_all().await?.len(),
        1
    );

    assert!(connectors.test("hub").await?.is_success());
    let failing =
        json!({"status": "SUCCESS", "data": {"status": "FAILURE", "errorSummary": "no route"}});
    server.answer_next("getTestConnectionResult", [Reply::json(200, &failing)]);
    assert!(
        failure(connectors.test("hub").await?.success())
            .to_string()
            .contains("no route")
    );

    server.deny_by_policy("connector", "need-team", "tags.team is required");
    let denied = failure(connectors.create("other", "Other", hub()).await);
    assert!(denied.is_policy_denied(), "{denied}");
    assert!(failure(connectors.get("other").await).is_not_found());

    connectors.delete("hub").await?;
    let gone = failure(connectors.get("hub").await);
    assert!(gone.is_not_found(), "{gone}");
    assert_eq!(gone.status().map(|status| status.as_u16()), Some(400));
    Ok(())
}

/// The mock requires the settings of a type with and without the schemas.
#[cfg(all(feature = "connectors", feature = "secrets"))]
#[tokio::test]
async fn settings_that_leave_out_what_is_required_are_refused() -> Result<()> {
    for server in [Server::builder(), Server::builder().described(7)] {
        let server = server.start().await?;
        let harness = server.harness();
        let connector = |kind: &str, spec: Value| json!({"connector": {"identifier": "hub", "name": "Hub", "type": kind, "spec": spec}});
        let secret = |kind: &str, spec: Value| json!({"secret": {"identifier": "db", "name": "DB", "type": kind, "spec": spec}});
        let (connectors, secrets) = ("/ng/api/connectors", "/ng/api/v2/secrets");
        for (path, body, missing) in [
            (
                connectors,
                connector("DockerRegistry", json!({})),
                "providerType",
            ),
            (
                connectors,
                connector("DockerRegistry", json!({"providerType": "Other"})),
                "dockerRegistryUrl",
            ),
            (
                connectors,
                connector(
                    "Github",
                    json!({"url": "https://github.com/acme", "type": "Account"}),
                ),
                "authentication",
            ),
            (
                connectors,
                json!({"connector": {"identifier": "hub", "name": "Hub", "spec": {}}}),
                "type",
            ),
            (
                connectors,
                json!({"connector": {"identifier": "hub", "name": "Hub", "type": "Local"}}),
                "spec",
            ),
            (
                secrets,
                secret("SecretText", json!({"valueType": "Inline", "value": "x"})),
                "secretManagerIdentifier",
            ),
            (secrets, secret("SSHKey", json!({"port": 22})), "auth"),
        ] {
            let outcome = read(harness.request(Method::POST, path).json_body(&body)).await;
            let refusal = failure(outcome);
            assert_eq!(
                refusal.status().map(|status| status.as_u16()),
                Some(422),
                "{body}"
            );
            assert!(refusal.message().contains(missing), "{body}: {refusal}");
        }
        for (path, body) in [
            (connectors, connector("Local", json!({}))),
            (
                secrets,
                secret(
                    "SecretText",
                    json!({"secretManagerIdentifier": "vault", "valueType": "Reference", "value": "x"}),
                ),
            ),
        ] {
            read(harness.request(Method::POST, path).json_body(&body)).await?;
        }
    }
    Ok(())
}

#[cfg(feature = "secrets")]
#[tokio::test]
async fn secrets_are_never_given_back() -> Result<()> {
    let (server, harness) = start().await?;
    let path = "/ng/api/v2/secrets";
    let text = json!({"secret": {
        "type": "SecretText", "identifier": "db", "name": "DB",
        "orgIdentifier": "retail", "projectIdentifier": "checkout",
        "spec": {"secretManagerIdentifier": "harnessSecretManager", "valueType": "Inline", "value": "c4n4ry"},
    }});
    let answer = read(in_project(&harness, Method::POST, path).json_body(&text)).await?;
    assert!(!answer.to_string().contains("c4n4ry"), "{answer}");
    let answer = read(in_project(&harness, Method::GET, &format!("{path}/db"))).await?;
    assert_eq!(answer["data"]["secret"]["spec"]["value"], Value::Null);
    assert!(!format!("{:?}", server.received()).contains("c4n4ry"));

    let form = "--b\r\nContent-Disposition: form-data; name=\"spec\"\r\n\r\n\
                {\"secret\":{\"type\":\"SecretFile\",\"identifier\":\"cert\",\"name\":\"Cert\",\
                \"spec\":{\"secretManagerIdentifier\":\"harnessSecretManager\"}}}\r\n\
                --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c\"\r\n\r\nc4n4ry\r\n--b--\r\n";
    let upload = |body: &str| {
        let request = in_project(&harness, Method::POST, &format!("{path}/files"));
        request.text_body("multipart/form-data; boundary=b", body)
    };
    read(upload(form)).await?;
    let missing = failure(read(upload("--b--\r\n")).await);
    assert!(
        missing.message().contains("file: required in the form"),
        "{missing}"
    );
    let list = |index: u32| {
        let request = in_project(&harness, Method::POST, &format!("{path}/list/secrets"));
        let request = request
            .with_query("pageSize", "1")
            .with_query("pageIndex", index.to_string());
        read(request.json_body(&json!({"filterType": "Secret"})))
    };
    let (first, second) = (list(0).await?, list(1).await?);
    let id = |page: &Value| page["data"]["content"][0]["secret"]["identifier"].clone();
    assert_eq!((id(&first), id(&second)), (json!("cert"), json!("db")));
    assert_eq!(first["data"]["totalItems"], 2);
    Ok(())
}

#[cfg(feature = "cd")]
#[tokio::test]
async fn services_and_environments() -> Result<()> {
    let (server, harness) = start().await?;
    for (path, member) in [
        ("/ng/api/servicesV2", "service"),
        ("/ng/api/environmentsV2", "environment"),
    ] {
        let body = json!({
            "identifier": "till", "name": "Till", "orgIdentifier": "retail",
            "projectIdentifier": "checkout", "yaml": "x:\n  # kept\n", "type": "Production",
        });
        let one = format!("{path}/till");
        read(call(&harness, Method::POST, path).json_body(&body)).await?;
        let got = read(in_project(&harness, Method::GET, &one)).await?;
        assert_eq!(got["data"][member]["yaml"], "x:\n  # kept\n");
        let listed = read(in_project(
            &harness,
            Method::GET,
            &format!("{path}?page=0&size=10"),
        ))
        .await?;
        assert_eq!(listed["data"]["content"][0][member]["identifier"], "till");
        read(in_project(&harness, Method::DELETE, &one)).await?;
        assert!(failure(read(in_project(&harness, Method::GET, &one)).await).is_not_found());
        server.deny(&format!("core_{member}_edit"));
        let denied = failure(read(call(&harness, Method::POST, path).json_body(&body)).await);
        assert!(denied.is_permission_denied(), "{denied}");
    }
    Ok(())
}

#[cfg(feature = "gitops")]
#[tokio::test]
async fn agents_and_applications_become_healthy() -> Result<()> {
    let (_server, harness) = start().await?;
    let agents = "/gitops/api/v1/agents";
    let body = json!({
        "identifier": "ops", "name": "Ops", "orgIdentifier": "retail", "projectIdentifier": "checkout",
        "type": "MANAGED_ARGO_PROVIDER",
    });
    let created = read(call(&harness, Method::POST, agents).json_body(&body)).await?;
    assert!(created["credentials"]["privateKey"].is_string());
    let mut states = Vec::new();
    for _ in 0..2 {
        let agent = read(in_project(&harness, Method::GET, &format!("{agents}/ops"))).await?;
        assert!(agent["credentials"].is_null());
        states.push(agent["health"]["harnessGitopsAgent"]["status"].clone());
    }
    assert_eq!(states, ["HEALTH_STATUS_UNSET", "HEALTHY"]);

    let apps = format!("{agents}/ops/applications");
    let app = json!({"application": {"metadata": {"name": "billing"}, "spec": {"project": "p"}}});
    read(in_project(&harness, Method::POST, &apps).json_body(&app)).await?;
    let one = format!("{apps}/billing");
    read(in_project(&harness, Method::POST, &format!("{one}/sync")).json_body(&json!({}))).await?;
    let mut states = Vec::new();
    for _ in 0..2 {
        let app = read(in_project(&harness, Method::GET, &one)).await?;
        let status = &app["app"]["status"];
        states.push((
            status["operationState"]["phase"].clone(),
            status["health"]["status"].clone(),
        ));
    }
    assert_eq!(
        states,
        [
            (json!("Running"), json!("Progressing")),
            (json!("Succeeded"), json!("Healthy"))
        ]
    );
    for (size, index, rows) in [(1, 0, 1), (1, 1, 0)] {
        let query = json!({
            "orgIdentifier": "retail", "projectIdentifier": "checkout", "pageSize": size, "pageIndex": index,
        });
        let listed =
            read(call(&harness, Method::POST, "/gitops/api/v1/applications").json_body(&query))
                .await?;
        assert_eq!(
            (&listed["pageItemCount"], &listed["totalItems"]),
            (&json!(rows), &json!(1))
        );
    }
    let gone = failure(read(in_project(&harness, Method::GET, &format!("{apps}/none"))).await);
    assert!(gone.is_not_found(), "{gone}");
    assert_eq!(gone.envelope(), Some(Envelope::Grpc));
    Ok(())
}

#[cfg(feature = "har")]
#[tokio::test]
async fn registries_are_found_by_reference() -> Result<()> {
    let (_server, harness) = start().await?;
    let space = "MockAccount_0123456789/retail/checkout";
    for id in ["images", "charts"] {
        let body =
            json!({"identifier": id, "packageType": "DOCKER", "config": {"type": "VIRTUAL"}});
        let create =
            call(&harness, Method::POST, "/har/api/v1/registry").with_query("space_ref", space);
        let created = create.json_body(&body).send::<Value>().await?;
        assert_eq!(created.status().as_u16(), 201);
    }
    let one = format!("/har/api/v1/registry/{space}/images/+");
    let got = read(call(&harness, Method::GET, &one)).await?;
    assert_eq!(got["data"]["identifier"], "images");
    let list = format!("/har/api/v1/spaces/{space}/+/registries");
    let mut seen = Vec::new();
    for page in [1, 2] {
        let list = call(&harness, Method::GET, &list).with_query("size", "1");
        let listed = read(list.with_query("page", page.to_string())).await?;
        assert_eq!(listed["data"]["itemCount"], 2, "{listed}");
        seen.push(listed["data"]["registries"][0]["identifier"].clone());
    }
    assert_eq!(seen, ["charts", "images"]);
    read(call(&harness, Method::DELETE, &one)).await?;
    let gone = failure(read(call(&harness, Method::GET, &one)).await);
    assert!(gone.is_not_found(), "{gone}");
    assert_eq!(gone.code(), Some("404"));
    Ok(())
}

#[cfg(feature = "code")]
#[tokio::test]
async fn repositories_are_counted_from_page_one() -> Result<()> {
    let (_server, harness) = start().await?;
    let repos = "/code/api/v1/repos";
    let create = |id: &str| {
        let request = in_project(&harness, Method::POST, repos);
        request.json_body(&json!({"identifier": id, "default_branch": "trunk"}))
    };
    for id in ["a", "b", "c"] {
        read(create(id)).await?;
    }
    let twice = failure(read(create("a")).await);
    assert_eq!(twice.status().map(|status| status.as_u16()), Some(409));
    assert!(twice.is_already_exists(), "{twice}");
    let list = |page: &str| {
        let request: Request = in_project(&harness, Method::GET, repos).with_query("limit", "2");
        request.with_query("page", page).send::<Vec<Value>>()
    };
    let (first, second) = (list("1").await?, list("2").await?);
    assert_eq!((first.len(), second.len()), (2, 1));
    assert_eq!(
        (first.header("x-next-page"), second.header("x-next-page")),
        (Some("2"), None)
    );
    assert_eq!(first.header("x-total"), Some("3"));
    // By reference, and by identifier with the place in the query.
    for (path, scoped) in [
        ("MockAccount_0123456789/retail/checkout/a/+", false),
        ("a", true),
    ] {
        let path = format!("{repos}/{path}");
        let request = if scoped {
            in_project(&harness, Method::GET, &path)
        } else {
            call(&harness, Method::GET, &path)
        };
        let got = read(request).await?;
        assert_eq!(got["path"], "MockAccount_0123456789/retail/checkout/a");
        assert_eq!(got["default_branch"], "trunk");
    }
    in_project(&harness, Method::DELETE, &format!("{repos}/a"))
        .empty()
        .await?;
    let gone = failure(read(in_project(&harness, Method::GET, &format!("{repos}/a"))).await);
    assert!(gone.is_not_found(), "{gone}");
    assert_eq!(gone.envelope(), Some(Envelope::Code));
    Ok(())
}
