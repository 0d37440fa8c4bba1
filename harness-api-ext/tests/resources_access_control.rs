//! Roles, resource groups, role assignments and checks over HTTP.
#![cfg(feature = "access_control")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{ACCOUNT, Exchange, ORG, PAGE, PROJECT, data, not_found, page};
use harness_api_ext::Result;
use harness_api_ext::access_control::Principal;
use serde_json::{Value, json};

#[tokio::test]
async fn roles_are_kept() -> Result<()> {
    let role = json!({
        "identifier": "runner", "name": "Runner", "permissions": ["core_pipeline_execute"],
        "allowedScopeLevels": ["project"], "description": "Runs", "tags": {"team": "pay"},
    });
    let stored = json!({"role": role, "scope": {"accountIdentifier": "AcmeAccount"}, "harnessManaged": false});
    let exchange = Exchange::answering(data(&stored));
    let roles = exchange.project().roles();
    let create = roles
        .create("runner", "Runner")
        .permissions(["core_pipeline_execute"]);
    create.description("Runs").tag("team", "pay").await?;
    exchange.saw_json("POST", &format!("/authz/api/roles?{PROJECT}"), &role);
    let read = roles.get("runner").await?;
    exchange.saw("GET", &format!("/authz/api/roles/runner?{PROJECT}"));
    roles.update(*read.role.unwrap_or_default()).await?;
    exchange.saw_json("PUT", &format!("/authz/api/roles/runner?{PROJECT}"), &role);
    let deleted = roles.delete("runner").await?;
    exchange.saw("DELETE", &format!("/authz/api/roles/runner?{PROJECT}"));
    assert_eq!(deleted.harness_managed, Some(false));

    for (create, levels) in [
        (
            exchange.account().roles().create("r", "R"),
            json!(["account"]),
        ),
        (
            exchange.org().roles().create("r", "R"),
            json!(["organization"]),
        ),
        (
            exchange
                .account()
                .roles()
                .create("r", "R")
                .assignable_at(["organization", "project"]),
            json!(["organization", "project"]),
        ),
    ] {
        create.await?;
        let sent: Value = serde_json::from_str(&exchange.last().body).expect("JSON");
        assert_eq!(sent["allowedScopeLevels"], levels);
    }

    let exchange =
        Exchange::answering(page(&json!([{"role": role, "roleAssignedToUserCount": 2}])));
    let found = exchange
        .org()
        .roles()
        .list()
        .search("run")
        .built_in(false)
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!("/authz/api/roles?{ORG}&{PAGE}&searchTerm=run&harnessManaged=false"),
    );
    assert_eq!(found[0].role_assigned_to_user_count, Some(2));

    let permission =
        json!({"permission": {"identifier": "core_pipeline_execute", "action": "execute"}});
    let exchange = Exchange::answering(data(&json!([permission])));
    let found = exchange
        .project()
        .roles()
        .permissions()
        .of_all_levels(true)
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!("/authz/api/permissions?{PROJECT}&scopeFilterDisabled=true"),
    );
    let permission = found[0].permission.as_ref();
    assert_eq!(
        permission.and_then(|found| found.action.as_deref()),
        Some("execute")
    );
    not_found(
        Exchange::finding_nothing()
            .project()
            .roles()
            .get("runner")
            .await,
    );
    Ok(())
}

