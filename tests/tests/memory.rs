//! Memory of a response, whatever a server sends: about three times its bytes plus a constant. Only the thread of the
//! reader is counted, not the server.

#![cfg(all(feature = "code", feature = "pipeline"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use allocation_counter::measure;
use harness_api::pipeline::types::PmsPipelineSummaryResponse;
use harness_api::reqwest::Method;
use harness_api::{Call, Found, Paging, Step};
use harness_api_ext::page::Pager;
use harness_api_ext::{Error, ErrorKind, Harness};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Length of the bodies, …
const LENGTH: usize = 4 << 20;
/// … and of those whose items are counted.
const COUNTED: usize = 1 << 20;
/// Memory for reading in small portions in addition to the bytes: connections, buffers, items, errors.
const SMALL: u64 = 1 << 20;
/// Memory of a value in addition to that: half of the limit for bodies.
const VALUE: u64 = 32 << 20;

/// Starts a server that responds to every request by its path, on a thread of its own.
fn server(answer: impl Fn(&str) -> String + Send + Sync + 'static, announces: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = Arc::clone(&answer);
            // A client may close its connection.
            std::thread::spawn(move || drop(serve(stream.unwrap(), &*answer, announces)));
        }
    });
    url
}

fn serve(
    stream: TcpStream,
    answer: &dyn Fn(&str) -> String,
    announces: bool,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    let (mut target, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        } else if target.is_empty() {
            target = line;
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    let body = answer(&target);
    let media = if target.contains("/stream") {
        "text/event-stream"
    } else if target.contains("/blob") {
        "text/plain"
    } else {
        "application/json"
    };
    let announced = match announces {
        true => format!("Content-Length: {}\r\n", body.len()),
        false => String::new(),
    };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nConnection: close\r\n{announced}\r\n"
    )?;
    stream.write_all(body.as_bytes())
}

/// Returns a list of as many of these items as fit.
fn list(item: &str) -> String {
    list_of(item, LENGTH)
}

fn list_of(item: &str, length: usize) -> String {
    let count = length / (item.len() + 1);
    let mut body = String::with_capacity(length + 16);
    body.push('[');
    for index in 0..count {
        if index > 0 {
            body.push(',');
        }
        body.push_str(item);
    }
    body.push(']');
    body
}

fn harness(url: &str) -> Harness {
    let builder = Harness::builder().api_key("pat.AcmeAccount.6650f0.example");
    builder.endpoint(url).build().unwrap()
}

/// Returns the peak memory of reading, and its result.
fn peak<T>(read: impl AsyncFnOnce(&Harness) -> T, url: &str) -> (T, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // One-time initialization is not counted.
    let harness = harness(url);
    runtime.block_on(async { drop(harness.request(Method::GET, "/v1/none").text().await) });
    let mut given = None;
    let measured = measure(|| given = Some(runtime.block_on(read(&harness))));
    (given.unwrap(), measured.bytes_max)
}

#[track_caller]
fn check(name: &str, peak: u64, constant: u64) {
    check_of(name, peak, LENGTH, constant);
}

#[track_caller]
fn check_of(name: &str, peak: u64, length: usize, constant: u64) {
    let most = 3 * length as u64 + constant;
    assert!(peak <= most, "{name}: {peak} bytes, {most} allowed");
}

static WHOLE: Paging = Paging::new(Step::Whole, "");
static PAGES: Paging = Paging::new(Step::Number, "")
    .page("page", 0)
    .size("limit")
    .max_size(100)
    .total(Found::Header("X-Total-Elements"));

fn pager<T: DeserializeOwned + Send + 'static>(
    harness: &Harness,
    paging: &'static Paging,
) -> Pager<T> {
    let call: Call = harness.raw().request("GET", "/v1/list").into();
    Pager::with(call, paging)
}

/// Reads all items one by one, and returns their number.
async fn count<T: DeserializeOwned + Send + 'static>(
    harness: &Harness,
    paging: &'static Paging,
) -> Result<usize, Error> {
    let mut items = pager::<T>(harness, paging).items();
    let mut count = 0;
    while items.try_next().await?.is_some() {
        count += 1;
    }
    Ok(count)
}

#[test]
fn a_list_is_read_item_by_item_in_the_room_of_its_bytes() {
    type Item = PmsPipelineSummaryResponse;
    for announces in [true, false] {
        for (item, each) in [("{}", 3), ("{\"tags\":{}}", 12)] {
            let url = server(move |_| list_of(item, COUNTED), announces);
            let (read, peak) = peak(async |harness| count::<Item>(harness, &WHOLE).await, &url);
            assert_eq!(read.unwrap(), COUNTED / each);
            check_of(item, peak, COUNTED, SMALL);
        }
        let url = server(|_| list_of("0", COUNTED), announces);
        let (read, peak) = peak(async |harness| count::<Value>(harness, &WHOLE).await, &url);
        assert_eq!(read.unwrap(), COUNTED / 2);
        check_of("numbers", peak, COUNTED, SMALL);
    }
}

#[test]
fn a_page_of_far_more_than_was_asked_for_is_refused() {
    type Item = PmsPipelineSummaryResponse;
    let url = server(|_| list("{}"), true);
    let (read, peak) = peak(async |harness| pager::<Item>(harness, &PAGES).await, &url);
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Pagination);
    check("a page", peak, SMALL);
}

