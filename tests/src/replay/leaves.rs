//! Finds the leaf values that a document loses when it is decoded and encoded.
//!
//! A leaf is a scalar, an empty list or an empty object, but not `null`: for a typed client, `null` equals an absent
//! value. Items that are `null` are removed before lists are compared. Values are compared by their meaning.

use harness_api::model::Time;
use serde_json::{Number, Value};

/// Leaves of a document, and the lost ones.
#[derive(Clone, Debug, Default)]
pub struct Leaves {
    /// Number of leaves.
    pub total: usize,
    /// Lost leaves.
    pub lost: Vec<Lost>,
}

impl Leaves {
    /// Returns the number of kept leaves.
    pub fn kept(&self) -> usize {
        self.total - self.lost.len()
    }

    /// Returns the result for a document with all leaves kept.
    pub(super) fn all_kept(document: &Value) -> Self {
        compare(document, document, &[])
    }

    /// Returns the result for a document with all leaves lost.
    pub(super) fn none_kept(document: &Value) -> Self {
        compare(document, &Value::Null, &[])
    }
}

/// Lost leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Path: field names and indexes joined by dots; `null` items have no index.
    pub path: String,
    /// Kind of the loss.
    pub how: How,
}

/// Kind of the loss of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The leaf is missing.
    Dropped,
    /// The leaf has another value.
    Changed,
    /// The leaf did not fit its type, and is kept only as JSON.
    KeptAside,
}

/// Compares a document with its encoded form; `misfits` are the paths of mismatched fields.
pub fn compare(document: &Value, became: &Value, misfits: &[String]) -> Leaves {
    let mut walk = Walk {
        misfits,
        leaves: Leaves::default(),
        path: Vec::new(),
    };
    walk.step(document, Some(became).filter(|value| !value.is_null()));
    walk.leaves
}

struct Walk<'a> {
    misfits: &'a [String],
    leaves: Leaves,
    path: Vec<String>,
}

impl Walk<'_> {
    fn step(&mut self, was: &Value, is: Option<&Value>) {
        match was {
            Value::Null => {}
            Value::Array(items) if !items.is_empty() => {
                let others: Vec<_> = is
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter(|item| !item.is_null())
                    .collect();
                let items = items.iter().filter(|item| !item.is_null());
                for (index, item) in items.enumerate() {
                    self.down(index.to_string(), item, others.get(index).copied());
                }
            }
            Value::Object(members) if !members.is_empty() => {
                for (name, member) in members {
                    let other = is.and_then(|is| is.get(name));
                    self.down(name.clone(), member, other.filter(|it| !it.is_null()));
                }
            }
            _ => self.leaf(was, is),
        }
    }

    fn down(&mut self, name: String, was: &Value, is: Option<&Value>) {
        self.path.push(name);
        self.step(was, is);
        self.path.pop();
    }

    fn leaf(&mut self, was: &Value, is: Option<&Value>) {
        self.leaves.total += 1;
        let path = self.path.join(".");
        let how = if self.misfits.iter().any(|misfit| is_within(&path, misfit)) {
            How::KeptAside
        } else {
            match is {
                None => How::Dropped,
                Some(is) if same(was, is) => return,
                Some(_) => How::Changed,
            }
        };
        self.leaves.lost.push(Lost { path, how });
    }
}

fn is_within(path: &str, place: &str) -> bool {
    path.strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || place.is_empty())
}

/// Returns whether two leaves have the same meaning.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(_), Value::Object(_)) | (Value::Array(_), Value::Array(_)) => true,
        (Value::Number(left), Value::Number(right)) => Amount::of(left) == Amount::of(right),
        (Value::Bool(flag), Value::String(text)) | (Value::String(text), Value::Bool(flag)) => {
            *text == flag.to_string()
        }
        (Value::Number(number), Value::String(text))
        | (Value::String(text), Value::Number(number)) => {
            Amount::read(text) == Amount::of(number) || is_instant(text, number)
        }
        (Value::String(left), Value::String(right)) => {
            left == right || are_one_instant(left, right)
        }
        _ => left == right,
    }
}

