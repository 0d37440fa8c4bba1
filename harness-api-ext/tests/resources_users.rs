//! Users, groups, service accounts, keys and tokens over HTTP.
#![cfg(feature = "users")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, UNIX_EPOCH};

use common::{ACCOUNT, Exchange, ORG, PAGE, PROJECT, data, not_found, page};
use harness_api_ext::{ExposeSecret, Harness, Result};
use serde_json::{Value, json};

const OF_ROBOT: &str = "apiKeyType=SERVICE_ACCOUNT&parentIdentifier=robot";

#[tokio::test]
async fn users_are_listed_read_and_removed() -> Result<()> {
    let user = json!({
        "user": {"uuid": "u1", "name": "Ada", "email": "ada@example.com", "locked": false},
        "roleAssignmentMetadata": [{"roleIdentifier": "_project_viewer", "managedRole": true}],
    });
    let exchange = Exchange::answering(page(&json!([user])));
    let list = exchange.project().users().list();
    let found = list
        .search("ada")
        .roles(["_project_viewer"])
        .resource_groups(["till"])
        .collect_all()
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/user/aggregate?{PROJECT}&{PAGE}&searchTerm=ada"),
        &json!({"roleIdentifiers": ["_project_viewer"], "resourceGroupIdentifiers": ["till"]}),
    );
    let email = found[0]
        .user
        .as_ref()
        .and_then(|user| user.email.as_deref());
    assert_eq!(email, Some("ada@example.com"));
    exchange.account().users().list().await?;
    assert_eq!(exchange.last().body, "{}");

    let exchange = Exchange::answering(data(&user));
    let read = exchange.org().users().get("u1").await?;
    exchange.saw("GET", &format!("/ng/api/user/aggregate/u1?{ORG}"));
    assert_eq!(read.role_assignment_metadata.unwrap_or_default().len(), 1);

    let exchange = Exchange::answering(data(&json!(true)));
    exchange.org().users().remove("u1").await?;
    exchange.saw("DELETE", &format!("/ng/api/user/u1?{ORG}"));
    not_found(Exchange::finding_nothing().org().users().get("u1").await);
    Ok(())
}

#[tokio::test]
async fn the_current_user_is_read() -> Result<()> {
    let exchange = Exchange::answering(data(
        &json!({"uuid": "u1", "email": "ada@example.com", "token": "c4n4ry"}),
    ));
    let user = exchange.account().current_user().await?;
    exchange.saw("GET", &format!("/ng/api/user/currentUser?{ACCOUNT}"));
    assert_eq!(user.email.as_deref(), Some("ada@example.com"));
    assert!(!format!("{user:?}").contains("c4n4ry"));
    Ok(())
}

#[tokio::test]
async fn users_are_invited() -> Result<()> {
    let exchange = Exchange::answering(data(
        &json!({"addUserResponseMap": {"ada@example.com": "USER_INVITED_SUCCESSFULLY"}}),
    ));
    let users = exchange.org().users();
    let invite = users
        .invite(["ada@example.com"])
        .user_groups(["developers"]);
    let outcome = invite
        .role("_org_viewer", "_all_org_level_resources")
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/user/users?{ORG}"),
        &json!({
            "emails": ["ada@example.com"], "userGroups": ["developers"],
            "roleBindings": [{"roleIdentifier": "_org_viewer", "resourceGroupIdentifier": "_all_org_level_resources"}],
        }),
    );
    assert_eq!(outcome["ada@example.com"], "USER_INVITED_SUCCESSFULLY");

    let invite = json!({"id": "i1", "email": "ada@example.com", "inviteType": "ADMIN_INITIATED_INVITE", "approved": false});
    let exchange = Exchange::answering(page(&json!([invite])));
    let found = exchange
        .org()
        .users()
        .invites()
        .search("ada")
        .collect_all()
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/invites/aggregate?{ORG}&{PAGE}&searchTerm=ada"),
        &json!({}),
    );
    assert_eq!(found[0].id.as_deref(), Some("i1"));

    for (answer, is_known) in [(invite, true), (Value::Null, false)] {
        let exchange = Exchange::answering(data(&answer));
        let revoked = exchange.org().users().revoke_invite("i1").await?;
        exchange.saw("DELETE", &format!("/ng/api/invites/i1?{ACCOUNT}"));
        assert_eq!(revoked.is_some(), is_known);
    }
    Ok(())
}

