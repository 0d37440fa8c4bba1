//! HTTP connections, bodies, and simulated faults.

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep};

use super::envelope::Service;
use super::reply::{Content, Fault, Reply};
use super::server::Shared;

/// Delay after a failed `accept`. It doubles with each failure, up to the maximum.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts connections until it is dropped; its connections end with it.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let next = |context: &mut Context<'_>| listener.poll_accept(context);
    serve(next, |(stream, _)| connection(stream, Arc::clone(&shared))).await;
}

/// Serves connections, and waits if none can be accepted: without free file descriptors, the same failure would follow
/// at once.
async fn serve<T, F>(
    mut next: impl FnMut(&mut Context<'_>) -> Poll<io::Result<T>>,
    mut run: impl FnMut(T) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    let mut pause = Duration::ZERO;
    loop {
        let accepted = async {
            if !pause.is_zero() {
                sleep(pause).await;
            }
            poll_fn(&mut next).await
        };
        tokio::select! {
            accepted = accepted => match accepted {
                Ok(connection) => {
                    pause = Duration::ZERO;
                    connections.spawn(run(connection));
                }
                // Only this connection has failed; the next may succeed.
                Err(error) if is_of_connection(&error) => {}
                Err(_) => pause = (pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE),
            },
            // A file descriptor is free again.
            Some(_) = connections.join_next() => pause = Duration::ZERO,
        }
    }
}

fn is_of_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Small pieces are sent at once, without waiting for acknowledgements. If the option cannot be set, they are only
    // late.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| respond(request, Arc::clone(&shared)));
    let mut served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // The client sees how a connection ends.
    let Err(end) = Pin::new(&mut served).await else {
        return;
    };
    let broken = std::error::Error::source(&end).and_then(|end| end.downcast_ref());
    if let Some(Broken::Reset) = broken {
        // A socket with a linger time of zero is reset when it is dropped.
        let _ = served.into_parts().io.into_inner().set_zero_linger();
    }
}

/// The mock breaks the connection.
#[derive(Debug)]
enum Broken {
    Closed,
    Reset,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the mock breaks the connection")
    }
}

impl std::error::Error for Broken {}

async fn respond(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<Answer>, Broken> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Broken::Closed)?.to_bytes();
    let service = Service::of(head.uri.path());
    let (reply, correlation) = shared.answer(&head, body);
    if !reply.delay.is_zero() {
        sleep(reply.delay).await;
    }
    match reply.fault {
        Some(Fault::Disconnect) => return Err(Broken::Closed),
        Some(Fault::Reset) => return Err(Broken::Reset),
        _ => {}
    }
    response(reply, service, &correlation)
}

fn response(reply: Reply, service: Service, correlation: &str) -> Result<Response<Answer>, Broken> {
    let (status, pieces) = match reply.content {
        Content::Bytes(bytes) => (reply.status, vec![(Duration::ZERO, bytes)]),
        Content::Pieces(pieces) => (reply.status, pieces),
        Content::Refusal(refusal) => {
            let (status, body) = service.write(&refusal, correlation);
            let bytes = Bytes::from(body.to_string());
            (status, vec![(Duration::ZERO, bytes)])
        }
    };
    let mut builder = Response::builder().status(status);
    for (name, value) in &reply.headers {
        builder = builder.header(name, value);
    }
    let length: usize = pieces.iter().map(|(_, bytes)| bytes.len()).sum();
    let streamed = pieces.len() != 1;
    let (pieces, broken) = match reply.fault {
        Some(Fault::CutShort) => {
            let whole: Vec<u8> = pieces
                .iter()
                .flat_map(|(_, bytes)| bytes.to_vec())
                .collect();
            let half = Bytes::from(whole).slice(..length / 2);
            (vec![(Duration::ZERO, half)], true)
        }
        Some(Fault::Slow(pause)) => {
            let bytes = pieces.iter().flat_map(|(_, bytes)| bytes.to_vec());
            let slow = bytes.map(|byte| (pause, Bytes::from(vec![byte]))).collect();
            (slow, false)
        }
        _ => (pieces, false),
    };
    if !streamed {
        builder = builder.header("content-length", length);
    }
    builder
        .body(Answer::new(pieces, broken))
        .map_err(|_| Broken::Closed)
}

/// Body that is sent in pieces.
struct Answer {
    pieces: VecDeque<(Duration, Bytes)>,
    pause: Option<Pin<Box<Sleep>>>,
    /// Whether the connection breaks after the last piece.
    broken: bool,
    /// Whether the last piece was sent.
    is_sent: bool,
}

impl Answer {
    fn new(pieces: Vec<(Duration, Bytes)>, broken: bool) -> Self {
        Self {
            pieces: pieces.into(),
            pause: None,
            broken,
            is_sent: false,
        }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        let Some((wait, _)) = self.pieces.front() else {
            if !self.broken {
                return Poll::Ready(None);
            }
            // Written bytes are flushed when there is nothing more to write for now.
            if std::mem::replace(&mut self.is_sent, true) {
                return Poll::Ready(Some(Err(Broken::Closed)));
            }
            context.waker().wake_by_ref();
            return Poll::Pending;
        };
        let wait = *wait;
        if !wait.is_zero() {
            let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(wait)));
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        let piece = self.pieces.pop_front();
        Poll::Ready(piece.map(|(_, bytes)| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && !self.broken
    }
}

/// Listens on an address, or on a free port of this machine.
pub(super) async fn listen(address: Option<SocketAddr>) -> io::Result<(TcpListener, SocketAddr)> {
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = TcpListener::bind(address.unwrap_or(free)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::time::timeout;

    use super::*;

    /// Accepts connections for a minute, with these results by number.
    async fn a_minute(answer: impl Fn(usize) -> io::Result<()>) -> (usize, usize) {
        let asked = AtomicUsize::new(0);
        let served = Arc::new(AtomicUsize::new(0));
        let next = |_: &mut Context<'_>| {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            // Without delays, the test would hang here.
            assert!(number < 10_000, "it does not pause");
            Poll::Ready(answer(number))
        };
        let run = |()| {
            served.fetch_add(1, Ordering::SeqCst);
            std::future::pending()
        };
        let over = timeout(Duration::from_secs(60), serve(next, run)).await;
        assert!(over.is_err());
        (asked.load(Ordering::SeqCst), served.load(Ordering::SeqCst))
    }

    #[tokio::test(start_paused = true)]
    async fn without_free_descriptors_the_server_pauses_and_recovers() {
        let none_free = || Err(io::Error::other("too many open files"));
        let (asked, served) = a_minute(|_| none_free()).await;
        assert!((60..70).contains(&asked) && served == 0, "{asked} {served}");
        // Some connections succeed, and some are closed before they are accepted.
        let (asked, served) = a_minute(|number| match number % 10 {
            0 => Ok(()),
            1 => Err(io::ErrorKind::ConnectionAborted.into()),
            _ => none_free(),
        })
        .await;
        // Ten failures take 10 + 20 + … + 640 + 1000 ms.
        assert!((250..300).contains(&asked), "{asked}");
        assert_eq!(served, asked.div_ceil(10));
    }
}
