//! Small descriptions, from the document to behaviour.

mod paging;
mod retry;
mod table;

use anyhow::Result;
use serde_json::{Map, json};

use super::*;
use crate::{
    generate::{
        Pipeline, Tables,
        api::{Found, RetryClass, Ty, ValueSchema},
        before::Nothing,
    },
    surface,
};

/// One operation of a small description.
struct Case {
    method: &'static str,
    path: &'static str,
    id: &'static str,
    query: Value,
    body: Option<Value>,
    response: Option<Value>,
    headers: Vec<&'static str>,
}

/// Returns a GET of `/things` with these query parameters, by name and schema, and this response.
fn list(query: Value, response: Value) -> Case {
    Case {
        method: "get",
        path: "/things",
        id: "listThings",
        query,
        body: None,
        response: Some(response),
        headers: Vec::new(),
    }
}

/// Returns an operation that takes and responses nothing in particular.
fn act(method: &'static str, path: &'static str, id: &'static str) -> Case {
    Case {
        method,
        path,
        id,
        query: json!({}),
        body: None,
        response: Some(json!({"type": "string"})),
        headers: Vec::new(),
    }
}

impl Case {
    fn operation(&self, table: Option<&str>) -> Result<Operation> {
        let parameters: Vec<Value> = self
            .query
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, schema)| {
                let place = if name == "If-Match" {
                    "header"
                } else {
                    "query"
                };
                json!({"name": name, "in": place, "schema": schema})
            })
            .collect();
        let headers: Map<String, Value> = self
            .headers
            .iter()
            .map(|name| (name.to_string(), json!({"schema": {"type": "integer"}})))
            .collect();
        let mut operation = json!({
            "operationId": self.id,
            "tags": ["Things"],
            "parameters": parameters,
            "responses": {"200": {"description": "OK", "headers": headers}},
        });
        if let Some(response) = &self.response {
            operation["responses"]["200"]["content"] =
                json!({"application/json": {"schema": response}});
        }
        if let Some(body) = &self.body {
            operation["requestBody"] = json!({"content": {"application/json": {"schema": body}}});
        }
        let document = json!({
            "openapi": "3.0.3",
            "info": {"title": "Things", "version": "1"},
            "paths": {self.path: {self.method: operation}},
            "components": {"schemas": {"Thing": object(json!({"name": text()}))}},
        });
        let tables = Tables {
            behaviour: table.map(Table::parse).transpose()?,
            ..Tables::derived(&document)
        };
        let mut pipeline = Pipeline::new(document);
        pipeline.run(&tables, &Nothing, &mut |_| {});
        pipeline.diagnostics.check()?;
        Ok(pipeline.api.modules[0].operations[0].clone())
    }

    /// Returns the paging in words, and the type of an item.
    fn paging(&self) -> Option<(String, Ty)> {
        let paging = self.operation(None).unwrap().paging?;
        Some((surface::paging(&paging), paging.item))
    }

    fn repeat(&self) -> RetryClass {
        self.operation(None).unwrap().retry
    }

    fn refusal(&self, table: &str) -> String {
        format!("{:#}", self.operation(Some(table)).unwrap_err())
    }
}

fn int() -> Value {
    json!({"type": "integer", "format": "int64"})
}

fn text() -> Value {
    json!({"type": "string"})
}

fn flag() -> Value {
    json!({"type": "boolean"})
}

fn things() -> Value {
    json!({"type": "array", "items": {"$ref": "#/components/schemas/Thing"}})
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

fn ng_page() -> Value {
    object(json!({
        "status": text(),
        "data": object(json!({
            "content": things(), "totalItems": int(), "pageSize": int(), "pageIndex": int(),
            "pageToken": text(),
        })),
    }))
}

/// Asserts the words, and that items are things.
fn assert_paged(case: &Case, words: &str) {
    let (text, item) = case.paging().expect(words);
    assert_eq!(text, words);
    assert_eq!(item, Ty::Named("Thing".to_owned()), "{words}");
}