#[tokio::test]
async fn resource_groups_are_kept() -> Result<()> {
    let group = json!({
        "accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "identifier": "till", "name": "Till",
        "color": "#0063f7", "description": "", "tags": {},
        "includedScopes": [{"accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "filter": "EXCLUDING_CHILD_SCOPES"}],
        "resourceFilter": {"includeAllResources": false, "resources": [
            {"resourceType": "PIPELINE", "identifiers": ["deploy"]}, {"resourceType": "ENVIRONMENT"},
        ]},
    });
    let exchange = Exchange::answering(data(
        &json!({"resourceGroup": group, "harnessManaged": false}),
    ));
    let groups = exchange.org().resource_groups();
    let create = groups.create("till", "Till").color("#0063f7");
    create
        .resources("PIPELINE", ["deploy"])
        .every("ENVIRONMENT")
        .await?;
    let mut sent = json!({"resourceGroup": group});
    for added_by_server in ["description", "tags"] {
        sent["resourceGroup"]
            .as_object_mut()
            .expect("an object")
            .remove(added_by_server);
    }
    exchange.saw_json("POST", &format!("/authz/api/v2/resourcegroup?{ORG}"), &sent);
    let read = groups.get("till").await?;
    exchange.saw("GET", &format!("/authz/api/v2/resourcegroup/till?{ORG}"));
    groups
        .update(*read.resource_group.unwrap_or_default())
        .await?;
    exchange.saw_json(
        "PUT",
        &format!("/authz/api/v2/resourcegroup/till?{ORG}"),
        &json!({"resourceGroup": group}),
    );

    let create = exchange.account().resource_groups().create("all", "All");
    create.everything().with_levels_below().await?;
    exchange.saw_json(
        "POST",
        &format!("/authz/api/v2/resourcegroup?{ACCOUNT}"),
        &json!({"resourceGroup": {
            "accountIdentifier": "AcmeAccount", "identifier": "all", "name": "All",
            "includedScopes": [{"accountIdentifier": "AcmeAccount", "filter": "INCLUDING_CHILD_SCOPES"}],
            "resourceFilter": {"includeAllResources": true},
        }}),
    );
    exchange
        .account()
        .resource_groups()
        .create("none", "None")
        .scopes([])
        .await?;
    assert!(exchange.last().body.contains("\"includedScopes\":[]"));

    let exchange = Exchange::answering(page(&json!([{"resourceGroup": group}])));
    let found = exchange
        .org()
        .resource_groups()
        .list()
        .search("til")
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!("/authz/api/v2/resourcegroup?{ORG}&{PAGE}&searchTerm=til"),
    );
    assert_eq!(found.len(), 1);

    let exchange = Exchange::answering(data(&json!(true)));
    exchange.org().resource_groups().delete("till").await?;
    exchange.saw("DELETE", &format!("/authz/api/v2/resourcegroup/till?{ORG}"));
    not_found(
        Exchange::finding_nothing()
            .org()
            .resource_groups()
            .get("till")
            .await,
    );
    Ok(())
}

fn assignment(kind: &str, id: &str) -> Value {
    json!({
        "roleIdentifier": "runner", "resourceGroupIdentifier": "till", "principal": {"identifier": id, "type": kind},
    })
}

#[tokio::test]
async fn role_assignments_are_created() -> Result<()> {
    let stored =
        json!({"roleAssignment": assignment("SERVICE_ACCOUNT", "robot"), "harnessManaged": false});
    let exchange = Exchange::answering(data(&stored));
    let assignments = exchange.project().role_assignments();
    let url = format!("/authz/api/roleassignments?{PROJECT}");
    for (principal, mut body) in [
        (Principal::user("u1"), assignment("USER", "u1")),
        (
            Principal::user_group("devs"),
            assignment("USER_GROUP", "devs"),
        ),
        (
            Principal::service_account("robot"),
            assignment("SERVICE_ACCOUNT", "robot"),
        ),
    ] {
        let created = assignments
            .create(principal.clone().given("runner", "till"))
            .await?;
        exchange.saw_json("POST", &url, &body);
        assert_eq!(created.harness_managed, Some(false));

        let create = assignments.create(principal.of_level("account").given("runner", "till"));
        create.id("a1").disabled(true).await?;
        body["principal"]["scopeLevel"] = "account".into();
        body["identifier"] = "a1".into();
        body["disabled"] = true.into();
        exchange.saw_json("POST", &url, &body);
    }

    let exchange = Exchange::answering(data(&json!([stored])));
    let all = [Principal::user("u1"), Principal::service_account("robot")];
    let all = all.map(|principal| principal.given("runner", "till"));
    let created = exchange.org().role_assignments().create_all(all).await?;
    exchange.saw_json(
        "POST",
        &format!("/authz/api/roleassignments/multi?{ORG}"),
        &json!({"roleAssignments": [assignment("USER", "u1"), assignment("SERVICE_ACCOUNT", "robot")]}),
    );
    assert_eq!(created.len(), 1);
    Ok(())
}

#[tokio::test]
async fn role_assignments_are_read_listed_and_deleted() -> Result<()> {
    let stored =
        json!({"roleAssignment": assignment("USER", "u1"), "createdAt": 1_761_800_000_000_i64});
    let exchange = Exchange::answering(data(&stored));
    let assignments = exchange.project().role_assignments();
    assignments.get("a1").await?;
    exchange.saw("GET", &format!("/authz/api/roleassignments/a1?{PROJECT}"));
    let deleted = assignments.delete("a1").await?;
    exchange.saw(
        "DELETE",
        &format!("/authz/api/roleassignments/a1?{PROJECT}"),
    );
    assert_eq!(deleted.created_at, Some(1_761_800_000_000));

    let exchange = Exchange::answering(page(&json!([stored])));
    let list = exchange.project().role_assignments().list();
    let found = list
        .roles(["runner"])
        .resource_groups(["till"])
        .principals([Principal::user("u1")])
        .principal_kinds(["USER"])
        .built_in(false)
        .collect_all()
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/authz/api/roleassignments/filter?{PROJECT}&{PAGE}"),
        &json!({
            "roleFilter": ["runner"], "resourceGroupFilter": ["till"], "principalTypeFilter": ["USER"],
            "principalFilter": [{"identifier": "u1", "type": "USER"}], "harnessManagedFilter": [false],
        }),
    );
    assert_eq!(found.len(), 1);
    exchange.account().role_assignments().list().await?;
    assert_eq!(exchange.last().body, "{}");

    let exchange = Exchange::answering(data(
        &json!({"successfullyDeleted": 1, "failedToDelete": 1}),
    ));
    let outcome = exchange
        .org()
        .role_assignments()
        .delete_all(["a1", "a2"])
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/authz/api/roleassignments/delete/batch?{ORG}"),
        &json!(["a1", "a2"]),
    );
    assert_eq!(outcome.failed_to_delete, Some(1));
    not_found(
        Exchange::finding_nothing()
            .org()
            .role_assignments()
            .get("a1")
            .await,
    );
    Ok(())
}

