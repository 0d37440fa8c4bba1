//! Finds a list and the values around it in a document, by their paths and in one pass.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Error, value::RawValue};

/// Value at the path of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum List {
    /// No value: an object on the path lacks the field, or a value on the path is not an object.
    Absent {
        /// Whether the object that should contain the list exists, and does not describe an error.
        omitted: bool,
    },
    /// `null`.
    Null,
    Rows(Rows),
}

/// Rows of a list within the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) count: u64,
    /// Range from the first row to the end of the last one.
    pub(super) all: Range<usize>,
    pub(super) last: Range<usize>,
}

/// Fields that indicate an error instead of a list.
const OF_ERRORS: [&str; 2] = ["error", "message"];

/// The list of a document, and the values beside it as raw JSON; `None` for a value that is null or missing.
#[derive(Debug)]
pub(super) struct Picked<'a> {
    pub(super) list: List,
    pub(super) values: Vec<Option<&'a RawValue>>,
}

/// Finds the list and the values at dotted paths. The empty path is the document itself; `None` finds no value.
///
/// Returns an error for an invalid document, and for a value at the path of the list that is not a list.
pub(super) fn pick<'a>(
    document: &'a [u8],
    list: &'static str,
    paths: &[Option<&'static str>],
) -> Result<Picked<'a>, Error> {
    // Checked once for the whole document, so each value needs no check.
    let document = std::str::from_utf8(document).map_err(Error::custom)?;
    let mut found = Found {
        start: document.as_ptr() as usize,
        list: List::Absent { omitted: false },
        values: vec![None; paths.len()],
    };
    let values = paths.iter().enumerate();
    let values = values.filter_map(|(index, path)| Some(((*path)?, Goal::Value(index))));
    let mut deserializer = serde_json::Deserializer::from_str(document);
    Pick {
        wanted: std::iter::once((list, Goal::Items)).chain(values).collect(),
        found: &mut found,
    }
    .deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(Picked {
        list: found.list,
        values: found.values,
    })
}

/// Returns the range of a value that is at the path of the list but is not a list.
pub(super) fn place(document: &[u8], path: &'static str) -> Option<Range<usize>> {
    let start = document.as_ptr() as usize;
    let document = std::str::from_utf8(document).ok()?;
    let mut found = Found {
        start,
        list: List::Absent { omitted: false },
        values: vec![None],
    };
    Pick {
        wanted: vec![(path, Goal::Value(0))],
        found: &mut found,
    }
    .deserialize(&mut serde_json::Deserializer::from_str(document))
    .ok()?;
    let value = found.values.pop()??;
    Some(found.range(value))
}

struct Found<'a> {
    /// Address of the start of the document.
    start: usize,
    list: List,
    values: Vec<Option<&'a RawValue>>,
}

impl Found<'_> {
    fn range(&self, value: &RawValue) -> Range<usize> {
        let text = value.get();
        let start = (text.as_ptr() as usize).saturating_sub(self.start);
        start..start.saturating_add(text.len())
    }
}

/// Purpose of a path.
#[derive(Clone, Copy, PartialEq)]
enum Goal {
    Items,
    Value(usize),
}

