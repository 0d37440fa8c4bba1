//! A raw server on loopback, which records requests and sends scripted responses, valid HTTP or not.
//!
//! It uses no HTTP library, so it sees exactly what a client sends.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// Steps of the server on one connection after it has read a request. The connection is closed at the end.
pub type Script = Vec<Step>;

/// Step of a script.
pub enum Step {
    /// Writes bytes.
    Send(Vec<u8>),
    /// Waits until the other side of a gate is opened.
    Wait(Receiver<()>),
}

/// Returns a gate, and the step that waits for it.
pub fn gate() -> (Sender<()>, Step) {
    let (open, wait) = channel();
    (open, Step::Wait(wait))
}

/// Returns a complete response with a length. `status` is the code and the phrase, `head` contains further header
/// lines.
pub fn answer(status: &str, head: &[&str], body: impl AsRef<[u8]>) -> Script {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for line in head {
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    let end = format!(
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    bytes.extend_from_slice(end.as_bytes());
    bytes.extend_from_slice(body);
    vec![Step::Send(bytes)]
}

/// Returns a complete response with a JSON body.
pub fn json(status: &str, body: &str) -> Script {
    answer(status, &["Content-Type: application/json"], body)
}

/// Returns a response with exactly these bytes.
pub fn raw(bytes: impl AsRef<[u8]>) -> Script {
    vec![Step::Send(bytes.as_ref().to_vec())]
}

/// Server that plays one script for each connection, in order, and then refuses connections.
pub struct Server {
    address: String,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

impl Server {
    /// Starts the server.
    pub fn playing(scripts: impl IntoIterator<Item = Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let scripts: Vec<Script> = scripts.into_iter().collect();
        let record = Arc::clone(&requests);
        thread::spawn(move || {
            for script in scripts {
                let Ok((stream, _)) = listener.accept() else {
                    return;
                };
                // The client must notice what goes wrong on a connection.
                let _ = play(stream, script, &record);
            }
        });
        Self { address, requests }
    }

    /// Returns the root URL, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns every request so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.requests
            .lock()
            .expect("no panic in the server")
            .clone()
    }

    /// Returns the only request.
    pub fn request(&self) -> Recorded {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "one request was expected");
        requests.remove(0)
    }
}

fn play(
    mut stream: TcpStream,
    script: Script,
    record: &Mutex<Vec<Recorded>>,
) -> std::io::Result<()> {
    let request = Recorded::read(&mut stream)?;
    record.lock().expect("no panic in a test").push(request);
    for step in script {
        match step {
            Step::Send(bytes) => {
                stream.write_all(&bytes)?;
                stream.flush()?;
            }
            // A gate whose other end is dropped lets everything pass.
            Step::Wait(gate) => drop(gate.recv()),
        }
    }
    Ok(())
}

/// Request as received.
#[derive(Clone, Debug)]
pub struct Recorded {
    head: String,
    body: Vec<u8>,
}

impl Recorded {
    fn read(stream: &mut TcpStream) -> std::io::Result<Self> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(at) = find(&bytes, b"\r\n\r\n") {
                break at;
            }
            more(stream, &mut bytes)?;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut rest = bytes.split_off(end + 4);
        let mut recorded = Self {
            head,
            body: Vec::new(),
        };
        if recorded.header("transfer-encoding") == Some("chunked") {
            recorded.body = chunks(stream, rest)?;
        } else {
            let length = recorded
                .header("content-length")
                .and_then(|length| length.parse().ok())
                .unwrap_or(0);
            while rest.len() < length {
                more(stream, &mut rest)?;
            }
            recorded.body = rest;
        }
        Ok(recorded)
    }

    /// Returns the first line: method, target, version.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    /// Returns the target of the request: path and query as they were sent.
    pub fn target(&self) -> &str {
        self.line().split(' ').nth(1).unwrap_or_default()
    }

    /// Returns the value of the only header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let values = self.headers(name);
        assert!(values.len() < 2, "{name} was sent more than once");
        values.first().copied()
    }

    /// Returns the values of all headers of this name.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    /// Returns the body, without chunk framing.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }
}

fn chunks(stream: &mut TcpStream, mut bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Some(end) = find(&bytes, b"\r\n") else {
            more(stream, &mut bytes)?;
            continue;
        };
        let size = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let size = usize::from_str_radix(&size, 16).map_err(std::io::Error::other)?;
        while bytes.len() < end + 2 + size + 2 {
            more(stream, &mut bytes)?;
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes.drain(..end + 2 + size + 2);
        if size == 0 {
            return Ok(body);
        }
    }
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    let mut piece = [0; 8192];
    match stream.read(&mut piece)? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        count => {
            bytes.extend_from_slice(&piece[..count]);
            Ok(())
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