fn group() -> Value {
    json!({
        "accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "identifier": "developers", "name": "Developers",
        "users": ["u1"], "notificationConfigs": [], "externallyManaged": false, "description": "", "tags": {},
        "ssoLinked": false,
    })
}

#[tokio::test]
async fn user_groups_are_saved_whatever_the_answer_holds() -> Result<()> {
    let alone = data(&group());
    let with_verdict = data(
        &json!({"userGroup": group(), "governanceMetadata": {"deny": false, "status": "pass"}}),
    );
    for answer in [alone, with_verdict] {
        let exchange = Exchange::answering(answer);
        let groups = exchange.org().user_groups();
        let create = groups
            .create("developers", "Developers")
            .description("")
            .tag("team", "pay");
        let created = create.users(["u1"]).await?;
        exchange.saw_json(
            "POST",
            &format!("/ng/api/user-groups?{ORG}"),
            &json!({
                "accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "identifier": "developers",
                "name": "Developers", "description": "", "tags": {"team": "pay"}, "users": ["u1"],
            }),
        );
        assert_eq!(created.identifier.as_deref(), Some("developers"));
        let updated = groups.update(created).await?;
        exchange.saw_json("PUT", &format!("/ng/api/user-groups?{ORG}"), &group());
        assert_eq!(updated.users, Some(vec!["u1".to_owned()]));
    }
    let denied = data(
        &json!({"userGroup": null, "governanceMetadata": {"deny": true, "status": "error", "message": "no"}}),
    );
    let denied = Exchange::answering(denied)
        .org()
        .user_groups()
        .create("x", "X")
        .await;
    assert!(denied.expect_err("a refusal").is_policy_denied());
    Ok(())
}

#[tokio::test]
async fn user_groups_and_members_are_read_and_changed() -> Result<()> {
    let exchange = Exchange::answering(data(&group()));
    let groups = exchange.org().user_groups();
    let member = format!("/ng/api/user-groups/developers/member/u1?{ORG}");
    groups.get("developers").await?;
    exchange.saw("GET", &format!("/ng/api/user-groups/developers?{ORG}"));
    let added = groups.add_member("developers", "u1").await?;
    exchange.saw("PUT", &member);
    assert_eq!(added.users, Some(vec!["u1".to_owned()]));
    groups.remove_member("developers", "u1").await?;
    exchange.saw("DELETE", &member);
    let deleted = groups.delete("developers").await?;
    exchange.saw("DELETE", &format!("/ng/api/user-groups/developers?{ORG}"));
    assert_eq!(deleted.name.as_deref(), Some("Developers"));

    let exchange = Exchange::answering(data(&json!(false)));
    assert!(
        !exchange
            .org()
            .user_groups()
            .has_member("developers", "u1")
            .await?
    );
    exchange.saw("GET", &member);

    let exchange = Exchange::answering(page(&json!([group()])));
    let list = exchange.org().user_groups().list();
    let found = list
        .search("dev")
        .levels("INCLUDE_INHERITED_GROUPS")
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!(
            "/ng/api/user-groups?{ORG}&{PAGE}&searchTerm=dev&filterType=INCLUDE_INHERITED_GROUPS"
        ),
    );
    assert_eq!(found.len(), 1);

    let exchange = Exchange::answering(page(
        &json!([{"uuid": "u1", "name": "Ada", "disabled": false}]),
    ));
    let found = exchange
        .org()
        .user_groups()
        .members("developers")
        .search("ada")
        .collect_all()
        .await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/user-groups/developers/users?{ORG}&{PAGE}"),
        &json!({"searchTerm": "ada"}),
    );
    assert_eq!(found[0].uuid.as_deref(), Some("u1"));
    not_found(
        Exchange::finding_nothing()
            .org()
            .user_groups()
            .get("developers")
            .await,
    );
    Ok(())
}

