//! A typed, read-only view of an OpenAPI 3.0 description.
//!
//! The view borrows from the JSON document: fixes edit the document as such, and extensions (`x-…`) and the order of
//! members stay as they are written.

use std::{borrow::Cow, collections::BTreeSet};

use heck::ToSnakeCase;
use serde_json::{Map, Value};

/// The prefix of references to component schemas.
pub const SCHEMAS: &str = "#/components/schemas/";

/// The HTTP methods under which a path item holds operations.
pub const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// An operation of a description.
#[derive(Clone, Debug)]
pub struct Operation<'d> {
    document: &'d Value,
    item: &'d Value,
    /// The operation object.
    pub json: &'d Value,
    /// The path template.
    pub path: &'d str,
    /// The HTTP method, in lower case.
    pub method: &'d str,
    /// The `operationId`, or else method and path.
    pub id: Cow<'d, str>,
    /// The tags.
    pub tags: Vec<&'d str>,
}

/// Returns the operations of a description.
pub fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    let items = document.get("paths").and_then(Value::as_object);
    items.into_iter().flatten().flat_map(move |(path, item)| {
        METHODS.into_iter().filter_map(move |method| {
            let json = item.get(method)?;
            let tags = json.get("tags").and_then(Value::as_array);
            let tags = tags.into_iter().flatten().filter_map(Value::as_str);
            Some(Operation {
                document,
                item,
                json,
                path,
                method,
                id: operation_id(path, method, json),
                tags: tags.collect(),
            })
        })
    })
}

/// Returns the id of an operation; one without an id is called by its method and path.
pub fn operation_id<'d>(path: &str, method: &str, operation: &'d Value) -> Cow<'d, str> {
    match operation.get("operationId").and_then(Value::as_str) {
        Some(id) => id.into(),
        None => format!("{method} {path}").into(),
    }
}

impl<'d> Operation<'d> {
    /// Returns an operation without content.
    #[cfg(test)]
    pub(crate) fn of(path: &'d str, method: &'d str, tags: &[&'d str], id: &'d str) -> Self {
        Self {
            document: &Value::Null,
            item: &Value::Null,
            json: &Value::Null,
            path,
            method,
            id: id.into(),
            tags: tags.to_vec(),
        }
    }

    /// Returns the parameters of the path item and those of the operation, which override them.
    pub fn parameters(&self) -> Vec<Parameter<'d>> {
        let mut found: Vec<Parameter<'_>> = Vec::new();
        for holder in [self.item, self.json] {
            let list = holder.get("parameters").and_then(Value::as_array);
            for parameter in list.into_iter().flatten() {
                let parameter = Parameter(dereference(self.document, parameter));
                let key = |it: &Parameter<'d>| (it.name(), it.location());
                match found.iter_mut().find(|other| key(other) == key(&parameter)) {
                    Some(other) => *other = parameter,
                    None => found.push(parameter),
                }
            }
        }
        found
    }

    /// Returns the parameters of the path item as they are written.
    pub fn shared_parameters(&self) -> Option<&'d Value> {
        self.item.get("parameters")
    }

    /// Returns the request body.
    pub fn body(&self) -> Option<Body<'d>> {
        let body = self.json.get("requestBody")?;
        Some(Body(dereference(self.document, body)))
    }

    /// Returns the responses that are read as the success.
    pub fn successes(&self) -> Vec<Response<'d>> {
        successes(self.document, self.json)
    }

    /// Returns the statuses of the errors that are declared.
    pub fn errors(&self) -> Vec<String> {
        let responses = self.json.get("responses").and_then(Value::as_object);
        let statuses = responses.into_iter().flat_map(Map::keys);
        statuses
            .filter(|status| {
                matches!(status.as_bytes(), [b'4' | b'5', a, b] if *a == *b && *a == b'X'
                || a.is_ascii_digit() && b.is_ascii_digit())
            })
            .cloned()
            .collect()
    }

    /// Returns whether it is marked as deprecated.
    pub fn is_deprecated(&self) -> bool {
        flag(self.json, "deprecated")
    }

    /// Returns a text member of the operation object, empty if there is none.
    pub fn text(&self, member: &str) -> &'d str {
        text(self.json, member).unwrap_or_default()
    }
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Parameter<'d>(&'d Value);

impl<'d> Parameter<'d> {
    /// Returns the parameter object.
    pub fn json(self) -> &'d Value {
        self.0
    }

    /// Returns the name on the wire.
    pub fn name(self) -> &'d str {
        text(self.0, "name").unwrap_or_default()
    }

    /// Returns where it goes: `path`, `query`, `header` or `cookie`.
    pub fn location(self) -> &'d str {
        text(self.0, "in").unwrap_or_default()
    }

    /// Returns its schema, or that of its content.
    pub fn schema(self) -> Option<&'d Value> {
        let of_content = || content(self.0).first()?.schema;
        self.0.get("schema").or_else(of_content)
    }

    /// Returns whether a boolean member of it is `true`.
    pub fn is(self, member: &str) -> bool {
        flag(self.0, member)
    }

    /// Returns whether each item of a list is sent under its name, which is the default in queries.
    pub fn is_exploded(self) -> bool {
        self.0.get("explode") != Some(&Value::Bool(false))
    }
}

