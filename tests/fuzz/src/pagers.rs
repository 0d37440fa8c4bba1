//! Paged lists from a misbehaving server.

use std::sync::{Arc, LazyLock, Mutex};

use arbitrary::Unstructured;
use harness_api::{Found, Incoming, More, OPERATIONS, Paging, Step, Token};
use harness_api_ext::page::{Pager, Position, position_of};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::error_mapping::ask;
use super::input::{below, divided, once_in, one};
use super::stage::on_stage;

/// All paging styles of the table, and further possible ones.
static STYLES: LazyLock<Vec<&'static Paging>> = LazyLock::new(|| {
    static INVENTED: [Paging; 8] = [
        Paging::new(Step::Number, "")
            .page("page", 1)
            .size("limit")
            .max_size(100)
            .total(Found::Header("x-total"))
            .used_size(Found::Header("x-per-page")),
        Paging::new(Step::Number, "data.content")
            .page("pageIndex", 0)
            .size("pageSize")
            .default_size(3)
            .total(Found::Member("data.totalItems"))
            .used_size(Found::Member("data.pageSize"))
            .more(More::HasNext("data.hasNext")),
        Paging::new(Step::Number, "content")
            .page("page", 0)
            .more(More::Last("last")),
        Paging::new(Step::Offset, "items")
            .page("offset", 0)
            .size("limit")
            .total(Found::Member("total")),
        Paging::new(Step::Offset, "items")
            .page("offset", 0)
            .size("limit")
            .default_size(2)
            .in_body(),
        Paging::new(Step::Token, "data")
            .size("limit")
            .tokens(&[Token::new("cursor", "next")]),
        Paging::new(Step::Token, "data.items")
            .tokens(&[Token::new("a", "data.a"), Token::new("b", "b")])
            .more(More::HasNext("data.more"))
            .in_body(),
        Paging::new(Step::Whole, "data"),
    ];
    let mut styles: Vec<&'static Paging> = INVENTED.iter().collect();
    let table = OPERATIONS.iter().flat_map(|module| module.iter());
    for paging in table.filter_map(|operation| operation.paging) {
        if !styles.contains(&paging) {
            styles.push(paging);
        }
    }
    styles
});

