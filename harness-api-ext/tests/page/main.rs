//! The pager over real HTTP on loopback: every paging style, resuming, guards, prefetch, memory.

#![allow(unreachable_pub, reason = "the modules of one test")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod changing;
mod guards;
mod prefetch;
mod server;
mod styles;

use std::future::poll_fn;
use std::pin::Pin;

use futures_core::Stream;
use harness_api_ext::page::{PageExt, Pager, Position, position_of};
use harness_api_ext::raw::{Call, Client, Configure, Operation, Paged, Step, reqwest};
use harness_api_ext::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::json;
use server::{Reply, Server};
use styles::{CAP, Style};

#[derive(Debug, Clone, Deserialize, PartialEq)]
pub struct Row {
    id: u64,
}

pub fn ids(rows: &[Row]) -> Vec<u64> {
    rows.iter().map(|row| row.id).collect()
}

/// Returns a client of a server. It reads no certificates of the machine, which would take longer than the rest of the
/// test.
pub fn client(server: &Server) -> Client {
    let http = reqwest::Client::builder();
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    let http = http.tls_certs_only([]);
    let builder = Client::builder(&server.url).http(http);
    builder.build().expect("a client")
}

pub fn call(server: &Server, operation: &'static Operation) -> Call {
    let mut call = Call::new(&client(server), operation);
    if operation.method == "POST" {
        call.body_json(&json!({ "filter": "kept" }));
    }
    call
}

pub fn pager(server: &Server, operation: &'static Operation) -> Pager<Row> {
    Pager::of_call(call(server, operation)).expect("a paged operation")
}

async fn serve(style: &Style, all: u64) -> Server {
    let reply = style.reply;
    Server::start(move |ask| reply(ask, all)).await
}

const LENGTHS: [u64; 8] = [0, 1, 9, 10, 11, 20, 25, 30];

#[tokio::test]
async fn every_style_gives_each_item_once_by_one_request_at_a_time() {
    for style in styles::all() {
        for all in LENGTHS {
            let name = style.name;
            let server = serve(&style, all).await;
            let mut items = pager(&server, style.operation).items();
            let mut seen = Vec::new();
            while let Some(row) = items.try_next().await.expect(name) {
                assert_eq!(items.position().index(), row.id + 1, "{name}");
                seen.push(row.id);
            }
            assert_eq!(seen, (0..all).collect::<Vec<_>>(), "{name} {all}");
            if style.paging().total.is_some() {
                assert_eq!(items.total(), Some(all), "{name}");
            }
            let requests = server.asks().len() as u64;
            // Without further data, a full last page is followed by an empty one: the total may be that of the page.
            let pages = match style.paging().step {
                Step::Whole => 1,
                _ if style.paging().more.is_some() => all.div_ceil(CAP).max(1),
                Step::Token => all.div_ceil(CAP).max(1),
                // Without a known size, no page is known to be short.
                _ if style.size.is_none() => all.div_ceil(CAP) + 1,
                _ => all / CAP + 1,
            };
            assert_eq!(requests, pages, "requests of {name} for {all}");
            assert_eq!(server.most_at_once(), 1, "{name}");
            let pages = pager(&server, style.operation).pages();
            let mut pages = pages;
            let mut seen = Vec::new();
            let mut number = 0;
            while let Some(page) = pages.try_next().await.expect(name) {
                assert_eq!(page.number, number, "{name}");
                number += 1;
                seen.extend(ids(&page));
            }
            assert_eq!(seen, (0..all).collect::<Vec<_>>(), "{name} {all}");
        }
    }
}

