//! Values picked out of a document by their paths, in one pass over it.

use std::fmt;

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
    let mut found = vec![None; paths.len()];
    let wanted = paths.iter().copied().enumerate();
    let wanted = wanted.filter_map(|(index, path)| Some((path?, index)));
    // Checked at once, it is not checked value by value.
    let document = std::str::from_utf8(document).map_err(Error::custom)?;
    let mut deserializer = serde_json::Deserializer::from_str(document);
    Pick {
        wanted: wanted.collect(),
        found: &mut found,
    }
    .deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(found)
}

/// What is wanted of a value: paths that begin in it, and where what they lead to is kept.
struct Pick<'f, 'a> {
    wanted: Vec<(&'static str, usize)>,
    found: &'f mut [Option<&'a RawValue>],
}

impl<'a> DeserializeSeed<'a> for Pick<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        let here = |(path, _): &(&str, usize)| path.is_empty();
        if self.wanted.is_empty() {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(drop);
        }
        if !self.wanted.iter().any(here) {
            return deserializer.deserialize_any(self);
        }
        let value = <&RawValue as serde::Deserialize>::deserialize(deserializer)?;
        let (whole, inner): (Vec<_>, Vec<_>) = self.wanted.into_iter().partition(here);
        for (_, index) in whole {
            self.found[index] = Some(value).filter(|value| value.get() != "null");
        }
        let inner = Pick {
            wanted: inner,
            found: self.found,
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
        while let Some(name) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            let inside = self.wanted.iter().filter_map(|(path, index)| {
                let (first, rest) = path.split_once('.').unwrap_or((path, ""));
                (first == name).then_some((rest, *index))
            });
            map.next_value_seed(Pick {
                wanted: inside.collect(),
                found: self.found,
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
    fn what_is_no_document_is_an_error() {
        for text in [&b""[..], b"{", b"{\"a\":1} x", b"{\"a\":}", b"\"\xff\""] {
            assert!(pick(text, &[Some("a")]).is_err(), "{text:?}");
            assert!(pick(text, &[Some("")]).is_err(), "{text:?}");
        }
    }
}
