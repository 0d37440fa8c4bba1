//! Behaviour of the operations in the whole table: operations with paging parameters are paged, and the counts are the
//! known ones.

#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops at what it did not expect"
)]

use std::{collections::BTreeMap, path::Path};

use harness_api::{Found, OPERATIONS, Operation, Place, Repeat, Sent, Step};
use xtask::generate::behaviour::Table;

/// Query parameters that request a page. The family of an operation is the first of these that it has completely.
const FAMILIES: [&[&str]; 15] = [
    &["pageIndex", "pageSize", "pageToken"],
    &["pageIndex", "pageSize"],
    &["pageNumber", "pageSize"],
    &["pageNo", "pageSize"],
    &["page", "limit"],
    &["page", "size"],
    &["page", "pageSize"],
    &["page", "page_size"],
    &["page", "per_page"],
    &["offset", "limit"],
    &["offset", "pageSize"],
    &["skip", "limit"],
    &["cursor", "limit"],
    &["after", "limit"],
    &["lastSeenExecutionId", "lastSeenStartTime", "size"],
];

fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().flat_map(|module| module.iter().copied())
}

fn has(operation: &Operation, name: &str) -> bool {
    operation.position(Place::Query, name).is_some()
}

fn family(operation: &Operation) -> Option<String> {
    FAMILIES
        .iter()
        .find(|names| names.iter().all(|name| has(operation, name)))
        .map(|names| names.join("+"))
}

fn table() -> Table {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    Table::load(&root.join("openapi/behaviour.toml")).unwrap()
}

#[test]
fn what_is_asked_for_in_pages_is_paged_or_has_a_reason() {
    let table = table();
    let not_paged = table.not_paged();
    let unexplained: Vec<_> = operations()
        .filter(|operation| operation.method != "DELETE" && family(operation).is_some())
        .filter(|operation| {
            let paged = operation
                .paging
                .is_some_and(|paging| paging.step != Step::Whole);
            paged == not_paged.contains(operation.id)
        })
        .map(|operation| operation.id)
        .collect();
    assert_eq!(unexplained, [""; 0]);
}

#[test]
fn no_delete_is_paged() {
    assert!(
        operations().all(|operation| operation.method != "DELETE" || operation.paging.is_none())
    );
}

/// For each family and method: the number of operations with its parameters, and the number of paged ones.
#[test]
fn families_are_as_large_as_they_are_known_to_be() {
    let mut counts: BTreeMap<(&str, String), (usize, usize)> = BTreeMap::new();
    for operation in operations().filter(|operation| operation.method != "DELETE") {
        if let Some(family) = family(operation) {
            let count = counts.entry((operation.method, family)).or_default();
            count.0 += 1;
            count.1 += usize::from(operation.paging.is_some());
        }
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|((method, family), (all, paged))| format!("{method} {family}: {all}, {paged} paged"))
        .collect();
    assert_eq!(
        counts,
        [
            "GET after+limit: 1, 0 paged",
            "GET cursor+limit: 9, 9 paged",
            "GET offset+limit: 8, 8 paged",
            "GET offset+pageSize: 4, 4 paged",
            "GET page+limit: 170, 163 paged",
            "GET page+pageSize: 27, 26 paged",
            "GET page+page_size: 1, 1 paged",
            "GET page+per_page: 6, 6 paged",
            "GET page+size: 59, 59 paged",
            "GET pageIndex+pageSize: 25, 20 paged",
            "GET pageIndex+pageSize+pageToken: 19, 19 paged",
            "GET pageNo+pageSize: 2, 2 paged",
            "GET pageNumber+pageSize: 21, 21 paged",
            "GET skip+limit: 1, 1 paged",
            "POST cursor+limit: 1, 1 paged",
            "POST lastSeenExecutionId+lastSeenStartTime+size: 1, 1 paged",
            "POST offset+limit: 1, 1 paged",
            "POST page+limit: 49, 48 paged",
            "POST page+pageSize: 1, 1 paged",
            "POST page+size: 10, 10 paged",
            "POST pageIndex+pageSize: 1, 1 paged",
            "POST pageIndex+pageSize+pageToken: 18, 18 paged",
            "POST pageNumber+pageSize: 2, 2 paged"
        ]
    );
}

#[test]
fn pages_in_the_body_are_as_many_as_they_are_known_to_be() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for paging in operations().filter_map(|operation| operation.paging) {
        if paging.sent == Sent::Body {
            let names = [paging.page.unwrap(), paging.size.unwrap()];
            *counts.entry(names.join("+")).or_default() += 1;
        }
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(names, count)| format!("{names}: {count}"))
        .collect();
    assert_eq!(
        counts,
        [
            "offset+limit: 9",
            "page+limit: 3",
            "page+pageSize: 2",
            "page+page_size: 2",
            "page+size: 1",
            "pageIndex+pageSize: 8",
            "pageNumber+pageSize: 2",
            "pagination.page+pagination.limit: 4"
        ]
    );
}

