//! Organizations, projects, variables, settings and the file store, over HTTP.
#![cfg(feature = "platform")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{ACCOUNT, Exchange, ORG, PAGE, PROJECT, data, has_part, not_found, page};
use harness_api_ext::Result;
use harness_api_ext::platform::types;
use harness_api_ext::raw::FilePart;
use serde_json::{Value, json};

#[tokio::test]
async fn organizations_are_kept() -> Result<()> {
    let stored = json!({"organization": {"identifier": "retail", "name": "Retail", "tags": {"team": "pay"}}, "createdAt": null});
    let exchange = Exchange::answering(data(&stored));
    let organizations = exchange.account().organizations();
    let create = organizations.create("retail", "Retail");
    create.description("Shops").tag("team", "pay").await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/organizations?{ACCOUNT}"),
        &json!({"organization": {"identifier": "retail", "name": "Retail", "description": "Shops", "tags": {"team": "pay"}}}),
    );
    let read = organizations
        .get("retail")
        .await?
        .organization
        .unwrap_or_default();
    exchange.saw("GET", &format!("/ng/api/organizations/retail?{ACCOUNT}"));
    organizations.update(*read).if_match("7").await?;
    exchange.saw_json(
        "PUT",
        &format!("/ng/api/organizations/retail?{ACCOUNT}"),
        &json!({"organization": {"identifier": "retail", "name": "Retail", "tags": {"team": "pay"}}}),
    );
    assert_eq!(exchange.last().header("if-match"), Some("7"));

    let exchange = Exchange::answering(page(&json!([stored])));
    let found = exchange
        .account()
        .organizations()
        .list()
        .search("ret")
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/organizations?{ACCOUNT}&{PAGE}&searchTerm=ret"),
    );
    assert_eq!(found.len(), 1);

    let exchange = Exchange::answering(data(&json!(true)));
    exchange.account().organizations().delete("retail").await?;
    exchange.saw("DELETE", &format!("/ng/api/organizations/retail?{ACCOUNT}"));
    not_found(
        Exchange::finding_nothing()
            .account()
            .organizations()
            .get("retail")
            .await,
    );
    Ok(())
}

#[tokio::test]
async fn projects_are_kept() -> Result<()> {
    let project = json!({"identifier": "checkout", "name": "Checkout", "orgIdentifier": "retail", "color": "#0063f7"});
    let stored = json!({"project": project, "createdAt": null, "isFavorite": null});
    let exchange = Exchange::answering(data(&stored));
    let projects = exchange.org().projects();
    projects
        .create("checkout", "Checkout")
        .color("#0063f7")
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/projects?{ORG}"),
        &json!({"project": project}),
    );
    let read = projects.get("checkout").await?.project.unwrap_or_default();
    exchange.saw("GET", &format!("/ng/api/projects/checkout?{ORG}"));
    projects.update(*read).await?;
    exchange.saw_json(
        "PUT",
        &format!("/ng/api/projects/checkout?{ORG}"),
        &json!({"project": project}),
    );

    let exchange = Exchange::answering(page(&json!([stored])));
    let found = exchange
        .org()
        .projects()
        .list()
        .only_favorites(true)
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/projects?{ORG}&{PAGE}&onlyFavorites=true"),
    );
    assert_eq!(found.len(), 1);

    let exchange = Exchange::answering(data(&json!(true)));
    exchange.org().projects().delete("checkout").await?;
    exchange.saw("DELETE", &format!("/ng/api/projects/checkout?{ORG}"));
    not_found(
        Exchange::finding_nothing()
            .org()
            .projects()
            .get("checkout")
            .await,
    );
    Ok(())
}

fn variable() -> Value {
    json!({
        "identifier": "region", "name": "Region", "description": "Where", "orgIdentifier": "retail",
        "projectIdentifier": "checkout", "type": "String",
        "spec": {"valueType": "FIXED", "fixedValue": "eu-west-1"},
    })
}

fn stored_variable() -> Value {
    json!({"variable": variable(), "createdAt": 1_761_800_000_000_i64, "lastModifiedAt": null, "governanceMetadata": null})
}

