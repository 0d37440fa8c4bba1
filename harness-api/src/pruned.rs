//! Bodies of failures as JSON, without what takes memory and tells nothing.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::redact::Redactor;

/// How many values of a document are kept, and how many of one member of it, so that a long one leaves room for the others.
const VALUES: usize = 40_000;
const OF_A_MEMBER: usize = 10_000;
/// How many bytes of a text are kept.
const TEXT: usize = 64 << 10;

/// Reads a document with keys masked in all its texts. Of one that holds many values or long texts, the beginnings of its
/// lists, objects and texts. `None`: it is not JSON.
pub(crate) fn read(document: &str, redactor: &Redactor) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_str(document);
    let seed = Seed {
        budget: &Budget {
            values: Cell::new(VALUES),
            of_member: Cell::new(OF_A_MEMBER),
        },
        redactor,
        is_root: true,
    };
    let value = seed.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// How many values may still be kept.
struct Budget {
    values: Cell<usize>,
    of_member: Cell<usize>,
}

impl Budget {
    /// Whether there is room for one more.
    fn take(&self) -> bool {
        let left = (self.values.get(), self.of_member.get());
        if let (1.., 1..) = left {
            self.values.set(left.0 - 1);
            self.of_member.set(left.1 - 1);
            return true;
        }
        false
    }
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    budget: &'a Budget,
    redactor: &'a Redactor,
    is_root: bool,
}

impl<'a> Seed<'a> {
    fn inner(self) -> Self {
        Self {
            is_root: false,
            ..self
        }
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON document")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(self.redactor.mask_start(text, TEXT).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while self.budget.take() {
            match items.next_element_seed(self.inner())? {
                Some(item) => list.push(item),
                None => return Ok(list.into()),
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while self.budget.take() {
            let Some(name) = members.next_key::<String>()? else {
                return Ok(object.into());
            };
            let value = members.next_value_seed(self.inner())?;
            object.insert(self.redactor.mask_start(&name, TEXT), value);
            if self.is_root {
                self.budget.of_member.set(OF_A_MEMBER);
            }
        }
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(object.into())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plain(document: &str) -> Option<Value> {
        read(document, &Redactor::default())
    }

    fn count(value: &Value) -> usize {
        1 + match value {
            Value::Array(items) => items.iter().map(count).sum(),
            Value::Object(members) => members.values().map(count).sum(),
            _ => 0,
        }
    }

    #[test]
    fn a_usual_document_is_read_as_it_is() {
        for document in [
            r#"{"a":[1,-2,3.5,true,null,"x\n",{}],"b":{"c":[[]]},"a2":18446744073709551615}"#,
            "[]",
            "\"text\"",
            " 7 ",
            r#"{"twice":1,"twice":2}"#,
        ] {
            let whole: Value = serde_json::from_str(document).unwrap();
            assert_eq!(plain(document), Some(whole), "{document}");
        }
        for broken in ["", "{", "[1,]", "{} x", "{\"a\":}", "nul"] {
            assert_eq!(plain(broken), None, "{broken}");
        }
        assert!(plain(&"[".repeat(100_000)).is_none());
    }

    #[test]
    fn of_a_large_document_the_beginnings_are_kept() {
        let many = "{},".repeat(1 << 20);
        let document = format!(r#"{{"data":[{many}{{}}],"message":"no","more":[{many}0]}}"#);
        let value = plain(&document).unwrap();
        assert_eq!(value["message"], "no");
        assert!(count(&value) <= VALUES, "{}", count(&value));
        assert!(value["data"].as_array().unwrap().len() > OF_A_MEMBER / 3);
        let wide: Vec<String> = (0..100_000).map(|n| format!("\"m{n}\":[0]")).collect();
        let value = plain(&format!("{{{}}}", wide.join(","))).unwrap();
        assert!(count(&value) <= VALUES + 1);
        // It has to be whole all the same.
        assert!(plain(&format!("[{many}")).is_none());
        let long = "x".repeat(1 << 20);
        let value = plain(&json!({ "message": long }).to_string()).unwrap();
        assert_eq!(value["message"].as_str().unwrap().len(), TEXT);
    }

    #[test]
    fn keys_are_masked_in_names_and_values() {
        let redactor = Redactor::new(["first-generation"]);
        let document =
            r#"{"a first-generation":["first%2Dgeneration",{"b":"\u0066irst-generation"}]}"#;
        let value = read(document, &redactor).unwrap();
        assert_eq!(value, json!({"a ***": ["***", {"b": "***"}]}));
    }
}
