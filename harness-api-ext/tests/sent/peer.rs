//! A server or proxy with a scripted action for each request, which counts the received requests.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Action for a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Responds, and keeps the connection open.
    Keep(String),
    /// Responds, if there is a response, which announces that the connection closes, and closes it.
    Close(String),
    /// The same, and stops listening.
    End(String),
    /// The same without the announcement.
    Vanish(String),
    /// Resets the connection before the request is read, and stops listening.
    Reset,
    /// Opens a tunnel, and does this with the request in it.
    #[cfg_attr(
        not(feature = "rustls"),
        allow(dead_code, reason = "it is proved by TLS")
    )]
    Tunnel(Box<Act>),
}

/// Returns a response with its length.
pub(crate) fn answer(status: &str, location: Option<&str>) -> String {
    let location = location.map_or_else(String::new, |to| format!("Location: {to}\r\n"));
    format!(
        "HTTP/1.1 {status}\r\n{location}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    )
}

pub(crate) struct Peer {
    pub(crate) url: String,
    posts: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Starts a peer with these actions in order, on any connection; the last one is repeated.
    pub(crate) fn doing(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let peer = Self {
            url,
            posts: Arc::default(),
            requests: Arc::default(),
        };
        let mut play = Play {
            acts,
            posts: Arc::clone(&peer.posts),
            requests: Arc::clone(&peer.requests),
            listener: Some(listener),
        };
        thread::spawn(move || {
            while let Some(Ok((stream, _))) = play.listener.as_ref().map(TcpListener::accept) {
                // The client must notice how a connection ends.
                drop(play.serve(stream));
            }
        });
        peer
    }

    /// Returns a peer that does not exist.
    pub(crate) fn gone() -> Self {
        let mut peer = Self::doing(Vec::new());
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
        peer.url = format!("http://{}", nobody.local_addr().unwrap());
        peer
    }

    /// Returns the number of requests that must not be retried and that arrived completely or in part.
    pub(crate) fn posts(&self) -> usize {
        self.posts.load(Ordering::SeqCst)
    }

    /// Returns the first lines of all requests.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Returns a response that announces the end of the connection, so that a client does not use it again.
fn closing(text: &str) -> String {
    text.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)
}

struct Play {
    acts: Vec<Act>,
    posts: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
    listener: Option<TcpListener>,
}

impl Play {
    fn next(&mut self) -> Act {
        if self.acts.len() > 1 {
            self.acts.remove(0)
        } else {
            self.acts[0].clone()
        }
    }

    fn serve(&mut self, mut stream: TcpStream) -> std::io::Result<()> {
        loop {
            // A connection without a request does not count.
            if stream.peek(&mut [0])? == 0 {
                return Ok(());
            }
            let act = self.next();
            if let Act::Reset = act {
                self.posts.fetch_add(1, Ordering::SeqCst);
                self.listener = None;
                // Unread bytes turn the close into a reset.
                return Ok(());
            }
            self.read(&mut stream)?;
            if let Act::Tunnel(inner) = act {
                stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
                return self.tunnel(stream, &inner);
            }
            if !self.perform(&mut stream, &act)? {
                return Ok(());
            }
        }
    }

    /// Acts on a request, and returns whether the connection stays open.
    fn perform(&mut self, stream: &mut impl Write, act: &Act) -> std::io::Result<bool> {
        let text = match act {
            Act::Keep(text) => text.clone(),
            Act::Close(text) => closing(text),
            Act::End(text) => {
                self.listener = None;
                closing(text)
            }
            Act::Vanish(text) => {
                self.listener = None;
                text.clone()
            }
            Act::Reset | Act::Tunnel(_) => unreachable!("it is done before"),
        };
        stream.write_all(text.as_bytes())?;
        stream.flush()?;
        Ok(matches!(act, Act::Keep(_)))
    }

    #[cfg(feature = "rustls")]
    fn tunnel(&mut self, stream: TcpStream, inner: &Act) -> std::io::Result<()> {
        let connection = rustls::ServerConnection::new(crate::tls()).unwrap();
        let mut stream = rustls::StreamOwned::new(connection, stream);
        self.read(&mut stream)?;
        self.perform(&mut stream, inner)?;
        stream.conn.send_close_notify();
        stream.flush()
    }

    #[cfg(not(feature = "rustls"))]
    fn tunnel(&mut self, _: TcpStream, _: &Act) -> std::io::Result<()> {
        Ok(())
    }

    /// Reads a request with its body, and counts it.
    fn read(&mut self, stream: &mut impl Read) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        let mut is_counted = false;
        loop {
            let mut piece = [0; 1 << 14];
            let count = stream.read(&mut piece)?;
            if count == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            bytes.extend_from_slice(&piece[..count]);
            if !is_counted && bytes.starts_with(b"POST") {
                self.posts.fetch_add(1, Ordering::SeqCst);
                is_counted = true;
            }
            let text = String::from_utf8_lossy(&bytes);
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.parse::<usize>().unwrap())
            });
            let is_whole = match length {
                Some(length) => body.len() >= length,
                None => !head.contains("chunked") || body.ends_with("0\r\n\r\n"),
            };
            if is_whole {
                let line = head.lines().next().unwrap_or_default().to_owned();
                self.requests.lock().unwrap().push(line);
                return Ok(());
            }
        }
    }
}