#[test]
fn what_takes_more_than_it_may_is_an_error_before_the_memory_is_gone() {
    type Item = PmsPipelineSummaryResponse;
    fn is_refused<T>(read: Result<T, Error>) {
        let error = read.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("bytes of memory"), "{error}");
    }
    // A page, and a whole list, as a `Vec`.
    let url = server(|_| list("{}"), true);
    let (read, most) = peak(async |harness| pager::<Item>(harness, &WHOLE).await, &url);
    is_refused(read);
    check("a page", most, VALUE);
    let all = async |harness: &Harness| pager::<Item>(harness, &WHOLE).collect_all().await;
    let (read, most) = peak(all, &url);
    is_refused(read);
    check("a whole list", most, VALUE);
    // One item that contains it.
    let url = server(
        |_| {
            format!(
                "[{{\"stageNames\":[],\"recentExecutionsInfo\":{}}}]",
                list("{}")
            )
        },
        true,
    );
    let (read, most) = peak(async |harness| count::<Item>(harness, &WHOLE).await, &url);
    is_refused(read);
    check("an item", most, VALUE);
    // Any JSON, in a list or not.
    for item in ["0", "[]", "{}", "{\"a\":0}", "\"\""] {
        let url = server(move |_| list(item), true);
        let any = async |harness: &Harness| {
            let request = harness.request(Method::GET, "/v1/any");
            request.send::<Value>().await.map(drop).map_err(Error::from)
        };
        let (read, most) = peak(any, &url);
        is_refused(read);
        check(item, most, VALUE);
        let url = server(move |_| format!("[{}]", list(item)), true);
        let (read, most) = peak(async |harness| count::<Value>(harness, &WHOLE).await, &url);
        is_refused(read);
        check(item, most, VALUE);
    }
    // A typed response of the raw client, bare or in an object.
    let url = server(|_| list("{}"), true);
    let bare = async |harness: &Harness| {
        let request = harness
            .raw()
            .code()
            .list_pull_req(harness.account_id(), "store");
        request.send().await.map(drop).map_err(Error::from)
    };
    let (read, most) = peak(bare, &url);
    is_refused(read);
    check("a typed list", most, VALUE);
    let url = server(
        |_| {
            format!(
                "{{\"status\":\"SUCCESS\",\"data\":{{\"content\":{}}}}}",
                list("{}")
            )
        },
        true,
    );
    let inside = async |harness: &Harness| {
        let request =
            harness
                .raw()
                .pipeline()
                .get_pipeline_list(harness.account_id(), "retail", "checkout");
        request.send().await.map(drop).map_err(Error::from)
    };
    let (read, most) = peak(inside, &url);
    is_refused(read);
    check("a typed page", most, VALUE);
}

#[test]
fn a_larger_limit_for_bodies_allows_more() {
    let url = server(|_| list("{}"), true);
    let read = async |harness: &Harness| {
        use harness_api::Configure;
        let request = harness.request(Method::GET, "/v1/any");
        let request = request.with_max_body(2 << 30);
        request
            .send::<Value>()
            .await
            .map(|all| all.as_array().map(Vec::len))
    };
    let (read, _) = peak(read, &url);
    assert_eq!(read.unwrap(), Some(LENGTH / 3));
}

#[test]
fn deep_nesting_takes_no_more_than_its_bytes_either() {
    for body in [
        "[".repeat(LENGTH),
        "{\"a\":".repeat(LENGTH / 5),
        format!("{}{}", "[".repeat(LENGTH / 2), "]".repeat(LENGTH / 2)),
    ] {
        for announces in [true, false] {
            let body = body.clone();
            let url = server(move |_| body.clone(), announces);
            let (read, most) = peak(async |harness| count::<Value>(harness, &WHOLE).await, &url);
            assert_eq!(read.unwrap_err().kind(), ErrorKind::Decode);
            check("a deep list", most, SMALL);
            let any = async |harness: &Harness| {
                let request = harness.request(Method::GET, "/v1/any");
                request.send::<Value>().await.map_err(Error::from)
            };
            let (read, most) = peak(any, &url);
            assert_eq!(read.unwrap_err().kind(), ErrorKind::Decode);
            check("a deep value", most, SMALL);
        }
    }
}

/// Returns a run with one step, and its log.
fn logs(log: &'static str, is_stream: bool) -> impl Fn(&str) -> String {
    move |target| {
        if target.contains("/blob") && !is_stream || target.contains("/stream") && is_stream {
            return log.repeat(COUNTED / log.len());
        }
        let (status, ended) = match is_stream {
            true => ("Running", 0),
            false => ("Success", 1_761_800_000_000_i64),
        };
        json!({"status": "SUCCESS", "data": {
            "pipelineExecutionSummary": {"planExecutionId": "pX9cD1Yw", "status": status},
            "executionGraph": {"rootNodeId": "root", "nodeAdjacencyListMap": {}, "nodeMap": {"build": {
                "uuid": "build", "name": "build", "identifier": "build", "baseFqn": "pipeline.stages.build",
                "status": status, "startTs": 1_761_800_000_000_i64, "endTs": ended,
                "logBaseKey": "build", "executableResponses": [],
            }}},
        }})
        .to_string()
    }
}

#[test]
fn a_log_is_read_line_by_line_in_the_room_of_its_bytes() {
    for (log, is_stream) in [
        ("x\n", false),
        ("\n", false),
        ("{\"out\":\"\"}\n", false),
        ("data:x\n\n", true),
    ] {
        let url = server(logs(log, is_stream), true);
        let read = async |harness: &Harness| {
            let run = harness.org("retail").project("checkout").run("pX9cD1Yw");
            let steps = run.steps().await?;
            let mut log = run.step_log(steps.first().unwrap());
            let mut count = 0;
            // A stream without an end is resumed.
            while count < COUNTED / 11 && log.try_next().await?.is_some() {
                count += 1;
            }
            Ok::<_, Error>(count)
        };
        let (read, most) = peak(read, &url);
        let expected = if log == "\n" { 0 } else { COUNTED / 11 };
        assert_eq!(read.unwrap(), expected, "{log:?}");
        check_of(log.trim_end(), most, COUNTED, SMALL);
    }
}
