//! For tests of resources: a client of a server that gives one answer, and what the server is to have seen.

use std::future::IntoFuture;

use harness_api_ext::{Account, Harness, Project, Result};
use serde_json::Value;

use super::{Reply, Server, builder};

/// A client, and the server that it calls.
pub struct Expect {
    server: Server,
    harness: Harness,
}

impl Expect {
    /// The server gives this JSON with 200.
    pub fn json(body: &'static str) -> Self {
        Self::of(Server::always(body))
    }

    /// The server gives this JSON with this status line.
    pub fn status(status: &'static str, body: &'static str) -> Self {
        Self::of(Server::answering(move |_, _| Reply::json(status, body)))
    }

    /// The server gives this JSON one after the other, and the last for ever.
    pub fn each(bodies: impl Into<Vec<&'static str>>) -> Self {
        let bodies = bodies.into();
        Self::of(Server::answering(move |number, _| {
            Reply::json("200 OK", bodies[number.min(bodies.len() - 1)])
        }))
    }

    /// The server gives this text with 200.
    pub fn text(media: &'static str, body: &'static str) -> Self {
        Self::of(Server::answering(move |_, _| {
            Reply::Raw(format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            ))
        }))
    }

    fn of(server: Server) -> Self {
        let harness = builder()
            .endpoint(server.url())
            .build()
            .expect("a client that can be built");
        Self { server, harness }
    }

    pub fn account(&self) -> Account {
        self.harness.account()
    }

    pub fn project(&self) -> Project {
        self.harness.org("retail").project("checkout")
    }

    /// How many requests there were.
    pub fn count(&self) -> usize {
        self.server.requests().len()
    }

    /// Sends a call; the last request is to be this one: method, path, and query in any order; no body is null.
    pub async fn sends<C, T>(&self, call: C, line: &str, body: Value) -> T
    where
        C: IntoFuture<Output = Result<T>>,
    {
        let answer = call.await;
        self.saw(line, body);
        answer.expect("a success")
    }

    /// The last request is to be this one.
    pub fn saw(&self, line: &str, body: Value) {
        let request = self.server.last();
        let sent = format!("{} {}", request.method(), request.target());
        assert_eq!(sorted(&sent), sorted(line));
        let sent = match &*request.body {
            "" => Value::Null,
            text => serde_json::from_str(text).expect("a body of JSON"),
        };
        assert_eq!(sent, body, "{line}");
        assert_eq!(request.header("harness-account"), Some("AcmeAccount"));
    }
}

/// A request line with the parts of its query in the order of letters.
fn sorted(line: &str) -> (&str, Vec<&str>) {
    let (path, query) = line.split_once('?').unwrap_or((line, ""));
    let mut query: Vec<&str> = query.split('&').collect();
    query.sort_unstable();
    (path, query)
}
