//! Reads a page from a response: finds the fields that the paging names, and decodes each row when it is requested.

use std::any::Any;
use std::ops::Range;
use std::sync::Arc;

use harness_api::model::Bare;
use harness_api::reqwest::StatusCode;
use harness_api::{Found, More, Paging, Response};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, IgnoredAny};
use serde_json::Value;
use serde_json::value::RawValue;

use super::pick::{self, List, Picked, pick};
use crate::error::{Error, Result};

/// Fetched page.
pub(super) struct Fetched {
    response: Response<()>,
    /// Location of its rows in the body.
    rows: pick::Rows,
    pub(super) total: Option<u64>,
    pub(super) used: Option<u64>,
    pub(super) more: Option<bool>,
    /// Tokens of the next page, null for a missing one.
    pub(super) tokens: Vec<Value>,
    /// Path of the field with the items.
    path: &'static str,
}

impl Fetched {
    /// Reads a response. `null` instead of a list is an empty page. A missing list is an error, unless the service is
    /// known to omit empty lists.
    pub(super) fn read(paging: &Paging, response: Response<()>) -> Result<Self> {
        let bytes = response.bytes().clone();
        let body = without_mark(&bytes);
        let body = match response.status() {
            StatusCode::NO_CONTENT => b"null",
            _ => body,
        };
        let mark = bytes.len().saturating_sub(body.len());
        let whole = || mark..bytes.len();
        let Ok(mut found) = Members::find(paging, body) else {
            return Err(match pick::place(body, paging.items) {
                Some(place) => response
                    .misfit::<Vec<IgnoredAny>>(place.start + mark..place.end + mark, paging.items),
                None => response.misfit::<Json>(whole(), ""),
            }
            .into());
        };
        let rows = match &mut found.list {
            List::Rows(rows) => std::mem::take(rows),
            List::Null => pick::Rows::default(),
            // A response without content has no list.
            List::Absent { .. } if response.status() == StatusCode::NO_CONTENT => {
                pick::Rows::default()
            }
            List::Absent { omitted: true } if paging.omits_empty => pick::Rows::default(),
            List::Absent { .. } => {
                return Err(response.misfit::<TheList>(whole(), paging.items).into());
            }
        };
        let number = |member: Option<&RawValue>, source: Option<Found>| match source {
            Some(Found::Header(name)) => count(response.header(name)?),
            _ => count(member?.get()),
        };
        let mut more = found.more.and_then(|member| truth(member.get()));
        if let Some(More::Last(_)) = paging.more {
            more = more.map(|last| !last);
        }
        let shifted = |range: Range<usize>| range.start + mark..range.end + mark;
        Ok(Self {
            rows: pick::Rows {
                count: rows.count,
                all: shifted(rows.all),
                last: shifted(rows.last),
            },
            total: number(found.total, paging.total),
            used: number(found.used, paging.used_size).filter(|used| *used > 0),
            more,
            tokens: found.tokens.into_iter().map(token).collect(),
            path: paging.items,
            response,
        })
    }

    /// Returns the number of rows of the page.
    pub(super) fn count(&self) -> u64 {
        self.rows.count
    }

    /// Returns the bytes of the whole response.
    fn bytes(&self) -> &[u8] {
        self.response.bytes()
    }

    /// Returns the rows, with the text between them.
    pub(super) fn text(&self) -> &[u8] {
        self.bytes().get(self.rows.all.clone()).unwrap_or_default()
    }

    /// Returns the last row.
    pub(super) fn last(&self) -> Option<&[u8]> {
        self.bytes()
            .get(self.rows.last.clone())
            .filter(|_| self.rows.count > 0)
    }

    /// Returns every row. It parses all of them, and is used only for pages that need a closer look.
    pub(super) fn slices(&self) -> Vec<&[u8]> {
        let mut slices = Vec::new();
        let mut at = self.rows.all.start;
        while let Some(range) = self.row(at) {
            slices.push(self.bytes().get(range.clone()).unwrap_or_default());
            at = self.behind(range.end);
        }
        slices
    }

    /// Returns the range of the row that starts here.
    fn row(&self, start: usize) -> Option<Range<usize>> {
        let text = self.bytes().get(start..self.rows.all.end)?;
        let mut rows = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
        rows.next()?.ok()?;
        Some(start..start + rows.byte_offset())
    }

    /// Returns the start of the row after one that ends here.
    fn behind(&self, end: usize) -> usize {
        let rest = self.bytes().get(end..self.rows.all.end).unwrap_or_default();
        let between = |byte: &&u8| byte.is_ascii_whitespace() || **byte == b',';
        end + rest.iter().take_while(between).count()
    }

    /// Returns whether a row can end here.
    fn is_end(&self, end: usize) -> bool {
        let rest = self.bytes().get(end..self.rows.all.end).unwrap_or_default();
        rest.trim_ascii_start()
            .first()
            .is_none_or(|byte| *byte == b',')
    }
}

/// Remaining rows of a page, decoded one by one.
pub(super) struct Rows {
    page: Arc<Fetched>,
    /// Start of the next row.
    at: usize,
    /// Index of the next row in the page.
    index: u64,
    /// Index at which to end.
    end: u64,
    /// Range of the row before.
    before: Range<usize>,
}

