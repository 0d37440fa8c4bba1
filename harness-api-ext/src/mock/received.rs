//! Requests that a mock has received.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use harness_api::Operation;
use hyper::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::check::Violation;
use super::route::{self, Route};
use super::store::Place;

/// Headers with credentials, whose values are not stored.
const CREDENTIALS: &[&str] = &[
    "x-api-key",
    "authorization",
    "cookie",
    "proxy-authorization",
    "x-harness-token",
];

const REDACTED: &str = "[redacted]";

/// Request that a mock has received, without the credentials of the caller.
///
/// `Display` shows its method and path; `Debug` shows the body too. Values of parameters and fields whose names
/// indicate a secret are redacted in both.
///
/// ```
/// use harness_api_ext::mock::{Reply, Server};
/// use harness_api_ext::raw::Configure;
/// use harness_api_ext::raw::reqwest::Method;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> harness_api_ext::Result<()> {
/// let server = Server::start().await?;
/// server.answer_with("GET /v1/widgets", |_| Reply::text(200, "none"));
/// let request = server.harness().request(Method::GET, "/v1/widgets");
/// request.with_query("size", "3").text().await?;
/// for request in server.received() {
///     assert_eq!((request.method(), request.path(), request.query("size")), ("GET", "/v1/widgets", Some("3")));
///     println!("{request}: {:?}", request.violations());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Received {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Bytes,
    params: Vec<(&'static str, String)>,
    operation: Option<&'static Operation>,
    number: usize,
    violations: Vec<Violation>,
}

impl Received {
    pub(super) fn new(
        method: &str,
        path: &str,
        query: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Self {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                let value = if CREDENTIALS.contains(&name.as_str()) {
                    REDACTED.to_owned()
                } else {
                    String::from_utf8_lossy(value.as_bytes()).into_owned()
                };
                (name.as_str().to_owned(), value)
            })
            .collect();
        let (operation, params) = match route::find(method, path) {
            Some(Route { operation, params }) => (Some(operation), params),
            None => (None, Vec::new()),
        };
        Self {
            number: 0,
            method: method.to_owned(),
            path: path.to_owned(),
            query: pairs(query),
            headers,
            body,
            params,
            operation,
            violations: Vec::new(),
        }
    }

    /// Sets the index of the request, and its violations.
    pub(super) fn kept(mut self, number: usize, violations: Vec<Violation>) -> Self {
        self.number = number;
        self.violations = violations;
        self
    }

    /// Returns the parts of the request that the description does not allow. Values are validated only if the server
    /// was told to; see [the module](super).
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Returns the HTTP method, in upper case.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the path as it was sent, without the query.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the operation that the request calls, if it is one of the enabled modules.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.operation
    }

    /// Returns the value of a query parameter; the first one if it was sent more than once.
    pub fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }

    /// Returns all values of a query parameter.
    pub fn query_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.query.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Returns the distinct names of the query parameters.
    #[cfg(feature = "mock-described")]
    pub(super) fn query_names(&self) -> std::collections::BTreeSet<&str> {
        self.query.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Returns the decoded value of a path parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(key, _)| *key == name)?;
        Some(&found.1)
    }

    /// Returns the value of a header, or `[redacted]` for a header with credentials.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// Returns the body as it was sent.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body as JSON, or `null` if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Returns the content type of the body, without parameters and in lower case.
    pub(super) fn content_type(&self) -> Option<String> {
        self.header("content-type").map(bare)
    }

    /// Returns whether the body has this content type, whatever its parameters.
    pub(super) fn is_type(&self, content_type: &str) -> bool {
        self.content_type().as_deref() == Some(content_type)
    }

    /// Returns a path parameter that the operation has.
    pub(super) fn id(&self, name: &str) -> &str {
        self.param(name).unwrap_or_default()
    }

    /// Returns organization and project from the path or the query, with the names that most services use.
    pub(super) fn place(&self) -> Place {
        let find = |names: [&str; 2]| {
            let found = self.param(names[1]).or_else(|| self.query(names[0]));
            found.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        Place {
            org: find(["orgIdentifier", "org"]),
            project: find(["projectIdentifier", "project"]),
        }
    }

    /// Returns the correlation id for responses, as the services choose it: the id of the caller, or a new one.
    pub(super) fn correlation(&self) -> String {
        let given = self.header("x-requestid").map(str::to_owned);
        given.unwrap_or_else(|| format!("mock-{}", self.number))
    }

    /// Returns the request with another JSON body.
    pub(super) fn with_body(&self, body: Vec<u8>) -> Self {
        Self {
            body: body.into(),
            ..self.clone()
        }
    }

    /// Returns the part of this name of a multipart body.
    pub(super) fn part(&self, name: &str) -> Option<Vec<u8>> {
        let mut parts = self.parts().into_iter();
        parts.find_map(|(part, content)| (part == name).then_some(content))
    }

    /// Returns name and content of the parts of a multipart body.
    pub(super) fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let boundary = self
            .header("content-type")
            .and_then(|header| header.split("boundary=").nth(1));
        let Some(boundary) = boundary else {
            return Vec::new();
        };
        let delimiter = format!("--{}", boundary.trim_matches('"'));
        let parts = split(&self.body, delimiter.as_bytes()).into_iter().skip(1);
        parts
            .filter_map(|part| {
                let part = part.strip_prefix(b"\r\n")?;
                let end = memchr::memmem::find(part, b"\r\n\r\n")?;
                let head = String::from_utf8_lossy(&part[..end]).into_owned();
                let name = head.split(" name=\"").nth(1)?.split('"').next()?;
                let body = &part[end + 4..];
                let body = body.strip_suffix(b"\r\n").unwrap_or(body);
                Some((name.to_owned(), body.to_vec()))
            })
            .collect()
    }
}

