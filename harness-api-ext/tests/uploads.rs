//! Bodies that are read while they are sent: the server receives them completely and correctly framed, or the call is
//! an error.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;

use common::builder;
use harness_api_ext::raw::reqwest::{self, Method};
use harness_api_ext::raw::{
    Bytes, Call, Client, ErrorKind, FilePart, Operation, Param, RequestBody,
};

static FORM: Operation = Operation::new("uploadWidget", "POST", "/v1/widgets/files")
    .params(&[Param::form("name", true), Param::form("file", true)])
    .bodies(&["multipart/form-data"], true);

/// More than the system buffers of a body that is not read.
const LARGE: u64 = 48 << 20;

/// Completely received request: its head, and its body without chunk framing.
struct Arrived {
    head: String,
    body: Vec<u8>,
}

impl Arrived {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut values = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        values.next().map(|(_, value)| value.trim())
    }
}

/// Server that acts between the head of a request and its body.
struct Server {
    url: String,
    arrived: Arc<Mutex<Vec<Option<Arrived>>>>,
}

impl Server {
    fn new() -> Self {
        Self::doing(|_| ())
    }

    /// Starts a server that calls the hook with the number of the request, counted from 0, before it reads the body.
    fn doing(hook: impl Fn(usize) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&arrived);
        thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let number = list.lock().unwrap().len();
                let request = receive(&mut stream, || hook(number)).ok();
                let is_whole = request.is_some();
                list.lock().unwrap().push(request);
                if is_whole {
                    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
                    drop(stream.write_all(answer.as_bytes()));
                }
            }
        });
        Self { url, arrived }
    }

    /// Returns all requests so far; `None` for a request with an incomplete body.
    fn take(&self) -> Vec<Option<Arrived>> {
        std::mem::take(&mut *self.arrived.lock().unwrap())
    }

    /// Returns the only request, which must be complete.
    fn whole(&self) -> Arrived {
        let mut all = self.take();
        assert_eq!(all.len(), 1);
        all.remove(0).expect("a whole body")
    }
}

fn receive(stream: &mut TcpStream, hook: impl FnOnce()) -> std::io::Result<Arrived> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        more(stream, &mut bytes)?;
    };
    hook();
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut request = Arrived {
        body: bytes.split_off(end + 4),
        head,
    };
    if let Some(length) = request.header("content-length") {
        let length: usize = length.parse().unwrap();
        while request.body.len() < length {
            more(stream, &mut request.body)?;
        }
        assert_eq!(request.body.len(), length, "more than was announced");
        return Ok(request);
    }
    assert_eq!(request.header("transfer-encoding"), Some("chunked"));
    let mut chunked = std::mem::take(&mut request.body);
    loop {
        let Some(at) = chunked.windows(2).position(|two| two == b"\r\n") else {
            more(stream, &mut chunked)?;
            continue;
        };
        let size = std::str::from_utf8(&chunked[..at]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        while chunked.len() < at + size + 4 {
            more(stream, &mut chunked)?;
        }
        request
            .body
            .extend_from_slice(&chunked[at + 2..at + 2 + size]);
        chunked.drain(..at + size + 4);
        if size == 0 {
            return Ok(request);
        }
    }
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    let mut piece = vec![0; 1 << 16];
    match stream.read(&mut piece)? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        count => {
            bytes.extend_from_slice(&piece[..count]);
            Ok(())
        }
    }
}

/// File that is removed when it is dropped.
struct Temp(PathBuf);

