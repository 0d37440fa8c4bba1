//! Requests with identifiers that are empty or contain separators are errors, and are not sent.

use harness_api_ext::raw::reqwest::Method;
use harness_api_ext::raw::{Call, Configure, ErrorKind, Operation, Param, Place};
use harness_api_ext::{Harness, InScope};
use serde_json::{Value, json};

use crate::common::{Stage, builder};

/// Operation with each kind of identifier; organization and project are required at every level.
static DELETE: Operation = Operation::new("deleteWidget", "DELETE", "/v1/orgs/{org}/widgets/{id}")
    .params(&[
        Param::path("org"),
        Param::path("id"),
        Param::query("accountIdentifier", true),
        Param::query("orgIdentifier", true),
        Param::query("projectIdentifier", true),
        Param::query("agentIdentifier", false),
        Param::query("parentId", false),
        Param::query("identifiers", false),
        Param::query("searchTerm", false),
        Param::query("lastObjectId", false),
        Param::query("project_id", false),
    ])
    .answers(&["application/json"]);

fn staged() -> (Stage, Harness) {
    let stage = Stage::default();
    let harness = builder().layer(stage.clone()).build().unwrap();
    (stage, harness)
}

/// Returns the call with all its parameters, and then these.
fn call(harness: &Harness, changed: &[(&str, &str)]) -> Call {
    let mut call = Call::new(harness.raw(), &DELETE);
    let set = [
        ("org", "retail"),
        ("id", "w1"),
        ("accountIdentifier", "AcmeAccount"),
        ("orgIdentifier", "retail"),
        ("projectIdentifier", "checkout"),
    ];
    for (name, value) in set.iter().chain(changed) {
        let places = [Place::Path, Place::Query];
        let position = places
            .iter()
            .find_map(|place| DELETE.position(*place, name))
            .expect("a parameter");
        call.text(position, *value);
    }
    call
}

/// Sends a call, and returns its fault.
async fn fault(stage: &Stage, call: impl Into<Call>) -> Option<String> {
    let before = stage.attempts();
    match call.into().empty().await {
        Ok(_) => {
            assert_eq!(stage.attempts(), before + 1);
            None
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Build, "{error}");
            assert!(error.is_certainly_not_sent());
            assert_eq!(stage.attempts(), before, "{error}");
            Some(error.message().to_owned())
        }
    }
}

#[tokio::test]
async fn parameters_of_operations() {
    let (stage, harness) = staged();
    let cases = [
        (&[] as &[_], None),
        (&[("id", "")], Some("path parameter `id` is empty")),
        (&[("id", " \t")], Some("path parameter `id` is empty")),
        (&[("org", "")], Some("the organization identifier is empty")),
        (
            &[("org", "a/b")],
            Some("the organization identifier contains '/'"),
        ),
        (
            &[("accountIdentifier", "")],
            Some("the account identifier is empty"),
        ),
        (
            &[("orgIdentifier", "")],
            Some("the organization identifier is empty"),
        ),
        (
            &[("projectIdentifier", "")],
            Some("the project identifier is empty"),
        ),
        (
            &[("projectIdentifier", "  ")],
            Some("the project identifier is empty"),
        ),
        (
            &[("projectIdentifier", "\u{a0}")],
            Some("the project identifier is empty"),
        ),
        (
            &[("projectIdentifier", "..")],
            Some("the project identifier is a dot segment"),
        ),
        (
            &[("projectIdentifier", "a/b")],
            Some("the project identifier contains '/'"),
        ),
        (
            &[("projectIdentifier", "a\\b")],
            Some("the project identifier contains '\\\\'"),
        ),
        (
            &[("projectIdentifier", "a?b")],
            Some("the project identifier contains '?'"),
        ),
        (
            &[("projectIdentifier", "a#b")],
            Some("the project identifier contains '#'"),
        ),
        (
            &[("projectIdentifier", "a\nb")],
            Some("the project identifier contains '\\n'"),
        ),
        (
            &[("project_id", "")],
            Some("the project identifier is empty"),
        ),
        (
            &[("agentIdentifier", "")],
            Some("parameter `agentIdentifier` is empty"),
        ),
        (&[("parentId", " ")], Some("parameter `parentId` is empty")),
        (
            &[("identifiers", "")],
            Some("parameter `identifiers` is empty"),
        ),
        // Parameters that are not identifiers may be empty, and references to other levels are identifiers.
        (&[("searchTerm", ""), ("lastObjectId", "")], None),
        (
            &[("agentIdentifier", "account.ops"), ("id", "org.git")],
            None,
        ),
        (
            &[("projectIdentifier", "check-out_1.$x"), ("id", "a/b+c")],
            None,
        ),
    ];
    for (changed, expected) in cases {
        let said = fault(&stage, call(&harness, changed)).await;
        match expected {
            None => assert_eq!(said, None, "{changed:?}"),
            Some(text) => assert!(
                said.as_ref().is_some_and(|said| said.starts_with(text)),
                "{changed:?}: {said:?}"
            ),
        }
    }
    let mut several = call(&harness, &[]);
    several.texts(7, ["a", "", "b"]);
    assert!(fault(&stage, several).await.is_some());
}

