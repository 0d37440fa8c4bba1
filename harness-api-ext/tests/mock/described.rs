//! Validation of requests by the schemas of the description, and generated responses of all operations.

use harness_api_ext::Result;
use harness_api_ext::mock::{Reply, Server};
use harness_api_ext::raw::reqwest::{self, Method};
use serde_json::{Value, json};

use super::{call, json};

async fn post(server: &Server, path: &str, body: Value) -> (u16, Value) {
    let request = reqwest::Client::new()
        .post(format!("{}{path}", server.url()))
        .header("x-api-key", server.api_key())
        .header("content-type", "application/json")
        .body(body.to_string());
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn a_violation_is_refused_with_its_place_and_kept() -> Result<()> {
    let server = Server::builder().described(1).start().await?;
    let wrong = json!({"org": {"identifier": 7, "name": "Retail"}});
    let (status, answer) = post(&server, "/v1/orgs?tier=gold", wrong).await;
    assert_eq!(status, 422, "{answer}");
    let faults = answer["faults"].as_array().unwrap();
    let mut pointers: Vec<&str> = faults
        .iter()
        .map(|fault| fault["pointer"].as_str().unwrap())
        .collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/body/org/identifier", "/query/tier"]);
    let received = server.received();
    assert_eq!(received[0].violations().len(), 2);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        server.assert_no_violations();
    }));
    let text = *caught.unwrap_err().downcast::<String>().unwrap();
    assert!(text.contains("/body/org/identifier"), "{text}");
    Ok(())
}

#[tokio::test]
async fn what_follows_the_description_is_kept_by_the_state() -> Result<()> {
    let server = Server::builder().described(1).start().await?;
    let organizations = server.harness().account().organizations();
    organizations.create("retail", "Retail").await?;
    let found = organizations.get("retail").await?;
    assert_eq!(json!(found)["organization"]["name"], "Retail");
    server.assert_no_violations();
    Ok(())
}

#[tokio::test]
async fn what_has_no_state_is_made_and_paged() -> Result<()> {
    let server = Server::builder().described(3).stateless().start().await?;
    let harness = server.harness();
    let all = json(call(&harness, Method::GET, "/v1/orgs?page=0&limit=50")).await?;
    let all = all.as_array().unwrap();
    assert!(
        !all.is_empty() && all[0]["org"]["identifier"].is_string(),
        "{all:?}"
    );
    let answer = call(&harness, Method::GET, "/v1/orgs?page=0&limit=1")
        .send::<Value>()
        .await?;
    assert_eq!(
        answer.headers()["x-total-elements"],
        all.len().to_string().as_str()
    );
    assert_eq!(answer.into_inner(), json!([all[0]]));
    let beyond = format!("/v1/orgs?page={}&limit=1", all.len());
    assert_eq!(json(call(&harness, Method::GET, &beyond)).await?, json!([]));
    // The same seed generates the same responses, and scripts take precedence.
    let twin = Server::builder().described(3).stateless().start().await?;
    let again = json(call(
        &twin.harness(),
        Method::GET,
        "/v1/orgs?page=0&limit=50",
    ))
    .await?;
    assert_eq!(again.as_array(), Some(all));
    twin.answer_next("get-organizations", [Reply::json(200, &json!([]))]);
    assert_eq!(
        json(call(&twin.harness(), Method::GET, "/v1/orgs")).await?,
        json!([])
    );
    Ok(())
}

#[tokio::test]
async fn a_server_that_runs_for_long_keeps_the_last_requests_only() -> Result<()> {
    let server = Server::builder()
        .described(0)
        .stateless()
        .remember(2)
        .api_key("sat.A.b.c")
        .account("A")
        .start()
        .await?;
    assert_eq!(server.api_key(), "sat.A.b.c");
    for page in 0..3 {
        json(call(
            &server.harness(),
            Method::GET,
            &format!("/v1/orgs?page={page}"),
        ))
        .await?;
    }
    let pages: Vec<Option<String>> = server
        .received()
        .iter()
        .map(|request| request.query("page").map(str::to_owned))
        .collect();
    assert_eq!(pages, [Some("1".to_owned()), Some("2".to_owned())]);
    Ok(())
}
