//! From the answer to its items and signs: the members that the table names are picked out of the body, and each item is
//! decoded by itself.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use harness_api::reqwest::StatusCode;
use harness_api::{Found, More, Paging, Response};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use serde_json::value::RawValue;

use super::pick::{pick, pick_list};
use crate::error::{Error, Result};

/// One page as it came.
pub(super) struct Fetched<T> {
    /// The items behind those that were to be skipped.
    pub(super) items: Vec<T>,
    /// Why the item behind them could not be decoded; nothing behind it was tried.
    pub(super) broken: Option<Error>,
    /// How many items the page holds, skipped ones included.
    pub(super) rows: u64,
    pub(super) total: Option<u64>,
    pub(super) used: Option<u64>,
    pub(super) more: Option<bool>,
    /// The tokens of the next page, null where there is none.
    pub(super) tokens: Vec<Value>,
    /// Tells pages apart; `None` for an empty one.
    pub(super) fingerprint: Option<u64>,
}

impl<T: DeserializeOwned> Fetched<T> {
    /// Reads an answer. Items that are null or missing make an empty page.
    pub(super) fn read(paging: &Paging, answer: Response<()>, skip: u64) -> Result<Self> {
        let bytes = answer.bytes().clone();
        let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let place = |part: &str| -> Range<usize> {
            let start = (part.as_ptr() as usize).saturating_sub(bytes.as_ptr() as usize);
            start..start.saturating_add(part.len())
        };
        let body = match answer.status() {
            StatusCode::NO_CONTENT => b"null",
            _ => body,
        };
        let Ok(found) = Members::find(paging, body) else {
            return Err(match pick(body, &[Some(paging.items)]).as_deref() {
                Ok([Some(other)]) => {
                    answer.misfit::<Vec<IgnoredAny>>(place(other.get()), paging.items)
                }
                _ => answer.misfit::<Json>(bytes.len() - body.len()..bytes.len(), ""),
            }
            .into());
        };
        let rows = found.items;
        let number = |member: Option<&RawValue>, source: Option<Found>| match source {
            Some(Found::Header(name)) => count(answer.header(name)?),
            _ => count(member?.get()),
        };
        let mut fetched = Self {
            items: Vec::new(),
            broken: None,
            rows: rows.len() as u64,
            total: number(found.total, paging.total),
            used: number(found.used, paging.used_size).filter(|used| *used > 0),
            more: found.more.and_then(|member| truth(member.get())),
            tokens: found.tokens.into_iter().map(token).collect(),
            fingerprint: fingerprint(&rows),
        };
        if let Some(More::Last(_)) = paging.more {
            fetched.more = fetched.more.map(|last| !last);
        }
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        fetched.items.reserve(rows.len().saturating_sub(skip));
        for (index, row) in rows.iter().enumerate().skip(skip) {
            match serde_json::from_str(row.get()) {
                Ok(item) => fetched.items.push(item),
                Err(_) => {
                    let path = format!("{}[{index}]", paging.items);
                    fetched.broken = Some(answer.misfit::<T>(place(row.get()), &path).into());
                    break;
                }
            }
        }
        Ok(fetched)
    }
}

/// Any JSON; its name shows in errors.
#[derive(Deserialize)]
#[allow(dead_code, reason = "only its decoding matters")]
struct Json(IgnoredAny);

/// The members of a document that the table names, as they stand there.
struct Members<'a> {
    items: Vec<&'a RawValue>,
    total: Option<&'a RawValue>,
    used: Option<&'a RawValue>,
    more: Option<&'a RawValue>,
    tokens: Vec<Option<&'a RawValue>>,
}

impl<'a> Members<'a> {
    fn find(paging: &Paging, body: &'a [u8]) -> serde_json::Result<Self> {
        let in_body = |found: Option<Found>| match found {
            Some(Found::Member(path)) => Some(path),
            _ => None,
        };
        let more = paging.more.and_then(|more| match more {
            More::HasNext(path) | More::Last(path) => Some(path),
            _ => None,
        });
        let mut paths = vec![in_body(paging.total), in_body(paging.used_size), more];
        paths.extend(paging.tokens.iter().map(|token| Some(token.member)));
        let (items, values) = pick_list(body, paging.items, &paths)?;
        let mut values = values.into_iter();
        let mut next = || values.next().flatten();
        Ok(Self {
            items,
            total: next(),
            used: next(),
            more: next(),
            tokens: values.collect(),
        })
    }
}

/// A count, as a number or as a text; `None` for what is none, such as -1.
fn count(text: &str) -> Option<u64> {
    let text = text.trim().trim_matches('"').trim();
    text.parse().ok().or_else(|| {
        let whole = text.strip_suffix(".0")?;
        whole.parse().ok()
    })
}

fn truth(text: &str) -> Option<bool> {
    text.trim_matches('"').parse().ok()
}

/// A token as it is sent back: as it came, or null where it is as good as none.
fn token(member: Option<&RawValue>) -> Value {
    match member.map(|member| serde_json::from_str(member.get())) {
        Some(Ok(Value::String(text))) if text.is_empty() => Value::Null,
        Some(Ok(value)) => value,
        _ => Value::Null,
    }
}

/// What tells a page from others: the lengths of its items, and the first and the last in full. To look at every byte costs
/// as much as to decode some of them.
fn fingerprint(rows: &[&RawValue]) -> Option<u64> {
    let (first, last) = (rows.first()?, rows.last()?);
    let mut hasher = DefaultHasher::new();
    for row in rows {
        row.get().len().hash(&mut hasher);
    }
    first.get().hash(&mut hasher);
    last.get().hash(&mut hasher);
    Some(hasher.finish())
}
