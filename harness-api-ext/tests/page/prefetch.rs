//! Requests during the consumption of items, and the number of held items.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use harness_api_ext::page::Pager;
use harness_api_ext::raw::{Found, Paging, Step};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use crate::server::{Ask, Reply, Server};
use crate::styles::rows;
use crate::{Row, client};

static PAGING: Paging = Paging::new(Step::Number, "rows")
    .page("page", 0)
    .size("size")
    .total(Found::Member("total"));

fn pager<T>(server: &Server) -> Pager<T>
where
    T: serde::de::DeserializeOwned + Send + 'static,
{
    let client = client(server);
    Pager::with(client.request("GET", "/list"), &PAGING)
}

async fn list(all: u64, delay: Duration) -> Server {
    Server::start(move |ask: &Ask| {
        let size = ask.number("size").expect("a size");
        let from = ask.number("page").expect("a page") * size;
        Reply::json(json!({ "rows": rows(from, size, all), "total": all })).after(delay)
    })
    .await
}

async fn until(what: impl Fn() -> bool) {
    let begin = Instant::now();
    while !what() {
        assert!(
            begin.elapsed() < Duration::from_secs(10),
            "it did not come about"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn the_next_page_is_asked_for_while_items_are_consumed_and_never_two() {
    let server = list(100, Duration::ZERO).await;
    let mut items = pager::<Row>(&server).page_size(10).items();
    assert!(
        server.asks().is_empty(),
        "nothing is sent before it is wanted"
    );
    for page in 0..10_usize {
        for _ in 0..10 {
            items.try_next().await.unwrap().unwrap();
            // The next page is requested in advance, and the one after it is not. A full page may not be the last one,
            // whatever the total says.
            let asked = (page + 2).min(11);
            until(|| server.answered() == asked).await;
            tokio::task::yield_now().await;
            assert_eq!(server.asks().len(), asked);
        }
        assert!(items.buffered() <= 10);
    }
    assert!(items.try_next().await.unwrap().is_none());
    assert_eq!(server.most_at_once(), 1);
    let server = list(100, Duration::ZERO).await;
    let mut items = pager::<Row>(&server).page_size(10).prefetch(false).items();
    items.try_next().await.unwrap();
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(server.asks().len(), 1, "it can be turned off");
}

#[tokio::test]
async fn nothing_is_asked_for_behind_a_limit() {
    let server = list(100, Duration::ZERO).await;
    let mut items = pager::<Row>(&server).page_size(10).limit(20).items();
    for _ in 0..20 {
        items.try_next().await.unwrap().unwrap();
    }
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(server.asks().len(), 2);
    assert!(items.try_next().await.unwrap().is_none());
    assert_eq!(items.position().index(), 20);
}

#[tokio::test]
async fn prefetch_hides_the_time_a_page_takes() {
    const STEP: Duration = Duration::from_millis(60);
    let server = list(40, STEP).await;
    let mut waited = Vec::new();
    let mut items = pager::<Row>(&server).page_size(10).items();
    loop {
        let begin = Instant::now();
        let Some(row) = items.try_next().await.unwrap() else {
            break;
        };
        if row.id % 10 == 0 {
            waited.push(begin.elapsed());
            // Consuming a page takes longer than requesting the next one.
            tokio::time::sleep(STEP * 3).await;
        }
    }
    assert!(waited[0] >= STEP, "{waited:?}");
    assert!(
        waited[1..].iter().all(|wait| *wait < STEP / 2),
        "{waited:?}"
    );
}

#[tokio::test]
async fn dropping_ends_the_request_on_its_way() {
    let server = Server::start(|ask: &Ask| {
        let page = ask.number("page").expect("a page");
        let reply = Reply::json(json!({ "rows": rows(page * 10, 10, 99), "total": 99 }));
        if page == 0 {
            reply
        } else {
            reply.after(Duration::from_secs(60))
        }
    })
    .await;
    let mut items = pager::<Row>(&server).page_size(10).items();
    items.try_next().await.unwrap();
    until(|| server.asks().len() == 2).await;
    let before = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    drop(items);
    until(|| {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
            < before
    })
    .await;
}

static ALIVE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// Item that counts its instances.
struct Counted(u64);

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let row = Row::deserialize(deserializer)?;
        MOST.fetch_max(ALIVE.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        Ok(Self(row.id))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn items_are_decoded_when_they_are_wanted_and_one_at_a_time() {
    const ALL: u64 = 1_000_000;
    const PAGE: u64 = 5_000;
    let server = Server::start(|ask: &Ask| {
        let page = ask.number("page").expect("a page");
        let mut body = String::from("{\"total\":1000000,\"rows\":[");
        for id in page * PAGE..((page + 1) * PAGE).min(ALL) {
            if id > page * PAGE {
                body.push(',');
            }
            body.push_str(&format!("{{\"id\":{id}}}"));
        }
        body.push_str("]}");
        Reply::json(body)
    })
    .await;
    let mut items = pager::<Counted>(&server).page_size(PAGE as u32).items();
    let mut next = 0;
    while let Some(item) = items.try_next().await.unwrap() {
        assert_eq!(item.0, next);
        next += 1;
        if next % 500 == 0 {
            // The next page arrives meanwhile.
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(next, ALL);
    assert_eq!(ALIVE.load(Ordering::SeqCst), 0);
    let most = MOST.load(Ordering::SeqCst) as u64;
    assert_eq!(most, 1, "{most} items at once");
}
