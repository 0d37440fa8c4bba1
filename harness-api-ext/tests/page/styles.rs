//! Every paging style: its entry of the table, and a server that implements it.

use harness_api_ext::raw::{Found, More, Operation, Paging, Param, Step, Token};
use serde_json::{Value, json};

use crate::server::{Ask, Reply};

/// Maximum page size of every server.
pub const CAP: u64 = 10;

pub struct Style {
    pub name: &'static str,
    pub operation: &'static Operation,
    /// Responds for a list with this number of items.
    pub reply: fn(&Ask, u64) -> Reply,
    /// Name of the size, for [`Ask::number`].
    pub size: Option<&'static str>,
}

impl Style {
    pub fn paging(&self) -> &'static Paging {
        self.operation.paging.expect("a paged operation")
    }
}

/// Returns the items from an offset on.
pub fn rows(from: u64, count: u64, total: u64) -> Value {
    let ids = from.min(total)..from.saturating_add(count).min(total);
    ids.map(|id| json!({ "id": id })).collect()
}

fn size(ask: &Ask, name: &str) -> u64 {
    let size = ask.number(name).unwrap_or(CAP);
    assert!((1..=CAP).contains(&size), "a size of {size}");
    size
}

const fn capped(paging: Paging) -> Paging {
    paging.max_size(CAP as u32)
}

macro_rules! style {
    ($name:literal, $method:literal, [$($param:literal),*], $size:expr, $paging:expr, $reply:expr) => {{
        static PAGING: Paging = capped($paging);
        static OPERATION: Operation = Operation::new($name, $method, "/list")
            .params(&[$(Param::query($param, false)),*])
            .bodies(&["application/json"], false)
            .answers(&["application/json"])
            .paged(&PAGING);
        Style { name: $name, operation: &OPERATION, reply: $reply, size: $size }
    }};
}

pub fn all() -> Vec<Style> {
    let mut styles = numbered();
    styles.extend(by_offset());
    styles.extend(by_token());
    styles
}

