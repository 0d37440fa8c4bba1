//! Secrets over HTTP.
#![cfg(feature = "secrets")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{ACCOUNT, Exchange, ORG, PAGE, PROJECT, data, has_part, not_found, page};
use harness_api_ext::raw::FilePart;
use harness_api_ext::secrets::types;
use harness_api_ext::{ErrorKind, Result, SecretString};
use serde_json::{Value, json};

/// A secret text as it is answered: without its value.
fn stored() -> Value {
    json!({
        "secret": {
            "type": "SecretText", "identifier": "db_password", "name": "Database", "description": "",
            "orgIdentifier": "retail", "projectIdentifier": "checkout", "tags": {},
            "spec": {"secretManagerIdentifier": "harnessSecretManager", "valueType": "Inline", "value": null},
        },
        "createdAt": 1_761_800_000_000_i64, "updatedAt": 1_761_800_000_000_i64, "draft": false,
    })
}

fn sent(spec: &Value) -> Value {
    json!({"secret": {
        "type": "SecretText", "identifier": "db_password", "name": "Database",
        "orgIdentifier": "retail", "projectIdentifier": "checkout", "spec": spec,
    }})
}

#[tokio::test]
async fn a_secret_text_is_created() -> Result<()> {
    let exchange = Exchange::answering(data(&stored()));
    let secrets = exchange.project().secrets();
    let create = secrets.create_text("db_password", "Database", "c4n4ry");
    assert!(!format!("{create:?}").contains("c4n4ry"), "{create:?}");
    let created = create.private(true).await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/v2/secrets?{PROJECT}&privateSecret=true"),
        &sent(&json!({"secretManagerIdentifier": "harnessSecretManager", "valueType": "Inline", "value": "c4n4ry"})),
    );
    assert_eq!(created.created_at, Some(1_761_800_000_000));

    let create = secrets.create_reference("db_password", "Database", "kv/shop#db");
    create.secret_manager("org.vault").await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/v2/secrets?{PROJECT}"),
        &sent(&json!({"secretManagerIdentifier": "org.vault", "valueType": "Reference", "value": "kv/shop#db"})),
    );
    Ok(())
}

#[tokio::test]
async fn a_secret_file_has_two_parts() -> Result<()> {
    let exchange = Exchange::answering(data(&stored()));
    let file = FilePart::bytes("kubeconfig", "c4n4ry: 1");
    let create = exchange
        .org()
        .secrets()
        .create_file("cluster", "Cluster", file);
    assert!(!format!("{create:?}").contains("c4n4ry"), "{create:?}");
    create
        .secret_manager("account.vault")
        .tag("team", "pay")
        .await?;
    exchange.saw("POST", &format!("/ng/api/v2/secrets/files?{ORG}"));
    let form = exchange.last().body;
    has_part(&form, "file", "c4n4ry: 1");
    assert_eq!(form.matches("name=\"file\"").count(), 1);
    assert_eq!(
        form.matches("name=\"").count(),
        3,
        "two parts, one of which has a filename: {form}"
    );
    let spec = form
        .split("name=\"spec\"\r\n\r\n")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next());
    let spec: Value = serde_json::from_str(spec.unwrap_or_default()).expect("JSON");
    assert_eq!(
        spec,
        json!({"secret": {
            "type": "SecretFile", "identifier": "cluster", "name": "Cluster", "orgIdentifier": "retail",
            "tags": {"team": "pay"}, "spec": {"secretManagerIdentifier": "account.vault"},
        }})
    );
    Ok(())
}

#[tokio::test]
async fn an_ssh_key_is_created_as_it_is_given() -> Result<()> {
    let exchange = Exchange::answering(data(&stored()));
    let key = types::SshKeyReferenceCredentialDto {
        user_name: Some("deploy".into()),
        key: Some("account.key_file".into()),
        ..Default::default()
    };
    let ssh = types::SshConfig {
        credential_type: Some("KeyReference".into()),
        spec: Some(key.into()),
        ..Default::default()
    };
    let auth = types::SshAuth {
        type_: Some("SSH".into()),
        spec: Some(ssh.into()),
        ..Default::default()
    };
    let secret = types::NgSecret {
        identifier: Some("deploy_key".into()),
        name: Some("Deploy".into()),
        type_: Some(types::NgSecretType::SshKey),
        spec: Some(
            types::SshKeySpec {
                auth: Some(Box::new(auth)),
                port: Some(22),
                ..Default::default()
            }
            .into(),
        ),
        ..Default::default()
    };
    let secrets = exchange.account().secrets();
    secrets.create(secret.clone()).await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/v2/secrets?{ACCOUNT}"),
        &json!({"secret": {
            "type": "SSHKey", "identifier": "deploy_key", "name": "Deploy",
            "spec": {"port": 22, "auth": {"type": "SSH", "spec": {
                "credentialType": "KeyReference", "spec": {"userName": "deploy", "key": "account.key_file"},
            }}},
        }}),
    );
    let misused = [
        secrets.create(secret.clone()).secret_manager("vault").await,
        secrets.update(secret).value("c4n4ry").await,
    ];
    for outcome in misused {
        assert_eq!(outcome.expect_err("a fault").kind(), ErrorKind::Build);
    }
    Ok(())
}