/// Returns a content type without parameters, in lower case.
pub(super) fn bare(content_type: &str) -> String {
    let bare = content_type.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

fn split<'a>(bytes: &'a [u8], by: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for at in memchr::memmem::find_iter(bytes, by) {
        pieces.push(&bytes[from..at]);
        from = at + by.len();
    }
    pieces.push(&bytes[from..]);
    pieces
}

/// Returns the pairs of a query. A plus sign is not decoded: callers must encode spaces as `%20`.
fn pairs(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// Returns whether a field or parameter of this name is a secret, by its last word: `webhookToken` and `secretText`
/// are, but `tokenRef`, `secretIdentifier` and `pageToken` are not.
fn is_secret(name: &str) -> bool {
    const SECRET: [&str; 11] = [
        "authorization",
        "cookie",
        "credential",
        "jwt",
        "passphrase",
        "passwd",
        "password",
        "pwd",
        "secret",
        "signature",
        "token",
    ];
    /// Words before `key` that make it a secret, as in `privateKey`.
    const KEYS: [&str; 7] = [
        "access",
        "api",
        "encryption",
        "license",
        "private",
        "secret",
        "ssh",
    ];
    /// Last words that only refer to the word before.
    const CONTENT: [&str; 5] = ["content", "hash", "string", "text", "value"];
    /// Words for positions in a list.
    const PLACES: [&str; 5] = ["continuation", "cursor", "next", "page", "previous"];

    let words = words(name);
    let words: Vec<&str> = words
        .iter()
        .map(|word| word.trim_end_matches('s'))
        .collect();
    if words == ["value"] {
        return true;
    }
    let end = words.iter().rposition(|word| !CONTENT.contains(word));
    let Some((last, before)) = end.and_then(|end| words[..=end].split_last()) else {
        return false;
    };
    let before = before.last().copied().unwrap_or_default();
    let is_key = *last == "key"
        && KEYS
            .iter()
            .any(|kind| before.trim_end_matches('s') == kind.trim_end_matches('s'));
    // For names such as `apikey`.
    let is_joined = last
        .strip_suffix("key")
        .is_some_and(|kind| KEYS.contains(&kind));
    is_key || is_joined || SECRET.contains(last) && !PLACES.contains(&before)
}

/// Returns the words of a name in lower case: `webhookToken`, `webhook_token`, `WebhookToken`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        let begins = c.is_ascii_uppercase() && was_lower;
        if (begins || !c.is_ascii_alphanumeric())
            && words.last().is_some_and(|word| !word.is_empty())
        {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns whether the value of a parameter is a number or a boolean, which is not a secret whatever its name.
fn is_plain(value: &str) -> bool {
    matches!(value, "true" | "false") || value.parse::<f64>().is_ok()
}

fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(members) => {
            for (name, member) in members {
                if is_secret(name) {
                    hide(member);
                } else {
                    redact(member);
                }
            }
        }
        _ => {}
    }
}

/// Redacts a secret, or a list of secrets. Numbers and booleans are not redacted. An object under such a name describes
/// a secret, and its fields are checked by their own names.
fn hide(value: &mut Value) {
    match value {
        Value::String(_) => *value = REDACTED.into(),
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => redact(value),
    }
}

