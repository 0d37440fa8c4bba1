//! Reduces a generated list to the requested page.

use harness_api::{Found, More, Paging, Sent, Step};
use serde_json::{Map, Value};

use crate::mock::received::Received;

struct Page {
    number: u64,
    size: u64,
    /// Number of items of the page.
    count: u64,
    /// Number of items of the list.
    total: u64,
    is_first: bool,
    is_last: bool,
}

/// Reduces the items of a response to the requested page, and sets the paging fields accordingly. Returns the paging
/// headers.
pub(super) fn cut(
    value: &mut Value,
    paging: &Paging,
    request: &Received,
) -> Vec<(&'static str, u64)> {
    let Some(Value::Array(items)) = member(value, paging.items) else {
        return Vec::new();
    };
    let whole = std::mem::take(items);
    let total = whole.len() as u64;
    let (number, size, skip) = asked(paging, request);
    let at = usize::try_from(skip).unwrap_or(usize::MAX);
    let take = usize::try_from(size).unwrap_or(usize::MAX);
    let rows: Vec<Value> = whole.into_iter().skip(at).take(take).collect();
    let count = rows.len() as u64;
    let page = Page {
        number,
        size,
        count,
        total,
        is_first: skip == 0,
        is_last: skip.saturating_add(count) >= total,
    };
    *items = rows;
    let around = paging
        .items
        .rsplit_once('.')
        .map_or("", |(around, _)| around);
    if let Some(Value::Object(around)) = member(value, around)
        && !paging.items.is_empty()
    {
        by_name(around, &page);
    }
    let next = skip.saturating_add(count);
    let mut headers = Vec::new();
    let found = [(paging.total, total), (paging.used_size, size)];
    for (found, number) in found {
        match found {
            Some(Found::Member(path)) => set(value, path, number.into()),
            Some(Found::Header(name)) => headers.push((name, number)),
            _ => {}
        }
    }
    match paging.more {
        Some(More::HasNext(path)) => set(value, path, (!page.is_last).into()),
        Some(More::Last(path)) => set(value, path, page.is_last.into()),
        _ => {}
    }
    for token in paging.tokens {
        let (around, name) = token.member.rsplit_once('.').unwrap_or(("", token.member));
        match member(value, around) {
            Some(Value::Object(around)) if page.is_last => drop(around.remove(name)),
            Some(Value::Object(around)) if around.get(name).is_some_and(Value::is_number) => {
                around.insert(name.to_owned(), next.into());
            }
            Some(Value::Object(around)) => {
                drop(around.insert(name.to_owned(), next.to_string().into()))
            }
            _ => {}
        }
    }
    headers
}

/// Returns number and size of the requested page, and the number of items before it.
fn asked(paging: &Paging, request: &Received) -> (u64, u64, u64) {
    let body = match paging.sent {
        Sent::Body => request.json(),
        _ => Value::Null,
    };
    let given = |name: &str| match paging.sent {
        Sent::Body => {
            let value = body.pointer(&format!("/{}", name.replace('.', "/")))?;
            value.as_u64().or_else(|| value.as_str()?.parse().ok())
        }
        _ => request.query(name)?.parse().ok(),
    };
    let size = paging
        .size
        .and_then(given)
        .filter(|size| *size > 0)
        .unwrap_or_else(|| paging.default_size.map_or(50, u64::from))
        .min(paging.max_size.map_or(u64::MAX, u64::from));
    let number = paging.page.and_then(given);
    match paging.step {
        Step::Token => {
            let token = paging.tokens.iter().find_map(|token| given(token.name));
            (0, size, token.unwrap_or(0))
        }
        Step::Offset => {
            let skip = number.unwrap_or(0).saturating_sub(paging.first);
            (number.unwrap_or(paging.first), size, skip)
        }
        Step::Number => {
            let number = number.unwrap_or(paging.first).max(paging.first);
            (number, size, (number - paging.first).saturating_mul(size))
        }
        _ => (paging.first, u64::MAX, 0),
    }
}

/// Sets the paging fields beside the list that are known by their names.
fn by_name(around: &mut Map<String, Value>, page: &Page) {
    let size = if page.size == u64::MAX {
        page.total
    } else {
        page.size
    };
    for (name, value) in around {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let plain = plain.to_ascii_lowercase();
        let made: Value = match plain.as_str() {
            "totalpages" | "pagecount" => page.total.div_ceil(size.max(1)).into(),
            "pageitemcount" | "numberofelements" => page.count.into(),
            "totalitems" | "totalelements" | "total" | "totalcount" | "itemcount" => {
                page.total.into()
            }
            "pageindex" | "number" | "page" | "pagenumber" | "currentpage" => page.number.into(),
            "pagesize" | "size" | "limit" | "perpage" => size.into(),
            "empty" => (page.count == 0).into(),
            "first" => page.is_first.into(),
            "last" => page.is_last.into(),
            "hasnext" | "hasmore" => (!page.is_last).into(),
            _ => continue,
        };
        if value.is_number() == made.is_number() && value.is_boolean() == made.is_boolean() {
            *value = made;
        }
    }
}

/// Returns the value at a dotted path; the empty path is the whole value.
fn member<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    path.split('.')
        .filter(|name| !name.is_empty())
        .try_fold(value, |value, name| value.get_mut(name))
}

/// Sets a value if it exists.
fn set(value: &mut Value, path: &str, made: Value) {
    if let Some(member) = member(value, path) {
        let text = member.is_string();
        *member = if text { made.to_string().into() } else { made };
    }
}