#[tokio::test]
async fn a_secret_is_read_and_replaced() -> Result<()> {
    let exchange = Exchange::answering(data(&stored()));
    let secrets = exchange.project().secrets();
    let read = secrets.get("db_password").await?;
    exchange.saw("GET", &format!("/ng/api/v2/secrets/db_password?{PROJECT}"));
    let secret = *read.secret.unwrap_or_default();
    let update = secrets.update(secret).value(SecretString::from("c4n4ry"));
    assert!(!format!("{update:?}").contains("c4n4ry"), "{update:?}");
    update.await?;
    exchange.saw("PUT", &format!("/ng/api/v2/secrets/db_password?{PROJECT}"));
    let body: Value = serde_json::from_str(&exchange.last().body).expect("JSON");
    assert_eq!(body["secret"]["spec"]["value"], "c4n4ry");
    assert_eq!(body["secret"]["description"], "");

    let file = types::NgSecret {
        identifier: Some("cluster".into()),
        type_: Some(types::NgSecretType::SecretFile),
        spec: Some(types::NgSecretFileSpec::default().into()),
        ..Default::default()
    };
    secrets
        .update(file.clone())
        .content(FilePart::bytes("kubeconfig", "b: 2"))
        .await?;
    exchange.saw(
        "PUT",
        &format!("/ng/api/v2/secrets/files/cluster?{PROJECT}"),
    );
    has_part(&exchange.last().body, "file", "b: 2");
    secrets.update(file).await?;
    exchange.saw(
        "PUT",
        &format!("/ng/api/v2/secrets/files/cluster?{PROJECT}"),
    );
    assert!(!exchange.last().body.contains("name=\"file\""));
    Ok(())
}

#[tokio::test]
async fn secrets_are_listed_validated_and_deleted() -> Result<()> {
    let exchange = Exchange::answering(page(&json!([stored()])));
    let list = exchange.project().secrets().list();
    let found = list
        .search("db")
        .kinds(["SecretText"])
        .secret_managers(["vault"])
        .collect_all()
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/v2/secrets/list/secrets?{PROJECT}&{PAGE}"),
        &json!({"filterType": "Secret", "searchTerm": "db", "secretTypes": ["SecretText"], "secretManagerIdentifiers": ["vault"]}),
    );
    let secret = found[0].secret.as_ref().expect("a secret");
    assert!(matches!(
        secret.spec,
        Some(types::NgSecretSpec::NgSecretText(_))
    ));
    exchange.project().secrets().list().await?;
    assert_eq!(exchange.last().body, r#"{"filterType":"Secret"}"#);

    let exchange = Exchange::answering(data(
        &json!({"success": false, "message": "no route to host"}),
    ));
    let secrets = exchange.account().secrets();
    let outcome = secrets.validate_ssh_key("deploy_key", "10.0.0.7").await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/v2/secrets/validate?{ACCOUNT}&identifier=deploy_key"),
        &json!({"type": "SSHKey", "host": "10.0.0.7"}),
    );
    assert_eq!(outcome.success, Some(false));
    secrets.validate_winrm("windows", "10.0.0.8").await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/v2/secrets/validate?{ACCOUNT}&identifier=windows"),
        &json!({"type": "WinRmCredentials", "host": "10.0.0.8"}),
    );

    let exchange = Exchange::answering(data(&json!(true)));
    exchange
        .org()
        .secrets()
        .delete("db_password")
        .force(true)
        .await?;
    exchange.saw(
        "DELETE",
        &format!("/ng/api/v2/secrets/db_password?{ORG}&forceDelete=true"),
    );
    not_found(
        Exchange::finding_nothing()
            .org()
            .secrets()
            .get("db_password")
            .await,
    );
    Ok(())
}
