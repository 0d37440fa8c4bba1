//! Organizations and projects.

use std::time::Instant;

use harness_api_ext::mock::Server;
use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::{Envelope, Harness, Result};

use crate::{call, failure, json};

#[tokio::test]
async fn what_is_created_can_be_read_changed_and_deleted() -> Result<()> {
    let begun = Instant::now();
    let server = Server::start().await?;
    assert!(begun.elapsed().as_millis() < 2_000, "{:?}", begun.elapsed());
    let harness = server.harness();
    let organizations = harness.account().organizations();
    let created = organizations
        .create("retail", "Retail")
        .description("Shops")
        .tag("team", "pay")
        .await?;
    let mut organization = created.organization.expect("the organization");
    assert_eq!(organization.description.as_deref(), Some("Shops"));
    assert!(created.created_at.is_some_and(|at| at > 1_700_000_000_000));

    organization.name = Some("Retail and tills".into());
    organizations.update(*organization).await?;
    let read = organizations
        .get("retail")
        .await?
        .organization
        .expect("the organization");
    assert_eq!(read.name.as_deref(), Some("Retail and tills"));
    assert_eq!(
        read.tags.expect("tags").get("team").map(String::as_str),
        Some("pay")
    );

    let projects = harness.org("retail").projects();
    projects.create("checkout", "Checkout").await?;
    assert_eq!(
        projects
            .get("checkout")
            .await?
            .project
            .expect("the project")
            .org_identifier
            .as_deref(),
        Some("retail")
    );

    organizations.delete("retail").await?;
    let gone = failure(organizations.get("retail").await);
    assert!(gone.is_not_found(), "{gone}");
    assert_eq!(gone.envelope(), Some(Envelope::Ng));
    let gone = failure(projects.get("checkout").await);
    assert!(gone.is_not_found(), "{gone}");
    Ok(())
}

#[tokio::test]
async fn lists_are_cut_into_pages() -> Result<()> {
    let server = Server::start().await?;
    let organizations = server.harness().account().organizations();
    for number in 0..23 {
        server.add_org(&format!("org{number:02}"));
    }
    let mut items = organizations.list().page_size(10).items();
    let mut found = Vec::new();
    while let Some(item) = items.try_next().await? {
        found.extend(
            item.organization
                .and_then(|organization| organization.identifier),
        );
    }
    assert_eq!(items.total(), Some(24));
    assert_eq!(found.len(), 24);
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 24);
    let pages: Vec<String> = server
        .received_by("getOrganizationList")
        .iter()
        .filter_map(|request| request.query("pageIndex").map(str::to_owned))
        .collect();
    assert_eq!(pages, ["0", "1", "2"]);
    let found = organizations.list().search("org2").collect_all().await?;
    assert_eq!(found.len(), 3);
    let found = organizations
        .list()
        .identifiers(["org07", "nope"])
        .collect_all()
        .await?;
    assert_eq!(found.len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_newer_service_has_its_own_pages_and_failures() -> Result<()> {
    let server = Server::start().await?;
    let harness = server.harness();
    for number in 0..4 {
        server.add_org(&format!("org{number}"));
    }
    let page = call(&harness, Method::GET, "/v1/orgs?page=1&limit=2");
    let answer = page.send::<Vec<serde_json::Value>>().await?;
    assert_eq!(answer.header("x-total-elements"), Some("5"));
    assert_eq!(answer.header("x-page-number"), Some("1"));
    let ids: Vec<&str> = answer
        .iter()
        .filter_map(|row| row["org"]["identifier"].as_str())
        .collect();
    assert_eq!(ids, ["org1", "org0"]);
    let gone = failure(json(call(&harness, Method::GET, "/v1/orgs/nope")).await);
    assert!(gone.is_not_found(), "{gone}");
    assert_eq!(gone.envelope(), Some(Envelope::V1));
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_is_refused_as_the_platform_does() -> Result<()> {
    let server = Server::start().await?;
    let harness = server.harness();
    let organizations = harness.account().organizations();
    let invalid = failure(organizations.create("9 lives", "").await);
    assert!(invalid.is_validation(), "{invalid}");
    let fields: Vec<&str> = invalid
        .field_errors()
        .iter()
        .map(|fault| &*fault.field)
        .collect();
    assert_eq!(fields, ["identifier", "name"]);

    organizations.create("retail", "Retail").await?;
    let twice = failure(organizations.create("retail", "Retail").await);
    assert!(twice.is_already_exists() && twice.is_conflict(), "{twice}");
    assert_eq!(twice.status().map(|status| status.as_u16()), Some(400));

    let organization = organizations
        .get("retail")
        .await?
        .organization
        .expect("the organization");
    organizations
        .update((*organization).clone())
        .if_match("0")
        .await?;
    let stale = failure(organizations.update(*organization).if_match("0").await);
    assert!(stale.is_conflict() && !stale.is_already_exists(), "{stale}");
    assert_eq!(stale.code(), Some("OPTIMISTIC_LOCKING_EXCEPTION"));

    let orphan = failure(
        harness
            .org("nope")
            .projects()
            .create("checkout", "Checkout")
            .await,
    );
    assert!(orphan.is_not_found(), "{orphan}");
    Ok(())
}

#[tokio::test]
async fn keys_and_permissions_are_checked() -> Result<()> {
    let server = Server::start().await?;
    let url = server.url();
    let foreign = Harness::builder()
        .api_key("sat.MockAccount_0123456789.6650f0.wrong")
        .endpoint(url)
        .build()?;
    let refused = failure(foreign.account().organizations().get("default").await);
    assert!(refused.is_unauthenticated(), "{refused}");
    let other = Harness::builder()
        .api_key("sat.Other.6650f0.x")
        .endpoint(url)
        .build()?;
    assert!(failure(other.account().organizations().list().await).is_unauthenticated());

    let organizations = server.harness().account().organizations();
    server.deny("core_organization_create");
    let denied = failure(organizations.create("retail", "Retail").await);
    assert!(
        denied.is_permission_denied() && !denied.is_policy_denied(),
        "{denied}"
    );
    let check = &denied.permission_checks()[0];
    assert_eq!(
        check.permission.as_deref(),
        Some("core_organization_create")
    );
    assert!(organizations.get("default").await.is_ok());
    server.allow("core_organization_create");
    organizations.create("retail", "Retail").await?;
    Ok(())
}

#[tokio::test]
async fn a_platform_behind_a_prefix() -> Result<()> {
    let server = Server::builder()
        .account("Acme")
        .prefix("/harness/")
        .start()
        .await?;
    assert!(server.url().ends_with("/harness"), "{}", server.url());
    assert_eq!(server.harness().account_id(), "Acme");
    server
        .harness()
        .account()
        .organizations()
        .get("default")
        .await?;
    let outside = server.url().trim_end_matches("/harness").to_owned();
    let lost = Harness::builder()
        .api_key(server.api_key())
        .endpoint(outside)
        .build()?;
    let missing = failure(lost.account().organizations().get("default").await);
    assert!(
        missing.is_route_missing() && !missing.is_not_found(),
        "{missing}"
    );
    Ok(())
}
