//! A server on loopback that costs next to nothing: it reads a request without a body, and writes an answer that was made
//! before. Connections stay open. One thread has them all: where each has its own, the core on which it happens to run makes
//! calls of one client twice as fast as those of another.

use std::{sync::Arc, thread, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::Failure;

/// Answers the target of a request with JSON.
type Answer = dyn Fn(&str) -> Arc<str> + Send + Sync;

/// Starts a server, and gives its URL. It runs as long as the program.
fn start(
    latency: Duration,
    answer: impl Fn(&str) -> Arc<str> + Send + Sync + 'static,
) -> Result<String, Failure> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let answer: Arc<Answer> = Arc::new(answer);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    thread::spawn(move || runtime.block_on(accept(listener, latency, answer)));
    Ok(url)
}

async fn accept(
    listener: std::net::TcpListener,
    latency: Duration,
    answer: Arc<Answer>,
) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        // A connection that breaks is the client's to notice.
        tokio::spawn(serve(stream, latency, Arc::clone(&answer)));
    }
}

/// A server of one project.
pub(crate) fn of_a_project() -> Result<String, Failure> {
    let body: Arc<str> = PROJECT.into();
    start(Duration::ZERO, move |_| Arc::clone(&body))
}

/// A server of a list of projects in pages of `size`, asked for by `pageIndex`.
pub(crate) fn of_pages(latency: Duration, pages: usize, size: usize) -> Result<String, Failure> {
    start(latency, move |target| {
        let page = target
            .split(['?', '&'])
            .find_map(|pair| pair.strip_prefix("pageIndex="))
            .and_then(|page| page.parse().ok())
            .unwrap_or(0);
        page_of(page, pages, size).into()
    })
}

fn page_of(page: usize, pages: usize, size: usize) -> String {
    let first = page * size;
    let items: Vec<String> = (first..if page < pages { first + size } else { first })
        .map(|index| {
            format!(
                r#"{{"project":{{"orgIdentifier":"retail","identifier":"p{index:07}","name":"Project {index:07}",
"color":"\#0063f7","modules":["CD","CI"],"description":"Sells things","tags":{{"team":"pay"}}}},
"createdAt":1795000000000,"lastModifiedAt":1795000100000,"isFavorite":false}}"#
            )
            .replace("\\#", "#")
        })
        .collect();
    format!(
        r#"{{"status":"SUCCESS","data":{{"totalPages":{pages},"totalItems":{},"pageItemCount":{},"pageSize":{size},
"content":[{}],"pageIndex":{page},"empty":{}}},"metaData":null,"correlationId":"c1"}}"#,
        pages * size,
        items.len(),
        items.join(","),
        items.is_empty(),
    )
}

async fn serve(
    mut stream: TcpStream,
    latency: Duration,
    answer: Arc<Answer>,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    loop {
        request.clear();
        while !request.ends_with(b"\r\n\r\n") {
            match stream.read(&mut piece).await? {
                0 => return Ok(()),
                count => request.extend_from_slice(&piece[..count]),
            }
        }
        let head = String::from_utf8_lossy(&request);
        let body = answer(head.split(' ').nth(1).unwrap_or_default());
        if !latency.is_zero() {
            sleep(latency).await;
        }
        let whole = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(whole.as_bytes()).await?;
    }
}

const PROJECT: &str = r##"{"status":"SUCCESS","data":{"project":{"orgIdentifier":"retail","identifier":"checkout",
"name":"Checkout","color":"#0063f7","modules":["CD","CI","CF"],"description":"The shop's till","tags":{"team":"pay"}},
"createdAt":1795000000000,"lastModifiedAt":1795000100000,"isFavorite":false},"metaData":null,
"correlationId":"0d6c3c1e-77aa-4f5b-9d39-5f2f0c1a9b11"}"##;