/// A request body.
#[derive(Clone, Copy, Debug)]
pub struct Body<'d>(&'d Value);

impl<'d> Body<'d> {
    /// Returns whether it has to be given.
    pub fn is_required(self) -> bool {
        flag(self.0, "required")
    }

    /// Returns the content types with their schemas.
    pub fn content(self) -> Vec<Media<'d>> {
        content(self.0)
    }
}

/// A response.
#[derive(Clone, Copy, Debug)]
pub struct Response<'d> {
    /// The status, a class such as `2XX`, or `default`.
    pub status: &'d str,
    /// The response object.
    pub json: &'d Value,
}

impl<'d> Response<'d> {
    /// Returns the content types with their schemas.
    pub fn content(self) -> Vec<Media<'d>> {
        content(self.json)
    }

    /// Returns the names of the headers.
    pub fn headers(self) -> impl Iterator<Item = &'d str> {
        let headers = self.json.get("headers").and_then(Value::as_object);
        headers.into_iter().flat_map(Map::keys).map(String::as_str)
    }

    /// Returns whether it says by its content type or by the name of its type that it is an error.
    fn is_error(self) -> bool {
        const ERRORS: [&str; 5] = ["error", "exception", "failure", "fault", "problem"];
        // Words after which a type says what it is.
        const FORMS: [&str; 8] = [
            "body", "details", "dto", "info", "model", "object", "response", "schema",
        ];
        self.content().iter().any(|media| {
            let reference = media.schema.and_then(|schema| text(schema, "$ref"));
            let name = reference.and_then(|reference| reference.rsplit('/').next());
            let words = name.unwrap_or_default().to_snake_case();
            let kind = words.rsplit('_').find(|word| !FORMS.contains(word));
            media.name.contains("problem+")
                || kind.is_some_and(|kind| ERRORS.contains(&kind))
                || words == "rpc_status"
        })
    }
}

/// Returns the responses of an operation object that are read as the success: those of the class 2XX, or `default` where
/// there is none of them and it is not of an error type.
pub fn successes<'d>(document: &'d Value, operation: &'d Value) -> Vec<Response<'d>> {
    let responses = operation.get("responses").and_then(Value::as_object);
    let of = |wanted: fn(&str) -> bool| {
        let responses = responses.into_iter().flatten();
        responses
            .filter(move |(status, _)| wanted(status))
            .map(|(status, response)| Response {
                status,
                json: dereference(document, response),
            })
    };
    let declared: Vec<_> = of(|status| status.starts_with('2')).collect();
    if !declared.is_empty() {
        return declared;
    }
    of(|status| status == "default")
        .filter(|response| !response.is_error())
        .collect()
}

/// A content type of a body or a response.
#[derive(Clone, Copy, Debug)]
pub struct Media<'d> {
    /// The media type.
    pub name: &'d str,
    /// The schema, if there is one.
    pub schema: Option<&'d Value>,
}

impl Media<'_> {
    /// Returns whether it is JSON.
    pub fn is_json(&self) -> bool {
        is_json(self.name)
    }

    /// Returns whether it is JSON, or anything.
    pub fn may_be_json(&self) -> bool {
        self.is_json() || self.name == "*/*"
    }
}

/// Returns whether a media type is JSON.
pub fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim();
    media == "application/json" || media.ends_with("+json")
}

fn content(holder: &Value) -> Vec<Media<'_>> {
    let content = holder.get("content").and_then(Value::as_object);
    let media = content.into_iter().flatten().map(|(name, media)| Media {
        name,
        schema: media.get("schema"),
    });
    media.collect()
}

/// A schema.
#[derive(Clone, Copy, Debug)]
pub struct Schema<'v>(pub &'v Value);