impl Received {
    /// Returns the path, without the values of secret parameters.
    fn open_path(&self) -> Cow<'_, str> {
        let params = &self.params;
        match self.operation {
            Some(operation) if params.iter().any(|(name, _)| is_secret(name)) => {
                let fill = |path: String, (name, value): &(&str, String)| {
                    let value = if is_secret(name) { REDACTED } else { value };
                    path.replace(&format!("{{{name}}}"), value)
                };
                params.iter().fold(operation.path.to_owned(), fill).into()
            }
            _ => self.path.as_str().into(),
        }
    }
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.open_path())?;
        for (index, (name, value)) in self.query.iter().enumerate() {
            let sign = if index == 0 { '?' } else { '&' };
            let is_hidden = is_secret(name) && !is_plain(value);
            let value = if is_hidden { REDACTED } else { value };
            write!(f, "{sign}{name}={value}")?;
        }
        match self.operation {
            Some(operation) => write!(f, " ({})", operation.id),
            None => f.write_str(" (no operation)"),
        }
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Received");
        shown.field("request", &format_args!("{self}"));
        shown.field("headers", &self.headers);
        match serde_json::from_slice::<Value>(&self.body) {
            Ok(mut body @ (Value::Object(_) | Value::Array(_))) => {
                redact(&mut body);
                shown.field("body", &format_args!("{body}"))
            }
            _ => shown.field("body", &format_args!("{} bytes", self.body.len())),
        };
        shown.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_shown() {
        let mut headers = HeaderMap::new();
        headers.insert("x-api-key", "c4n4ry".parse().expect("a value"));
        let body =
            br#"{"secret":{"identifier":"db","spec":{"value":"c4n4ry","tokenRef":"account.t"}}}"#;
        let request = Received::new(
            "POST",
            "/x",
            "signature=c4n4ry&page=1",
            &headers,
            body[..].into(),
        );
        let shown = format!("{request} {request:?}");
        assert!(!shown.contains("c4n4ry"), "{shown}");
        assert!(
            shown.contains("account.t") && shown.contains("page=1"),
            "{shown}"
        );
        assert_eq!(request.header("X-Api-Key"), Some(REDACTED));
        for (body, shown) in [
            (
                r#"{"tokens":["c4n4ry",4]}"#,
                r#"{"tokens":["[redacted]",4]}"#,
            ),
            (
                r#"{"secret":{"name":"db","value":4}}"#,
                r#"{"secret":{"name":"db","value":4}}"#,
            ),
            (
                r#"{"includeOnlyActiveTokens":true,"password":null}"#,
                r#"{"includeOnlyActiveTokens":true,"password":null}"#,
            ),
            (r#""c4n4ry""#, "8 bytes"),
        ] {
            let request = Received::new("POST", "/x", "", &HeaderMap::new(), body.into());
            assert!(format!("{request:?}").contains(shown), "{request:?}");
        }
    }

    #[test]
    fn names_tell_what_is_secret() {
        for name in [
            "value",
            "values",
            "password",
            "PASSWORD",
            "newPassword",
            "webhookToken",
            "access_token",
            "tokens",
            "client-secret",
            "secretText",
            "tokenValue",
            "privateKey",
            "sshKey",
            "apiKey",
            "apikey",
            "X-Api-Key",
            "signature",
            "passphrase",
            "credentials",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "tokenRef",
            "secretIdentifier",
            "secretManagerIdentifier",
            "tokenType",
            "tokenId",
            "pageToken",
            "nextPageToken",
            "key",
            "keyType",
            "apiKeyIdentifier",
            "tokenExpiryTime",
            "author",
            "text",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
        let shown = |query: &str| {
            let request = Received::new("GET", "/x", query, &HeaderMap::new(), Bytes::new());
            request.to_string()
        };
        assert_eq!(
            shown("includeOnlyActiveTokens=true&token=4.5&pageToken=p2"),
            "GET /x?includeOnlyActiveTokens=true&token=4.5&pageToken=p2 (no operation)"
        );
        assert_eq!(
            shown("token=true4"),
            "GET /x?token=[redacted] (no operation)"
        );
    }

    #[test]
    fn parts_of_a_form_are_found_by_name() {
        let mut headers = HeaderMap::new();
        let kind = "multipart/form-data; boundary=b0";
        headers.insert("content-type", kind.parse().expect("a value"));
        let body = "--b0\r\nContent-Disposition: form-data; name=\"spec\"\r\n\r\n{\"a\":1}\r\n--b0\r\n\
                    Content-Disposition: form-data; name=\"file\"; filename=\"spec\"\r\n\r\nl1\r\n\r\nl2\r\n--b0--\r\n";
        let request = Received::new("POST", "/x", "", &headers, body.into());
        assert_eq!(request.part("spec").as_deref(), Some(&b"{\"a\":1}"[..]));
        assert_eq!(request.part("file").as_deref(), Some(&b"l1\r\n\r\nl2"[..]));
        assert_eq!(request.part("filename"), None);
    }

    #[test]
    fn a_plus_in_the_query_is_a_plus() {
        let request = Received::new(
            "GET",
            "/x",
            "a=1+2%203&a=&b",
            &HeaderMap::new(),
            Bytes::new(),
        );
        assert_eq!(request.query_all("a").collect::<Vec<_>>(), ["1+2 3", ""]);
        assert_eq!(request.query("b"), Some(""));
    }
}