/// Exact number.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Amount {
    Whole(i128),
    Broken(f64),
}

impl Amount {
    fn of(number: &Number) -> Option<Self> {
        Self::read(&number.to_string())
    }

    fn read(text: &str) -> Option<Self> {
        const EXACT: f64 = 1e30;
        if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return None;
        }
        if let Ok(whole) = text.parse() {
            return Some(Self::Whole(whole));
        }
        let value: f64 = text.parse().ok()?;
        Some(if value.fract() == 0.0 && value.abs() < EXACT {
            Self::Whole(value as i128)
        } else {
            Self::Broken(value)
        })
    }
}

fn is_instant(text: &str, millis: &Number) -> bool {
    let (Ok(time), Some(Amount::Whole(millis))) = (text.parse::<Time>(), Amount::of(millis)) else {
        return false;
    };
    time.at()
        .is_some_and(|at| i128::from(at.as_millisecond()) == millis)
}

fn are_one_instant(left: &str, right: &str) -> bool {
    let at = |text: &str| text.parse::<Time>().ok().and_then(|time| time.at());
    match (at(left), at(right)) {
        (Some(one), Some(other)) => {
            // Two numbers in texts are compared as texts, because they may not be times.
            one == other && (left.contains(':') || right.contains(':'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lost(was: Value, is: Value) -> Vec<String> {
        let leaves = compare(&was, &is, &[]);
        leaves.lost.into_iter().map(|lost| lost.path).collect()
    }

    #[test]
    fn values_are_compared_by_meaning() {
        let same = [
            (json!("12"), json!(12)),
            (json!(3.0), json!(3)),
            (json!("3.0"), json!(3)),
            (json!("0.25"), json!(0.25)),
            (json!(true), json!("true")),
            (json!("false"), json!(false)),
            (json!(1_700_000_000_000_i64), json!("2023-11-14T22:13:20Z")),
            (json!("1700000000000"), json!("2023-11-14T22:13:20Z")),
            (
                json!("2023-11-14T23:13:20+01:00"),
                json!("2023-11-14T22:13:20Z"),
            ),
            (json!({}), json!({})),
            (json!([]), json!([])),
        ];
        for (was, is) in same {
            assert!(lost(was.clone(), is.clone()).is_empty(), "{was} {is}");
        }
        let other = [
            (json!("12"), json!("12.0")),
            (json!("twelve"), json!(12)),
            (
                json!(9_007_199_254_740_993_i64),
                json!(9_007_199_254_740_992.0),
            ),
            (json!(true), json!("True")),
            (json!(1), json!(true)),
            (json!("2023-11-14T22:13:20Z"), json!("2023-11-14T22:13:21Z")),
            (json!([]), json!({})),
            (json!(""), Value::Null),
        ];
        for (was, is) in other {
            assert_eq!(lost(was.clone(), is.clone()), [""], "{was} {is}");
        }
    }

    #[test]
    fn null_is_no_leaf_and_no_item() {
        let was = json!({"a": null, "b": [null, 1, null, {"c": null, "d": "x"}], "e": {}});
        let leaves = compare(&was, &json!({"b": [1, {"d": "x"}], "e": {}}), &[]);
        assert_eq!((leaves.total, leaves.kept()), (3, 3));
        assert_eq!(lost(was, json!({"b": [1]})), ["b.1.d", "e"]);
    }

    #[test]
    fn misfits_are_kept_aside_with_all_that_is_in_them() {
        let was = json!({"tags": {"a": 1, "b": [2]}, "tagsOf": 3});
        let leaves = compare(&was, &was, &["tags".to_owned()]);
        let paths: Vec<_> = leaves.lost.iter().map(|lost| lost.path.as_str()).collect();
        assert_eq!(paths, ["tags.a", "tags.b.0"]);
        assert!(leaves.lost.iter().all(|lost| lost.how == How::KeptAside));
        assert_eq!(leaves.kept(), 1);
    }
}