impl Rows {
    /// Returns the rows of a page after those to skip.
    pub(super) fn new(page: Arc<Fetched>, skip: u64) -> Self {
        let mut rows = Self {
            at: page.rows.all.start,
            index: 0,
            end: page.rows.count,
            before: 0..0,
            page,
        };
        let skip = skip.min(rows.end);
        if skip == rows.end {
            rows.before = rows.page.rows.last.clone();
            rows.index = skip;
        }
        while rows.index < skip
            && let Some(row) = rows.page.row(rows.at)
        {
            rows.pass(row);
        }
        rows
    }

    /// Ends after this number of further rows, and returns the rest.
    pub(super) fn truncate(&mut self, rows: u64) -> Self {
        self.end = self.end.min(self.index.saturating_add(rows));
        Self::new(Arc::clone(&self.page), self.end)
    }

    /// Returns the number of remaining rows.
    pub(super) fn left(&self) -> u64 {
        self.end - self.index
    }

    /// Returns the index of the next row in the page.
    pub(super) fn index(&self) -> u64 {
        self.index
    }

    /// Returns the row before the next one.
    pub(super) fn before(&self) -> Option<&[u8]> {
        let row = self.page.bytes().get(self.before.clone());
        row.filter(|row| !row.is_empty())
    }

    fn pass(&mut self, row: Range<usize>) {
        self.at = self.page.behind(row.end);
        self.index += 1;
        self.before = row;
    }

    /// Decodes the next row. On an error, the position is unchanged.
    pub(super) fn next<T: DeserializeOwned + 'static>(&mut self) -> Option<Result<T>> {
        if self.left() == 0 {
            return None;
        }
        let page = Arc::clone(&self.page);
        let text = page.bytes().get(self.at..page.rows.all.end)?;
        let start = self.at;
        let decoded = match page.response.within_memory(|| decode::<T>(text)) {
            Ok(decoded) => decoded,
            Err(error) => return Some(Err(error.into())),
        };
        let row = |end: Option<usize>| match end.filter(|end| page.is_end(*end)) {
            Some(end) => start..end,
            None => page.row(start).unwrap_or(start..start),
        };
        Some(match decoded {
            Ok((item, length)) => {
                self.pass(row(Some(start + length)));
                Ok(item)
            }
            Err(_) => {
                let path = format!("{}[{}]", page.path, self.index);
                Err(page.response.misfit::<T>(row(None), &path).into())
            }
        })
    }

    /// Decodes all remaining rows.
    pub(super) fn all<T: DeserializeOwned + 'static>(&mut self) -> Result<Vec<T>> {
        let response = &Arc::clone(&self.page).response;
        let most = response.max_memory();
        let needed = self.left().saturating_mul(size_of::<T>() as u64);
        if needed > most {
            let message = format!(
                "{} items take {needed} bytes of memory, but a response of {} bytes may take {most}: read them one by one, or \
                 allow a larger `max_body`",
                self.left(),
                response.bytes().len()
            );
            return Err(response
                .error(harness_api::ErrorKind::BodyTooLarge, message)
                .into());
        }
        let mut items = Vec::with_capacity(usize::try_from(self.left()).unwrap_or(0));
        response.within_memory(|| {
            while let Some(item) = self.next() {
                items.push(item?);
            }
            Ok::<_, Error>(())
        })??;
        Ok(items)
    }
}

/// Decodes the first of the remaining rows, and returns its length. `Value` is decoded by the model, which limits the
/// memory that it takes.
fn decode<T: DeserializeOwned + 'static>(text: &[u8]) -> serde_json::Result<(T, usize)> {
    fn first<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<(T, usize)> {
        let mut rows = serde_json::Deserializer::from_slice(text).into_iter::<T>();
        let row = rows.next().unwrap_or_else(|| Err(none()))?;
        Ok((row, rows.byte_offset()))
    }
    fn none() -> serde_json::Error {
        serde_json::Error::custom("no row")
    }
    let mut value = None::<T>;
    let Some(any) = (&mut value as &mut dyn Any).downcast_mut::<Option<Value>>() else {
        return first(text);
    };
    let (row, length) = first::<Bare<Value>>(text)?;
    *any = Some(row.0);
    Ok((value.ok_or_else(none)?, length))
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Any JSON. Its name appears in errors.
#[derive(Deserialize)]
#[allow(dead_code, reason = "only its decoding matters")]
struct Json(IgnoredAny);

/// The list that a response must contain. Its name appears in errors, and it never decodes.
struct TheList;

impl<'de> Deserialize<'de> for TheList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_ignored_any(IgnoredAny)?;
        Err(D::Error::custom("missing"))
    }
}

/// The list of a document and the fields around it that the paging names, as raw JSON.
struct Members<'a> {
    list: List,
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
        let Picked { list, values } = pick(body, paging.items, &paths)?;
        let mut values = values.into_iter();
        let mut next = || values.next().flatten();
        Ok(Self {
            list,
            total: next(),
            used: next(),
            more: next(),
            tokens: values.collect(),
        })
    }
}

/// Parses a count, written as a number or as a text; `None` for an invalid one such as -1.
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

/// Returns a token as it is sent back: unchanged, or null for an empty one.
fn token(member: Option<&RawValue>) -> Value {
    match member.map(|member| serde_json::from_str(member.get())) {
        Some(Ok(Value::String(text))) if text.is_empty() => Value::Null,
        Some(Ok(value)) => value,
        _ => Value::Null,
    }
}