#[tokio::test]
async fn scopes_are_not_left_by_an_empty_identifier() {
    let (stage, harness) = staged();
    let empty = [("orgIdentifier", ""), ("projectIdentifier", "")];
    let none: &[(&str, &str)] = &[];
    let org = |id: &str| harness.org(id);
    let (ok, org_missing, project_missing) = (
        None,
        Some("the organization identifier is empty".to_owned()),
        Some("the project identifier is empty".to_owned()),
    );
    let scoped = |scope: &dyn Fn(Call) -> Call, set| fault(&stage, scope(call(&harness, set)));
    let shop = org("retail").project("checkout");
    assert_eq!(scoped(&|call| shop.scoped(call), none).await, ok);
    assert_eq!(scoped(&|call| shop.scoped(call), &empty).await, org_missing);
    let unset = org("retail").project("");
    assert_eq!(
        scoped(&|call| unset.scoped(call), none).await,
        project_missing
    );
    let unset = org(" ").project("checkout");
    assert_eq!(scoped(&|call| unset.scoped(call), none).await, org_missing);
    assert_eq!(
        scoped(&|call| org("").scoped(call), none).await,
        org_missing
    );
    // Without a scope, an empty text may be an unset variable. With the scope of an account or organization it is
    // intended, if the operation requires the parameter.
    assert_eq!(scoped(&|call| call, &empty).await, org_missing);
    assert_eq!(
        scoped(&|call| harness.account().scoped(call), &empty).await,
        ok
    );
    let project = &empty[1..];
    assert_eq!(
        scoped(&|call| org("retail").scoped(call), project).await,
        ok
    );
    let optional = &[("project_id", "")];
    assert_eq!(
        scoped(&|call| harness.account().scoped(call), optional).await,
        project_missing
    );
}

#[tokio::test]
async fn requests_outside_of_the_table() {
    let (stage, harness) = staged();
    let request = |path: &str| harness.request(Method::DELETE, path);
    let sent = request("/v1/orgs/{org}/widgets").segment("org", "retail");
    assert_eq!(fault(&stage, sent.with_query("q", "")).await, None);
    for (path, name, value) in [
        ("/v1/orgs/{org}/widgets", "org", ""),
        ("/v1/orgs/{org}/widgets", "org", "a/b"),
        ("/v1/orgs/{org}/widgets", "org", "a\u{7f}"),
        ("/v1/widgets/{id}", "id", " "),
        ("/v1/widgets/{id}", "id", ".."),
    ] {
        let request = request(path).segment(name, value);
        assert!(fault(&stage, request).await.is_some(), "{path} {value:?}");
    }
    for (name, value) in [
        ("orgIdentifier", ""),
        ("projectIdentifier", "%20"),
        ("projectIdentifier", " "),
        ("project_id", "a/b"),
        ("accountIdentifier", ""),
        ("identifier", ""),
        ("widgetId", ""),
        ("widget_id", ""),
        ("id", ""),
    ] {
        let request = request("/v1/widgets").with_query(name, value);
        let expected = value != "%20";
        assert_eq!(
            fault(&stage, request).await.is_some(),
            expected,
            "{name} {value:?}"
        );
    }
    let request = request("/v1/widgets").with_header("Harness-Account", " ");
    assert!(fault(&stage, request).await.is_some());
}

