//! Values picked out of a document by their paths, in one pass over it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Error, value::RawValue};

/// The values at these paths with dots, as they stand in the document; the empty path is the document itself.
///
/// `None` for no path, and where a value is null or missing, or the way to it leads through no object.
pub(super) fn pick<'a>(
    document: &'a [u8],
    paths: &[Option<&'static str>],
) -> Result<Vec<Option<&'a RawValue>>, Error> {
    Picked::read(document, None, paths).map(|picked| picked.values)
}

/// The items of the list at a path, and the values at others; a list that is null or missing has none.
///
/// An error too where there is something else than a list.
pub(super) fn pick_list<'a>(
    document: &'a [u8],
    list: &'static str,
    paths: &[Option<&'static str>],
) -> Result<(Vec<&'a RawValue>, Vec<Option<&'a RawValue>>), Error> {
    let picked = Picked::read(document, Some(list), paths)?;
    Ok((picked.items.unwrap_or_default(), picked.values))
}

struct Picked<'a> {
    items: Option<Vec<&'a RawValue>>,
    values: Vec<Option<&'a RawValue>>,
}

impl<'a> Picked<'a> {
    fn read(
        document: &'a [u8],
        list: Option<&'static str>,
        paths: &[Option<&'static str>],
    ) -> Result<Self, Error> {
        let mut picked = Self {
            items: None,
            values: vec![None; paths.len()],
        };
        let list = list.map(|path| (path, Goal::Items));
        let values = paths.iter().enumerate();
        let values = values.filter_map(|(index, path)| Some(((*path)?, Goal::Value(index))));
        // Checked at once, it is not checked value by value.
        let document = std::str::from_utf8(document).map_err(Error::custom)?;
        let mut deserializer = serde_json::Deserializer::from_str(document);
        Pick {
            wanted: list.into_iter().chain(values).collect(),
            picked: &mut picked,
        }
        .deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(picked)
    }
}

/// Where what was found is kept.
#[derive(Clone, Copy, PartialEq)]
enum Goal {
    Items,
    Value(usize),
}

/// What is wanted of a value: paths that begin in it.
struct Pick<'p, 'a> {
    wanted: Vec<(&'static str, Goal)>,
    picked: &'p mut Picked<'a>,
}

impl<'a> DeserializeSeed<'a> for Pick<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.wanted.is_empty() {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(drop);
        }
        if self.wanted.contains(&("", Goal::Items)) {
            self.picked.items = Option::deserialize(deserializer)?;
            return Ok(());
        }
        let here = |(path, _): &(&str, Goal)| path.is_empty();
        if !self.wanted.iter().any(here) {
            return deserializer.deserialize_any(self);
        }
        let value = <&RawValue>::deserialize(deserializer)?;
        let (whole, inner): (Vec<_>, Vec<_>) = self.wanted.into_iter().partition(here);
        for (_, goal) in whole {
            if let Goal::Value(index) = goal {
                self.picked.values[index] = Some(value).filter(|value| value.get() != "null");
            }
        }
        let inner = Pick {
            wanted: inner,
            picked: self.picked,
        };
        let mut deserializer = serde_json::Deserializer::from_str(value.get());
        inner
            .deserialize(&mut deserializer)
            .map_err(D::Error::custom)
    }
}

impl<'a> Visitor<'a> for Pick<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            let inside = self.wanted.iter().filter_map(|(path, goal)| {
                let (first, rest) = path.split_once('.').unwrap_or((path, ""));
                (first == name).then_some((rest, *goal))
            });
            map.next_value_seed(Pick {
                wanted: inside.collect(),
                picked: self.picked,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[track_caller]
    fn check(document: &str, paths: &[&'static str], expected: &[Option<&str>]) {
        let paths: Vec<_> = paths.iter().copied().map(Some).collect();
        let found = pick(document.as_bytes(), &paths).unwrap();
        let found: Vec<_> = found.iter().map(|value| value.map(RawValue::get)).collect();
        assert_eq!(found, expected, "{document}");
    }

    #[test]
    fn values_are_found_at_any_depth_and_by_several_paths() {
        check(
            r#"{"a": {"b": [1, 2 ], "c.d": 3}, "x": [{"b": 4}], "n": null, "e\u0066": {"g": "h"}}"#,
            &["a.b", "a", "n", "x.b", "a.b.c", "ef.g", "z", "a.b"],
            &[
                Some("[1, 2 ]"),
                Some(r#"{"b": [1, 2 ], "c.d": 3}"#),
                None,
                None,
                None,
                Some("\"h\""),
                None,
                Some("[1, 2 ]"),
            ],
        );
        check("[1]", &["", "a"], &[Some("[1]"), None]);
        check("null", &["", "a"], &[None, None]);
        for scalar in ["true", "-1", "1", "1.5", "\"text\""] {
            check(scalar, &["a"], &[None]);
        }
        let none = pick(b"{}", &[None, Some("a")]).unwrap();
        assert_eq!(none.len(), 2);
    }

    #[test]
    fn a_list_gives_its_items_beside_values() {
        let document = br#"{"total": 3, "data": {"content": [1, {"a": 2}], "empty": false}}"#;
        let (items, values) = pick_list(
            document,
            "data.content",
            &[Some("total"), Some("data.empty")],
        )
        .unwrap();
        let text = |value: &&RawValue| value.get().to_owned();
        assert_eq!(
            items.iter().map(text).collect::<Vec<_>>(),
            ["1", r#"{"a": 2}"#]
        );
        let values: Vec<_> = values.iter().flatten().map(text).collect();
        assert_eq!(values, ["3", "false"]);
        assert_eq!(pick_list(b"[[]]", "", &[Some("a")]).unwrap().0.len(), 1);
        for none in [
            &b"null"[..],
            b"{}",
            br#"{"data": null}"#,
            br#"{"data": [1]}"#,
        ] {
            assert!(pick_list(none, "data.content", &[]).unwrap().0.is_empty());
        }
        for other in [&b"{}"[..], b"3", b"\"a\"", b"[1] x"] {
            assert!(pick_list(other, "", &[]).is_err(), "{other:?}");
        }
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        for text in [&b""[..], b"{", b"{\"a\":1} x", b"{\"a\":}", b"\"\xff\""] {
            assert!(pick(text, &[Some("a")]).is_err(), "{text:?}");
            assert!(pick(text, &[Some("")]).is_err(), "{text:?}");
        }
    }
}
