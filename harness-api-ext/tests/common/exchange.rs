//! A client of a server with a fixed response, for tests of single calls.

use std::future::IntoFuture;

use harness_api_ext::{Account, Error, Harness, Org, Project, Result};
use serde_json::{Value, json};

use super::server::{Recorded, parts};
use super::{Reply, Server, builder};

/// Query of calls on an account.
pub const ACCOUNT: &str = "accountIdentifier=AcmeAccount";
/// Query of calls in the organization of the tests.
pub const ORG: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail";
/// Query of calls in the project of the tests.
pub const PROJECT: &str =
    "accountIdentifier=AcmeAccount&orgIdentifier=retail&projectIdentifier=checkout";
/// Query for the first page of a list.
pub const PAGE: &str = "pageIndex=0&pageSize=100";

/// Client with its server.
pub struct Exchange {
    server: Server,
    harness: Harness,
}

impl Exchange {
    /// Starts a server that responds with status 200 and this JSON.
    pub fn answering(body: impl Into<String>) -> Self {
        Self::status("200 OK", body)
    }

    /// Starts a server that responds with this status line and this JSON.
    pub fn status(status: &'static str, body: impl Into<String>) -> Self {
        let body = body.into();
        Self::with(Server::answering(move |_, _| {
            Reply::json(status, body.clone())
        }))
    }

    /// Starts a server that responds with these JSON texts in order, and repeats the last one.
    pub fn each(bodies: impl Into<Vec<&'static str>>) -> Self {
        let bodies = bodies.into();
        Self::with(Server::answering(move |number, _| {
            Reply::json("200 OK", bodies[number.min(bodies.len() - 1)])
        }))
    }

    /// Starts a server that responds with this text.
    pub fn text(media: &'static str, body: &'static str) -> Self {
        Self::with(Server::answering(move |_, _| {
            Reply::Raw(format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            ))
        }))
    }

    /// Starts a server that responds with a "not found" failure in the envelope of most services.
    pub fn finding_nothing() -> Self {
        let body = json!({
            "status": "ERROR", "code": "RESOURCE_NOT_FOUND_EXCEPTION", "message": "there is none",
            "correlationId": "c0ffee", "detailedMessage": null, "responseMessages": [], "metadata": null,
        });
        Self::status("404 Not Found", body.to_string())
    }

    fn with(server: Server) -> Self {
        let harness = builder()
            .endpoint(server.url())
            .build()
            .expect("a client that can be built");
        Self { server, harness }
    }

    pub fn account(&self) -> Account {
        self.harness.account()
    }

    pub fn org(&self) -> Org {
        self.harness.org("retail")
    }

    pub fn project(&self) -> Project {
        self.org().project("checkout")
    }

    pub fn last(&self) -> Recorded {
        self.server.last()
    }

    /// Returns the number of requests.
    pub fn count(&self) -> usize {
        self.server.requests().len()
    }

    /// Asserts the last request; the order of its query is ignored.
    #[track_caller]
    pub fn saw(&self, method: &str, target: &str) {
        let request = self.last();
        assert_eq!(request.method(), method);
        assert_eq!(parts(request.target()), parts(target));
        assert_eq!(request.header("harness-account"), Some("AcmeAccount"));
    }

    /// Asserts the last request, as [`saw`](Self::saw), and its JSON body; `null` means no body.
    #[track_caller]
    pub fn saw_json(&self, method: &str, target: &str, body: &Value) {
        self.saw(method, target);
        let sent = match &*self.last().body {
            "" => Value::Null,
            text => serde_json::from_str(text).expect("a body of JSON"),
        };
        assert_eq!(&sent, body, "{method} {target}");
    }

    /// Sends a call, which must succeed, and asserts its request.
    pub async fn sends<C, T>(&self, call: C, line: &str, body: Value) -> T
    where
        C: IntoFuture<Output = Result<T>>,
    {
        let answer = call.await;
        let (method, target) = line.split_once(' ').expect("a method and a target");
        self.saw_json(method, target, &body);
        answer.expect("a success")
    }
}

/// Returns a response in the envelope of most services.
pub fn data(data: &Value) -> String {
    json!({"status": "SUCCESS", "data": data, "metaData": null, "correlationId": "c0ffee"})
        .to_string()
}

/// Returns the only page of a list, in the envelope of most services.
pub fn page(items: &Value) -> String {
    let count = items.as_array().map_or(0, Vec::len);
    data(&json!({
        "totalPages": 1, "totalItems": count, "pageItemCount": count, "pageSize": 100,
        "content": items, "pageIndex": 0, "empty": count == 0, "pageToken": null,
    }))
}

/// Returns the error of a missing entity.
#[track_caller]
pub fn not_found<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    let error = outcome.expect_err("a refusal");
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.correlation_id(), Some("c0ffee"));
}

/// Asserts that a form has a part with this name and content.
#[track_caller]
pub fn has_part(form: &str, name: &str, content: &str) {
    let start = format!("name=\"{name}\"");
    let part = form
        .split("\r\n--")
        .find(|part| part.contains(&format!("{start}\r\n")) || part.contains(&format!("{start};")));
    let part = part.unwrap_or_else(|| panic!("no part {name} in {form}"));
    assert_eq!(
        part.split_once("\r\n\r\n").map(|(_, text)| text),
        Some(content)
    );
}
