//! Requests whose body is described by its headers alone.

use serde_json::{Value, json};

use super::touched::Touched;

/// Headers that only a body has.
const ABOUT_BODIES: [&str; 3] = ["content-length", "content-digest", "content-disposition"];

/// Gives a body of bytes to operations that describe the length, the digest or the name of a body and no body.
pub(super) fn add_streamed_bodies(document: &mut Value, touched: &mut Touched) -> usize {
    let mut changed = 0;
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for method in ["post", "put", "patch"] {
            let Some(operation) = item.get_mut(method) else {
                continue;
            };
            let parameters = operation.get("parameters").and_then(Value::as_array);
            let has_body = parameters.into_iter().flatten().any(|parameter| {
                let name = parameter["name"].as_str().unwrap_or_default();
                parameter["in"] == "header" && ABOUT_BODIES.contains(&&*name.to_ascii_lowercase())
            });
            if !has_body || operation.get("requestBody").is_some() {
                continue;
            }
            operation["requestBody"] = json!({"required": true, "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            }});
            touched.operation(path, method, operation);
            changed += 1;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_how_long_a_body_is_has_one() {
        let header = |name: &str| json!([{"name": name, "in": "header"}]);
        let mut document = json!({"paths": {
            "/a": {
                "post": {"operationId": "upload", "parameters": header("Content-Length")},
                "put": {"operationId": "json", "parameters": header("content-length"), "requestBody": {"content": {}}},
                "get": {"operationId": "read", "parameters": header("Content-Length")},
            },
            "/b": {"post": {"operationId": "act", "parameters": header("Content-Language")}},
        }});
        let mut touched = Touched::default();
        assert_eq!(add_streamed_bodies(&mut document, &mut touched), 1);
        assert_eq!(touched.operations, ["upload".to_owned()].into());
        let body = &document["paths"]["/a"]["post"]["requestBody"];
        assert_eq!(
            body["content"]["application/octet-stream"]["schema"]["format"],
            "binary"
        );
        assert_eq!(
            document["paths"]["/a"]["put"]["requestBody"],
            json!({"content": {}})
        );
    }
}