impl Temp {
    fn new(name: &str, content: &[u8]) -> Self {
        let name = format!("uploads-{}-{name}", std::process::id());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    /// Creates a sparse file of zeros.
    fn large(name: &str) -> Self {
        let file = Self::new(name, b"");
        File::create(&file.0).unwrap().set_len(LARGE).unwrap();
        file
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// Ways to send a file.
#[derive(Clone, Copy, Debug)]
enum Way {
    Plain,
    Form,
}

/// Sends a file once, with an operation that must not be retried.
async fn send(server: &Server, way: Way, file: &Path) -> Result<(), harness_api_ext::raw::Error> {
    let harness = builder().endpoint(&server.url).build().unwrap();
    match way {
        Way::Plain => {
            let request = harness.request(Method::POST, "/v1/widgets/files");
            let request = request.bytes_body("text/plain", RequestBody::from_file(file));
            request.text().await.map(drop)
        }
        Way::Form => {
            let mut call = Call::new(harness.raw(), &FORM);
            call.text(0, "a name");
            call.file(1, FilePart::path(file).named("file"));
            call.text_answer().await.map(drop)
        }
    }
}

/// Returns the content of the file in a body, and checks the rest of the body.
fn content(way: Way, request: &Arrived) -> &[u8] {
    let Way::Form = way else {
        return &request.body;
    };
    let kind = request.header("content-type").unwrap();
    let boundary = kind.split_once("boundary=").unwrap().1;
    let closing = format!("\r\n--{boundary}--\r\n");
    let body = request
        .body
        .strip_suffix(closing.as_bytes())
        .expect("a closing boundary");
    let start = b"application/octet-stream\r\n\r\n";
    let at = body
        .windows(start.len())
        .position(|part| part == start)
        .unwrap();
    &body[at + start.len()..]
}

#[tokio::test]
async fn files_of_every_length_arrive_whole_with_their_length() {
    let server = Server::new();
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073, 300_000] {
        let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let file = Temp::new("lengths", &bytes);
        for way in [Way::Plain, Way::Form] {
            send(&server, way, &file.0).await.unwrap();
            let request = server.whole();
            assert!(content(way, &request) == bytes, "{length} {way:?}");
            let announced = request.header("content-length").unwrap();
            assert_eq!(announced, request.body.len().to_string());
        }
    }
}

/// Returns files whose length is reported as 0, or unknown.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn files_without_a_length_arrive_whole() {
    use std::os::fd::AsRawFd;

    let server = Server::new();
    for way in [Way::Plain, Way::Form] {
        let status = Path::new("/proc/self/status");
        assert_eq!(std::fs::metadata(status).unwrap().len(), 0);
        send(&server, way, status).await.unwrap();
        let request = server.whole();
        assert!(content(way, &request).starts_with(b"Name:"), "{way:?}");
        // The file is small, so its length becomes known.
        assert!(request.header("content-length").is_some());

        for length in [0, 10, 65_536, 65_537, 300_000] {
            let (reader, mut writer) = std::io::pipe().unwrap();
            let writing = thread::spawn(move || writer.write_all(&vec![b'p'; length]));
            let pipe = format!("/proc/self/fd/{}", reader.as_raw_fd());
            let sent = send(&server, way, Path::new(&pipe));
            // The thread closes the other end.
            sent.await.unwrap();
            writing.join().unwrap().unwrap();
            let request = server.whole();
            assert_eq!(content(way, &request), vec![b'p'; length], "{way:?}");
            let is_chunked = request.header("transfer-encoding") == Some("chunked");
            assert_eq!(is_chunked, length > 65_536, "{length} {way:?}");
        }
    }
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_an_error_and_never_a_whole_body() {
    for way in [Way::Plain, Way::Form] {
        for (length, told) in [
            (LARGE + 1, "grew"),
            (LARGE - 1, "shrank"),
            (70_000, "shrank"),
        ] {
            let file = Temp::large("changes");
            let path = file.0.clone();
            let server = Server::doing(move |_| {
                let file = OpenOptions::new().write(true).open(&path).unwrap();
                file.set_len(length).unwrap();
            });
            let error = send(&server, way, &file.0).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
            assert!(
                error.to_string().contains(told),
                "{way:?} {length}: {error}"
            );
            assert!(!error.is_certainly_not_sent());
            let arrived = server.take();
            assert!(matches!(arrived[..], [None] | []), "{way:?} {length}");
        }
    }
}

#[tokio::test]
async fn a_file_that_changed_is_sent_again_where_that_is_safe() {
    let file = Temp::large("again");
    let path = file.0.clone();
    let server = Server::doing(move |number| {
        if number == 0 {
            let file = OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(70_000).unwrap();
        }
    });
    let harness = builder().endpoint(&server.url).build().unwrap();
    let request = harness.request(Method::PUT, "/v1/widgets/file");
    let request = request.bytes_body("text/plain", RequestBody::from_file(&file.0));
    request.text().await.unwrap();
    let arrived = server.take();
    assert!(arrived[0].is_none());
    assert_eq!(arrived[1].as_ref().unwrap().body.len(), 70_000);
}

/// Yields a piece, and then an error.
struct Breaking(
    Option<Bytes>,
    Option<Box<dyn std::error::Error + Send + Sync>>,
);

impl futures_core::Stream for Breaking {
    type Item = Result<Bytes, Box<dyn std::error::Error + Send + Sync>>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.0.take().map(Ok);
        Poll::Ready(piece.or_else(|| self.1.take().map(Err)))
    }
}

#[tokio::test]
async fn a_stream_that_cannot_connect_to_its_source_says_nothing_of_this_server() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let refused = async || reqwest::Client::new().get(&url).send().await.unwrap_err();
    assert!(refused().await.is_connect());
    for is_opaque in [false, true] {
        let server = Server::new();
        let client = Client::new(&server.url).unwrap();
        let stream = Breaking(
            Some(Bytes::from_static(b"begun")),
            Some(refused().await.into()),
        );
        let body = if is_opaque {
            RequestBody::from(reqwest::Body::wrap_stream(stream))
        } else {
            RequestBody::from_stream(stream)
        };
        let request = client.request("POST", "/v1/widgets/files");
        let error = request
            .bytes_body("text/plain", body)
            .text()
            .await
            .unwrap_err();
        assert!(!error.is_certainly_not_sent(), "{error:?}");
        if !is_opaque {
            assert_eq!(error.kind(), ErrorKind::Transport);
            assert!(error.to_string().contains("body of the request"), "{error}");
        }
        assert!(matches!(server.take()[..], [None] | []));
    }
}
