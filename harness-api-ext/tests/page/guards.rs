//! Misbehaving servers.

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
    assert!(error.to_string().contains("the same page again"), "{error}");
    assert_eq!(position_of(&error).expect("a position").index(), 10);
    // The first page was read again, to see whether the list had moved.
    assert_eq!(server.asks().len(), 3);
    // A cycle of several pages is an error too.
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
    assert_eq!(server.asks().len(), 8);
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
    assert!(error.to_string().contains("far more pages"), "{error}");
    assert_eq!(server.asks().len(), 3 + 1000);
}

#[tokio::test]
async fn a_token_that_comes_again_is_an_error() {
    for circle in [1_u64, 3] {
        let server = Server::start(move |ask: &Ask| {
            let at = ask.number("token").unwrap_or(0);
            // The items are new each time: only the token repeats.
            static COUNT: AtomicU64 = AtomicU64::new(0);
            let fresh = COUNT.fetch_add(10, Ordering::SeqCst);
            Reply::json(json!({ "rows": rows(fresh, 10, u64::MAX), "token": at % circle + 1 }))
        })
        .await;
        let error = read(&TOKEN, &server).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Pagination);
        assert!(
            error.to_string().contains("same page token again"),
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
        // It counts pages by the size that it uses.
        |page, size: u64| json!({ "rows": rows(page * size.min(4), 4, 25), "total": 25 }),
        // It counts pages by the requested size, and then clips them.
        |page, size: u64| json!({ "rows": rows(page * size, size.min(4), 25), "total": 25 }),
        // It reports the size that it used.
        |page, size: u64| json!({ "rows": rows(page * size.min(4), 4, 25), "used": size.min(4) }),
        // It reports that there are more pages.
        |page, size: u64| json!({ "rows": rows(page * size.min(4), 4, 25), "more": (page + 1) * 4 < 25 }),
        // It always reports that there are more pages.
        |page, size: u64| json!({ "rows": rows(page * size.min(4), 4, 25), "more": if (page + 1) * 4 < 25 { json!(true) } else { json!(null) } }),
    ] {
        let (_, result) = numbered(reply).await;
        assert_eq!(result.unwrap(), expected);
    }
}

/// Returns the numbers up to `all` without the hidden ones: paging comes first.
fn shown(page: u64, size: u64, all: u64, is_shown: fn(&u64) -> bool) -> serde_json::Value {
    let from = page.saturating_mul(size).min(all);
    let window = from..from.saturating_add(size).min(all);
    window
        .filter(is_shown)
        .map(|id| json!({ "id": id }))
        .collect()
}

#[tokio::test]
async fn hidden_items_cost_no_others_and_none_comes_twice() {
    // The first page is short, and so are others; the total includes hidden items.
    let (server, result) = numbered(
        |page, size| json!({ "rows": shown(page, size, 167, |id| id % 9 != 4), "total": 167 }),
    )
    .await;
    let expected: Vec<u64> = (0..167).filter(|id| id % 9 != 4).collect();
    assert_eq!(result.unwrap(), expected);
    let sizes: Vec<_> = server.asks().iter().map(|ask| ask.number("size")).collect();
    assert_eq!(
        sizes.iter().filter(|size| **size != Some(10)).count(),
        1,
        "one request finds out that it was not clipped"
    );
    // Whole pages are hidden.
    let (_, result) = numbered(
        |page, size| json!({ "rows": shown(page, size, 500, |id| *id < 7 || *id > 480), "total": 500 }),
    )
    .await;
    let expected: Vec<u64> = (0..7).chain(481..500).collect();
    assert_eq!(result.unwrap(), expected);
}

#[tokio::test]
async fn an_empty_page_below_the_total_is_not_the_end() {
    let (server, result) = numbered(|page, size| {
        let rows = if page == 2 {
            json!([])
        } else {
            rows(page * size, size, 40)
        };
        json!({ "rows": rows, "total": 40 })
    })
    .await;
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert!(
        error.to_string().contains("after 30 of its 40 items"),
        "{error}"
    );
    assert_eq!(position_of(&error).expect("a position").index(), 30);
    assert_eq!(server.asks().len(), 5, "what comes behind it is read");
    let client = client(&server);
    let pager = Pager::<Row>::with(client.request("GET", "/list"), &NUMBER).page_size(10);
    let rows = pager.check_totals(false).collect_all().await.unwrap();
    assert_eq!(rows.len(), 30, "taken as it is");
}

#[tokio::test]
async fn a_total_with_nothing_to_it_is_an_error_however_it_is_read() {
    let server = Server::start(|_| Reply::json(json!({ "rows": [], "total": 57 }))).await;
    let client = client(&server);
    let pager = || Pager::<Row>::with(client.request("GET", "/list"), &NUMBER).page_size(100);
    let page = pager().await.map(|page| page.len());
    let all = pager().collect_all().await.map(|rows| rows.len());
    let first = pager().items().try_next().await.map(|row| row.is_some());
    let small = pager().page_size(10).await.map(|page| page.len());
    for error in [
        page.unwrap_err(),
        all.unwrap_err(),
        first.unwrap_err(),
        small.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Pagination);
        assert!(
            error.to_string().contains("57 items, but returns none"),
            "{error}"
        );
    }
    let page = pager().check_totals(false).await.unwrap();
    assert!(page.is_empty() && page.total == Some(57));
}

