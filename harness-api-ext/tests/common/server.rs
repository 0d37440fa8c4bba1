//! A raw server on loopback, whose responses are computed by a function. It uses no HTTP library, so it sees exactly
//! what the client sends.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Action of the server for a request. The connection is closed after it.
pub enum Reply {
    /// Complete JSON response: the status line without the version, header lines, the body.
    Json(&'static str, Vec<String>, String),
    /// Exactly these bytes.
    Raw(String),
    /// Closes the connection.
    Close,
    /// These bytes, and then a pause of this length.
    Stall(String, Duration),
}

impl Reply {
    pub fn json(status: &'static str, body: impl Into<String>) -> Self {
        Self::Json(status, Vec::new(), body.into())
    }

    pub fn redirect(status: &'static str, to: String) -> Self {
        Self::Json(status, vec![format!("Location: {to}")], String::new())
    }
}

/// Server on a free port. Its threads end with the process.
pub struct Server {
    address: String,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

impl Server {
    /// Starts a server that responds to each request by its number, counted from 0, and its content.
    pub fn answering(reply: impl Fn(usize, &Recorded) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
        let reply = Arc::new(reply);
        thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let (record, reply) = (Arc::clone(&record), Arc::clone(&reply));
                // The client must notice a failure of the connection.
                thread::spawn(move || drop(serve(stream, &record, &*reply)));
            }
        });
        Self { address, requests }
    }

    /// Starts a server that responds to everything with 200 and this JSON.
    pub fn always(body: &'static str) -> Self {
        Self::answering(move |_, _| Reply::json("200 OK", body))
    }

    /// Returns the root URL, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn requests(&self) -> Vec<Recorded> {
        self.requests.lock().expect("no panic").clone()
    }

    /// Returns the last request.
    pub fn last(&self) -> Recorded {
        self.requests().pop().expect("a request")
    }
}

fn serve(
    mut stream: TcpStream,
    record: &Mutex<Vec<Recorded>>,
    reply: &dyn Fn(usize, &Recorded) -> Reply,
) -> std::io::Result<()> {
    let request = Recorded::read(&mut stream)?;
    let number = {
        let mut record = record.lock().expect("no panic");
        record.push(request.clone());
        record.len() - 1
    };
    match reply(number, &request) {
        Reply::Json(status, head, body) => {
            let mut text = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n",
                body.len()
            );
            for line in head {
                text += &line;
                text += "\r\n";
            }
            stream.write_all((text + "\r\n" + &body).as_bytes())
        }
        Reply::Raw(text) => stream.write_all(text.as_bytes()),
        Reply::Close => Ok(()),
        Reply::Stall(text, time) => {
            stream.write_all(text.as_bytes())?;
            stream.flush()?;
            thread::sleep(time);
            Ok(())
        }
    }
}

/// Request as received.
#[derive(Clone, Debug)]
pub struct Recorded {
    head: String,
    pub body: String,
}

impl Recorded {
    fn read(stream: &mut TcpStream) -> std::io::Result<Self> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            more(stream, &mut bytes)?;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut body = bytes.split_off(end + 4);
        let mut request = Self {
            head,
            body: String::new(),
        };
        let length = request
            .header("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        while body.len() < length {
            more(stream, &mut body)?;
        }
        let chunked = request.header("transfer-encoding") == Some("chunked");
        while chunked && !body.ends_with(b"0\r\n\r\n") {
            more(stream, &mut body)?;
        }
        request.body = String::from_utf8_lossy(&body).into_owned();
        Ok(request)
    }

    /// Returns path and query as they were sent.
    pub fn target(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub fn method(&self) -> &str {
        self.head.split(' ').next().unwrap_or_default()
    }

    /// Returns the value of the only header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} was sent more than once");
        value
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

/// Returns the path of a target, and its query parameters in alphabetical order.
pub fn parts(target: &str) -> (&str, Vec<&str>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut query: Vec<_> = query.split('&').filter(|part| !part.is_empty()).collect();
    query.sort_unstable();
    (path, query)
}
