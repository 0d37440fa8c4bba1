//! Generated operations on the wire: the effect of the marks in the description.

#![cfg(all(
    feature = "cd",
    feature = "code",
    feature = "har",
    feature = "pipeline"
))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use harness_api::{Client, ErrorKind};
use harness_api_tests::server::{Server, json};

fn client(server: &Server) -> Client {
    Client::builder(server.url()).build().unwrap()
}

/// Starts a server that responds to `count` calls with an empty object, and returns it with a client.
fn pair(count: usize) -> (Server, Client) {
    let server = Server::playing((0..count).map(|_| json("200 OK", "{}")));
    let client = client(&server);
    (server, client)
}

fn paths(server: &Server) -> Vec<String> {
    let requests = server.requests();
    let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
    requests
        .iter()
        .map(|request| path(request.target()))
        .collect()
}

#[tokio::test]
async fn file_paths_and_branches_keep_their_slashes() {
    let (server, client) = pair(9);
    let code = client.code();
    let long = "acct/org/proj/shop";
    code.get_content("acct", "shop", "src/my lib/main.rs")
        .send()
        .await
        .unwrap();
    code.get_raw("acct", long, "docs/a#b?.md")
        .into_call()
        .empty()
        .await
        .unwrap();
    code.get_blame("acct", "shop", "README.md")
        .into_call()
        .empty()
        .await
        .unwrap();
    code.get_branch("acct", "shop", "feature/a/b")
        .send()
        .await
        .unwrap();
    code.delete_tag("acct", "shop", "release/1.0")
        .into_call()
        .empty()
        .await
        .unwrap();
    code.diff_stats("acct", "shop", "main...feature/a")
        .send()
        .await
        .unwrap();
    code.repository_archive("acct", "shop", "release/1.0", "zip")
        .into_call()
        .empty()
        .await
        .unwrap();
    code.file_view_delete_pull_req("acct", "shop", 7, "src/lib.rs")
        .send()
        .await
        .unwrap();
    code.get_commit("acct", "shop", "a/b").send().await.unwrap();
    let repo = "/code/api/v1/repos/shop";
    assert_eq!(
        paths(&server),
        [
            &format!("{repo}/content/src/my%20lib/main.rs"),
            "/code/api/v1/repos/acct/org/proj/shop/+/raw/docs/a%23b%3F.md",
            &format!("{repo}/blame/README.md"),
            &format!("{repo}/branches/feature/a/b"),
            &format!("{repo}/tags/release/1.0"),
            &format!("{repo}/diff-stats/main...feature/a"),
            &format!("{repo}/archive/release/1.0.zip"),
            &format!("{repo}/pullreq/7/file-views/src/lib.rs"),
            // A commit is one segment.
            &format!("{repo}/commits/a%2Fb"),
        ]
    );
}

#[tokio::test]
async fn a_file_path_cannot_leave_its_place() {
    let (server, client) = pair(0);
    for path in ["../../other", "a/../b", "a//b", "/etc", "a/", ".", ""] {
        let call = client.code().get_content("acct", "shop", path);
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build, "{path:?}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn registries_and_artifacts_are_ended_references() {
    let (server, client) = pair(2);
    let har = client.har();
    har.get_artifact_summary("acct/org/proj/images", "library/nginx")
        .send()
        .await
        .unwrap();
    har.get_artifact_summary("acct/images", "nginx")
        .send()
        .await
        .unwrap();
    assert_eq!(
        paths(&server),
        [
            "/har/api/v1/registry/acct/org/proj/images/+/artifact/library/nginx/+/summary",
            "/har/api/v1/registry/acct/images/+/artifact/nginx/summary",
        ]
    );
}

#[tokio::test]
async fn yaml_is_sent_as_it_is() {
    let (server, client) = pair(2);
    let yaml = "freeze:\n  name: Winter # keep\n";
    client
        .cd()
        .create_freeze("acct", yaml)
        .send()
        .await
        .unwrap();
    client
        .pipeline()
        .post_pipeline_execute_with_input_set_yaml("acct", "org", "proj", "build", "")
        .send()
        .await
        .unwrap();
    let requests = server.requests();
    assert_eq!(requests[0].text(), yaml);
    for request in &requests {
        assert_eq!(request.header("Content-Type"), Some("application/yaml"));
    }
    // A run without inputs has an empty body, which differs from no body.
    assert_eq!(requests[1].text(), "");
    assert_eq!(requests[1].header("Content-Length"), Some("0"));
}

#[tokio::test]
async fn a_bare_list_may_hold_null_or_be_null() {
    let bodies = [
        r#"[null, {"identifier": "shop"}, null]"#,
        "null",
        r#"[{"identifier": "shop"}, 3]"#,
        r#"{"message": "secret"}"#,
    ];
    let server = Server::playing(bodies.map(|body| json("200 OK", body)));
    let client = client(&server);
    let code = client.code();
    let list = code.list_repos("acct").send().await.unwrap();
    let names: Vec<_> = list.iter().map(|repo| repo.identifier.as_deref()).collect();
    assert_eq!(names, [Some("shop")]);
    assert!(code.list_repos("acct").send().await.unwrap().is_empty());
    let error = code.list_repos("acct").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.decode_failure().unwrap().path, "[1]");
    assert!(
        error
            .to_string()
            .contains("a number where an object is expected"),
        "{error}"
    );
    let error = code.list_repos("acct").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!error.to_string().contains("secret"), "{error}");
}