#[tokio::test]
async fn equal_rows_are_no_repetition() {
    for all in [20, 25, 30] {
        let server = Server::start(move |ask: &Ask| {
            let size = ask.number("size").expect("a size");
            let from = ask.number("page").expect("a page") * size;
            let count = size.min(u64::saturating_sub(all, from));
            let equal: Vec<_> = (0..count).map(|_| json!({ "id": 7 })).collect();
            Reply::json(json!({ "rows": equal, "total": all }))
        })
        .await;
        let seen = read(&NUMBER, &server).await.unwrap();
        assert_eq!(seen, vec![7; usize::try_from(all).unwrap()]);
    }
    // An endless sequence is an error.
    let (_, result) = numbered(|_, size| {
        let equal: Vec<_> = (0..size).map(|_| json!({ "id": 7 })).collect();
        json!({ "rows": equal })
    })
    .await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Pagination);
    let (server, result) = numbered(|_, size| {
        let equal: Vec<_> = (0..size).map(|_| json!({ "id": 7 })).collect();
        json!({ "rows": equal, "total": 25 })
    })
    .await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Pagination);
    assert!(server.asks().len() < 7);
}

#[tokio::test]
async fn pages_that_are_equal_at_both_ends_are_no_repetition() {
    let (_, result) = numbered(|page, size| {
        let row = |index: u64| match index {
            0 => 1000,
            index if index + 1 == size => 9000,
            index => 2000 + page * 100 + index,
        };
        let rows: Vec<_> = (0..if page < 6 { size } else { 0 })
            .map(|index| json!({ "id": row(index) }))
            .collect();
        json!({ "rows": rows })
    })
    .await;
    assert_eq!(result.unwrap().len(), 60);
}

#[tokio::test]
async fn a_page_of_new_items_in_front_is_no_repetition() {
    for total in [true, false] {
        let count = AtomicU64::new(0);
        let server = Server::start(move |ask: &Ask| {
            // Ten items are inserted in front after the first page.
            let new = if count.fetch_add(1, Ordering::SeqCst) == 0 {
                0
            } else {
                10
            };
            let size = ask.number("size").expect("a size");
            let from = ask.number("page").expect("a page") * size;
            let list: Vec<u64> = (100..100 + new).chain(0..25).collect();
            let rows: Vec<_> = list
                .iter()
                .skip(from as usize)
                .take(size as usize)
                .map(|id| json!({ "id": id }))
                .collect();
            Reply::json(json!({ "rows": rows, "total": total.then_some(list.len()) }))
        })
        .await;
        let seen = read(&NUMBER, &server).await.unwrap();
        assert_eq!(seen, (0..25).collect::<Vec<_>>(), "with a total: {total}");
    }
}

#[tokio::test]
async fn items_may_be_deleted_while_they_are_listed() {
    for prefetch in [true, false] {
        let list = std::sync::Arc::new(std::sync::Mutex::new((0..95).collect::<Vec<u64>>()));
        let shared = std::sync::Arc::clone(&list);
        let server = Server::start(move |ask: &Ask| {
            let list = shared.lock().expect("no panic");
            let size = ask.number("size").expect("a size");
            let from = ask.number("page").expect("a page") * size;
            let rows: Vec<_> = list
                .iter()
                .skip(from as usize)
                .take(size as usize)
                .map(|id| json!({ "id": id }))
                .collect();
            Reply::json(json!({ "rows": rows, "total": list.len() }))
        })
        .await;
        let client = client(&server);
        let pager = Pager::<Row>::with(client.request("GET", "/list"), &NUMBER).page_size(10);
        let mut items = pager.prefetch(prefetch).items();
        while let Some(item) = items.try_next().await.unwrap() {
            list.lock().expect("no panic").retain(|id| *id != item.id);
            // Other tasks run meanwhile.
            tokio::task::yield_now().await;
        }
        assert!(list.lock().expect("no panic").is_empty(), "{prefetch}");
    }
}

#[tokio::test]
async fn more_without_a_way_to_it_is_an_error() {
    let server =
        Server::start(|_| Reply::json(json!({ "rows": rows(0, 3, 3), "more": true }))).await;
    let error = read(&TOKEN, &server).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert!(error.to_string().contains("how to request them"), "{error}");
}

#[tokio::test]
async fn a_page_of_far_more_than_was_asked_for_is_refused() {
    let server = Server::start(|ask: &Ask| {
        let asked = ask.number("size").expect("a size");
        let rows = "{\"id\":1},".repeat((asked * 100).max(10_000) as usize);
        Reply::json(format!("{{\"rows\":[{rows}{{\"id\":2}}]}}"))
    })
    .await;
    let error = read(&NUMBER, &server).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert!(
        error
            .to_string()
            .contains("10001 items, but 10 were requested"),
        "{error}"
    );
}

#[tokio::test]
async fn a_list_that_is_left_out_is_empty_where_the_service_is_known_for_it() {
    static OMITTED: Paging = Paging::new(Step::Whole, "data.rows").omits_empty();
    static NEEDED: Paging = Paging::new(Step::Whole, "data.rows");
    for (body, is_empty) in [
        (r#"{"data":{}}"#, true),
        (r#"{"data":{"other":1}}"#, true),
        (r#"{"data":{"message":"quota exceeded"}}"#, false),
        (r#"{"data":null}"#, false),
        ("{}", false),
        ("[]", false),
    ] {
        let server = Server::start(move |_| Reply::json(body)).await;
        let found = read(&OMITTED, &server).await;
        match is_empty {
            true => assert!(found.unwrap().is_empty(), "{body}"),
            false => assert_eq!(found.unwrap_err().kind(), ErrorKind::Decode, "{body}"),
        }
        let error = read(&NEEDED, &server).await.unwrap_err();
        let failure = error.decode_failure().expect("a place");
        assert_eq!(failure.path, "data.rows", "{body}");
        assert!(failure.reason.contains("missing"), "{error}");
    }
}