#[tokio::test]
async fn service_accounts_are_kept() -> Result<()> {
    let account = json!({
        "identifier": "robot", "name": "Robot", "email": "robot@example.com", "description": "", "tags": {"team": "pay"},
        "accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "projectIdentifier": "checkout",
    });
    let exchange = Exchange::answering(data(&account));
    let accounts = exchange.project().service_accounts();
    let create = accounts.create("robot", "Robot", "robot@example.com");
    let created = create.description("").tag("team", "pay").await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/serviceaccount?{PROJECT}"),
        &account,
    );
    accounts.update(created).await?;
    exchange.saw_json(
        "PUT",
        &format!("/ng/api/serviceaccount/robot?{PROJECT}"),
        &account,
    );

    let row =
        json!({"serviceAccount": account, "tokensCount": 3, "createdAt": 1_761_800_000_000_i64});
    let exchange = Exchange::answering(data(&row));
    let read = exchange.project().service_accounts().get("robot").await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/serviceaccount/aggregate/robot?{PROJECT}"),
    );
    assert_eq!(read.tokens_count, Some(3));

    let exchange = Exchange::answering(page(&json!([row])));
    let list = exchange.project().service_accounts().list();
    let found = list
        .search("rob")
        .identifiers(["robot"])
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!(
            "/ng/api/serviceaccount/aggregate?{PROJECT}&{PAGE}&searchTerm=rob&identifiers=robot"
        ),
    );
    assert_eq!(found.len(), 1);

    let exchange = Exchange::answering(data(&json!(true)));
    exchange
        .project()
        .service_accounts()
        .delete("robot")
        .await?;
    exchange.saw("DELETE", &format!("/ng/api/serviceaccount/robot?{PROJECT}"));
    not_found(
        Exchange::finding_nothing()
            .project()
            .service_accounts()
            .get("robot")
            .await,
    );
    Ok(())
}

#[tokio::test]
async fn api_keys_are_kept() -> Result<()> {
    let key = json!({
        "identifier": "ci", "name": "CI", "description": "", "apiKeyType": "SERVICE_ACCOUNT", "parentIdentifier": "robot",
        "accountIdentifier": "AcmeAccount", "orgIdentifier": "retail", "projectIdentifier": "checkout",
    });
    let exchange = Exchange::answering(data(&key));
    let keys = exchange.project().service_accounts().api_keys("robot");
    let created = keys.create("ci", "CI").description("").await?;
    exchange.saw_json("POST", &format!("/ng/api/apikey?{ACCOUNT}"), &key);
    keys.update(created).await?;
    exchange.saw_json("PUT", "/ng/api/apikey/ci", &key);

    let row = json!({"apiKey": key, "tokensCount": 2});
    let exchange = Exchange::answering(data(&row));
    let read = exchange
        .project()
        .service_accounts()
        .api_keys("robot")
        .get("ci")
        .await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/apikey/aggregate/ci?{PROJECT}&{OF_ROBOT}"),
    );
    assert_eq!(read.tokens_count, Some(2));

    let exchange = Exchange::answering(page(&json!([row])));
    let found = exchange
        .project()
        .users()
        .api_keys("u1")
        .list()
        .search("c")
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!("/ng/api/apikey/aggregate?{ACCOUNT}&{PAGE}&apiKeyType=USER&parentIdentifier=u1&searchTerm=c"),
    );
    assert_eq!(found.len(), 1);

    let exchange = Exchange::answering(data(&json!(true)));
    exchange
        .project()
        .service_accounts()
        .api_keys("robot")
        .delete("ci")
        .await?;
    exchange.saw("DELETE", &format!("/ng/api/apikey/ci?{PROJECT}&{OF_ROBOT}"));
    let missing = Exchange::finding_nothing();
    not_found(
        missing
            .project()
            .service_accounts()
            .api_keys("robot")
            .get("ci")
            .await,
    );
    Ok(())
}

