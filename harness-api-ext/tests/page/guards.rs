//! Servers that do not keep to their word.

use std::sync::atomic::{AtomicU64, Ordering};

use harness_api_ext::ErrorKind;
use harness_api_ext::page::{Pager, position_of};
use harness_api_ext::raw::{Found, More, Paging, Step, Token};
use serde_json::json;

use crate::server::{Ask, Reply, Server};
use crate::styles::rows;
use crate::{Row, client, ids};

static NUMBER: Paging = Paging::new(Step::Number, "rows")
    .page("page", 0)
    .size("size")
    .total(Found::Member("total"))
    .used_size(Found::Member("used"))
    .more(More::HasNext("more"));

static TOKEN: Paging = Paging::new(Step::Token, "rows")
    .size("size")
    .tokens(&[Token::new("token", "token")])
    .more(More::HasNext("more"));

async fn read(
    paging: &'static Paging,
    server: &Server,
) -> Result<Vec<u64>, harness_api_ext::Error> {
    let client = client(server);
    let pager = Pager::<Row>::with(client.request("GET", "/list"), paging).page_size(10);
    pager.collect_all().await.map(|rows| ids(&rows))
}

async fn numbered(
    reply: fn(u64, u64) -> serde_json::Value,
) -> (Server, Result<Vec<u64>, harness_api_ext::Error>) {
    let server = Server::start(move |ask: &Ask| {
        Reply::json(reply(
            ask.number("page").expect("a page"),
            ask.number("size").expect("a size"),
        ))
    })
    .await;
    let result = read(&NUMBER, &server).await;
    (server, result)
}

#[tokio::test]
async fn a_page_that_comes_again_is_an_error() {
    let (server, result) = numbered(|_, size| json!({ "rows": rows(0, size, 99) })).await;
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert!(
        error.to_string().contains("page of the list again"),
        "{error}"
    );
    assert_eq!(position_of(&error).expect("a position").index(), 10);
    assert_eq!(server.asks().len(), 2);
    // So is a circle of several pages.
    let (server, result) =
        numbered(|page, size| json!({ "rows": rows(page % 3 * size, size, 99) })).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Pagination);
    assert!(server.asks().len() < 12);
}

#[tokio::test]
async fn a_page_that_comes_again_late_is_noticed_at_once() {
    let (server, result) =
        numbered(|page, size| json!({ "rows": rows(page.min(5) * size, size, 99) })).await;
    let error = result.unwrap_err();
    assert_eq!(position_of(&error).expect("a position").index(), 60);
    assert_eq!(server.asks().len(), 7);
}

#[tokio::test]
async fn pages_without_end_that_differ_are_an_error_far_beyond_the_total() {
    static CLOCK: AtomicU64 = AtomicU64::new(0);
    let (server, result) = numbered(|_, size| {
        let now = CLOCK.fetch_add(size, Ordering::SeqCst);
        json!({ "rows": rows(now, size, u64::MAX), "total": 25 })
    })
    .await;
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert!(error.to_string().contains("without end"), "{error}");
    assert_eq!(server.asks().len(), 3 + 1000);
}

#[tokio::test]
async fn a_token_that_comes_again_is_an_error() {
    for circle in [1_u64, 3] {
        let server = Server::start(move |ask: &Ask| {
            let at = ask.number("token").unwrap_or(0);
            // The items are new each time: the token alone tells.
            static COUNT: AtomicU64 = AtomicU64::new(0);
            let fresh = COUNT.fetch_add(10, Ordering::SeqCst);
            Reply::json(json!({ "rows": rows(fresh, 10, u64::MAX), "token": at % circle + 1 }))
        })
        .await;
        let error = read(&TOKEN, &server).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Pagination);
        assert!(
            error.to_string().contains("token of the list again"),
            "{error}"
        );
        assert!(server.asks().len() < 12, "{circle}");
    }
}

#[tokio::test]
async fn a_token_that_stays_at_the_end_is_the_end() {
    let server = Server::start(|ask: &Ask| {
        let at = ask.number("token").unwrap_or(0);
        let page = rows(at, 10, 25);
        let next = at + page.as_array().map_or(0, |rows| rows.len() as u64);
        Reply::json(json!({ "rows": page, "token": next }))
    })
    .await;
    assert_eq!(
        read(&TOKEN, &server).await.unwrap(),
        (0..25).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn an_empty_page_in_the_middle_is_passed_and_endless_ones_are_an_error() {
    let server = Server::start(|ask: &Ask| {
        let at = ask.number("token").unwrap_or(0);
        let page = if (2..9).contains(&at) {
            json!([])
        } else {
            rows(at * 10, 10, 200)
        };
        let token = if at < 11 {
            json!((at + 1).to_string())
        } else {
            json!(null)
        };
        Reply::json(json!({ "rows": page, "token": token }))
    })
    .await;
    let expected: Vec<u64> = (0..20).chain(90..120).collect();
    assert_eq!(read(&TOKEN, &server).await.unwrap(), expected);
    let server = Server::start(|ask: &Ask| {
        let at = ask.number("token").unwrap_or(0);
        Reply::json(json!({ "rows": [], "token": at + 1 }))
    })
    .await;
    let error = read(&TOKEN, &server).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert!(error.to_string().contains("empty pages"), "{error}");
    assert_eq!(server.asks().len(), 20);
    let (server, result) = numbered(|_, _| json!({ "rows": [], "more": true })).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Pagination);
    assert_eq!(server.asks().len(), 20);
}

#[tokio::test]
async fn totals_that_lie_shrink_or_vanish_cut_nothing() {
    let expected: Vec<u64> = (0..25).collect();
    for reply in [
        |page, size| json!({ "rows": rows(page * size, size, 25), "total": 3 }),
        |page, size| json!({ "rows": rows(page * size, size, 25), "total": 0 }),
        |page, size| json!({ "rows": rows(page * size, size, 25), "total": -1 }),
        |page, size| json!({ "rows": rows(page * size, size, 25), "total": 1000 }),
        |page, size| json!({ "rows": rows(page * size, size, 25), "total": if page == 0 { json!("25") } else { json!(null) } }),
        |page, size| json!({ "rows": rows(page * size, size, 25), "total": 25 - page * 6 }),
    ] {
        let (_, result) = numbered(reply).await;
        assert_eq!(result.unwrap(), expected);
    }
}

#[tokio::test]
async fn clipped_sizes_lose_nothing_however_the_server_counts_pages() {
    let expected: Vec<u64> = (0..25).collect();
    for reply in [
        // It counts pages by the size it uses.
        |page, size: u64| json!({ "rows": rows(page * size.min(4), 4, 25), "total": 25 }),
        // It counts them by what it was asked for, and then clips.
        |page, size: u64| json!({ "rows": rows(page * size, size.min(4), 25), "total": 25 }),
        // It says what it used.
        |page, size: u64| json!({ "rows": rows(page * size.min(4), 4, 25), "used": size.min(4) }),
        // It says there is more.
        |page, size: u64| json!({ "rows": rows(page * size.min(4), 4, 25), "more": (page + 1) * 4 < 25 }),
        // It says there is more, and never that there is not.
        |page, size: u64| json!({ "rows": rows(page * size.min(4), 4, 25), "more": if (page + 1) * 4 < 25 { json!(true) } else { json!(null) } }),
    ] {
        let (_, result) = numbered(reply).await;
        assert_eq!(result.unwrap(), expected);
    }
}