fn numbered() -> Vec<Style> {
    vec![
        style!(
            "v1",
            "GET",
            ["page", "limit"],
            Some("limit"),
            Paging::new(Step::Number, "")
                .page("page", 0)
                .size("limit")
                .default_size(30)
                .total(Found::Header("X-Total-Elements"))
                .used_size(Found::Header("X-Page-Size")),
            |ask, all| {
                let size = size(ask, "limit");
                Reply::json(rows(ask.number("page").expect("a page") * size, size, all))
                    .header("X-Total-Elements", all)
                    .header("X-Page-Size", size)
            }
        ),
        style!(
            "ng",
            "GET",
            ["pageIndex", "pageSize", "pageToken"],
            Some("pageSize"),
            Paging::new(Step::Number, "data.content")
                .page("pageIndex", 0)
                .size("pageSize")
                .default_size(50)
                .tokens(&[Token::new("pageToken", "data.pageToken")])
                .total(Found::Member("data.totalItems"))
                .used_size(Found::Member("data.pageSize")),
            |ask, all| {
                let (page, size) = (
                    ask.number("pageIndex").expect("a page"),
                    size(ask, "pageSize"),
                );
                let token = ask.text("pageToken");
                assert_eq!(
                    token,
                    (page > 0).then_some("the:same"),
                    "the token goes with the page"
                );
                Reply::json(
                    json!({ "status": "SUCCESS", "data": { "content": rows(page * size, size, all), "pageIndex": page,
                    "pageSize": size, "totalItems": all, "pageToken": "the:same" }, "metaData": null }),
                )
            }
        ),
        style!(
            "gitops",
            "POST",
            [],
            Some("/pageSize"),
            Paging::new(Step::Number, "content")
                .in_body()
                .page("pageIndex", 0)
                .size("pageSize")
                .total(Found::Member("totalItems")),
            |ask, all| {
                assert_eq!(ask.text("/filter"), Some("kept"), "the body is kept");
                let size = size(ask, "/pageSize");
                let from = ask.number("/pageIndex").expect("a page") * size;
                Reply::json(
                    json!({ "content": rows(from, size, all), "totalItems": all.to_string() }),
                )
            }
        ),
        style!(
            "pagination in the body",
            "POST",
            [],
            Some("/pagination/limit"),
            Paging::new(Step::Number, "data")
                .in_body()
                .page("pagination.page", 0)
                .size("pagination.limit")
                .total(Found::Member("pagination.totalItems")),
            |ask, all| {
                let size = size(ask, "/pagination/limit");
                let from = ask.number("/pagination/page").expect("a page") * size;
                Reply::json(
                    json!({ "data": rows(from, size, all), "pagination": { "totalItems": all } }),
                )
            }
        ),
        style!(
            "spring",
            "POST",
            ["page", "size"],
            Some("size"),
            Paging::new(Step::Number, "data.content")
                .page("page", 0)
                .size("size")
                .total(Found::Member("data.totalElements"))
                .used_size(Found::Member("data.size"))
                .more(More::Last("data.last")),
            |ask, all| {
                let (page, size) = (ask.number("page").expect("a page"), size(ask, "size"));
                Reply::json(
                    json!({ "data": { "content": rows(page * size, size, all), "totalElements": all, "size": size,
                    "last": (page + 1) * size >= all } }),
                )
            }
        ),
        style!(
            "cv",
            "GET",
            ["pageNumber", "pageSize"],
            Some("pageSize"),
            Paging::new(Step::Number, "resource.content")
                .page("pageNumber", 0)
                .size("pageSize"),
            |ask, all| {
                let size = size(ask, "pageSize");
                let from = ask.number("pageNumber").expect("a page") * size;
                Reply::json(
                    json!({ "metaData": {}, "resource": { "content": rows(from, size, all) } }),
                )
            }
        ),
        style!(
            "iacm",
            "GET",
            ["page", "limit"],
            Some("limit"),
            Paging::new(Step::Number, "")
                .page("page", 1)
                .size("limit")
                .total(Found::Header("X-Total-Items")),
            |ask, all| {
                let (page, size) = (ask.number("page").expect("a page"), size(ask, "limit"));
                Reply::json(rows((page - 1) * size, size, all)).header("X-Total-Items", all)
            }
        ),
        style!(
            "code",
            "GET",
            ["page", "limit"],
            Some("limit"),
            Paging::new(Step::Number, "")
                .page("page", 1)
                .size("limit")
                .used_size(Found::Header("x-per-page")),
            |ask, all| {
                let (page, size) = (ask.number("page").expect("a page"), size(ask, "limit"));
                Reply::json(rows((page - 1) * size, size, all)).header("x-per-page", size)
            }
        ),
        style!(
            "dashboards",
            "GET",
            ["page", "pageSize"],
            Some("pageSize"),
            Paging::new(Step::Number, "resource")
                .page("page", 1)
                .size("pageSize")
                .total(Found::Member("items")),
            |ask, all| {
                let (page, size) = (ask.number("page").expect("a page"), size(ask, "pageSize"));
                let rows = rows((page - 1) * size, size, all);
                Reply::json(json!({ "items": all, "pages": all.div_ceil(size), "resource": rows }))
            }
        ),
        style!(
            "null for no items",
            "GET",
            ["page", "per_page"],
            Some("per_page"),
            Paging::new(Step::Number, "data")
                .page("page", 0)
                .size("per_page"),
            |ask, all| {
                let size = size(ask, "per_page");
                let rows = rows(ask.number("page").expect("a page") * size, size, all);
                let none = rows.as_array().is_some_and(Vec::is_empty);
                Reply::json(json!({ "data": if none { Value::Null } else { rows } }))
            }
        ),
        style!(
            "no size",
            "GET",
            ["page"],
            None,
            Paging::new(Step::Number, "data").page("page", 0),
            |ask, all| Reply::json(
                json!({ "data": rows(ask.number("page").expect("a page") * CAP, CAP, all) })
            )
        ),
        style!(
            "slice",
            "POST",
            ["pageIndex", "pageSize"],
            Some("pageSize"),
            Paging::new(Step::Number, "data.content")
                .page("pageIndex", 0)
                .size("pageSize")
                .more(More::HasNext("data.hasNext")),
            |ask, all| {
                let (page, size) = (
                    ask.number("pageIndex").expect("a page"),
                    size(ask, "pageSize"),
                );
                Reply::json(json!({ "data": { "content": rows(page * size, size, all),
                    "hasNext": (page + 1) * size < all } }))
            }
        ),
    ]
}

