//! A client of a server that answers everything alike, for tests of single calls.

use harness_api_ext::{Account, Error, Harness, Org, Project};
use serde_json::{Value, json};

use super::server::Recorded;
use super::{KEY, Reply, Server};

/// The query of calls on an account.
pub const ACCOUNT: &str = "accountIdentifier=AcmeAccount";
/// The query of calls in the organization of the tests.
pub const ORG: &str = "accountIdentifier=AcmeAccount&orgIdentifier=retail";
/// The query of calls in the project of the tests.
pub const PROJECT: &str =
    "accountIdentifier=AcmeAccount&orgIdentifier=retail&projectIdentifier=checkout";
/// The query for the first page of a list.
pub const PAGE: &str = "pageIndex=0&pageSize=100";

/// A client, and the server that it calls.
pub struct Exchange {
    server: Server,
    harness: Harness,
}

impl Exchange {
    /// A server that answers with status 200 and this body.
    pub fn answering(body: impl Into<String>) -> Self {
        Self::with("200 OK", body.into())
    }

    /// A server that answers that nothing was found, in the envelope of most services.
    pub fn finding_nothing() -> Self {
        let body = json!({
            "status": "ERROR", "code": "RESOURCE_NOT_FOUND_EXCEPTION", "message": "there is none",
            "correlationId": "c0ffee", "detailedMessage": null, "responseMessages": [], "metadata": null,
        });
        Self::with("404 Not Found", body.to_string())
    }

    fn with(status: &'static str, body: String) -> Self {
        let server = Server::answering(move |_, _| Reply::json(status, body.clone()));
        let builder = Harness::builder().api_key(KEY).endpoint(server.url());
        let harness = builder.build().expect("a client");
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

    /// Asserts what the last request was; the order of its query does not matter.
    #[track_caller]
    pub fn saw(&self, method: &str, target: &str) {
        let request = self.last();
        assert_eq!(request.method(), method);
        assert_eq!(parts(request.target()), parts(target));
        assert_eq!(request.header("harness-account"), Some("AcmeAccount"));
    }

    /// As [`saw`](Self::saw), and that this JSON was its body.
    #[track_caller]
    pub fn saw_json(&self, method: &str, target: &str, body: &Value) {
        self.saw(method, target);
        let sent: Value = serde_json::from_str(&self.last().body).expect("a body of JSON");
        assert_eq!(&sent, body);
    }
}

/// The path, and the sorted parts of the query.
fn parts(target: &str) -> (&str, Vec<&str>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut query: Vec<_> = query.split('&').filter(|part| !part.is_empty()).collect();
    query.sort_unstable();
    (path, query)
}

/// An answer in the envelope of most services.
pub fn data(data: &Value) -> String {
    json!({"status": "SUCCESS", "data": data, "metaData": null, "correlationId": "c0ffee"})
        .to_string()
}

/// The only page of a list, in the envelope of most services.
pub fn page(items: &Value) -> String {
    let count = items.as_array().map_or(0, Vec::len);
    data(&json!({
        "totalPages": 1, "totalItems": count, "pageItemCount": count, "pageSize": 100,
        "content": items, "pageIndex": 0, "empty": count == 0, "pageToken": null,
    }))
}

/// The error of what is not found.
#[track_caller]
pub fn not_found<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    let error = outcome.expect_err("a refusal");
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.correlation_id(), Some("c0ffee"));
}

/// Asserts that a form has a part of this name with this content.
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
