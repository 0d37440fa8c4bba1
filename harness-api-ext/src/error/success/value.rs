//! Whether a value is what it is described to be.

use harness_api::ValueSchema;

use super::super::failure::GOVERNANCE;
use super::FailureInSuccess;
use super::root::Root;

/// Why a value that is not `null` is not as described; `None` where it is, or where its decoder tells.
pub(super) fn misfit(schema: ValueSchema, value: &str, written: bool) -> Option<String> {
    let found = match value.as_bytes().first()? {
        b'{' => "an object",
        b'[' => "a list",
        b'"' => "text",
        b't' | b'f' => "a boolean",
        _ => "a number",
    };
    let fits = match schema {
        ValueSchema::Object {
            members,
            may_be_empty,
        } => {
            if found == "an object" && !(members.is_empty() && may_be_empty) {
                let object = serde_json::from_str::<Root<'_>>(value).ok()?;
                // Some services wrap what was saved to say what policies made of it, and do not describe that.
                let is_there = match object.0.is_empty() {
                    true => may_be_empty,
                    false => {
                        members.is_empty()
                            || object.has_result(members)
                            || object.has_only(members)
                            || (written && object.has_any(&GOVERNANCE))
                    }
                };
                return (!is_there).then(|| NONE.to_owned());
            }
            found == "an object"
        }
        ValueSchema::List => found == "a list",
        ValueSchema::Text => !matches!(found, "an object" | "a list"),
        // As their decoder takes them.
        ValueSchema::Number => value.trim_matches('"').parse::<f64>().is_ok(),
        ValueSchema::Boolean => matches!(value.trim_matches('"'), "true" | "false"),
        _ => true,
    };
    (!fits).then(|| format!("{found} where {} is expected", wanted(schema)))
}

pub(super) fn wanted(schema: ValueSchema) -> &'static str {
    match schema {
        ValueSchema::Object { .. } => "an object",
        ValueSchema::List => "a list",
        ValueSchema::Text => "text",
        ValueSchema::Number => "a number",
        ValueSchema::Boolean => "a boolean",
        _ => "a value",
    }
}

/// What an object has of the members that are described.
pub(super) const NONE: &str = "none of the described members is there";

pub(super) fn unexpected(path: &str, found: &str, wanted: &str) -> FailureInSuccess {
    FailureInSuccess::Unexpected(
        path.to_owned(),
        format!("{found} where {wanted} is expected"),
    )
}
