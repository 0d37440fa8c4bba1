//! A server on loopback whose responses are computed by a function. It records requests and their concurrency.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Request.
#[derive(Clone, Debug)]
pub struct Ask {
    pub query: HashMap<String, String>,
    pub body: Value,
}

impl Ask {
    /// Returns a number of the query, or of the body at a JSON pointer.
    pub fn number(&self, name: &str) -> Option<u64> {
        match self.query.get(name) {
            Some(text) => Some(text.parse().expect("a number")),
            None => self.body.pointer(name)?.as_u64(),
        }
    }

    /// Returns a text of the query, or of the body at a JSON pointer.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.query.get(name) {
            Some(text) => Some(text),
            None => self.body.pointer(name)?.as_str(),
        }
    }
}

/// Response.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub delay: Duration,
}

impl Reply {
    pub fn json(body: impl ToString) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: body.to_string(),
            delay: Duration::ZERO,
        }
    }

    pub fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// Server that runs as long as the runtime of the test.
pub struct Server {
    pub url: String,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    asks: Mutex<Vec<Ask>>,
    at_once: AtomicUsize,
    most: AtomicUsize,
    answered: AtomicUsize,
}

impl Server {
    pub async fn start(reply: impl Fn(&Ask) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let reply = Arc::new(reply);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, reply) = (Arc::clone(&shared), Arc::clone(&reply));
                // A client may close its connection.
                tokio::spawn(async move { drop(serve(stream, &state, &*reply).await) });
            }
        });
        Self { url, state }
    }

    pub fn asks(&self) -> Vec<Ask> {
        self.state.asks.lock().expect("no panic").clone()
    }

    /// Returns the maximum number of concurrent requests.
    pub fn most_at_once(&self) -> usize {
        self.state.most.load(Ordering::SeqCst)
    }

    /// Returns the number of completely sent responses.
    pub fn answered(&self) -> usize {
        self.state.answered.load(Ordering::SeqCst)
    }
}

async fn serve(
    mut stream: TcpStream,
    state: &State,
    reply: &(impl Fn(&Ask) -> Reply + ?Sized),
) -> std::io::Result<()> {
    let ask = read(&mut stream).await?;
    let now = state.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    state.most.fetch_max(now, Ordering::SeqCst);
    let reply = {
        let reply = reply(&ask);
        state.asks.lock().expect("no panic").push(ask);
        reply
    };
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    let mut head = format!(
        "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    state.at_once.fetch_sub(1, Ordering::SeqCst);
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(reply.body.as_bytes()).await?;
    state.answered.fetch_add(1, Ordering::SeqCst);
    stream.shutdown().await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Ask> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().expect("a length"));
    while bytes.len() < end + 4 + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let target = head.split(' ').nth(1).expect("a target");
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = HashMap::new();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let before = pairs.insert(name.to_owned(), value.replace("%3A", ":"));
        assert!(before.is_none(), "{name} was sent twice");
    }
    Ok(Ask {
        query: pairs,
        body: serde_json::from_slice(&bytes[end + 4..]).unwrap_or(Value::Null),
    })
}
