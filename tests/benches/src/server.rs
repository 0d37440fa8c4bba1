//! A server on loopback with minimal cost: it reads a request without body, and writes a prepared response. Connections
//! stay open. One thread serves all of them: with one thread each, the core of a thread makes the calls of one client
//! twice as fast as those of another.

use std::{sync::Arc, thread, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use crate::{Failure, ways::PROJECT};

/// Name of the project that is read alone.
pub const NAME: &str = "Checkout";

/// Content of the server.
#[derive(Debug)]
struct Content {
    /// Delay before a response.
    latency: Duration,
    project: String,
    /// Pages of the list of projects, and an empty one.
    pages: Vec<String>,
}

/// Starts a server with a project and a list of pages of `size` projects, and returns its URL. It waits for `latency`
/// before each response, and runs until the program ends.
///
/// # Errors
///
/// Returns an error if no port is free.
pub fn start(latency: Duration, pages: usize, size: usize) -> Result<String, Failure> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let content = Arc::new(Content {
        latency,
        project: answer(&item(PROJECT, NAME)),
        pages: (0..=pages).map(|index| page(index, pages, size)).collect(),
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    thread::spawn(move || runtime.block_on(accept(listener, content)));
    Ok(url)
}

/// Returns the name of the project at this index of the list.
pub fn name(index: usize) -> String {
    format!("Project {index:07}")
}

async fn accept(listener: std::net::TcpListener, content: Arc<Content>) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        // The client notices a broken connection.
        tokio::spawn(serve(stream, Arc::clone(&content)));
    }
}

async fn serve(mut stream: TcpStream, content: Arc<Content>) -> std::io::Result<()> {
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
        let body = content.of(head.split(' ').nth(1).unwrap_or_default());
        if !content.latency.is_zero() {
            sleep(content.latency).await;
        }
        let whole = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(whole.as_bytes()).await?;
    }
}

impl Content {
    /// Returns the response to a request for this target.
    fn of(&self, target: &str) -> &str {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if path.ends_with(PROJECT) {
            return &self.project;
        }
        let index = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("pageIndex="));
        let index = index.and_then(|index| index.parse().ok()).unwrap_or(0);
        let last = self.pages.last().map_or("", String::as_str);
        self.pages.get(index).map_or(last, String::as_str)
    }
}

fn page(index: usize, pages: usize, size: usize) -> String {
    let count = if index < pages { size } else { 0 };
    let items: Vec<String> = (index * size..index * size + count)
        .map(|index| item(&format!("p{index:07}"), &name(index)))
        .collect();
    answer(&format!(
        r#"{{"totalPages":{pages},"totalItems":{},"pageItemCount":{count},"pageSize":{size},
"content":[{}],"pageIndex":{index},"empty":{}}}"#,
        pages * size,
        items.join(","),
        count == 0,
    ))
}

fn item(id: &str, name: &str) -> String {
    format!(
        r##"{{"project":{{"orgIdentifier":"retail","identifier":"{id}","name":"{name}","color":"#0063f7",
"modules":["CD","CI","CF"],"description":"Sells things","tags":{{"team":"pay"}}}},
"createdAt":1795000000000,"lastModifiedAt":1795000100000,"isFavorite":false}}"##
    )
}

fn answer(data: &str) -> String {
    format!(
        r#"{{"status":"SUCCESS","data":{data},"metaData":null,
"correlationId":"0d6c3c1e-77aa-4f5b-9d39-5f2f0c1a9b11"}}"#
    )
}
