//! Which responses of an operation are its success.

use heck::ToSnakeCase;
use serde_json::Value;

use super::operations::{content_of, deref};

/// Returns the responses that are read as the success, with their statuses: those of the class 2XX, or `default` where
/// there is none of them and it is not of an error type.
pub fn successes<'d>(document: &'d Value, operation: &'d Value) -> Vec<(&'d str, &'d Value)> {
    let responses = operation.get("responses").and_then(Value::as_object);
    let of = |wanted: fn(&str) -> bool| {
        let responses = responses.into_iter().flatten();
        responses
            .filter(move |(status, _)| wanted(status))
            .map(|(status, response)| (status.as_str(), deref(document, response)))
    };
    let declared: Vec<_> = of(|status| status.starts_with('2')).collect();
    if !declared.is_empty() {
        return declared;
    }
    of(|status| status == "default")
        .filter(|(_, response)| !is_error(response))
        .collect()
}

/// Whether a response says by its content type or by the name of its type that it is an error.
fn is_error(response: &Value) -> bool {
    const ERRORS: [&str; 5] = ["error", "exception", "failure", "fault", "problem"];
    // Words after which a type says what it is.
    const FORMS: [&str; 8] = [
        "body", "details", "dto", "info", "model", "object", "response", "schema",
    ];
    content_of(response).iter().any(|(media, content)| {
        let reference = content.pointer("/schema/$ref").and_then(Value::as_str);
        let name = reference.and_then(|reference| reference.rsplit('/').next());
        let words = name.unwrap_or_default().to_snake_case();
        let kind = words.rsplit('_').find(|word| !FORMS.contains(word));
        media.contains("problem+")
            || kind.is_some_and(|kind| ERRORS.contains(&kind))
            || words == "rpc_status"
    })
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
        found
            .iter()
            .map(|(status, _)| (*status).to_owned())
            .collect()
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