fn by_offset() -> Vec<Style> {
    vec![
        style!(
            "offset",
            "GET",
            ["offset", "limit"],
            Some("limit"),
            Paging::new(Step::Offset, "")
                .page("offset", 0)
                .size("limit"),
            |ask, all| Reply::json(rows(
                ask.number("offset").expect("an offset"),
                size(ask, "limit"),
                all
            ))
        ),
        style!(
            "offset in the body",
            "POST",
            [],
            Some("/limit"),
            Paging::new(Step::Offset, "data")
                .in_body()
                .page("offset", 0)
                .size("limit")
                .total(Found::Member("totalCount")),
            |ask, all| {
                let rows = rows(
                    ask.number("/offset").expect("an offset"),
                    size(ask, "/limit"),
                    all,
                );
                Reply::json(json!({ "data": rows, "totalCount": all }))
            }
        ),
        style!(
            "argo",
            "GET",
            [],
            None,
            Paging::new(Step::Whole, "items"),
            |ask, all| {
                assert!(ask.query.is_empty(), "nothing is asked for");
                Reply::json(json!({ "items": rows(0, all, all), "metadata": {} }))
            }
        ),
    ]
}

fn by_token() -> Vec<Style> {
    vec![
        style!(
            "cursor",
            "GET",
            ["cursor", "limit"],
            Some("limit"),
            Paging::new(Step::Token, "tasks")
                .size("limit")
                .tokens(&[Token::new("cursor", "nextRequest.cursor")])
                .more(More::Last("last")),
            |ask, all| {
                let from = ask.text("cursor").map_or(0, |text| {
                    text.trim_start_matches("c:").parse().expect("a cursor")
                });
                let next = from + size(ask, "limit");
                Reply::json(
                    json!({ "tasks": rows(from, next - from, all), "last": next >= all,
                    "nextRequest": { "cursor": format!("c:{next}") } }),
                )
            }
        ),
        style!(
            "marker",
            "GET",
            ["after", "limit"],
            Some("limit"),
            Paging::new(Step::Token, "objects")
                .size("limit")
                .tokens(&[Token::new("after", "nextMarker")]),
            |ask, all| {
                let from = ask.number("after").unwrap_or(0);
                let next = from + size(ask, "limit");
                let marker = if next < all {
                    json!(next.to_string())
                } else {
                    json!("")
                };
                Reply::json(
                    json!({ "objects": rows(from, next - from, all), "nextMarker": marker, "previousMarker": "x" }),
                )
            }
        ),
        style!(
            "outline",
            "POST",
            ["lastSeenExecutionId", "lastSeenStartTime", "size"],
            Some("size"),
            Paging::new(Step::Token, "data.content")
                .size("size")
                .more(More::HasNext("data.hasMore"))
                .tokens(&[
                    Token::new("lastSeenExecutionId", "data.lastSeenExecutionId"),
                    Token::new("lastSeenStartTime", "data.lastSeenStartTime")
                ]),
            |ask, all| {
                let from = ask
                    .text("lastSeenExecutionId")
                    .map_or(0, |id| id[1..].parse::<u64>().expect("an id") + 1);
                assert_eq!(
                    ask.number("lastSeenStartTime"),
                    from.checked_sub(1).map(|last| 1_700_000_000_000 + last)
                );
                let next = (from + size(ask, "size")).min(all);
                let last = next.saturating_sub(1);
                Reply::json(
                    json!({ "data": { "content": rows(from, next - from, all), "hasMore": next < all,
                    "lastSeenExecutionId": format!("e{last}"), "lastSeenStartTime": 1_700_000_000_000_u64 + last } }),
                )
            }
        ),
        style!(
            "token in the body",
            "POST",
            [],
            Some("/page/size"),
            Paging::new(Step::Token, "rows")
                .in_body()
                .size("page.size")
                .tokens(&[Token::new("page.token", "next.token")]),
            |ask, all| {
                let from = ask.number("/page/token").unwrap_or(0);
                let next = from + size(ask, "/page/size");
                let token = if next < all { json!(next) } else { Value::Null };
                Reply::json(
                    json!({ "rows": rows(from, next - from, all), "next": { "token": token } }),
                )
            }
        ),
    ]
}
