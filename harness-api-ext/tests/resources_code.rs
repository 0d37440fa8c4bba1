//! Code: what is sent, and what is made of the answers.

#![cfg(feature = "code")]
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::Exchange;
use harness_api_ext::Order;
use harness_api_ext::code::{Repository, types};
use serde_json::{Value, json};

/// A call of the repository `shop` of the project, in its scope.
fn shop(method: &str, rest: &str) -> String {
    let mark = if rest.contains('?') { '&' } else { '?' };
    format!(
        "{method} /code/api/v1/repos/shop{rest}{mark}accountIdentifier=AcmeAccount&orgIdentifier=retail\
         &projectIdentifier=checkout"
    )
}

fn repository(expect: &Exchange) -> Repository {
    expect.project().repository("shop")
}

const REPOSITORY: &str = r#"{"id":7,"identifier":"shop","path":"AcmeAccount/retail/checkout/shop","uid":"shop",
    "created":1761800000000,"description":"","default_branch":"main","is_public":false,"tags":{},"state":0}"#;

#[tokio::test]
async fn repositories_are_created_changed_and_deleted() {
    let expect = Exchange::answering(REPOSITORY);
    let repositories = expect.project().repositories();
    let create = repositories
        .create("shop")
        .description("The shop")
        .default_branch("main")
        .readme(false)
        .license("mit")
        .gitignore("Rust")
        .public(false);
    let body = json!({
        "identifier": "shop", "description": "The shop", "default_branch": "main", "readme": false, "license": "mit",
        "git_ignore": "Rust", "is_public": false,
    });
    let made = expect
        .sends(create, &shop("POST", "").replace("/shop?", "?"), body)
        .await;
    assert_eq!(made.created, Some(1_761_800_000_000));

    expect
        .sends(repositories.get("shop"), &shop("GET", ""), Value::Null)
        .await;
    let update = repositories.update("shop").description("");
    expect
        .sends(update, &shop("PATCH", ""), json!({"description": ""}))
        .await;
    let line = "GET /code/api/v1/repos/tools?accountIdentifier=AcmeAccount";
    expect
        .sends(
            expect.account().repositories().get("tools"),
            line,
            Value::Null,
        )
        .await;

    let expect = Exchange::answering(r#"{"deleted_at":1761800000000}"#);
    let delete = expect.project().repositories().delete("shop");
    expect.sends(delete, &shop("DELETE", ""), Value::Null).await;
}

#[tokio::test]
async fn lists_are_paged_from_the_first_page() {
    macro_rules! check {
        ($list:expr, $rest:expr, $body:expr, $member:ident == $value:expr) => {
            let expect = Exchange::answering($body);
            #[allow(clippy::redundant_closure_call, reason = "the list needs the server")]
            let list = ($list)(&expect).page_size(30);
            let rest = concat!($rest, "page=1&limit=30");
            let page = expect.sends(list, &shop("GET", rest), Value::Null).await;
            assert_eq!(page.items[0].$member, $value);
        };
    }
    check!(
        |expect| repository(expect)
            .branches()
            .list()
            .search("n")
            .include_commit(true)
            .sort("date", Order::Desc),
        "/branches?query=n&include_commit=true&sort=date&order=desc&",
        r#"[{"name":"next","sha":"0c1f4a","is_default":false}]"#,
        name == Some("next".into())
    );
    check!(
        |expect| repository(expect).tags().list().sort("name", Order::Asc),
        "/tags?sort=name&order=asc&",
        r#"[{"name":"v1.4.0","is_annotated":false}]"#,
        is_annotated == Some(false)
    );
    check!(
        |expect| repository(expect)
            .commits()
            .at("next")
            .after("main")
            .path("docs")
            .since(9)
            .until(10)
            .author("me"),
        "/commits?git_ref=next&after=main&path=docs&since=9&until=10&author=me&",
        r#"{"commits":[{"sha":"0c1f4a","title":"Say less"}],"rename_details":[],"total_commits":1}"#,
        title == Some("Say less".into())
    );
    check!(
        |expect| repository(expect)
            .pull_requests()
            .list()
            .state([
                types::ListPullReqState::Open,
                types::ListPullReqState::Merged
            ])
            .search("till")
            .source_branch("next")
            .target_branch("main")
            .author(3)
            .reviewer(4)
            .include_checks(true)
            .sort("updated", Order::Desc),
        "/pullreq?state=open&state=merged&query=till&source_branch=next&target_branch=main&author_id=3&reviewer_id=4\
         &include_checks=true&sort=updated&order=desc&",
        r#"[{"number":7,"state":"open","merged":null}]"#,
        number == Some(7)
    );

    let expect = Exchange::answering(r#"[{"identifier":"shop"}]"#);
    let list = expect
        .project()
        .repositories()
        .list()
        .search("s")
        .recursive(true)
        .sort("updated", Order::Desc)
        .page_size(30);
    let line = shop(
        "GET",
        "?query=s&recursive=true&sort=updated&order=desc&page=1&limit=30",
    )
    .replace("/shop?", "?");
    let page = expect.sends(list, &line, Value::Null).await;
    assert_eq!(page.items[0].identifier.as_deref(), Some("shop"));
}

#[tokio::test]
async fn branches_and_tags_are_made_and_deleted() {
    let expect =
        Exchange::answering(r#"{"name":"feature/next","sha":"0c1f4a","is_default":false}"#);
    let branches = repository(&expect).branches();
    let create = branches.create("feature/next", "main").bypass_rules(false);
    let body = json!({"name": "feature/next", "target": "main", "bypass_rules": false});
    let made = expect.sends(create, &shop("POST", "/branches"), body).await;
    assert_eq!(made.name.as_deref(), Some("feature/next"));

    let get = branches
        .get("feature/next")
        .include_checks(true)
        .include_rules(true)
        .include_pull_requests(true);
    let line = shop(
        "GET",
        "/branches/feature/next?include_checks=true&include_rules=true&include_pullreqs=true",
    );
    expect.sends(get, &line, Value::Null).await;
    let line = shop("DELETE", "/branches/feature/next?bypass_rules=true");
    let deleted = Exchange::answering(r#"{"dry_run_rules":false,"rule_violations":[]}"#);
    let branches = repository(&deleted).branches();
    let delete = branches.delete("feature/next").bypass_rules(true);
    deleted.sends(delete, &line, Value::Null).await;

    let tags = repository(&expect).tags();
    let body = json!({"name": "v1", "target": "main", "message": "First", "bypass_rules": true});
    let create = tags
        .create("v1", "main")
        .message("First")
        .bypass_rules(true);
    expect.sends(create, &shop("POST", "/tags"), body).await;

    let expect = Exchange::status("204 No Content", "");
    let delete = repository(&expect).tags().delete("v1").bypass_rules(false);
    expect
        .sends(
            delete,
            &shop("DELETE", "/tags/v1?bypass_rules=false"),
            Value::Null,
        )
        .await;
}

#[tokio::test]
async fn files_are_read_and_committed() {
    let expect = Exchange::answering(
        r#"{"type":"file","sha":"0c1f4a","name":"tills.md","path":"docs/tills.md","latest_commit":null,
            "content":{"encoding":"base64","data":"VGlsbHMK","size":6,"data_size":6}}"#,
    );
    let get = repository(&expect)
        .content("docs/tills.md")
        .at("next")
        .include_commit(true);
    let line = shop(
        "GET",
        "/content/docs/tills.md?git_ref=next&include_commit=true",
    );
    let content = expect.sends(get, &line, Value::Null).await;
    assert_eq!(content.sha.as_deref(), Some("0c1f4a"));

    let expect = Exchange::text("application/octet-stream", "Tills\n");
    let raw = expect
        .sends(
            repository(&expect).raw("docs/a b.md").at("next"),
            &shop("GET", "/raw/docs/a%20b.md?git_ref=next"),
            Value::Null,
        )
        .await;
    assert_eq!(&*raw.collect(100).await.expect("content"), b"Tills\n");

    let expect = Exchange::answering(r#"{"commit_id":"9b2d11","changed_files":[]}"#);
    let commit = repository(&expect)
        .commit("main", "Say less")
        .message("Nobody reads it.")
        .new_branch("next")
        .create("a.md", "A")
        .update("b.md", "B", "0c1f4a")
        .delete("c.md")
        .bypass_rules(false);
    let body = json!({
        "branch": "main", "title": "Say less", "message": "Nobody reads it.", "new_branch": "next", "bypass_rules": false,
        "actions": [
            {"action": "CREATE", "path": "a.md", "payload": "A", "encoding": "utf8"},
            {"action": "UPDATE", "path": "b.md", "payload": "B", "encoding": "utf8", "sha": "0c1f4a"},
            {"action": "DELETE", "path": "c.md"},
        ],
    });
    let done = expect.sends(commit, &shop("POST", "/commits"), body).await;
    assert_eq!(done.commit_id, Some("9b2d11".into()));
}

#[tokio::test]
async fn pull_requests_go_their_way() {
    let expect = Exchange::answering(
        r#"{"number":7,"title":"More tills","state":"open","is_draft":true,"created":1761800000000,"merged":null,
            "merge_conflicts":null,"labels":null}"#,
    );
    let create = repository(&expect)
        .pull_requests()
        .create("More tills", "next", "main")
        .description("Two of them")
        .draft(true)
        .reviewers([3, 4])
        .source_repository("fork");
    let body = json!({
        "title": "More tills", "source_branch": "next", "target_branch": "main", "description": "Two of them",
        "is_draft": true, "reviewer_ids": [3, 4], "source_repo_ref": "AcmeAccount/retail/checkout/fork",
    });
    let made = expect.sends(create, &shop("POST", "/pullreq"), body).await;
    assert_eq!(made.number, Some(7));

    let pull = repository(&expect).pull_request(7);
    expect
        .sends(pull.get(), &shop("GET", "/pullreq/7"), Value::Null)
        .await;
    let update = pull.update().title("Three tills").description("");
    let body = json!({"title": "Three tills", "description": ""});
    expect
        .sends(update, &shop("PATCH", "/pullreq/7"), body)
        .await;
    let line = shop("POST", "/pullreq/7/state");
    expect
        .sends(pull.close(), &line, json!({"state": "closed"}))
        .await;
    expect
        .sends(
            pull.reopen().draft(false),
            &line,
            json!({"state": "open", "is_draft": false}),
        )
        .await;

    let expect = Exchange::answering(r#"{"sha":"9b2d11","branch_deleted":true,"mergeable":true}"#);
    let merge = repository(&expect)
        .pull_request(7)
        .merge("squash")
        .source_sha("0c1f4a")
        .title("Tills")
        .message("Three")
        .delete_source_branch(true)
        .bypass_rules(false)
        .dry_run(false);
    let body = json!({
        "method": "squash", "source_sha": "0c1f4a", "title": "Tills", "message": "Three", "delete_source_branch": true,
        "bypass_rules": false, "dry_run": false,
    });
    let merged = expect
        .sends(merge, &shop("POST", "/pullreq/7/merge"), body)
        .await;
    assert_eq!(merged.branch_deleted, Some(true));
}

#[tokio::test]
async fn pull_requests_are_commented_and_reviewed() {
    let expect =
        Exchange::answering(r#"{"id":21,"text":"Good.","kind":"comment","parent_id":null}"#);
    let pull = repository(&expect).pull_request(7);
    let line = shop("POST", "/pullreq/7/comments");
    let made = expect
        .sends(
            pull.comment("Good.").reply_to(20),
            &line,
            json!({"text": "Good.", "parent_id": 20}),
        )
        .await;
    assert_eq!(made.id, Some(21));
    let body = json!({
        "text": "Why?", "path": "a.md", "line_start": 3, "line_end": 4, "line_start_new": true, "line_end_new": true,
        "target_commit_sha": "9b2d11", "source_commit_sha": "0c1f4a",
    });
    expect
        .sends(
            pull.comment("Why?")
                .lines("a.md", 3..=4, "9b2d11", "0c1f4a"),
            &line,
            body,
        )
        .await;
    let expect = Exchange::answering(r#"{"reviewer":{"id":3},"review_decision":"pending"}"#);
    let add = repository(&expect).pull_request(7).add_reviewer(3);
    expect
        .sends(
            add,
            &shop("PUT", "/pullreq/7/reviewers"),
            json!({"reviewer_id": 3}),
        )
        .await;

    let expect = Exchange::answering(r#"[{"reviewer":{"id":3},"review_decision":"pending"}]"#);
    let list = repository(&expect).pull_request(7).reviewers();
    let page = expect
        .sends(list, &shop("GET", "/pullreq/7/reviewers"), Value::Null)
        .await;
    assert_eq!(
        page.items[0].review_decision,
        Some(types::EnumPullReqReviewDecision::Pending)
    );

    let expect = Exchange::status("204 No Content", "");
    let pull = repository(&expect).pull_request(7);
    expect
        .sends(
            pull.remove_reviewer(3),
            &shop("DELETE", "/pullreq/7/reviewers/3"),
            Value::Null,
        )
        .await;
    let body = json!({"decision": "approved", "commit_sha": "0c1f4a"});
    expect
        .sends(
            pull.review("approved", "0c1f4a"),
            &shop("POST", "/pullreq/7/reviews"),
            body,
        )
        .await;
}

#[tokio::test]
async fn errors_of_the_service_are_told_apart() {
    let expect = Exchange::status("404 Not Found", r#"{"message":"Repository not found"}"#);
    let missing = [
        expect
            .project()
            .repositories()
            .get("shop")
            .await
            .expect_err("missing"),
        repository(&expect)
            .branches()
            .get("next")
            .await
            .expect_err("missing"),
        repository(&expect)
            .tags()
            .list()
            .await
            .expect_err("missing"),
        repository(&expect)
            .pull_request(7)
            .get()
            .await
            .expect_err("missing"),
    ];
    for error in missing {
        assert!(error.is_not_found(), "{error}");
    }
    let expect = Exchange::status(
        "409 Conflict",
        r#"{"message":"a repository of this name already exists"}"#,
    );
    let error = expect
        .project()
        .repositories()
        .create("shop")
        .await
        .expect_err("taken");
    assert!(error.is_already_exists(), "{error}");

    let expect = Exchange::status(
        "422 Unprocessable Entity",
        r#"{"message":"rules","conflict_files":["a.md"],"rule_violations":[{"rule":{"identifier":"protect-main"},
            "violations":[{"code":"pullreq.approvals.require_minimum_count","message":"2 approvals needed","params":[0,2]}]}]}"#,
    );
    let error = repository(&expect)
        .pull_request(7)
        .merge("merge")
        .await
        .expect_err("rules");
    assert_eq!(error.conflict_files(), ["a.md"]);
    assert_eq!(error.rule_violations().len(), 1);
}