impl<'v> Schema<'v> {
    /// Returns the name of the component schema that it refers to.
    pub fn target(self) -> Option<&'v str> {
        text(self.0, "$ref")?.strip_prefix(SCHEMAS)
    }

    /// Returns the alternatives of `oneOf` or `anyOf`.
    pub fn alternatives(self) -> Option<&'v [Value]> {
        let list = self.0.get("oneOf").or_else(|| self.0.get("anyOf"))?;
        list.as_array().map(Vec::as_slice)
    }

    /// Returns the parts of `allOf`.
    pub fn parts(self) -> Option<&'v [Value]> {
        self.0.get("allOf")?.as_array().map(Vec::as_slice)
    }

    /// Returns the only part of `allOf`, where the schema has no members beside it.
    pub fn only_part(self) -> Option<&'v Value> {
        match self.parts() {
            Some([only]) if self.0.get("properties").is_none() => Some(only),
            _ => None,
        }
    }

    /// Returns the properties.
    pub fn properties(self) -> impl Iterator<Item = (&'v String, &'v Value)> {
        let properties = self.0.get("properties").and_then(Value::as_object);
        properties.into_iter().flatten()
    }

    /// Returns the names of the required properties.
    pub fn required(self) -> BTreeSet<&'v str> {
        let required = self.0.get("required").and_then(Value::as_array);
        let names = required.into_iter().flatten();
        names.filter_map(Value::as_str).collect()
    }

    /// Returns the `type`.
    pub fn kind(self) -> Option<&'v str> {
        self.text("type")
    }

    /// Returns the `format`.
    pub fn format(self) -> Option<&'v str> {
        self.text("format")
    }

    /// Returns a text member.
    pub fn text(self, member: &str) -> Option<&'v str> {
        text(self.0, member)
    }

    /// Returns whether a boolean member of it is `true`.
    pub fn is(self, member: &str) -> bool {
        flag(self.0, member)
    }

    /// Returns the property that tells its variants apart.
    pub fn tag(self) -> Option<&'v str> {
        let name = self.0.pointer("/discriminator/propertyName");
        let name = name.or_else(|| self.0.get("x-harness-discriminator"))?;
        name.as_str()
    }

    /// Returns the property of the schema around a union that tells its variants apart.
    pub fn parent_tag(self) -> Option<&'v str> {
        self.0.pointer("/x-harness-parent-tag/property")?.as_str()
    }

    /// Returns the tag values with the names of their component schemas, as a mapping at a JSON pointer says; `None` if
    /// there is no mapping.
    pub fn mapping(self, pointer: &str) -> Option<impl Iterator<Item = (&'v str, &'v str)>> {
        let mapping = self.0.pointer(pointer)?;
        let entries = mapping.as_object().into_iter().flatten();
        Some(entries.filter_map(|(value, target)| {
            let target = target.as_str()?;
            Some((
                value.as_str(),
                target.strip_prefix(SCHEMAS).unwrap_or(target),
            ))
        }))
    }
}

/// Adds the names of everything below `root` that a value refers to.
pub fn references(root: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                found.insert(reference.trim_start_matches(root).to_owned());
            }
            for member in members.values() {
                references(root, member, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                references(root, item, found);
            }
        }
        _ => {}
    }
}

/// Returns what a reference within the description refers to.
pub fn resolve<'d>(document: &'d Value, reference: &str) -> Option<&'d Value> {
    let pointer = reference.strip_prefix('#')?;
    document.pointer(pointer).or_else(|| {
        let plain = percent_encoding::percent_decode_str(pointer)
            .decode_utf8()
            .ok()?;
        document.pointer(&plain)
    })
}

/// Returns what a reference object refers to, and any other value as it is.
pub fn dereference<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let target = text(value, "$ref").and_then(|reference| resolve(document, reference));
    target.unwrap_or(value)
}

fn text<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value.get(member)?.as_str()
}

fn flag(value: &Value, member: &str) -> bool {
    value.get(member) == Some(&Value::Bool(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn statuses(responses: &Value) -> Vec<String> {
        let operation = json!({ "responses": responses });
        let document =
            json!({"components": {"responses": {"Oops": typed("Oops", "ErrorResponse")}}});
        let found = successes(&document, &operation);
        let statuses = found.iter().map(|response| response.status.to_owned());
        statuses.collect()
    }

    fn typed(description: &str, schema: &str) -> Value {
        json!({"description": description, "content": {"application/json": {
            "schema": {"$ref": format!("#/components/schemas/{schema}")}}}})
    }

    #[test]
    fn default_stands_in_for_a_missing_success() {
        let pet = typed("", "Pet");
        assert_eq!(
            statuses(&json!({"200": pet, "204": {}, "404": {}, "default": pet})),
            ["200", "204"]
        );
        assert_eq!(statuses(&json!({"default": pet, "400": {}})), ["default"]);
        assert_eq!(
            statuses(&json!({"default": {"description": ""}})),
            ["default"]
        );
        assert_eq!(
            statuses(&json!({"default": typed("", "ResponseDTOListErrorBudget")})),
            ["default"]
        );
    }

    #[test]
    fn a_default_of_an_error_type_is_no_success() {
        for name in [
            "Error",
            "api.RestError",
            "ErrorResponse",
            "RuntimeException",
            "FailureDTO",
            "rpc.Status",
        ] {
            assert!(
                statuses(&json!({"default": typed("", name)})).is_empty(),
                "{name}"
            );
        }
        assert!(statuses(&json!({"default": {"$ref": "#/components/responses/Oops"}})).is_empty());
        let problem =
            json!({"content": {"application/problem+json": {"schema": {"type": "object"}}}});
        assert!(statuses(&json!({"default": problem})).is_empty());
    }
}