fn check(permission: &str, kind: &str, id: Option<&str>) -> Value {
    let mut check = json!({
        "permission": permission, "resourceType": kind,
        "resourceScope": {"accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "projectIdentifier": "checkout"},
    });
    if let Some(id) = id {
        check["resourceIdentifier"] = id.into();
    }
    check
}

#[tokio::test]
async fn access_is_checked() -> Result<()> {
    let permitted = |permitted: bool| {
        let mut row = check("core_pipeline_execute", "PIPELINE", Some("deploy"));
        row["permitted"] = permitted.into();
        row
    };
    for (rows, expected) in [
        (json!([permitted(true)]), true),
        (json!([permitted(false)]), false),
        (json!([permitted(true), permitted(false)]), false),
        (json!([]), false),
    ] {
        let answer = data(&json!({"principal": null, "accessControlList": rows}));
        let exchange = Exchange::answering(answer);
        let access = exchange.project().access();
        let may = access
            .can("core_pipeline_execute")
            .on("PIPELINE", "deploy")
            .await?;
        exchange.saw_json(
            "POST",
            "/authz/api/acl",
            &json!({"permissions": [check("core_pipeline_execute", "PIPELINE", Some("deploy"))]}),
        );
        assert_eq!(may, expected, "{rows}");
    }

    let answer = data(&json!({"accessControlList": [permitted(true), permitted(false)]}));
    let exchange = Exchange::answering(answer);
    let access = exchange.project().access();
    let robot = Principal::service_account("robot");
    let checks = [
        access.can("core_pipeline_view").on_any("PIPELINE"),
        access.can("core_pipeline_execute").on("PIPELINE", "deploy"),
    ];
    let found = access.check(checks).by(robot.clone()).await?;
    let principal = json!({"type": "SERVICE_ACCOUNT", "identifier": "robot"});
    exchange.saw_json(
        "POST",
        "/authz/api/acl",
        &json!({
            "principal": principal,
            "permissions": [
                check("core_pipeline_view", "PIPELINE", None),
                check("core_pipeline_execute", "PIPELINE", Some("deploy")),
            ],
        }),
    );
    let permitted: Vec<_> = found.iter().map(|check| check.permitted).collect();
    assert_eq!(permitted, [Some(true), Some(false)]);
    access
        .can("core_pipeline_view")
        .on_any("PIPELINE")
        .by(robot)
        .await?;
    let sent: Value = serde_json::from_str(&exchange.last().body).expect("JSON");
    assert_eq!(sent["principal"], principal);

    let empty = Exchange::answering(data(&Value::Null));
    let outcome = empty
        .account()
        .access()
        .can("core_account_edit")
        .on_any("ACCOUNT")
        .await;
    assert!(outcome.is_err(), "no answer is not a permission");
    not_found(
        Exchange::finding_nothing()
            .account()
            .access()
            .can("x")
            .on_any("X")
            .await,
    );
    Ok(())
}