#[tokio::test]
async fn limits_and_sizes_are_heeded() {
    for style in styles::all() {
        let name = style.name;
        for limit in [0, 1, 3, 10, 13, 24, 25, 99] {
            for prefetch in [true, false] {
                let server = serve(&style, 25).await;
                let pager = pager(&server, style.operation)
                    .limit(limit)
                    .prefetch(prefetch);
                let rows = pager.collect_all().await.expect(name);
                assert_eq!(
                    ids(&rows),
                    (0..limit.min(25)).collect::<Vec<_>>(),
                    "{name} {limit}"
                );
                let needed = match style.paging().step {
                    Step::Whole => limit.min(1),
                    _ if name == "no size" && limit > 25 => 4,
                    _ => limit.div_ceil(CAP).min(3),
                };
                assert_eq!(server.asks().len() as u64, needed, "{name} {limit}");
            }
        }
        for (asked, sent) in [(0, 1), (4, 4), (10, 10), (11, 10), (u32::MAX, 10)] {
            let server = serve(&style, 3).await;
            let page = pager(&server, style.operation)
                .page_size(asked)
                .first()
                .await
                .expect(name);
            assert_eq!(page.items[0], Row { id: 0 });
            if let Some(size) = style.size {
                assert_eq!(server.asks()[0].number(size), Some(sent), "{name}");
                assert_eq!(page.len() as u64, sent.min(3), "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_crawl_goes_on_from_the_text_of_any_position() {
    for style in styles::all() {
        let name = style.name;
        for taken in [0, 1, 7, 10, 11, 19, 20, 25] {
            let server = serve(&style, 25).await;
            let mut items = pager(&server, style.operation).items();
            for _ in 0..taken {
                items.try_next().await.expect(name).expect("an item");
            }
            let text = items.position().to_string();
            drop(items);
            let position: Position = text.parse().expect("a position");
            let pager = pager(&server, style.operation)
                .page_size(3)
                .start_at(position);
            let rest = pager.collect_all().await.expect(name);
            assert_eq!(
                ids(&rest),
                (taken..25).collect::<Vec<_>>(),
                "{name} from {text}"
            );
        }
        // The item after the limit is next.
        let server = serve(&style, 25).await;
        let first = pager(&server, style.operation)
            .page_size(10)
            .limit(7)
            .first()
            .await
            .expect(name);
        assert_eq!(first.len(), 7);
        let rest = pager(&server, style.operation).start_at(first.next.expect("more"));
        assert_eq!(rest.collect_all().await.expect(name)[0].id, 7, "{name}");
    }
}

#[tokio::test]
async fn an_error_has_the_position_to_go_on_from() {
    for style in styles::all()
        .into_iter()
        .filter(|style| style.paging().step != Step::Whole)
    {
        let name = style.name;
        let reply = style.reply;
        let count = std::sync::atomic::AtomicUsize::new(0);
        let server = Server::start(move |ask| {
            match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                1 => Reply::json(r#"{"message":"no"}"#).status(418),
                _ => reply(ask, 25),
            }
        })
        .await;
        let mut items = pager(&server, style.operation).items();
        let mut seen = Vec::new();
        let error = loop {
            match items.try_next().await {
                Ok(row) => seen.push(row.expect("an error before the end")),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::Api, "{name}");
        assert!(
            items.try_next().await.expect("an end").is_none(),
            "it ends behind an error"
        );
        let position = position_of(&error).expect("a position").clone();
        assert_eq!(position.index(), 10);
        let rest = pager(&server, style.operation)
            .start_at(position)
            .collect_all()
            .await;
        seen.extend(rest.expect(name));
        assert_eq!(ids(&seen), (0..25).collect::<Vec<_>>(), "{name}");
    }
}

#[tokio::test]
async fn an_item_that_does_not_fit_is_named_and_those_before_are_given() {
    let style = styles::all()
        .into_iter()
        .find(|style| style.name == "ng")
        .expect("ng");
    let server = Server::start(|_| {
        Reply::json("{\"data\": {\n \"content\": [{\"id\":0},{\"id\":1},\n {\"id\":\"hidden\"},{\"id\":3}]}}")
    })
    .await;
    let mut items = pager(&server, style.operation).items();
    assert_eq!(items.try_next().await.unwrap(), Some(Row { id: 0 }));
    assert_eq!(items.try_next().await.unwrap(), Some(Row { id: 1 }));
    assert_eq!(items.position().index(), 2);
    let error = items.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let failure = error.decode_failure().expect("a place");
    assert_eq!(
        (failure.path.as_str(), failure.line),
        ("data.content[2].id", 3)
    );
    let text = error.to_string();
    assert!(
        text.contains("does not fit Row at data.content[2].id: invalid type: string, expected u64"),
        "{text}"
    );
    assert!(!text.contains("hidden") && !format!("{error:?}").contains("hidden"));
    assert!(error.excerpt().expect("an excerpt").contains("hidden"));
    let at = position_of(&error).expect("a position");
    assert_eq!(at.index(), 2);
    assert!(items.try_next().await.unwrap().is_none());
    // With a limit before the item, it is not decoded. A page with it is an error.
    let two = pager(&server, style.operation)
        .limit(2)
        .collect_all()
        .await
        .unwrap();
    assert_eq!(ids(&two), [0, 1]);
    let error = pager(&server, style.operation).first().await.unwrap_err();
    assert_eq!(position_of(&error).expect("a position").index(), 0);
}

#[tokio::test]
async fn answers_that_are_no_list_are_errors() {
    let style = styles::all()
        .into_iter()
        .find(|style| style.name == "ng")
        .expect("ng");
    for (body, path) in [
        (r#"{"data":{"content":"text"}}"#, "data.content"),
        (r#"{"data":{"content":{}}}"#, "data.content"),
        (r#"{"data":{"content":["#, "?"),
        // An absent list is named, whatever its path.
        ("{}", "data.content"),
        ("null", "data.content"),
        ("[]", "data.content"),
        ("[1,2]", "data.content"),
        ("3", "data.content"),
        (r#"{"message":"quota exceeded"}"#, "data.content"),
        (r#"{"data":null}"#, "data.content"),
        (r#"{"data":3}"#, "data.content"),
        (r#"{"data":"text"}"#, "data.content"),
        (r#"{"data":{}}"#, "data.content"),
        (r#"{"data":[{"content":[{"id":1}]}]}"#, "data.content"),
        (r#"{"content":[{"id":1}]}"#, "data.content"),
    ] {
        let server = Server::start(move |_| Reply::json(body)).await;
        let error = pager(&server, style.operation).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        if path != "?" {
            assert_eq!(error.decode_failure().expect("a place").path, path);
        }
        assert_eq!(error.operation().map(|operation| operation.id), Some("ng"));
    }
    for body in [
        r#"{"data":{"content":null}}"#,
        r#"{"data":{"content":[]}}"#,
        r#"{"data":{"content":[],"totalItems":0}}"#,
    ] {
        let server = Server::start(move |_| Reply::json(body)).await;
        let page = pager(&server, style.operation).await.unwrap();
        assert!(page.is_empty() && page.next.is_none(), "{body}");
    }
    let server = Server::start(|_| Reply::json("").status(204)).await;
    assert!(pager(&server, style.operation).await.unwrap().is_empty());
    let server = Server::start(|_| Reply::json("")).await;
    assert_eq!(
        pager(&server, style.operation).await.unwrap_err().kind(),
        ErrorKind::Decode
    );
}

#[tokio::test]
async fn what_cannot_be_paged_is_an_error_before_anything_is_sent() {
    static PLAIN: Operation = Operation::new("plain", "GET", "/list");
    let server = Server::start(|_| Reply::json("[]")).await;
    let client = client(&server);
    let error = Pager::<Row>::of_call(Call::new(&client, &PLAIN)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Build);
    assert!(position_of(&error).is_none());
    let error = ListRows(Call::new(&client, &PLAIN))
        .pager()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Build);
    assert!(position_of(&error).is_none());
    assert!(error.to_string().contains("plain"), "{error}");
    let gitops = styles::all()
        .into_iter()
        .find(|style| style.name == "gitops")
        .expect("gitops");
    for body in ["[1]", "text"] {
        let mut call = Call::new(&client, gitops.operation);
        call.body_text("application/json", body);
        let error: Error = Pager::<Row>::of_call(call)
            .unwrap()
            .collect_all()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Build, "{error}");
    }
    assert!(server.asks().is_empty());
}

#[tokio::test]
async fn endpoints_outside_the_table_and_values_of_the_request_are_heeded() {
    let style = styles::all()
        .into_iter()
        .find(|style| style.name == "iacm")
        .expect("iacm");
    let server = serve(&style, 25).await;
    let client = client(&server);
    let request = client
        .request("GET", "/anything")
        .with_query("sort", "name");
    let rows = Pager::<Row>::with(request, style.paging())
        .collect_all()
        .await
        .unwrap();
    assert_eq!(ids(&rows), (0..25).collect::<Vec<_>>());
    let asks = server.asks();
    assert_eq!(asks.len(), 3);
    assert!(asks.iter().all(|ask| ask.text("sort") == Some("name")));
    // The second page of four, as set by the request itself.
    let mut own = call(&server, style.operation);
    own.int(0, 2);
    own.int(1, 4);
    let rows = Pager::<Row>::of_call(own)
        .unwrap()
        .collect_all()
        .await
        .unwrap();
    assert_eq!(ids(&rows), (4..25).collect::<Vec<_>>());
}

/// Request of a paged operation, as in generated code.
struct ListRows(Call);

impl Paged for ListRows {
    type Item = Row;

    fn into_call(self) -> Call {
        self.0
    }
}

#[tokio::test]
async fn lists_can_be_read_on_another_thread_and_as_streams() {
    fn a_stream<S: Stream<Item = Result<Row, Error>> + Send + Unpin + 'static>(stream: S) -> S {
        stream
    }
    let style = styles::all()
        .into_iter()
        .find(|style| style.name == "v1")
        .expect("v1");
    let server = serve(&style, 25).await;
    let pager = pager(&server, style.operation).limit(12);
    let task = tokio::spawn(async move {
        let mut items = a_stream(pager.items());
        assert_eq!(items.size_hint(), (0, Some(13)));
        let mut seen = Vec::new();
        while let Some(row) = poll_fn(|context| Pin::new(&mut items).poll_next(context)).await {
            seen.push(row.unwrap().id);
        }
        assert_eq!(items.size_hint().0, 0);
        seen
    });
    assert_eq!(task.await.unwrap(), (0..12).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_typed_request_knows_its_items_and_settings_go_with_each_page() {
    let style = styles::all()
        .into_iter()
        .find(|style| style.name == "v1")
        .expect("v1");
    let server = serve(&style, 25).await;
    let pager = ListRows(call(&server, style.operation))
        .pager()
        .with_query("extra", "1");
    let rows: Vec<Row> = pager.collect_all().await.unwrap();
    assert_eq!(ids(&rows), (0..25).collect::<Vec<_>>());
    let asks = server.asks();
    assert_eq!(asks.len(), 3);
    assert!(asks.iter().all(|ask| ask.number("extra") == Some(1)));
    let page = ListRows(call(&server, style.operation))
        .pager()
        .await
        .unwrap();
    assert_eq!((page.len(), page.total), (10, Some(25)));
    assert_eq!(page.into_iter().last(), Some(Row { id: 9 }));
}