#[tokio::test]
async fn variables_are_listed() -> Result<()> {
    let exchange = Exchange::answering(page(&json!([stored_variable()])));
    let list = exchange.project().variables().list();
    let found = list
        .search("reg")
        .with_those_below(true)
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/variables?{PROJECT}&{PAGE}&searchTerm=reg&includeVariablesFromEverySubScope=true"),
    );
    let variable = found[0].variable.as_ref();
    assert_eq!(
        variable.and_then(|found| found.identifier.as_deref()),
        Some("region")
    );
    assert_eq!(found.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_variable_is_created_read_replaced_and_deleted() -> Result<()> {
    let exchange = Exchange::answering(data(&stored_variable()));
    let variables = exchange.project().variables();
    let create = variables.create("region", "Region", "eu-west-1");
    let created = create.description("Where").await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/variables?{ACCOUNT}"),
        &json!({"variable": variable()}),
    );
    assert_eq!(created.created_at, Some(1_761_800_000_000));

    let read = variables.get("region").await?;
    exchange.saw("GET", &format!("/ng/api/variables/region?{PROJECT}"));
    let mut read = *read.variable.unwrap_or_default();
    let spec = read.spec.get_or_insert_default();
    assert_eq!(spec.fixed_value.as_deref(), Some("eu-west-1"));

    spec.fixed_value = Some("eu-central-1".into());
    variables.update(read).await?;
    let mut changed = variable();
    changed["spec"]["fixedValue"] = "eu-central-1".into();
    exchange.saw_json(
        "PUT",
        &format!("/ng/api/variables?{ACCOUNT}"),
        &json!({"variable": changed}),
    );

    let exchange = Exchange::answering(data(&json!(true)));
    exchange.org().variables().delete("region").await?;
    exchange.saw("DELETE", &format!("/ng/api/variables/region?{ORG}"));
    Ok(())
}

#[tokio::test]
async fn a_denied_variable_is_an_error() {
    let exchange = Exchange::answering(data(&json!({
        "variable": null,
        "governanceMetadata": {"id": "812", "deny": true, "status": "error", "message": "no such region", "details": []},
    })));
    let denied = exchange
        .account()
        .variables()
        .create("region", "Region", "moon")
        .await;
    assert!(denied.expect_err("a refusal").policy_denial().is_some());
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let exchange = Exchange::finding_nothing();
    let project = exchange.project();
    not_found(project.variables().get("region").await);
    not_found(project.settings().get("no_such").await);
    not_found(project.file_store().get("values").await);
    not_found(project.file_store().download("values").await);
}

#[tokio::test]
async fn settings_are_read() -> Result<()> {
    let exchange = Exchange::answering(data(&json!([
        {"setting": {"identifier": "force", "category": "CORE", "value": "true", "groupIdentifier": null}, "lastModifiedAt": null},
    ])));
    let list = exchange.account().settings().list("CORE");
    let found = list
        .group("deletion")
        .with_those_above(true)
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!(
            "/ng/api/settings?{ACCOUNT}&category=CORE&group=deletion&includeParentScopes=true"
        ),
    );
    let setting = found[0].setting.as_ref();
    assert_eq!(
        setting.and_then(|found| found.value.as_deref()),
        Some("true")
    );

    let exchange = Exchange::answering(data(&json!({"valueType": "Boolean", "value": "true"})));
    let value = exchange.project().settings().get("force").await?;
    exchange.saw("GET", &format!("/ng/api/settings/force?{PROJECT}"));
    assert_eq!(value.value.as_deref(), Some("true"));
    Ok(())
}

fn file() -> Value {
    json!({
        "accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "projectIdentifier": "checkout",
        "identifier": "values", "name": "values.yaml", "fileUsage": "MANIFEST_FILE", "type": "FILE",
        "parentIdentifier": "manifests", "description": "", "tags": [{"key": "team", "value": "pay"}],
        "mimeType": "yaml", "path": "/manifests/values.yaml", "createdBy": null,
        "lastModifiedAt": 1_761_800_000_000_i64,
    })
}