#[test]
fn what_is_sent_in_the_query_is_a_parameter() {
    for operation in operations() {
        let Some(paging) = operation.paging else {
            continue;
        };
        if paging.sent == Sent::Query {
            let tokens = paging.tokens.iter().map(|token| token.name);
            for name in paging.page.into_iter().chain(paging.size).chain(tokens) {
                assert!(has(operation, name), "{operation} has no {name}");
            }
        }
        match paging.step {
            Step::Number | Step::Offset => assert!(paging.page.is_some(), "{operation}"),
            Step::Token => assert!(!paging.tokens.is_empty(), "{operation}"),
            Step::Whole => assert_eq!((paging.page, paging.size), (None, None), "{operation}"),
            _ => panic!("{operation} has a step that is not known here"),
        }
        assert!(paging.first <= 1, "{operation}");
        assert!(
            paging
                .max_size
                .is_none_or(|max| Some(max) >= paging.default_size),
            "{operation}"
        );
    }
}

#[test]
fn services_page_as_they_are_known_to() {
    let find = |method: &str, path: &str| {
        operations()
            .find(|operation| operation.method == method && operation.path == path)
            .and_then(|operation| operation.paging)
            .unwrap_or_else(|| panic!("{method} {path} is not paged"))
    };
    let orgs = find("GET", "/v1/orgs");
    assert_eq!(
        (orgs.page, orgs.first, orgs.max_size),
        (Some("page"), 0, Some(100))
    );
    assert_eq!(orgs.total, Some(Found::Header("X-Total-Elements")));

    let workspaces = find("GET", "/iacm/api/orgs/{org}/projects/{project}/workspaces");
    assert_eq!((workspaces.first, workspaces.items), (1, ""));
    assert_eq!(workspaces.total, Some(Found::Header("X-Total-Items")));

    let repos = find("GET", "/code/api/v1/repos");
    assert_eq!(
        (repos.first, repos.total),
        (1, Some(Found::Header("x-total")))
    );

    let applications = find("POST", "/gitops/api/v1/applications");
    assert_eq!(
        (applications.sent, applications.items),
        (Sent::Body, "content")
    );

    let outline = find("POST", "/pipeline/api/pipelines/execution/summary/outline");
    assert_eq!((outline.step, outline.tokens.len()), (Step::Token, 2));

    let services = find("GET", "/cv/api/monitored-service");
    assert_eq!(
        (services.step, services.page),
        (Step::Number, Some("offset"))
    );

    let registries = find("GET", "/har/api/v1/spaces/{space_ref}/registries");
    assert_eq!((registries.items, registries.first), ("data.registries", 1));
}

#[test]
fn classes_of_repetition_are_as_many_as_they_are_known_to_be() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for operation in operations() {
        let class = format!("{} {:?}", operation.method, operation.repeat);
        *counts.entry(class).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(class, count)| format!("{class}: {count}"))
        .collect();
    assert_eq!(
        counts,
        [
            "DELETE Idempotent: 300",
            "GET Never: 12",
            "GET Safe: 1276",
            "PATCH Never: 37",
            "POST Never: 635",
            "POST Safe: 271",
            "PUT Idempotent: 291",
            "PUT Never: 49",
            "PUT Safe: 1"
        ]
    );
}

/// An operation that starts work, responds to a single question or creates a secret is never sent twice.
#[test]
fn what_acts_is_never_repeated() {
    for id in [
        "postPipelineExecuteWithInputSetYaml",
        "postPipelineExecuteWithInputSetList",
        "execute-pipeline",
        "retryPipeline",
        "putHandleInterrupt",
        "handleStageInterrupt",
        "addHarnessApprovalActivity",
        "processCustomWebhookEventV3",
        "createToken",
        "rotateToken",
        "runChaosV2Experiment",
        "AgentApplicationService_Sync",
        "commentCreatePullReq",
        "postSecretFileV2",
        "putSecretFileV2",
        "ReTriggerWebhookExecution",
        "reset2fa",
        "updatePipelineV2",
        "updateConnector",
        "createConnector",
    ] {
        let operation = operations().find(|operation| operation.id == id);
        let operation = operation.unwrap_or_else(|| panic!("there is no {id}"));
        assert_eq!(operation.repeat, Repeat::Never, "{operation}");
    }
    // A paged operation returns a list, and listing only reads.
    for operation in operations().filter(|operation| operation.paging.is_some()) {
        assert_eq!(operation.repeat, Repeat::Safe, "{operation}");
    }
}