/// Visitor of a value, with the paths that begin in it.
struct Pick<'p, 'a> {
    wanted: Vec<(&'static str, Goal)>,
    found: &'p mut Found<'a>,
}

impl<'a> DeserializeSeed<'a> for Pick<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.wanted.is_empty() {
            return deserializer.deserialize_ignored_any(IgnoredAny).map(drop);
        }
        if self.wanted.contains(&("", Goal::Items)) {
            return deserializer.deserialize_any(Listing(self.found));
        }
        let here = |(path, _): &(&str, Goal)| path.is_empty();
        if !self.wanted.iter().any(here) {
            return deserializer.deserialize_any(self);
        }
        let value = <&RawValue>::deserialize(deserializer)?;
        let (whole, inner): (Vec<_>, Vec<_>) = self.wanted.into_iter().partition(here);
        for (_, goal) in whole {
            if let Goal::Value(index) = goal {
                self.found.values[index] = Some(value).filter(|value| value.get() != "null");
            }
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
        let holds_list = |(path, goal): &(&str, Goal)| *goal == Goal::Items && !path.contains('.');
        let holds_list = self.wanted.iter().any(holds_list);
        let mut omitted = holds_list;
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            let inside = self.wanted.iter().filter_map(|(path, goal)| {
                let (first, rest) = path.split_once('.').unwrap_or((path, ""));
                (first == name).then_some((rest, *goal))
            });
            omitted &= !OF_ERRORS.contains(&&*name);
            map.next_value_seed(Pick {
                wanted: inside.collect(),
                found: self.found,
            })?;
        }
        if holds_list && matches!(self.found.list, List::Absent { .. }) {
            self.found.list = List::Absent { omitted };
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

/// Visitor of the list.
struct Listing<'p, 'a>(&'p mut Found<'a>);

impl<'a> Visitor<'a> for Listing<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.list = List::Null;
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut rows = Rows::default();
        let mut last = None;
        while let Some(row) = seq.next_element::<&RawValue>()? {
            if last.is_none() {
                rows.all = self.0.range(row);
            }
            rows.count += 1;
            last = Some(row);
        }
        if let Some(row) = last {
            rows.last = self.0.range(row);
            rows.all.end = rows.last.end;
        }
        self.0.list = List::Rows(rows);
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const NO_LIST: &str = "no.such.list";

    #[track_caller]
    fn check(document: &str, paths: &[&'static str], expected: &[Option<&str>]) {
        let paths: Vec<_> = paths.iter().copied().map(Some).collect();
        let found = pick(document.as_bytes(), NO_LIST, &paths).unwrap().values;
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
        let none = pick(b"{}", NO_LIST, &[None, Some("a")]).unwrap();
        assert_eq!(none.values.len(), 2);
    }

    #[test]
    fn a_list_tells_where_its_rows_are_beside_values() {
        let document =
            br#"{"total": 3, "data": {"content": [1 , {"a": [2]},"x" ], "empty": false}}"#;
        let paths = [Some("total"), Some("data.empty")];
        let picked = pick(document, "data.content", &paths).unwrap();
        let List::Rows(rows) = picked.list else {
            panic!("no list");
        };
        assert_eq!(rows.count, 3);
        assert_eq!(&document[rows.all], br#"1 , {"a": [2]},"x""#);
        assert_eq!(&document[rows.last], br#""x""#);
        let values: Vec<_> = picked
            .values
            .iter()
            .flatten()
            .map(|value| value.get())
            .collect();
        assert_eq!(values, ["3", "false"]);
        let whole = pick(b"[[]]", "", &[Some("a")]).unwrap().list;
        assert!(matches!(whole, List::Rows(Rows { count: 1, .. })));
        let empty = pick(br#"{"a":[]}"#, "a", &[]).unwrap().list;
        assert_eq!(empty, List::Rows(Rows::default()));
    }

    #[test]
    fn no_list_is_null_omitted_or_absent() {
        use List::{Absent, Null};
        for (document, path, expected) in [
            ("null", "", Null),
            (r#"{"a":null}"#, "a", Null),
            ("{}", "a", Absent { omitted: true }),
            (r#"{"data":{}}"#, "data.a", Absent { omitted: true }),
            (
                r#"{"message":"quota exceeded"}"#,
                "a",
                Absent { omitted: false },
            ),
            ("{}", "data.a", Absent { omitted: false }),
            ("null", "a", Absent { omitted: false }),
            ("[1]", "a", Absent { omitted: false }),
            ("3", "a", Absent { omitted: false }),
            (r#"{"data":null}"#, "data.a", Absent { omitted: false }),
            (
                r#"{"data":[{"a":[1]}]}"#,
                "data.a",
                Absent { omitted: false },
            ),
        ] {
            let list = pick(document.as_bytes(), path, &[]).unwrap().list;
            assert_eq!(list, expected, "{document} {path}");
        }
    }

    #[test]
    fn something_else_in_the_place_of_a_list_is_an_error_and_can_be_found() {
        for other in ["{}", "3", "\"a\"", "[1] x", "true", "1.5"] {
            assert!(pick(other.as_bytes(), "", &[]).is_err(), "{other}");
            let inside = format!(r#"{{"data": {{"rows": {other}}}}}"#);
            assert!(
                pick(inside.as_bytes(), "data.rows", &[]).is_err(),
                "{other}"
            );
        }
        let document = br#"{"data": {"rows": {"a": 1}}}"#;
        let place = place(document, "data.rows").unwrap();
        assert_eq!(&document[place], br#"{"a": 1}"#);
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        for text in [&b""[..], b"{", b"{\"a\":1} x", b"{\"a\":}", b"\"\xff\""] {
            assert!(pick(text, NO_LIST, &[Some("a")]).is_err(), "{text:?}");
            assert!(pick(text, NO_LIST, &[Some("")]).is_err(), "{text:?}");
            assert!(pick(text, "", &[]).is_err(), "{text:?}");
        }
    }
}