#[tokio::test]
async fn files_and_folders_are_created_and_replaced() -> Result<()> {
    let exchange = Exchange::answering(data(&file()));
    let store = exchange.project().file_store();
    let content = FilePart::bytes("values.yaml", "replicas: 2\n").mime("application/yaml");
    let created = store
        .create_file("values", "values.yaml", content)
        .inside("manifests")
        .description("")
        .usage("MANIFEST_FILE")
        .mime_type("yaml")
        .tag("team", "pay")
        .await?;
    exchange.saw("POST", &format!("/ng/api/file-store?{PROJECT}"));
    let form = exchange.last().body;
    for (name, content) in [
        ("identifier", "values"),
        ("name", "values.yaml"),
        ("type", "FILE"),
        ("parentIdentifier", "manifests"),
        ("description", ""),
        ("fileUsage", "MANIFEST_FILE"),
        ("mimeType", "yaml"),
        ("tags", r#"[{"key":"team","value":"pay"}]"#),
        ("content", "replicas: 2\n"),
    ] {
        has_part(&form, name, content);
    }
    assert!(form.contains("filename=\"values.yaml\""), "{form}");
    assert_eq!(created.path.as_deref(), Some("/manifests/values.yaml"));

    let renamed = types::File {
        name: Some("v.yaml".into()),
        ..created
    };
    store
        .update(renamed)
        .content(FilePart::bytes("v.yaml", "replicas: 3\n"))
        .await?;
    exchange.saw("PUT", &format!("/ng/api/file-store/values?{PROJECT}"));
    let form = exchange.last().body;
    for (name, content) in [
        ("identifier", "values"),
        ("name", "v.yaml"),
        ("parentIdentifier", "manifests"),
        ("tags", r#"[{"key":"team","value":"pay"}]"#),
        ("content", "replicas: 3\n"),
    ] {
        has_part(&form, name, content);
    }

    exchange
        .account()
        .file_store()
        .create_folder("manifests", "manifests")
        .await?;
    exchange.saw("POST", &format!("/ng/api/file-store?{ACCOUNT}"));
    let form = exchange.last().body;
    has_part(&form, "type", "FOLDER");
    has_part(&form, "parentIdentifier", "Root");
    assert!(!form.contains("\"content\""), "{form}");
    Ok(())
}

#[tokio::test]
async fn files_are_read_listed_and_deleted() -> Result<()> {
    let exchange = Exchange::answering(data(&file()));
    let read = exchange.project().file_store().get("values").await?;
    exchange.saw("GET", &format!("/ng/api/file-store/values?{PROJECT}"));
    assert_eq!(read.type_, Some(types::FileType::File));

    let exchange = Exchange::answering(page(&json!([file()])));
    let list = exchange.project().file_store().list();
    let found = list
        .search("val")
        .identifiers(["values", "more"])
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/file-store?{PROJECT}&pageIndex=0&pageSize=1000&searchTerm=val&identifiers=values&identifiers=more"),
    );
    assert_eq!(found[0].identifier.as_deref(), Some("values"));

    let exchange = Exchange::answering(data(&json!({
        "identifier": "Root", "name": "Root", "type": "FOLDER",
        "children": [{"identifier": "manifests", "name": "manifests", "type": "FOLDER", "parentIdentifier": "Root"}],
    })));
    let root = exchange
        .project()
        .file_store()
        .folder("Root", "Root")
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/file-store/folder?{PROJECT}"),
        &json!({"identifier": "Root", "name": "Root", "type": "FOLDER"}),
    );
    let children = root.children.unwrap_or_default();
    assert_eq!(children[0].identifier.as_deref(), Some("manifests"));

    let exchange = Exchange::answering(data(&json!(true)));
    exchange
        .project()
        .file_store()
        .delete("values")
        .force(true)
        .await?;
    exchange.saw(
        "DELETE",
        &format!("/ng/api/file-store/values?{PROJECT}&forceDelete=true"),
    );
    Ok(())
}

#[tokio::test]
async fn a_file_is_downloaded_as_it_is() -> Result<()> {
    let exchange = Exchange::answering("replicas: 2 # <+env.name>\n");
    let file = exchange.project().file_store().download("values").await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/file-store/files/values/download?{PROJECT}"),
    );
    assert_eq!(file.collect(1 << 20).await?, "replicas: 2 # <+env.name>\n");
    Ok(())
}