#[tokio::test]
async fn tokens_are_shown_once_and_not_printed() -> Result<()> {
    let time = UNIX_EPOCH + Duration::from_millis(1_761_800_000_123);
    let secret = "sat.AcmeAccount.6650f0.c4n4ry";
    let exchange = Exchange::answering(data(&json!(secret)));
    let tokens = exchange
        .project()
        .service_accounts()
        .api_keys("robot")
        .tokens("ci");
    let create = tokens
        .create("first", "First")
        .valid_from(UNIX_EPOCH)
        .valid_until(time);
    let token = create.await?;
    exchange.saw_json(
        "POST",
        &format!("/ng/api/token?{ACCOUNT}"),
        &json!({
            "identifier": "first", "name": "First", "apiKeyType": "SERVICE_ACCOUNT", "parentIdentifier": "robot",
            "apiKeyIdentifier": "ci", "accountIdentifier": "AcmeAccount", "orgIdentifier": "retail",
            "projectIdentifier": "checkout", "validFrom": 0, "validTo": 1_761_800_000_123_i64,
        }),
    );
    assert_eq!(token.expose_secret(), secret);
    assert!(!format!("{token:?}").contains("c4n4ry"));
    let robot = Harness::builder().api_key(token.clone()).build()?;
    assert_eq!(robot.account_id(), "AcmeAccount");

    let rotated = tokens.rotate("first").keep_old_until(time).await?;
    exchange.saw(
        "POST",
        &format!("/ng/api/token/rotate/first?{PROJECT}&{OF_ROBOT}&apiKeyIdentifier=ci&rotateTimestamp=1761800000123"),
    );
    assert_eq!(rotated.expose_secret(), secret);

    let details = json!({"identifier": "first", "name": "First", "valid": true, "validTo": 1_761_800_000_123_i64});
    let exchange = Exchange::answering(data(&details));
    let validate = exchange.account().validate_token(token);
    assert!(!format!("{validate:?}").contains("c4n4ry"));
    let valid = validate.await?;
    exchange.saw("POST", &format!("/ng/api/token/validate?{ACCOUNT}"));
    assert_eq!(exchange.last().body, secret);
    assert_eq!(exchange.last().header("content-type"), Some("text/plain"));
    assert_eq!(valid.valid, Some(true));

    let tokens = exchange
        .project()
        .service_accounts()
        .api_keys("robot")
        .tokens("ci");
    tokens.update(valid).await?;
    // The query does not say whose it is, and where: without this in the body, it would be a token of the account.
    let mut details = details;
    for (name, value) in [
        ("accountIdentifier", "AcmeAccount"),
        ("orgIdentifier", "retail"),
        ("projectIdentifier", "checkout"),
        ("apiKeyType", "SERVICE_ACCOUNT"),
        ("parentIdentifier", "robot"),
        ("apiKeyIdentifier", "ci"),
    ] {
        details[name] = json!(value);
    }
    exchange.saw_json("PUT", &format!("/ng/api/token/first?{ACCOUNT}"), &details);
    Ok(())
}

#[tokio::test]
async fn tokens_are_listed_and_deleted() -> Result<()> {
    let of_key = format!("{PROJECT}&{OF_ROBOT}&apiKeyIdentifier=ci");
    let exchange = Exchange::answering(page(
        &json!([{"token": {"identifier": "first"}, "expiryAt": 1_761_800_000_000_i64}]),
    ));
    let tokens = exchange
        .project()
        .service_accounts()
        .api_keys("robot")
        .tokens("ci");
    let found = tokens
        .list()
        .only_active(true)
        .search("fir")
        .collect_all()
        .await?;
    exchange.saw(
        "GET",
        &format!(
            "/ng/api/token/aggregate?{of_key}&{PAGE}&includeOnlyActiveTokens=true&searchTerm=fir"
        ),
    );
    assert_eq!(found[0].expiry_at, Some(1_761_800_000_000));

    let exchange = Exchange::answering(data(&json!(true)));
    exchange
        .project()
        .service_accounts()
        .api_keys("robot")
        .tokens("ci")
        .delete("first")
        .await?;
    exchange.saw("DELETE", &format!("/ng/api/token/first?{of_key}"));
    let missing = Exchange::finding_nothing();
    not_found(
        missing
            .project()
            .service_accounts()
            .api_keys("robot")
            .tokens("ci")
            .delete("first")
            .await,
    );
    Ok(())
}