/// Response of the server, with the numbers of its items.
#[derive(Clone)]
struct Served {
    items: Vec<u64>,
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// Input: choices, or the text of a position and, after the last NUL, choices.
///
/// The server has some pages, and starts again with the first one after the last. Checks that reading ends soon after
/// that; that exactly the served items are returned, in order, and none twice unless it was served twice; that no more
/// items are held than were served at once; and that an error has a position from which to resume. The server responds
/// by the order of the requests and not by their pages, so the tests of the pager check for missing items with a model
/// of a list.
pub fn pagers(data: &[u8]) {
    let (text, mut choices) = divided(data);
    let mut own = Unstructured::new(text);
    let (start, choices) = match choices.is_empty() {
        true => (None, &mut own),
        false => (
            String::from_utf8_lossy(text).parse::<Position>().ok(),
            &mut choices,
        ),
    };
    if let Some(start) = &start {
        assert_eq!(
            start.to_string().parse::<Position>().ok().as_ref(),
            Some(start)
        );
    }
    let paging = one(choices, &STYLES);
    let size = once_in(choices, 2).then(|| below(choices, 7) as u32);
    let limit = once_in(choices, 3).then(|| below(choices, 40) as u64);
    let prefetch = choices.arbitrary().unwrap_or_default();
    let pages = pages(paging, choices);
    let round = below(choices, pages.len());
    read(paging, pages, round, start, size, limit, prefetch);
}

fn read(
    paging: &'static Paging,
    pages: Vec<Served>,
    round: usize,
    start: Option<Position>,
    size: Option<u32>,
    limit: Option<u64>,
    prefetch: bool,
) {
    // A list that is empty, has equal pages, or is after its total continues for 100 to 1000 pages before it fails.
    let most = 2048 * pages.len();
    let widest = pages
        .iter()
        .map(|page| page.items.len())
        .max()
        .unwrap_or_default();
    let served = Arc::new(Mutex::new(Vec::<u64>::new()));
    let record = Arc::clone(&served);
    let mut asked = 0;
    let server = move |_: &_| {
        let at = match asked {
            asked if asked < pages.len() => asked,
            asked => round + (asked - pages.len()) % (pages.len() - round),
        };
        asked += 1;
        assert!(asked <= most, "{asked} requests, and no end: {paging:?}");
        let page = &pages[at];
        record.lock().expect("no panic").extend(&page.items);
        Ok(Incoming::new(
            page.status,
            page.headers.clone(),
            page.body.clone(),
        ))
    };
    let given = on_stage(|stage| {
        stage.play(server, async {
            let request = stage.harness.request(reqwest::Method::GET, "/v1/things");
            let mut pager = Pager::<Value>::with(request, paging).prefetch(prefetch);
            if let Some(size) = size {
                pager = pager.page_size(size);
            }
            if let Some(limit) = limit {
                pager = pager.limit(limit);
            }
            if let Some(start) = start.clone() {
                pager = pager.start_at(start);
            }
            let mut items = pager.items();
            let mut given = Vec::new();
            loop {
                assert!(
                    items.buffered() <= widest,
                    "{} items are held",
                    items.buffered()
                );
                let (least, greatest) = futures_core::Stream::size_hint(&items);
                assert!(greatest.is_none_or(|greatest| least <= greatest));
                std::hint::black_box((items.total(), items.position().index()));
                match items.try_next().await {
                    Ok(Some(item)) => given.push(item["id"].as_u64().expect("an item as served")),
                    Ok(None) => break,
                    Err(error) => {
                        ask(&error);
                        let position = position_of(&error).expect("a position");
                        let kept = position.to_string().parse::<Position>();
                        assert_eq!(kept.ok().as_ref(), Some(position));
                        assert!(items.try_next().await.is_ok_and(|item| item.is_none()));
                        break;
                    }
                }
            }
            given
        })
    });
    let served = served.lock().expect("no panic");
    assert!(
        limit.is_none_or(|limit| given.len() as u64 <= limit),
        "more than wanted"
    );
    let mut left = served.iter();
    assert!(
        given.iter().all(|item| left.any(|served| served == item)),
        "{given:?} of {served:?}"
    );
}

/// Returns up to nine pages, all of them invalid in some way.
fn pages(paging: &Paging, choices: &mut Unstructured<'_>) -> Vec<Served> {
    let mut next = 0;
    let count = 1 + below(choices, 9);
    (0..count)
        .map(|_| {
            let rows = below(choices, 6);
            let first = if once_in(choices, 5) { 0 } else { next };
            next = next.max(first + rows as u64);
            page(paging, (first..first + rows as u64).collect(), choices)
        })
        .collect()
}

fn page(paging: &Paging, items: Vec<u64>, choices: &mut Unstructured<'_>) -> Served {
    let mut headers = HeaderMap::new();
    let mut body = Value::Null;
    let mut rows: Vec<Value> = items.iter().map(|id| json!({"id": id})).collect();
    let mut items = items;
    match below(choices, 24) {
        0 => items.clear(),
        1 => rows.push(json!({"id": 7})),
        _ => {}
    }
    let list = match items.len() {
        0 => one(
            choices,
            &[json!([]), Value::Null, json!({}), json!("none"), json!([])],
        ),
        count => {
            rows.truncate(count);
            Value::Array(rows)
        }
    };
    put(&mut body, paging.items, list);
    for found in [paging.total, paging.used_size].into_iter().flatten() {
        let number = number(choices);
        match found {
            Found::Header(name) => {
                let text = number.as_str().map_or(number.to_string(), str::to_owned);
                if let (Ok(name), Ok(value)) =
                    (name.parse::<HeaderName>(), HeaderValue::from_str(&text))
                {
                    headers.insert(name, value);
                }
            }
            Found::Member(path) => put(&mut body, path, number),
            _ => {}
        }
    }
    if let Some(More::HasNext(path) | More::Last(path)) = paging.more {
        let truth = [
            json!(true),
            json!(true),
            json!(false),
            Value::Null,
            json!("true"),
            json!(1),
        ];
        put(&mut body, path, one(choices, &truth));
    }
    for token in paging.tokens {
        put(&mut body, token.member, value_of_token(choices));
    }
    let mut status = StatusCode::OK;
    let mut body = body.to_string().into_bytes();
    match below(choices, 40) {
        1 => status = StatusCode::NO_CONTENT,
        2 => status = StatusCode::BAD_GATEWAY,
        3 => body.truncate(choices.arbitrary::<u8>().unwrap_or_default().into()),
        _ => {}
    }
    if status != StatusCode::OK {
        items.clear();
    }
    Served {
        items,
        status,
        headers,
        body,
    }
}

fn number(choices: &mut Unstructured<'_>) -> Value {
    match below(choices, 8) {
        0 => Value::Null,
        1 => json!(u64::MAX),
        2 => json!(-1),
        3 => json!("12"),
        4 => json!(2.0),
        5 => json!({"no": "number"}),
        _ => json!(below(choices, 40)),
    }
}

fn value_of_token(choices: &mut Unstructured<'_>) -> Value {
    match below(choices, 8) {
        0 => Value::Null,
        1 => json!(""),
        2 => json!("same"),
        3 => json!(choices.arbitrary::<u64>().unwrap_or_default()),
        4 => json!(["a", {"b": null}]),
        _ => json!(format!(
            "t{}",
            choices.arbitrary::<u16>().unwrap_or_default()
        )),
    }
}

/// Sets a field at a dotted path. Other values on the path are kept.
fn put(body: &mut Value, path: &str, value: Value) {
    if path.is_empty() {
        *body = value;
        return;
    }
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    if body.is_null() {
        *body = Value::Object(Map::new());
    }
    if let Value::Object(members) = body {
        put(members.entry(first).or_insert(Value::Null), rest, value);
    }
}
