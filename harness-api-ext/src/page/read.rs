//! From a response to its page: the members that the table names are picked out of the body, and each row is decoded when
//! it is wanted.

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

/// One page as it came.
pub(super) struct Fetched {
    response: Response<()>,
    /// Where its rows are in the body.
    rows: pick::Rows,
    pub(super) total: Option<u64>,
    pub(super) used: Option<u64>,
    pub(super) more: Option<bool>,
    /// The tokens of the next page, null where there is none.
    pub(super) tokens: Vec<Value>,
    /// The member that holds the items.
    path: &'static str,
}

impl Fetched {
    /// Reads a response. A list that is `null` is an empty page; one that is missing is an error, unless the server is known
    /// to leave empty lists out.
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
            // Nothing was to be said.
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

    /// How many rows the page has.
    pub(super) fn count(&self) -> u64 {
        self.rows.count
    }

    /// How many bytes the whole response has.
    fn bytes(&self) -> &[u8] {
        self.response.bytes()
    }

    /// The rows, with what is between them.
    pub(super) fn text(&self) -> &[u8] {
        self.bytes().get(self.rows.all.clone()).unwrap_or_default()
    }

    /// The last row.
    pub(super) fn last(&self) -> Option<&[u8]> {
        self.bytes()
            .get(self.rows.last.clone())
            .filter(|_| self.rows.count > 0)
    }

    /// Every row. It takes a pass over them, and is for those pages only that are looked at closely.
    pub(super) fn slices(&self) -> Vec<&[u8]> {
        let mut slices = Vec::new();
        let mut at = self.rows.all.start;
        while let Some(range) = self.row(at) {
            slices.push(self.bytes().get(range.clone()).unwrap_or_default());
            at = self.behind(range.end);
        }
        slices
    }

    /// Where the row that begins here ends.
    fn row(&self, start: usize) -> Option<Range<usize>> {
        let text = self.bytes().get(start..self.rows.all.end)?;
        let mut rows = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
        rows.next()?.ok()?;
        Some(start..start + rows.byte_offset())
    }

    /// Where the row behind one that ends here begins.
    fn behind(&self, end: usize) -> usize {
        let rest = self.bytes().get(end..self.rows.all.end).unwrap_or_default();
        let between = |byte: &&u8| byte.is_ascii_whitespace() || **byte == b',';
        end + rest.iter().take_while(between).count()
    }

    /// Whether a row may end here.
    fn is_end(&self, end: usize) -> bool {
        let rest = self.bytes().get(end..self.rows.all.end).unwrap_or_default();
        rest.trim_ascii_start()
            .first()
            .is_none_or(|byte| *byte == b',')
    }
}

/// What of a page is still to be given, decoded row by row.
pub(super) struct Rows {
    page: Arc<Fetched>,
    /// Where the next row begins.
    at: usize,
    /// Which row of the page that is.
    index: u64,
    /// The row at which to end.
    end: u64,
    /// Where the row before is.
    before: Range<usize>,
}

impl Rows {
    /// The rows of a page behind those that are to be skipped.
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

    /// Ends after this many more rows, and gives the others.
    pub(super) fn truncate(&mut self, rows: u64) -> Self {
        self.end = self.end.min(self.index.saturating_add(rows));
        Self::new(Arc::clone(&self.page), self.end)
    }

    /// How many rows are left.
    pub(super) fn left(&self) -> u64 {
        self.end - self.index
    }

    /// Which row of the page is next.
    pub(super) fn index(&self) -> u64 {
        self.index
    }

    /// The row before the next one.
    pub(super) fn before(&self) -> Option<&[u8]> {
        let row = self.page.bytes().get(self.before.clone());
        row.filter(|row| !row.is_empty())
    }

    fn pass(&mut self, row: Range<usize>) {
        self.at = self.page.behind(row.end);
        self.index += 1;
        self.before = row;
    }

    /// Decodes the next row; the position is unchanged when that fails.
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

    /// Decodes all rows that are left.
    pub(super) fn all<T: DeserializeOwned + 'static>(&mut self) -> Result<Vec<T>> {
        let response = &Arc::clone(&self.page).response;
        let most = response.max_memory();
        let needed = self.left().saturating_mul(size_of::<T>() as u64);
        if needed > most {
            let message = format!(
                "{} items take {needed} bytes of memory, where a response of {} bytes may take {most}: read them one by one, or \
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

/// Decodes the first row of what is left, and tells how long it is. Any JSON goes by way of the model, which accounts for
/// the memory that it takes.
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

/// Any JSON; its name shows in errors.
#[derive(Deserialize)]
#[allow(dead_code, reason = "only its decoding matters")]
struct Json(IgnoredAny);

/// The list that a response has to have; its name shows in errors, and it fits nothing.
struct TheList;

impl<'de> Deserialize<'de> for TheList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_ignored_any(IgnoredAny)?;
        Err(D::Error::custom("it is missing"))
    }
}

/// The list of a document and the members around it that the table names, as they stand there.
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
