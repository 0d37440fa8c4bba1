//! Objects in a query: one key for each member, lists repeated.

use serde_json::Value;

/// The pairs of an object. Absent and null members give none; the fault names the member and not its value.
pub(crate) fn explode(object: serde_json::Result<Value>) -> Result<Vec<(String, String)>, String> {
    match object {
        Ok(Value::Object(members)) => pairs(members),
        Ok(Value::Null) => Ok(Vec::new()),
        Ok(_) => Err("it is not an object".to_owned()),
        Err(_) => Err("it cannot be written as JSON".to_owned()),
    }
}

fn pairs(members: serde_json::Map<String, Value>) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::with_capacity(members.len());
    for (name, value) in members {
        match value {
            Value::Null => {}
            Value::Array(items) => {
                for item in items {
                    let text = scalar(item).ok_or_else(|| {
                        format!("its member `{name}` holds a list of lists or objects")
                    })?;
                    pairs.push((name.clone(), text));
                }
            }
            value => {
                let text =
                    scalar(value).ok_or_else(|| format!("its member `{name}` is an object"))?;
                pairs.push((name, text));
            }
        }
    }
    Ok(pairs)
}

fn scalar(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_keys_lists_repeat_and_null_is_absent() {
        let object = json!({"a": "x y", "b": [1, true, "z"], "c": null, "d": 1.5, "e": []});
        let pairs = explode(Ok(object)).unwrap();
        let shown: Vec<_> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(shown, ["a=x y", "b=1", "b=true", "b=z", "d=1.5"]);
        assert!(explode(Ok(Value::Null)).unwrap().is_empty());
    }

    #[test]
    fn what_has_no_form_is_refused_by_name() {
        assert!(
            explode(Ok(json!({"deep": {"x": 1}})))
                .unwrap_err()
                .contains("`deep`")
        );
        assert!(
            explode(Ok(json!({"deep": [[1]]})))
                .unwrap_err()
                .contains("`deep`")
        );
        assert!(explode(Ok(json!("text"))).is_err());
    }
}