#[tokio::test]
async fn bodies() {
    let (stage, harness) = staged();
    let scopes: [(&str, &dyn Fn(Call) -> Call); 3] = [
        ("none", &|call| call),
        ("account", &|call| harness.account().scoped(call)),
        ("project", &|call| {
            harness.org("retail").project("checkout").scoped(call)
        }),
    ];
    // The scopes in which it is an error.
    let cases: [(Value, &[&str], &str); 12] = [
        (json!({"identifier": "w1", "name": ""}), &[], ""),
        (
            json!({"identifier": ""}),
            &["none", "account", "project"],
            "`identifier`",
        ),
        (
            json!({"widget": {"identifier": "\t "}}),
            &["none", "account", "project"],
            "`widget.identifier`",
        ),
        // Deeper values, and the text of other files, are not the entity.
        (json!({"a": {"b": {"identifier": ""}}}), &[], ""),
        (
            json!({"yaml": "identifier: \"\"\n{\"identifier\":\"\"}"}),
            &[],
            "",
        ),
        (json!([{"identifier": ""}]), &[], ""),
        (json!({"filterIdentifier": ""}), &[], ""),
        (
            json!({"orgIdentifier": null, "projectIdentifier": null}),
            &[],
            "",
        ),
        (
            json!({"accountIdentifier": ""}),
            &["none", "account", "project"],
            "the account identifier",
        ),
        // As services write an entity of the account.
        (
            json!({"orgIdentifier": "", "projectIdentifier": ""}),
            &["none", "project"],
            "the organization identifier",
        ),
        (
            json!({"widget": {"projectIdentifier": ""}}),
            &["none", "project"],
            "the project identifier is empty: field `widget.projectIdentifier`",
        ),
        // The project of another tool.
        (json!({"project": "", "cluster": {"project": ""}}), &[], ""),
    ];
    for (body, refused, text) in cases {
        for (name, scope) in scopes {
            let mut call: Call = harness.request(Method::POST, "/v1/widgets").into();
            call.body_json(&body);
            let said = fault(&stage, scope(call)).await;
            assert_eq!(
                said.is_some(),
                refused.contains(&name),
                "{body} {name}: {said:?}"
            );
            assert!(said.is_none_or(|said| said.contains(text)), "{body}");
        }
    }
    let spaced = "{\n  \"identifier\" :\n \"\"\n}";
    let request = harness.request(Method::POST, "/v1/widgets");
    let request = request.text_body("application/json; charset=utf-8", spaced);
    assert!(fault(&stage, request).await.is_some());
    let request = harness.request(Method::POST, "/v1/widgets");
    assert_eq!(
        fault(&stage, request.text_body("application/yaml", spaced)).await,
        None
    );
}

#[tokio::test]
async fn what_was_wrong_stays_wrong_when_options_are_replaced() {
    let (stage, harness) = staged();
    let mut options = harness_api_ext::raw::CallOptions::default();
    options.query("verbose", "true");
    let mut call = call(&harness, &[]);
    call.number(8, f64::NAN);
    let said = fault(&stage, call.with_options(options)).await;
    assert_eq!(
        said.as_deref(),
        Some("parameter `searchTerm`: the number is not finite")
    );
}

#[test]
fn clients_are_not_made_for_an_empty_account_or_default() {
    let key = |key: &str| Harness::builder().api_key(key);
    let opaque = "bm90IGEgdG9rZW4";
    for (builder, text) in [
        (builder().account(""), "the account identifier is empty"),
        (key(opaque).account(" "), "the account identifier is empty"),
        (
            key(opaque).account("a/b"),
            "the account identifier contains '/'",
        ),
        (key("pat. .6650f0.c4n4ry"), "the key contains whitespace"),
        (key("pat..6650f0.c4n4ry"), "the account is unknown"),
        (
            builder().default_org(""),
            "the organization identifier is empty",
        ),
        (
            builder().default_org("retail").default_project(" "),
            "the project identifier is empty",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), harness_api_ext::ErrorKind::Build);
        assert!(error.to_string().contains(text), "{error}");
    }
}
